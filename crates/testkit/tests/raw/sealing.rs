//! A hand in the database that also has the ring: SQL functions that open and seal cells, so that a test can change what
//! a cell says and not only its bytes.

use lf_testkit::sealer;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

/// A connection with `opened(table, column, cell, key…)` and `sealed(table, column, plain, key…)`.
pub fn connect(path: impl AsRef<std::path::Path>) -> Connection {
    let raw = Connection::open(path).unwrap();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let opened = |context: &Context<'_>| {
        let (table, column, key) = place(context);
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        let plain = sealer().open(&table, &column, &key, context.get(2)?).unwrap();
        Ok(String::from_utf8(plain).unwrap())
    };
    raw.create_scalar_function("opened", -1, flags, opened).unwrap();
    let sealed = |context: &Context<'_>| {
        let (table, column, key) = place(context);
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        Ok(sealer().seal(&table, &column, &key, context.get::<String>(2)?.as_bytes()))
    };
    raw.create_scalar_function("sealed", -1, flags, sealed).unwrap();
    raw
}

fn place(context: &Context<'_>) -> (String, String, Vec<String>) {
    let text = |at: usize| match context.get_raw(at) {
        ValueRef::Integer(int) => int.to_string(),
        other => other.as_str().unwrap().to_owned(),
    };
    (text(0), text(1), (3..context.len()).map(text).collect())
}

/// `column = …` with what the cell says changed; `plain` stands for what it says now.
pub fn edit(table: &str, column: &str, change: &str) -> String {
    let key = key(table);
    let opened = format!("opened('{table}', '{column}', {column}, {key})");
    format!("{column} = sealed('{table}', '{column}', {}, {key})", change.replace("plain", &opened))
}

/// The columns of a table's primary key.
pub fn key(table: &str) -> &'static str {
    match table {
        "person" => "poolarea_no, psn_no",
        "rx_event" => "poolarea_no, hi_rxno, seq",
        _ => "poolarea_no, hi_rxno",
    }
}
