//! `liufang law page`: all packs as one page to read, with quotes and dates, headings in Chinese and English.
//!
//! The page is one file without scripts or other files, so that it can be sent to a lawyer as it is.

use anyhow::Context as _;
use askama::Template;
use lf_law::{Confidence, Explanation, InstrumentInfo, Law, PackInfo};
use lf_vocab::Day;

/// Everything the page says.
#[derive(Template)]
#[template(path = "law.html")]
struct Page<'l> {
    edition: &'l str,
    on: Day,
    /// The word for a value that its text supports; any other is marked.
    sure: &'static str,
    packs: Vec<Pack<'l>>,
}

/// A pack file with its provisions in the order in which they are written.
struct Pack<'l> {
    anchor: String,
    info: &'l PackInfo,
    instruments: Vec<&'l InstrumentInfo>,
    provisions: Vec<Explanation>,
}

/// The page of the packs as they stand on a day.
pub fn page(law: &Law, on: Day) -> anyhow::Result<String> {
    let packs = law.packs().iter().map(|info| pack(law, info, on)).collect::<anyhow::Result<Vec<_>>>()?;
    let page = Page { edition: law.edition(), on, sure: Confidence::Text.cn(), packs };
    page.render().context("the page of the packs")
}

fn pack<'l>(law: &'l Law, info: &'l PackInfo, on: Day) -> anyhow::Result<Pack<'l>> {
    let own = format!("{}/", info.admdvs);
    let explained = law.provisions().filter(|id| id.starts_with(&own)).map(|id| law.explain(&info.admdvs, id, on));
    let provisions: Vec<Explanation> =
        explained.filter(|one| one.as_ref().map_or(true, |one| one.file == info.file)).collect::<Result<_, _>>()?;
    let cited = |instrument: &&InstrumentInfo| instrument.admdvs == info.admdvs && instrument.file == info.file;
    Ok(Pack {
        anchor: info.file.replace(['/', '.'], "-"),
        info,
        instruments: law.instruments().iter().filter(cited).collect(),
        provisions,
    })
}
