//! `liufang import`: registers and dated lists from files into a database.
//!
//! Invariants: a file with defects ends with exit code 1 and writes nothing, unless `--skip-defects` leaves those rows out; what is wrong goes to standard error, the report
//! to standard output, so that a program reads the one and a person both.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use anyhow::{Context as _, bail};
use lf_center::filings::lacking;
use lf_import::column::accepted;
use lf_import::file::Place;
use lf_import::parse::Progress;
use lf_import::report::Outcome;
use lf_import::{FILE_MAX, ImportError, Kind, Parsed, Plan, Report, Table, Wanted};
use lf_law::Law;
use lf_ports::filing::FilingChange;
use lf_ports::{Clock as _, EditionOf, Store};
use lf_store::{Engine, Options};

use crate::beside::{beside, with_store};
use crate::cli::{ImportArgs, ImportCommand, ImportFile};
use crate::edge::{OsChance, SystemClock};
use crate::law_files;

/// How long to wait for a center that writes to the same database: an import is one large commit.
const BUSY: Duration = Duration::from_secs(60);

/// What the law misses in filings, as many of them as are printed.
const SHOWN: usize = 20;

/// `liufang import …`
pub async fn run(args: &ImportArgs) -> anyhow::Result<bool> {
    match (&args.command, &args.file) {
        (Some(ImportCommand::Kinds { kind }), _) => {
            kinds(*kind);
            Ok(true)
        }
        (Some(ImportCommand::Editions { beside }), _) => {
            with_store(beside, async |store| editions(store.as_ref()).await).await
        }
        (None, Some(file)) => import(file).await,
        (None, None) => bail!("name a kind and a file; `liufang import kinds` lists the kinds"),
    }
}

async fn import(args: &ImportFile) -> anyhow::Result<bool> {
    let law = law(args)?;
    let map: Vec<(String, String)> = args.map.iter().map(|one| mapped(one)).collect::<anyhow::Result<_>>()?;
    let bytes = read(args)?;
    let place = Place { sheet: args.sheet.clone(), heading_row: args.heading_row };
    let table = match Table::read(&bytes, &place) {
        Ok(table) => table,
        Err(error) => return refuse(args, &error.to_string()),
    };
    let wanted = Wanted {
        edition: args.edition.clone(),
        from: args.from,
        part: args.part,
        skip_defects: args.skip_defects,
        expect: args.expect.clone(),
        file_sm3: lf_gm::hex::lower(&lf_gm::sm3(&bytes)),
        now: SystemClock.now(),
    };
    drop(bytes);
    let mut teller = Teller::new(args.progress);
    let mut tell = |what: &'static str, done, of| teller.tell(what, done, of);
    let parsed = lf_import::parse(args.kind, &table, &map, &mut tell);
    drop(table);
    let (database, options) = beside(&args.database, args.store_key.as_deref())?;
    let options = Options { busy: BUSY, ..options };
    let store = database.open(options).await.with_context(|| format!("cannot open the database {database}"))?;
    let outcome = write(store.as_ref(), parsed, &wanted, (args, law.as_ref()), &mut tell).await;
    teller.end();
    store.close().await;
    match outcome {
        Ok(report) => print(args, &report),
        Err(ImportError::Store(error)) => Err(error.into()),
        Err(error) => refuse(args, &error.to_string()),
    }
}

/// The law by which filings are asked for what they must have; nothing else that is imported is asked by it.
fn law(args: &ImportFile) -> anyhow::Result<Option<Law>> {
    match (args.kind, &args.packs) {
        (Kind::Filing, packs) => Ok(Some(law_files::load(packs.as_deref())?)),
        (_, None) => Ok(None),
        (kind, Some(_)) => bail!("--packs is for filings: no law is asked about what {kind} holds"),
    }
}

async fn write(
    store: &dyn Store,
    parsed: Parsed,
    wanted: &Wanted,
    (args, law): (&ImportFile, Option<&Law>),
    tell: Progress<'_>,
) -> Result<Report, ImportError> {
    let plan = lf_import::plan(store, &OsChance, parsed, wanted, tell).await?;
    lawful(&plan, law)?;
    if args.dry_run || plan.changes.is_none() {
        return Ok(plan.report);
    }
    tell("writing", plan.report.row_cnt, plan.report.row_cnt);
    lf_import::commit(store, plan).await
}

