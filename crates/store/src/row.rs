//! Rows become values of the domain, or an `Inconsistency` with table, column and key. Never a default.
//!
//! Serves every finder. Invariants: a sealed cell that does not open in its row is an inconsistency like any other; what a column repeats for keys and indexes is compared with the body it was
//! taken from; `phase` and `live` must be what the decoded state says.

use lf_ports::{
    Acct, AccumKey, AccumRow, App, Claim, ClaimKind, FileHead, FileOwner, Fixmedins, IdemKey, IdemRow, Inconsistency,
    Person, PersonKey, Practitioner, RxFile, Setl, StoredCase, StoredEvent, StoredFile,
};
use lf_rx::event::Opened;
use lf_rx::state::State;
use lf_rx::{AuthBatch, ChainHash, Prescription, RxContent};
use lf_settle::Accumulator;
use lf_vocab::{Admdvs, Fen, FixmedinsCode, HiRxno, PsnNo};

use crate::plan::{cert_key, live};
use crate::sealed::{self, Column};
use crate::sealer::Sealer;
use crate::value::{Cells, Row, Value};

mod consult;
mod filing;
mod list_match;
mod lists;
mod mdtrt;
pub(crate) mod outbox;
mod reim;
pub(crate) mod stock;

pub(crate) use consult::{course, itnt_session, rxno, standing, stands};
pub(crate) use filing::filing;
pub(crate) use list_match::list_match;
pub(crate) use lists::{drug, duty, edition, grant, item, item_of_any, memo};
pub(crate) use mdtrt::mdtrt;
pub(crate) use reim::reim;

type Read<T> = Result<T, Inconsistency>;

pub(crate) fn app(sealer: &Sealer, row: Row) -> Read<App> {
    let mut cells = Cells::new(sealer, "app", 1, row);
    let app_id = cells.text("app_id")?;
    let app: App = cells.sealed_json(&sealed::APP)?;
    cells.agree("app_id", app.app_id == app_id)?;
    Ok(app)
}

pub(crate) fn fixmedins(sealer: &Sealer, row: Row) -> Read<Fixmedins> {
    let mut cells = Cells::new(sealer, "fixmedins", 1, row);
    let fixmedins_code: FixmedinsCode = cells.parsed("fixmedins_code")?;
    let poolarea_no: Admdvs = cells.parsed("poolarea_no")?;
    let fixmedins: Fixmedins = cells.sealed_json(&sealed::FIXMEDINS)?;
    cells.agree("fixmedins_code", fixmedins.fixmedins_code == fixmedins_code)?;
    cells.agree("poolarea_no", fixmedins.poolarea_no == poolarea_no)?;
    Ok(fixmedins)
}

pub(crate) fn practitioner(sealer: &Sealer, row: Row) -> Read<Practitioner> {
    let mut cells = Cells::new(sealer, "practitioner", 2, row);
    let fixmedins_code: FixmedinsCode = cells.parsed("fixmedins_code")?;
    let prac_code = cells.text("prac_code")?;
    let practitioner: Practitioner = cells.sealed_json(&sealed::PRACTITIONER)?;
    cells.agree("fixmedins_code", practitioner.fixmedins_code == fixmedins_code)?;
    cells.agree("prac_code", practitioner.prac_code == prac_code)?;
    Ok(practitioner)
}

pub(crate) fn person(sealer: &Sealer, row: Row) -> Read<Person> {
    let mut cells = Cells::new(sealer, "person", 2, row);
    let poolarea_no: Admdvs = cells.parsed("poolarea_no")?;
    let psn_no: PsnNo = cells.parsed("psn_no")?;
    let person: Person = cells.sealed_json(&sealed::PERSON)?;
    cells.agree("poolarea_no", person.poolarea_no == poolarea_no)?;
    cells.agree("psn_no", person.psn_no == psn_no)?;
    Ok(person)
}

