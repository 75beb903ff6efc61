//! One round: two prescriptions of one person from their numbers to their settlements, every step that only one may take
//! raced for by all clients at once.

use lf_ports::Clock as _;
use lf_vocab::{FixmedinsKind, Moment};
use serde_json::Value;

use super::{Heard, Score, judge, start};
use crate::edge::SystemClock;
use crate::sample::{self, Case, Issued};
use crate::torture::Stage;
use crate::torture::desk::{Fate, Letter};
use crate::torture::dice::Dice;
use crate::torture::ledger::text_at;
use crate::torture::life::rx_file;

/// Runs a round; `None` when it cannot go on, which is then noted as a fault.
pub async fn run(stage: &Stage, clients: usize, number: u64, score: &mut Score) -> Option<()> {
    let patient = &stage.crowd[usize::try_from(number).unwrap_or(0) % stage.crowd.len()];
    let serial = number * 2 + 1;
    let mut cases = Vec::new();
    for serial in [serial, serial + 1] {
        let mut case = Case::new(&stage.ground.region, now(), serial).ok()?;
        case.patient = patient;
        cases.push(case);
    }
    let mut round = Round { stage, clients, score, dice: Dice::new(number, 0) };
    let first = round.numbers(&cases[0]).await?;
    let prechecked = round.told(&cases[1], H, "7101", sample::t7101(&cases[1])).await?;
    let second = round.issued(&prechecked)?;
    round.score.prescriptions += 2;
    let issued = [first, second];
    for (case, issued) in cases.iter().zip(&issued) {
        round.upload(case, issued).await?;
    }
    let held = round.tokens(&cases, &issued).await?;
    let mut biz_sns = Vec::new();
    for (at, held) in held.iter().enumerate() {
        biz_sns.push(round.review(&cases[at], &issued[at], held).await?);
    }
    round.one_box(&cases, &issued, &biz_sns).await?;
    Some(())
}

struct Round<'r> {
    stage: &'r Stage,
    clients: usize,
    score: &'r mut Score,
    dice: Dice,
}

/// A prescription on its token.
struct Held {
    token: String,
    rx_file: String,
}

