//! What several commands are told in the same words: the database that they work on, and what an officer writes down.

use std::path::PathBuf;

use clap::{Arg, Args};

/// The longest text that an officer writes down, in characters: a name, a reason, the number or title of a paper.
pub const SAID_MAX: usize = 200;
/// The longest number of a case, in characters.
pub const CASE_NO_MAX: usize = 60;

/// The database that a command works on, beside a running center.
#[derive(Args)]
pub struct Beside {
    /// Database URL, such as sqlite:///var/lib/liufang/center.db or postgres://liufang@db.example/center
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// The key ring [default: store.key.toml beside the SQLite file; for PostgreSQL the demo's]
    #[arg(long, value_name = "FILE")]
    pub store_key: Option<PathBuf>,
}

/// The database that a command works on, and the packs with which its center runs: what the law says of it, it says by these.
#[derive(Args)]
pub struct Lawful {
    /// Which database.
    #[command(flatten)]
    pub beside: Beside,
    /// Folder of rule packs, where the center runs with `law = "DIR"` [default: those built in]
    #[arg(long, value_name = "DIR")]
    pub packs: Option<PathBuf>,
}

/// `--database` of a command that works on the demo's unless told otherwise.
pub(super) fn demos(database: Arg) -> Arg {
    database.required(false).default_value("sqlite://var/demo/center.db").help("Database URL; the demo's unless given")
}

/// What an officer writes down says something, and in one line.
///
/// # Errors
/// Blank, more than a line, longer than [`SAID_MAX`].
pub fn said(text: &str) -> Result<String, String> {
    line(text, SAID_MAX)
}

/// The number of a case.
///
/// # Errors
/// Blank, more than a line, longer than [`CASE_NO_MAX`].
pub(super) fn case_no(text: &str) -> Result<String, String> {
    line(text, CASE_NO_MAX)
}

fn line(text: &str, most: usize) -> Result<String, String> {
    let text = text.trim();
    let count = text.chars().count();
    if text.is_empty() {
        return Err("it must not be blank".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Err("it must be one line of text".to_owned());
    }
    if count > most {
        return Err(format!("it has {count} characters, at most {most} are taken"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_one_line_of_a_limited_length() {
        assert_eq!(said(&format!(" {} ", "字".repeat(SAID_MAX))).unwrap(), "字".repeat(SAID_MAX), "at the limit");
        let long = said(&"字".repeat(SAID_MAX + 1)).unwrap_err();
        assert_eq!(long, "it has 201 characters, at most 200 are taken", "one past it");
        for (text, why) in [("", "blank"), (" \t", "blank"), ("两\n行", "one line")] {
            assert!(said(text).unwrap_err().contains(why), "{text:?}");
        }
        assert!(case_no(&"7".repeat(CASE_NO_MAX)).is_ok(), "at the limit");
        assert_eq!(case_no(&"7".repeat(CASE_NO_MAX + 1)).unwrap_err(), "it has 61 characters, at most 60 are taken");
    }
}
