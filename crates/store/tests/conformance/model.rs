//! Random change sets against plain maps: the same answers, the same rows.

use std::collections::BTreeMap;

use lf_ports::{AcctChange, ChangeSet, ClaimKind, CommitError};
use lf_rx::Prescription;
use lf_vocab::Fen;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::{Full, Ground, fixture as f};

const SERIALS: u64 = 3;

/// What a random command wants; small ranges, so that commands meet.
#[derive(Debug, Clone)]
struct Want {
    idem: Option<(u8, u8)>,
    release: Option<(u8, u8)>,
    claim: Option<(u8, u8)>,
    /// Serial, and whether on an old state.
    rx: Option<(u64, bool)>,
    setl: Option<(u8, Option<u8>)>,
    /// Added to the version in force: 0 is right.
    accum: Option<i64>,
    acct: Option<i64>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    idem: BTreeMap<u8, u8>,
    claims: BTreeMap<u8, u8>,
    rx: BTreeMap<u64, Prescription>,
    /// Settlement and what reversed it.
    setl: BTreeMap<u8, Option<u8>>,
    accum: i64,
    acct: i64,
}

fn wants() -> impl Strategy<Value = Vec<Want>> {
    let rare = |strategy| prop::option::weighted(0.3, strategy);
    let want = (
        rare((0u8..6, 0u8..3)),
        rare((0u8..4, 0u8..3)),
        rare((0u8..4, 0u8..3)),
        prop::option::weighted(0.6, (0..SERIALS, prop::bool::weighted(0.2))),
        prop::option::weighted(0.3, (0u8..6, prop::option::of(0u8..6))),
        prop::option::weighted(0.3, prop_oneof![3 => Just(0i64), 1 => Just(1i64)]),
        prop::option::weighted(0.3, prop_oneof![3 => Just(0i64), 1 => Just(1i64)]),
    )
        .prop_map(|(idem, release, claim, rx, setl, accum, acct)| Want {
            idem,
            release,
            claim,
            rx,
            setl,
            accum,
            acct,
        });
    prop::collection::vec(want, 1..40)
}

fn claim((key, owner): (u8, u8)) -> lf_ports::Claim {
    f::claim(&key.to_string(), &owner.to_string())
}

fn acct(expect_version: i64) -> AcctChange {
    AcctChange { poolarea_no: f::pool(), psn_no: f::psn_no(), expect_version, balc: Fen::new(expect_version) }
}

impl Model {
    fn change(&self, want: &Want) -> ChangeSet {
        let rx = want.rx.map(|(serial, old)| match self.rx.get(&serial) {
            Some(rx) if !old => {
                let event = f::next_event(rx).unwrap_or_else(f::revoked);
                if rx.next(&event).is_ok() { f::follow(rx, &event) } else { f::open(serial) }
            }
            _ => f::open(serial),
        });
        ChangeSet {
            idem: want.idem.map(|(key, digest)| f::idem(&key.to_string(), digest)),
            releases: want.release.map(claim).into_iter().collect(),
            claims: want.claim.map(claim).into_iter().collect(),
            rx: rx.into_iter().collect(),
            setl: want.setl.map(|(id, refd)| f::setl(&id.to_string(), refd.map(|id| id.to_string()).as_deref())),
            accum: want.accum.map(|off| f::accum(self.accum + off, 7)).into_iter().collect(),
            acct: want.acct.map(|off| acct(self.acct + off)).into_iter().collect(),
            ..ChangeSet::default()
        }
    }

    /// The documented meaning of a commit, in the documented order.
    fn apply(&mut self, want: &Want, changes: &ChangeSet) -> Result<(), CommitError> {
        if let Some((key, digest)) = want.idem {
            if let Some(answered) = self.idem.get(&key) {
                return Err(CommitError::Repeated(Box::new(f::idem(&key.to_string(), *answered))));
            }
            self.idem.insert(key, digest);
        }
        if let Some((key, owner)) = want.release
            && self.claims.get(&key) == Some(&owner)
        {
            self.claims.remove(&key);
        }
        if let Some((key, owner)) = want.claim {
            let holder = *self.claims.entry(key).or_insert(owner);
            if holder != owner {
                return Err(CommitError::Claimed(claim((key, holder))));
            }
        }
        if let (Some((serial, _)), Some(change)) = (want.rx, changes.rx.first()) {
            if self.rx.get(&serial).map_or(0, |rx| rx.seq) != change.expect_seq {
                return Err(CommitError::Stale("rx"));
            }
            self.rx.insert(serial, change.rx.clone());
        }
        if let Some((id, refd)) = want.setl {
            let reversible = refd.is_none_or(|refd| self.setl.get(&refd) == Some(&None));
            if self.setl.contains_key(&id) || !reversible {
                return Err(CommitError::Stale("setl"));
            }
            self.setl.insert(id, None);
            if let Some(refd) = refd {
                self.setl.insert(refd, Some(id));
            }
        }
        for (what, off, version) in [("accum", want.accum, &mut self.accum), ("acct", want.acct, &mut self.acct)] {
            match off {
                None => {}
                Some(0) => *version += 1,
                Some(_) => return Err(CommitError::Stale(what)),
            }
        }
        Ok(())
    }

    /// What a store shows of the same things.
    async fn read(store: &dyn Full) -> Self {
        let mut model = Self::default();
        for key in 0..6u8 {
            if let Some(row) = store.idem(&f::idem(&key.to_string(), 0).key).await.unwrap() {
                assert_eq!(row, f::idem(&key.to_string(), row.digest[0]));
                model.idem.insert(key, row.digest[0]);
            }
            if let Some(claim) = store.claim(ClaimKind::DrugTracCodg, &key.to_string()).await.unwrap() {
                model.claims.insert(key, claim.owner.parse().unwrap());
            }
            if let Some((_, by)) = store.setl(&f::pharmacy(), &key.to_string()).await.unwrap() {
                model.setl.insert(key, by.map(|by| by.parse().unwrap()));
            }
        }
        for serial in 0..SERIALS {
            if let Some(rx) = store.rx(&f::number(serial)).await.unwrap() {
                let events = store.rx_events(&f::number(serial)).await.unwrap();
                assert_eq!((events.len() as u64, events.last().unwrap().hash), (rx.seq, rx.head));
                model.rx.insert(serial, rx);
            }
        }
        model.accum = store.accum(&f::accum_key()).await.unwrap().map_or(0, |row| row.version);
        model.acct = store.acct(f::pool(), &f::psn_no()).await.unwrap().version;
        model
    }
}

pub async fn random_changes_agree_with_a_map(ground: &dyn Ground) {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let store = ground.open();
    for _ in 0..16 {
        for table in ["idem", "claim", "rx_event", "rx_content", "rx", "setl", "accum", "acct"] {
            ground.alter(&format!("DELETE FROM {table}"));
        }
        let wants = wants().new_tree(&mut runner).unwrap().current();
        let mut model = Model::default();
        for want in &wants {
            let changes = model.change(want);
            let mut next = model.clone();
            let wanted = next.apply(want, &changes);
            assert_eq!(store.commit(changes).await, wanted, "{want:?} of {wants:#?}");
            if wanted.is_ok() {
                model = next;
            }
            assert_eq!(Model::read(&*store).await, model, "after {want:?} of {wants:#?}");
        }
    }
}
