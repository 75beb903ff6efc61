//! A rotation's work in the database: every cell that an older version sealed is sealed again, page by page, while others
//! serve. Decision 0011.
//!
//! Serves `liufang keys rotate`. Invariants: a cell is rewritten only where it is still what was read; a page is one
//! transaction; a cell that does not open is reported and left as it is; repeating a sweep does no harm, so one that was
//! interrupted is begun again.

use async_trait::async_trait;
use lf_ports::{Inconsistency, Person, StoreError};

use crate::driver::{Driver, Ports, page};
use crate::history::OpenError;
use crate::plan::{Must, Step, found_by};
use crate::sealed::{self, Column};
use crate::value::{Cells, Row, Value};
use crate::{row, sql};

/// Rows of a page: a file in each makes some megabytes.
const PAGE: usize = 128;
/// Contradictions told one by one; more are counted.
const TOLD_MAX: usize = 20;

/// What a sweep found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows looked at.
    pub rows: u64,
    /// Cells of an older version, sealed again.
    pub cells: u64,
    /// Look-up keys of an older version, hashed again.
    pub keys: u64,
    /// Cells and keys that could not be: each with its place, as many as are told.
    pub contradictions: Vec<Inconsistency>,
    /// How many those are in all.
    pub contradictions_sum: u64,
}

impl Swept {
    /// Whether nothing of an older version was there.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.cells == 0 && self.keys == 0 && self.contradictions_sum == 0
    }

    fn contradicts(&mut self, why: Inconsistency) {
        self.contradictions_sum += 1;
        if self.contradictions.len() < TOLD_MAX {
            self.contradictions.push(why);
        }
    }
}

