//! Renders the coverage for people and for programs.

use super::{Ends, Place, Row, State};
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many rows of a group are in which state.
#[derive(Default, Serialize)]
struct Count {
    rows: usize,
    done: usize,
    open: usize,
    not_software: usize,
}

impl Count {
    fn add(&mut self, state: State) {
        self.rows += 1;
        match state {
            State::Done => self.done += 1,
            State::Open => self.open += 1,
            State::NotSoftware => self.not_software += 1,
        }
    }
}

#[derive(Serialize)]
struct Totals {
    #[serde(flatten)]
    all: Count,
    by_seed: BTreeMap<String, Count>,
    by_subsystem: BTreeMap<String, Count>,
}

#[derive(Serialize)]
struct RowOut<'a> {
    id: &'a str,
    state: &'static str,
    #[serde(rename = "where")]
    marks: Vec<String>,
    tests: Vec<String>,
    title: &'a str,
    article: &'a str,
    subsystem: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

#[derive(Serialize)]
struct Out<'a> {
    rows: Vec<RowOut<'a>>,
    totals: Totals,
}

pub fn json(rows: &[Row], ends: &Ends) -> Result<String> {
    let out = Out { rows: rows.iter().map(|row| row_out(row, ends)).collect(), totals: totals(rows) };
    Ok(serde_json::to_string_pretty(&out)?)
}

pub fn text(rows: &[Row], ends: &Ends) -> String {
    let totals = totals(rows);
    let mut out = String::new();
    for row in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{:<10} {:<13} {}", row.id, row.state.name(), row.title);
        let places = [("decided", ends.marks.get(&row.id)), ("proved", ends.tests.get(&row.id))];
        for (label, list) in places {
            for place in list.into_iter().flatten() {
                let _ = writeln!(out, "{:<10} {label:>9} {place}", "");
            }
        }
    }
    let _ = writeln!(out, "\n{:<12} {:>5} {:>5} {:>5} {:>13}", "", "rows", "done", "open", "not-software");
    let groups = totals.by_seed.iter().chain(&totals.by_subsystem);
    for (name, count) in groups.map(|(name, count)| (name.as_str(), count)).chain([("all", &totals.all)]) {
        let _ = writeln!(
            out,
            "{name:<12} {:>5} {:>5} {:>5} {:>13}",
            count.rows, count.done, count.open, count.not_software
        );
    }
    out
}

fn row_out<'a>(row: &'a Row, ends: &Ends) -> RowOut<'a> {
    let show = |places: Option<&Vec<Place>>| places.into_iter().flatten().map(Place::to_string).collect();
    RowOut {
        id: &row.id,
        state: row.state.name(),
        marks: show(ends.marks.get(&row.id)),
        tests: show(ends.tests.get(&row.id)),
        title: &row.title,
        article: &row.article,
        subsystem: &row.subsystem,
        why: row.why.as_deref(),
    }
}

fn totals(rows: &[Row]) -> Totals {
    let mut totals = Totals { all: Count::default(), by_seed: BTreeMap::new(), by_subsystem: BTreeMap::new() };
    for row in rows {
        totals.all.add(row.state);
        let seed = row.id.split('-').next().unwrap_or_default();
        totals.by_seed.entry(seed.to_owned()).or_default().add(row.state);
        for subsystem in &row.subsystem {
            totals.by_subsystem.entry(subsystem.clone()).or_default().add(row.state);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn the_json_has_the_documented_shape() -> Result<()> {
        let rows = parse(
            "[[row]]\nid = \"JX-1.1\"\narticle = \"一\"\ntitle = \"A\"\nsubsystem = [\"RXC\", \"PE\"]\nstate = \"done\"\n",
        )?;
        let value: serde_json::Value = serde_json::from_str(&json(&rows, &Ends::default())?)?;
        assert_eq!(value["rows"][0]["id"], "JX-1.1");
        assert_eq!(value["rows"][0]["state"], "done");
        assert_eq!(value["rows"][0]["where"], serde_json::json!([]));
        assert_eq!(value["rows"][0]["tests"], serde_json::json!([]));
        assert_eq!(value["totals"]["done"], 1);
        assert_eq!(value["totals"]["by_seed"]["JX"]["rows"], 1);
        assert_eq!(value["totals"]["by_subsystem"]["PE"]["open"], 0);
        Ok(())
    }
}