/// Whom a certificate or token names, if that person is registered.
pub(crate) fn person_by_key(sealer: &Sealer, mut found: Row) -> Read<Option<Person>> {
    let registered = found.split_off(found.len().min(4));
    // The key itself is a certificate number or a token, which no message may show: the person's stands for it.
    let kept: Row = found.into_iter().skip(2).collect();
    let mut cells = Cells::new(sealer, "person_key", 2, kept);
    let _: Admdvs = cells.parsed("poolarea_no")?;
    let _: PsnNo = cells.parsed("psn_no")?;
    if registered.first() == Some(&Value::Null) { Ok(None) } else { person(sealer, registered).map(Some) }
}

/// The person found must still show what was asked by.
pub(crate) fn person_shows(person: &Person, key: &PersonKey) -> Read<()> {
    let shows = match key {
        PersonKey::PsnNo(..) => true,
        PersonKey::Cert(kind, certno) => cert_key(&person.psn_cert_type, &person.certno) == cert_key(kind, certno),
        PersonKey::EcToken(token) => person.ec_token == *token,
        PersonKey::Card(sscno) => person.card.as_ref().is_some_and(|card| card.sscno == *sscno),
    };
    if shows {
        return Ok(());
    }
    Err(Inconsistency {
        table: "person_key",
        column: "key_text",
        key: format!("{}/{}", person.poolarea_no, person.psn_no.as_str()),
        why: "the person does not show it".to_owned(),
    })
}

pub(crate) fn rx(sealer: &Sealer, row: Row) -> Read<Prescription> {
    let mut cells = Cells::new(sealer, "rx", 2, row);
    let hi_rxno = rx_key(&mut cells)?;
    let seq = cells.count("seq")?.unsigned_abs();
    let head = ChainHash::from_slice(&cells.hash("head")?).ok_or_else(|| cells.wrong("head", "not 32 bytes"))?;
    let phase = cells.text("phase")?;
    let is_live = cells.flag("live")?;
    let psn_no: PsnNo = cells.parsed("psn_no")?;
    let fixmedins_code: FixmedinsCode = cells.parsed("fixmedins_code")?;
    let (prsc, vali_end) = (cells.moment("prsc_us")?, cells.moment("vali_end_us")?);
    let opened: Opened = cells.json("opened")?;
    let state: State = cells.sealed_json(&sealed::RX)?;
    cells.agree("phase", state.name() == phase)?;
    cells.agree("live", live(&state) == is_live)?;
    cells.agree("psn_no", opened.psn_no == psn_no)?;
    cells.agree("fixmedins_code", opened.fixmedins_code == fixmedins_code)?;
    cells.agree("prsc_us", opened.prsc_time == prsc)?;
    cells.agree("vali_end_us", opened.vali_end_time == vali_end)?;
    Ok(Prescription { hi_rxno, opened, state, seq, head })
}

pub(crate) fn rx_content(sealer: &Sealer, row: Row) -> Read<RxContent> {
    let mut cells = Cells::new(sealer, "rx_content", 2, row);
    rx_key(&mut cells)?;
    cells.sealed_json(&sealed::RX_CONTENT)
}

pub(crate) fn stored_case(sealer: &Sealer, row: Row) -> Read<StoredCase> {
    let mut cells = Cells::new(sealer, "rx_content", 2, row);
    let hi_rxno = rx_key(&mut cells)?;
    let content: RxContent = cells.sealed_json(&sealed::RX_CONTENT)?;
    Ok(StoredCase { hi_rxno, content })
}

pub(crate) fn rx_file(sealer: &Sealer, row: Row) -> Read<RxFile> {
    let mut cells = Cells::new(sealer, "rx_file", 2, row);
    rx_key(&mut cells)?;
    let text = String::from_utf8(cells.sealed(&sealed::RX_FILE)?);
    Ok(RxFile { base64: text.map_err(|_| cells.wrong("base64", "not a text"))? })
}

/// Whether two rows hold the same under the same key; which versions sealed them does not matter.
pub(crate) fn same_content(sealer: &Sealer, column: &Column, keys: usize, row: Row, other: &[Value]) -> Read<bool> {
    if row.last() == other.last() {
        return Ok(true);
    }
    let open = |mut row: Row| {
        let cell = row.pop().unwrap_or(Value::Null);
        row.truncate(keys);
        row.push(cell);
        let mut cells = Cells::new(sealer, column.table, keys, row);
        (0..keys).for_each(|_| cells.pass());
        cells.sealed(column)
    };
    Ok(open(row)? == open(other.to_vec())?)
}

