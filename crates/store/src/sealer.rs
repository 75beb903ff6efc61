//! What stands between our values and a database: cells are sealed on their way in and opened on their way out, and what a
//! person is found by becomes a keyed hash. Decision 0011.
//!
//! Serves every transaction. Invariants: one version seals at a time, the newest that the database announces; all versions
//! of the ring open; a cell opens only in the row it was sealed for; a version that is not known makes the ring be read
//! again at once.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use lf_gm::rest::{RestError, RestKey, looked_up_by};
use lf_gm::{MAX_RING, RingFile};

use crate::sealed::Column;
use crate::value::Value;

/// Where a ring is read again.
pub type RingSource = Box<dyn Fn() -> Result<RingFile, String> + Send + Sync>;

/// The ring at work. Shared by everything that opens one database.
pub struct Sealer {
    ring: RwLock<Arc<Ring>>,
    source: Option<RingSource>,
}

/// Keys from the oldest version on, and the place of the one that seals.
struct Ring {
    keys: Vec<Arc<RestKey>>,
    sealing: usize,
}

/// Why a ring cannot take another's place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// The file.
    #[error("密钥环不可读：{0}")]
    Unreadable(String),
    /// It would forget the key that seals.
    #[error("新的密钥环没有正在使用的第{0}版密钥")]
    Lost(u32),
    /// It has another secret under a number in use.
    #[error("新的密钥环第{0}版与正在使用的不同")]
    Other(u32),
}

impl Sealer {
    /// A ring that does not change.
    #[must_use]
    pub fn new(ring: &RingFile) -> Self {
        Self { ring: RwLock::new(Arc::new(Ring::new(ring))), source: None }
    }

    /// A ring that is read again from its source.
    ///
    /// # Errors
    /// What the source says.
    pub fn from_source(source: RingSource) -> Result<Self, RingError> {
        let ring = source().map_err(RingError::Unreadable)?;
        Ok(Self { source: Some(source), ..Self::new(&ring) })
    }

    /// Reads the ring again. What seals goes on sealing.
    ///
    /// # Errors
    /// [`RingError`]; the ring at work stays.
    pub fn refresh(&self) -> Result<(), RingError> {
        let Some(source) = &self.source else { return Ok(()) };
        let mut fresh = Ring::new(&source().map_err(RingError::Unreadable)?);
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        for (old, new) in ring.keys.iter().filter_map(|old| Some((old, fresh.of(old.version())?))) {
            if old.lookup("", "") != new.lookup("", "") {
                return Err(RingError::Other(old.version()));
            }
        }
        let sealing = ring.sealing().version();
        fresh.sealing = fresh.place(sealing).ok_or(RingError::Lost(sealing))?;
        *ring = Arc::new(fresh);
        Ok(())
    }

    /// The newest version at hand.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.ring().keys.last().map_or(0, |key| key.version())
    }

    /// The version that seals.
    #[must_use]
    pub fn sealing(&self) -> u32 {
        self.ring().sealing().version()
    }

    /// From now on this version seals; whether it is at hand.
    pub(crate) fn seal_with(&self, version: u32) -> bool {
        let mut ring = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let Some(sealing) = ring.place(version) else { return false };
        if sealing != ring.sealing {
            *ring = Arc::new(Ring { keys: ring.keys.clone(), sealing });
        }
        true
    }

    /// Seals a value for a cell: table, column, primary key as text.
    #[must_use]
    pub fn seal(&self, table: &str, column: &str, key: &[&str], plain: &[u8]) -> Vec<u8> {
        self.ring().sealing().seal(&place(table, column, key), plain)
    }

    /// Opens a cell.
    ///
    /// # Errors
    /// [`RestError`].
    pub fn open(&self, table: &str, column: &str, key: &[&str], sealed: Vec<u8>) -> Result<Vec<u8>, RestError> {
        let version = lf_gm::rest::sealed_by(&sealed)?;
        self.key(version)?.open(&place(table, column, key), sealed)
    }

    /// The probe of the version that the database lists under this number.
    pub(crate) fn opens_probe(&self, version: u32, probe: Vec<u8>) -> Result<bool, RestError> {
        let key = self.key(version)?;
        Ok(key.open(PROBE, probe) == Ok(version.to_be_bytes().to_vec()))
    }

    /// What proves a ring later.
    pub(crate) fn probe(&self, version: u32) -> Result<Vec<u8>, RestError> {
        Ok(self.key(version)?.seal(PROBE, &version.to_be_bytes()))
    }

    pub(crate) fn cell(&self, column: &Column, key: &[Value], plain: &[u8]) -> Value {
        with_key(key, |key| Value::Bytes(self.seal(column.table, column.column, key, plain)))
    }

    pub(crate) fn open_cell(&self, column: &Column, key: &[Value], sealed: Vec<u8>) -> Result<Vec<u8>, RestError> {
        with_key(key, |key| self.open(column.table, column.column, key, sealed))
    }

    /// The first bytes of everything that the newest version seals.
    pub(crate) fn head(&self) -> Value {
        Value::from(&self.ring().sealing().head()[..])
    }

    /// The keyed hash under which a thing is stored.
    #[must_use]
    pub fn lookup(&self, kind: &str, text: &str) -> String {
        self.ring().sealing().lookup(kind, text)
    }

    /// Every hash under which a thing may be stored, newest first.
    pub(crate) fn lookups_now(&self, kind: &str, text: &str) -> Vec<Value> {
        self.ring().keys.iter().rev().map(|key| Value::from(key.lookup(kind, text))).collect()
    }

    /// The same, repeated up to the number that a statement has room for.
    pub(crate) fn lookups(&self, kind: &str, text: &str) -> Vec<Value> {
        let mut hashes = self.lookups_now(kind, text);
        let newest = hashes.first().cloned().unwrap_or(Value::Null);
        hashes.resize(MAX_RING, newest);
        hashes
    }

    /// Whether a stored hash is this thing's.
    pub(crate) fn is_lookup(&self, stored: &str, kind: &str, text: &str) -> Result<bool, RestError> {
        let Some(version) = looked_up_by(stored) else { return Ok(false) };
        Ok(self.key(version)?.lookup(kind, text) == stored)
    }

    /// The key of a version; the ring is read again before one is called unknown.
    fn key(&self, version: u32) -> Result<Arc<RestKey>, RestError> {
        if let Some(key) = self.ring().of(version) {
            return Ok(Arc::clone(key));
        }
        if let Err(error) = self.refresh() {
            tracing::error!(%error, version, "a value is sealed by a key that is not at hand");
        }
        self.ring().of(version).cloned().ok_or(RestError::UnknownVersion(version))
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(version {} of {})", self.sealing(), self.newest())
    }
}

