//! `liufang law diff`: the pre-check of every stored prescription asked again, and every settlement that stands computed anew
//! (`money`), of two folders of packs.
//!
//! The facts are rebuilt from what is stored, by the center's own functions: the content as it was sent with what its free fields
//! state, the day that its number holds, lists, designations and filings as of the day of prescribing, the person's other
//! prescriptions as they stood then, and of institutions, doctors and persons what the registers say now. Facts of later gates (printed,
//! identity shown, media kept) come with messages that are not kept; those gates are not asked again, and the report says so. Nothing is
//! written.
//!
//! Invariant: every prescription is either compared or counted among those that could not be.

mod before;
mod kept;
mod money;
mod places;
mod registers;
mod tally;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use anyhow::Context as _;
use lf_center::Ctx;
use lf_center::t7101_precheck::{Beside, Known, facts_beside};
use lf_law::{Decision, Field, Gate, Law, Resting};
use lf_ports::{Clock as _, Course, StoredCase};
use lf_store::Engine;
use lf_vocab::dict::BizTypeCode;
use lf_vocab::{Admdvs, HiRxno, Moment};
use lf_wire::commands::stated_in;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::beside::with_store;
use crate::cli::DiffArgs;
use crate::edge::SystemClock;
use crate::law_files;
use places::{PaidBy, Places};
use registers::Registers;
use tally::{Money, Requoted, Tally, silence};

/// Readers beside each other, each with a connection of its own.
const READERS: usize = 2;
/// Prescriptions of a page.
const PAGE: usize = 500;

/// The decisions of both folders, or why one has none.
type Decided = [Result<Decision, &'static str>; 2];

/// What a person's other prescriptions tell of a drug. They lie far apart in the store, so that asking for them takes longer than all else.
static OF_COURSES: [Field; 5] =
    [Field::OverlapCnt, Field::OverlapDays, Field::HeldDays, Field::CourseDays, Field::RunsUntil];

/// A case as the center heard it.
struct Heard {
    ctx: Ctx,
    known: Known,
    beside: Beside,
    paid: Option<PaidBy>,
    /// Whether a folder may decide by other prescriptions of the person.
    awaits: bool,
}

/// `liufang law diff`: true when no decision and no amount differs.
pub async fn run(args: &DiffArgs) -> anyhow::Result<bool> {
    let load = |folder| law_files::load(Some(folder)).with_context(|| format!("{}", folder.display()));
    let laws = [Arc::new(load(&args.old)?), Arc::new(load(&args.new)?)];
    let (tally, money) = with_store(&args.beside, async |store| both(store, &laws).await).await?;
    let report = tally.report(money, [laws[0].edition(), laws[1].edition()]);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.differences() == 0)
}

/// Decisions first: the contents that are read for them name 病种 and stay of settlements.
async fn both(store: &Arc<dyn Engine>, laws: &[Arc<Law>; 2]) -> anyhow::Result<(Tally, Requoted)> {
    let mut tally = replay(store, laws).await?;
    let money = money::requote(store, laws, std::mem::take(&mut tally.named)).await?;
    Ok((tally, money))
}

async fn replay(store: &Arc<dyn Engine>, laws: &[Arc<Law>; 2]) -> anyhow::Result<Tally> {
    let pools = store.pools().await?.into();
    let pages = Arc::new(Mutex::new(Pages { store: store.clone(), pools, after: None }));
    let asked = SystemClock.now();
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        readers.spawn(Reader::new(store, laws, asked).read(pages.clone()));
    }
    let mut tally = Tally::default();
    while let Some(read) = readers.join_next().await {
        tally.add(read??);
    }
    Ok(tally)
}

/// What is left to read, handed out a page at a time.
struct Pages {
    store: Arc<dyn Engine>,
    pools: VecDeque<Admdvs>,
    after: Option<HiRxno>,
}

struct Page {
    pool: Admdvs,
    after: Option<HiRxno>,
    until: HiRxno,
}

