//! Files: what institutions upload (9101), kept as it came, for a while, for nobody but the institution; and what the
//! center made of its lists (1301 …), for everybody.

use lf_vocab::{FixmedinsCode, Moment};

/// Who may read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOwner {
    /// The institution that uploaded it.
    Fixmedins(FixmedinsCode),
    /// Everybody: made of a list that is published.
    Plc,
}

impl FileOwner {
    /// The name under which the interface asks for it.
    pub fn word(&self) -> &str {
        match self {
            Self::Fixmedins(fixmedins_code) => fixmedins_code.as_str(),
            Self::Plc => PLC,
        }
    }
}

impl std::str::FromStr for FileOwner {
    type Err = <FixmedinsCode as std::str::FromStr>::Err;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if word == PLC { Ok(Self::Plc) } else { word.parse().map(Self::Fixmedins) }
    }
}

/// What stands in the place of an institution for what is everybody's.
const PLC: &str = "plc";

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Whose.
    pub owner: FileOwner,
    /// 文件查询号.
    pub file_qury_no: String,
    /// 文件名, as the institution called it.
    pub filename: String,
    /// Rows of a file of the center's own; nobody counts those of an upload.
    pub row_cnt: u64,
    /// From then on it is as if it had never been there.
    pub until: Moment,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What is known of a file without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileHead {
    /// Its rows, as [`StoredFile::row_cnt`].
    pub row_cnt: u64,
    /// From then on it is as if it had never been there.
    pub until: Moment,
}

/// A file is added, and those of its owner that are past their time go.
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
            .field("owner", &self.owner)
            .field("file_qury_no", &self.file_qury_no)
            .field("until", &self.until)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