/// What a rotation asks of a store.
#[async_trait]
pub trait Rotation: Send + Sync {
    /// Reads the ring again and seals from now on with the newest version that the database lists; answers it.
    async fn take_up(&self) -> Result<u32, OpenError>;
    /// The newest version of the ring, and whether the database lists it.
    async fn newest(&self) -> Result<(u32, bool), OpenError>;
    /// Lists the newest version of the ring in the database: every process takes it up with its next [`Self::take_up`].
    async fn announce(&self) -> Result<u32, OpenError>;
    /// Seals everything again that the version in use did not seal; `told` hears of each column with what was done so far.
    async fn sweep(&self, told: &(dyn for<'t> Fn(&'t str, &'t Swept) + Sync)) -> Result<Swept, StoreError>;
    /// Whether anything was sealed by another version than the one in use. Changes nothing.
    async fn has_older(&self) -> Result<bool, StoreError>;
    /// Takes versions off the list of the database.
    async fn forget(&self, versions: &[u32]) -> Result<(), StoreError>;
}

#[async_trait]
impl<D: Driver> Rotation for Ports<D> {
    async fn take_up(&self) -> Result<u32, OpenError> {
        self.sealer.refresh().map_err(|error| OpenError::Ring(error.to_string()))?;
        self.prove().await?;
        Ok(self.sealer.sealing())
    }

    async fn newest(&self) -> Result<(u32, bool), OpenError> {
        self.take_up().await?;
        let newest = self.sealer.newest();
        Ok((newest, newest == self.sealer.sealing()))
    }

    async fn announce(&self) -> Result<u32, OpenError> {
        self.sealer.refresh().map_err(|error| OpenError::Ring(error.to_string()))?;
        self.list_newest().await?;
        Ok(self.sealer.sealing())
    }

    async fn sweep(&self, told: &(dyn for<'t> Fn(&'t str, &'t Swept) + Sync)) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        // Keys before persons: a key is proved by the person who shows it.
        self.sweep_keys(&mut swept).await?;
        told("person_key", &swept);
        for column in sealed::ALL {
            self.sweep_column(column, &mut swept).await?;
            told(column.table, &swept);
        }
        Ok(swept)
    }

    async fn has_older(&self) -> Result<bool, StoreError> {
        for column in sealed::ALL {
            let mut after = first(column);
            while let Some((rows, last)) = self.page(column, after).await? {
                if rows.iter().any(|row| row.last() != Some(&Value::Null)) {
                    return Ok(true);
                }
                after = last;
            }
        }
        let mut after = vec![Value::from(""), Value::from("")];
        while let Some((rows, last)) = self.key_page(after).await? {
            if rows.iter().any(|row| !self.is_newest(row)) {
                return Ok(true);
            }
            after = last;
        }
        Ok(false)
    }

    async fn forget(&self, versions: &[u32]) -> Result<(), StoreError> {
        let drop = |version: &u32| any(sql::SEALED_BY_DROP, vec![i64::from(*version).into()]);
        self.apply(versions.iter().map(drop).collect()).await
    }
}

/// Rows, and the key of the last.
type Page = (Vec<Row>, Vec<Value>);

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    async fn sweep_column(&self, column: &Column, swept: &mut Swept) -> Result<(), StoreError> {
        let mut after = first(column);
        while let Some((rows, last)) = self.page(column, after).await? {
            after = last;
            swept.rows += rows.len() as u64;
            let mut steps = Vec::new();
            for row in rows.into_iter().filter(|row| row.last() != Some(&Value::Null)) {
                match self.resealed(column, row) {
                    Ok(step) => steps.push(step),
                    Err(why) => swept.contradicts(why),
                }
            }
            swept.cells += steps.len() as u64;
            if !steps.is_empty() {
                self.apply(steps).await?;
            }
        }
        Ok(())
    }

    /// The statement that seals a cell again, if it is still this.
    fn resealed(&self, column: &Column, mut row: Row) -> Result<Step, Inconsistency> {
        let old = row.last().cloned().unwrap_or(Value::Null);
        let mut cells = Cells::new(&self.sealer, column.table, column.before.len(), row.clone());
        column.before.iter().for_each(|_| cells.pass());
        let plain = cells.sealed(column)?;
        row.truncate(column.before.len());
        row.push(self.sealer.cell(column, &row, &plain));
        row.push(old);
        Ok(any(column.reseal, row))
    }

    async fn page(&self, column: &Column, after: Vec<Value>) -> Result<Option<Page>, StoreError> {
        let mut params = after;
        params.extend([self.sealer.head(), page(PAGE)]);
        let rows = self.rows(column.page, params).await?;
        let last = rows.last().map(|row| row[..column.before.len()].to_vec());
        Ok(last.map(|last| (rows, last)))
    }

    async fn sweep_keys(&self, swept: &mut Swept) -> Result<(), StoreError> {
        let mut after = vec![Value::from(""), Value::from("")];
        while let Some((rows, last)) = self.key_page(after).await? {
            after = last;
            swept.rows += rows.len() as u64;
            let mut steps = Vec::new();
            for row in rows.into_iter().filter(|row| !self.is_newest(row)) {
                match self.rehashed(row) {
                    Ok(both) => {
                        swept.keys += 1;
                        steps.extend(both);
                    }
                    Err(why) => swept.contradicts(why),
                }
            }
            if !steps.is_empty() {
                self.apply(steps).await?;
            }
        }
        Ok(())
    }

    /// The statements that put a key under the hash of the version in use.
    fn rehashed(&self, mut found: Row) -> Result<[Step; 2], Inconsistency> {
        let body = found.pop().unwrap_or(Value::Null);
        let key = found.clone();
        let wrong = |why: &str| Inconsistency {
            table: "person_key",
            column: "key_text",
            key: found.iter().skip(2).map(|part| part.key_text()).collect::<Vec<_>>().join("/"),
            why: why.to_owned(),
        };
        if body == Value::Null {
            return Err(wrong("nobody of that number is registered"));
        }
        let person: Person = row::person(&self.sealer, found.iter().skip(2).cloned().chain([body]).collect())?;
        let (kind, stored) = (key[0].key_text(), key[1].key_text());
        let shown = found_by(&person).into_iter().find(|(shown, _)| *shown == kind);
        let Some((kind, text)) = shown else { return Err(wrong("the person does not show it")) };
        match self.sealer.is_lookup(&stored, kind, &text) {
            Ok(true) => {}
            Ok(false) => return Err(wrong("the person does not show it")),
            Err(error) => return Err(wrong(&error.to_string())),
        }
        let new = Value::from(self.sealer.lookup(kind, &text));
        let double = any(sql::PERSON_KEY_DOUBLE, vec![key[0].clone(), key[1].clone(), new.clone()]);
        let reseal = any(sql::PERSON_KEY_RESEAL, key.into_iter().chain([new]).collect());
        Ok([double, reseal])
    }

    async fn key_page(&self, after: Vec<Value>) -> Result<Option<Page>, StoreError> {
        let mut params = after;
        params.extend([page(PAGE), format!("{}:%", self.sealer.sealing()).into()]);
        let rows = self.rows(sql::PERSON_KEY_SWEEP, params).await?;
        let last = rows.last().map(|row| row[..2].to_vec());
        Ok(last.map(|last| (rows, last)))
    }

    fn is_newest(&self, row: &Row) -> bool {
        row.get(1).and_then(|key| lf_gm::rest::looked_up_by(&key.key_text())) == Some(self.sealer.sealing())
    }
}

fn first(column: &Column) -> Vec<Value> {
    column.before.iter().map(|before| before.value()).collect()
}

fn any(sql: &'static str, params: Vec<Value>) -> Step {
    Step { sql, params, must: Must::Any }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_told_up_to_a_number_and_counted_beyond() {
        let mut swept = Swept::default();
        for nth in 1..=TOLD_MAX + 1 {
            swept.contradicts(Inconsistency {
                table: "rx",
                column: "state",
                key: nth.to_string(),
                why: "x".to_owned(),
            });
            assert_eq!((swept.contradictions.len(), swept.contradictions_sum), (nth.min(TOLD_MAX), nth as u64));
        }
        assert!(!swept.is_clean());
    }
}
