//! A copy of a SQLite database while a center writes to it, checked by opening it.
//!
//! Serves `liufang backup`. Invariants: the copy is one moment of the database, with everything acknowledged before it
//! began; under its final name stands nothing that was not checked and durable; what stands there already is never
//! replaced; the copy is readable by its owner only, because it holds what the database holds.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use thiserror::Error;

use crate::db::{Db, Role};
use crate::history::OpenError;
use crate::schema;

/// How long to wait for another process, and the rest before asking it again.
const BUSY: Duration = Duration::from_secs(30);
const REST: Duration = Duration::from_millis(50);

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A server's database is copied by the server's own tools.
    #[error("a PostgreSQL database is copied with pg_basebackup and its WAL archive; docs/operations.md says how")]
    Postgres,
    /// A name that is taken.
    #[error("{0} exists already; a backup never replaces a file")]
    Exists(PathBuf),
    /// The file system.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The database that was to be copied, or its copy.
    #[error("{0}: {1}")]
    Open(PathBuf, OpenError),
    /// The copy is no whole database.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
}

/// Copies a database and answers the size of the copy in bytes.
///
/// # Errors
/// [`BackupError`]; then nothing stands under the name `to`.
pub fn backup(from: &Path, to: &Path) -> Result<u64, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let part = PathBuf::from(format!("{}.part", to.display()));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    drop(file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(part.clone()),
        _ => BackupError::File(part.clone(), error),
    })?);
    let done = copy(from, &part).and_then(|()| check(&part)).and_then(|()| settle(&part, to));
    if done.is_err() {
        for end in ["", "-wal", "-shm"] {
            // What is left of a failed copy is of no use; what cannot be removed is told by the next try.
            let _ = fs::remove_file(format!("{}{end}", part.display()));
        }
    }
    done
}

/// In one step: a copy in several would begin anew whenever the center writes between two of them.
fn copy(from: &Path, part: &Path) -> Result<(), BackupError> {
    let source = |error: OpenError| BackupError::Open(from.to_owned(), error);
    let mut center = Db::open(from, BUSY, Role::Reader).map_err(|error| source(error.into()))?;
    schema::known(center.raw()).map_err(source)?;
    let target = |error: rusqlite::Error| BackupError::Open(part.to_owned(), error.into());
    let mut db = Db::open(part, BUSY, Role::Target).map_err(target)?;
    let copy = Backup::new(center.raw(), db.raw()).map_err(target)?;
    copy.run_to_completion(i32::MAX, REST, None).map_err(target)
}

/// Every page is read, and the schema is compared with its migrations.
fn check(part: &Path) -> Result<(), BackupError> {
    let failed = |error: OpenError| BackupError::Open(part.to_owned(), error);
    let mut db = Db::open(part, BUSY, Role::Target).map_err(|error| failed(error.into()))?;
    let verdict = db.raw().pragma_query_value(None, "quick_check", |row| row.get::<_, String>(0));
    let verdict = verdict.map_err(|error| failed(error.into()))?;
    if verdict != "ok" {
        return Err(BackupError::Damaged(verdict));
    }
    schema::known(db.raw()).map_err(failed)
}

fn settle(part: &Path, to: &Path) -> Result<u64, BackupError> {
    let failed = |error| BackupError::File(to.to_owned(), error);
    let size = File::open(part).and_then(|file| file.sync_all().and(file.metadata())).map_err(failed)?.len();
    // A link refuses where a rename would replace what came meanwhile.
    fs::hard_link(part, to).and_then(|()| fs::remove_file(part)).map_err(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(size)
}

#[cfg(test)]
mod tests {
    use lf_vocab::Moment;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("lf-backup-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn join(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        fn names(&self) -> Vec<String> {
            let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
            let mut names: Vec<_> = fs::read_dir(&self.0).unwrap().map(name).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_copy_is_whole_private_and_never_replaces_anything() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Folder::new("copy");
        let (from, to) = (folder.join("a.db"), folder.join("b.db"));
        schema::migrate(&from, Moment::from_micros(1)).unwrap();
        let size = backup(&from, &to).unwrap();
        assert_eq!(fs::metadata(&to).unwrap().len(), size);
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(schema::pending(&to), Ok(Vec::new()));
        let before = fs::read(&to).unwrap();
        assert!(matches!(backup(&from, &to), Err(BackupError::Exists(path)) if path == to));
        assert_eq!(fs::read(&to).unwrap(), before);
        assert!(folder.names().iter().all(|name| !name.contains(".part")), "{:?}", folder.names());
    }

    #[test]
    fn what_is_no_database_of_ours_is_refused_and_leaves_nothing() {
        let folder = Folder::new("refused");
        fs::write(folder.join("text"), "not a database, and longer than a header of one hundred bytes".repeat(9))
            .unwrap();
        fs::write(folder.join("empty"), "").unwrap();
        let foreign = rusqlite::Connection::open(folder.join("foreign")).unwrap();
        foreign.execute_batch("CREATE TABLE t (a)").unwrap();
        drop(foreign);
        let before = folder.names();
        for name in ["text", "empty", "foreign", "missing"] {
            let error = backup(&folder.join(name), &folder.join("b.db")).unwrap_err();
            assert!(matches!(&error, BackupError::Open(..)), "{name}: {error}");
            assert_eq!(folder.names(), before, "{name}");
        }
    }

    #[test]
    fn a_damaged_database_gives_no_copy() {
        let folder = Folder::new("damaged");
        let from = folder.join("a.db");
        schema::migrate(&from, Moment::from_micros(1)).unwrap();
        let mut bytes = fs::read(&from).unwrap();
        let page = bytes.len() - 4_096;
        bytes[page..page + 64].fill(0xff);
        fs::write(&from, bytes).unwrap();
        assert!(backup(&from, &folder.join("b.db")).is_err());
        assert_eq!(folder.names(), ["a.db"]);
    }
}
