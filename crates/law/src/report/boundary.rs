//! Generated boundaries: the day before and the day of every dated value, and one unit around every threshold.
//!
//! Each starts from a written example that hits the value; what must hold is known from the format (half-open
//! intervals, the comparison of the rule), not from the law's own answer.

use lf_vocab::Day;

use crate::case::ExampleCase;
use crate::decide::Asking;
use crate::facts::{Facts, Value};
use crate::field::{Field, Need, Scope};
use crate::model::{Law, Provision};
use crate::value::LawValue;

pub(super) fn run(law: &Law) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut failures = Vec::new();
    for (index, provision) in law.provisions.iter().enumerate() {
        for (dated, value) in provision.values.iter().enumerate() {
            if value.is == LawValue::Nothing {
                continue;
            }
            let by = format!("{}@{}", provision.id, value.from);
            let Some(case) = law.examples.iter().find(|case| case.provision == index && hits(law, case, index)) else {
                continue;
            };
            let mut days = vec![(value.from.plus(-1), false), (value.from, true)];
            if let Some(until) = value.until {
                days.extend([(until.plus(-1), true), (until, false)]);
            }
            for (day, inside) in days {
                count += 1;
                if resolves(law, case, index, day) != inside.then_some(dated) && inside {
                    failures.push(format!("{by}在{day}应适用，却不适用"));
                } else if !inside && resolves(law, case, index, day) == Some(dated) {
                    failures.push(format!("{by}在{day}不应适用，却适用"));
                }
            }
            for (what, good) in thresholds(law, provision, dated, &by) {
                count += 1;
                if !good {
                    failures.push(format!("{by}：{what}"));
                }
            }
        }
    }
    (count, failures)
}

/// Whether the conditions of a provision hold for an example at the first day of some value.
fn hits(law: &Law, case: &ExampleCase, provision: usize) -> bool {
    law.provisions[provision].values.iter().any(|dated| resolves(law, case, provision, dated.from).is_some())
}

/// Which dated value holds when the governing date is moved.
fn resolves(law: &Law, case: &ExampleCase, index: usize, day: Day) -> Option<usize> {
    let provision = &law.provisions[index];
    let place = law.jurisdiction(case.admdvs)?;
    let mut facts: Facts<'_> = case.facts.clone();
    facts.set(provision.reckoned_at(Some(case.gate)), day);
    let lines = facts.line_count(provision.each.unwrap_or(Scope::Case));
    (0..lines).find_map(|line| {
        let (gate, admdvs) = (Some(case.gate), case.admdvs);
        let asking = Asking { law, gate, admdvs, place, facts: &facts, line, grants: &case.grants };
        let hit = asking.resolve(index).ok().flatten()?;
        (hit.provision == index).then_some(hit.dated)
    })
}

/// One unit around the threshold of a rule, from an example that breaks it.
fn thresholds(law: &Law, provision: &Provision, dated: usize, by: &str) -> Vec<(String, bool)> {
    let Some((field, cmp, power)) = provision.rule.as_ref().and_then(|rule| rule.violated_if.threshold()) else {
        return Vec::new();
    };
    let Some(said) = provision.values[dated].is.number() else { return Vec::new() };
    if field.need() == Need::Derived {
        return Vec::new();
    }
    let Some(case) = law.examples.iter().find(|case| finds(law, case, &case.facts, by)) else { return Vec::new() };
    let mut checked = Vec::new();
    for number in [said - 1, said, said + 1].into_iter().filter(|number| *number >= 0) {
        // A ratio counts in millionths, as its fact does.
        let ratio = matches!(provision.values[dated].is, LawValue::Ratio(_));
        let value = if ratio { Value::Scaled(number, 6) } else { Value::Int(number) };
        let facts = with_number(&case.facts, field, &value);
        let expected = cmp.holds(number * power, said * power);
        let good = finds(law, case, &facts, by) == expected;
        checked.push((format!("{}＝{number}时应{}", field.cn(), if expected { "认定" } else { "不认定" }), good));
    }
    checked
}

fn finds(law: &Law, case: &ExampleCase, facts: &Facts<'_>, by: &str) -> bool {
    let decision = law.decide(case.gate, &case.admdvs, facts, &case.grants);
    decision.is_ok_and(|decision| decision.findings.iter().any(|one| one.by() == by))
}

fn with_number<'a>(facts: &Facts<'a>, field: Field, value: &Value<'a>) -> Facts<'a> {
    let mut facts = facts.clone();
    match field.scope() {
        Scope::Case => drop(facts.set(field, value.clone())),
        scope => facts.set_every(scope, field, value),
    }
    facts
}
