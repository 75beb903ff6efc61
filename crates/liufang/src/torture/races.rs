//! `torture races`: many clients at once, spread over the processes, for what only one may have. One wins, the others all
//! get the same clear answer, and the audit finds one of each.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

mod round;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use hyper::body::Bytes;
use lf_wire::client::Opened;
use serde_json::json;
use tokio::sync::Barrier;

use super::desk::{Desk, Letter, Sending};
use super::faults::Faults;
use super::{Stage, verdict};
use crate::cli::RaceArgs;

/// Persons; a round is of one of them, the next round of the next.
const PERSONS: u32 = 64;

/// Rounds after which it is said how far they are.
const TELL_EVERY: u64 = 100;

/// What the races came to.
#[derive(Default)]
struct Score {
    races: u64,
    messages: u64,
    /// By race: how many answers were won and how many lost.
    by_race: BTreeMap<&'static str, (u64, u64)>,
    prescriptions: u64,
    settlements: u64,
    trace_codes: u64,
}

/// Runs all rounds. Whether in every race one won and nobody heard anything else.
#[allow(clippy::disallowed_methods, reason = "the torture measures time")]
pub async fn run(args: &RaceArgs) -> anyhow::Result<bool> {
    let began = Instant::now();
    let mut stage = Stage::set(&args.place, args.processes, PERSONS).await?;
    let mut score = Score::default();
    for number in 0..u64::from(args.rounds) {
        if round::run(&stage, args.clients as usize, number, &mut score).await.is_none() {
            stage.desk.faults.add(format!("round {number} did not come to its end"));
            break;
        }
        if (number + 1) % TELL_EVERY == 0 {
            eprintln!("{} rounds", number + 1);
        }
    }
    let (store, audit) = stage.strike().await?;
    store.close().await;
    for (what, found, wanted) in [
        ("prescriptions", audit.prescriptions, score.prescriptions),
        ("settlements", audit.settlements, score.settlements),
        ("trace codes", audit.claims, score.trace_codes),
    ] {
        if found != wanted {
            stage.desk.faults.add(format!("audit: {found} {what}, {wanted} were won"));
        }
    }
    let faults = stage.desk.faults.texts();
    let engine = stage.end().await?;
    report(args, engine, began.elapsed().as_secs_f64(), &score, &faults)?;
    Ok(verdict(&faults))
}

fn report(args: &RaceArgs, engine: &str, seconds: f64, score: &Score, faults: &[String]) -> anyhow::Result<()> {
    if args.json {
        let by_race: serde_json::Map<_, _> = score
            .by_race
            .iter()
            .map(|(race, (won, lost))| ((*race).to_owned(), json!({ "won": won, "lost": lost })))
            .collect();
        let result = json!({
            "database": engine, "rounds": args.rounds, "clients": args.clients, "processes": args.processes,
            "races": score.races, "messages": score.messages, "seconds": seconds, "by_race": by_race, "faults": faults,
        });
        println!("{}", serde_json::to_string_pretty(&result)?);
        return Ok(());
    }
    println!(
        "{engine}, {} processes: {} rounds, {} races of {} clients, {} messages, {seconds:.0} s",
        args.processes, args.rounds, score.races, args.clients, score.messages
    );
    for (race, (won, lost)) in &score.by_race {
        println!("  {race:<28} {won:>8} answers won {lost:>8} refused alike");
    }
    match faults.len() {
        0 => println!("one won every race, the others heard the same, audit clean"),
        many => println!("{many} FAULTS"),
    }
    Ok(())
}

/// What a racer heard.
type Heard = Option<Opened>;

/// Sends these letters at one moment, each in a task of its own, to the processes in turn.
async fn start(desk: &Arc<Desk>, letters: Vec<Letter>) -> Vec<Heard> {
    let gate = Arc::new(Barrier::new(letters.len()));
    let racers: Vec<_> = letters
        .into_iter()
        .enumerate()
        .map(|(place, letter)| {
            let (desk, gate) = (desk.clone(), gate.clone());
            tokio::spawn(async move {
                gate.wait().await;
                match desk.send(&letter, place).await {
                    Sending::Answered(opened) => return Some(opened),
                    Sending::Fault(what) => desk.faults.add(what),
                    Sending::NotSent | Sending::Unsure => {
                        desk.faults.add(format!("{}: no clear answer in a race", letter.infno));
                    }
                }
                None
            })
        })
        .collect();
    let mut heard = Vec::new();
    for racer in racers {
        heard.push(racer.await.unwrap_or_default());
    }
    heard
}

