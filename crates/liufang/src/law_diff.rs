//! `liufang law diff`: the pre-check of every stored prescription asked again, and every settlement that stands computed anew
//! (`money`), of two folders of packs.
//!
//! The facts are rebuilt from what is stored, by the center's own function: the content as it was sent, the day that its
//! number holds, and of the registers what they say now. Facts of later gates (printed, identity shown, media kept) come
//! with messages that are not kept; those gates are not asked again, and the report says so. Nothing is written.
//!
//! Invariants: every prescription is either compared or counted among those that could not be; memory does not grow with
//! their number.

mod money;
mod registers;
mod tally;

use std::collections::VecDeque;
use std::sync::Arc;

use anyhow::Context as _;
use lf_center::scheme::of_stay;
use lf_center::t7101_precheck::facts_beside;
use lf_law::{Gate, Law};
use lf_ports::StoredCase;
use lf_store::Engine;
use lf_vocab::{Admdvs, HiRxno};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::cli::DiffArgs;
use crate::law_files;
use crate::serve::with_store;
use money::Visit;
use registers::Registers;
use tally::{Money, Requoted, Tally};

/// Readers beside each other, each with a connection of its own.
const READERS: usize = 2;
/// Prescriptions of a page.
const PAGE: usize = 500;

/// `liufang law diff`: true when no decision differs.
pub async fn run(args: &DiffArgs) -> anyhow::Result<bool> {
    let load = |folder| law_files::load(Some(folder)).with_context(|| format!("{}", folder.display()));
    let laws = Arc::new([load(&args.old)?, load(&args.new)?]);
    let (tally, money) = with_store(&args.beside, async |store| both(store, &laws).await).await?;
    let report = tally.report(money, [laws[0].edition(), laws[1].edition()]);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.differences() == 0)
}

/// Decisions first: the contents that are read for them name the 病种 and the stay of settlements.
async fn both(store: &Arc<dyn Engine>, laws: &Arc<[Law; 2]>) -> anyhow::Result<(Tally, Requoted)> {
    let tally = replay(store, laws).await?;
    let money = money::requote(store, laws, &tally.visits).await?;
    Ok((tally, money))
}

async fn replay(store: &Arc<dyn Engine>, laws: &Arc<[Law; 2]>) -> anyhow::Result<Tally> {
    let pools = store.pools().await?.into();
    let pages = Arc::new(Mutex::new(Pages { store: store.clone(), pools, after: None }));
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let reader = Reader {
            laws: laws.clone(),
            store: store.clone(),
            registers: Registers::new(store.clone()),
            tally: Tally::default(),
        };
        readers.spawn(reader.read(pages.clone()));
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
    laws: Arc<[Law; 2]>,
    store: Arc<dyn Engine>,
    registers: Registers,
    tally: Tally,
}

impl Reader {
    async fn read(mut self, pages: Arc<Mutex<Pages>>) -> anyhow::Result<Tally> {
        loop {
            // The lock is given back before the page is read.
            let next = pages.lock().await.next().await?;
            let Some(page) = next else { return Ok(self.tally) };
            for case in self.store.scan_cases(page.pool, page.after.as_ref(), &page.until).await? {
                self.compare(&case).await?;
            }
        }
    }

    async fn compare(&mut self, case: &StoredCase) -> anyhow::Result<()> {
        let said = &case.content.mdtrtinfo;
        let visit = Visit { dise_codg: said.dise_codg.clone(), of_stay: of_stay(said.otp_ipt_flag.as_deref()) };
        if visit != Visit::default() {
            self.tally.visits.insert(case.hi_rxno.clone(), visit);
        }
        let Some((ctx, known)) = self.registers.of(case).await? else {
            self.tally.unknown += 1;
            return Ok(());
        };
        let beside = self.registers.beside(case).await?;
        let asked = facts_beside(&ctx, &case.content, &known, &beside);
        let place = ctx.caller.fixmedins.poolarea_no;
        let decided = [0, 1].map(|at| self.laws[at].decide(Gate::Precheck, &place, &asked, &[]));
        let change = self.tally.compare(&decided);
        if let Some(change) = change {
            let money = if change.turns() { self.money(&case.hi_rxno).await? } else { None };
            self.tally.note(&change, &case.hi_rxno, money);
        }
        Ok(())
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
