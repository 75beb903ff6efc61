//! The front as a foreign client meets it: sealed messages in, sealed replies out, and what stands in the
//! database afterwards. Serves every built transaction, and the "Bad input".

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests are tests")]

mod bad_content;
mod bad_envelope;
mod callbacks;
mod card;
mod cases;
mod clinic;
mod files;
mod gateway;
mod gateway_client;
mod goods;
mod journey;
mod life;
mod limits;
mod messages;
mod mutate;
mod orders;
mod public;
mod receiver;
mod registers;
mod repeat;
mod router;
mod support;
mod sweep;
mod tolerated;