impl Ring {
    /// The newest seals until the database says otherwise. A ring file always has a key.
    fn new(ring: &RingFile) -> Self {
        let keys: Vec<_> = ring.keys().into_iter().map(Arc::new).collect();
        Self { sealing: keys.len().saturating_sub(1), keys }
    }

    fn sealing(&self) -> &RestKey {
        &self.keys[self.sealing]
    }

    fn place(&self, version: u32) -> Option<usize> {
        self.keys.iter().position(|key| key.version() == version)
    }

    fn of(&self, version: u32) -> Option<&Arc<RestKey>> {
        self.keys.iter().find(|key| key.version() == version)
    }
}

const PROBE: &[&[u8]] = &[b"sealed_by", b"probe"];
/// Columns of the longest primary key of a sealed table.
pub(crate) const KEY_MAX: usize = 3;

/// The pieces that are authenticated with a value.
fn place<'p>(table: &'p str, column: &'p str, key: &[&'p str]) -> Vec<&'p [u8]> {
    [table, column].iter().chain(key).map(|part| part.as_bytes()).collect()
}

fn with_key<T>(key: &[Value], run: impl FnOnce(&[&str]) -> T) -> T {
    let texts: [Cow<'_, str>; KEY_MAX] =
        std::array::from_fn(|at| key.get(at).map_or(Cow::Borrowed(""), Value::key_text));
    let texts: [&str; KEY_MAX] = std::array::from_fn(|at| texts[at].as_ref());
    run(&texts[..key.len().min(KEY_MAX)])
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn ring(secrets: &[u8]) -> RingFile {
        let mut ring = RingFile::new("now", [secrets[0]; 32]).unwrap();
        for secret in &secrets[1..] {
            ring.push("now", [*secret; 32]).unwrap();
        }
        ring
    }

    /// A sealer whose file says what stands here.
    fn shelf(first: RingFile) -> (Arc<Mutex<Result<RingFile, String>>>, Sealer) {
        let shelf = Arc::new(Mutex::new(Ok(first)));
        let source = Arc::clone(&shelf);
        let sealer = Sealer::from_source(Box::new(move || source.lock().unwrap().clone())).unwrap();
        (shelf, sealer)
    }

    #[test]
    fn a_ring_that_does_not_fit_changes_nothing() {
        let (file, sealer) = shelf(ring(&[1, 2]));
        let sealed = sealer.seal("t", "c", &["k"], b"x");
        let mut lost = ring(&[1, 2, 3]);
        lost.retire_old();
        for (wrong, error) in [
            (Ok(ring(&[1])), RingError::Lost(2)),
            (Ok(lost), RingError::Lost(2)),
            (Ok(ring(&[1, 9])), RingError::Other(2)),
            (Ok(ring(&[9, 2])), RingError::Other(1)),
            (Err("gone".to_owned()), RingError::Unreadable("gone".to_owned())),
        ] {
            *file.lock().unwrap() = wrong;
            assert_eq!(sealer.refresh(), Err(error));
            assert_eq!(sealer.open("t", "c", &["k"], sealed.clone()), Ok(b"x".to_vec()));
            assert_eq!((sealer.sealing(), sealer.newest()), (2, 2));
        }
    }

    #[test]
    fn a_new_version_opens_at_once_and_seals_when_told() {
        let (file, sealer) = shelf(ring(&[1]));
        let ahead = Sealer::new(&ring(&[1, 2]));
        let sealed = ahead.seal("t", "c", &["k"], b"x");
        let open = || sealer.open("t", "c", &["k"], sealed.clone());
        assert_eq!(open(), Err(RestError::UnknownVersion(2)));
        *file.lock().unwrap() = Ok(ring(&[1, 2]));
        assert_eq!(open(), Ok(b"x".to_vec()), "read again at once");
        assert_eq!((sealer.sealing(), sealer.newest()), (1, 2), "but not sealed with");
        assert!(!sealer.seal_with(3) && sealer.seal_with(2));
        assert_eq!(sealer.seal("t", "c", &["k"], b"x"), sealed);
        assert_eq!(sealer.lookups("cert", "t").len(), MAX_RING);
        assert_eq!(sealer.lookups("cert", "t")[1], Value::from(Sealer::new(&ring(&[1])).lookup("cert", "t")));
        assert_eq!(sealer.open("t", "c", &["l"], sealed), Err(RestError::NotAuthentic));
    }
}