impl Pages {
    async fn next(&mut self) -> anyhow::Result<Option<Page>> {
        while let Some(pool) = self.pools.front().copied() {
            if let Some(until) = self.store.case_page_end(pool, self.after.as_ref(), PAGE).await? {
                let after = self.after.replace(until.clone());
                return Ok(Some(Page { pool, after, until }));
            }
            self.pools.pop_front();
            self.after = None;
        }
        Ok(None)
    }
}

/// One of those who read beside each other.
struct Reader {
    laws: [Arc<Law>; 2],
    store: Arc<dyn Engine>,
    registers: Registers,
    places: Places,
    /// Of each place, of which there are few.
    resting: HashMap<Admdvs, [Resting; 2]>,
    tally: Tally,
}

impl Reader {
    fn new(store: &Arc<dyn Engine>, laws: &[Arc<Law>; 2], asked: Moment) -> Self {
        Self {
            laws: laws.clone(),
            store: store.clone(),
            registers: Registers::new(store.clone()),
            places: Places::new(store, laws, asked),
            resting: HashMap::new(),
            tally: Tally::default(),
        }
    }

    async fn read(mut self, pages: Arc<Mutex<Pages>>) -> anyhow::Result<Tally> {
        loop {
            // The lock is given back before the page is read.
            let next = pages.lock().await.next().await?;
            let Some(page) = next else { return Ok(self.tally) };
            let cases = self.store.scan_cases(page.pool, page.after.as_ref(), &page.until).await?;
            self.page(cases).await?;
        }
    }

    /// What is asked of other prescriptions is asked for a page together, and only where a folder may decide by it.
    async fn page(&mut self, cases: Vec<StoredCase>) -> anyhow::Result<()> {
        let mut heard = Vec::with_capacity(cases.len());
        for case in &cases {
            self.tally.named.note(&case.hi_rxno, &case.content);
            heard.push(self.hear(case).await?);
        }
        let waits = |(case, heard): (_, &Option<Heard>)| {
            heard.as_ref().filter(|heard| heard.awaits).map(|heard| (case, heard.known.person.poolarea_no))
        };
        let waiting: Vec<_> = cases.iter().zip(&heard).filter_map(waits).collect();
        let mut courses = self.courses(&waiting).await?.into_iter();
        for (case, heard) in cases.iter().zip(heard) {
            let Some(mut heard) = heard else {
                self.tally.unknown += 1;
                continue;
            };
            if heard.awaits {
                heard.beside.courses = courses.next();
            }
            let decided = self.decide(case, heard);
            self.compare(&case.hi_rxno, &decided).await?;
        }
        Ok(())
    }

    /// The courses of cases with the place where the person is insured.
    async fn courses(&self, of: &[(&StoredCase, Admdvs)]) -> anyhow::Result<Vec<Vec<Course>>> {
        let asked: Vec<_> =
            of.iter().map(|(case, pool)| (*pool, &case.content.mdtrtinfo.psn_no, &case.hi_rxno)).collect();
        let mut courses = Vec::with_capacity(of.len());
        for ((case, _), earlier) in of.iter().zip(self.store.earlier(&asked).await?) {
            courses.push(before::courses(self.store.as_ref(), case, earlier).await?);
        }
        Ok(courses)
    }

    async fn compare(&mut self, hi_rxno: &HiRxno, decided: &Decided) -> anyhow::Result<()> {
        let Some(change) = self.tally.compare(decided) else { return Ok(()) };
        let money = if change.turns() { self.money(hi_rxno).await? } else { None };
        self.tally.note(&change, hi_rxno, money);
        Ok(())
    }

