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
const PAGE: usize = if cfg!(test) { 3 } else { 1_000 };

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

/// The memos of one key of a place, in the order of their numbers; the last one holds.
pub async fn of_key(
    store: &dyn Engine,
    poolarea_no: Admdvs,
    topic: MemoTopic,
    key: &str,
) -> anyhow::Result<Vec<MemoRow>> {
    let mut found: Vec<MemoRow> = Vec::new();
    loop {
        let after = found.last().map_or(0, |row| row.memo_no);
        let page = store.memos(poolarea_no, topic, (key, after), PAGE).await?;
        // Behind its own come those of the next key.
        let more = page.len() == PAGE && page.last().is_some_and(|row| row.key == key);
        found.extend(page.into_iter().take_while(|row| row.key == key));
        if !more {
            return Ok(found);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beside::with_store;
    use crate::cli::Beside;
    use crate::ground::prepare;

    #[tokio::test]
    async fn a_key_has_its_own_memos_and_no_neighbours() {
        let folder = std::env::temp_dir().join(format!("liufang-memos-{}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        let ground = prepare(&folder, None, &[]).await.unwrap();
        let beside = Beside { database: ground.database.clone(), store_key: Some(ground.store_key()) };
        let pool = "360900".parse().unwrap();
        let done = with_store(&beside, async |store| {
            let store = store.as_ref();
            let topic = MemoTopic::Difference;
            for count in 1..=2 * PAGE + 1 {
                for key in ["K", "KK", "L"] {
                    let own = of_key(store, pool, topic, key).await?;
                    write(store, pool, key, (Said::Explained, &count.to_string(), "甲"), own.last()).await?;
                }
                let own = of_key(store, pool, topic, "K").await?;
                assert!(own.iter().all(|row| row.key == "K"));
                let numbers: Vec<_> = own.iter().map(|row| row.memo_no).collect();
                assert_eq!(numbers, (1..=i64::try_from(count).unwrap()).collect::<Vec<_>>());
                assert_eq!(own.last(), newest(store, pool, topic).await?.get("K"));
            }
            assert!(of_key(store, pool, topic, "J").await?.is_empty());
            Ok(())
        });
        done.await.unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
