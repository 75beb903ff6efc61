//! The files of the repository as the checks see them.
//!
//! Invariant: a path is relative to the repository's root and uses `/`, so that a
//! problem reads the same on every machine.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Larger files are data that no check reads.
const MAX_TEXT_BYTES: u64 = 4 * 1024 * 1024;

/// One text file.
pub struct Source {
    pub path: String,
    pub text: String,
}

impl Source {
    /// The folder under `crates/` this file belongs to.
    pub fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file is test code, by where it stands.
    pub fn is_test_file(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// Generated files are compared with `spec/` instead of being judged as prose.
    pub fn is_generated(&self) -> bool {
        self.path.contains("/generated/") || self.path.ends_with("/generated.rs")
    }
}

/// What a check is given: every text file that is, or is about to be, tracked.
pub struct Repo {
    pub files: Vec<Source>,
}

impl Repo {
    /// Reads the repository at `root`.
    pub fn read(root: &Path) -> Result<Repo> {
        let mut paths = match listed_by_git(root) {
            Some(paths) => paths,
            None => walked(root)?,
        };
        paths.sort();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            let full = root.join(&path);
            let Ok(meta) = full.metadata() else { continue };
            if !meta.is_file() || meta.len() > MAX_TEXT_BYTES {
                continue;
            }
            let bytes = std::fs::read(&full).with_context(|| format!("reading {path}"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(Source { path, text });
            }
        }
        Ok(Repo { files })
    }

    /// A repository made of fixture strings.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Repo {
        let files =
            files.iter().map(|(path, text)| Source { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
        Repo { files }
    }

    pub fn get(&self, path: &str) -> Option<&Source> {
        self.files.iter().find(|file| file.path == path)
    }

    pub fn rust(&self) -> impl Iterator<Item = &Source> {
        self.files.iter().filter(|file| file.is_rust())
    }

    /// Rust files below `crates/`.
    pub fn crate_sources(&self) -> impl Iterator<Item = &Source> {
        self.rust().filter(|file| file.crate_name().is_some())
    }
}

/// The repository's root, from where this program was built.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    if !root.join(".git").exists() {
        return None;
    }
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let list: Vec<_> = text.split_terminator('\0').map(str::to_owned).collect();
    (output.status.success() && !list.is_empty()).then_some(list)
}

/// Without git (an unpacked archive) every file but the build's own counts.
fn walked(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if name != "target" && name != ".git" {
                    open.push(path);
                }
            } else if let Ok(relative) = path.strip_prefix(root) {
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}
