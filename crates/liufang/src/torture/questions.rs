//! Asking the center about everything it acknowledged: 7105, 7106, 7107 must tell what was reached, and a repeated message
//! must get the answer that it got, number for number.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use lf_ports::Clock as _;

use super::desk::{Answer, Desk, Fate};
use super::dice::Dice;
use super::ledger::{Ack, Lived, Standing, text_at};
use crate::edge::SystemClock;

/// How many ask at once.
const ASKERS: u64 = 16;

/// Whose answer is the same for ever; a settlement's for as long as it stands, see [`reversed`].
const FOR_EVER: [&str; 10] = ["7101", "7102", "7103", "7104", "7201", "7206", "7207", "7208", "2102", "2103"];

/// Asks about all of these lives; answers how many questions that were.
pub async fn ask_all(desk: &Arc<Desk>, lives: Vec<Lived>, seed: u64) -> anyhow::Result<u64> {
    let waiting = Arc::new(Mutex::new(VecDeque::from(lives)));
    let askers: Vec<_> = (0..ASKERS)
        .map(|asker| {
            let (desk, waiting) = (desk.clone(), waiting.clone());
            tokio::spawn(async move {
                let mut dice = Dice::new(seed, asker);
                let mut asked = 0;
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(lived) = next else { return asked };
                    asked += ask(&desk, &lived, &mut dice).await;
                }
            })
        })
        .collect();
    let mut asked = 0;
    for asker in askers {
        asked += asker.await?;
    }
    Ok(asked)
}

async fn ask(desk: &Desk, lived: &Lived, dice: &mut Dice) -> u64 {
    let asked = match (&lived.hi_rxno, &lived.question) {
        (Some(hi_rxno), Some(question)) => ask_standing(desk, lived, hi_rxno, question, dice).await,
        _ => 0,
    };
    asked + repeat_all(desk, lived, dice).await
}

/// Where it stands: after what was acknowledged, or after that and the message that nobody asked about again.
async fn ask_standing(desk: &Desk, lived: &Lived, hi_rxno: &str, question: &[u8], dice: &mut Dice) -> u64 {
    let mut possible = vec![Standing::after(&lived.acks)];
    if let Some((infno, sent)) = &lived.given_up {
        let mut after = possible[0].clone();
        after.apply(infno, sent);
        possible.push(after);
    }
    let mut told = Vec::new();
    for infno in ["7105", "7106", "7107"] {
        let asked = send(desk, &lived.hospital, infno, question.to_vec(), SystemClock.now().millis(), dice).await;
        let Some(answer) = asked else { return told.len() as u64 };
        told.push(answer.opened);
    }
    let fits = |standing: &Standing| {
        let text = |at: usize, name: &str| text_at(&told[at].data, name);
        let status = told[0].code == 0
            && text(0, "hiRxno").as_deref() == Some(hi_rxno)
            && text(0, "rxStasCodg").as_deref() == Some(standing.rx_stas)
            && text(0, "rxUsedStasCodg").as_deref() == Some(standing.rx_used_stas);
        let review = match &standing.rx_chk_stas {
            Some(code) => told[1].code == 0 && text(1, "rxChkStasCodg").as_ref() == Some(code),
            None => told[1].code == 403 && told[1].message.contains("RX-7106-01"),
        };
        let taken = if standing.settled {
            told[2].code == 0 && text(2, "rxUsedStasCodg").as_deref() == Some(standing.rx_used_stas)
        } else {
            told[2].code == 403 && told[2].message.contains("RX-7107-01")
        };
        status && review && taken
    };
    if !possible.iter().any(fits) {
        let said: Vec<_> = told.iter().map(|opened| format!("{} {}", opened.code, opened.message)).collect();
        desk.faults.add(format!("{hi_rxno}: acknowledged {:?}, but 7105, 7106, 7107 say {said:?}", possible[0]));
    }
    told.len() as u64
}

async fn repeat_all(desk: &Desk, lived: &Lived, dice: &mut Dice) -> u64 {
    let standing = Standing::after(&lived.acks);
    let mut repeated = 0;
    for ack in lived.acks.iter().filter(|ack| ack.accepted()) {
        let for_ever = FOR_EVER.contains(&ack.infno);
        // What a download answers depends on where the prescription stands, which is unsure when nobody asked again.
        if !for_ever && lived.given_up.is_some() {
            continue;
        }
        let Some(again) = send(desk, &ack.who, ack.infno, ack.sent.clone(), ack.at_ms, dice).await else { continue };
        repeated += 1;
        let fits = match reversed(lived, ack) {
            Reversed::Not if for_ever => same(ack, &again),
            Reversed::Not => of_a_holder(ack, &again, &standing),
            Reversed::Perhaps => same(ack, &again) || of_a_reversed(&again),
            Reversed::Acknowledged => of_a_reversed(&again),
        };
        if !fits {
            let no = lived.hi_rxno.as_deref().unwrap_or("no number");
            desk.faults.add(format!(
                "{no}: {} was acknowledged with {} {:?}; repeated it is answered {} {:?}{}",
                ack.infno,
                ack.code,
                ack.message,
                again.opened.code,
                again.opened.message,
                if again.opened.data == ack.reply { "" } else { " and with another payload" }
            ));
        }
    }
    repeated
}

/// What became of the settlement that a 2102 was answered with.
enum Reversed {
    Not,
    /// Its 2103 was given up unanswered.
    Perhaps,
    Acknowledged,
}

fn reversed(lived: &Lived, ack: &Ack) -> Reversed {
    let after = lived.acks.iter().skip_while(|other| !std::ptr::eq(*other, ack));
    if ack.infno != "2102" {
        Reversed::Not
    } else if after.filter(|later| later.accepted()).any(|later| later.infno == "2103") {
        Reversed::Acknowledged
    } else if lived.given_up.as_ref().is_some_and(|(infno, _)| *infno == "2103") {
        Reversed::Perhaps
    } else {
        Reversed::Not
    }
}

/// Nobody is told of money that was given back as if it were still paid (decision 0014).
fn of_a_reversed(again: &Answer) -> bool {
    again.opened.code == 403 && again.opened.message.contains("RX-2102-04")
}

fn same(ack: &Ack, again: &Answer) -> bool {
    again.opened.code == ack.code && again.opened.message == ack.message && again.opened.data == ack.reply
}

/// 7204 and 7205: who holds the prescription on this token gets the same numbers and file, who does not is refused.
fn of_a_holder(ack: &Ack, again: &Answer, standing: &Standing) -> bool {
    let holds = standing.held.is_some()
        && standing.held == ack.sent_text("epcToken")
        && standing.trace_codes.is_empty()
        && !standing.settled;
    if !holds {
        return again.opened.code == 403;
    }
    let same = |name: &str| text_at(&again.opened.data, name) == ack.reply_text(name);
    again.opened.code == 0 && ["hiRxno", "rxTraceCode", "rxFile", "rxSignVerifySn"].into_iter().all(same)
}

async fn send(
    desk: &Desk,
    who: &str,
    infno: &'static str,
    data: Vec<u8>,
    at_ms: i64,
    dice: &mut Dice,
) -> Option<Answer> {
    let letter = match desk.letter(who, infno, data, at_ms) {
        Ok(letter) => letter,
        Err(error) => {
            desk.faults.add(format!("{infno}: {error:#}"));
            return None;
        }
    };
    match desk.deliver(&letter, dice, false).await {
        Fate::Answered(answer) => Some(answer),
        Fate::GivenUp | Fate::Fault => None,
    }
}
