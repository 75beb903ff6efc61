//! Whether a case has to be known better before the law is asked: facts that cost a question to a register are looked up only
//! where something may turn on them.
//!
//! Invariant: who is told that nothing awaits a fact gets the same findings with the fact and without it; their sentences may name it.

use lf_vocab::Admdvs;

use crate::decide::{Asking, Said};
use crate::expr::{Expr, Saying, Tri, negation};
use crate::facts::Facts;
use crate::field::{Field, Scope};
use crate::model::{Gate, Jurisdiction, Law};

/// What of the law at a gate of a place rests on some fields.
#[derive(Debug, Clone)]
pub struct Resting {
    gate: Gate,
    admdvs: Admdvs,
    fields: &'static [Field],
    heads: Vec<usize>,
}

impl Law {
    /// Whether anything asked in a place at a gate, on whatever day, rests on a field: what no law there rests on need not be
    /// looked up.
    pub fn reads(&self, gate: Gate, admdvs: &Admdvs, field: Field) -> bool {
        let Some(place) = self.jurisdiction(*admdvs) else { return false };
        place.gates[gate as usize].iter().any(|head| self.rests(place, *head, &[field]))
    }

    /// What of the law at a gate of a place rests on some fields, in whatever case: found once, asked of many cases.
    pub fn resting(&self, gate: Gate, admdvs: Admdvs, fields: &'static [Field]) -> Resting {
        let rests = |place| move |head: &usize| self.rests(place, *head, fields);
        let heads = self
            .jurisdiction(admdvs)
            .map(|place| place.gates[gate as usize].iter().copied().filter(rests(place)).collect());
        Resting { gate, admdvs, fields, heads: heads.unwrap_or_default() }
    }

    /// Whether what the law says of a case may turn on fields whose facts are still to be looked up: a condition rests on
    /// one of them, and nothing known already settles it. Answers yes where it cannot tell. What sentences print of the fields is not
    /// asked.
    pub fn awaits(&self, resting: &Resting, facts: &Facts<'_>) -> bool {
        let Resting { gate, admdvs, fields, ref heads } = *resting;
        let Some(place) = self.jurisdiction(admdvs) else { return false };
        heads.iter().any(|&head| {
            let scope = self.provisions[head].each.unwrap_or(Scope::Case);
            (0..facts.line_count(scope)).any(|line| {
                let asking = Asking { law: self, gate: Some(gate), admdvs, place, facts, line, grants: &[] };
                asking.awaits(head, fields)
            })
        })
    }

    /// Whether a provision, its exceptions, or what they ask of other provisions rests on one of the fields, in whatever case.
    fn rests(&self, place: &Jurisdiction, head: usize, fields: &[Field]) -> bool {
        let (mut found, mut seen, mut at) = (false, vec![head], 0);
        while let Some(provision) = seen.get(at).map(|next| &self.provisions[*next]) {
            let exceptions = place.exceptions[seen[at]].iter().copied();
            let switches = provision.values.iter().filter_map(|dated| dated.yields);
            let mut others: Vec<_> = exceptions.chain(switches).collect();
            for condition in provision.when.iter().chain(provision.rule.as_ref().map(|rule| &rule.violated_if)) {
                condition.fields(&mut |read, _| found |= fields.contains(&read));
                condition.params(&mut |other| others.push(other));
            }
            others.retain(|other| !seen.contains(other));
            seen.append(&mut others);
            at += 1;
        }
        found
    }
}

impl Asking<'_> {
    /// The same of one provision and its exceptions.
    fn awaits(&self, head: usize, fields: &[Field]) -> bool {
        let provision = &self.law.provisions[head];
        let rests = |other: usize| self.law.rests(self.place, other, fields);
        if self.place.exceptions[head].iter().any(|&exception| self.awaits(exception, fields)) {
            return true;
        }
        let Some(day) = self.facts.day(provision.reckoned_at(self.gate)) else { return true };
        let Some(dated) = provision.on(day).map(|dated| &provision.values[dated]) else { return false };
        if dated.yields.is_some_and(rests) {
            return true;
        }
        let said = Said { asking: self, value: &dated.is };
        let open = |leaf: &Expr| {
            let mut open = false;
            leaf.fields(&mut |field, _| open |= fields.contains(&field));
            leaf.params(&mut |other| open |= rests(other));
            open
        };
        let settled = |condition: &Expr| condition.settled(self.facts, self.line, &said, &open);
        match provision.when.as_ref().map_or(Some(Tri::True), settled) {
            None => true,
            Some(Tri::True) => provision.rule.as_ref().is_some_and(|rule| settled(&rule.violated_if).is_none()),
            Some(_) => false,
        }
    }
}

impl Expr {
    /// What it comes to whatever the open comparisons turn out to be; nothing where it turns on one of them.
    fn settled(
        &self,
        facts: &Facts<'_>,
        line: usize,
        saying: &dyn Saying,
        open: &dyn Fn(&Expr) -> bool,
    ) -> Option<Tri> {
        let here = |part: &Expr| part.settled(facts, line, saying, open);
        let lines = |scope: &Scope| 0..facts.line_count(*scope);
        match self {
            Expr::All(parts) => settled_all(parts.iter().map(here)),
            Expr::Any(parts) => settled_all(parts.iter().map(|part| here(part).map(negation))).map(negation),
            Expr::Not(inner) => here(inner).map(negation),
            Expr::Some(scope, inner) => {
                let each = lines(scope).map(|line| inner.settled(facts, line, saying, open).map(negation));
                settled_all(each).map(negation)
            }
            Expr::Every(scope, inner) => settled_all(lines(scope).map(|line| inner.settled(facts, line, saying, open))),
            leaf if open(leaf) => None,
            leaf => Some(leaf.eval(facts, line, saying)),
        }
    }
}

/// A conjunction of parts of which some are open: only what is false settles it then.
fn settled_all(parts: impl Iterator<Item = Option<Tri>>) -> Option<Tri> {
    let mut result = Some(Tri::True);
    for part in parts {
        match (part, result) {
            (Some(Tri::False), _) => return Some(Tri::False),
            (None, _) => result = None,
            (Some(Tri::Unknown), Some(_)) => result = Some(Tri::Unknown),
            _ => {}
        }
    }
    result
}
