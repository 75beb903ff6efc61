//! Stored cases read again: what a prescription said when the law was asked about it, page by page.
//!
//! Serves `liufang law diff`. Invariants: one 统筹区 at a time, in the order of the numbers; a page is named before it
//! is read, so that several readers share a 统筹区 without meeting.

use async_trait::async_trait;
use lf_rx::RxContent;
use lf_vocab::{Admdvs, HiRxno};

use crate::store::StoreError;

/// A prescription as it was pre-checked (7101). Its number holds the day of the pre-check; nothing else is read, because
/// most of a large store is not in memory and every row more is a page more from the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCase {
    /// Its number.
    pub hi_rxno: HiRxno,
    /// All it says.
    pub content: RxContent,
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
}
