//! The gateway front (fsi.md §1): the `infno` envelope of the interface for designated institutions, its headers, its
//! replies. Serves dialects E (plain `input`, or sealed as a whole) and F (`input` sealed and signed); the payloads
//! inside are those of the REST front.
//!
//! Invariants: a sender is known by its headers before its body is read; all defects of the head are told at once;
//! `infcode` is the number 0 or -1; `err_msg` is null on success, because one client takes any text for a failure.

pub mod auth;
pub mod client;
pub mod head;
pub mod input;
pub mod list_file;
pub mod multipart;
pub mod reply;
pub mod route;
pub mod statement_file;

pub use auth::{AuthError, Credentials, Headers};
pub use head::{Head, Message};
pub use input::{Input, InputError, SignedInput, unquoted};
pub use list_file::ListFile;
pub use multipart::{Form, FormError};
pub use reply::{GatewayReply, Output, refused_at_the_gate};
pub use route::{NoTransaction, is_gateway, named_in_path, transaction};
pub use statement_file::StatementZip;
