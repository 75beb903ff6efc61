//! A second reading of the packs, written from `docs/ADDING-A-JURISDICTION.md` alone: the TOML as it stands, every
//! provision walked for every question, no index and nothing compiled.
//!
//! It is the floor of `bench law` and the judge of the engine: both must find the same, word for word. It shares the
//! dictionary of facts with the engine and nothing else. Grants are not read: cases with grants are not its business.

mod condition;

use lf_law::{Facts, Field, Finding, LawError, Scope, Value};
use lf_vocab::{Admdvs, Day, Fen, Ratio};
use toml::Table;

use condition::At;

/// The packs as tables.
pub struct Naive {
    provisions: Vec<Provision>,
    instruments: Vec<(Admdvs, String, Table)>,
}

struct Provision {
    pack: Admdvs,
    id: String,
    formalised_from: Day,
    /// The condition of the file.
    scope: Option<toml::Value>,
    table: Table,
}

/// A question: gate and place, and the facts by name.
pub struct Asked<'c> {
    gate: &'c str,
    chain: Vec<Admdvs>,
    facts: Vec<(Field, usize, Value<'c>)>,
    lines: [usize; 4],
}

/// What either reading finds, so far as both can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    by: String,
    overrode: Option<String>,
    severity: String,
    code: String,
    field: String,
    line: Option<usize>,
    quote: String,
    sentence: String,
}

/// Findings in order, or the name of the error.
pub type Answer = Result<Vec<Found>, &'static str>;

struct Hit<'n> {
    provision: usize,
    value: &'n Table,
    overrode: Option<usize>,
}

impl From<&Finding> for Found {
    fn from(finding: &Finding) -> Self {
        Self {
            by: finding.by(),
            overrode: finding.overrode.as_deref().map(str::to_owned),
            severity: finding.severity.name().to_owned(),
            code: finding.code.to_string(),
            field: finding.field.to_owned(),
            line: finding.line,
            quote: finding.quote.to_string(),
            sentence: finding.sentence.clone(),
        }
    }
}

/// The engine's answer in the same words.
pub fn of_engine(answer: Result<lf_law::Decision, LawError>) -> Answer {
    match answer {
        Ok(decision) => Ok(decision.findings.iter().map(Found::from).collect()),
        Err(LawError::MissingDate { .. }) => Err("missing_date"),
        Err(LawError::NotFormalised { .. }) => Err("not_formalised"),
        Err(LawError::NoLaw(_)) => Err("no_law"),
        Err(LawError::Conflict(_)) => Err("conflict"),
        Err(LawError::BadGrant(_)) => Err("bad_grant"),
        Err(LawError::BadFacts(_)) => Err("bad_facts"),
    }
}

impl<'c> Asked<'c> {
    pub fn new(gate: &'c str, admdvs: Admdvs, facts: &Facts<'c>) -> Self {
        let mut lines = [1; 4];
        for scope in Scope::REPEATED {
            lines[scope as usize] = facts.line_count(scope);
        }
        Self { gate, chain: admdvs.chain(), facts: facts.told(), lines }
    }

    /// The fact of a name: in the node that is being judged, else in the case.
    fn fact(&self, name: &str, scope: Scope, line: usize) -> Option<(Field, Option<&Value<'c>>)> {
        let own = Field::from_name(name, scope);
        let field = own.or_else(|| Field::from_name(name, Scope::Case))?;
        let line = if own.is_some() { line } else { 0 };
        let told = self.facts.iter().find(|(told, at, _)| *told == field && *at == line);
        Some((field, told.map(|(_, _, value)| value)))
    }
}