/// A whole history: it counts from 1 without a gap.
pub(crate) fn rx_events(sealer: &Sealer, rows: Vec<Row>) -> Read<Vec<StoredEvent>> {
    rows.into_iter().zip(1u64..).map(|(row, seq)| rx_event(sealer, row, seq)).collect()
}

fn rx_event(sealer: &Sealer, row: Row, expected: u64) -> Read<StoredEvent> {
    let mut cells = Cells::new(sealer, "rx_event", 3, row);
    rx_key(&mut cells)?;
    let seq = cells.count("seq")?.unsigned_abs();
    if seq != expected {
        return Err(cells.wrong("seq", "the event before it is missing"));
    }
    let (at, body) = (cells.moment("at_us")?, cells.sealed(&sealed::RX_EVENT)?);
    let hash = ChainHash::from_slice(&cells.hash("hash")?).ok_or_else(|| cells.wrong("hash", "not 32 bytes"))?;
    Ok(StoredEvent { seq, at, body, hash })
}

fn rx_key(cells: &mut Cells<'_>) -> Read<HiRxno> {
    let poolarea_no: Admdvs = cells.parsed("poolarea_no")?;
    let hi_rxno: HiRxno = cells.parsed("hi_rxno")?;
    cells.agree("poolarea_no", hi_rxno.poolarea_no() == poolarea_no)?;
    Ok(hi_rxno)
}

pub(crate) fn batch(sealer: &Sealer, row: Row) -> Read<AuthBatch> {
    let mut cells = Cells::new(sealer, "auth_batch", 2, row);
    let poolarea_no: Admdvs = cells.parsed("poolarea_no")?;
    let batch_no = cells.text("batch_no")?;
    let fixmedins_code: FixmedinsCode = cells.parsed("fixmedins_code")?;
    let expires_in = cells.moment("expires_us")?;
    let taken: Option<HiRxno> = cells.opt_parsed("taken")?;
    let batch: AuthBatch = cells.sealed_json(&sealed::BATCH)?;
    cells.agree("poolarea_no", batch.poolarea_no == poolarea_no)?;
    cells.agree("batch_no", batch.batch_no == batch_no)?;
    cells.agree("fixmedins_code", batch.fixmedins_code == fixmedins_code)?;
    cells.agree("expires_us", batch.expires_in == expires_in)?;
    cells.agree("taken", batch.taken == taken)?;
    Ok(batch)
}

/// A settlement and what reversed it.
pub(crate) fn setl(sealer: &Sealer, row: Row) -> Read<(Setl, Option<String>)> {
    let mut cells = Cells::new(sealer, "setl", 2, row);
    let poolarea_no: Admdvs = cells.parsed("poolarea_no")?;
    let setl_id = cells.text("setl_id")?;
    let fixmedins_code: FixmedinsCode = cells.parsed("fixmedins_code")?;
    let hi_rxno = cells.text("hi_rxno")?;
    let setl_time = cells.moment("setl_us")?;
    let refd_setl_id = cells.opt_text("refd_setl_id")?;
    let setl: Setl = cells.json("body")?;
    let reversed_by = cells.opt_text("refd_setl_id")?;
    cells.agree("poolarea_no", setl.poolarea_no == poolarea_no)?;
    cells.agree("setl_id", setl.setl_id == setl_id)?;
    cells.agree("fixmedins_code", setl.fixmedins_code == fixmedins_code)?;
    cells.agree("hi_rxno", setl.hi_rxno.as_ref().map_or("", HiRxno::as_str) == hi_rxno)?;
    cells.agree("setl_us", setl.setl_time == setl_time)?;
    cells.agree("refd_setl_id", setl.refd_setl_id == refd_setl_id)?;
    Ok((setl, reversed_by))
}

pub(crate) fn accum(sealer: &Sealer, row: Row) -> Read<(AccumKey, AccumRow)> {
    let mut cells = Cells::new(sealer, "accum", 4, row);
    let (poolarea_no, psn_no) = (cells.parsed("poolarea_no")?, cells.parsed("psn_no")?);
    let year = i16::try_from(cells.int("year")?).map_err(|_| cells.wrong("year", "not a year"))?;
    let scheme = cells.text("scheme")?;
    let version = cells.count("version")?;
    let accum: Accumulator = cells.json("body")?;
    cells.agree("year", accum.year() == year)?;
    Ok((AccumKey { poolarea_no, psn_no, year, scheme }, AccumRow { version, accum }))
}

