//! Arrows between crates point down only, and the pure crates stay pure.
//!
//! Serves the table "The house" of the design; the table below is its machine copy.

use super::Problem;
use crate::repo::{Repo, Source};

/// Crates without I/O, async, clock, chance or floats.
pub const PURE: &[&str] = &["vocab", "gm", "law", "rx", "settle", "stock", "access", "watch", "archive"];

/// What a pure crate may not depend on, outside of its tests.
const IMPURE: &[&str] = &[
    "anyhow",
    "async-trait",
    "axum",
    "getrandom",
    "hyper",
    "hyper-util",
    "mimalloc",
    "rand",
    "refinery",
    "reqwest",
    "rusqlite",
    "tokio",
    "tokio-postgres",
    "tracing-subscriber",
];

/// Which of our crates a crate may know, and which more in its tests.
struct Layer {
    name: &'static str,
    knows: &'static [&'static str],
    tests_know: &'static [&'static str],
}

const LAYERS: &[Layer] = &[
    layer("vocab", &[], &[]),
    layer("gm", &[], &[]),
    layer("law", &["vocab", "gm"], &[]),
    layer("rx", &["vocab", "gm"], &[]),
    layer("settle", &["vocab"], &[]),
    layer("stock", &["vocab", "rx"], &[]),
    layer("paper", &["vocab", "rx", "settle"], &["gm"]),
    layer("archive", &["vocab", "gm", "rx"], &[]),
    layer("ports", &["vocab", "rx", "settle", "stock"], &["gm"]),
    layer("center", &["vocab", "gm", "law", "rx", "settle", "stock", "ports"], &["store", "testkit"]),
    layer("wire", &["vocab", "gm", "rx", "settle", "stock", "ports", "center"], &["testkit"]),
    layer("store", &["vocab", "gm", "rx", "settle", "stock", "ports"], &["testkit"]),
    layer("http", &["vocab", "gm", "rx", "wire", "center", "ports"], &["law", "settle", "stock", "store", "testkit"]),
    layer("import", &["vocab", "gm", "ports"], &["center", "testkit"]),
    layer("testkit", &["vocab", "gm", "law", "rx", "settle", "stock", "ports", "center", "wire", "store"], &[]),
    layer(
        "liufang",
        &[
            "vocab", "gm", "law", "rx", "settle", "stock", "paper", "archive", "ports", "center", "wire", "store",
            "http", "import", "testkit",
        ],
        &[],
    ),
    layer("fuzz", &["vocab", "gm", "law", "archive", "ports", "wire"], &[]),
];

/// Dependencies that stay below the wire although the wire's format is JSON.
const NO_JSON: &[&str] = &["vocab", "rx", "settle", "stock"];

const fn layer(name: &'static str, knows: &'static [&'static str], tests_know: &'static [&'static str]) -> Layer {
    Layer { name, knows, tests_know }
}

pub fn check(repo: &Repo) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in &repo.files {
        let Some(name) = file.crate_name() else { continue };
        if file.path != format!("crates/{name}/Cargo.toml") {
            continue;
        }
        match toml::from_str::<toml::Table>(&file.text) {
            Ok(manifest) => judge(file, name, &manifest, &mut problems),
            Err(error) => {
                problems.push(Problem::new(&file.path, 1, format!("not TOML: {error}"), "correct the manifest"))
            }
        }
    }
    problems
}

fn judge(file: &Source, name: &str, manifest: &toml::Table, problems: &mut Vec<Problem>) {
    let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
        let mend = "give it a row in LAYERS of xtask/src/tidy/layers.rs and in ARCHITECTURE.md";
        problems.push(Problem::new(&file.path, 1, format!("the crate `{name}` has no layer"), mend));
        return;
    };
    for (table, is_test) in [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)] {
        let mut tables = vec![manifest.get(table)];
        // Dependencies of one platform are dependencies.
        if let Some(targets) = manifest.get("target").and_then(|t| t.as_table()) {
            tables.extend(targets.values().map(|target| target.get(table)));
        }
        for (dependency, spec) in tables.into_iter().flatten().filter_map(|t| t.as_table()).flatten() {
            if let Some((what, mend)) = breach(layer, dependency, spec, is_test) {
                problems.push(Problem::new(&file.path, line_of_key(&file.text, dependency), what, mend));
            }
        }
    }
}

