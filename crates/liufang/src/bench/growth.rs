//! `bench growth`: whether a center slows down as its store fills. Two stores stand beside each other, one with `--base`
//! prescriptions and one with `--stored`, and the same load goes to them in turn.
//!
//! In turn, not first the one and then the other, because on a shared machine an hour makes more difference than a
//! million rows. The stores are filled through the port with lives cast from a real one (`mould.rs`). Persons of the load
//! have a long history in both. Only a sample is audited: the auditor's one pass over a million takes longer than all this.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use lf_ports::{AccumChange, AccumRow, ChangeSet, CommitError};
use lf_store::Engine;
use lf_testkit::audit;
use lf_vocab::Fen;
use serde_json::json;
use tokio::task::JoinHandle;

use super::load::{Load, Measured, PERSONS_A_CLIENT};
use super::mould::{Mould, People, Sums};
use super::stats::{Times, median};
use crate::cli::GrowthArgs;
use crate::ground::{self, Ground};
use crate::process::Server;
use crate::region::{self, Patient};
use crate::ring::STORE_KEY;
use crate::serve::open_beside;

/// Where the stores are made.
const FOLDERS: [&str; 2] = ["var/bench/growth/base", "var/bench/growth/stored"];
/// How much slower the fuller store may answer.
const RATIO_MAX: f64 = 1.5;
/// Stored prescriptions to a person that only has a history.
const LIVES_A_PERSON: u64 = 20;
/// Change sets under way while a store is filled: the writer always finds a full batch.
const UNDER_WAY: usize = 2_048;
/// Changes of accumulators in one change set, or one person's more.
const SUMS_A_COMMIT: usize = 500;
/// Prescriptions of the sample.
const SAMPLE: u64 = 500;
/// Bytes of the file of a stored prescription, so that a million of them fits on a disk.
const FILE_BYTES: usize = 1_024;

/// `liufang bench growth`
pub async fn run(args: &GrowthArgs) -> anyhow::Result<bool> {
    ensure!(args.base > 0 && args.stored >= args.base, "--stored must not be below --base, nor --base be 0");
    let sizes = [args.base, args.stored];
    let databases = [args.base_database.as_deref(), args.database.as_deref()];
    let mut sites = Vec::new();
    for ((folder, size), database) in FOLDERS.into_iter().zip(sizes).zip(databases) {
        let site = Site::fill(folder, size, database, args).await?;
        eprintln!("{}", site.filled);
        sites.push(site);
    }
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    for number in 0..args.rounds.max(1) {
        for at in turns(number) {
            let measured = sites[at].measure(args).await?;
            rounds[at].push(Round::of(measured));
        }
    }
    let mut differences = 0;
    for site in sites {
        differences += site.end().await?;
    }
    let [base, stored] = &rounds;
    let report = report(args, base, stored, differences)?;
    Ok(report.p99_ratio <= RATIO_MAX && differences == 0)
}