/// Judges a race of groups: all of one group hear the same acceptance, everybody else the same refusal with this code.
/// Answers the winning group and its payload.
fn judge(
    race: &'static str,
    groups: Vec<Vec<Heard>>,
    code: Option<&str>,
    faults: &Faults,
    score: &mut Score,
) -> Option<(usize, Bytes)> {
    score.races += 1;
    score.messages += groups.iter().map(|group| group.len() as u64).sum::<u64>();
    let won: Vec<_> =
        (0..groups.len()).filter(|at| groups[*at].iter().flatten().any(|opened| opened.code == 0)).collect();
    let [winner] = won[..] else {
        faults.add(format!("{race}: {} of {} won", won.len(), groups.len()));
        return None;
    };
    let first = groups[winner].iter().flatten().next()?.clone();
    let mut clean = groups[winner].iter().all(|heard| heard.as_ref() == Some(&first));
    if !clean {
        let heard: BTreeSet<_> = groups[winner].iter().flatten().map(|one| (one.code, &one.message)).collect();
        faults.add(format!("{race}: the winners did not all hear the same: {heard:?}, and payloads of their own"));
    }
    let losers: Vec<_> = (0..groups.len()).filter(|at| *at != winner).flat_map(|at| &groups[at]).collect();
    if let (Some(code), Some(Some(refusal))) = (code, losers.first()) {
        let alike = |heard: &&Heard| heard.as_ref().is_some_and(|opened| opened.message == refusal.message);
        let clear = refusal.code == 403 && refusal.message.starts_with(&format!("[{code}]"));
        if !clear || !losers.iter().all(alike) {
            faults
                .add(format!("{race}: the losers were to hear {code} and heard {} {}", refusal.code, refusal.message));
            clean = false;
        }
    }
    let sums = score.by_race.entry(race).or_default();
    *sums = (sums.0 + groups[winner].len() as u64, sums.1 + losers.len() as u64);
    clean.then(|| (winner, Bytes::from(first.data)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(code: i64, message: &str) -> Heard {
        Some(Opened { code, message: message.to_owned(), data: b"{}".to_vec() })
    }

    fn judged(groups: Vec<Vec<Heard>>) -> (Option<usize>, Vec<String>) {
        let (faults, mut score) = (Faults::default(), Score::default());
        let winner = judge("race", groups, Some("RX-1"), &faults, &mut score).map(|(winner, _)| winner);
        (winner, faults.texts())
    }

    #[test]
    fn only_one_winner_and_like_losers_pass() {
        let (won, lost) = (heard(0, "ok"), heard(403, "[RX-1] no"));
        assert_eq!(judged(vec![vec![lost.clone(), lost.clone()], vec![won.clone(), won.clone()]]), (Some(1), vec![]));
        for (groups, why) in [
            (vec![vec![won.clone()], vec![won.clone()]], "race: 2 of 2 won"),
            (vec![vec![lost.clone()], vec![lost.clone()]], "race: 0 of 2 won"),
            (vec![vec![won.clone(), heard(0, "other")], vec![lost.clone()]], "the winners did not all hear the same"),
            (vec![vec![won.clone(), lost.clone()], vec![lost.clone()]], "the winners did not all hear the same"),
            (vec![vec![won.clone(), None], vec![lost.clone()]], "the winners did not all hear the same"),
            (vec![vec![won.clone()], vec![lost.clone(), heard(403, "[RX-2] no")]], "were to hear RX-1"),
            (vec![vec![won.clone()], vec![heard(403, "[RX-2] no")]], "were to hear RX-1"),
            (vec![vec![won.clone()], vec![heard(503, "[RX-1] no")]], "were to hear RX-1"),
            (vec![vec![won], vec![lost, None]], "were to hear RX-1"),
        ] {
            let (winner, faults) = judged(groups);
            assert_eq!(winner, None, "{why}");
            assert!(faults.iter().any(|fault| fault.contains(why)), "{why}: {faults:?}");
        }
    }
}