/// Whose account, its opening balance, and what it is now.
pub(crate) fn acct(sealer: &Sealer, row: Row) -> Read<(PsnNo, Fen, Acct)> {
    let mut cells = Cells::new(sealer, "acct", 2, row);
    let _: Admdvs = cells.parsed("poolarea_no")?;
    let psn_no = cells.parsed("psn_no")?;
    let (opening, balc) = (Fen::new(cells.int("opening_fen")?), Fen::new(cells.int("balc_fen")?));
    if balc.is_negative() {
        return Err(cells.wrong("balc_fen", "negative"));
    }
    Ok((psn_no, opening, Acct { version: cells.count("version")?, balc }))
}

pub(crate) fn claim(sealer: &Sealer, kind: ClaimKind, row: Row) -> Read<Claim> {
    let mut cells = Cells::new(sealer, "claim", 2, row);
    let word = cells.text("kind")?;
    cells.agree("kind", word == kind.word())?;
    Ok(Claim { kind, key: cells.text("claim_key")?, owner: cells.text("owner")? })
}

/// The row of a known key: `infno` cannot be made from a stored text, so the key asked for is given back.
pub(crate) fn idem(sealer: &Sealer, key: &IdemKey, row: Row) -> Read<IdemRow> {
    let mut cells = Cells::new(sealer, "idem", 3, row);
    let same = cells.text("fixmedins_code")? == key.fixmedins_code.as_str();
    cells.agree("fixmedins_code", same)?;
    let same = cells.text("infno")? == key.infno;
    cells.agree("infno", same)?;
    let same = cells.text("idem_key")? == key.key;
    cells.agree("idem_key", same)?;
    let (digest, reply) = (cells.hash("digest")?, cells.sealed(&sealed::IDEM)?);
    Ok(IdemRow { key: key.clone(), digest, reply, at: cells.moment("at_us")? })
}

pub(crate) fn file(sealer: &Sealer, row: Row) -> Read<StoredFile> {
    let mut cells = Cells::new(sealer, "file", 2, row);
    let owner = cells.parsed("fixmedins_code")?;
    let file_qury_no = cells.text("file_qury_no")?;
    let row_cnt = cells.int("row_cnt")?.unsigned_abs();
    let (until, named) = (cells.moment("until_us")?, cells.sealed(&sealed::FILE)?);
    let Some((filename, body)) = name_and_bytes(named) else {
        return Err(cells.wrong("body", "no file with a name"));
    };
    Ok(StoredFile { owner, file_qury_no, filename, row_cnt, until, body })
}

/// The same without what is sealed.
pub(crate) fn file_head(sealer: &Sealer, row: Row) -> Read<FileHead> {
    let mut cells = Cells::new(sealer, "file", 2, row);
    let _: FileOwner = cells.parsed("fixmedins_code")?;
    cells.text("file_qury_no")?;
    Ok(FileHead { row_cnt: cells.int("row_cnt")?.unsigned_abs(), until: cells.moment("until_us")? })
}

/// What `plan::named_file` put together; the bytes stay where they are.
fn name_and_bytes(mut named: Vec<u8>) -> Option<(String, Vec<u8>)> {
    let (length, rest) = named.split_first_chunk::<4>()?;
    let end = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let filename = std::str::from_utf8(rest.get(..end)?).ok()?.to_owned();
    named.drain(..4 + end);
    Some((filename, named))
}

/// The first of `count` serials, from the first one that is left.
pub(crate) fn serials(sealer: &Sealer, row: Row, count: i64) -> Read<u64> {
    let mut cells = Cells::new(sealer, "serial", 2, row);
    let _: Admdvs = cells.parsed("poolarea_no")?;
    cells.int("day")?;
    let next = cells.count("next_serial")?;
    u64::try_from(next - count).ok().filter(|first| *first > 0).ok_or_else(|| cells.wrong("next_serial", "too small"))
}