/// Which store is measured first, alternately, so that neither always follows the other.
fn turns(round: usize) -> [usize; 2] {
    if round.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

/// A filled store with a center on it.
struct Site {
    folder: PathBuf,
    database: String,
    server: Server,
    load: Arc<Load>,
    mould: Mould,
    size: u64,
    filled: String,
}

impl Site {
    #[allow(clippy::disallowed_methods, reason = "the bench measures time")]
    async fn fill(folder: &str, size: u64, database: Option<&str>, args: &GrowthArgs) -> anyhow::Result<Self> {
        let of_the_load = args.clients.max(1) * PERSONS_A_CLIENT;
        let others = usize::try_from((size / LIVES_A_PERSON).max(1))?;
        let mut crowd = region::load()?.crowd(u32::try_from(of_the_load + 1 + others)?)?;
        // The one whose life is cast has nothing on the account, so that no balance has to follow.
        let one = crowd.get_mut(of_the_load).context("the crowd of the region is too small")?;
        one.balc = Fen::ZERO;
        let one = one.clone();
        let folder = ground::fresh(folder)?;
        let ground = ground::prepare(&folder, database, &crowd).await?;
        let server = Server::start(&ground.write_config(&[])?).await?;
        let mould = mould(&ground, one, &server).await;
        server.kill().await?;
        let mould = mould?;
        let others = crowd.split_off(of_the_load + 1);
        crowd.truncate(of_the_load);
        let people = People { load: crowd, others };

        let store = open_beside(&ground.database, Some(&ground.store_key())).await?;
        let began = Instant::now();
        fill(&store, &mould, size, &people).await?;
        let seconds = began.elapsed().as_secs_f64();
        store.close().await;
        let megabytes = bytes_in(&folder) as f64 / 1e6;
        let filled = format!(
            "{size} prescriptions in {seconds:.1} s ({:.0}/s), {megabytes:.0} MB in {}",
            size as f64 / seconds,
            folder.display()
        );
        let server = Server::start(&ground.write_config(&[])?).await?;
        let load = Load::new(&ground, people.load, &server.rest_base, args.file_bytes)?;
        // The mould's life was the first of this ground.
        load.skip(1);
        Ok(Self { folder, database: ground.database, server, load: Arc::new(load), mould, size, filled })
    }

    async fn measure(&self, args: &GrowthArgs) -> anyhow::Result<Measured> {
        self.load.measure(args.clients, Duration::from_secs(args.seconds.max(1)), &self.server).await
    }

    /// Ends the center and audits a sample; answers how many differences there were.
    async fn end(self) -> anyhow::Result<u64> {
        self.server.kill().await?;
        let store = open_beside(&self.database, Some(&self.folder.join(STORE_KEY))).await?;
        let step = (self.size / SAMPLE).max(1);
        let numbers = (0..self.size).step_by(usize::try_from(step)?).map(|n| self.mould.number(n, self.size));
        let found = audit::sample(store.as_ref(), &numbers.collect::<anyhow::Result<Vec<_>>>()?).await?;
        store.close().await;
        if !found.passes() {
            eprintln!("{}: {found}", self.folder.display());
        }
        Ok(found.differences_sum)
    }
}

/// One real life over HTTP, read back.
async fn mould(ground: &Ground, person: Patient, server: &Server) -> anyhow::Result<Mould> {
    let load = Load::new(ground, vec![person], &server.rest_base, FILE_BYTES)?.of_one_drug();
    let (_, lived) = load.one_life(0).await?;
    let store = open_beside(&ground.database, Some(&ground.store_key())).await?;
    let mould = Mould::take(store.as_ref(), &lived).await;
    store.close().await;
    mould
}

type Committing = JoinHandle<Result<(), CommitError>>;

async fn fill(store: &Arc<dyn Engine>, mould: &Mould, size: u64, people: &People) -> anyhow::Result<()> {
    let mut sums = Sums::new();
    let mut under_way: VecDeque<Committing> = VecDeque::new();
    for n in 0..size {
        for changes in mould.cast(n, size, people, &mut sums)? {
            commit(store, changes, &mut under_way).await?;
        }
    }
    let mut accum = Vec::new();
    for (key, sum) in sums {
        // A row is counted up, one version a settlement; what it says on the way is nobody's.
        accum.extend((1..=sum.version).map(|version| AccumChange {
            key: key.clone(),
            expect_version: version - 1,
            row: AccumRow { version, accum: sum.accum.clone() },
        }));
        if accum.len() >= SUMS_A_COMMIT {
            let accum = std::mem::take(&mut accum);
            commit(store, ChangeSet { accum, ..ChangeSet::default() }, &mut under_way).await?;
        }
    }
    commit(store, ChangeSet { accum, ..ChangeSet::default() }, &mut under_way).await?;
    for one in under_way {
        one.await??;
    }
    Ok(())
}

/// Hands a change set over without waiting for it, unless too many are under way.
async fn commit(
    store: &Arc<dyn Engine>,
    changes: ChangeSet,
    under_way: &mut VecDeque<Committing>,
) -> anyhow::Result<()> {
    if under_way.len() >= UNDER_WAY
        && let Some(first) = under_way.pop_front()
    {
        first.await??;
    }
    let store = store.clone();
    under_way.push_back(tokio::spawn(async move { store.commit(changes).await }));
    Ok(())
}

/// Bytes of the files of a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
}

