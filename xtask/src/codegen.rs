//! Generates the tables of `crates/wire` and the documents that list its names from `spec/`.
//!
//! `cargo xtask codegen [--check]` and the test command call it. With `check` nothing is written: a
//! file that differs from what would be generated is an error that names it. Invariant: the output
//! depends on `spec/` alone, so two runs give the same bytes.

mod documents;
mod spec;
mod tables;

use anyhow::{Context as _, Result, bail};
use std::path::Path;

/// Writes the generated files, or with `check` only compares them.
///
/// # Errors
/// When `spec/` cannot be read or contradicts itself, or with `check` when a generated file is stale.
pub fn run(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    let spec = spec::read(&root.join("spec"))?;
    let mut files = tables::files(&spec);
    files.extend(documents::files(&spec));
    let stale: Vec<&str> = files
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path.as_str())
        .collect();
    if check {
        if !stale.is_empty() {
            bail!("generated files are stale, run `cargo xtask codegen`: {}", stale.join(", "));
        }
        return Ok(());
    }
    for (path, text) in files.iter().filter(|(path, _)| stale.contains(&path.as_str())) {
        let target = root.join(path);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&target, text).with_context(|| format!("writing {path}"))?;
        println!("wrote {path}");
    }
    Ok(())
}
