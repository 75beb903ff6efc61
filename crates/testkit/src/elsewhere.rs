//! What a test adds to the small region: another place of it, and editions of lists.

use lf_ports::{
    ChangeSet, Edition, EditionChange, EditionOf, Fixmedins, Item, Lists, Person, RegistryPut, RowEnd, Store as _,
};

use crate::center::TestCenter;
use crate::life::parse;
use crate::region::{HOSPITAL, PHARMACY, fixmedins};

/// Rows that stand in a list of a test, at most.
const ROWS_MAX: usize = 99;

impl TestCenter {
    /// The small region as another place, and a person insured in a third, or in the same.
    pub async fn elsewhere(place: &str, insured: &str) -> (Self, Person) {
        let center = Self::new().await;
        for code in [HOSPITAL, PHARMACY] {
            let row = Fixmedins { poolarea_no: parse(place), ..fixmedins(code, "某机构") };
            center.register(RegistryPut::Fixmedins(row)).await;
        }
        let person = Person {
            poolarea_no: parse(insured),
            psn_no: parse("36090000000000000009"),
            certno: parse("420102195505050097"),
            ec_token: "ec-token-9".to_owned(),
            ..center.people.retired.clone()
        };
        center.register(RegistryPut::Person(person.clone())).await;
        (center, person)
    }

    /// The next edition of a list: these rows from a day on, and no other. The center hears of it at once.
    ///
    /// # Panics
    /// When the store does not take it.
    pub async fn edition(&self, list: Lists, from: &str, items: Vec<Item>) {
        let (of, from) = (EditionOf::List(list), parse(from));
        let read =
            async { Ok((self.store.editions(of).await?, self.store.list_page(list, from, None, ROWS_MAX).await?)) };
        let read: Result<_, lf_ports::StoreError> = read.await;
        let (editions, standing) = read.unwrap_or_else(|error| panic!("{error}"));
        let ver = editions.len() as i64 + 1;
        let keys: Vec<_> = items.iter().map(Item::key).collect();
        let gone = standing.into_iter().filter(|row| !keys.contains(&row.item.key()));
        let ends = gone.map(|row| RowEnd { key: row.item.key(), from: row.from }).collect();
        let edition = Edition {
            of,
            edition: format!("第{ver}版"),
            from,
            ver,
            file_sm3: "00".repeat(32),
            row_cnt: items.len() as u64,
            imported: self.now(),
        };
        let edition = Some(EditionChange { edition, ends, drugs: vec![], items });
        self.put(ChangeSet { edition, ..ChangeSet::default() }).await;
        self.clock.advance_seconds(lf_center::registers::KEPT_FRESH_SECONDS);
    }
}
