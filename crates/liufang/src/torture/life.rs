//! Lives as hospitals and pharmacies live them, with all that goes wrong in them: revocations, undone sales, refunds,
//! refused reviews, messages sent twice. What was answered goes into the ledger, and the next message is made of it.

use lf_ports::Clock as _;
use lf_vocab::{FixmedinsKind, Moment};
use serde_json::Value;

use super::desk::{Desk, Fate, Letter};
use super::dice::Dice;
use super::ledger::{Ack, Lived, text_at};
use crate::edge::SystemClock;
use crate::region::{Institution, Patient, Region};
use crate::sample::{self, Case, Issued};

/// One in so many acknowledged messages is sent again at once.
const REPEATED: u64 = 4;
/// One in so many lives has a sender who does not come back when an answer got lost.
const FORGETFUL: u64 = 8;

/// What a life comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plot {
    Settled,
    Refunded,
    SaleUndone,
    ReviewRefused,
    Revoked,
    RevokedWhileHeld,
    LeftOpen,
    LateRevocation,
}

impl Plot {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(14) {
            0..=3 => Self::Settled,
            4 | 5 => Self::Refunded,
            6 | 7 => Self::SaleUndone,
            8 | 9 => Self::ReviewRefused,
            10 => Self::Revoked,
            11 => Self::RevokedWhileHeld,
            12 => Self::LeftOpen,
            _ => Self::LateRevocation,
        }
    }
}

/// Why a life ends early: its sender gave up, or something that must not happen is noted.
struct Stop;

type Step<T> = Result<T, Stop>;

/// Lives one life.
pub async fn live(desk: &Desk, region: &Region, patient: &Patient, serial: u64, mut dice: Dice) -> Lived {
    let plot = Plot::draw(&mut dice);
    let lived = Lived {
        serial,
        psn_no: patient.person.psn_no.as_str().to_owned(),
        hospital: String::new(),
        question: None,
        hi_rxno: None,
        acks: Vec::new(),
        given_up: None,
    };
    let forgetful = dice.one_in(FORGETFUL);
    let mut case = match Case::new(region, now(), serial) {
        Ok(case) => case,
        Err(error) => {
            desk.faults.add(format!("life {serial}: {error:#}"));
            return lived;
        }
    };
    case.patient = patient;
    let lived = Lived { hospital: case.hospital.fixmedins.fixmedins_code.to_string(), ..lived };
    let mut actor = Actor { desk, region, case, lived, dice, forgetful };
    // How it ended stands in the ledger, whichever way.
    let _: Step<()> = actor.play(plot).await;
    actor.lived
}

struct Actor<'a> {
    desk: &'a Desk,
    region: &'a Region,
    case: Case<'a>,
    lived: Lived,
    dice: Dice,
    forgetful: bool,
}

/// A prescription as the pharmacy holds it.
struct Held {
    token: String,
    rx_file: String,
    verify_sn: String,
}

