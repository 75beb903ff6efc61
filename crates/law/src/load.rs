//! Reading packs: TOML to documents, stored texts to quotable texts, instruments to dates.
//!
//! Invariants: all defects of all files are answered at once; every text that is quoted is pinned by its SM3.

mod syntax;

use std::collections::HashMap;
use std::sync::Arc;

use lf_vocab::{Admdvs, Day};
use toml::Spanned;
use toml::value::Datetime;

use crate::compile;
use crate::format::{FileDoc, InstrumentDoc};
use crate::model::Law;
use crate::source::{Defects, PackError, PackErrorKind, Source, sm3_hex, squeeze};

/// The generated list of provisions and dated values.
pub const INDEX_LOCK: &str = "INDEX.lock";

/// The most bytes one pack or text may have: ten times the longest notice with its rules.
pub const MAX_SOURCE_BYTES: usize = 1 << 20;

/// One pack file with what errors need.
pub(crate) struct LoadedFile<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub pack: Admdvs,
    pub formalised_from: Day,
    pub doc: FileDoc,
}

/// A document that values cite.
pub(crate) struct Instrument {
    pub title: String,
    pub doc_no: Option<Arc<str>>,
    pub from: Day,
    pub until: Option<Day>,
    /// The stored text without white space; nothing when it is not there to be read, which is a defect of its own.
    pub quotable: Option<String>,
    pub yields: Option<String>,
}

/// Instruments by pack and id; nothing where one is declared and has a defect.
pub(crate) type Instruments = HashMap<(Admdvs, String), Option<Instrument>>;

impl Law {
    /// Loads packs and texts. Paths end in `.toml` for packs; everything else is a text; `INDEX.lock`
    /// is kept for `check`.
    ///
    /// # Errors
    /// Every defect found, with file, line and a sentence.
    pub fn load(sources: &[Source<'_>]) -> Result<Law, Vec<PackError>> {
        let mut found = Vec::new();
        let mut files = Vec::new();
        for source in sources.iter().filter(|source| source.text.len() > MAX_SOURCE_BYTES) {
            let sentence = format!("文件超过{MAX_SOURCE_BYTES}字节，请按主题分开");
            found.push(PackError {
                kind: PackErrorKind::TooLarge,
                file: source.relative().to_owned(),
                line: 0,
                sentence,
            });
        }
        if !found.is_empty() {
            return Err(found);
        }
        for source in sources.iter().filter(|source| source.path.ends_with(".toml")) {
            files.extend(read_file(source, &mut found));
        }
        files.sort_by(|a, b| a.path.cmp(b.path));
        let instruments = read_instruments(&files, sources, &mut found);
        let law = compile::compile(&files, &instruments, &mut found);
        match law {
            Some(mut law) if found.is_empty() => {
                law.edition = edition_of(sources);
                let lock = sources.iter().find(|source| source.relative() == INDEX_LOCK);
                law.index_lock = lock.map(|source| source.text.to_owned());
                Ok(law)
            }
            _ => Err(in_order(found)),
        }
    }
}

/// By file and line, each once: what an exception takes over is told where it is written and not again.
fn in_order(mut found: Vec<PackError>) -> Vec<PackError> {
    found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    let mut once: Vec<PackError> = Vec::with_capacity(found.len());
    for error in found {
        if !once.contains(&error) {
            once.push(error);
        }
    }
    once
}

fn edition_of(sources: &[Source<'_>]) -> String {
    let mut parts: Vec<_> = sources.iter().filter(|source| source.relative() != INDEX_LOCK).collect();
    parts.sort_by_key(|source| source.relative());
    let digests: Vec<String> =
        parts.iter().map(|source| format!("{} {}\n", source.relative(), sm3_hex(source.text.as_bytes()))).collect();
    sm3_hex(digests.concat().as_bytes())
}

fn read_file<'a>(source: &Source<'a>, found: &mut Vec<PackError>) -> Option<LoadedFile<'a>> {
    let (path, text) = (source.relative(), source.text);
    let doc: FileDoc = match toml::from_str(text) {
        Ok(doc) => doc,
        Err(error) => {
            let (kind, sentence) = syntax::explain(error.message());
            let at = error.span().map_or(0, |span| span.start);
            Defects::new(path, text, found).at(at, kind, sentence);
            return None;
        }
    };
    let mut defects = Defects::new(path, text, found);
    let folder = path.split('/').next().unwrap_or_default();
    let at = doc.pack.span().start;
    let Ok(pack) = doc.pack.get_ref().parse::<Admdvs>() else {
        defects.at(at, PackErrorKind::WrongType, format!("pack“{}”不是6位行政区划代码", doc.pack.get_ref()));
        return None;
    };
    if folder != pack.as_str() {
        defects.at(at, PackErrorKind::WrongType, format!("pack是{pack}，文件却放在目录{folder}下"));
        return None;
    }
    let formalised_from = day_of(&doc.formalised_from, &mut defects)?;
    Some(LoadedFile { path, text, pack, formalised_from, doc })
}

