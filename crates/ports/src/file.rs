//! Files: what institutions upload (9101), kept as it came, for a while, for nobody but the institution; and what the
//! center made of its lists (1301 …), for everybody.

use std::borrow::Cow;

use lf_vocab::{FixmedinsCode, Moment};

/// Who may read a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOwner {
    /// The institution that uploaded it.
    Fixmedins(FixmedinsCode),
    /// The same, of what people signed under its settlements: counted and limited apart.
    Pairs(FixmedinsCode),
    /// Everybody: made of a list that is published.
    Plc,
}

impl FileOwner {
    /// The name under which it stands.
    pub fn word(&self) -> Cow<'_, str> {
        match self {
            Self::Fixmedins(fixmedins_code) => fixmedins_code.as_str().into(),
            Self::Pairs(fixmedins_code) => format!("{PAIRS}{fixmedins_code}").into(),
            Self::Plc => PLC.into(),
        }
    }

    /// The one institution that may read it; none where everybody may.
    pub fn institution(&self) -> Option<&FixmedinsCode> {
        match self {
            Self::Fixmedins(fixmedins_code) | Self::Pairs(fixmedins_code) => Some(fixmedins_code),
            Self::Plc => None,
        }
    }
}

impl std::str::FromStr for FileOwner {
    type Err = <FixmedinsCode as std::str::FromStr>::Err;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match (word == PLC, word.strip_prefix(PAIRS)) {
            (true, _) => Ok(Self::Plc),
            (false, Some(code)) => code.parse().map(Self::Pairs),
            (false, None) => word.parse().map(Self::Fixmedins),
        }
    }
}

/// What stands in the place of an institution for what is everybody's.
const PLC: &str = "plc";
/// What stands before an institution whose signed pairs are meant; no code of one holds such a sign.
const PAIRS: &str = "pair/";

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
    /// SM3 of its bytes, where another message may state it: kept under [`FILE_SM3`], so that nobody reads the file for it.
    pub sm3: Option<[u8; 32]>,
}

/// Under this name stands the SM3 of a file by its number, as the digest of its identity.
pub const FILE_SM3: &str = "file";

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
