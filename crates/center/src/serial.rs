//! Serials for the center's numbers, set aside in blocks so that the store is not asked for each (7101).
//!
//! Invariant: no serial of a 统筹区 and day is given twice, also not by two processes: a block comes from the store.

use std::collections::BTreeMap;

use lf_ports::Store;
use lf_vocab::{Admdvs, Day};
use tokio::sync::Mutex;

use crate::failure::Failure;

/// How many serials are set aside at once.
pub const BLOCK: u64 = 256;

/// The blocks in use by this process.
#[derive(Default)]
pub struct Serials(Mutex<BTreeMap<Admdvs, Block>>);

struct Block {
    day: Day,
    next: u64,
    end: u64,
}

impl Serials {
    /// The next serial.
    pub async fn next(&self, store: &dyn Store, poolarea_no: Admdvs, day: Day) -> Result<u64, Failure> {
        let mut blocks = self.0.lock().await;
        if let Some(block) = blocks.get_mut(&poolarea_no).filter(|block| block.day == day && block.next < block.end) {
            block.next += 1;
            return Ok(block.next - 1);
        }
        let first = store.reserve_serials(poolarea_no, day, BLOCK).await?;
        blocks.insert(poolarea_no, Block { day, next: first + 1, end: first + BLOCK });
        Ok(first)
    }
}