/// Of filings, that they have what the law of the person's place asks for; they are named by their number, not by the person.
fn lawful(plan: &Plan, law: Option<&Law>) -> Result<(), ImportError> {
    let Some(law) = law else { return Ok(()) };
    let filings = plan.changes.iter().flat_map(|changes| &changes.filings);
    let filings = filings.map(|change| match change {
        FilingChange::New(filing) | FilingChange::Changed { filing, .. } => filing,
    });
    let (mut lines, mut total) = (Vec::new(), 0usize);
    for filing in filings {
        let lacks = lacking(law, filing).map_err(|failure| ImportError::Refused(failure.in_words()))?;
        for (column, reason) in lacks {
            total += 1;
            if lines.len() < SHOWN {
                lines.push(format!("{}, {column}: {reason}", filing.filing_no));
            }
        }
    }
    match total {
        0 => Ok(()),
        total => {
            Err(ImportError::Refused(format!("{total} things are missing that the law asks for\n{}", lines.join("\n"))))
        }
    }
}

fn read(args: &ImportFile) -> anyhow::Result<Vec<u8>> {
    let shown = args.file.display();
    let length = std::fs::metadata(&args.file).with_context(|| format!("cannot read {shown}"))?.len();
    if length > FILE_MAX {
        bail!("{shown}: {}", lf_import::FileError::TooLarge);
    }
    std::fs::read(&args.file).with_context(|| format!("cannot read {shown}"))
}

fn mapped(one: &str) -> anyhow::Result<(String, String)> {
    let (column, heading) = one.split_once('=').with_context(|| format!("--map {one}: expected COLUMN=HEADING"))?;
    Ok((column.trim().to_owned(), heading.trim().to_owned()))
}

/// The file or the wish is wrong: said plainly, exit code 1.
fn refuse(args: &ImportFile, reason: &str) -> anyhow::Result<bool> {
    eprintln!("liufang: {}: {reason}", args.file.display());
    if args.json {
        println!("{}", serde_json::json!({"kind": args.kind.word(), "outcome": "refused", "reason": reason}));
    }
    Ok(false)
}

fn print(args: &ImportFile, report: &Report) -> anyhow::Result<bool> {
    for line in report.defect_lines(args.show) {
        eprintln!("{line}");
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else {
        println!("{report}");
    }
    Ok(!matches!(report.outcome, Outcome::Defects | Outcome::FiguresDiffer))
}

fn kinds(only: Option<Kind>) {
    println!("columns marked * are required; every other may be missing or blank");
    for kind in Kind::all().filter(|kind| only.is_none_or(|only| only == *kind)) {
        let how = if matches!(kind, Kind::Edition(_)) { "editions" } else { "register" };
        println!("\n{kind} ({how}): {}", kind.title());
        for column in kind.columns() {
            let mark = if column.required { '*' } else { ' ' };
            println!("  {mark} {:<18} {}; headings: {}", column.name, column.what, accepted(column));
        }
    }
}

async fn editions(store: &dyn Engine) -> anyhow::Result<bool> {
    println!("{:<14} {:>4} {:<12} {:>8} {:<19} edition", "list", "ver", "from", "rows", "imported");
    for of in EditionOf::all() {
        for edition in store.editions(of).await? {
            let (from, imported) = (edition.from.to_string(), edition.imported.to_string());
            let (ver, row_cnt) = (edition.ver, edition.row_cnt);
            println!("{:<14} {ver:>4} {from:<12} {row_cnt:>8} {imported:<19} {}", of.word(), edition.edition);
        }
    }
    Ok(true)
}

/// Tells how far the work is on standard error: over itself on a terminal, a line a stage elsewhere.
struct Teller {
    terminal: bool,
    lines: bool,
    last: &'static str,
}

impl Teller {
    fn new(lines: bool) -> Self {
        Self { terminal: std::io::stderr().is_terminal(), lines, last: "" }
    }

    fn tell(&mut self, what: &'static str, done: usize, of: usize) {
        let of = if of == 0 { String::new() } else { format!(" of {of}") };
        if self.terminal {
            eprint!("\r\x1b[K{what}: row {done}{of}");
            // A terminal that does not take it loses a word about progress and nothing else.
            let _ = std::io::stderr().flush();
        } else if self.lines && what != self.last {
            eprintln!("{what}");
        }
        self.last = what;
    }

    fn end(&self) {
        if self.terminal && !self.last.is_empty() {
            eprint!("\r\x1b[K");
        }
    }
}