impl Naive {
    /// Reads the packs; `None` when one is not TOML of the right shape.
    pub fn read<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Option<Self> {
        let mut naive = Self { provisions: Vec::new(), instruments: Vec::new() };
        for (_, text) in files.filter(|(path, _)| path.ends_with(".toml")) {
            let file: Table = text.parse().ok()?;
            let pack: Admdvs = file.get("pack")?.as_str()?.parse().ok()?;
            let formalised_from = day(file.get("formalised_from")?)?;
            let scope = file.get("scope").and_then(|scope| scope.get("when")).cloned();
            for (id, instrument) in file.get("instrument").and_then(toml::Value::as_table).into_iter().flatten() {
                naive.instruments.push((pack, id.clone(), instrument.as_table()?.clone()));
            }
            for provision in file.get("provision").and_then(toml::Value::as_array).into_iter().flatten() {
                let table = provision.as_table()?.clone();
                let id = format!("{pack}/{}", table.get("id")?.as_str()?);
                naive.provisions.push(Provision { pack, id, formalised_from, scope: scope.clone(), table });
            }
        }
        Some(naive)
    }

    /// All findings of a case at a gate.
    pub fn decide(&self, asked: &Asked<'_>) -> Answer {
        if !self.provisions.iter().any(|provision| asked.chain.contains(&provision.pack)) {
            return Err("no_law");
        }
        let mut heads: Vec<usize> = (0..self.provisions.len()).filter(|at| self.is_asked(*at, asked)).collect();
        let place = |at: &usize| {
            let order = self.said(*at, "order").and_then(toml::Value::as_integer).unwrap_or(i64::MAX);
            (order, self.provisions[*at].id.clone())
        };
        heads.sort_by_key(place);
        let mut found = Vec::new();
        for head in heads {
            if self.day(asked, head)? < self.provisions[head].formalised_from {
                return Err("not_formalised");
            }
            let scope = self.each(head);
            for line in 0..asked.lines[scope as usize] {
                if let Some(hit) = self.resolve(asked, head, line)? {
                    found.extend(self.judge(asked, &hit, scope, line));
                }
            }
        }
        Ok(found)
    }

    fn is_asked(&self, at: usize, asked: &Asked<'_>) -> bool {
        let provision = &self.provisions[at];
        asked.chain.contains(&provision.pack)
            && !provision.table.contains_key("relation")
            && provision.table.contains_key("violated_if")
            && self.gates(at).contains(&asked.gate)
    }

    fn upper(&self, at: usize) -> Option<usize> {
        let named = self.provisions[at].table.get("relation")?.get("exception_to")?.as_str()?;
        self.find(named)
    }

    fn find(&self, id: &str) -> Option<usize> {
        self.provisions.iter().position(|provision| provision.id == id)
    }

    /// What a provision says itself, or takes over from the one it excepts from.
    fn said(&self, at: usize, key: &str) -> Option<&toml::Value> {
        self.provisions[at].table.get(key).or_else(|| self.said(self.upper(at)?, key))
    }

    fn word(&self, at: usize, key: &str) -> &str {
        self.said(at, key).and_then(toml::Value::as_str).unwrap_or_default()
    }

    fn gates(&self, at: usize) -> Vec<&str> {
        match self.said(at, "gate") {
            Some(toml::Value::Array(gates)) => gates.iter().filter_map(toml::Value::as_str).collect(),
            one => one.and_then(toml::Value::as_str).into_iter().collect(),
        }
    }

    fn each(&self, at: usize) -> Scope {
        Scope::from_name(self.word(at, "each")).unwrap_or(Scope::Case)
    }

