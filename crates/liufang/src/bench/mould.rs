//! One life as it was stored, and as many others as wanted cast from it: rows as real ones, without anybody living them.
//!
//! Serves `bench growth` and `bench counter`. Invariants: a cast life has its own numbers, person, day and chain, so that the auditor finds
//! nothing wrong with it; random keys of the real thing (`setl_id`, batch) are spread over their whole range, in rising
//! order so that they are written fast.

use std::collections::BTreeMap;

use anyhow::{Context as _, anyhow, ensure};
use lf_ports::{
    AccumKey, AccumRow, BatchChange, ChangeSet, Claim, ClaimKind, Course, CourseDrug, IdemKey, IdemRow, RxChange,
    RxFile, Setl, SetlChange, Store, StoredEvent, codec,
};
use lf_rx::{AuthBatch, ChainHash, Event, Prescription, RxContent, State, link};
use lf_settle::Accumulator;
use lf_vocab::{Day, Fen, FixmedinsCode, HiRxno, Moment, PsnNo, RxTraceCode};

use super::load::Lived;
use crate::region::Patient;

/// One prescription in so many was never fetched and has lapsed.
const UNFETCHED: u64 = 25;
/// One in so many belongs to a person of the load, who so has a long history.
const OF_THE_LOAD: u64 = 10;
/// The years of the history, all before that of the load, whose accumulators stay the load's own.
const YEARS: i16 = 3;

/// A stored life.
pub struct Mould {
    rx: Prescription,
    content: RxContent,
    file: RxFile,
    course: Course,
    events: Vec<(Event, Moment)>,
    batch: AuthBatch,
    setl: Setl,
    replies: Vec<(FixmedinsCode, &'static str, Vec<u8>)>,
}

/// Who lived: those of the load first, then the others.
pub struct People {
    /// Persons of the load.
    pub load: Vec<Patient>,
    /// Persons that only have a history.
    pub others: Vec<Patient>,
}

/// What a cast life adds to the sums of its person.
pub type Sums = BTreeMap<AccumKey, AccumRow>;

impl Mould {
    /// Reads a life that was settled without the personal account, whose balance would have to follow.
    pub async fn take(store: &dyn Store, lived: &Lived) -> anyhow::Result<Self> {
        let hi_rxno: HiRxno = lived.hi_rxno.parse()?;
        let rx = store.rx(&hi_rxno).await?.context("the life is not stored")?;
        let settled = rx.state.settled().context("the life was not settled")?.setl_id.clone();
        let pharmacy = rx.state.pharmacy().context("the life has no pharmacy")?.clone();
        let (setl, _) = store.setl(&pharmacy, &settled).await?.context("the settlement is not stored")?;
        ensure!(setl.shares.acct_pay == Fen::ZERO, "the life was paid from an account");
        let batch_no = lived.epc_token.get(6..38).context("a token without a batch")?;
        let batch = store.batch(hi_rxno.poolarea_no(), batch_no).await?.context("the batch is not stored")?;
        let stored = store.rx_events(&hi_rxno).await?;
        let events = stored
            .iter()
            .map(|event| Ok((codec::decode(&event.body, "rx_event", "body", hi_rxno.as_str())?, event.at)))
            .collect::<anyhow::Result<_>>()?;
        let reply = |code: &FixmedinsCode, infno, key: String| {
            let key = IdemKey { fixmedins_code: code.clone(), infno, key };
            async move {
                store
                    .idem(&key)
                    .await?
                    .map(|row| (key.fixmedins_code, key.infno, row.reply))
                    .with_context(|| format!("the reply to {infno} is not stored"))
            }
        };
        let hospital = &rx.opened.fixmedins_code;
        let replies = vec![
            reply(hospital, "7101", rx.opened.hosp_rxno.clone()).await?,
            reply(hospital, "7102", hi_rxno.to_string()).await?,
            reply(hospital, "7103", rx.opened.rx_trace_code.to_string()).await?,
            reply(&pharmacy, "2102", hi_rxno.to_string()).await?,
        ];
        let content = store.rx_content(&hi_rxno).await?.context("the content is not stored")?;
        let file = store.rx_file(&hi_rxno).await?.context("the file is not stored")?;
        let person = (rx.opened.insu_poolarea_no, &rx.opened.psn_no);
        let mut courses = store.courses(person.0, person.1, setl.setl_time).await?.into_iter();
        let course =
            courses.find(|course| course.hi_rxno == hi_rxno).context("how long the drugs last is not stored")?;
        Ok(Self { rx, content, file, course, events, batch, setl, replies })
    }

    /// The number of the `n`-th of `of` lives: spread over the days of some years, one serial each.
    pub fn number(&self, n: u64, of: u64) -> anyhow::Result<HiRxno> {
        Ok(HiRxno::new(self.rx.hi_rxno.poolarea_no(), self.day(n, of)?, n + 1)?)
    }

