//! The measure of the packs: `law check`. Examples, boundaries, mutation, coverage, lapses, confidence,
//! requirement rows and the index lock, as text and as data.
//!
//! Invariant: what is below the measure fails; nothing here changes the law that is measured.

mod boundary;
mod examples;
mod index;
mod mutation;
mod standing;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use lf_vocab::Day;
use serde::Serialize;

use crate::case::ExampleSource;
use crate::model::{Confidence, Law};
use crate::value::LawValue;

pub use standing::Standing;

/// How far ahead lapsing values are listed, in days.
pub const LAPSE_DAYS: i32 = 90;

/// The measure of a set of packs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The edition measured.
    pub edition: String,
    /// How many provisions, dated values and written examples there are.
    pub provisions: usize,
    /// Dated values that say something; a declared gap does not count.
    pub dated_values: usize,
    /// Written examples, of all sources.
    pub examples: usize,
    /// Of these, printed in the texts.
    pub official_examples: usize,
    /// Of these, written after an error.
    pub regression_examples: usize,
    /// Examples that fail, each with why.
    pub failures: Vec<String>,
    /// Dated values that no example hits.
    pub uncovered: Vec<String>,
    /// Boundary examples generated: day before, day of, threshold ±1.
    pub boundaries: usize,
    /// Generated boundaries that do not hold.
    pub boundary_failures: Vec<String>,
    /// Values changed by one unit.
    pub mutants: usize,
    /// Changes that no written example notices.
    pub survivors: Vec<String>,
    /// The day asked about.
    #[serde(serialize_with = "crate::source::day_or_nothing")]
    pub on: Option<Day>,
    /// What stands on it, by authority.
    pub standing: Vec<Standing>,
    /// Values that lapse within 90 days of it.
    pub lapses: Vec<String>,
    /// Values behind which the text itself does not stand.
    pub unsure: Vec<Unsure>,
    /// Requirement rows and the provisions that claim them.
    pub requirements: BTreeMap<String, Vec<String>>,
    /// Provisions that claim a row and have no example.
    pub unproved: Vec<String>,
    /// Lines by which the index lock differs; `-` only in the lock, `+` only in the packs.
    pub index_differences: Vec<String>,
}

/// A value behind which the text itself does not stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unsure {
    /// The provision with its dated value.
    pub by: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Where it was read, or which open question it answers.
    pub cite: String,
}

impl Report {
    /// Whether the packs reach the measure.
    pub fn passes(&self) -> bool {
        let faults = [&self.failures, &self.uncovered, &self.boundary_failures, &self.survivors, &self.unproved];
        faults.iter().all(|list| list.is_empty()) && self.index_differences.is_empty()
    }

    /// Dated values hit by examples, in whole percent, rounded down.
    pub fn coverage_percent(&self) -> usize {
        percent(self.dated_values - self.uncovered.len(), self.dated_values)
    }

    /// Changed values that an example notices, in whole percent, rounded down.
    pub fn mutation_percent(&self) -> usize {
        percent(self.mutants - self.survivors.len(), self.mutants)
    }
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(100)
}

