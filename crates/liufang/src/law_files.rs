//! The rule packs: built in, or read from a folder.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use lf_law::{Law, Source};

/// Path below `law/` and text of each file.
pub const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/law_files.rs"));

/// Loads the packs of a folder, or those built in.
pub fn load(packs: Option<&Path>) -> anyhow::Result<Law> {
    match packs {
        None => compile(&BUILT_IN.iter().map(|(path, text)| Source { path, text }).collect::<Vec<_>>()),
        Some(folder) => {
            let files = read(folder, folder)?;
            // Without one the law is silent everywhere, which nobody means by naming a folder.
            if !files.iter().any(|(path, _)| path.ends_with(".toml")) {
                bail!("no rule packs in {}", folder.display());
            }
            compile(&files.iter().map(|(path, text)| Source { path, text }).collect::<Vec<_>>())
        }
    }
}

fn compile(sources: &[Source<'_>]) -> anyhow::Result<Law> {
    match Law::load(sources) {
        Ok(law) => Ok(law),
        Err(errors) => {
            let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
            bail!("规则包有{}处错误：\n{}", lines.len(), lines.join("\n"))
        }
    }
}

fn read(root: &Path, folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(read(root, &path)?);
        } else if path.extension().is_some_and(|kind| ["toml", "txt", "md", "lock"].iter().any(|k| kind == *k)) {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            files.push((name, text));
        }
    }
    files.sort();
    Ok(files)
}
