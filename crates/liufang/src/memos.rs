//! What officers write down beside the books: reading the newest memo of each key, adding one.
//!
//! Serves `liufang budget` and `liufang reconcile`. Invariant: nothing is changed; a second memo of a key takes the next number.

use std::collections::BTreeMap;

use anyhow::anyhow;
use lf_ports::{ChangeSet, Clock as _, CommitError, Memo, MemoRow, MemoTopic, Said};
use lf_store::Engine;
use lf_vocab::Admdvs;

use crate::edge::SystemClock;

/// Rows read at once.
const PAGE: usize = 1_000;

/// The newest memo of each key of a place.
pub async fn newest(
    store: &dyn Engine,
    poolarea_no: Admdvs,
    topic: MemoTopic,
) -> anyhow::Result<BTreeMap<String, MemoRow>> {
    let mut found: BTreeMap<String, MemoRow> = BTreeMap::new();
    let mut after = (String::new(), 0);
    loop {
        let page = store.memos(poolarea_no, topic, (&after.0, after.1), PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = (last.key.clone(), last.memo_no);
        // In the order of keys and numbers, so a later one takes the place of an earlier one.
        found.extend(page.into_iter().map(|row| (row.key.clone(), row)));
    }
}

/// Writes a memo after those of its key that `seen` holds.
pub async fn write(
    store: &dyn Engine,
    poolarea_no: Admdvs,
    key: &str,
    (said, rea, opter_name): (Said, &str, &str),
    seen: Option<&MemoRow>,
) -> anyhow::Result<()> {
    let memo = Memo { said, rea: rea.to_owned(), opter_name: opter_name.to_owned(), opt_time: SystemClock.now() };
    let memo_no = seen.map_or(0, |row| row.memo_no) + 1;
    let row = MemoRow { poolarea_no, key: key.to_owned(), memo_no, memo };
    match store.commit(ChangeSet { memo: Some(row), ..ChangeSet::default() }).await {
        Err(CommitError::Stale(_)) => Err(anyhow!("somebody else wrote about {key} meanwhile; look again")),
        other => Ok(other?),
    }
}
