//! Stored cases read again: what a prescription said when the law was asked about it, page by page.
//!
//! Serves `liufang law diff`. Invariants: one 统筹区 at a time, in the order of the numbers; a page is named before it
//! is read, so that several readers share a 统筹区 without meeting.

use async_trait::async_trait;
use lf_rx::RxContent;
use lf_vocab::{Admdvs, HiRxno, Moment, PsnNo};

use crate::consult::{COURSES_LOOKED_MAX, Course};
use crate::store::StoreError;

/// Other prescriptions that are looked at of one person: as many as the pre-check looks through.
pub const EARLIER_MAX: usize = COURSES_LOOKED_MAX;

/// A prescription as it was pre-checked (7101). Its number holds the day of the pre-check; nothing else is read, because
/// most of a large store is not in memory and every row more is a page more from the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCase {
    /// Its number.
    pub hi_rxno: HiRxno,
    /// All it says.
    pub content: RxContent,
}

/// Where another prescription stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not uploaded: nobody ever took of it.
    Unsigned,
    /// Free to be dispensed until its validity ends.
    Free(Moment),
    /// Dispensed.
    Dispensed,
    /// Taken back.
    Closed,
}

/// Another prescription of the person, of the day of a case or earlier, whose drugs last until that day or longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// How long its drugs last.
    pub course: Course,
    /// Where it stands by now.
    pub standing: Standing,
}

/// What a replay reads.
#[async_trait]
pub trait ReplayStore: Send + Sync {
    /// The last number of the page of at most `most` prescriptions after a number; nothing after the last one.
    async fn case_page_end(
        &self,
        poolarea_no: Admdvs,
        after: Option<&HiRxno>,
        most: usize,
    ) -> Result<Option<HiRxno>, StoreError>;
    /// The prescriptions after a number, up to and with another.
    async fn scan_cases(
        &self,
        poolarea_no: Admdvs,
        after: Option<&HiRxno>,
        until: &HiRxno,
    ) -> Result<Vec<StoredCase>, StoreError>;
    /// The last number of the page of at most `most` settlements after a number; nothing after the last one.
    async fn setl_page_end(
        &self,
        poolarea_no: Admdvs,
        after: Option<&str>,
        most: usize,
    ) -> Result<Option<String>, StoreError>;
    /// For each prescription of a person the others of its day or earlier whose drugs last until that day or longer, those that
    /// last longest first, at most [`EARLIER_MAX`] of them.
    async fn earlier(&self, of: &[(Admdvs, &PsnNo, &HiRxno)]) -> Result<Vec<Vec<Earlier>>, StoreError>;
}
