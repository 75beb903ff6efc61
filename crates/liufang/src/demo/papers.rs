//! What the demo prints: prescription and settlement sheet of the prescription that was paid, on every size of paper.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use lf_paper::Size;
use lf_ports::Store;

use super::now;
use crate::config::Config;
use crate::paper_cmd::{self, Printable, SetlPrintable};

/// Writes them into a folder; the files.
pub async fn write(folder: &Path, store: &dyn Store, hi_rxno: &str) -> anyhow::Result<Vec<PathBuf>> {
    let hi_rxno = hi_rxno.parse()?;
    let face = paper_cmd::face(&Config::read(None)?.paper_fonts)?;
    let rx = Printable::load(store, &hi_rxno).await?.context("the prescription is not stored")?;
    let setl = SetlPrintable::of_rx(store, &hi_rxno, false).await?.context("it was not settled")?;
    let mut files = Vec::new();
    for size in Size::ALL {
        let papers = [
            ("prescription", rx.prescription(size, &face, now())?),
            ("settlement", setl.settlement(size, &face, now())?),
        ];
        for (name, paper) in papers {
            let file = folder.join(format!("{name}-{size}.pdf"));
            paper_cmd::write(&file, &paper)?;
            files.push(file);
        }
    }
    Ok(files)
}

/// Says where they lie. A machine without a Chinese font still has the rest of the demo.
pub fn tell(papers: &anyhow::Result<Vec<PathBuf>>) {
    match papers {
        Ok(files) => files.iter().for_each(|file| println!("  {}", file.display())),
        Err(error) => println!("  未打印：{error:#}"),
    }
}
