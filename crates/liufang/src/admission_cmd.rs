//! `liufang admission`: applications of institutions over a database. What is judged stands in `center/src/admission.rs`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use lf_center::admission::{Known, Standing, judge, may, standing};
use lf_center::grants::of_place;
use lf_law::{Input, Law};
use lf_ports::{Application, Clock as _, Ended, Fixmedins, MemoRow, MemoTopic, Practitioner, Said};
use lf_store::Engine;
use lf_vocab::{Admdvs, Day, FixmedinsKind};

use crate::beside::with_law;
use crate::cli::{AdmissionArgs, AdmissionCommand, AdmissionOf, SPAY, said};
use crate::edge::SystemClock;
use crate::law_cmd::text_within;
use crate::memos;
use crate::stock_cmd::nego;
use crate::words::in_words;

/// The longest file of stated facts, in bytes.
const FACTS_MAX: u64 = 65_536;
/// Rows read at once.
const PAGE: usize = 1_000;

/// `liufang admission …`
pub async fn run(args: &AdmissionArgs) -> anyhow::Result<bool> {
    let lawful = match &args.command {
        AdmissionCommand::Apply { what, .. }
        | AdmissionCommand::Grant { what, .. }
        | AdmissionCommand::Refuse { what, .. }
        | AdmissionCommand::Cancel { what, .. } => &what.lawful,
        AdmissionCommand::List { lawful, .. } => lawful,
    };
    with_law(lawful, async |store, law| step(store.as_ref(), law, &args.command).await).await
}

async fn step(store: &dyn Engine, law: &Law, command: &AdmissionCommand) -> anyhow::Result<bool> {
    let today = SystemClock.now().day();
    match command {
        AdmissionCommand::Apply { what, facts, on, by } => {
            let stated = stated(facts).with_context(|| facts.display().to_string())?;
            Desk::open(store, what).await?.apply(law, &stated, on.unwrap_or(today), by).await
        }
        AdmissionCommand::Grant { what, decision, checked } => {
            Desk::open(store, what).await?.say(Said::Granted, *checked, (&decision.why, &decision.by)).await
        }
        AdmissionCommand::Refuse { what, decision } => {
            Desk::open(store, what).await?.say(Said::Refused, false, (&decision.why, &decision.by)).await
        }
        AdmissionCommand::Cancel { what, decision, on, given_up } => {
            let said = Said::Cancelled(Ended { on: on.unwrap_or(today), breach: !given_up });
            Desk::open(store, what).await?.say(said, false, (&decision.why, &decision.by)).await
        }
        AdmissionCommand::List { admdvs, .. } => list(store, *admdvs).await,
    }
}

/// One institution's admission to one service.
struct Desk<'d> {
    store: &'d dyn Engine,
    fixmedins: Fixmedins,
    appy_type: &'d str,
    key: String,
    history: Vec<MemoRow>,
}

impl<'d> Desk<'d> {
    async fn open(store: &'d dyn Engine, what: &'d AdmissionOf) -> anyhow::Result<Self> {
        let code = &what.fixmedins_code;
        let kind = if what.appy_type == SPAY { FixmedinsKind::Hospital } else { FixmedinsKind::Pharmacy };
        let found = store.fixmedins(code).await?.filter(|found| found.fixmedins_code.kind() == kind);
        let fixmedins =
            found.with_context(|| format!("{code} is no institution of this center for {}", what.appy_type))?;
        let key = format!("{code}/{}", what.appy_type);
        let history = memos::of_key(store, fixmedins.poolarea_no, MemoTopic::Admission, &key).await?;
        Ok(Self { store, fixmedins, appy_type: &what.appy_type, key, history })
    }

    fn standing(&self) -> Standing<'_> {
        standing(self.history.last())
    }

    async fn apply(&self, law: &Law, stated: &BTreeMap<String, Input>, on: Day, by: &str) -> anyhow::Result<bool> {
        let place = self.fixmedins.poolarea_no;
        let grants = of_place(self.store, law, place).await?;
        let practitioners = self.practitioners().await?;
        let cancelled = self.history.iter().rev().find_map(|row| match row.memo.said {
            Said::Cancelled(ended) => Some(ended),
            _ => None,
        });
        let nego = nego::share_of(self.store, &self.fixmedins.fixmedins_code, on).await?;
        let known = Known {
            fixmedins: &self.fixmedins,
            practitioners: &practitioners,
            nego: Some((nego.stocked, nego.total)),
            cancelled,
        };
        let judged = judge(law, (&place, &grants), (self.appy_type, on), stated, &known);
        let application = judged.map_err(in_words)?;
        told(&application);
        let lawful = application.refused.is_empty();
        self.say(Said::Applied(application), false, ("申请", by)).await?;
        Ok(lawful)
    }

    async fn practitioners(&self) -> anyhow::Result<Vec<Practitioner>> {
        let mut all: Vec<Practitioner> = Vec::new();
        loop {
            let after = all.last().map_or("", |who| who.prac_code.as_str());
            let page = self.store.practitioners_of(&self.fixmedins.fixmedins_code, after, PAGE).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    async fn say(&self, said: Said, checked: bool, (why, by): (&str, &str)) -> anyhow::Result<bool> {
        if let Err(refusal) = may(self.standing(), &said, checked) {
            bail!("{}: {refusal}", self.key);
        }
        let word = standing_word(&said);
        memos::write(self.store, self.fixmedins.poolarea_no, &self.key, (said, why, by), self.history.last()).await?;
        println!("{} {}：{word}", self.fixmedins.fixmedins_name, self.key);
        Ok(true)
    }
}

/// What an institution states; each text of it no longer than whatever else is written down.
fn stated(facts: &Path) -> anyhow::Result<BTreeMap<String, Input>> {
    let stated: BTreeMap<String, Input> = serde_json::from_str(&text_within(facts, FACTS_MAX)?)?;
    for (name, fact) in &stated {
        let text = if let Input::Text(text) = fact { said(text) } else { Ok(String::new()) };
        text.map_err(|why| anyhow!("{name}: {why}"))?;
    }
    Ok(stated)
}

fn told(application: &Application) {
    for (word, texts) in [("不符合", &application.refused), ("待核实", &application.reminded)] {
        texts.iter().for_each(|text| println!("{word}：{text}"));
    }
}

fn standing_word(said: &Said) -> &'static str {
    match said {
        Said::Applied(application) if application.refused.is_empty() => "申请已受理",
        Said::Applied(_) => "申请已受理，不符合条件",
        Said::Granted => "批准",
        Said::Refused => "不予批准",
        Said::Cancelled(_) => "取消",
        Said::Budget(_) | Said::Explained | Said::Reopened => "",
    }
}

async fn list(store: &dyn Engine, admdvs: Admdvs) -> anyhow::Result<bool> {
    let rows = memos::all(store, admdvs, MemoTopic::Admission).await?;
    let mut keys: BTreeMap<&str, Vec<&MemoRow>> = BTreeMap::new();
    rows.iter().for_each(|row| keys.entry(&row.key).or_default().push(row));
    for (key, history) in keys {
        println!("{key}\t{}", standing(history.last().copied()).word());
        for row in history {
            let memo = &row.memo;
            println!("    {} {} {}：{}", memo.opt_time, memo.opter_name, standing_word(&memo.said), memo.rea);
            if let Said::Applied(application) = &memo.said {
                let of =
                    |word: &str, texts: &[String]| texts.iter().for_each(|text| println!("        {word}：{text}"));
                of("不符合", &application.refused);
                of("待核实", &application.reminded);
            }
        }
    }
    Ok(true)
}
