//! Dated values: each with its article and quote inside it, half-open, without gap or overlap, inside the
//! life of its document.

use std::sync::Arc;

use lf_vocab::Day;

use crate::compile::Compiler;
use crate::format::DatedDoc;
use crate::load::{Instrument, day_of};
use crate::model::{Confidence, Dated};
use crate::source::{Defects, PackErrorKind, squeeze};
use crate::value::{LawValue, Quantity};

impl Compiler<'_> {
    pub(super) fn values(&self, index: usize, quantity: Quantity, defects: &mut Defects<'_>) -> Option<Vec<Dated>> {
        let written = &self.written[index];
        let docs = written.doc.value.get_ref();
        if docs.is_empty() {
            let sentence = format!("规定{}没有取值", written.id);
            defects.at(written.doc.value.span().start, PackErrorKind::MissingKey, sentence);
            return None;
        }
        let mut values = Vec::with_capacity(docs.len());
        let mut good = true;
        for doc in docs {
            match self.dated(index, quantity, doc, defects) {
                Some(dated) => values.push(dated),
                None => good = false,
            }
        }
        if !good {
            return None;
        }
        for (at, pair) in values.windows(2).enumerate() {
            good &= continuous(&written.id, &pair[0], &pair[1], docs[at + 1].from.span().start, defects);
        }
        good.then_some(values)
    }

    fn dated(&self, index: usize, quantity: Quantity, doc: &DatedDoc, defects: &mut Defects<'_>) -> Option<Dated> {
        let written = &self.written[index];
        let from = day_of(&doc.from, defects)?;
        let until = match &doc.until {
            None => None,
            Some(written) => Some(day_of(written, defects)?),
        };
        if until.is_some_and(|until| until <= from) {
            defects.at(doc.from.span().start, PackErrorKind::BadDate, "until应晚于from（含起日，不含止日）");
            return None;
        }
        let read = match quantity {
            Quantity::Scale => LawValue::read_scale(doc.is.get_ref()),
            _ => LawValue::read(quantity, doc.is.get_ref()),
        };
        let is = match read {
            Ok(is) => is,
            Err(why) => {
                let kind = if quantity == Quantity::Scale { PackErrorKind::BadScale } else { PackErrorKind::WrongType };
                defects.at(doc.is.span().start, kind, format!("规定{}的取值{why}", written.id));
                return None;
            }
        };
        let confidence = match &doc.confidence {
            None => Confidence::Text,
            Some(word) => match Confidence::from_name(word.get_ref()) {
                Some(confidence) => confidence,
                None => {
                    let sentence = "confidence应为press、secondary或assumed";
                    defects.at(word.span().start, PackErrorKind::WrongType, sentence);
                    return None;
                }
            },
        };
        self.cited(
            index,
            doc,
            Dated {
                from,
                until,
                is,
                cite: Arc::from(""),
                doc_no: None,
                quote: Arc::from(""),
                confidence,
                in_force_from: from,
                yields: None,
            },
            defects,
        )
    }

    /// Adds article and quote, and holds the value against the document's life.
    fn cited(&self, index: usize, doc: &DatedDoc, mut dated: Dated, defects: &mut Defects<'_>) -> Option<Dated> {
        let written = &self.written[index];
        let Some(cite) = doc.cite.as_ref().filter(|cite| !cite.get_ref().trim().is_empty()) else {
            let sentence = format!("规定{}自{}起的取值没有写明出处（cite）", written.id, dated.from);
            defects.at(doc.from.span().start, PackErrorKind::MissingCite, sentence);
            return None;
        };
        let (id, article) = cite.get_ref().split_once(' ').unwrap_or((cite.get_ref(), ""));
        let Some(declared) = self.instruments.get(&(written.file.pack, id.to_owned())) else {
            if dated.confidence == Confidence::Assumed {
                dated.cite = Arc::from(cite.get_ref().as_str());
                return Some(dated);
            }
            let sentence = format!("出处“{id}”不是本目录登记的文件");
            defects.at(cite.span().start, PackErrorKind::MissingCite, sentence);
            return None;
        };
        // A document with a defect has been told of; what rests on it is not told of again.
        let instrument = declared.as_ref()?;
        if !within(&dated, instrument) {
            let sentence =
                format!("规定{}自{}起的取值超出了《{}》的施行期间", written.id, dated.from, instrument.title);
            defects.at(doc.from.span().start, PackErrorKind::BadDate, sentence);
            return None;
        }
        let text = instrument.quotable.as_ref()?;
        let Some(quote) = doc.quote.as_ref().filter(|quote| !squeeze(quote.get_ref()).is_empty()) else {
            let sentence = format!("规定{}自{}起的取值没有写引文（quote）", written.id, dated.from);
            defects.at(cite.span().start, PackErrorKind::QuoteNotFound, sentence);
            return None;
        };
        if !text.contains(&squeeze(quote.get_ref())) {
            let sentence = match text.is_empty() {
                true => format!("《{}》没有登记存本（text），引文无从核对", instrument.title),
                false => format!("引文“{}”不见于《{}》的存本", quote.get_ref(), instrument.title),
            };
            defects.at(quote.span().start, PackErrorKind::QuoteNotFound, sentence);
            return None;
        }
        dated.cite = Arc::from(format!("《{}》{article}", instrument.title));
        dated.doc_no = instrument.doc_no.clone();
        dated.quote = Arc::from(quote.get_ref().as_str());
        dated.in_force_from = instrument.from;
        let switch = instrument.yields.as_ref().map(|name| format!("{}/{name}", written.file.pack));
        dated.yields = switch.and_then(|id| self.by_id.get(&id).copied());
        Some(dated)
    }
}

fn within(dated: &Dated, instrument: &Instrument) -> bool {
    let ends: Option<Day> = instrument.until;
    dated.from >= instrument.from && ends.is_none_or(|end| dated.until.is_some_and(|until| until <= end))
}

fn continuous(id: &str, first: &Dated, next: &Dated, at: usize, defects: &mut Defects<'_>) -> bool {
    match first.until {
        Some(until) if until == next.from => true,
        Some(until) if until < next.from => {
            let sentence = format!("规定{id}在{until}至{}之间没有取值；确无规定的请写is = \"none\"", next.from);
            defects.at(at, PackErrorKind::Gap, sentence);
            false
        }
        _ => {
            let sentence = format!("规定{id}自{}起与前一取值重叠", next.from);
            defects.at(at, PackErrorKind::Overlap, sentence);
            false
        }
    }
}
