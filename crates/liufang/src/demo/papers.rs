//! What the demo leaves on paper: prescription and settlement sheet of what was paid, on every size, and the pharmacy's archive of
//! the day, exported and verified.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use lf_paper::Size;
use lf_ports::Store;
use lf_vocab::FixmedinsCode;

use super::now;
use crate::archive_cmd;
use crate::cli::{Beside, ExportArgs, Lawful};
use crate::config::Config;
use crate::ground::Ground;
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

/// The archive of a pharmacy's day, signed by the platform; whether it verifies.
pub async fn archive(ground: &Ground, fixmedins_code: &FixmedinsCode) -> anyhow::Result<bool> {
    let out = ground.folder.join("archive.zip");
    let fonts = Config::read(None)?.paper_fonts;
    let args = ExportArgs {
        fixmedins_code: fixmedins_code.clone(),
        from: now().day(),
        until: now().day().plus(1),
        out: out.clone(),
        lawful: Lawful {
            beside: Beside { database: ground.database.clone(), store_key: Some(ground.store_key()) },
            packs: None,
        },
        platform_key: Some(ground.platform_key()),
        font: None,
        no_sheets: !fonts.iter().any(|font| font.is_file()),
        made_at: None,
    };
    let key = ground.platform_public_key().to_base64();
    Ok(archive_cmd::export(&args).await? && archive_cmd::check(&out, None, Some(&key), false)?)
}

/// Says where they lie. A machine without a Chinese font still has the rest of the demo.
pub fn tell(papers: &anyhow::Result<Vec<PathBuf>>) {
    match papers {
        Ok(files) => files.iter().for_each(|file| println!("  {}", file.display())),
        Err(error) => println!("  未打印：{error:#}"),
    }
}
