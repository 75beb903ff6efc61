//! What an officer hands to `liufang claim add`: prescription and purchase as JSON, papers as files.
//!
//! Invariant: what is not understood is an error with its line and column, or within `rx` with its name or value, never a default; an unknown
//! name too.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, anyhow, bail};
use lf_center::reim::{Asked, AskedRx};
use lf_settle::MAX_LINES;
use lf_settle::reim::{Bought, BoughtLine, Invoice, Paper, PaperKind, Prescribed, PrescribedLine};
use lf_vocab::{Admdvs, Day, Fen, FixmedinsCode, HiRxno, MedListCodg, PaperNo, Pric, PsnNo, Qty};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, from_value};

use crate::cli::said;
use crate::law_cmd::text;
use crate::papers;

/// The longest name of a paper that is kept, in characters.
const FILENAME_MAX: usize = 200;
/// The longest 定点医疗机构处方编号, as 7101 has it.
const HOSP_RXNO_MAX: usize = 40;
/// The longest validity that a paper prescription may state.
const VALI_DAYS_MAX: i32 = 366;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    psn_no: Parsed<PsnNo>,
    appy_fixmedins_code: Parsed<FixmedinsCode>,
    /// [`InCenter`] or [`OnPaper`].
    rx: Value,
    phar_fixmedins_code: Parsed<FixmedinsCode>,
    invo_date: Parsed<Day>,
    medfee_sumamt: Parsed<Fen>,
    drugdetail: Vec<Detail>,
    invoices: Vec<Invoice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InCenter {
    hi_rxno: Parsed<HiRxno>,
    #[serde(default)]
    paper_situ_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnPaper {
    fixmedins_code: Parsed<FixmedinsCode>,
    hosp_rxno: String,
    #[serde(default)]
    paper_no: Option<Parsed<PaperNo>>,
    /// No number is printed on the form.
    #[serde(default)]
    unnumbered: bool,
    #[serde(default)]
    otp_ipt_flag: Option<String>,
    prsc_date: Parsed<Day>,
    vali_days: i32,
    med_type: String,
    #[serde(default)]
    dise_codg: Option<String>,
    #[serde(default)]
    rx_exra_attr_code: Option<String>,
    #[serde(default)]
    paper_situ_code: Option<String>,
    rxdrugdetail: Vec<RxDetail>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RxDetail {
    med_list_codg: Parsed<MedListCodg>,
    packs: Option<Parsed<Qty>>,
    #[serde(default)]
    self_paid: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detail {
    med_list_codg: Parsed<MedListCodg>,
    cnt: Parsed<Qty>,
    pric: Parsed<Pric>,
    det_item_fee_sumamt: Parsed<Fen>,
}

/// Reads a claim.
pub fn read(poolarea_no: Admdvs, reim_no: &str, facts: &Path, papers: Vec<Paper>) -> anyhow::Result<Asked> {
    let read: Facts = serde_json::from_str(&text(facts)?).with_context(|| facts.display().to_string())?;
    let rx = rx(read.rx)?;
    let line = |line: Detail| BoughtLine {
        med_list_codg: line.med_list_codg.0,
        cnt: line.cnt.0,
        pric: line.pric.0,
        det_item_fee_sumamt: line.det_item_fee_sumamt.0,
    };
    let bought = Bought {
        phar_fixmedins_code: read.phar_fixmedins_code.0,
        day: read.invo_date.0,
        medfee_sumamt: read.medfee_sumamt.0,
        lines: read.drugdetail.into_iter().map(line).collect(),
        invoices: read.invoices,
    };
    let (psn_no, appy_fixmedins_code) = (read.psn_no.0, read.appy_fixmedins_code.0);
    Ok(Asked { poolarea_no, reim_no: reim_no.to_owned(), psn_no, appy_fixmedins_code, rx, bought, papers })
}

/// Which of both it is says the number alone, so that what is wrong is said of that one.
fn rx(stated_rx: Value) -> anyhow::Result<AskedRx> {
    if stated_rx.get("hi_rxno").is_none() {
        return on_paper(from_value(stated_rx).context("rx")?);
    }
    let rx: InCenter = from_value(stated_rx).context("rx")?;
    Ok(AskedRx::InCenter(rx.hi_rxno.0, stated("paper_situ_code", rx.paper_situ_code)?))
}

fn on_paper(paper: OnPaper) -> anyhow::Result<AskedRx> {
    if !(1..=VALI_DAYS_MAX).contains(&paper.vali_days) {
        bail!("vali_days is 1 to {VALI_DAYS_MAX}");
    }
    if paper.unnumbered && paper.paper_no.is_some() {
        bail!("unnumbered says that the form has no number, and paper_no is one");
    }
    let hosp_rxno = one_line("hosp_rxno", &paper.hosp_rxno)?;
    if hosp_rxno.chars().count() > HOSP_RXNO_MAX {
        bail!("hosp_rxno has 1 to {HOSP_RXNO_MAX} characters");
    }
    if !(1..=MAX_LINES).contains(&paper.rxdrugdetail.len()) {
        bail!("rxdrugdetail has 1 to {MAX_LINES} lines");
    }
    if !matches!(paper.otp_ipt_flag.as_deref(), None | Some("1" | "2")) {
        bail!("otp_ipt_flag is 1 (门诊) or 2 (住院)");
    }
    let line = |line: RxDetail| PrescribedLine {
        med_list_codg: line.med_list_codg.0,
        packs: line.packs.map(|packs| packs.0),
        self_paid: line.self_paid,
    };
    let day = paper.prsc_date.0;
    let prescribed = Prescribed {
        fixmedins_code: paper.fixmedins_code.0,
        hosp_rxno,
        paper_no: paper.paper_no.map(|paper_no| paper_no.0),
        unnumbered: paper.unnumbered,
        hi_rxno: None,
        otp_ipt_flag: paper.otp_ipt_flag,
        prsc_time: day.start(),
        // A paper says the day only: it counts to the end of its last one.
        vali_end_time: day.plus(paper.vali_days).start(),
        rx_exra_attr_code: stated("rx_exra_attr_code", paper.rx_exra_attr_code)?,
        dise_codg: stated("dise_codg", paper.dise_codg)?,
        paper_situ_code: stated("paper_situ_code", paper.paper_situ_code)?,
        lines: paper.rxdrugdetail.into_iter().map(line).collect(),
    };
    Ok(AskedRx::OnPaper(Box::new(prescribed), one_line("med_type", &paper.med_type)?))
}

/// What a paper says, checked where its name is known.
fn one_line(field: &str, text: &str) -> anyhow::Result<String> {
    said(text).map_err(|why| anyhow!("{field}: {why}"))
}

fn stated(field: &str, text: Option<String>) -> anyhow::Result<Option<String>> {
    text.map(|text| one_line(field, &text)).transpose()
}

/// Hashes papers.
pub fn papers(files: &[(PaperKind, std::path::PathBuf)]) -> anyhow::Result<Vec<Paper>> {
    files.iter().map(|(kind, path)| paper(*kind, path)).collect()
}

fn paper(kind: PaperKind, path: &Path) -> anyhow::Result<Paper> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name.chars().count() > FILENAME_MAX {
        bail!("{}: its name has more than {FILENAME_MAX} characters", path.display());
    }
    // It is shown in a line of its own.
    let filename = one_line("paper", &name)?;
    Ok(Paper { kind, filename, sm3: papers::sm3_of(path)? })
}

/// A word of the domain, written as a text or as a number.
struct Parsed<T>(T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(from)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            other => return Err(D::Error::custom(format!("expected a text or a number, not {other}"))),
        };
        text.parse().map(Self).map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests;
