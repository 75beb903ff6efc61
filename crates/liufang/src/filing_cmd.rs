//! `liufang filing`: 备案 of insured persons, entered one by one; many come by `liufang import filing`.
//!
//! Serves WH-2.1, WH-2.3, WH-2.4, WH-6.6 and DG-1.1. Invariants: nothing is entered that is wrong in itself or names nobody registered; a filing is never
//! deleted. A running center hears of the first filing of a place within seconds, of every other one at once.

use anyhow::{anyhow, bail};
use lf_center::filings::lacking;
use lf_center::med_file;
use lf_center::registers::KEPT_FRESH_SECONDS;
use lf_import::filings::{CROWDED, Counted};
use lf_law::Law;
use lf_ports::filing::{Applied, Filed, Filing, FilingBody, FilingChange, OpspFiling, SpayFiling, Told};
use lf_ports::{ChangeSet, Clock as _, CommitError};
use lf_rx::event::SaleLine;
use lf_store::Engine;

use crate::beside::with_law;
use crate::cli::{AddSpayArgs, FilingAdd, FilingArgs, FilingCommand, FilingEndArgs, FilingOf, MedFileArgs};
use crate::edge::SystemClock;
use crate::ends::{self, days};
use crate::papers;
use crate::words::in_words;

/// `liufang filing …`
pub async fn run(args: &FilingArgs) -> anyhow::Result<bool> {
    let of = match &args.command {
        FilingCommand::AddSpay(add) => &add.add.of,
        FilingCommand::AddOpsp(add) => &add.add.of,
        FilingCommand::List { of } => of,
        FilingCommand::End(end) => &end.of,
        FilingCommand::MedFile(file) => &file.of,
    };
    with_law(&of.lawful, async |store, law| step(store.as_ref(), law, &args.command).await).await
}

async fn step(store: &dyn Engine, law: &Law, command: &FilingCommand) -> anyhow::Result<bool> {
    match command {
        FilingCommand::AddSpay(one) => {
            let filed = Filed::Spay(SpayFiling {
                med_list_codg: one.med_list_codg.clone(),
                fixmedins_code: one.fixmedins_code.clone(),
                dr_code: one.dr_code.as_str().to_owned(),
                dr_name: one.dr_name.clone(),
                dcsn_name: one.dcsn_name.clone(),
                dcsn_day: one.dcsn_date,
                refused: one.refused.clone(),
                applied: applied(one)?,
            });
            add(store, law, &one.add, filed).await
        }
        FilingCommand::AddOpsp(one) => {
            let filed = Filed::Opsp(OpspFiling {
                opsp_dise_code: one.opsp_dise_code.clone(),
                opsp_dise_name: one.opsp_dise_name.clone(),
                biz_appy_type: one.biz_appy_type.clone(),
                fixmedins: one.fixmedins_code.clone(),
            });
            add(store, law, &one.add, filed).await
        }
        FilingCommand::List { of } => list(store, of).await,
        FilingCommand::End(end) => self::end(store, end).await,
        FilingCommand::MedFile(file) => med_file(store, file).await,
    }
}

/// What is known of the application; of its papers only what they hash to.
fn applied(args: &AddSpayArgs) -> anyhow::Result<Applied> {
    let told = args.told_way.clone().zip(args.told_date);
    Ok(Applied {
        appy_chnl: args.appy_chnl,
        appy_form_no: args.appy_form_no.clone(),
        paper_sm3: args.paper.iter().map(|file| papers::sm3_of(file)).collect::<anyhow::Result<_>>()?,
        told: told.map(|(told_way, told_day)| Told { told_way, told_day }),
    })
}

async fn add(store: &dyn Engine, law: &Law, add: &FilingAdd, filed: Filed) -> anyhow::Result<bool> {
    let filing = Filing {
        poolarea_no: add.of.poolarea_no,
        psn_no: add.of.psn_no.clone(),
        filing_no: add.filing_no.clone(),
        from: add.from,
        until: add.last_day.map(|day| day.plus(1)),
        body: FilingBody { filed, opter_name: add.by.clone(), opt_time: SystemClock.now(), ended: None },
    };
    if let Some((field, reason)) = filing.defect() {
        bail!("{field}: {reason}");
    }
    if let Some((field, reason)) = lacking(law, &filing).map_err(in_words)?.into_iter().next() {
        bail!("{field}: {reason}");
    }
    if let Some((field, reason)) = lf_import::filings::defect(store, &filing).await? {
        bail!("{field}: {reason}");
    }
    let mut counted = Counted::default();
    counted.meet(store, std::iter::once(&filing)).await?;
    if !counted.takes(&filing) {
        bail!("filing_no: {CROWDED}");
    }
    let told = told(&filing);
    match store.commit(ChangeSet { filings: vec![FilingChange::New(filing)], ..ChangeSet::default() }).await {
        Err(CommitError::Stale(_)) => bail!("the person has a filing of that number already, or as many as are kept"),
        other => other?,
    }
    println!("{told}");
    println!("centers on this database hear of the first filing of a place within {KEPT_FRESH_SECONDS} seconds");
    Ok(true)
}

