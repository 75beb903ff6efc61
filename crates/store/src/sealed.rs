//! The one table of what is sealed: column by column, with the statements by which a rotation reads and rewrites it.
//!
//! Serves `plan`, `row` and `sweep`. Invariants: what is not listed here stands in clear and must be no patient's name, certificate
//! number, token or secret; every sealed column is a BLOB, and every BLOB that is no digest is listed.

use crate::sql;
use crate::value::Value;

/// A sealed column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// A key before all keys of the table.
    pub(crate) before: &'static [Before],
    /// A page after a key: keys, the newest version's head, how many.
    pub(crate) page: &'static str,
    /// Keys, new cell, old cell.
    pub(crate) reseal: &'static str,
}

/// The least value of a key's column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Before {
    Texts,
    Counts,
}

impl Before {
    pub(crate) fn value(self) -> Value {
        match self {
            Self::Texts => Value::from(""),
            Self::Counts => Value::Int(0),
        }
    }
}

use Before::{Counts, Texts};

macro_rules! columns {
    ($($name:ident = $table:literal . $column:literal [$($key:ident),+] $page:ident $reseal:ident;)+) => {
        $(pub(crate) const $name: Column = Column {
            table: $table, column: $column, before: &[$($key),+], page: sql::$page, reseal: sql::$reseal,
        };)+
        /// All of them, in the order of a sweep.
        pub(crate) const ALL: &[Column] = &[$($name),+];
    };
}

columns! {
    APP = "app"."body" [Texts] APP_SWEEP APP_RESEAL;
    FIXMEDINS = "fixmedins"."body" [Texts] FIXMEDINS_SWEEP FIXMEDINS_RESEAL;
    PRACTITIONER = "practitioner"."body" [Texts, Texts] PRACTITIONER_SWEEP PRACTITIONER_RESEAL;
    PERSON = "person"."body" [Texts, Texts] PERSON_SWEEP PERSON_RESEAL;
    RX = "rx"."state" [Texts, Texts] RX_SWEEP RX_RESEAL;
    RX_CONTENT = "rx_content"."body" [Texts, Texts] RX_CONTENT_SWEEP RX_CONTENT_RESEAL;
    RX_FILE = "rx_file"."base64" [Texts, Texts] RX_FILE_SWEEP RX_FILE_RESEAL;
    RX_EVENT = "rx_event"."body" [Texts, Texts, Counts] RX_EVENT_SWEEP RX_EVENT_RESEAL;
    BATCH = "auth_batch"."body" [Texts, Texts] BATCH_SWEEP BATCH_RESEAL;
    IDEM = "idem"."reply" [Texts, Texts, Texts] IDEM_SWEEP IDEM_RESEAL;
    FILE = "file"."body" [Texts, Texts] FILE_SWEEP FILE_RESEAL;
    FILING = "psn_filing"."body" [Texts, Texts, Texts] FILING_SWEEP FILING_RESEAL;
    STOCK_MOVE = "stock_move"."body" [Texts, Texts, Counts] STOCK_MOVE_SWEEP STOCK_MOVE_RESEAL;
    SUPPLY_CASE = "supply_case"."body" [Texts, Texts] SUPPLY_CASE_SWEEP SUPPLY_CASE_RESEAL;
    REIM = "reim"."body" [Texts, Texts] REIM_SWEEP REIM_RESEAL;
    MDTRT = "mdtrt"."body" [Texts, Texts] MDTRT_SWEEP MDTRT_RESEAL;
    DRUG_COURSE = "drug_course"."body" [Texts, Texts, Texts] DRUG_COURSE_SWEEP DRUG_COURSE_RESEAL;
    OUTBOX = "outbox"."body" [Texts, Texts, Counts] OUTBOX_SWEEP OUTBOX_RESEAL;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blob_is_sealed_or_a_digest() {
        const DIGESTS: [&str; 5] = ["rx.head", "rx_event.hash", "idem.digest", "sealed_by.probe", "stock_move.digest"];
        let conn = rusqlite::Connection::open("").unwrap();
        crate::schema::build(&conn).unwrap();
        let list = "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND c.type = 'BLOB'";
        let mut statement = conn.prepare(list).unwrap();
        let mut blobs: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut wanted: Vec<String> = ALL.iter().map(|column| format!("{}.{}", column.table, column.column)).collect();
        wanted.extend(DIGESTS.map(str::to_owned));
        blobs.sort();
        wanted.sort();
        assert_eq!(blobs, wanted);
    }

    #[test]
    fn the_statements_are_of_their_column_and_its_primary_key() {
        let conn = rusqlite::Connection::open("").unwrap();
        crate::schema::build(&conn).unwrap();
        for Column { table, column, before, page, reseal } in ALL {
            let list = format!("SELECT name, type FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk");
            let mut statement = conn.prepare(&list).unwrap();
            let keys = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let keys: Vec<(String, String)> = keys.map(Result::unwrap).collect();
            assert_eq!(keys.len(), before.len(), "{table}");
            assert!(keys.len() <= crate::sealer::KEY_MAX, "a cell of {table} is bound to a part of its key only");
            for ((_, kind), before) in keys.iter().zip(*before) {
                assert_eq!(kind == "BIGINT", matches!(before, Counts), "{table}");
            }
            let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
            assert!(
                page.starts_with(&format!("SELECT {}, CASE WHEN substr({column}, 1, 5)", names.join(", "))),
                "{page}"
            );
            let put = names.len() + 1;
            assert!(
                reseal.starts_with(&format!("UPDATE {table} SET {column} = ${put} WHERE {} = $1", names[0])),
                "{reseal}"
            );
            assert!(reseal.ends_with(&format!("{column} = ${}", put + 1)), "{reseal}");
        }
    }
}