/// Percentiles of one round: of all calls under `""`, and of each transaction.
struct Round {
    lives_per_s: f64,
    by_infno: BTreeMap<&'static str, (f64, f64)>,
}

impl Round {
    fn of(mut measured: Measured) -> Self {
        let mut all = Times::default();
        let mut by_infno = BTreeMap::new();
        for (infno, times) in &mut measured.times {
            by_infno.insert(*infno, (times.percentile_ms(50), times.percentile_ms(99)));
            all.extend(times.clone());
        }
        by_infno.insert("", (all.percentile_ms(50), all.percentile_ms(99)));
        Self { lives_per_s: measured.lives as f64 / measured.seconds, by_infno }
    }
}

/// The medians of the rounds: p50 and p99.
fn medians(rounds: &[Round], infno: &str) -> (f64, f64) {
    let of =
        |pick: fn(&(f64, f64)) -> f64| median(rounds.iter().filter_map(|round| round.by_infno.get(infno)).map(pick));
    (of(|both| both.0), of(|both| both.1))
}

struct Report {
    p99_ratio: f64,
}

fn report(args: &GrowthArgs, base: &[Round], stored: &[Round], differences: u64) -> anyhow::Result<Report> {
    let ratio = |few: f64, many: f64| if few > 0.0 { many / few } else { f64::INFINITY };
    let infnos: Vec<&'static str> = base.iter().flat_map(|round| round.by_infno.keys().copied()).collect();
    let rows: BTreeMap<&'static str, _> =
        infnos.into_iter().map(|infno| (infno, (medians(base, infno), medians(stored, infno)))).collect();
    let ((base_p50, base_p99), (stored_p50, stored_p99)) = rows.get("").copied().context("nothing was measured")?;
    let p99_ratio = ratio(base_p99, stored_p99);
    if args.json {
        let of = |(few, many): &((f64, f64), (f64, f64))| {
            json!({
                "base_p50_ms": few.0, "base_p99_ms": few.1, "stored_p50_ms": many.0, "stored_p99_ms": many.1,
                "p50_ratio": ratio(few.0, many.0), "p99_ratio": ratio(few.1, many.1),
            })
        };
        let lives = |rounds: &[Round]| median(rounds.iter().map(|round| round.lives_per_s));
        let transactions: serde_json::Map<String, _> = rows
            .iter()
            .filter(|(infno, _)| !infno.is_empty())
            .map(|(infno, row)| ((*infno).to_owned(), of(row)))
            .collect();
        let result = json!({
            "base": args.base, "stored": args.stored, "rounds": base.len(), "seconds": args.seconds,
            "clients": args.clients, "p50_ratio": ratio(base_p50, stored_p50), "p99_ratio": p99_ratio,
            "all": rows.get("").map(of), "base_lives_per_s": lives(base), "stored_lives_per_s": lives(stored),
            "transactions": transactions, "sample_differences": differences,
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(Report { p99_ratio });
    }
    println!("{:<5} {:>22}   {:>22}   ratio", "", args.base, args.stored);
    for (infno, ((p50, p99), (many_p50, many_p99))) in &rows {
        let name = if infno.is_empty() { "all" } else { infno };
        println!(
            "{name:<5} p50 {p50:>6.2} p99 {p99:>7.2}   p50 {many_p50:>6.2} p99 {many_p99:>7.2}   p50 {:.2} p99 {:.2}",
            ratio(*p50, *many_p50),
            ratio(*p99, *many_p99)
        );
    }
    println!(
        "p99 with {} stored is {p99_ratio:.2} of that with {} (at most {RATIO_MAX}); medians of {} rounds, ms",
        args.stored,
        args.base,
        base.len()
    );
    println!("sample of the stored lives: {differences} differences; the whole was not audited");
    Ok(Report { p99_ratio })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_store_always_follows_the_other() {
        assert_eq!([0, 1, 2].map(turns), [[0, 1], [1, 0], [0, 1]]);
    }

    #[test]
    fn the_medians_are_of_rounds_not_of_calls() {
        let round = |p99: f64| Round { lives_per_s: 1.0, by_infno: BTreeMap::from([("", (1.0, p99))]) };
        assert_eq!(medians(&[round(9.0), round(2.0), round(3.0)], ""), (1.0, 3.0));
    }
}
