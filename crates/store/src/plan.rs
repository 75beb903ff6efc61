//! A change set as the list of statements that make it, with what each must have done.
//!
//! Serves every transaction that writes. Built by the calling task, so that the writer only executes. Invariants:
//! the message's identity comes first, then releases, then claims, then versions, so that racing equal
//! messages see the same answer; a change set that contradicts itself is refused before anything is written.

use lf_ports::{
    AcctChange, AccumChange, BatchChange, ChangeSet, Claim, CommitError, DutyRow, FILE_SM3, FileChange, IdemKey,
    IdemRow, MemoRow, RxChange, SetlChange, StoreError, codec,
};
use lf_rx::{Prescription, State};

use crate::sealed::{self, Column};
use crate::sealer::Sealer;
use crate::sql;
use crate::value::Value;

mod consult;
mod filings;
mod grants;
mod list_match;
mod lists;
mod mdtrt;
mod outbox;
mod registry;
mod reim;
mod stock;
mod supply;

pub(crate) use outbox::{claim, delivered, drop_letter, failed, resend, rest};
pub(crate) use registry::{cert_key, drug_find_text, found_by, like_part};

/// One statement.
pub(crate) struct Step {
    pub(crate) sql: &'static str,
    pub(crate) params: Vec<Value>,
    pub(crate) must: Must,
}