    /// The day that governs: of the gate that asks, or of the provision's first when it does not speak at that one.
    fn day(&self, asked: &Asked<'_>, at: usize) -> Result<Day, &'static str> {
        let gates = self.gates(at);
        let gate = gates.iter().find(|gate| **gate == asked.gate).or(gates.first()).copied().unwrap_or_default();
        let reckoned = self.said(at, "reckoned");
        let name = reckoned.and_then(|by| by.as_str().or_else(|| by.get(gate)?.as_str())).unwrap_or_default();
        match asked.fact(name, Scope::Case, 0) {
            Some((_, Some(Value::Time(moment)))) => Ok(moment.day()),
            _ => Err("missing_date"),
        }
    }

    fn value_on(&self, at: usize, on: Day) -> Option<&Table> {
        let values = self.provisions[at].table.get("value")?.as_array()?;
        values.iter().filter_map(toml::Value::as_table).find(|value| {
            value.get("from").and_then(day).is_some_and(|from| from <= on)
                && value.get("until").and_then(day).is_none_or(|until| on < until)
                && value.get("is").and_then(toml::Value::as_str) != Some("none")
        })
    }

    fn resolve(&self, asked: &Asked<'_>, head: usize, line: usize) -> Result<Option<Hit<'_>>, &'static str> {
        let own = self.value_on(head, self.day(asked, head)?);
        let mut found: Option<Hit<'_>> = None;
        for at in 0..self.provisions.len() {
            let related = self.provisions[at].table.contains_key("relation");
            if !related || !asked.chain.contains(&self.provisions[at].pack) || self.upper(at) != Some(head) {
                continue;
            }
            let Some(mut hit) = self.resolve(asked, at, line)? else { continue };
            if self.yields(asked, &hit, head, own, line) {
                continue;
            }
            if found.is_some() {
                return Err("conflict");
            }
            hit.overrode = hit.overrode.or(Some(head));
            found = Some(hit);
        }
        let Some(value) = own.filter(|_| found.is_none()) else { return Ok(found) };
        let at = At { naive: self, asked, scope: self.each(head), line, outer: line, value };
        let holds = self.conditions(head).iter().all(|condition| at.holds(condition) == Some(true));
        Ok(holds.then_some(Hit { provision: head, value, overrode: None }))
    }

    /// The provision's own condition, or that of the one it excepts from, and that of its file.
    fn conditions(&self, at: usize) -> Vec<&toml::Value> {
        let provision = &self.provisions[at];
        let mut conditions = match (provision.table.get("when"), self.upper(at)) {
            (Some(when), _) => vec![when],
            (None, Some(upper)) => self.conditions(upper),
            (None, None) => Vec::new(),
        };
        if provision.table.get("scoped").and_then(toml::Value::as_bool) != Some(false) {
            conditions.extend(&provision.scope);
        }
        conditions
    }

    /// Whether newer national law takes back what the exception says: only where the local document says so itself.
    fn yields(&self, asked: &Asked<'_>, hit: &Hit<'_>, head: usize, own: Option<&Table>, line: usize) -> bool {
        let pack = self.provisions[hit.provision].pack;
        let cite = hit.value.get("cite").and_then(toml::Value::as_str).unwrap_or_default();
        let cited = cite.split(' ').next().unwrap_or_default();
        let instrument = self.instruments.iter().find(|(of, id, _)| *of == pack && id == cited);
        let Some(((_, _, instrument), own)) = instrument.zip(own) else { return false };
        let switch = instrument.get("yields").and_then(toml::Value::as_str);
        let Some(switch) = switch.and_then(|name| self.find(&format!("{pack}/{name}"))) else { return false };
        let since = instrument.get("in_force").and_then(|force| force.get("from")).and_then(day);
        let newer = own.get("from").and_then(day).zip(since).is_some_and(|(own, since)| own > since);
        let said = self.resolve(asked, switch, line).ok().flatten();
        let on = said.is_some_and(|said| said.value.get("is").and_then(toml::Value::as_bool) == Some(true));
        self.provisions[head].pack == Admdvs::NATIONAL && newer && on
    }

    fn judge(&self, asked: &Asked<'_>, hit: &Hit<'_>, scope: Scope, line: usize) -> Option<Found> {
        let is = hit.value.get("is")?;
        if is.as_bool() == Some(false) {
            return None;
        }
        let own = self.each(hit.provision);
        let at = At { naive: self, asked, scope: own, line, outer: line, value: hit.value };
        let (severity, sentence) = match at.holds(self.said(hit.provision, "violated_if")?) {
            Some(false) => return None,
            Some(true) => (self.word(hit.provision, "severity"), self.word(hit.provision, "sentence")),
            None => match self.word(hit.provision, "absent") {
                "" | "pass" => return None,
                absent => (absent, self.word(hit.provision, "absent_sentence")),
            },
        };
        let from = hit.value.get("from").and_then(day)?;
        let quote = hit.value.get("quote").and_then(toml::Value::as_str).filter(|_| self.cites(hit));
        Some(Found {
            by: format!("{}@{from}", self.provisions[hit.provision].id),
            overrode: hit.overrode.map(|at| self.provisions[at].id.clone()),
            severity: severity.to_owned(),
            code: self.word(hit.provision, "code").to_owned(),
            field: self.word(hit.provision, "field").to_owned(),
            line: (scope != Scope::Case).then_some(line),
            quote: quote.unwrap_or_default().to_owned(),
            sentence: self.render(asked, hit, sentence, own, line),
        })
    }

    /// Whether the value cites a document; an assumed one may cite an open question, and then quotes nothing.
    fn cites(&self, hit: &Hit<'_>) -> bool {
        let pack = self.provisions[hit.provision].pack;
        let cite = hit.value.get("cite").and_then(toml::Value::as_str).unwrap_or_default();
        let cited = cite.split(' ').next().unwrap_or_default();
        self.instruments.iter().any(|(of, id, _)| *of == pack && id == cited)
    }

    fn render(&self, asked: &Asked<'_>, hit: &Hit<'_>, sentence: &str, scope: Scope, line: usize) -> String {
        let mut text = sentence.to_owned();
        while let Some((head, rest)) = text.split_once('{') {
            let Some((name, tail)) = rest.split_once('}') else { break };
            let said = match name {
                "value" => self.value_text(hit),
                "line" => (line + 1).to_string(),
                _ => asked.fact(name, scope, line).map(fact_text).unwrap_or_default(),
            };
            text = format!("{head}{said}{tail}");
        }
        text
    }

    fn value_text(&self, hit: &Hit<'_>) -> String {
        match hit.value.get("is") {
            Some(toml::Value::Integer(fen)) if self.word(hit.provision, "quantity") == "fen" => {
                format!("{}元", Fen::new(*fen))
            }
            Some(toml::Value::Boolean(flag)) => flag_text(*flag),
            Some(toml::Value::Array(words)) => {
                words.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join("、")
            }
            Some(toml::Value::String(text)) => match (self.word(hit.provision, "quantity"), text.parse::<Ratio>()) {
                ("ratio", Ok(ratio)) => ratio.to_string(),
                _ => text.clone(),
            },
            other => other.map(ToString::to_string).unwrap_or_default(),
        }
    }
}

fn flag_text(flag: bool) -> String {
    if flag { "是" } else { "否" }.to_owned()
}

fn fact_text((field, value): (Field, Option<&Value<'_>>)) -> String {
    use lf_law::Kind;
    let places = match field.kind() {
        Kind::Dec(places) => places,
        Kind::Fen => 2,
        _ => 0,
    };
    match value {
        None => "（未填）".to_owned(),
        Some(Value::Flag(flag)) => flag_text(*flag),
        Some(Value::Text(text)) => text.to_string(),
        Some(Value::Set(words)) => words.join("、"),
        Some(Value::Time(moment)) => moment.to_string(),
        Some(Value::Int(number) | Value::Scaled(number, _)) => {
            let digits = format!("{:0width$}", number.unsigned_abs(), width = places as usize + 1);
            let (whole, tail) = digits.split_at(digits.len() - places as usize);
            let tail = if field.kind() == Kind::Fen { tail } else { tail.trim_end_matches('0') };
            let sign = if *number < 0 { "-" } else { "" };
            if tail.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{tail}") }
        }
    }
}

/// A day as packs write it.
fn day(value: &toml::Value) -> Option<Day> {
    let date = value.as_datetime()?.date?;
    Day::from_ymd(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
}