fn breach(layer: &Layer, dependency: &str, spec: &toml::Value, is_test: bool) -> Option<(String, &'static str)> {
    if spec.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
        let mend = "declare it once under [workspace.dependencies] and write `workspace = true` here";
        return Some((format!("`{dependency}` is not taken from the workspace"), mend));
    }
    if let Some(ours) = dependency.strip_prefix("lf-") {
        let known = layer.knows.contains(&ours) || (is_test && layer.tests_know.contains(&ours));
        let mend = "move the code down, or pass what is needed as an argument or through a port";
        return (!known).then(|| (format!("`{}` must not know `{ours}`", layer.name), mend));
    }
    if !is_test && PURE.contains(&layer.name) && IMPURE.contains(&dependency) {
        let mend = "time, chance, keys and I/O are arguments of a pure crate";
        return Some((format!("the pure crate `{}` must not depend on `{dependency}`", layer.name), mend));
    }
    if !is_test && NO_JSON.contains(&layer.name) && dependency == "serde_json" {
        return Some((format!("`{}` must not know JSON", layer.name), "JSON belongs to `wire`"));
    }
    None
}

fn line_of_key(text: &str, key: &str) -> usize {
    text.lines()
        .position(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '.', '='])))
        .map_or(1, |n| n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, manifest: &str) -> Vec<String> {
        check(&Repo::of(&[(path, manifest)])).iter().map(|p| format!("{}: {}", p.line, p.what)).collect()
    }

    #[test]
    fn arrows_point_down() {
        let manifest = "[dependencies]\nlf-vocab.workspace = true\nlf-store = { workspace = true }\n";
        assert_eq!(found("crates/rx/Cargo.toml", manifest), ["3: `rx` must not know `store`"]);
        let manifest = "[dependencies]\nlf-center.workspace = true\n";
        assert_eq!(found("crates/store/Cargo.toml", manifest), ["2: `store` must not know `center`"]);
        assert!(found("crates/wire/Cargo.toml", manifest).is_empty());
    }

    #[test]
    fn tests_may_know_the_testkit_where_the_table_says_so() {
        assert!(found("crates/center/Cargo.toml", "[dev-dependencies]\nlf-testkit.workspace = true\n").is_empty());
        assert_eq!(found("crates/center/Cargo.toml", "[dependencies]\nlf-testkit.workspace = true\n").len(), 1);
        assert_eq!(found("crates/vocab/Cargo.toml", "[dev-dependencies]\nlf-testkit.workspace = true\n").len(), 1);
    }

    #[test]
    fn pure_crates_do_no_io() {
        let manifest = "[dependencies]\ntokio.workspace = true\n[dev-dependencies]\ntokio.workspace = true\n";
        assert_eq!(found("crates/law/Cargo.toml", manifest).len(), 1);
        assert!(found("crates/store/Cargo.toml", manifest).is_empty());
        let manifest = "[target.'cfg(unix)'.dependencies]\nserde_json.workspace = true\n";
        assert_eq!(found("crates/settle/Cargo.toml", manifest), ["2: `settle` must not know JSON"]);
    }

    #[test]
    fn versions_stand_in_the_workspace() {
        assert_eq!(found("crates/law/Cargo.toml", "[dependencies]\ntoml = \"1\"\n").len(), 1);
        assert_eq!(found("crates/new/Cargo.toml", "[package]\n").len(), 1);
    }

    #[test]
    fn the_table_itself_has_no_cycle() {
        for (n, layer) in LAYERS.iter().enumerate() {
            for known in layer.knows {
                let position = LAYERS.iter().position(|other| other.name == *known);
                assert!(position.is_some_and(|p| p < n), "{} -> {known} does not point down", layer.name);
            }
        }
    }
}