impl Actor<'_> {
    async fn play(&mut self, plot: Plot) -> Step<()> {
        let issued = self.issue().await?;
        match plot {
            Plot::LeftOpen => return Ok(()),
            Plot::Revoked => return self.revoke(&issued).await,
            Plot::RevokedWhileHeld => {
                let held = self.carry(&issued).await?;
                self.revoke(&issued).await?;
                let again = sample::t7205(&self.case, &issued, &held.rx_file, &held.token);
                return self.refused(Side::Pharmacy, "7205", again, "RX-7205-01").await;
            }
            Plot::ReviewRefused => {
                let held = self.carry(&issued).await?;
                let refusal = sample::t7206(&self.case, &issued.hi_rxno, &held.token, &held.verify_sn, false, now());
                self.accepted(Side::Pharmacy, "7206", refusal).await?;
                self.go_elsewhere()?;
            }
            Plot::Settled | Plot::Refunded | Plot::SaleUndone | Plot::LateRevocation => {}
        }
        let sold = self.buy(&issued, plot).await?;
        let settled = self.accepted(Side::Pharmacy, "2102", sample::t2102(&self.case, &issued.hi_rxno, now())).await?;
        drop(sold);
        match plot {
            Plot::Refunded => {
                let (setl_id, mdtrt_id) =
                    (self.text(&settled, "setlinfo.setl_id")?, self.text(&settled, "setlinfo.mdtrt_id")?);
                let refund = sample::t2103(&self.case, &setl_id, &mdtrt_id);
                self.accepted(Side::Pharmacy, "2103", refund).await.map(drop)
            }
            Plot::LateRevocation => {
                let undo = sample::t7104(&self.case, &issued.hi_rxno, now());
                self.refused(Side::Hospital, "7104", undo, "RX-7104-04").await
            }
            _ => Ok(()),
        }
    }

    /// 7101, 7102, 7103.
    async fn issue(&mut self) -> Step<Issued> {
        let prechecked = self.accepted(Side::Hospital, "7101", sample::t7101(&self.case)).await?;
        let issued = Issued {
            hi_rxno: self.text(&prechecked, "hiRxno")?,
            rx_trace_code: self.text(&prechecked, "rxTraceCode")?,
        };
        self.lived.hi_rxno = Some(issued.hi_rxno.clone());
        self.lived.question = Some(sample::t7105(&self.case, &issued.hi_rxno).to_string().into_bytes());
        let file = rx_file(self.case.serial);
        let signed = self.accepted(Side::Hospital, "7102", sample::t7102(&self.case, &issued, &file)).await?;
        let digest = self.text(&signed, "signDigest")?;
        self.accepted(Side::Hospital, "7103", sample::t7103(&self.case, &issued, &file, &digest)).await?;
        Ok(issued)
    }

    /// 7201, 7204, 7205.
    async fn carry(&mut self, issued: &Issued) -> Step<Held> {
        let shown = self.accepted(Side::Pharmacy, "7201", sample::t7201(&self.case)).await?;
        // The newest comes first, and that is this one: a person has one life at a time.
        let token = self.text(&shown, "data.0.epcToken")?;
        let auth_rxno = self.text(&shown, "data.0.authRxno")?;
        let download = sample::t7204(&self.case, &token, &auth_rxno);
        let downloaded = self.accepted(Side::Pharmacy, "7204", download).await?;
        if text_at(&downloaded, "hiRxno").as_deref() != Some(&issued.hi_rxno) {
            self.desk.faults.add(format!("{}: the token opened another prescription", issued.hi_rxno));
            return Err(Stop);
        }
        let rx_file = self.text(&downloaded, "rxFile")?;
        let verified =
            self.accepted(Side::Pharmacy, "7205", sample::t7205(&self.case, issued, &rx_file, &token)).await?;
        let verify_sn = self.text(&verified, "rxSignVerifySn")?;
        Ok(Held { token, rx_file, verify_sn })
    }

    /// From 7201 to a sale that stands.
    async fn buy(&mut self, issued: &Issued, plot: Plot) -> Step<String> {
        let no = &issued.hi_rxno;
        let held = self.carry(issued).await?;
        let passed = sample::t7206(&self.case, no, &held.token, &held.verify_sn, true, now());
        let reviewed = self.accepted(Side::Pharmacy, "7206", passed).await?;
        let biz_sn = self.text(&reviewed, "rxChkBizSn")?;
        if plot == Plot::SaleUndone {
            let sold = self.accepted(Side::Pharmacy, "7207", sample::t7207(&self.case, no, &biz_sn, now())).await?;
            let undo = sample::t7208(&self.case, no, &self.text(&sold, "selStooutSn")?);
            self.accepted(Side::Pharmacy, "7208", undo).await?;
        }
        let sold = self.accepted(Side::Pharmacy, "7207", sample::t7207(&self.case, no, &biz_sn, now())).await?;
        self.text(&sold, "selStooutSn")
    }

    async fn revoke(&mut self, issued: &Issued) -> Step<()> {
        let undo = sample::t7104(&self.case, &issued.hi_rxno, now());
        self.accepted(Side::Hospital, "7104", undo).await.map(drop)
    }

    /// The next pharmacy of the kind.
    fn go_elsewhere(&mut self) -> Step<()> {
        let here = &self.case.pharmacy.fixmedins.fixmedins_code;
        let region = self.region;
        let fits = |one: &&Institution| one.fixmedins.oppool && one.fixmedins.fixmedins_code != *here;
        let other = region.of_kind(FixmedinsKind::Pharmacy).find(fits);
        let moved = other.map(|other| self.case.bought_at(region, other));
        if matches!(moved, Some(Ok(()))) {
            return Ok(());
        }
        self.desk.faults.add("the region has no second pharmacy");
        Err(Stop)
    }

    fn text(&self, reply: &[u8], path: &str) -> Step<String> {
        text_at(reply, path).ok_or_else(|| {
            self.desk.faults.add(format!("life {}: a reply has no {path}", self.lived.serial));
            Stop
        })
    }

    /// Sends a message that must be accepted.
    async fn accepted(&mut self, side: Side, infno: &'static str, data: Value) -> Step<Vec<u8>> {
        let ack = self.tell(side, infno, data).await?;
        if ack.accepted() {
            return Ok(ack.reply);
        }
        self.fault(format!("{infno} was refused: {}", ack.message))
    }

    /// Sends a message that must be refused, with this code.
    async fn refused(&mut self, side: Side, infno: &'static str, data: Value, code: &str) -> Step<()> {
        let ack = self.tell(side, infno, data).await?;
        if !ack.accepted() && ack.message.contains(code) {
            return Ok(());
        }
        self.fault(format!("{infno} was to be refused with {code}: {} {}", ack.code, ack.message))
    }

    fn fault<T>(&self, what: String) -> Step<T> {
        let no = self.lived.hi_rxno.as_deref().unwrap_or("no number yet");
        self.desk.faults.add(format!("life {} ({no}): {what}", self.lived.serial));
        Err(Stop)
    }

    async fn tell(&mut self, side: Side, infno: &'static str, data: Value) -> Step<Ack> {
        let who = match side {
            Side::Hospital => self.case.hospital,
            Side::Pharmacy => self.case.pharmacy,
        };
        let who = who.fixmedins.fixmedins_code.to_string();
        let letter = match self.desk.letter(&who, infno, data.to_string().into_bytes(), now().millis()) {
            Ok(letter) => letter,
            Err(error) => return self.fault(format!("{infno}: {error:#}")),
        };
        let answer = match self.desk.deliver(&letter, &mut self.dice, self.forgetful).await {
            Fate::Answered(answer) => answer,
            Fate::GivenUp => {
                self.lived.given_up = Some((infno, letter.data));
                return Err(Stop);
            }
            Fate::Fault => return Err(Stop),
        };
        let ack = Ack {
            infno,
            who,
            at_ms: letter.at_ms,
            sent: letter.data.clone(),
            code: answer.opened.code,
            message: answer.opened.message,
            reply: answer.opened.data,
            unsure: answer.unsure,
            last_sent_us: answer.last_sent_us,
        };
        self.lived.acks.push(ack.clone());
        if ack.accepted() && self.dice.one_in(REPEATED) {
            self.again(&letter, &ack).await?;
        }
        Ok(ack)
    }

    /// The very same bytes once more, wherever they land: the very same answer.
    async fn again(&mut self, letter: &Letter, ack: &Ack) -> Step<()> {
        self.desk.tally.repeats.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match self.desk.deliver(letter, &mut self.dice, false).await {
            Fate::Answered(again) if again.opened.code == 0 && again.opened.data == ack.reply => Ok(()),
            Fate::Answered(again) => {
                let (code, message) = (again.opened.code, again.opened.message);
                self.fault(format!("{} repeated at once was answered otherwise: {code} {message}", ack.infno))
            }
            Fate::GivenUp | Fate::Fault => Err(Stop),
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Hospital,
    Pharmacy,
}

/// A small file of its own for every prescription, Base64.
pub fn rx_file(serial: u64) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    BASE64_STANDARD.encode(sample::rx_pdf("Rx", &[format!("No. {serial}")], 0))
}

fn now() -> Moment {
    SystemClock.now()
}
