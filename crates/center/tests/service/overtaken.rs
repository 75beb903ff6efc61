//! A repetition that looks for its answer before the first sending is committed, and at the prescription afterwards: it
//! gets the whole answer all the same. 1 000 rounds of `liufang torture races` find such a moment; here it is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use lf_center::{Center, Settings};
use lf_ports::store::DrugQuery;
use lf_ports::{
    Acct, AccumKey, AccumRow, App, ChangeSet, Claim, ClaimKind, CommitError, Drug, Fixmedins, IdemKey, IdemRow, Person,
    PersonKey, Practitioner, RxFile, Setl, Store, StoreError, StoredEvent,
};
use lf_rx::{AuthBatch, Prescription, RxContent};
use lf_store::SqliteStore;
use lf_testkit::center::repository_law;
use lf_testkit::edge::SeededChance;
use lf_testkit::{Step, TestCenter};
use lf_vocab::{Admdvs, Day, FixmedinsCode, HiRxno, MedListCodg, PsnNo};

/// A store whose first look for an answer comes a moment too early.
struct Early {
    store: Arc<SqliteStore>,
    looked: AtomicBool,
}

/// Everything else is the store's own.
macro_rules! own {
    ($($name:ident($($arg:ident: $kind:ty),*) -> $reply:ty;)+) => {
        #[async_trait]
        impl Store for Early {
            $(async fn $name(&self, $($arg: $kind),*) -> Result<$reply, StoreError> {
                self.store.$name($($arg),*).await
            })+

            async fn idem(&self, key: &IdemKey) -> Result<Option<IdemRow>, StoreError> {
                if self.looked.swap(true, Ordering::Relaxed) { self.store.idem(key).await } else { Ok(None) }
            }

            async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
                self.store.commit(changes).await
            }
        }
    };
}
own! {
    app(app_id: &str) -> Option<App>;
    fixmedins(fixmedins_code: &FixmedinsCode) -> Option<Fixmedins>;
    practitioner(fixmedins_code: &FixmedinsCode, prac_code: &str) -> Option<Practitioner>;
    person(key: &PersonKey) -> Option<Person>;
    drugs(codes: &[MedListCodg]) -> Vec<Option<Drug>>;
    drug_page(query: &DrugQuery) -> (u64, Vec<Drug>);
    rx(hi_rxno: &HiRxno) -> Option<Prescription>;
    rx_content(hi_rxno: &HiRxno) -> Option<RxContent>;
    rx_file(hi_rxno: &HiRxno) -> Option<RxFile>;
    rx_events(hi_rxno: &HiRxno) -> Vec<StoredEvent>;
    rx_of_person(poolarea_no: Admdvs, psn_no: &PsnNo, most: usize) -> Vec<Prescription>;
    batch(poolarea_no: Admdvs, batch_no: &str) -> Option<AuthBatch>;
    setl(fixmedins_code: &FixmedinsCode, setl_id: &str) -> Option<(Setl, Option<String>)>;
    accum(key: &AccumKey) -> Option<AccumRow>;
    acct(poolarea_no: Admdvs, psn_no: &PsnNo) -> Acct;
    claim(kind: ClaimKind, key: &str) -> Option<Claim>;
    reserve_serials(poolarea_no: Admdvs, day: Day, count: u64) -> u64;
}

#[tokio::test]
async fn a_sale_that_overtakes_itself_is_answered_with_its_reminders() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Reviewed).await;
    let command = life.sell_command();
    let ctx = life.ctx(&life.pharmacy, &command).await;
    let first = center.center.t7207_sell(&ctx, &command).await.unwrap();
    assert!(!first.reminders.is_empty(), "the sale is reminded of something");
    let store = Arc::new(Early { store: center.store.clone(), looked: AtomicBool::new(false) });
    let other = Center::new(store, Arc::new(repository_law()), Arc::new(SeededChance::new(2)), Settings::default());
    let again = other.t7207_sell(&ctx, &command).await.unwrap();
    assert_eq!((again.reply, again.reminders), (first.reply, first.reminders));
}