    /// What the center knew of a case but other prescriptions; nothing where institution or person is no longer registered.
    async fn hear(&mut self, case: &StoredCase) -> anyhow::Result<Option<Heard>> {
        let Some((ctx, known)) = self.registers.of(case).await? else { return Ok(None) };
        let beside = self.beside(&ctx, case, &known).await?;
        let paid = self.places.paid(&known.person, case, &known.drugs).await?;
        let place = ctx.caller.fixmedins.poolarea_no;
        let laws = &self.laws;
        let resting = self
            .resting
            .entry(place)
            .or_insert_with(|| laws.each_ref().map(|law| law.resting(Gate::Precheck, place, &OF_COURSES)));
        // A folder may have other drugs of its own then, whose names its provisions go by.
        let awaits = paid.is_some() || {
            let asked = facts_beside(&ctx, &case.content, &known, &beside);
            laws.iter().zip(resting).any(|(law, resting)| law.awaits(resting, &asked))
        };
        Ok(Some(Heard { ctx, known, beside, paid, awaits }))
    }

    /// What both folders decide.
    fn decide(&self, case: &StoredCase, heard: Heard) -> Decided {
        let Heard { ctx, mut known, beside, paid, .. } = heard;
        match paid {
            None => {
                let asked = facts_beside(&ctx, &case.content, &known, &beside);
                let place = ctx.caller.fixmedins.poolarea_no;
                let decide = |law: &Arc<Law>| law.decide(Gate::Precheck, &place, &asked, &[]);
                self.laws.each_ref().map(|law| decide(law).map_err(|error| silence(&error)))
            }
            Some(paid) => self.decide_apart(&ctx, case, &mut known, (&beside, paid)),
        }
    }

    /// Where the laws differ in what the fund pays on for, the drugs of a case do.
    fn decide_apart(
        &self,
        ctx: &Ctx,
        case: &StoredCase,
        known: &mut Known,
        (beside, paid): (&Beside, PaidBy),
    ) -> Decided {
        let mut paid = paid.into_iter();
        self.laws.each_ref().map(|law| {
            let Some(drugs) = paid.next().flatten() else { return Err("不能判断") };
            known.drugs = drugs;
            let asked = facts_beside(ctx, &case.content, known, beside);
            let decided = law.decide(Gate::Precheck, &ctx.caller.fixmedins.poolarea_no, &asked, &[]);
            decided.map_err(|error| silence(&error))
        })
    }

    /// All that the center knew beside the message, the person's courses apart.
    async fn beside(&mut self, ctx: &Ctx, case: &StoredCase, known: &Known) -> anyhow::Result<Beside> {
        let (content, rows) = (&case.content, &case.content.rxdrugdetail);
        let day = content.head.prsc_time.day();
        let person = (known.person.poolarea_no, &content.mdtrtinfo.psn_no);
        let stated = stated_in(content);
        let (mut pair, mut parent, mut others) = (None, None, None);
        if content.head.biz_type_code == BizTypeCode::Internet {
            let told = stated.visit(content);
            [pair, parent] = self.places.consulted(ctx, &told, day).await?;
            if let Some(session) = &told.session {
                others = Some(before::others(self.store.as_ref(), case, session, person).await?);
            }
        }
        Ok(Beside {
            limits: self.registers.limits(rows, day).await?,
            frequencies: self.registers.frequencies(rows, day).await?,
            stated,
            designated: self.places.designated(ctx, case).await?,
            says: self.places.says(ctx, case).await?,
            filings: self.places.filings(person.0, person.1, day).await?,
            pair,
            parent,
            others,
            courses: None,
        })
    }

    /// What was settled of a prescription and not taken back.
    async fn money(&self, hi_rxno: &HiRxno) -> anyhow::Result<Option<Money>> {
        let rx = self.store.rx(hi_rxno).await?.context("a prescription went away while it was read")?;
        let settled = rx.state.settled().map(|settled| settled.setl_id.as_str());
        let Some((setl_id, pharmacy)) = settled.zip(rx.state.pharmacy()) else { return Ok(None) };
        let found = self.store.setl(pharmacy, setl_id).await?;
        Ok(found.filter(|(_, reversed_by)| reversed_by.is_none()).map(|(setl, _)| Money {
            settled: 1,
            medfee_fen: setl.shares.medfee_sumamt.get(),
            fund_pay_fen: setl.shares.fund_pay_sumamt.get(),
        }))
    }
}

#[cfg(test)]
mod tests;
