//! `liufang paper`: a stored prescription or settlement as a PDF; where the font is found. Serves HB-1.14 and JX-3.6.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use lf_center::journal;
use lf_center::t7203_qrcode::epc_qrcd;
use lf_paper::{BoughtOn, DrugWords, Face, NameOf, Paper, PrescriptionSheet, SettlementSheet, Size};
use lf_ports::{ChangeSet, Clock as _, PersonKey, Setl, Store};
use lf_rx::event::Printed;
use lf_rx::{Event, Prescription, RxContent};
use lf_vocab::{FixmedinsCode, HiRxno, Moment};
use lf_wire::generated::dicts;

use crate::beside::open_beside;
use crate::cli::{PaperArgs, PaperCommand, PaperOut};
use crate::config::Config;
use crate::edge::SystemClock;
use crate::keys_cmd::private_file;

/// `liufang paper …`
pub async fn run(args: &PaperArgs) -> anyhow::Result<bool> {
    let out = match &args.command {
        PaperCommand::Prescription { out, .. } | PaperCommand::Settlement { out, .. } => out,
    };
    let fonts = match &out.font {
        Some(font) => vec![font.clone()],
        None => Config::read(out.config.as_deref())?.paper_fonts,
    };
    let face = face(&fonts)?;
    let printed = out.printed.unwrap_or_else(|| SystemClock.now());
    let store = open_beside(&out.beside.database, out.beside.store_key.as_deref()).await?;
    let paper = draw(&args.command, store.as_ref(), out, &face, printed).await;
    let written = match &paper {
        Ok(Some(paper)) => match write(&out.out, paper) {
            // Only what is there was printed.
            Ok(()) => match &args.command {
                PaperCommand::Prescription { hi_rxno, record: true, .. } => record(hi_rxno, store.as_ref()).await,
                _ => Ok(()),
            },
            failed => failed,
        },
        _ => Ok(()),
    };
    store.close().await;
    let Some(paper) = paper? else { return Ok(false) };
    written?;
    println!("{}: {} page(s), {} bytes", out.out.display(), paper.pages, paper.pdf.len());
    if !paper.lacking.is_empty() {
        let codes: Vec<_> = paper.lacking.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        eprintln!("the font lacks {}, written as numbers; --font names a larger one", codes.join(", "));
    }
    Ok(true)
}

/// The print into the history of its prescription (JX-3.4.3b).
pub async fn record(hi_rxno: &HiRxno, store: &dyn Store) -> anyhow::Result<()> {
    let Some(rx) = store.rx(hi_rxno).await? else { bail!("no prescription {hi_rxno}") };
    let now = SystemClock.now();
    let change = journal::advance(&rx, &Event::Printed(Printed { print_time: now }), now)?;
    Ok(store.commit(ChangeSet { rx: vec![change], ..ChangeSet::default() }).await?)
}

/// `None` is what is asked for and not there; it was said.
async fn draw(
    command: &PaperCommand,
    store: &dyn Store,
    out: &PaperOut,
    face: &Face,
    printed: Moment,
) -> anyhow::Result<Option<Paper>> {
    match command {
        PaperCommand::Prescription { hi_rxno, .. } => match Printable::load(store, hi_rxno).await? {
            Some(rx) => Ok(Some(rx.prescription(out.size, face, printed)?)),
            None => {
                eprintln!("no prescription {hi_rxno}");
                Ok(None)
            }
        },
        PaperCommand::Settlement { setl_id, fixmedins_code, hi_rxno, refund, .. } => {
            let sheet = match (hi_rxno, fixmedins_code, setl_id) {
                (Some(hi_rxno), ..) => SetlPrintable::of_rx(store, hi_rxno, *refund).await?,
                (None, Some(code), Some(setl_id)) => SetlPrintable::load(store, code, setl_id).await?,
                _ => None,
            };
            match sheet {
                Some(sheet) => Ok(Some(sheet.settlement(out.size, face, printed)?)),
                None => {
                    eprintln!("no such settlement");
                    Ok(None)
                }
            }
        }
    }
}

/// The first of these fonts that exists.
pub fn face(fonts: &[PathBuf]) -> anyhow::Result<Face> {
    let Some(path) = fonts.iter().find(|path| path.is_file()) else {
        let looked: Vec<_> = fonts.iter().map(|path| path.display().to_string()).collect();
        bail!(
            "no Chinese font: looked for {}; install one with `apt-get install fonts-wqy-microhei`, or name one with \
             --font or `paper_fonts` of the configuration",
            looked.join(", ")
        );
    };
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Face::new(bytes).with_context(|| path.display().to_string())
}

/// Writes a paper, which names a person, so that only its owner reads it.
pub fn write(path: &Path, paper: &Paper) -> anyhow::Result<()> {
    private_file(path, true)?.write_all(&paper.pdf).with_context(|| format!("cannot write {}", path.display()))
}

/// Names of codes as the interface has them.
const NAME_OF: NameOf =
    |dict, code| dicts::ALL.iter().find(|known| known.name == dict).and_then(|known| known.name_of(code));

/// A stored prescription with all that its print says.
pub struct Printable {
    rx: Prescription,
    content: RxContent,
    pharmacy_name: Option<String>,
}

impl Printable {
    /// From the store.
    pub async fn load(store: &dyn Store, hi_rxno: &HiRxno) -> anyhow::Result<Option<Self>> {
        let (rx, content) = tokio::try_join!(store.rx(hi_rxno), store.rx_content(hi_rxno))?;
        let (Some(rx), Some(content)) = (rx, content) else { return Ok(None) };
        let pharmacy = match rx.state.pharmacy() {
            Some(code) => store.fixmedins(code).await?,
            None => None,
        };
        Ok(Some(Self { rx, content, pharmacy_name: pharmacy.map(|row| row.fixmedins_name) }))
    }