    fn day(&self, n: u64, of: u64) -> anyhow::Result<Day> {
        let year = self.rx.opened.prsc_time.day().year();
        let first = Day::from_ymd(year - YEARS, 1, 1).ok_or_else(|| anyhow!("no such day"))?;
        Ok(first.plus(i32::try_from(u128::from(n) * u128::from(YEARS.unsigned_abs()) * 365 / u128::from(of.max(1)))?))
    }

    /// The change sets of the `n`-th of `of` lives; its settlement is added to the sums.
    pub fn cast(&self, n: u64, of: u64, people: &People, sums: &mut Sums) -> anyhow::Result<Vec<ChangeSet>> {
        let whole = !(n / OF_THE_LOAD).is_multiple_of(UNFETCHED);
        let cast = self.life(n, of, person(n, people)?)?;
        let events = if whole { cast.events.as_slice() } else { cast.events.get(..3).unwrap_or_default() };
        let rx = chained(&cast.rx, events)?;
        let mut changes = ChangeSet { course: Some(self.course(&cast.rx)), ..ChangeSet::default() };
        changes.rx.push(RxChange { content: Some(cast.content), file: Some(self.file.clone()), ..rx });
        if whole {
            changes.claims = cast.claims;
            changes.batch = Some(BatchChange { batch: cast.batch, new: true });
            changes.setl = Some(counted(cast.setl, sums)?);
        }
        let mut idem = self.idem(n, of, &cast.rx, cast.at).into_iter();
        changes.idem = idem.next();
        changes.message = idem.next();
        let second = ChangeSet { idem: idem.next(), message: idem.next(), ..ChangeSet::default() };
        Ok(vec![changes, second])
    }

    /// What only the settlement of the `n`-th of `of` lives leaves; it is added to the sums.
    pub fn cast_settlement(&self, n: u64, of: u64, people: &People, sums: &mut Sums) -> anyhow::Result<ChangeSet> {
        let cast = self.life(n, of, person(n, people)?)?;
        let idem = self.idem(n, of, &cast.rx, cast.at).into_iter().next_back();
        Ok(ChangeSet { setl: Some(counted(cast.setl, sums)?), claims: cast.claims, idem, ..ChangeSet::default() })
    }

    fn life(&self, n: u64, of: u64, patient: &Patient) -> anyhow::Result<Cast> {
        let (hi_rxno, day) = (self.number(n, of)?, self.day(n, of)?);
        let back = self.rx.opened.prsc_time.micros() - day.start().micros() - i64::try_from(n % 36_000)? * 1_000_000;
        let at = |moment: Moment| Moment::from_micros(moment.micros() - back);
        let person = &patient.person;
        let mut content = self.content.clone();
        content.head.hosp_rxno = format!("GF{n:09}");
        content.head.prsc_time = at(content.head.prsc_time);
        content.head.vali_end_time = at(content.head.vali_end_time);
        let visit = &mut content.mdtrtinfo;
        visit.mdtrt_id = format!("{}8{n:012}", hi_rxno.poolarea_no());
        visit.psn_no = person.psn_no.clone();
        visit.patn_name.clone_from(&person.psn_name);
        visit.certno = person.certno.clone();
        let mut opened = self.rx.opened.clone();
        opened.rx_trace_code = RxTraceCode::new(hi_rxno.poolarea_no(), day, n + 1)?;
        opened.hosp_rxno.clone_from(&content.head.hosp_rxno);
        opened.psn_no = person.psn_no.clone();
        opened.mdtrt_id.clone_from(&content.mdtrtinfo.mdtrt_id);
        opened.prsc_time = at(opened.prsc_time);
        opened.vali_end_time = at(opened.vali_end_time);
        opened.content_sm3 = lf_gm::hex::lower(&lf_gm::sm3(&codec::encode(&content)));
        let rx = Prescription { hi_rxno, opened, state: State::PreChecked, seq: 0, head: ChainHash::GENESIS };
        let setl = self.setl(n, of, &rx, &person.psn_no, at(self.setl.setl_time));
        let (batch, auth_rxno, epc_token) = self.batch(n, of, &rx);
        let mut claims = Vec::new();
        let mut events = Vec::with_capacity(self.events.len());
        for (event, moment) in &self.events {
            let mut event = event.clone();
            match &mut event {
                Event::Opened(own) => **own = rx.opened.clone(),
                Event::Authorised(own) => own.auth_rxno.clone_from(&auth_rxno),
                Event::Downloaded(own) => {
                    own.auth_rxno.clone_from(&auth_rxno);
                    own.epc_token.clone_from(&epc_token);
                }
                Event::Sold(own) => {
                    for (line, number) in
                        own.lines.iter_mut().zip(0u32..).filter(|(line, _)| line.drug_trac_codg.is_some())
                    {
                        let code = format!("82{n:015}{number:03}");
                        line.drug_trac_codg = Some(code.parse()?);
                        let owner = rx.hi_rxno.to_string();
                        claims.push(Claim { kind: ClaimKind::DrugTracCodg, key: code, owner });
                    }
                }
                Event::Settled(own) => {
                    own.setl_id.clone_from(&setl.setl_id);
                    own.mdtrt_id.clone_from(&setl.mdtrt_id);
                    own.setl_time = setl.setl_time;
                }
                _ => {}
            }
            events.push((event, at(*moment)));
        }
        Ok(Cast { at: at(self.setl.setl_time), rx, content, events, batch, setl, claims })
    }

