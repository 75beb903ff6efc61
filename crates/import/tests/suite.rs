//! Import against a real store: the samples of `examples/import`, editions, defects, and, where
//! `LIUFANG_IMPORT_DATA` names a folder with the lists as published, these too.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

#[path = "suite/editions.rs"]
mod editions;
#[path = "suite/places.rs"]
mod places;
#[path = "suite/published.rs"]
mod published;
#[path = "suite/refusals.rs"]
mod refusals;
#[path = "suite/registers.rs"]
mod registers;
#[path = "suite/samples.rs"]
mod samples;
#[path = "suite/transition.rs"]
mod transition;

use std::path::Path;

use lf_import::file::Place;
use lf_import::{Figure, ImportError, Kind, Report, Table, Wanted};
use lf_ports::Store;
use lf_testkit::edge::SeededChance;

/// How a test imports.
struct Import<'a> {
    store: &'a dyn Store,
    kind: &'a str,
    edition: Option<(&'a str, &'a str)>,
    part: bool,
    skip_defects: bool,
    dry_run: bool,
    expect: Vec<Figure>,
    place: Place,
}

impl<'a> Import<'a> {
    fn of(store: &'a dyn Store, kind: &'a str) -> Self {
        let place = Place::default();
        Self { store, kind, edition: None, part: false, skip_defects: false, dry_run: false, expect: vec![], place }
    }

    fn edition(store: &'a dyn Store, kind: &'a str, name: &'a str, from: &'a str) -> Self {
        Self { edition: Some((name, from)), ..Self::of(store, kind) }
    }

    async fn bytes(&self, bytes: &[u8]) -> Result<Report, ImportError> {
        let kind: Kind = self.kind.parse().unwrap();
        let table = Table::read(bytes, &self.place).unwrap();
        let parsed = lf_import::parse(kind, &table, &[], &mut |_, _, _| {});
        let wanted = Wanted {
            edition: self.edition.map(|(name, _)| name.to_owned()),
            from: self.edition.map(|(_, from)| from.parse().unwrap()),
            part: self.part,
            skip_defects: self.skip_defects,
            expect: self.expect.clone(),
            file_sm3: lf_gm::hex::lower(&lf_gm::sm3(bytes)),
            now: "2026-11-22 10:00:00".parse().unwrap(),
        };
        let plan = lf_import::plan(self.store, &SeededChance::new(7), parsed, &wanted, &mut |_, _, _| {}).await?;
        if self.dry_run { Ok(plan.report) } else { lf_import::commit(self.store, plan).await }
    }

    async fn text(&self, text: &str) -> Result<Report, ImportError> {
        self.bytes(text.as_bytes()).await
    }

    async fn file(&self, path: &Path) -> Result<Report, ImportError> {
        self.bytes(&std::fs::read(path).unwrap()).await
    }
}

/// Added, changed, unchanged, ended, kept.
fn counts(report: &Report) -> [usize; 5] {
    let diff = &report.diff;
    [diff.added.len(), diff.changed.len(), diff.unchanged, diff.ended.len(), diff.kept]
}

/// The samples of this repository.
fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/import").join(name)
}
