//! Properties: nothing written into a pack or a case makes the crate panic; answers keep their order.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

mod support;

use std::sync::LazyLock;

use lf_law::{Facts, Field, Gate, Kind, Law, Need, Scope, Source, Value};
use lf_vocab::Moment;
use proptest::prelude::*;

static FILES: LazyLock<Vec<(String, String)>> = LazyLock::new(support::files);
static LAW: LazyLock<Law> = LazyLock::new(|| support::load(&FILES));

fn value(kind: Kind, seed: i64) -> Value<'static> {
    match kind {
        Kind::Text => ["01", "02", "11", "12", "13", "1", "4", "麻醉", "其他"][seed.rem_euclid(9) as usize].into(),
        Kind::Flag => (seed % 2 == 0).into(),
        Kind::Int | Kind::Fen => Value::Int(seed % 100),
        Kind::Dec(places) => Value::Scaled(seed % 1_000_000, places),
        Kind::Time => Value::Time(Moment::from_micros(1_760_000_000_000_000 + seed % 1_000_000_000_000)),
        Kind::Set => Value::Set(vec!["抗微生物".into()]),
    }
}

/// Facts with any subset of the dictionary, two lines in each node.
fn facts() -> impl Strategy<Value = Facts<'static>> {
    proptest::collection::vec((any::<bool>(), any::<i64>()), Field::ALL.len()).prop_map(|seeds| {
        let mut facts = Facts::new();
        let given = |scope: Scope| {
            let all = Field::ALL.iter().zip(&seeds).filter(move |(field, _)| field.scope() == scope);
            all.filter(|(field, (given, _))| *given && field.need() != Need::Derived)
        };
        for (field, (_, seed)) in given(Scope::Case) {
            facts.set(*field, value(field.kind(), *seed));
        }
        for scope in Scope::REPEATED {
            for shift in 0..2 {
                let mut line = facts.push_line(scope);
                for (field, (_, seed)) in given(scope) {
                    line.set(*field, value(field.kind(), seed.wrapping_add(shift)));
                }
            }
        }
        facts
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_facts_get_an_answer_in_order(facts in facts(), gate in 0..Gate::ALL.len()) {
        let place = "360902".parse().unwrap();
        let answer = LAW.decide(Gate::ALL[gate], &place, &facts, &[]);
        prop_assert_eq!(facts.defects(), &[]);
        if let Ok(decision) = answer {
            prop_assert_eq!(&LAW.decide(Gate::ALL[gate], &place, &facts, &[]).unwrap(), &decision);
            for pair in decision.findings.windows(2) {
                let same = pair[0].code == pair[1].code && pair[0].provision == pair[1].provision;
                prop_assert!(!same || pair[0].line < pair[1].line, "lines of one rule are in order");
            }
            for finding in &decision.findings {
                prop_assert!(!finding.sentence.is_empty() && !finding.cite.is_empty());
            }
        }
    }

    #[test]
    fn a_damaged_pack_is_refused_or_loaded_but_never_panics(at in any::<prop::sample::Index>(), length in 1usize..60, file in 0usize..64) {
        let packs: Vec<usize> = (0..FILES.len()).filter(|index| FILES[*index].0.ends_with(".toml")).collect();
        let damaged = packs[file % packs.len()];
        let chars: Vec<char> = FILES[damaged].1.chars().collect();
        let start = at.index(chars.len());
        let text: String = chars.iter().take(start).chain(chars.iter().skip(start + length)).collect();
        let sources: Vec<Source<'_>> = FILES.iter().enumerate()
            .map(|(index, (path, whole))| Source { path, text: if index == damaged { &text } else { whole } })
            .collect();
        match Law::load(&sources) {
            Ok(law) => prop_assert_eq!(law.edition().len(), 64),
            Err(errors) => prop_assert!(errors.iter().all(|one| !one.sentence.is_empty() && one.line > 0)),
        }
    }
}
