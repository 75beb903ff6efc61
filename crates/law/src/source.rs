//! What the crate is given and what it answers when a pack is wrong: sources and pack errors.
//!
//! Invariant: the crate opens no file; whoever calls hands over paths and texts.

use std::fmt;

/// One file of the law folder, as read or embedded by the caller.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Path below the law folder, `360000/mz_tc.toml`; a leading `law/` is accepted.
    pub path: &'a str,
    /// The whole file.
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The path without a leading `law/` or `./`.
    pub fn relative(&self) -> &'a str {
        let path = self.path.strip_prefix("./").unwrap_or(self.path);
        path.strip_prefix("law/").unwrap_or(path)
    }
}

/// What kind of defect a pack has; the sentence says the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PackErrorKind {
    /// Not TOML, or a value of a shape the format does not have.
    Syntax,
    /// A key the format does not know.
    UnknownKey,
    /// A key the format needs is absent.
    MissingKey,
    /// A dated value without citation, or citing a document that is not declared.
    MissingCite,
    /// A quote that does not occur in the stored text, or a text that is absent.
    QuoteNotFound,
    /// A stored text whose SM3 is not the pinned one.
    TextChanged,
    /// A day no dated value covers between two that are covered.
    Gap,
    /// A day that two dated values of one provision cover.
    Overlap,
    /// A field that the dictionary does not know, or one of the wrong scope.
    UnknownField,
    /// A relation to a provision that does not exist.
    DanglingException,
    /// Exceptions that override each other in a circle.
    CircularException,
    /// An exception the upper provision does not delegate.
    NotDelegated,
    /// A value that is not of the declared quantity, or compared with a field it cannot be compared with.
    WrongType,
    /// No such day, an end before its start, or a value outside the time of its instrument.
    BadDate,
    /// The same id twice.
    Duplicate,
    /// A scale whose thresholds do not rise or whose brackets are incomplete.
    BadScale,
    /// A rule that does not say what follows when an optional fact is absent.
    AbsenceUnspoken,
    /// An example that names what does not exist.
    BadExample,
    /// A file longer than the limit.
    TooLarge,
}

/// One defect of a pack, with the place and a sentence in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError {
    /// The kind, for programs.
    pub kind: PackErrorKind,
    /// The file, as given.
    pub file: String,
    /// The line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// The sentence, for people.
    pub sentence: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}：{}", self.file, self.line, self.sentence)
    }
}

impl std::error::Error for PackError {}

/// Gathers the defects of one file, turning byte offsets into lines.
pub(crate) struct Defects<'a> {
    file: &'a str,
    text: &'a str,
    found: &'a mut Vec<PackError>,
}

impl<'a> Defects<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, found: &'a mut Vec<PackError>) -> Self {
        Self { file, text, found }
    }

    /// For what is written in another file: an exception takes over parts of the provision above it.
    pub(crate) fn of<'o>(&'o mut self, file: &'o str, text: &'o str) -> Defects<'o> {
        Defects { file, text, found: self.found }
    }

    pub(crate) fn at(&mut self, offset: usize, kind: PackErrorKind, sentence: impl Into<String>) {
        let head = self.text.as_bytes().get(..offset).unwrap_or_default();
        let line = head.iter().filter(|byte| **byte == b'\n').count() + 1;
        self.found.push(PackError { kind, file: self.file.to_owned(), line, sentence: sentence.into() });
    }
}

/// Lower-case hex of the SM3 of a text.
pub(crate) fn sm3_hex(bytes: &[u8]) -> String {
    use sm3::Digest;
    let digest: [u8; 32] = sm3::Sm3::digest(bytes).into();
    let mut hex = String::with_capacity(64);
    for byte in digest {
        for nibble in [byte >> 4, byte & 15] {
            hex.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
    }
    hex
}

/// A text without white space: page breaks of a printed notice cut sentences anywhere.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A day as people write it, in every JSON this crate gives out.
pub(crate) fn day_text<S: serde::Serializer>(day: &lf_vocab::Day, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

/// A day or nothing.
pub(crate) fn day_or_nothing<S: serde::Serializer>(
    day: &Option<lf_vocab::Day>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match day {
        Some(day) => serializer.collect_str(day),
        None => serializer.serialize_none(),
    }
}
