//! Steps joined into as few statements as may be: each statement costs the server a turn of its protocol.
//!
//! Serves the hopeful way of `commit`. A joined statement is `WITH w1 AS (…), w2 AS (…) SELECT …`, whose list fails where a
//! step did not do what it must. All of it sees the database as it was before the statement, and a row may be written once
//! only, so a table occurs again only where rows are added that nobody replaces. Texts are made once a sequence of steps.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use crate::plan::{Must, Step};

/// Steps in one statement; as many parameters as they have stay far below what the protocol counts (65 535).
const STEPS_MAX: usize = 16;
/// Sequences whose texts are kept. A transaction has a handful; only the numbers of boxes and prescriptions vary.
const KEPT_MAX: usize = 1_024;
/// Longer sequences, those of imports, are not kept.
const KEPT_STEPS_MAX: usize = 48;

/// A statement and how many of the steps it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) text: String,
    pub(super) steps: usize,
}

/// The texts that were made.
#[derive(Default)]
pub(super) struct Texts {
    kept: Mutex<HashMap<Vec<Form>, Arc<[Joined]>>>,
}

/// What makes a step's text: where its SQL lies, and how it is judged.
type Form = (usize, usize, Judged);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Judged {
    No,
    Found,
    Written,
}

impl Texts {
    /// The statements that do the steps in order.
    pub(super) fn of(&self, steps: &[Step]) -> Arc<[Joined]> {
        if steps.len() > KEPT_STEPS_MAX {
            return join(steps).into();
        }
        let forms: Vec<Form> = steps.iter().map(|s| (s.sql.as_ptr() as usize, s.sql.len(), judged(s))).collect();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(joined) = kept.get(&forms) {
            return Arc::clone(joined);
        }
        let joined: Arc<[Joined]> = join(steps).into();
        if kept.len() < KEPT_MAX {
            kept.insert(forms, Arc::clone(&joined));
        }
        joined
    }
}

fn judged(step: &Step) -> Judged {
    match step.must {
        Must::Any => Judged::No,
        Must::Find(_) => Judged::Found,
        Must::Write(_) => Judged::Written,
    }
}

fn join(steps: &[Step]) -> Vec<Joined> {
    let mut joined = Vec::new();
    let mut rest = steps;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(together(rest));
        joined.push(Joined { text: text(now), steps: now.len() });
        rest = later;
    }
    joined
}

/// How many of the first steps may stand in one statement; at least one.
fn together(steps: &[Step]) -> usize {
    let within = &steps[..steps.len().min(STEPS_MAX)];
    let meets = |at: &usize| {
        let new = within[*at].sql;
        within[..*at].iter().any(|old| table(old.sql) == table(new) && !(only_adds(old.sql) && only_adds(new)))
    };
    (1..within.len()).find(meets).unwrap_or(within.len())
}

/// The table of a statement of ours: the word behind the first of these.
fn table(sql: &str) -> Option<&str> {
    let mut words = sql.split_whitespace();
    words.find(|word| matches!(*word, "INTO" | "UPDATE" | "FROM"))?;
    words.next()
}

/// Whether it adds a row or leaves what is there.
fn only_adds(sql: &str) -> bool {
    sql.starts_with("INSERT") && sql.ends_with("DO NOTHING")
}

/// One statement of several steps; its parameters are theirs, one after the other.
fn text(steps: &[Step]) -> String {
    if let [Step { sql, must: Must::Any, .. }] = steps {
        return (*sql).to_owned();
    }
    let (mut with, mut list, mut offset) = (String::from("WITH "), String::new(), 0);
    for (at, step) in steps.iter().enumerate() {
        if at > 0 {
            with.push_str(", ");
        }
        let _ = write!(with, "w{at} AS (");
        renumbered(&mut with, step.sql, offset);
        if !matches!(step.must, Must::Find(_)) {
            with.push_str(" RETURNING 1");
        }
        with.push(')');
        if !matches!(step.must, Must::Any) {
            let comma = if list.is_empty() { "" } else { ", " };
            let _ = write!(list, "{comma}1 / (SELECT COUNT(*) FROM w{at})");
        }
        offset += step.params.len();
    }
    format!("{with} SELECT {}", if list.is_empty() { "1" } else { &list })
}