/// Measures the packs; with a day, says what stands on it and what lapses within 90 days of it.
pub fn check_report(law: &Law, on: Option<Day>) -> Report {
    let run = examples::run_all(law);
    let (boundaries, boundary_failures) = boundary::run(law);
    let (mutants, survivors) = mutation::run(law);
    let from = |source| law.examples.iter().filter(|case| case.source == source).count();
    let mut report = Report {
        edition: law.edition.clone(),
        provisions: law.provisions.len(),
        dated_values: 0,
        examples: law.examples.len(),
        official_examples: from(ExampleSource::Official),
        regression_examples: from(ExampleSource::Regression),
        failures: run.failures,
        uncovered: Vec::new(),
        boundaries,
        boundary_failures,
        mutants,
        survivors,
        on,
        standing: on.map(|day| standing::standing(law, day, &run.hit)).unwrap_or_default(),
        lapses: on.map(|day| lapses(law, day)).unwrap_or_default(),
        unsure: Vec::new(),
        requirements: BTreeMap::new(),
        unproved: Vec::new(),
        index_differences: index::differences(law),
    };
    let exampled: BTreeSet<usize> = law.examples.iter().map(|case| case.provision).collect();
    for (index, provision) in law.provisions.iter().enumerate() {
        for dated in &provision.values {
            let by = format!("{}@{}", provision.id, dated.from);
            if dated.confidence != Confidence::Text {
                let unsure = Unsure { by: by.clone(), confidence: dated.confidence, cite: dated.cite.to_string() };
                report.unsure.push(unsure);
            }
            if dated.is != LawValue::Nothing {
                report.dated_values += 1;
                if !run.hit.contains(&by) {
                    report.uncovered.push(by);
                }
            }
        }
        for row in &provision.requirement {
            report.requirements.entry(row.clone()).or_default().push(provision.id.to_string());
        }
        if !provision.requirement.is_empty() && !exampled.contains(&index) {
            report.unproved.push(provision.id.to_string());
        }
    }
    report
}

fn lapses(law: &Law, on: Day) -> Vec<String> {
    let mut found = Vec::new();
    for provision in &law.provisions {
        for (at, dated) in provision.values.iter().enumerate() {
            let Some(until) = dated.until.filter(|until| (0..=LAPSE_DAYS).contains(&until.since(on))) else { continue };
            let next = provision.values.get(at + 1).filter(|next| next.is != LawValue::Nothing);
            let then = next.map_or("此后没有规定".to_owned(), |next| format!("此后为{}", next.is));
            found.push(format!("{}@{} 于{until}失效，{then}", provision.id, dated.from));
        }
    }
    found
}

impl Law {
    /// The generated list of provisions and dated values, to be stored as `INDEX.lock`.
    pub fn index(&self) -> String {
        index::render(self)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "规则版本 {}", self.edition)?;
        writeln!(
            f,
            "规定 {} 条，取值 {} 个，例 {} 个（原文所载 {} 个）",
            self.provisions, self.dated_values, self.examples, self.official_examples
        )?;
        writeln!(
            f,
            "取值覆盖 {}%，改一单位被发现 {}%（{} 个）",
            self.coverage_percent(),
            self.mutation_percent(),
            self.mutants
        )?;
        writeln!(f, "自动生成的边界例 {} 个", self.boundaries)?;
        list(f, "不成立的例", &self.failures)?;
        list(f, "没有例的取值", &self.uncovered)?;
        list(f, "不成立的边界", &self.boundary_failures)?;
        list(f, "改动后没有例发现的取值", &self.survivors)?;
        list(f, "列了需求却没有例的规定", &self.unproved)?;
        list(f, "INDEX.lock与规则不一致", &self.index_differences)?;
        if let Some(on) = self.on {
            for one in &self.standing {
                writeln!(
                    f,
                    "{} {on}在施行{}条（有例{}%），未到施行日{}条，已失效或无规定{}条",
                    one.admdvs,
                    one.in_force,
                    percent(one.covered, one.in_force),
                    one.to_come,
                    one.silent
                )?;
            }
            list(f, &format!("{on}起{LAPSE_DAYS}日内失效"), &self.lapses)?;
        }
        if !self.unsure.is_empty() {
            writeln!(f, "没有原文支持的取值 {} 个：", self.unsure.len())?;
            for unsure in &self.unsure {
                writeln!(f, "  {} [{}] {}", unsure.by, unsure.confidence.cn(), unsure.cite)?;
            }
        }
        writeln!(f, "需求 {} 行：", self.requirements.len())?;
        for (row, provisions) in &self.requirements {
            writeln!(f, "  {row}：{}", provisions.join("、"))?;
        }
        writeln!(f, "{}", if self.passes() { "合格" } else { "不合格" })
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, lines: &[String]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}（{}）：", lines.len())?;
    lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
}