    /// As a PDF.
    pub fn prescription(&self, size: Size, face: &Face, printed: Moment) -> anyhow::Result<Paper> {
        let digest = self.rx.state.active().map(|active| &active.signed.sign_digest);
        let code = digest.map(|digest| epc_qrcd(&self.rx.hi_rxno, digest));
        let sheet = PrescriptionSheet {
            rx: &self.rx,
            content: &self.content,
            epc_qrcd: code.as_deref(),
            pharmacy_name: self.pharmacy_name.as_deref(),
            name_of: NAME_OF,
            printed,
        };
        Ok(sheet.draw(size, face)?)
    }
}

/// A stored settlement with all that its print says.
pub struct SetlPrintable {
    setl: Setl,
    bought_on: BoughtOn,
    reversed_by: Option<String>,
    fixmedins_name: String,
    psn_name: String,
    sold: Vec<DrugWords>,
}

impl SetlPrintable {
    /// The settlement of a prescription, or the one that took it back.
    pub async fn of_rx(store: &dyn Store, hi_rxno: &HiRxno, refund: bool) -> anyhow::Result<Option<Self>> {
        let Some(rx) = store.rx(hi_rxno).await? else { return Ok(None) };
        let (Some(settled), Some(pharmacy)) = (rx.state.settled(), rx.state.pharmacy()) else { return Ok(None) };
        let paid = Self::load(store, pharmacy, &settled.setl_id).await?;
        match paid {
            Some(Self { reversed_by: Some(reversal), .. }) if refund => Self::load(store, pharmacy, &reversal).await,
            Some(_) if refund => Ok(None),
            paid => Ok(paid),
        }
    }

    /// A settlement of a pharmacy.
    pub async fn load(store: &dyn Store, code: &FixmedinsCode, setl_id: &str) -> anyhow::Result<Option<Self>> {
        let Some((setl, reversed_by)) = store.setl(code, setl_id).await? else { return Ok(None) };
        let pharmacy = store.fixmedins(code).await?;
        let fixmedins_name = pharmacy.map_or_else(|| code.to_string(), |row| row.fixmedins_name);
        let (bought_on, psn_name, sold) = match (&setl.hi_rxno, &setl.paper) {
            (Some(hi_rxno), _) => Self::of_sale(store, &setl, hi_rxno).await?,
            (None, Some(paper)) => {
                let on = BoughtOn::Paper(paper.fixmedins_code.clone(), paper.paper_no);
                Self::of_catalogue(store, &setl, on).await?
            }
            (None, None) => Self::of_catalogue(store, &setl, BoughtOn::Nothing).await?,
        };
        Ok(Some(Self { reversed_by, fixmedins_name, psn_name, sold, setl, bought_on }))
    }

    /// Names as the prescription and its sale have them.
    async fn of_sale(
        store: &dyn Store,
        setl: &Setl,
        hi_rxno: &HiRxno,
    ) -> anyhow::Result<(BoughtOn, String, Vec<DrugWords>)> {
        let setl_id = &setl.setl_id;
        let (rx, content) = tokio::try_join!(store.rx(hi_rxno), store.rx_content(hi_rxno))?;
        let rx = rx.with_context(|| format!("the prescription of settlement {setl_id} is not stored"))?;
        let content = content.with_context(|| format!("the prescription of settlement {setl_id} has no content"))?;
        let sold = rx.state.sold().map(|sold| sold.lines.iter().map(DrugWords::from).collect());
        Ok((BoughtOn::Rx(hi_rxno.clone()), content.mdtrtinfo.patn_name, sold.unwrap_or_default()))
    }

    /// Names as the registers have them, those of drugs as of the day: nothing of it was prescribed or sold through the center.
    async fn of_catalogue(
        store: &dyn Store,
        setl: &Setl,
        on: BoughtOn,
    ) -> anyhow::Result<(BoughtOn, String, Vec<DrugWords>)> {
        let key = PersonKey::PsnNo(setl.accum_key.poolarea_no, setl.accum_key.psn_no.clone());
        let codes: Vec<_> = setl.shares.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let (person, drugs) = tokio::try_join!(store.person(&key), store.drugs(&codes, setl.setl_time.day()))?;
        let person = person.with_context(|| format!("the person of settlement {} is not registered", setl.setl_id))?;
        let words = drugs.into_iter().flatten().map(|drug| DrugWords {
            med_list_codg: drug.med_list_codg,
            drug_genname: drug.genname,
            drug_spec: drug.spec_name,
            manu_lotnum: None,
        });
        Ok((on, person.psn_name, words.collect()))
    }

    /// As a PDF.
    pub fn settlement(&self, size: Size, face: &Face, printed: Moment) -> anyhow::Result<Paper> {
        let setl = &self.setl;
        let sheet = SettlementSheet {
            setl_id: &setl.setl_id,
            mdtrt_id: &setl.mdtrt_id,
            bought_on: &self.bought_on,
            fixmedins_code: &setl.fixmedins_code,
            fixmedins_name: &self.fixmedins_name,
            psn_name: &self.psn_name,
            psn_no: &setl.accum_key.psn_no,
            insutype: setl.insutype,
            med_type: &setl.med_type,
            setl_time: setl.setl_time,
            shares: &setl.shares,
            sold: &self.sold,
            refd_setl_id: setl.refd_setl_id.as_deref(),
            reversed_by: self.reversed_by.as_deref(),
            law_edition: &setl.law_edition,
            name_of: NAME_OF,
            printed,
        };
        Ok(sheet.draw(size, face)?)
    }
}

#[cfg(test)]
mod tests;