/// What a statement must have done.
pub(crate) enum Must {
    /// Nothing in particular.
    Any,
    /// It is a question and must find a row, or the named thing is stale.
    Find(&'static str),
    /// It must write a row, or this is the case.
    Write(Otherwise),
}

/// What it means that nothing was written.
pub(crate) enum Otherwise {
    /// Somebody moved first.
    Stale(&'static str),
    /// The message was answered.
    Answered(IdemKey),
    /// The thing is held; by the same owner that is fine.
    Held(Claim),
    /// Written before: the same content again is fine, anything else is stale. Both are sealed in the last column.
    Before { sql: &'static str, key: Vec<Value>, column: &'static Column, stale: &'static str },
}

/// The statements of a change set, in order.
pub(crate) fn plan(changes: &ChangeSet, sealer: &Sealer) -> Result<Vec<Step>, StoreError> {
    let mut steps = Vec::with_capacity(16);
    // The natural number first: it has the reply of an equal message.
    for idem in changes.idem.iter().chain(&changes.message) {
        steps.push(new_idem(idem, sealer));
    }
    for claim in &changes.releases {
        steps.push(step(sql::CLAIM_DROP, claim_params(claim), Must::Any));
    }
    for claim in &changes.claims {
        steps.push(step(sql::CLAIM_NEW, claim_params(claim), Must::Write(Otherwise::Held(claim.clone()))));
    }
    for change in &changes.rx {
        rx(change, sealer, &mut steps)?;
    }
    if let Some(change) = &changes.batch {
        steps.push(batch(change, sealer));
    }
    if let Some(change) = &changes.setl {
        setl(change, &mut steps);
    }
    for change in &changes.accum {
        steps.push(accum(change)?);
    }
    for change in &changes.acct {
        steps.push(acct(change));
    }
    for put in &changes.registry {
        registry::put(put, sealer, &mut steps);
    }
    for letter in &changes.outbox {
        outbox::write(letter, changes, sealer, &mut steps)?;
    }
    if let Some(change) = &changes.edition {
        lists::edition(change, &mut steps)?;
    }
    if let Some(change) = &changes.file {
        file(change, sealer, &mut steps)?;
    }
    steps.extend(changes.matches.iter().map(list_match::change));
    filings::steps(&changes.filings, sealer, &mut steps)?;
    if let Some(change) = &changes.grant {
        steps.push(grants::grant(change)?);
    }
    if let Some(row) = &changes.duty {
        steps.push(duty(row));
    }
    if let Some(row) = &changes.memo {
        steps.push(memo(row)?);
    }
    if let Some(change) = &changes.stock {
        stock::steps(change, sealer, &mut steps)?;
    }
    if let Some(case) = &changes.supply {
        steps.push(supply::case(case, sealer)?);
    }
    if let Some(change) = &changes.mdtrt {
        steps.push(mdtrt::change(change, sealer)?);
    }
    if let Some(change) = &changes.reim {
        steps.push(reim::change(change, sealer)?);
    }
    if let Some(row) = &changes.session {
        steps.push(consult::session(row)?);
    }
    steps.extend(changes.course.as_ref().and_then(|course| consult::course(course, sealer)));
    Ok(steps)
}

/// Whether a prescription belongs to the list of those that a pharmacy may fetch for a person: what was only
/// pre-checked must not crowd it.
pub(crate) fn live(state: &State) -> bool {
    state.carriable()
}

fn step(sql: &'static str, params: Vec<Value>, must: Must) -> Step {
    Step { sql, params, must }
}

fn write_or_stale(sql: &'static str, params: Vec<Value>, what: &'static str) -> Step {
    step(sql, params, Must::Write(Otherwise::Stale(what)))
}

fn new_idem(idem: &IdemRow, sealer: &Sealer) -> Step {
    let mut params = idem_params(&idem.key);
    let reply = sealer.cell(&sealed::IDEM, &params, &idem.reply);
    params.extend([idem.digest[..].into(), reply, idem.at.into()]);
    step(sql::IDEM_NEW, params, Must::Write(Otherwise::Answered(idem.key.clone())))
}

/// The primary key of `idem`.
pub(crate) fn idem_params(key: &IdemKey) -> Vec<Value> {
    vec![key.fixmedins_code.as_str().into(), key.infno.into(), key.key.as_str().into()]
}

fn claim_params(claim: &Claim) -> Vec<Value> {
    vec![claim.kind.word().into(), claim.key.as_str().into(), claim.owner.as_str().into()]
}

/// The primary key of everything that belongs to a prescription.
pub(crate) fn rx_params(hi_rxno: &lf_vocab::HiRxno) -> Vec<Value> {
    vec![hi_rxno.poolarea_no().as_str().into(), hi_rxno.as_str().into()]
}

fn rx(change: &RxChange, sealer: &Sealer, steps: &mut Vec<Step>) -> Result<(), StoreError> {
    check_events(change)?;
    let Prescription { hi_rxno, opened, state, head, .. } = &change.rx;
    let key = || rx_params(hi_rxno);
    let (seq, expected) = (counter(change.rx.seq)?, counter(change.expect_seq)?);
    let mut params = key();
    let sealed_state = sealer.cell(&sealed::RX, &params, &codec::encode(state));
    params.extend([seq.into(), head.bytes()[..].into(), state.name().into(), live(state).into()]);
    if expected == 0 {
        params.extend([
            opened.psn_no.as_str().into(),
            opened.fixmedins_code.as_str().into(),
            opened.prsc_time.into(),
            opened.vali_end_time.into(),
            Value::json(opened),
            sealed_state,
        ]);
        steps.push(write_or_stale(sql::RX_NEW, params, "rx"));
    } else {
        params.extend([sealed_state, expected.into()]);
        steps.push(write_or_stale(sql::RX_MOVE, params, "rx"));
    }
    for event in &change.events {
        let mut params = key();
        params.push(counter(event.seq)?.into());
        let body = sealer.cell(&sealed::RX_EVENT, &params, &event.body);
        params.extend([event.at.into(), body, event.hash.bytes()[..].into()]);
        steps.push(write_or_stale(sql::RX_EVENT_NEW, params, "rx_event"));
    }
    if let Some(content) = &change.content {
        let same = sealer.cell(&sealed::RX_CONTENT, &key(), &codec::encode(content));
        steps.push(once(sql::RX_CONTENT_NEW, sql::RX_CONTENT, key(), same, &sealed::RX_CONTENT));
    }
    if let Some(file) = &change.file {
        let same = sealer.cell(&sealed::RX_FILE, &key(), file.base64.as_bytes());
        steps.push(once(sql::RX_FILE_NEW, sql::RX_FILE, key(), same, &sealed::RX_FILE));
    }
    Ok(())
}

/// `seq` and `head` must be those of the last event, and the events must follow `expect_seq`.
fn check_events(change: &RxChange) -> Result<(), StoreError> {
    let follows = change.events.iter().zip(change.expect_seq + 1..).all(|(event, seq)| event.seq == seq);
    let last = change.events.last().is_some_and(|e| e.seq == change.rx.seq && e.hash == change.rx.head);
    if follows && last {
        Ok(())
    } else {
        Err(contradiction("rx: events do not lead from expect_seq to rx.seq and rx.head"))
    }
}

fn once(new: &'static str, sql: &'static str, key: Vec<Value>, same: Value, column: &'static Column) -> Step {
    let mut params = key.clone();
    params.push(same);
    step(new, params, Must::Write(Otherwise::Before { sql, key, column, stale: column.table }))
}

fn batch(change: &BatchChange, sealer: &Sealer) -> Step {
    let batch = &change.batch;
    let mut params: Vec<Value> = vec![batch.poolarea_no.as_str().into(), batch.batch_no.as_str().into()];
    let body = sealer.cell(&sealed::BATCH, &params, &codec::encode(batch));
    params.extend([
        batch.fixmedins_code.as_str().into(),
        batch.expires_in.into(),
        Value::opt(batch.taken.as_ref().map(lf_vocab::HiRxno::as_str)),
        body,
    ]);
    write_or_stale(if change.new { sql::BATCH_NEW } else { sql::BATCH_TAKE }, params, "auth_batch")
}

/// The very same mark is another message's: that one decides anew and finds it.
fn duty(row: &DutyRow) -> Step {
    let params = vec![
        row.fixmedins_code.as_str().into(),
        row.at.micros().into(),
        row.phar_code.as_str().into(),
        row.mark.word().into(),
    ];
    write_or_stale(sql::DUTY_NEW, params, "duty")
}

/// A number that is taken already makes the change stale: another officer wrote meanwhile.
fn memo(row: &MemoRow) -> Result<Step, StoreError> {
    if row.memo_no < 1 || row.key.is_empty() {
        return Err(contradiction("memo: it has a key, and numbers count from 1"));
    }
    let params = vec![
        row.poolarea_no.as_str().into(),
        row.memo.said.topic().word().into(),
        row.key.as_str().into(),
        row.memo_no.into(),
        Value::json(&row.memo),
    ];
    Ok(write_or_stale(sql::MEMO_NEW, params, "memo"))
}

fn setl(change: &SetlChange, steps: &mut Vec<Step>) {
    let setl = &change.setl;
    let pool = || Value::from(setl.poolarea_no.as_str());
    if let Some(refd) = &setl.refd_setl_id {
        // Only the pharmacy that settled may reverse.
        let params = vec![pool(), refd.as_str().into(), setl.fixmedins_code.as_str().into()];
        steps.push(step(sql::SETL_EXISTS, params, Must::Find("setl")));
    }
    let params = vec![
        pool(),
        setl.setl_id.as_str().into(),
        setl.fixmedins_code.as_str().into(),
        // What only the account paid is of no prescription.
        setl.hi_rxno.as_ref().map_or("", lf_vocab::HiRxno::as_str).into(),
        setl.setl_time.into(),
        Value::opt(setl.refd_setl_id.as_deref()),
        Value::json(setl),
    ];
    steps.push(write_or_stale(sql::SETL_NEW, params, "setl"));
}

/// The primary key of `accum`.
pub(crate) fn accum_params(key: &lf_ports::AccumKey) -> Vec<Value> {
    vec![
        key.poolarea_no.as_str().into(),
        key.psn_no.as_str().into(),
        i64::from(key.year).into(),
        key.scheme.as_str().into(),
    ]
}

fn accum(change: &AccumChange) -> Result<Step, StoreError> {
    if change.expect_version < 0 || change.row.version != change.expect_version.saturating_add(1) {
        return Err(contradiction("accum: version does not follow expect_version"));
    }
    if change.row.accum.year() != change.key.year {
        return Err(contradiction("accum: value of another year"));
    }
    let mut params = accum_params(&change.key);
    params.extend([change.row.version.into(), Value::json(&change.row.accum)]);
    if change.expect_version == 0 {
        return Ok(write_or_stale(sql::ACCUM_NEW, params, "accum"));
    }
    params.push(change.expect_version.into());
    Ok(write_or_stale(sql::ACCUM_MOVE, params, "accum"))
}

fn acct(change: &AcctChange) -> Step {
    let mut params: Vec<Value> =
        vec![change.poolarea_no.as_str().into(), change.psn_no.as_str().into(), change.balc.get().into()];
    if change.expect_version == 0 {
        return write_or_stale(sql::ACCT_NEW, params, "acct");
    }
    params.push(change.expect_version.into());
    write_or_stale(sql::ACCT_MOVE, params, "acct")
}

fn file(change: &FileChange, sealer: &Sealer, steps: &mut Vec<Step>) -> Result<(), StoreError> {
    let file = &change.file;
    let owner = || Value::from(&*file.owner.word());
    // Nobody else clears up: an institution that uploads no more keeps what it has, and no more than that.
    steps.push(step(sql::FILE_DROP, vec![owner(), change.now.into()], Must::Any));
    let mut params = vec![owner(), file.file_qury_no.as_str().into()];
    let body = sealer.cell(&sealed::FILE, &params, &named_file(&file.filename, &file.body));
    params.extend([counter(file.row_cnt)?.into(), file.until.into(), body]);
    steps.push(write_or_stale(sql::FILE_NEW, params, "file"));
    if let Some((digest, code)) = change.sm3.zip(file.owner.institution()) {
        let key = IdemKey { fixmedins_code: code.clone(), infno: FILE_SM3, key: file.file_qury_no.clone() };
        steps.push(new_idem(&IdemRow { key, digest, reply: Vec::new(), at: change.now }, sealer));
    }
    Ok(())
}

/// Name and bytes of a file as they are sealed: the length of the name in four bytes, the name, the bytes.
fn named_file(filename: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(filename.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), filename.as_bytes(), body].concat()
}

fn counter(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| contradiction("counter beyond BIGINT"))
}

fn contradiction(what: &str) -> StoreError {
    StoreError::Broken(format!("change set contradicts itself: {what}"))
}

impl Otherwise {
    /// Judges what was found where nothing of `params` could be written.
    pub(crate) fn judge(
        &self,
        sealer: &Sealer,
        params: &[Value],
        mut found: Vec<crate::value::Row>,
    ) -> Result<(), CommitError> {
        let row = found.pop();
        match (self, row) {
            (Self::Stale(what), _) => Err(CommitError::Stale(what)),
            // The row went between write and look; loading again will tell.
            (Self::Answered(_), None) => Err(CommitError::Stale("idem")),
            (Self::Held(_), None) => Err(CommitError::Stale("claim")),
            (Self::Before { stale, .. }, None) => Err(CommitError::Stale(stale)),
            (Self::Answered(key), Some(row)) => {
                Err(CommitError::Repeated(Box::new(crate::row::idem(sealer, key, row).map_err(StoreError::from)?)))
            }
            (Self::Held(claim), Some(row)) => {
                let holder = crate::row::claim(sealer, claim.kind, row).map_err(StoreError::from)?;
                if holder.owner == claim.owner { Ok(()) } else { Err(CommitError::Claimed(holder)) }
            }
            (Self::Before { key, column, stale, .. }, Some(row)) => {
                let same = crate::row::same_content(sealer, column, key.len(), row, params);
                if same.map_err(StoreError::from)? { Ok(()) } else { Err(CommitError::Stale(stale)) }
            }
        }
    }

    /// The question that finds what is there instead; `None` where the answer needs none.
    pub(crate) fn question(&self) -> Option<(&'static str, Vec<Value>)> {
        match self {
            Self::Stale(_) => None,
            Self::Answered(key) => Some((sql::IDEM, idem_params(key))),
            Self::Held(claim) => Some((sql::CLAIM, vec![claim.kind.word().into(), claim.key.as_str().into()])),
            Self::Before { sql, key, .. } => Some((sql, key.clone())),
        }
    }
}
