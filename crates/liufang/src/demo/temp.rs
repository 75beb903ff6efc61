//! A folder that is gone when it is dropped.

use std::path::{Path, PathBuf};

use lf_gm::hex;
use lf_ports::Chance as _;

use crate::edge::OsChance;

/// A new folder below the system's temporary folder.
pub struct TempFolder(PathBuf);

impl TempFolder {
    /// Makes it.
    pub fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("liufang-{}", hex::lower(&OsChance.draw()[..8])));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // A folder that stays behind is only untidy.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
