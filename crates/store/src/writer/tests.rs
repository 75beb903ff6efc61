//! Batches that go wrong: nobody is told that it worked, and nothing is half there.

use std::path::PathBuf;
use std::time::Duration;

use lf_vocab::Moment;

use super::*;
use crate::db::Role;

struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lf-writer-{}-{name}.db", std::process::id()));
        let file = Self(path);
        file.remove();
        crate::migrate(&file.0, Moment::from_micros(1)).unwrap();
        file
    }

    fn db(&self) -> Db {
        Db::open(&self.0, Duration::from_millis(50), Role::Writer).unwrap()
    }

    fn claims(&self) -> usize {
        let params = ["drug_trac_codg".into(), "".into(), Value::Int(100)];
        self.db().query(sql::CLAIM_SCAN, &params).unwrap().len()
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.remove();
    }
}

type Reply = oneshot::Receiver<Result<(), CommitError>>;

fn command(steps: Vec<Step>) -> (Command, Reply) {
    let (reply, answer) = oneshot::channel();
    (Command::Commit { steps, reply }, answer)
}

fn any(sql: &'static str, params: Vec<Value>) -> Step {
    Step { sql, params, must: Must::Any }
}

fn claim(key: &str) -> Step {
    any(sql::CLAIM_NEW, vec!["drug_trac_codg".into(), key.into(), "o".into()])
}

/// Writes a batch and answers what each command was told.
fn told(db: &mut Db, commands: Vec<(Command, Reply)>) -> Vec<Result<(), CommitError>> {
    let (commands, replies): (Vec<_>, Vec<_>) = commands.into_iter().unzip();
    let sealer = Sealer::new(&lf_gm::RingFile::new("now", [7; 32]).unwrap());
    write(db, &sealer, commands).into_iter().for_each(Answer::send);
    replies.into_iter().map(|mut reply| reply.try_recv().unwrap()).collect()
}

fn is_broken(result: &Result<(), CommitError>) -> bool {
    matches!(result, Err(CommitError::Store(StoreError::Broken(_))))
}

/// A history row without its prescription, whose contradiction only the COMMIT finds.
fn poison() -> Vec<Step> {
    let event = vec!["p".into(), "x".into(), Value::Int(1), Value::Int(1), [0u8; 1][..].into(), [0u8; 32][..].into()];
    vec![any("PRAGMA defer_foreign_keys = 1", vec![]), any(sql::RX_EVENT_NEW, event)]
}

#[test]
fn a_failed_commit_is_told_to_every_command_of_the_batch() {
    let file = File::new("commit");
    let mut db = file.db();
    let batch = vec![command(vec![claim("a")]), command(poison()), command(vec![claim("b")])];
    let answers = told(&mut db, batch);
    assert!(answers.len() == 3 && answers.iter().all(is_broken), "{answers:?}");
    assert_eq!(file.claims(), 0);
    assert!(!db.in_transaction());
    assert_eq!(told(&mut db, vec![command(vec![claim("a")])]), [Ok(())], "and the next batch works");
    assert_eq!(file.claims(), 1);
}

#[test]
fn a_broken_command_spares_its_neighbours() {
    let file = File::new("spare");
    let mut db = file.db();
    let account = vec!["p".into(), "n".into(), Value::Int(-1)];
    let broken = vec![claim("half"), any(sql::ACCT_NEW, account)];
    let answers = told(&mut db, vec![command(vec![claim("a")]), command(broken), command(vec![claim("b")])]);
    assert!(answers[0].is_ok() && is_broken(&answers[1]) && answers[2].is_ok(), "{answers:?}");
    assert_eq!(file.claims(), 2);
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing_half() {
    let file = File::new("full");
    let mut db = file.db();
    let pages: i64 = db.raw().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 2);
    db.raw().query_row(&limit, [], |_| Ok(())).unwrap();
    let big = vec![claim("half"), claim(&"x".repeat(100_000))];
    let answers = told(&mut db, vec![command(vec![claim("a")]), command(big), command(vec![claim("b")])]);
    assert!(is_broken(&answers[1]), "{answers:?}");
    let acknowledged = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(file.claims(), acknowledged, "{answers:?}");
}

#[test]
fn another_process_that_writes_too_long_makes_the_store_unavailable() {
    let file = File::new("busy");
    let (mut db, mut other) = (file.db(), file.db());
    other.execute(sql::BEGIN, &[]).unwrap();
    let answers = told(&mut db, vec![command(vec![claim("a")]), command(vec![claim("b")])]);
    let unavailable =
        |answer: &Result<(), CommitError>| matches!(answer, Err(CommitError::Store(StoreError::Unavailable(_))));
    assert!(answers.len() == 2 && answers.iter().all(unavailable), "{answers:?}");
    other.execute(sql::ROLLBACK, &[]).unwrap();
    assert_eq!(told(&mut db, vec![command(vec![claim("a")])]), [Ok(())]);
}