async fn list(store: &dyn Engine, of: &FilingOf) -> anyhow::Result<bool> {
    let filings = store.filings(of.poolarea_no, &of.psn_no).await?;
    if filings.is_empty() {
        println!("nothing is filed of {} in {}", of.psn_no.as_str(), of.poolarea_no);
    }
    for filing in &filings {
        println!("{}", told(filing));
        println!("    {} {}", filing.body.opter_name, filing.body.opt_time);
        ends::print(filing.body.ended.as_ref());
    }
    Ok(true)
}

/// A line about a filing; a refusal says its reason.
fn told(filing: &Filing) -> String {
    lf_vocab::covers!("WH-2.4");
    let days = days(filing.from, filing.until);
    match &filing.body.filed {
        Filed::Spay(spay) => {
            let (no, drug) = (&filing.filing_no, &spay.med_list_codg);
            let signed = format!("{}建议，{}认定", spay.dr_name, spay.dcsn_name);
            let applied = shown(&spay.applied);
            match &spay.refused {
                None => format!("{no} 单独支付用药资格 {drug} {days}，{signed}{applied}"),
                Some(rea) => {
                    format!("{no} 单独支付用药资格 {drug} 不通过：{rea}（{signed} {}）{applied}", spay.dcsn_day)
                }
            }
        }
        Filed::Opsp(opsp) => {
            let chosen: Vec<_> = opsp.fixmedins.iter().map(ToString::to_string).collect();
            let chosen = if chosen.is_empty() { String::new() } else { format!("，{}", chosen.join("、")) };
            format!("{} 门诊慢特病 {} {} {days}{chosen}", filing.filing_no, opsp.opsp_dise_code, opsp.opsp_dise_name)
        }
    }
}

/// How it was applied for and answered, as far as known.
fn shown(applied: &Applied) -> String {
    let chnl = applied.appy_chnl.map(|chnl| format!("；{}申请", chnl.cn())).unwrap_or_default();
    let form = applied.appy_form_no.as_ref().map(|no| format!("，申请表{no}")).unwrap_or_default();
    let papers = match applied.paper_sm3.len() {
        0 => String::new(),
        papers => format!("，资料{papers}份"),
    };
    let told = applied.told.as_ref().map(|told| format!("；{}{}告知参保人", told.told_day, told.told_way));
    [chnl, form, papers, told.unwrap_or_default()].concat()
}

async fn end(store: &dyn Engine, args: &FilingEndArgs) -> anyhow::Result<bool> {
    let rows = store.filings(args.of.poolarea_no, &args.of.psn_no).await?;
    let found = rows.into_iter().find(|row| row.filing_no == args.filing_no);
    let Some(mut filing) = found else { bail!("the person has no filing {}", args.filing_no) };
    let (expect_from, expect_until) = (filing.from, filing.until);
    let (until, ended) = ends::end((expect_from, expect_until), args.last_day, (&args.rea, &args.by))?;
    filing.until = Some(until);
    filing.body.ended = Some(ended);
    let change = FilingChange::Changed { filing, expect_from, expect_until };
    match store.commit(ChangeSet { filings: vec![change], ..ChangeSet::default() }).await {
        Err(CommitError::Stale(_)) => return Err(anyhow!("somebody else changed it meanwhile; look again")),
        other => other?,
    }
    println!("{} ends with {}", args.filing_no, until.plus(-1));
    Ok(true)
}

/// The pharmacy's file of the person, a line a drug that was sold.
async fn med_file(store: &dyn Engine, args: &MedFileArgs) -> anyhow::Result<bool> {
    let whose = (args.of.poolarea_no, &args.of.psn_no);
    match med_file::opening_of(store, &args.fixmedins_code, whose).await? {
        Some(hi_rxno) => println!("用药档案：{hi_rxno}的出库建立"),
        None => println!("没有建立用药档案"),
    }
    for rx in med_file::purchases(store, &args.fixmedins_code, whose).await? {
        let Some(sold) = rx.state.sold() else { continue };
        let form = match sold.appy_form_flag {
            Some(true) => "，出示用药申请（复查评估）表",
            Some(false) => "，未出示用药申请（复查评估）表",
            None => "",
        };
        let wanted = |line: &&SaleLine| args.med_list_codg.as_ref().is_none_or(|code| *code == line.med_list_codg);
        for line in sold.lines.iter().filter(wanted) {
            let (drug, cnt, unit) = (&line.drug_genname, line.drug_totlcnt, &line.drug_totlcnt_emp);
            let (code, state) = (&line.med_list_codg, rx.state.name_cn());
            println!("{} {code} {drug} {cnt}{unit}，{}{form}，{state}", line.stoout_time, rx.hi_rxno);
        }
    }
    Ok(true)
}
