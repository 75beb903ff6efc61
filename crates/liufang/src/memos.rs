//! What officers write down beside the books: reading the memos of a place or of one key, adding one.
//!
//! Serves `liufang budget`, `liufang reconcile` and `liufang admission`. Invariant: nothing that was written is changed or taken
//! out; a second memo of a key takes the next number.

use std::collections::BTreeMap;

use anyhow::anyhow;
use lf_ports::{ChangeSet, Clock as _, CommitError, Memo, MemoRow, MemoTopic, Said};
use lf_store::Engine;
use lf_vocab::Admdvs;

use crate::edge::SystemClock;

/// Rows read at once.
const PAGE: usize = 1_000;

/// All memos of a place about a topic, in the order of keys and numbers.
pub async fn all(store: &dyn Engine, poolarea_no: Admdvs, topic: MemoTopic) -> anyhow::Result<Vec<MemoRow>> {
    let mut found: Vec<MemoRow> = Vec::new();
    loop {
        let after = found.last().map_or(("", 0), |row| (row.key.as_str(), row.memo_no));
        let page = store.memos(poolarea_no, topic, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// The newest memo of each key of a place.
pub async fn newest(
    store: &dyn Engine,
    poolarea_no: Admdvs,
    topic: MemoTopic,
) -> anyhow::Result<BTreeMap<String, MemoRow>> {
    // A later one takes the place of an earlier one.
    Ok(all(store, poolarea_no, topic).await?.into_iter().map(|row| (row.key.clone(), row)).collect())
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
