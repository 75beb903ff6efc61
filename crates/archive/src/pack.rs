//! Writing an archive: records one after the other, then the manifest.

use std::io::{Seek, Write};

use lf_vocab::{Day, HiRxno};
use thiserror::Error;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use crate::manifest::{Head, Manifest, Row, path};
use crate::record::Record;
use crate::{MANIFEST, PART_MAX, RECORDS_MAX, SIGNATURE};

/// Why an archive could not be written.
#[derive(Debug, Error)]
pub enum PackError {
    /// The ZIP or what it is written to.
    #[error("the archive cannot be written: {0}")]
    Write(String),
    /// Records come in the order of their numbers, each once.
    #[error("record {0} out of order")]
    Order(HiRxno),
    /// More than [`RECORDS_MAX`].
    #[error("more than {RECORDS_MAX} records: export a shorter time")]
    TooMany,
    /// A part larger than [`PART_MAX`].
    #[error("{0} is larger than {PART_MAX} bytes")]
    TooLarge(String),
}

/// An archive that is being written.
pub struct Packer<W: Write + Seek> {
    zip: ZipWriter<W>,
    manifest: Manifest,
}

/// Signs the bytes of a manifest: Base64 of r‖s.
pub type Sign<'s> = dyn Fn(&[u8]) -> String + 's;

/// A written archive.
pub struct Done<W> {
    /// What was written to.
    pub out: W,
    /// What lies in it.
    pub manifest: Manifest,
    /// SM3 of the manifest's bytes: who keeps it elsewhere knows a manifest that was replaced.
    pub manifest_sm3: [u8; 32],
}

impl<W: Write + Seek> Packer<W> {
    /// An empty one.
    pub fn new(out: W, head: Head) -> Self {
        Self { zip: ZipWriter::new(out), manifest: Manifest { head, rows: Vec::new() } }
    }

    /// Whose archive of which time.
    pub fn head(&self) -> &Head {
        &self.manifest.head
    }

    /// One more record.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn add(&mut self, record: &Record, keep_until: Day) -> Result<(), PackError> {
        let rows = &self.manifest.rows;
        if rows.last().is_some_and(|last| last.hi_rxno >= record.hi_rxno) {
            return Err(PackError::Order(record.hi_rxno.clone()));
        }
        if rows.len() >= RECORDS_MAX {
            return Err(PackError::TooMany);
        }
        let mut files = Vec::with_capacity(record.parts().len());
        for part in record.parts() {
            let path = path(&record.hi_rxno, part.name());
            if part.body.len() as u64 > PART_MAX {
                return Err(PackError::TooLarge(path));
            }
            self.file(&path, &part.body)?;
            files.push((part.name().to_owned(), part.body.len() as u64, lf_gm::sm3(&part.body)));
        }
        let sm3 = record.sm3();
        self.manifest.rows.push(Row { hi_rxno: record.hi_rxno.clone(), keep_until, sm3, files });
        Ok(())
    }

    /// The manifest, and the signature that `sign` gives over its bytes.
    ///
    /// # Errors
    /// [`PackError::Write`].
    pub fn finish(mut self, sign: Option<&Sign<'_>>) -> Result<Done<W>, PackError> {
        let text = self.manifest.render();
        self.file(MANIFEST, text.as_bytes())?;
        if let Some(sign) = sign {
            self.file(SIGNATURE, sign(text.as_bytes()).as_bytes())?;
        }
        let out = self.zip.finish().map_err(|error| PackError::Write(error.to_string()))?;
        Ok(Done { out, manifest: self.manifest, manifest_sm3: lf_gm::sm3(text.as_bytes()) })
    }

    fn file(&mut self, path: &str, body: &[u8]) -> Result<(), PackError> {
        // No time of making in it, so that the same records make the same file.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        let failed = |error: String| PackError::Write(error);
        self.zip.start_file(path, options).map_err(|error| failed(error.to_string()))?;
        self.zip.write_all(body).map_err(|error| failed(error.to_string()))
    }
}
