//! Asking every example of the packs, and what each one hits.

use std::collections::BTreeSet;

use crate::case::{ExampleCase, Expect};
use crate::decide::{Applied, Decision, LawError};
use crate::model::{Law, Severity};
use crate::view::ViewError;

/// What the examples show together.
pub(super) struct Run {
    pub failures: Vec<String>,
    /// Dated values that a passing example names, `id@from`.
    pub hit: BTreeSet<String>,
}

pub(super) fn run_all(law: &Law) -> Run {
    let mut run = Run { failures: Vec::new(), hit: BTreeSet::new() };
    for case in &law.examples {
        match ask(law, case) {
            Ok(()) => run.hit.extend(named(case)),
            Err(why) => run.failures.push(format!("{}（{}）：{why}", case.id, case.file)),
        }
    }
    run
}

/// The dated values an example names.
fn named(case: &ExampleCase) -> Vec<String> {
    match &case.expect {
        Expect::Value { by, .. } => by.iter().cloned().collect(),
        Expect::Error(_) => Vec::new(),
        Expect::Decision { by, remind, record, .. } => {
            by.iter().chain(remind.iter().flatten()).chain(record.iter().flatten()).cloned().collect()
        }
    }
}

/// Whether the law answers an example as it expects; otherwise why not.
pub(super) fn ask(law: &Law, case: &ExampleCase) -> Result<(), String> {
    let provision = &law.provisions[case.provision];
    match &case.expect {
        Expect::Value { value, by } => {
            let found = law.view_of(&case.admdvs, &case.facts, &case.grants).get(&provision.id);
            let found = found.map_err(|error| format!("没有取值：{error}"))?;
            if found.value != *value {
                return Err(format!("取值是{}，应为{value}", found.value));
            }
            match by {
                Some(by) if *by != found.by() => Err(format!("出自{}，应为{by}", found.by())),
                _ => Ok(()),
            }
        }
        Expect::Error(expected) => {
            let error = if provision.rule.is_some() {
                law.decide(case.gate, &case.admdvs, &case.facts, &case.grants).err().map(|error| name_of(&error))
            } else {
                let view = law.view_of(&case.admdvs, &case.facts, &case.grants);
                view.get(&provision.id).err().map(|error| match error {
                    ViewError::NotFormalised { .. } => "not_formalised",
                    ViewError::WrongQuantity(_) => "wrong_quantity",
                    ViewError::Law(error) => name_of(&error),
                })
            };
            let found = error.unwrap_or("没有错误");
            if found == expected { Ok(()) } else { Err(format!("得到{found}，应为{expected}")) }
        }
        Expect::Decision { .. } => {
            let mut applied = Vec::new();
            let decision =
                law.decide_traced(case.gate, case.admdvs, &case.facts, &case.grants, &mut |one| applied.push(one));
            let decision = decision.map_err(|error| format!("不能判断：{error}"))?;
            judge(law, case, &decision, &applied)
        }
    }
}

fn name_of(error: &LawError) -> &'static str {
    match error {
        LawError::MissingDate { .. } => "missing_date",
        LawError::NotFormalised { .. } | LawError::NoLaw(_) => "not_formalised",
        LawError::Conflict(_) => "conflict",
        LawError::BadGrant(_) => "bad_grant",
        LawError::BadFacts(_) => "bad_facts",
    }
}

fn judge(law: &Law, case: &ExampleCase, decision: &Decision, applied: &[Applied]) -> Result<(), String> {
    let Expect::Decision { accepted, by, remind, record, overrode, sentence } = &case.expect else { return Ok(()) };
    let found = |severity: Severity| -> BTreeSet<String> {
        decision.findings.iter().filter(|one| one.severity == severity).map(|one| one.by()).collect()
    };
    let refused = found(Severity::Refuse);
    if *accepted != refused.is_empty() {
        let reasons: Vec<&str> = decision.refusals().map(|one| one.sentence.as_str()).collect();
        return Err(if *accepted {
            format!("应通过，却被拒：{}", reasons.join("；"))
        } else {
            "应拒绝，却通过".to_owned()
        });
    }
    let expected: BTreeSet<String> = by.iter().cloned().collect();
    if *accepted {
        let passed: BTreeSet<String> = applied
            .iter()
            .map(|one| {
                let provision = &law.provisions[one.provision];
                format!("{}@{}", provision.id, provision.values[one.dated].from)
            })
            .collect();
        if let Some(absent) = expected.iter().find(|by| !passed.contains(*by)) {
            return Err(format!("没有用到{absent}"));
        }
    } else if expected != refused {
        return Err(format!("依据是{refused:?}，应为{expected:?}"));
    }
    for (severity, expected) in [(Severity::Remind, remind), (Severity::Record, record)] {
        let Some(expected) = expected else { continue };
        let expected: BTreeSet<String> = expected.iter().cloned().collect();
        if found(severity) != expected {
            return Err(format!("{}是{:?}，应为{expected:?}", severity.name(), found(severity)));
        }
    }
    let first = decision.findings.iter().find(|one| expected.contains(&one.by()));
    if let Some(overrode) = overrode
        && first.and_then(|one| one.overrode.as_deref()) != Some(overrode.as_str())
    {
        return Err(format!("没有写明取代了{overrode}"));
    }
    match sentence {
        Some(sentence) if first.is_none_or(|one| one.sentence != *sentence) => {
            Err(format!("说明是“{}”", first.map(|one| one.sentence.as_str()).unwrap_or_default()))
        }
        _ => Ok(()),
    }
}