    /// As long as the first one's, from the day of the cast one's.
    fn course(&self, rx: &Prescription) -> Course {
        let from = rx.opened.prsc_time.day();
        let drug =
            |drug: &CourseDrug| CourseDrug { from, until: from.plus(drug.until.since(drug.from)), ..drug.clone() };
        Course {
            psn_no: rx.opened.psn_no.clone(),
            hi_rxno: rx.hi_rxno.clone(),
            drugs: self.course.drugs.iter().map(drug).collect(),
            ..self.course
        }
    }

    fn setl(&self, n: u64, of: u64, rx: &Prescription, psn_no: &PsnNo, setl_time: Moment) -> Setl {
        let mut setl = self.setl.clone();
        let id = |kind: char| format!("{}{}{n:07X}{kind}", setl.poolarea_no, spread(n, of).to_uppercase());
        (setl.setl_id, setl.mdtrt_id) = (id('A'), id('B'));
        setl.hi_rxno = Some(rx.hi_rxno.clone());
        setl.setl_time = setl_time;
        let (year, month, _) = setl_time.day().ymd();
        (setl.shares.year, setl.shares.month) = (year, month);
        setl.accum_key = AccumKey { psn_no: psn_no.clone(), year, ..setl.accum_key };
        setl
    }

    fn batch(&self, n: u64, of: u64, rx: &Prescription) -> (AuthBatch, String, String) {
        let mut batch = self.batch.clone();
        batch.batch_no = format!("{}{n:016x}", spread(n, of));
        batch.psn_no = rx.opened.psn_no.clone();
        batch.taken = Some(rx.hi_rxno.clone());
        let auth_rxno = format!("{}{n:08}00", spread(n, of));
        let epc_token = format!("{}{}{n:032x}", batch.poolarea_no, batch.batch_no);
        for entry in &mut batch.entries {
            entry.hi_rxno = rx.hi_rxno.clone();
            entry.auth_rxno.clone_from(&auth_rxno);
            entry.epc_token.clone_from(&epc_token);
        }
        (batch, auth_rxno, epc_token)
    }

    fn idem(&self, n: u64, of: u64, rx: &Prescription, at: Moment) -> Vec<IdemRow> {
        let row = |(code, infno, reply): &(FixmedinsCode, &'static str, Vec<u8>)| {
            // Most kinds of messages are known by a number of ours; the third stands for those known by a digest.
            let key = match *infno {
                "7101" => rx.opened.hosp_rxno.clone(),
                "7103" => format!("{}{n:048x}", spread(n, of)),
                _ => rx.hi_rxno.to_string(),
            };
            let key = IdemKey { fixmedins_code: code.clone(), infno, key };
            IdemRow { key, digest: [0; 32], reply: reply.clone(), at }
        };
        self.replies.iter().map(row).collect()
    }
}

/// A settlement, added to the sums of its person.
fn counted(setl: Setl, sums: &mut Sums) -> anyhow::Result<SetlChange> {
    let key = setl.accum_key.clone();
    let before = sums.entry(key).or_insert_with_key(|key| AccumRow { version: 0, accum: Accumulator::new(key.year) });
    before.accum = before.accum.after(&setl.shares)?;
    before.version += 1;
    Ok(SetlChange { setl })
}

/// A life before it is chained.
struct Cast {
    rx: Prescription,
    content: RxContent,
    events: Vec<(Event, Moment)>,
    batch: AuthBatch,
    setl: Setl,
    claims: Vec<Claim>,
    at: Moment,
}

/// The events in their chain, and the prescription as they leave it.
fn chained(opened: &Prescription, events: &[(Event, Moment)]) -> anyhow::Result<RxChange> {
    let mut rx = opened.clone();
    let mut stored = Vec::with_capacity(events.len());
    for (event, at) in events {
        if rx.seq > 0 {
            rx.state = rx.next(event)?;
        }
        rx.seq += 1;
        let body = codec::encode(event);
        rx.head = link(rx.head, &rx.hi_rxno, rx.seq, *at, &body);
        stored.push(StoredEvent { seq: rx.seq, at: *at, body, hash: rx.head });
    }
    Ok(RxChange { rx, expect_seq: 0, events: stored, content: None, file: None })
}

fn person(n: u64, people: &People) -> anyhow::Result<&Patient> {
    let (list, at) = if n.is_multiple_of(OF_THE_LOAD) {
        (&people.load, n / OF_THE_LOAD)
    } else {
        // Fibonacci's multiplier spreads neighbours far.
        (&people.others, n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20)
    };
    let at = usize::try_from(at.checked_rem(list.len() as u64).context("no person to cast a life for")?)?;
    list.get(at).context("no person to cast a life for")
}

/// Sixteen hexadecimal digits, rising with `n` over the whole range.
fn spread(n: u64, of: u64) -> String {
    let step = u128::from(u64::MAX) / u128::from(of.max(1));
    format!("{:016x}", u128::from(n) * step)
}