/// Writes a text with `$n` as `$(n + offset)`.
fn renumbered(out: &mut String, sql: &str, offset: usize) {
    let mut parts = sql.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = part.split_at(digits);
        match number.parse::<usize>() {
            Ok(number) => {
                let _ = write!(out, "${}{after}", number + offset);
            }
            Err(_) => {
                let _ = write!(out, "${part}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::plan::Otherwise;
    use crate::sql;

    fn step(sql: &'static str, params: usize, must: Must) -> Step {
        Step { sql, params: vec![0.into(); params], must }
    }

    fn write(sql: &'static str, params: usize) -> Step {
        step(sql, params, Must::Write(Otherwise::Stale("it")))
    }

    fn check(steps: &[Step], expect: &Expect) {
        let joined = join(steps);
        assert_eq!(joined.iter().map(|j| j.steps).sum::<usize>(), steps.len());
        let shown: Vec<String> = joined.iter().map(|j| format!("{}: {}", j.steps, j.text)).collect();
        expect.assert_eq(&shown.join("\n"));
    }

    #[test]
    fn distinct_tables_are_one_statement() {
        let steps = [write(sql::ACCT_MOVE, 4), step(sql::CLAIM_DROP, 3, Must::Any), write(sql::CLAIM_NEW, 3)];
        check(
            &steps[..2],
            &expect![[r#"
            2: WITH w0 AS (UPDATE acct SET balc_fen = $3, version = version + 1
                WHERE poolarea_no = $1 AND psn_no = $2 AND version = $4 RETURNING 1), w1 AS (DELETE FROM claim WHERE kind = $5 AND claim_key = $6 AND owner = $7 RETURNING 1) SELECT 1 / (SELECT COUNT(*) FROM w0)"#]],
        );
        check(
            &[step(sql::SETL_EXISTS, 3, Must::Find("setl")), write(sql::ACCT_MOVE, 4)],
            &expect![[r#"
            2: WITH w0 AS (SELECT setl_id FROM setl WHERE poolarea_no = $1 AND setl_id = $2 AND fixmedins_code = $3), w1 AS (UPDATE acct SET balc_fen = $6, version = version + 1
                WHERE poolarea_no = $4 AND psn_no = $5 AND version = $7 RETURNING 1) SELECT 1 / (SELECT COUNT(*) FROM w0), 1 / (SELECT COUNT(*) FROM w1)"#]],
        );
        check(
            &[step(sql::CLAIM_DROP, 3, Must::Any)],
            &expect!["1: DELETE FROM claim WHERE kind = $1 AND claim_key = $2 AND owner = $3"],
        );
    }

    #[test]
    fn a_table_comes_again_only_where_rows_are_added() {
        let counts = |steps: &[Step]| join(steps).iter().map(|j| j.steps).collect::<Vec<_>>();
        let (drop, new) = (|| step(sql::CLAIM_DROP, 3, Must::Any), || write(sql::CLAIM_NEW, 3));
        assert_eq!(counts(&[new(), new(), new()]), [3]);
        assert_eq!(counts(&[drop(), new()]), [1, 1]);
        assert_eq!(counts(&[drop(), drop()]), [1, 1]);
        assert_eq!(counts(&[write(sql::RX_MOVE, 8), write(sql::RX_EVENT_NEW, 6), write(sql::RX_MOVE, 8)]), [2, 1]);
        let put = || step(sql::OUTBOX_QUEUE_PUT, 4, Must::Any);
        assert_eq!(counts(&[write(sql::OUTBOX_NEW, 7), put(), write(sql::OUTBOX_NEW, 7), put()]), [3, 1]);
        assert_eq!(counts(&[step(sql::SETL_EXISTS, 3, Must::Find("setl")), write(sql::SETL_NEW, 7)]), [1, 1]);
    }

    #[test]
    fn a_statement_has_its_limit() {
        let steps = |count: usize| (0..count).map(|_| write(sql::CLAIM_NEW, 3)).collect::<Vec<_>>();
        assert_eq!(join(&steps(STEPS_MAX)).len(), 1);
        assert_eq!(join(&steps(STEPS_MAX + 1)).iter().map(|j| j.steps).collect::<Vec<_>>(), [STEPS_MAX, 1]);
    }

    #[test]
    fn what_is_kept_has_its_limits() {
        let texts = Texts::default();
        let kept = || texts.kept.lock().unwrap().len();
        let long = |count: usize| (0..count).map(|_| write(sql::CLAIM_NEW, 3)).collect::<Vec<_>>();
        assert_eq!(texts.of(&long(KEPT_STEPS_MAX)).len(), 3);
        assert_eq!(kept(), 1);
        texts.of(&long(KEPT_STEPS_MAX + 1));
        assert_eq!(kept(), 1);
        for bits in 0..KEPT_MAX as u32 + 8 {
            let pick = |at: u32| if bits >> at & 1 == 1 { write(sql::CLAIM_NEW, 3) } else { write(sql::IDEM_NEW, 6) };
            texts.of(&(0..11).map(pick).collect::<Vec<_>>());
        }
        assert_eq!(kept(), KEPT_MAX);
    }
}