/// Who sends.
type Who = fn(&Case<'_>) -> String;
const H: Who = |case| case.hospital.fixmedins.fixmedins_code.to_string();
const P: Who = |case| case.pharmacy.fixmedins.fixmedins_code.to_string();

impl Round<'_> {
    /// 7101, the same message from everybody: the same numbers for everybody.
    async fn numbers(&mut self, case: &Case<'_>) -> Option<Issued> {
        let letter = self.letter(&H(case), "7101", &sample::t7101(case))?;
        let heard = start(&self.stage.desk, vec![letter; self.clients]).await;
        let (_, reply) = self.judge("7101 same message", vec![heard], None)?;
        self.issued(&reply)
    }

    async fn upload(&mut self, case: &Case<'_>, issued: &Issued) -> Option<()> {
        let file = rx_file(case.serial);
        let signed = self.told(case, H, "7102", sample::t7102(case, issued, &file)).await?;
        let digest = self.text(&signed, "signDigest")?;
        self.told(case, H, "7103", sample::t7103(case, issued, &file, &digest)).await.map(drop)
    }

    /// One authorisation shows two prescriptions and opens one: half of all ask for each. Then another authorisation
    /// for the other one, asked for by its own pharmacy and by others.
    async fn tokens(&mut self, cases: &[Case<'_>], issued: &[Issued]) -> Option<Vec<Held>> {
        let case = &cases[0];
        let shown = self.told(case, P, "7201", sample::t7201(case)).await?;
        let mut letters = Vec::new();
        for at in 0..2 {
            letters.push(self.letter(&P(case), "7204", &download(case, &shown, at)?)?);
        }
        let heard = self.halves(&letters).await;
        let (winner, reply) = self.judge("7204 two of one batch", heard, Some("RX-7204-05"))?;
        let one = Held { token: token(&shown, winner)?, rx_file: self.text(&reply, "rxFile")? };
        let taken = self.text(&reply, "hiRxno")?;

        // The loser keeps its place in the list of a second authorisation.
        let (loser, shown) = (1 - winner, self.told(case, P, "7201", sample::t7201(case)).await?);
        let own = self.letter(&P(case), "7204", &download(case, &shown, loser)?)?;
        let code = P(case);
        let others = self.stage.ground.region.of_kind(FixmedinsKind::Pharmacy);
        let other = others.map(|one| one.fixmedins.fixmedins_code.to_string()).find(|other| *other != code)?;
        let mut elsewhere = download(case, &shown, loser)?;
        for field in ["fixmedinsCode", "optinsNo"] {
            elsewhere[field] = other.clone().into();
        }
        let letters = [own, self.letter(&other, "7204", &elsewhere)?];
        let heard = self.halves(&letters).await;
        let (by, reply) = self.judge("7204 token of another", heard, Some("RX-7204-02"))?;
        if by != 0 || self.text(&reply, "hiRxno")? == taken {
            return self.fault("a token opened what it does not open");
        }
        let two = Held { token: token(&shown, loser)?, rx_file: self.text(&reply, "rxFile")? };
        Some(if taken == issued[0].hi_rxno { vec![one, two] } else { vec![two, one] })
    }

    async fn review(&mut self, case: &Case<'_>, issued: &Issued, held: &Held) -> Option<String> {
        let verify = sample::t7205(case, issued, &held.rx_file, &held.token);
        let verified = self.told(case, P, "7205", verify).await?;
        let sn = self.text(&verified, "rxSignVerifySn")?;
        let review = sample::t7206(case, &issued.hi_rxno, &held.token, &sn, true, now());
        let reviewed = self.told(case, P, "7206", review).await?;
        self.text(&reviewed, "rxChkBizSn")
    }

    /// Both want the same box; then both are settled, one by the same message from everybody, one by other content from
    /// everybody.
    async fn one_box(&mut self, cases: &[Case<'_>], issued: &[Issued], biz_sns: &[String]) -> Option<()> {
        let code = format!("82{:018}", cases[0].serial);
        let mut letters = Vec::new();
        for ((case, issued), biz_sn) in cases.iter().zip(issued).zip(biz_sns) {
            let mut sale = sample::t7207(case, &issued.hi_rxno, biz_sn, now());
            sale["rxSaleDrugDetl"][0]["drugTraceCodg"] = code.clone().into();
            letters.push(self.letter(&P(case), "7207", &sale)?);
        }
        let heard = self.halves(&letters).await;
        let (winner, _) = self.judge("7207 one trace code", heard, Some("RX-7207-09"))?;
        let loser = 1 - winner;
        let sale = sample::t7207(&cases[loser], &issued[loser].hi_rxno, &biz_sns[loser], now());
        self.score.trace_codes += 2 * rows(&sale);
        self.told(&cases[loser], P, "7207", sale).await?;

        let mut payment = sample::t2102(&cases[winner], &issued[winner].hi_rxno, now());
        payment["durg_trac_info"][0]["drug_trac_codg"] = code.into();
        let letter = self.letter(&P(&cases[winner]), "2102", &payment)?;
        let heard = start(&self.stage.desk, vec![letter; self.clients]).await;
        self.judge("2102 same message", vec![heard], None)?;

        let mut letters = Vec::new();
        for at in 0..self.clients {
            let mut payment = sample::t2102(&cases[loser], &issued[loser].hi_rxno, now());
            payment["druginfo"]["invono"] = format!("FP{at:09}").into();
            letters.push(self.letter(&P(&cases[loser]), "2102", &payment)?);
        }
        let heard = start(&self.stage.desk, letters).await;
        let each = heard.into_iter().map(|heard| vec![heard]).collect();
        self.judge("2102 other content", each, Some("RX-2102-02"))?;
        self.score.settlements += 2;
        Some(())
    }

    /// Two letters, each from half of all clients, mixed.
    async fn halves(&self, letters: &[Letter]) -> Vec<Vec<Heard>> {
        // Two by two, so that each letter goes to each process.
        let of = |at: usize| (at / 2) % 2;
        let all = (0..self.clients).map(|at| letters[of(at)].clone()).collect();
        let mut groups = vec![Vec::new(), Vec::new()];
        for (at, heard) in start(&self.stage.desk, all).await.into_iter().enumerate() {
            groups[of(at)].push(heard);
        }
        groups
    }

    fn judge(
        &mut self,
        race: &'static str,
        groups: Vec<Vec<Heard>>,
        code: Option<&str>,
    ) -> Option<(usize, hyper::body::Bytes)> {
        judge(race, groups, code, &self.stage.desk.faults, self.score)
    }

    fn letter(&self, who: &str, infno: &'static str, data: &Value) -> Option<Letter> {
        let letter = self.stage.desk.letter(who, infno, data.to_string().into_bytes(), now().millis());
        letter.map_err(|error| self.stage.desk.faults.add(format!("{infno}: {error:#}"))).ok()
    }

    /// A message on the way to a race, to either process.
    async fn told(&mut self, case: &Case<'_>, who: Who, infno: &'static str, data: Value) -> Option<Vec<u8>> {
        let letter = self.letter(&who(case), infno, &data)?;
        match self.stage.desk.deliver(&letter, &mut self.dice, false).await {
            Fate::Answered(answer) if answer.opened.code == 0 => Some(answer.opened.data),
            Fate::Answered(answer) => self.fault(&format!("{infno} was refused: {}", answer.opened.message)),
            Fate::GivenUp | Fate::Fault => None,
        }
    }

    fn issued(&self, reply: &[u8]) -> Option<Issued> {
        Some(Issued { hi_rxno: self.text(reply, "hiRxno")?, rx_trace_code: self.text(reply, "rxTraceCode")? })
    }

    fn text(&self, reply: &[u8], path: &str) -> Option<String> {
        text_at(reply, path).or_else(|| self.fault(&format!("a reply has no {path}")))
    }

    fn fault<T>(&self, what: &str) -> Option<T> {
        self.stage.desk.faults.add(what);
        None
    }
}

fn token(shown: &[u8], at: usize) -> Option<String> {
    text_at(shown, &format!("data.{at}.epcToken"))
}

fn download(case: &Case<'_>, shown: &[u8], at: usize) -> Option<Value> {
    Some(sample::t7204(case, &token(shown, at)?, &text_at(shown, &format!("data.{at}.authRxno"))?))
}

fn rows(sale: &Value) -> u64 {
    sale["rxSaleDrugDetl"].as_array().map_or(0, Vec::len) as u64
}

fn now() -> Moment {
    SystemClock.now()
}
