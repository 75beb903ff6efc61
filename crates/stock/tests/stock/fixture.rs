//! A pharmacy, a box of 24 tablets, and rows about it.

use lf_stock::{
    ChgType, DataType, Entry, Goods, Ledger, Measure, Owner, Posting, Sale, SecondSale, StockRefusal, What,
};
use lf_vocab::{DrugTracCodg, Moment, Qty};

pub const PHARMACY: &str = "P36090200101";
pub const LOT: &str = "L1";

pub fn now() -> Moment {
    "2026-05-11 09:30:00".parse().unwrap()
}

pub fn goods() -> Goods {
    Goods {
        med_list_codg: "XC09CAX182E001010105733".parse().unwrap(),
        fixmedins_hilist_id: "G1".to_owned(),
        fixmedins_hilist_name: "缬沙坦胶囊".to_owned(),
        rx_flag: true,
        manu_lotnum: Some("2601".to_owned()),
        manu_date: "2026-01-01".parse().unwrap(),
        expy_end: "2026-05-11".parse().unwrap(),
    }
}

pub fn qty(text: &str) -> Qty {
    text.parse().unwrap()
}

pub fn code(n: u32) -> DrugTracCodg {
    format!("8{n:019}").parse().unwrap()
}

pub fn codes(numbers: &[u32]) -> Vec<DrugTracCodg> {
    numbers.iter().map(|n| code(*n)).collect()
}

pub fn entry(what: What) -> Entry {
    Entry { fixmedins_bchno: LOT.to_owned(), at: now(), what }
}

pub fn buy(cnt: &str, boxes: &[u32]) -> Entry {
    entry(What::Purchase { goods: goods(), measure: Measure::Packs(24), cnt: qty(cnt), codes: codes(boxes) })
}

pub fn give_back(cnt: &str) -> Entry {
    entry(What::PurchaseReturn { goods: goods().told(), cnt: qty(cnt) })
}

pub fn change(chg: ChgType, cnt: &str) -> Entry {
    entry(What::Change { goods: goods().told(), chg, cnt: qty(cnt), split: false })
}

pub fn count(cnt: &str) -> Entry {
    let invdate = now().day();
    entry(What::Count { goods: goods(), measure: Measure::Packs(24), invdate, cnt: qty(cnt) })
}

pub fn delete(data: DataType) -> Entry {
    entry(What::Delete(data))
}

pub fn sale(visit: &str, cnt: &str, split: bool, boxes: &[u32]) -> Sale {
    Sale {
        goods: goods().told(),
        mdtrt_sn: visit.to_owned(),
        owner: Owner::Counter(visit.to_owned()),
        cnt: qty(cnt),
        split,
        codes: codes(boxes),
        exempt: false,
        second: SecondSale::Refuse,
    }
}

pub fn sell(visit: &str, cnt: &str, boxes: &[u32]) -> Entry {
    entry(What::Sale(sale(visit, cnt, false, boxes)))
}

pub fn unsell(visit: &str, cnt: &str, boxes: &[u32]) -> Entry {
    entry(What::SaleReturn(sale(visit, cnt, false, boxes)))
}

pub fn stocked(packs: &str) -> Ledger {
    let mut ledger = Ledger::new(PHARMACY);
    ledger.post(&buy(packs, &[]), now()).unwrap();
    ledger
}

pub fn post(ledger: &mut Ledger, entry: &Entry) -> Result<Posting, StockRefusal> {
    ledger.post(entry, now())
}

pub fn balance(ledger: &Ledger) -> i64 {
    ledger.lot(LOT).map_or(0, lf_stock::Lot::balance)
}
