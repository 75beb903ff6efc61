//! Whether a ring is the one that sealed a database: one value of every version in use is kept sealed in it.
//!
//! Serves every start and every rotation. Invariants: a database opens only with a ring that proves every version listed;
//! the newest version listed is the one that seals, in every process, so that nobody seals with a key that others have not
//! been told of; an empty list is a new database, which takes the newest version at hand.

use lf_ports::StoreError;

use crate::driver::{Driver, Ports};
use crate::history::OpenError;
use crate::plan::{Must, Step};
use crate::sealer::Sealer;
use crate::sql;
use crate::value::{Cells, Row, Value};

/// Judges the list and sets the sealing version; answers the statement that begins the list of a new database.
pub(crate) fn judge(sealer: &Sealer, listed: Vec<Row>) -> Result<Option<Step>, OpenError> {
    if listed.is_empty() {
        return announcement(sealer).map(Some);
    }
    let mut newest = 0;
    for row in listed {
        let mut cells = Cells::new(sealer, "sealed_by", 1, row);
        let version = cells.count("version").map_err(StoreError::from)?;
        let probe = cells.bytes("probe").map_err(StoreError::from)?;
        let version = u32::try_from(version).map_err(|_| OpenError::Ring(format!("第{version}版")))?;
        match sealer.opens_probe(version, probe) {
            Ok(true) => newest = newest.max(version),
            Ok(false) => return Err(OpenError::Ring(format!("第{version}版密钥不是封存该数据库的那一把"))),
            Err(_) => return Err(missing(version)),
        }
    }
    if sealer.seal_with(newest) { Ok(None) } else { Err(missing(newest)) }
}

/// The statement that lists the newest version at hand.
fn announcement(sealer: &Sealer) -> Result<Step, OpenError> {
    let version = sealer.newest();
    let probe = sealer.probe(version).map_err(|error| OpenError::Ring(error.to_string()))?;
    Ok(Step { sql: sql::SEALED_BY_NEW, params: vec![i64::from(version).into(), Value::Bytes(probe)], must: Must::Any })
}

fn missing(version: u32) -> OpenError {
    OpenError::Ring(format!("数据库由第{version}版密钥封存，密钥环中没有这一版"))
}

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    /// Proves the ring and takes up the version that seals.
    pub(crate) async fn prove(&self) -> Result<(), OpenError> {
        // Of two that begin a new database, the second finds the first one's list.
        for _ in 0..2 {
            let listed = self.rows(sql::SEALED_BY, Vec::new()).await?;
            let Some(step) = judge(&self.sealer, listed)? else { break };
            self.apply(vec![step]).await?;
        }
        Ok(())
    }

    /// Lists the newest version at hand, so that every process begins to seal with it.
    pub(crate) async fn list_newest(&self) -> Result<(), OpenError> {
        self.apply(vec![announcement(&self.sealer)?]).await?;
        self.prove().await
    }

    /// Whether the database lists a version after this one. Then the ring has it now, or this is an error.
    pub(crate) async fn lists_later_than(&self, known: u32) -> Result<bool, StoreError> {
        let mut later = false;
        for row in self.rows(sql::SEALED_BY, Vec::new()).await? {
            let mut cells = Cells::new(&self.sealer, "sealed_by", 1, row);
            let version = cells.count("version")?;
            if version > i64::from(known) {
                later = true;
                // Asking for the key of an unknown version reads the ring again.
                if !u32::try_from(version).is_ok_and(|version| self.sealer.probe(version).is_ok()) {
                    return Err(cells.wrong("version", "not in the ring of this process").into());
                }
            }
        }
        Ok(later)
    }

    pub(crate) async fn apply(&self, steps: Vec<Step>) -> Result<(), StoreError> {
        match self.driver.apply("rotation", steps).await {
            Ok(()) => Ok(()),
            Err(lf_ports::CommitError::Store(error)) => Err(error),
            Err(other) => Err(StoreError::Broken(other.to_string())),
        }
    }
}
