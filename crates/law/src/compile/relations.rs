//! Exceptions by name: found, free of circles, and only as far as the upper provision delegates.
//!
//! Source: the precedence rule of the format; a local text may only do what is left to it.

use crate::compile::Compiler;
use crate::load::LoadedFile;
use crate::model::Mode;
use crate::model::Provision;
use crate::source::{Defects, PackError, PackErrorKind};

/// The modes as people are told of them.
const MODES: &str = "tighten（收紧）、loosen（放宽）或replace（取代）";

impl Compiler<'_> {
    pub(super) fn relate(&mut self, found: &mut Vec<PackError>) {
        for index in 0..self.written.len() {
            let (file, doc) = (self.written[index].file, self.written[index].doc);
            let mut defects = Defects::new(file.path, file.text, found);
            if let Some(word) = doc.delegates.as_ref().filter(|word| Mode::from_name(word.get_ref()).is_none()) {
                let sentence = format!("delegates“{}”应为{MODES}", word.get_ref());
                defects.at(word.span().start, PackErrorKind::WrongType, sentence);
            }
            let Some(relation) = &doc.relation else { continue };
            let at = relation.span().start;
            let named = &relation.get_ref().exception_to;
            if Mode::from_name(&relation.get_ref().mode).is_none() {
                defects.at(at, PackErrorKind::WrongType, format!("mode“{}”应为{MODES}", relation.get_ref().mode));
            }
            match self.by_id.get(named) {
                Some(target) => self.written[index].target = Some(*target),
                None => defects.at(
                    at,
                    PackErrorKind::DanglingException,
                    format!("{}是“{named}”的例外，但没有这条规定", self.written[index].id),
                ),
            }
        }
        self.refuse_circles(found);
        if found.is_empty() {
            self.refuse_undelegated(found);
        }
    }

    /// The provision by which a document yields to newer national law must be there.
    pub(super) fn refuse_unknown_switches(&self, files: &[LoadedFile<'_>], found: &mut Vec<PackError>) {
        for file in files {
            for doc in file.doc.instrument.values() {
                let Some(switch) = &doc.yields else { continue };
                let full = format!("{}/{}", file.pack, switch.get_ref());
                if !self.by_id.contains_key(&full) {
                    let sentence = format!("《{}》的yields指向不存在的规定{full}", doc.title);
                    let mut defects = Defects::new(file.path, file.text, found);
                    defects.at(switch.span().start, PackErrorKind::DanglingException, sentence);
                }
            }
        }
    }

    fn refuse_circles(&self, found: &mut Vec<PackError>) {
        for (index, written) in self.written.iter().enumerate() {
            let mut at = written.target;
            for _ in 0..=self.written.len() {
                let Some(upper) = at else { break };
                if upper == index {
                    let mut defects = Defects::new(written.file.path, written.file.text, found);
                    let sentence = format!("{}的例外关系绕成了圈", written.id);
                    defects.at(written.doc.id.span().start, PackErrorKind::CircularException, sentence);
                    break;
                }
                at = self.written[upper].target;
            }
        }
    }

    fn refuse_undelegated(&self, found: &mut Vec<PackError>) {
        for (index, written) in self.written.iter().enumerate() {
            let Some((target, mode)) = self.relation(index) else { continue };
            let upper = &self.written[target];
            if upper.file.pack == written.file.pack {
                continue;
            }
            let allowed = self.delegates(target).is_some_and(|delegated| delegated.allows(mode));
            if !allowed || !written.file.pack.chain().contains(&upper.file.pack) {
                let mut defects = Defects::new(written.file.path, written.file.text, found);
                let sentence = format!("{}没有授权{}作这样的例外", upper.id, written.id);
                defects.at(written.doc.id.span().start, PackErrorKind::NotDelegated, sentence);
            }
        }
    }

    pub(super) fn relation(&self, index: usize) -> Option<(usize, Mode)> {
        let written = &self.written[index];
        let mode = written.doc.relation.as_ref().and_then(|relation| Mode::from_name(&relation.get_ref().mode));
        written.target.zip(mode)
    }

    pub(super) fn delegates(&self, index: usize) -> Option<Mode> {
        self.written[index].doc.delegates.as_ref().and_then(|name| Mode::from_name(name.get_ref()))
    }

    /// Every provision after the one it excepts from.
    pub(super) fn order(&self) -> Vec<usize> {
        let depth = |index: usize| {
            std::iter::successors(self.written[index].target, |upper| self.written[*upper].target).count()
        };
        let mut order: Vec<usize> = (0..self.written.len()).collect();
        order.sort_by_key(|index| depth(*index));
        order
    }
}

/// What a provision asks while it is resolved: its exceptions, the switches by which these yield to newer national
/// law, and the provisions its conditions name.
fn asked(index: usize, provisions: &[Provision]) -> Vec<usize> {
    let mut asked = Vec::new();
    for (other, exception) in provisions.iter().enumerate() {
        if exception.relation.is_some_and(|(target, _)| target == index) {
            asked.push(other);
            asked.extend(exception.values.iter().filter_map(|dated| dated.yields));
        }
    }
    let provision = &provisions[index];
    let conditions = provision.when.iter().chain(provision.rule.iter().map(|rule| &rule.violated_if));
    conditions.for_each(|condition| condition.params(&mut |other| asked.push(other)));
    asked
}

/// A provision that asks itself, over whatever detour: it could never be answered.
pub(super) fn loops(provisions: &[Provision]) -> Option<usize> {
    let asked: Vec<Vec<usize>> = (0..provisions.len()).map(|index| asked(index, provisions)).collect();
    (0..provisions.len()).find(|start| {
        let mut seen = vec![false; provisions.len()];
        let mut open = asked[*start].clone();
        while let Some(next) = open.pop() {
            if next == *start {
                return true;
            }
            if !std::mem::replace(&mut seen[next], true) {
                open.extend(&asked[next]);
            }
        }
        false
    })
}
