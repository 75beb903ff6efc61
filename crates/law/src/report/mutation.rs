//! Mutation: every value is changed by one unit, and some *written* example must notice.
//!
//! Only written examples count: generated ones would agree with whatever the packs say.

use lf_vocab::{Fen, Ratio};

use crate::model::Law;
use crate::report::examples::ask;
use crate::value::LawValue;

pub(super) fn run(law: &Law) -> (usize, Vec<String>) {
    let mut mutant = law.clone();
    let mut count = 0;
    let mut survivors = Vec::new();
    for (index, provision) in law.provisions.iter().enumerate() {
        for (dated, value) in provision.values.iter().enumerate() {
            for changed in changes(&value.is) {
                count += 1;
                let told = changed.to_string();
                mutant.provisions[index].values[dated].is = changed;
                if !noticed(law, &mutant, index) {
                    survivors.push(format!("{}@{}：由{}改为{told}", provision.id, value.from, value.is));
                }
            }
            mutant.provisions[index].values[dated].is = value.is.clone();
        }
    }
    (count, survivors)
}

/// The examples of the changed provision are asked first, because they nearly always notice.
fn noticed(law: &Law, mutant: &Law, provision: usize) -> bool {
    let own = law.examples.iter().filter(|case| case.provision == provision);
    let others = law.examples.iter().filter(|case| case.provision != provision);
    own.chain(others).any(|case| ask(law, case).is_ok() && ask(mutant, case).is_err())
}

fn changes(value: &LawValue) -> Vec<LawValue> {
    match value {
        LawValue::Int(number) => vec![LawValue::Int(number - 1), LawValue::Int(number + 1)],
        LawValue::Fen(fen) => [-1, 1].map(|unit| LawValue::Fen(Fen::new(fen.get() + unit))).to_vec(),
        LawValue::Ratio(ratio) => [-1, 1].map(|unit| LawValue::Ratio(Ratio::new(ratio.get() + unit))).to_vec(),
        LawValue::Flag(flag) => vec![LawValue::Flag(!flag)],
        LawValue::Text(text) => vec![LawValue::Text(format!("{text}~"))],
        LawValue::Texts(words) => (0..words.len())
            .map(|at| {
                let mut fewer = words.clone();
                fewer.remove(at);
                LawValue::Texts(fewer)
            })
            .collect(),
        LawValue::Scale(scale) => (0..scale.brackets.len())
            .flat_map(|at| {
                [-1, 1].map(|unit| {
                    let mut changed = scale.clone();
                    changed.brackets[at].ratio = Ratio::new(changed.brackets[at].ratio.get() + unit);
                    LawValue::Scale(changed)
                })
            })
            .collect(),
        LawValue::Nothing => Vec::new(),
    }
}
