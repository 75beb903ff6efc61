//! Examples of packs made ready: base facts, what is taken away, what is laid over.

use std::collections::BTreeMap;
use std::sync::Arc;

use lf_vocab::{Admdvs, Span};

use crate::case::{ExampleCase, ExampleSource, Expect};
use crate::facts::Facts;
use crate::field::Scope;
use crate::format::{ExampleDoc, ExpectDoc, OneOrMany};
use crate::input::Input;
use crate::load::{LoadedFile, plain_day};
use crate::model::{Gate, Grant, Law};
use crate::source::{Defects, PackError, PackErrorKind};
use crate::value::{LawValue, Quantity};

pub(super) fn examples(files: &[LoadedFile<'_>], law: &Law, found: &mut Vec<PackError>) -> Vec<ExampleCase> {
    let mut cases = Vec::new();
    for file in files {
        for doc in &file.doc.example {
            match example(file, doc, law) {
                Ok(case) => cases.push(case),
                Err(why) => {
                    let sentence = format!("例“{}”：{why}", doc.id.get_ref());
                    Defects::new(file.path, file.text, found).at(
                        doc.id.span().start,
                        PackErrorKind::BadExample,
                        sentence,
                    );
                }
            }
        }
    }
    cases
}

fn example(file: &LoadedFile<'_>, doc: &ExampleDoc, law: &Law) -> Result<ExampleCase, String> {
    let bare = doc.id.get_ref().split('/').next().unwrap_or_default();
    let full = format!("{}/{bare}", file.pack);
    let provision = *law.by_id.get(full.as_str()).ok_or_else(|| format!("没有规定{full}"))?;
    let source = match doc.source.get_ref().as_str() {
        "official" => ExampleSource::Official,
        "boundary" => ExampleSource::Boundary,
        "regression" => ExampleSource::Regression,
        other => return Err(format!("source“{other}”应为official、boundary或regression")),
    };
    if source == ExampleSource::Official && doc.cite.is_none() {
        return Err("official的例须写明cite".to_owned());
    }
    let gate = match &doc.gate {
        Some(name) => Gate::from_name(name).ok_or_else(|| format!("没有环节“{name}”"))?,
        None => law.provisions[provision].gates[0],
    };
    let admdvs = match &doc.admdvs {
        Some(text) => text.parse::<Admdvs>().map_err(|why| format!("admdvs{why}"))?,
        None => file.pack,
    };
    let given = laid_over(file, doc)?;
    let facts = Facts::from_input(&given)
        .map_err(|defects| defects.iter().map(ToString::to_string).collect::<Vec<_>>().join("；"))?;
    let quantity = law.provisions[provision].quantity;
    let expect = expect(doc.expect.get_ref(), quantity)?;
    let grants = doc.grants.iter().map(|grant| {
        let admdvs = grant.admdvs.parse().ok()?;
        let span = Span::new(plain_day(&grant.from)?, Some(plain_day(&grant.until)?))?;
        let value = LawValue::Int(grant.is);
        Some(Grant { provision: grant.provision.clone(), admdvs, span, value, filing_no: "例".to_owned() })
    });
    let grants = grants.collect::<Option<Vec<_>>>().ok_or("grants写法不对")?;
    let id = format!("{}/{}", file.pack, doc.id.get_ref());
    Ok(ExampleCase { id, file: Arc::from(file.path), provision, source, gate, admdvs, facts, grants, expect })
}

/// Base, minus `without`, under `given`, with `lines` over every line of a node.
fn laid_over(file: &LoadedFile<'_>, doc: &ExampleDoc) -> Result<BTreeMap<String, Input>, String> {
    let mut table = match &doc.base {
        None => toml::Table::new(),
        Some(name) => {
            file.doc.base.get(name.get_ref()).cloned().ok_or_else(|| format!("没有底稿“{}”", name.get_ref()))?
        }
    };
    for name in &doc.without {
        if table.remove(name).is_none() {
            return Err(format!("底稿中没有“{name}”可去掉"));
        }
    }
    table.extend(doc.given.clone());
    for (node, cells) in &doc.lines {
        Scope::from_name(node).ok_or_else(|| format!("没有节点“{node}”"))?;
        let lines = table.get_mut(node).and_then(toml::Value::as_array_mut);
        for line in lines.ok_or_else(|| format!("底稿中没有节点{node}"))? {
            if let Some(line) = line.as_table_mut() {
                line.extend(cells.clone());
            }
        }
    }
    let inputs = table.iter().map(|(name, value)| Some((name.clone(), Input::from_toml(value)?)));
    inputs.collect::<Option<_>>().ok_or_else(|| "小数请写成文字".to_owned())
}

fn expect(doc: &ExpectDoc, quantity: Quantity) -> Result<Expect, String> {
    let list = |written: &Option<OneOrMany>| written.as_ref().map(Vec::<String>::from);
    match (&doc.accepted, &doc.value, &doc.error) {
        (Some(accepted), None, None) => Ok(Expect::Decision {
            accepted: *accepted,
            by: list(&doc.by).unwrap_or_default(),
            remind: list(&doc.remind),
            record: list(&doc.record),
            overrode: doc.overrode.clone(),
            sentence: doc.sentence.clone(),
        }),
        (None, Some(value), None) => {
            let read = match quantity {
                Quantity::Scale => LawValue::read_scale(value),
                _ => LawValue::read(quantity, value),
            };
            let value = read.map_err(|why| format!("value{why}"))?;
            Ok(Expect::Value { value, by: list(&doc.by).and_then(|by| by.into_iter().next()) })
        }
        (None, None, Some(error)) => Ok(Expect::Error(error.clone())),
        _ => Err("expect应写accepted、value、error三者之一".to_owned()),
    }
}
