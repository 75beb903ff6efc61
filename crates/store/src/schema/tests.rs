//! Migrations: complete, applied once, verified, and refused with the reason.

use std::path::PathBuf;

use rusqlite::Connection;

use super::*;
use crate::{Options, SqliteStore};

struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let file = Self(std::env::temp_dir().join(format!("lf-schema-{}-{name}.db", std::process::id())));
        file.remove();
        file
    }

    fn alter(&self, sql: &str) {
        Connection::open(&self.0).unwrap().execute_batch(sql).unwrap();
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }

    fn open(&self) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(&self.0, options())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}

fn options() -> Options {
    let ring = lf_gm::RingFile::new("now", [7; 32]).unwrap();
    Options::new(std::sync::Arc::new(crate::Sealer::new(&ring)))
}

const NOW: Moment = Moment::from_micros(7);

fn all() -> Vec<String> {
    MIGRATIONS.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn every_file_of_the_folder_is_compiled_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/sqlite");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".sql").map(str::to_owned))
        .collect();
    // By number: the tenth comes after the second.
    files.sort_by_key(|name| name[1..].split_once("__").and_then(|(number, _)| number.parse::<u32>().ok()));
    assert_eq!(files, all());
}

#[test]
fn what_is_pending_is_applied_once() {
    let file = File::new("once");
    assert_eq!(pending(&file.0).unwrap(), all());
    assert!(!file.0.exists(), "asking creates nothing");
    assert_eq!(file.open().err(), Some(OpenError::Pending(all())));
    assert!(!file.0.exists(), "neither does a refused start");
    assert_eq!(migrate(&file.0, NOW).unwrap(), all());
    assert_eq!(migrate(&file.0, NOW).unwrap(), Vec::<String>::new());
    assert_eq!(pending(&file.0).unwrap(), Vec::<String>::new());
    assert!(file.open().is_ok());
    let raw = Connection::open(&file.0).unwrap();
    let applied: i64 = raw.query_row("SELECT applied_us FROM schema_history", [], |row| row.get(0)).unwrap();
    assert_eq!(applied, 7);
}

#[test]
fn two_that_start_together_apply_each_once() {
    let file = File::new("together");
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let path = file.0.clone();
            std::thread::spawn(move || SqliteStore::open(path, Options { migrate_at: Some(NOW), ..options() }))
        })
        .collect();
    assert!(starts.into_iter().all(|start| start.join().unwrap().is_ok()));
    assert_eq!(pending(&file.0).unwrap(), Vec::<String>::new());
}

#[test]
fn an_interrupted_chain_goes_on() {
    let file = File::new("chain");
    migrate(&file.0, NOW).unwrap();
    file.alter("DELETE FROM schema_history WHERE version = 20; DROP TABLE reim");
    assert_eq!(pending(&file.0).unwrap(), ["V20__reim"]);
    assert_eq!(migrate(&file.0, NOW).unwrap(), ["V20__reim"]);
    assert!(file.open().is_ok());
}

#[test]
fn a_wrong_schema_is_refused_with_the_reason() {
    for (name, sql, wanted) in [
        ("newer", "INSERT INTO schema_history VALUES (21, 'V21__later', '', 0)", "高于本程序支持的20"),
        ("sum", "UPDATE schema_history SET sm3 = 'x' WHERE version = 2", "V2__prescriptions的SM3与记录不同"),
        ("name", "UPDATE schema_history SET name = 'x' WHERE version = 2", "第2号迁移应为V2__prescriptions"),
        ("gap", "DELETE FROM schema_history WHERE version = 2", "第2号迁移应为V2__prescriptions，记录为第3号"),
        ("text", "UPDATE schema_history SET version = 'x' WHERE version = 5", "数据库无法打开"),
        ("index", "DROP INDEX setl_reversal", "index setl_reversal缺失"),
        ("column", "ALTER TABLE claim ADD COLUMN more TEXT", "table claim被改动"),
        ("trigger", "CREATE TRIGGER t AFTER INSERT ON rx BEGIN DELETE FROM rx; END", "存在外来触发器t"),
    ] {
        let file = File::new(name);
        migrate(&file.0, NOW).unwrap();
        file.alter(sql);
        for refused in [file.open().err(), migrate(&file.0, NOW).err()] {
            let text = refused.unwrap().to_string();
            assert!(text.contains(wanted), "{name}: {text}");
        }
    }
    let file = File::new("index-of-the-operator");
    migrate(&file.0, NOW).unwrap();
    file.alter("CREATE INDEX mine ON rx (phase); ANALYZE");
    assert!(file.open().is_ok(), "an index of the operator's own is no harm");
}

#[test]
fn another_programs_file_is_refused_and_left_as_it_is() {
    let file = File::new("foreign");
    file.alter("CREATE TABLE theirs (x)");
    let before = std::fs::read(&file.0).unwrap();
    assert_eq!(migrate(&file.0, NOW).err(), Some(OpenError::Foreign));
    assert_eq!(file.open().err(), Some(OpenError::Foreign));
    assert_eq!(std::fs::read(&file.0).unwrap(), before);
    std::fs::write(&file.0, [b'x'; 5_000]).unwrap();
    assert_eq!(migrate(&file.0, NOW).err(), Some(OpenError::Foreign), "no database at all");
}

#[test]
fn no_statement_deletes_a_prescription_its_history_or_a_settlement() {
    // proves HB-1.16
    let mut tables = std::collections::BTreeSet::new();
    // All statements of the store stand in this file.
    let text = include_str!("../sql.rs");
    for (at, _) in text.match_indices("DELETE FROM ") {
        let rest = &text[at + "DELETE FROM ".len()..];
        tables.extend(rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next());
    }
    for kept in ["rx", "rx_content", "rx_file", "rx_event", "setl", "accum", "idem"] {
        assert!(!tables.contains(kept), "{kept} is deleted from");
    }
    assert!(
        tables.contains("outbox") && tables.contains("person_key"),
        "the statements stand elsewhere now: {tables:?}"
    );
}
