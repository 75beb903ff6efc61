//! The archive of an institution: everything of a prescription bound as one record, many records in a ZIP that an inspector can
//! verify without the center. Serves HB-1.16, HB-2.5, GX-3.7, JX-4.2b and inspections by the bureau.
//!
//! Invariants: no clock, no file, no database: readers and writers are arguments, so the same records give the same bytes.
//! What is verified is computed from the ZIP alone; verification shares the byte encoding with the writer (it is the format)
//! and nothing else. The format is in `docs/ARCHIVE.md`.

pub mod history;
pub mod manifest;
pub mod paper;
pub mod record;

mod pack;
mod verify;

pub use manifest::{Head, Manifest, ManifestError, Row};
pub use pack::{Done, PackError, Packer, Sign};
pub use record::{NameError, Part, Record, record_sm3};
pub use verify::{Finding, Known, Report, Unreadable, verify};

/// The manifest's name in the ZIP.
pub const MANIFEST: &str = "MANIFEST.tsv";
/// The name of the signature over the manifest's bytes: Base64 of r‖s.
pub const SIGNATURE: &str = "MANIFEST.sig";
/// The largest part of a record: no prescription file or sheet comes near.
pub const PART_MAX: u64 = 64 * 1024 * 1024;
/// Records of one archive at most; a longer time is exported in parts.
pub const RECORDS_MAX: usize = 100_000;
/// Parts of one record at most.
pub const PARTS_MAX: usize = 64;
/// The largest manifest: [`RECORDS_MAX`] records of a dozen parts.
pub const MANIFEST_MAX: u64 = 256 * 1024 * 1024;