/// A day written in a pack.
pub(crate) fn day_of(written: &Spanned<Datetime>, defects: &mut Defects<'_>) -> Option<Day> {
    let day = plain_day(written.get_ref());
    if day.is_none() {
        defects.at(written.span().start, PackErrorKind::BadDate, format!("“{}”不是日期yyyy-MM-dd", written.get_ref()));
    }
    day
}

pub(crate) fn plain_day(written: &Datetime) -> Option<Day> {
    let date = written.date.filter(|_| written.time.is_none() && written.offset.is_none())?;
    Day::from_ymd(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
}

fn read_instruments(files: &[LoadedFile<'_>], sources: &[Source<'_>], found: &mut Vec<PackError>) -> Instruments {
    let mut instruments = Instruments::new();
    for file in files {
        let mut defects = Defects::new(file.path, file.text, found);
        for (id, doc) in &file.doc.instrument {
            let instrument = read_instrument(file.pack, doc, sources, &mut defects);
            let key = (file.pack, id.get_ref().clone());
            if instruments.insert(key, instrument).is_some() {
                let sentence = format!("文件“{}”登记了两次", id.get_ref());
                defects.at(id.span().start, PackErrorKind::Duplicate, sentence);
            }
        }
    }
    instruments
}

fn read_instrument(
    pack: Admdvs,
    doc: &InstrumentDoc,
    sources: &[Source<'_>],
    defects: &mut Defects<'_>,
) -> Option<Instrument> {
    let at = doc.in_force.span().start;
    let Some(from) = plain_day(&doc.in_force.get_ref().from) else {
        defects.at(at, PackErrorKind::BadDate, "施行日期不是yyyy-MM-dd");
        return None;
    };
    let mut until = match &doc.in_force.get_ref().until {
        None => None,
        Some(written) => match plain_day(written) {
            Some(day) if day > from => Some(day),
            _ => {
                defects.at(at, PackErrorKind::BadDate, "失效日期不是日期，或不在施行日期之后");
                return None;
            }
        },
    };
    for extension in &doc.extended {
        let day = day_of(&extension.until, defects)?;
        if until.is_none_or(|end| day <= end) {
            let sentence = format!("“{}”的延长没有晚于原失效日期", extension.by);
            defects.at(extension.until.span().start, PackErrorKind::BadDate, sentence);
        }
        until = Some(day);
    }
    if let Some(published) = &doc.published {
        day_of(published, defects)?;
    }
    let quotable = stored_text(pack, doc, sources, defects);
    Some(Instrument {
        title: doc.title.clone(),
        doc_no: doc.doc_no.as_deref().map(Arc::from),
        from,
        until,
        quotable,
        yields: doc.yields.as_ref().map(|id| id.get_ref().clone()),
    })
}

/// The text that quotes must occur in; an assumed value needs none, so a document may do without.
fn stored_text(pack: Admdvs, doc: &InstrumentDoc, sources: &[Source<'_>], defects: &mut Defects<'_>) -> Option<String> {
    let Some(text) = &doc.text else { return Some(String::new()) };
    let path = format!("{pack}/{}", text.get_ref());
    let Some(source) = sources.iter().find(|source| source.relative() == path) else {
        defects.at(text.span().start, PackErrorKind::QuoteNotFound, format!("没有找到所引文件的存本{path}"));
        return None;
    };
    let digest = sm3_hex(source.text.as_bytes());
    match &doc.sm3 {
        Some(pinned) if *pinned.get_ref() == digest => {}
        Some(pinned) => {
            let sentence = format!("存本{path}已被改动：其SM3是{digest}，与登记的不同");
            defects.at(pinned.span().start, PackErrorKind::TextChanged, sentence);
        }
        None => {
            let sentence = format!("存本{path}没有登记SM3（{digest}）");
            defects.at(text.span().start, PackErrorKind::TextChanged, sentence);
        }
    }
    Some(squeeze(source.text))
}
