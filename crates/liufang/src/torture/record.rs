//! What the database says in the end, held against the ledger: the history of every prescription is exactly the messages
//! that were accepted, in their order and with the numbers that were answered, and at most the one nobody asked about again.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use lf_ports::{ClaimKind, Store};
use lf_testkit::audit::Report;
use lf_vocab::{Admdvs, HiRxno, PsnNo};
use serde_json::Value;

use super::faults::Faults;
use super::ledger::{Ack, Lived, Standing, fen};

/// Where a field of an event comes from.
enum From {
    Sent(&'static str),
    Reply(&'static str),
    /// An amount of the reply, in fen.
    Fen(&'static str),
}

/// Transaction, event, and what the event must say.
type Trace = (&'static str, &'static str, &'static [(&'static str, From)]);

const TRACES: [Trace; 12] = [
    ("7101", "opened", &[("rx_trace_code", From::Reply("rxTraceCode")), ("hosp_rxno", From::Sent("hospRxno"))]),
    ("7102", "signed", &[("sign_digest", From::Reply("signDigest")), ("original_value", From::Sent("originalValue"))]),
    ("7103", "uploaded", &[("phar_code", From::Sent("pharCode"))]),
    ("7201", "authorised", &[("auth_rxno", From::Reply("data.0.authRxno"))]),
    ("7204", "downloaded", &[("epc_token", From::Sent("epcToken")), ("auth_rxno", From::Sent("authRxno"))]),
    ("7205", "verified", &[("rx_sign_verify_sn", From::Reply("rxSignVerifySn"))]),
    (
        "7206",
        "reviewed",
        &[("rx_chk_biz_sn", From::Reply("rxChkBizSn")), ("rx_chk_stas_codg", From::Sent("rxChkStasCodg"))],
    ),
    ("7207", "sold", &[("sel_stoout_sn", From::Reply("selStooutSn"))]),
    ("7208", "sale_undone", &[("sel_stoout_sn", From::Sent("selStooutSn"))]),
    (
        "2102",
        "settled",
        &[
            ("setl_id", From::Reply("setlinfo.setl_id")),
            ("mdtrt_id", From::Reply("setlinfo.mdtrt_id")),
            ("medfee_sumamt", From::Fen("setlinfo.medfee_sumamt")),
            ("fund_pay_sumamt", From::Fen("setlinfo.fund_pay_sumamt")),
        ],
    ),
    ("2103", "refunded", &[("setl_id", From::Reply("setlinfo.setl_id")), ("refd_setl_id", From::Sent("setl_id"))]),
    ("7104", "revoked", &[("undo_rea", From::Sent("undoRea"))]),
];

/// How the messages whose answer got lost turned out.
#[derive(Debug, Default, Clone, Copy)]
pub struct Unsure {
    /// Had been done by a sending whose answer got lost; the repetition got its answer.
    pub done_before: u64,
    /// Had not been done; the repetition did it.
    pub done_by_repetition: u64,
    /// Were refused in the end, as they had to be.
    pub refused: u64,
    /// Never asked about again, and wholly there.
    pub given_up_done: u64,
    /// Never asked about again, and not there at all.
    pub given_up_not_done: u64,
}

/// An event as it stands in the database.
struct Event {
    at_us: i64,
    body: Value,
}

/// Compares everything; differences become faults.
pub async fn compare<S: Store + ?Sized>(
    store: &S,
    lives: &[Lived],
    opening: &BTreeMap<String, i64>,
    audit: &Report,
    faults: &Faults,
) -> anyhow::Result<Unsure> {
    let mut book = Book { faults, unsure: Unsure::default(), sums: Sums::default() };
    let shown: BTreeSet<String> = lives.iter().flat_map(shown).collect();
    for lived in lives {
        match &lived.hi_rxno {
            Some(no) => {
                let hi_rxno: HiRxno = no.parse()?;
                let mut events = Vec::new();
                for stored in store.rx_events(&hi_rxno).await? {
                    events.push(Event { at_us: stored.at.micros(), body: serde_json::from_slice(&stored.body)? });
                }
                book.strangers(no, &events, &shown);
                let one_more = book.history(lived, no, &events);
                book.codes(store, lived, no, one_more).await?;
            }
            None => book.sums.nameless += u64::from(lived.given_up.is_some()),
        }
    }
    book.accounts(store, lives, opening).await?;
    book.whole(audit, lives);
    Ok(book.unsure)
}

/// The authorisations that were answered, of this prescription or of others of the same person.
fn shown(lived: &Lived) -> Vec<String> {
    let shown = |ack: &Ack| {
        let reply: Value = serde_json::from_slice(&ack.reply).unwrap_or_default();
        let list = reply["data"].as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|one| one["authRxno"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    lived.acks.iter().filter(|ack| ack.infno == "7201" && ack.accepted()).flat_map(shown).collect()
}

#[derive(Default)]
struct Sums {
    settlements: u64,
    claims: u64,
    /// Prescriptions that may be there although their number never arrived.
    nameless: u64,
    /// Authorisations in the database that nobody was shown.
    strangers: BTreeSet<String>,
}

struct Book<'f> {
    faults: &'f Faults,
    unsure: Unsure,
    sums: Sums,
}

impl Book<'_> {
    /// An authorisation also stands in the histories of the person's other prescriptions.
    fn strangers(&mut self, no: &str, events: &[Event], shown: &BTreeSet<String>) {
        for event in events.iter().filter(|event| event.body["kind"] == "authorised") {
            match event.body["auth_rxno"].as_str() {
                Some(auth_rxno) if shown.contains(auth_rxno) => {}
                Some(auth_rxno) => self.sums.strangers.extend(auth_rxno.get(..24).map(str::to_owned)),
                None => self.faults.add(format!("{no}: an authorisation without a number")),
            }
        }
    }

    /// Event for event. Whether the message that was given up is there.
    fn history(&mut self, lived: &Lived, no: &str, events: &[Event]) -> bool {
        let authorised = lived.acks.iter().filter(|ack| ack.infno == "7201");
        let authorised: BTreeSet<_> = authorised.filter_map(|ack| ack.reply_text("data.0.authRxno")).collect();
        let own = |event: &&Event| {
            event.body["kind"] != "authorised"
                || event.body["auth_rxno"].as_str().is_some_and(|auth_rxno| authorised.contains(auth_rxno))
        };
        let mut left = events.iter().filter(own);
        for ack in &lived.acks {
            let Some((_, kind, fields)) = TRACES.iter().find(|trace| trace.0 == ack.infno) else { continue };
            if !ack.accepted() {
                self.unsure.refused += u64::from(ack.unsure > 0);
                continue;
            }
            let Some(event) = left.next() else {
                self.faults.add(format!("{no}: {} was acknowledged and is lost", ack.infno));
                return false;
            };
            if event.body["kind"] != *kind {
                let found = event.body["kind"].as_str().unwrap_or_default();
                self.faults.add(format!("{no}: where {} was acknowledged stands the event {found}", ack.infno));
                return false;
            }
            for (name, from) in *fields {
                self.field(no, ack, &event.body[*name], name, from);
            }
            if ack.unsure > 0 {
                let before = event.at_us < ack.last_sent_us;
                let counter = if before { &mut self.unsure.done_before } else { &mut self.unsure.done_by_repetition };
                *counter += 1;
            }
            self.sums.settlements += u64::from(matches!(*kind, "settled" | "refunded"));
        }
        self.rest(lived, no, left.next(), left.next())
    }

    fn field(&self, no: &str, ack: &Ack, stored: &Value, name: &str, from: &From) {
        let (wanted, found) = match from {
            From::Sent(path) => (ack.sent_text(path), stored.as_str().map(str::to_owned)),
            From::Reply(path) => (ack.reply_text(path), stored.as_str().map(str::to_owned)),
            From::Fen(path) => {
                let wanted = ack.reply_text(path).and_then(|yuan| fen(&yuan));
                (wanted.map(|fen| fen.to_string()), Some(stored.to_string()))
            }
        };
        if wanted.is_none() || wanted != found {
            self.faults.add(format!("{no}: {name} of {} is not what was acknowledged", ack.infno));
        }
    }

    /// What the history has beyond the acknowledged: nothing, or the one message that was given up.
    fn rest(&mut self, lived: &Lived, no: &str, one: Option<&Event>, two: Option<&Event>) -> bool {
        let kind = |event: &Event| event.body["kind"].as_str().unwrap_or_default().to_owned();
        let expected = lived.given_up.as_ref().and_then(|(infno, _)| TRACES.iter().find(|trace| trace.0 == *infno));
        match (one, two, expected) {
            // An authorisation that nobody was shown is not known to be this life's; it is counted as a stranger.
            (None, _, Some((infno, ..))) if *infno != "7201" => self.unsure.given_up_not_done += 1,
            (None, ..) => {}
            (Some(one), None, Some((_, expected, _))) if kind(one) == *expected => {
                self.unsure.given_up_done += 1;
                self.sums.settlements += u64::from(matches!(*expected, "settled" | "refunded"));
                return true;
            }
            (Some(one), ..) => self.faults.add(format!("{no}: {} happened and nobody was told", kind(one))),
        }
        false
    }

    /// The trace codes of a sale that stands are this prescription's, those of any other are nobody's.
    async fn codes<S: Store + ?Sized>(
        &mut self,
        store: &S,
        lived: &Lived,
        no: &str,
        one_more: bool,
    ) -> anyhow::Result<()> {
        let mut standing = Standing::after(&lived.acks);
        if let (true, Some((infno, sent))) = (one_more, &lived.given_up) {
            standing.apply(infno, sent);
        }
        let mut ever = BTreeSet::new();
        for ack in lived.acks.iter().filter(|ack| ack.infno == "7207") {
            let mut sale = Standing::default();
            sale.apply("7207", &ack.sent);
            ever.extend(sale.trace_codes);
        }
        ever.extend(standing.trace_codes.iter().cloned());
        self.sums.claims += standing.trace_codes.len() as u64;
        for code in ever {
            let owner = store.claim(ClaimKind::DrugTracCodg, &code).await?.map(|claim| claim.owner);
            let wanted = standing.trace_codes.contains(&code).then(|| no.to_owned());
            if owner != wanted {
                self.faults.add(format!("{no}: the trace code {code} belongs to {owner:?}, acknowledged {wanted:?}"));
            }
        }
        Ok(())
    }

    /// The account of a person is what it was less what was acknowledged as paid from it.
    async fn accounts<S: Store + ?Sized>(
        &mut self,
        store: &S,
        lives: &[Lived],
        opening: &BTreeMap<String, i64>,
    ) -> anyhow::Result<()> {
        let mut paid: BTreeMap<&str, Option<i64>> = BTreeMap::new();
        for lived in lives {
            let sum = paid.entry(&lived.psn_no).or_insert(Some(0));
            if matches!(lived.given_up, Some(("2102" | "2103", _))) {
                *sum = None;
            }
            for ack in lived.acks.iter().filter(|ack| matches!(ack.infno, "2102" | "2103") && ack.accepted()) {
                let acct_pay = ack.reply_text("setlinfo.acct_pay").and_then(|yuan| fen(&yuan));
                *sum = sum.zip(acct_pay).and_then(|(sum, acct_pay)| sum.checked_add(acct_pay));
            }
        }
        let pool: Admdvs = "360900".parse()?;
        for (psn_no, paid) in paid {
            let (Some(paid), Some(opened)) = (paid, opening.get(psn_no)) else { continue };
            let person: PsnNo = psn_no.parse()?;
            let balc = store.acct(pool, &person).await?.balc.get();
            if balc != opened - paid {
                self.faults.add(format!("an account holds {balc} fen, acknowledged {}", opened - paid));
            }
        }
        Ok(())
    }

    /// What there is in all: nothing that no client asked for.
    fn whole(&mut self, audit: &Report, lives: &[Lived]) {
        let known = lives.iter().filter(|lived| lived.hi_rxno.is_some()).count() as u64;
        let more = audit.prescriptions.wrapping_sub(known);
        if more > self.sums.nameless {
            let (there, nameless) = (audit.prescriptions, self.sums.nameless);
            self.faults.add(format!("{there} prescriptions, acknowledged {known}, and {nameless} may be there"));
        } else {
            self.unsure.given_up_done += more;
            self.unsure.given_up_not_done += self.sums.nameless - more;
        }
        if audit.settlements != self.sums.settlements {
            self.faults.add(format!("{} settlements, accounted for {}", audit.settlements, self.sums.settlements));
        }
        if audit.claims != self.sums.claims {
            self.faults.add(format!("{} trace codes sold, accounted for {}", audit.claims, self.sums.claims));
        }
        let asked = lives.iter().filter(|lived| matches!(lived.given_up, Some(("7201", _)))).count() as u64;
        let strangers = self.sums.strangers.len() as u64;
        if strangers > asked {
            self.faults.add(format!("{strangers} authorisations that nobody was shown, {asked} may be there"));
        } else {
            self.unsure.given_up_done += strangers;
            self.unsure.given_up_not_done += asked - strangers;
        }
    }
}
