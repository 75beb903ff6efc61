//! Every library has its reason in `docs/dependencies.md`, and no reason outlives its library.

use super::Problem;
use crate::repo::Repo;
use std::collections::BTreeSet;

const MANIFEST: &str = "Cargo.toml";
const REASONS: &str = "docs/dependencies.md";

pub fn check(repo: &Repo) -> Vec<Problem> {
    let declared = repo.get(MANIFEST).map_or("", |file| file.text.as_str());
    let reasons = repo.get(REASONS).map_or("", |file| file.text.as_str());
    let declared = externals(declared);
    let named = |(n, line)| row(line).into_iter().map(move |name| (n + 1, name));
    let rows: Vec<(usize, &str)> = reasons.lines().enumerate().flat_map(named).collect();
    let explained: BTreeSet<&str> = rows.iter().map(|(_, name)| *name).collect();
    let missing = declared.iter().filter(|(_, name)| !explained.contains(name.as_str())).map(|(line, name)| {
        let mend = format!("add the row `| {name} | for what | why not our own |` to {REASONS}");
        Problem::new(MANIFEST, *line, format!("`{name}` has no reason"), mend)
    });
    let stale = rows
        .iter()
        .filter(|(_, name)| !declared.iter().any(|(_, d)| d == name))
        .map(|(line, name)| Problem::new(REASONS, *line, format!("`{name}` is no dependency"), "delete the row"));
    missing.chain(stale).collect()
}

/// Names under `[workspace.dependencies]` that are not our own crates, with their lines.
fn externals(manifest: &str) -> Vec<(usize, String)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (n, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            inside = line.trim() == "[workspace.dependencies]";
        } else if inside && let Some((name, spec)) = line.split_once('=') {
            let name = name.trim().trim_end_matches(".version");
            if !spec.contains("path =") && !name.starts_with('#') {
                found.push((n + 1, name.to_owned()));
            }
        }
    }
    found
}

/// The names in the first cell of a table row; a table's head and rule have none.
fn row(line: &str) -> Vec<&str> {
    let Some(cell) = line.strip_prefix('|').and_then(|rest| rest.split('|').next()) else { return Vec::new() };
    let names = cell.split(',').map(|name| name.trim().trim_matches('`'));
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    names.filter(|name| !name.is_empty() && is_name(name) && *name != "name" && !name.starts_with('-')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_are_checked() {
        let manifest = "[workspace.dependencies]\nlf-a = { path = \"crates/a\" }\n\nanyhow = \"1\"\nserde = \"1\"\ntoml = { version = \"1\" }\n[profile.dev]\nx = 1\n";
        let reasons =
            "| name | for | why not our own |\n|---|---|---|\n| `serde`, `anyhow` | x | y |\n| gone | x | y |\n";
        let found = check(&Repo::of(&[(MANIFEST, manifest), (REASONS, reasons)]));
        let places: Vec<_> = found.iter().map(|p| format!("{}:{}", p.path, p.line)).collect();
        assert_eq!(places, ["Cargo.toml:6", "docs/dependencies.md:4"]);
    }
}
