//! Files that institutions upload (9101): kept as they came, for a while, for nobody but the institution.

use lf_vocab::{FixmedinsCode, Moment};

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// 文件查询号.
    pub file_qury_no: String,
    /// 文件名, as the institution called it.
    pub filename: String,
    /// From then on it is as if it had never been there.
    pub until: Moment,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// A file is added, and those of the institution that are past their time go.
#[derive(Debug, Clone)]
pub struct FileChange {
    /// The new one.
    pub file: StoredFile,
    /// When.
    pub now: Moment,
}

/// What a file says is its owner's; a log shows which one it is.
impl std::fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredFile")
            .field("fixmedins_code", &self.fixmedins_code)
            .field("file_qury_no", &self.file_qury_no)
            .field("until", &self.until)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
