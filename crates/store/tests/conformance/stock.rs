//! Goods: found by their institution only, moved whole or not at all, a number once, a box once.

use lf_ports::{
    CaseBody, CaseState, CaseStep, ChangeSet, Claim, ClaimKind, CommitError, DocKey, LeadKey, LotsOf, MoveBody,
    MovesOf, StockChange, StockCode, StockLead, StockLot, StockMove, StoreError, SupplyCase,
};
use lf_stock::{CodeLife, DataType, Goods, HeldSince, Lot, Measure};
use lf_vocab::{DrugTracCodg, FixmedinsCode};

use super::{Ground, fixture as f};

fn there() -> FixmedinsCode {
    "P36090200102".parse().unwrap()
}

fn code(n: u32) -> DrugTracCodg {
    format!("8{n:019}").parse().unwrap()
}

fn lot(fixmedins_bchno: &str, seq: i64, bought: i64, sold: i64) -> StockLot {
    let goods = Goods {
        med_list_codg: "XA10BH01".parse().unwrap(),
        fixmedins_hilist_id: "G1".to_owned(),
        fixmedins_hilist_name: "药".to_owned(),
        rx_flag: true,
        manu_lotnum: None,
        manu_date: f::day(),
        expy_end: f::day(),
    };
    let lot = Lot { bought, sold, ..Lot::new(goods, Measure::Packs(1)) };
    StockLot {
        fixmedins_code: f::pharmacy(),
        fixmedins_bchno: fixmedins_bchno.to_owned(),
        poolarea_no: f::pool(),
        seq,
        lot,
    }
}

fn moved(fixmedins_bchno: &str, seq: i64, data_type: DataType, units: i64) -> StockMove {
    let visit = (data_type == DataType::Sale).then(|| "V1".to_owned());
    StockMove {
        fixmedins_code: f::pharmacy(),
        fixmedins_bchno: fixmedins_bchno.to_owned(),
        seq,
        data_type,
        doc_no: format!("D{seq}"),
        units,
        mdtrt_sn: visit.clone(),
        hi_rxno: visit.as_ref().map(|_| f::number(1)),
        psn_no: visit.map(|_| f::psn_no()),
        at: f::at(1),
        taken: f::at(2),
        void_seq: 0,
        digest: [seq as u8; 32],
        body: MoveBody {
            infno: "3505".to_owned(),
            told: vec![("psn_name".to_owned(), "某人".to_owned())],
            codes: vec![(code(1), CodeLife::Unseen)],
            leads: vec![],
        },
    }
}

fn held(n: u32, ver: i64) -> StockCode {
    StockCode {
        fixmedins_code: f::pharmacy(),
        drug_trac_codg: code(n),
        ver,
        fixmedins_bchno: "L1".to_owned(),
        life: CodeLife::Held { fixmedins_bchno: "L1".to_owned(), since: HeldSince::Bought },
    }
}

fn change(lots: Vec<(i64, StockLot)>, moves: Vec<StockMove>, codes: Vec<StockCode>) -> ChangeSet {
    let stock = StockChange { fixmedins_code: f::pharmacy(), lots, voids: vec![], moves, codes, leads: vec![] };
    ChangeSet { stock: Some(stock), ..ChangeSet::default() }
}

fn bought() -> ChangeSet {
    change(vec![(0, lot("L1", 1, 10, 0))], vec![moved("L1", 1, DataType::Purchase, 10)], vec![held(1, 1), held(2, 1)])
}

/// One lot with one move and one code.
pub fn one_row() -> ChangeSet {
    let mut change = bought();
    if let Some(stock) = &mut change.stock {
        stock.codes.truncate(1);
    }
    change
}

fn sold() -> ChangeSet {
    change(vec![(1, lot("L1", 2, 10, 3))], vec![moved("L1", 2, DataType::Sale, -3)], vec![held(1, 2)])
}

pub async fn goods_are_found_by_their_institution_only(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(bought()).await.unwrap();
    store.commit(sold()).await.unwrap();
    let (here, there) = (f::pharmacy(), there());
    let found = store.stock_lots(&here, &["no", "L1"]).await.unwrap();
    assert_eq!(found, [None, Some(lot("L1", 2, 10, 3))]);
    assert_eq!(store.stock_lots(&there, &["L1"]).await.unwrap(), [None]);
    assert_eq!(store.stock_codes(&here, &[&code(2), &code(9)]).await.unwrap(), [Some(held(2, 1)), None]);
    assert_eq!(store.stock_codes(&there, &[&code(2)]).await.unwrap(), [None]);
    let one = moved("L1", 1, DataType::Purchase, 10);
    let two = moved("L1", 2, DataType::Sale, -3);
    for (of, whose, want) in [
        (MovesOf::Lot("L1".to_owned()), &here, vec![one, two.clone()]),
        (MovesOf::Visit("V1".to_owned()), &here, vec![two.clone()]),
        (MovesOf::Person(f::psn_no()), &here, vec![two.clone()]),
        (MovesOf::Lot("L1".to_owned()), &there, vec![]),
        (MovesOf::Visit("V1".to_owned()), &there, vec![]),
        (MovesOf::Person(f::psn_no()), &there, vec![]),
    ] {
        assert_eq!(store.stock_moves(whose, &of, ("", 0), 9).await.unwrap(), want, "{of:?}");
        assert_eq!(store.stock_moves(whose, &of, ("L1", 2), 9).await.unwrap(), [], "{of:?}");
    }
    assert_eq!(store.stock_moves_of_rx(&here, &f::number(1)).await.unwrap(), [two]);
    assert_eq!(store.stock_moves_of_rx(&there, &f::number(1)).await.unwrap(), []);
    assert_eq!(store.stock_visits(&here, &[("L1", "V1"), ("L1", "V2")]).await.unwrap(), [3, 0]);
    assert_eq!(store.stock_visits(&there, &[("L1", "V1")]).await.unwrap(), [0]);
    let pages = store.stock_codes_of_lot(&here, "L1", code(1).as_str(), 9).await.unwrap();
    assert_eq!(pages, [held(2, 1)]);
    assert_eq!(store.stock_lots_after(&here, "", 9).await.unwrap(), [lot("L1", 2, 10, 3)]);
    assert_eq!(store.stock_lots_after(&here, "L1", 9).await.unwrap(), []);
    assert_eq!(store.stock_holder_after("").await.unwrap(), Some(here.clone()));
    assert_eq!(store.stock_holder_after(here.as_str()).await.unwrap(), None);
    let drug: lf_vocab::MedListCodg = "XA10BH01".parse().unwrap();
    for of in [LotsOf::Drug(drug.clone()), LotsOf::Own("G1".to_owned())] {
        assert_eq!(store.stock_lots_of(&here, &of, "", 9).await.unwrap(), [lot("L1", 2, 10, 3)], "{of:?}");
        assert_eq!(store.stock_lots_of(&here, &of, "L1", 9).await.unwrap(), [], "{of:?}");
        assert_eq!(store.stock_lots_of(&there, &of, "", 9).await.unwrap(), [], "{of:?}");
    }
    assert_eq!(store.stock_offers(f::pool(), &drug, ("", ""), 9).await.unwrap(), [lot("L1", 2, 10, 3)]);
    assert_eq!(store.stock_offers("360800".parse().unwrap(), &drug, ("", ""), 9).await.unwrap(), []);
    let empty = change(vec![(2, lot("L1", 3, 10, 10))], vec![moved("L1", 3, DataType::Sale, -7)], vec![]);
    store.commit(empty).await.unwrap();
    assert_eq!(store.stock_offers(f::pool(), &drug, ("", ""), 9).await.unwrap(), [], "nothing left to offer");
}

pub async fn a_stock_change_comes_whole_or_not_at_all(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(bought()).await.unwrap();
    assert_eq!(store.commit(bought()).await, Err(CommitError::Stale("stock_lot")));
    let mut late = sold();
    late.claims.push(Claim { kind: ClaimKind::DrugTracCodg, key: "c".to_owned(), owner: "o".to_owned() });
    let codes = |change: &mut ChangeSet, ver| change.stock.as_mut().unwrap().codes = vec![held(1, ver)];
    for ver in [1, 3] {
        codes(&mut late, ver);
        assert_eq!(store.commit(late.clone()).await, Err(CommitError::Stale("stock_code")));
        assert_eq!(store.stock_lots(&f::pharmacy(), &["L1"]).await.unwrap(), [Some(lot("L1", 1, 10, 0))]);
        assert_eq!(store.claims(ClaimKind::DrugTracCodg, &["c"]).await.unwrap(), [None]);
    }
    codes(&mut late, 2);
    store.commit(late).await.unwrap();
    assert!(store.claims(ClaimKind::DrugTracCodg, &["c"]).await.unwrap()[0].is_some());
    // What contradicts itself is refused before anything is written.
    let gap = change(vec![(2, lot("L1", 4, 10, 3))], vec![moved("L1", 4, DataType::Change, 1)], vec![]);
    let stray = change(vec![], vec![moved("L1", 3, DataType::Change, 1)], vec![]);
    let mut of_two = sold();
    of_two.stock.as_mut().unwrap().fixmedins_code = there();
    for wrong in [gap, stray, of_two] {
        let error = store.commit(wrong).await.unwrap_err();
        assert!(matches!(&error, CommitError::Store(lf_ports::StoreError::Broken(_))), "{error:?}");
    }
}

pub async fn a_number_stands_once_until_it_is_made_void(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(bought()).await.unwrap();
    let doc =
        |data_type, doc_no: &str| DocKey { fixmedins_bchno: "L1".to_owned(), data_type, doc_no: doc_no.to_owned() };
    let (one, other) = (doc(DataType::Purchase, "D1"), doc(DataType::Sale, "D1"));
    let found = store.stock_docs(&f::pharmacy(), &[&one, &other]).await.unwrap();
    assert_eq!(found, [Some([1; 32]), None]);
    assert_eq!(store.stock_docs(&there(), &[&one]).await.unwrap(), [None]);
    let mut again = moved("L1", 2, DataType::Purchase, 5);
    again.doc_no = "D1".to_owned();
    let twice = change(vec![(1, lot("L1", 2, 15, 0))], vec![again.clone()], vec![]);
    assert_eq!(store.commit(twice).await, Err(CommitError::Stale("stock_move")));
    // 3507, then the same number anew.
    let mut deleted = change(
        vec![(1, lot("L1", 2, 0, 0))],
        vec![StockMove { doc_no: "void/2".to_owned(), ..moved("L1", 2, DataType::Purchase, -10) }],
        vec![],
    );
    deleted.stock.as_mut().unwrap().voids = vec![("L1".to_owned(), DataType::Purchase, 2)];
    store.commit(deleted).await.unwrap();
    assert_eq!(store.stock_docs(&f::pharmacy(), &[&one]).await.unwrap(), [None]);
    again.seq = 3;
    store.commit(change(vec![(2, lot("L1", 3, 5, 0))], vec![again], vec![])).await.unwrap();
    let moves = store.stock_moves(&f::pharmacy(), &MovesOf::Lot("L1".to_owned()), ("", 0), 9).await.unwrap();
    let voids: Vec<_> = moves.iter().map(|moved| (moved.seq, moved.void_seq, moved.units)).collect();
    assert_eq!(voids, [(1, 2, 10), (2, 0, -10), (3, 0, 5)]);
}

pub async fn one_of_32_sales_of_a_box_wins(ground: &dyn Ground) {
    let stores = [ground.open(), ground.open()];
    stores[0].commit(bought()).await.unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                let mut sale = sold();
                let owner = format!("sale:{n}");
                sale.claims.push(Claim { kind: ClaimKind::DrugTracCodg, key: code(1).to_string(), owner });
                store.commit(sale).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(CommitError::Claimed(_) | CommitError::Stale(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(stores[1].stock_lots(&f::pharmacy(), &["L1"]).await.unwrap(), [Some(lot("L1", 2, 10, 3))]);
}

pub async fn a_long_batch_and_its_leads_are_kept(ground: &dyn Ground) {
    const ROWS: i64 = 500;
    let store = ground.open();
    let moves: Vec<_> = (1..=ROWS).map(|seq| moved("L1", seq, DataType::Purchase, 1)).collect();
    let codes = (0..ROWS as u32).map(|n| held(n, 1)).collect();
    let mut long = change(vec![(0, lot("L1", ROWS, ROWS, 0))], moves, codes);
    let lead = |n: u32, second: i64| StockLead {
        poolarea_no: f::pool(),
        raised: f::at(second),
        drug_trac_codg: code(n),
        fixmedins_code: f::pharmacy(),
        fixmedins_bchno: "L1".to_owned(),
        seq: 1,
        holder: "sale:other".to_owned(),
    };
    // The same code once more in the same batch, by another row.
    let again = StockLead { seq: 2, ..lead(2, 5) };
    long.stock.as_mut().unwrap().leads = vec![lead(2, 5), again.clone(), lead(1, 5), lead(3, 4)];
    store.commit(long).await.unwrap();
    let found = store.stock_leads(f::pool(), LeadKey::FIRST, 9).await.unwrap();
    assert_eq!(found, [lead(3, 4), lead(1, 5), lead(2, 5), again.clone()]);
    assert_eq!(store.stock_leads(f::pool(), lead(3, 4).key(), 1).await.unwrap(), [lead(1, 5)]);
    assert_eq!(store.stock_leads(f::pool(), lead(2, 5).key(), 9).await.unwrap(), [again]);
    assert_eq!(store.stock_leads("360800".parse().unwrap(), LeadKey::FIRST, 9).await.unwrap(), []);
    let of = MovesOf::Lot("L1".to_owned());
    assert_eq!(store.stock_moves(&f::pharmacy(), &of, ("", 0), 9_999).await.unwrap().len(), ROWS as usize);
}

pub async fn what_was_uploaded_is_found_by_when_it_was_taken(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(bought()).await.unwrap();
    store.commit(sold()).await.unwrap();
    let late = StockMove { taken: f::at(5), ..moved("L1", 3, DataType::Sale, -1) };
    store.commit(change(vec![(2, lot("L1", 3, 10, 4))], vec![late.clone()], vec![])).await.unwrap();
    let (here, there) = (f::pharmacy(), there());
    let told = async |until: i64| store.stock_told(&here, f::at(until)).await.unwrap();
    assert_eq!(
        [told(1).await, told(2).await, told(4).await, told(5).await, told(9).await],
        [None, Some(f::at(2)), Some(f::at(2)), Some(f::at(5)), Some(f::at(5))]
    );
    assert_eq!(store.stock_told(&there, f::at(9)).await.unwrap(), None);
    let taken = async |after: (i64, &str, i64), until: i64, most: usize| {
        let after = (f::at(after.0), after.1, after.2);
        let page = store.stock_moves_taken(&here, after, f::at(until), most).await.unwrap();
        page.iter().map(|moved| moved.seq).collect::<Vec<_>>()
    };
    assert_eq!(taken((0, "", 0), 9, 9).await, [1, 2, 3]);
    assert_eq!(taken((0, "", 0), 5, 9).await, [1, 2], "before the end only");
    assert_eq!(taken((2, "L1", 1), 9, 9).await, [2, 3]);
    assert_eq!(taken((2, "L1", 2), 9, 1).await, [3]);
    assert_eq!(store.stock_moves_taken(&there, (f::at(0), "", 0), f::at(9), 9).await.unwrap(), []);
}

fn case(case_no: &str, steps: &[CaseState]) -> SupplyCase {
    let step = |state: &CaseState| CaseStep {
        state: *state,
        at: f::at(3),
        by: "某人".to_owned(),
        evidence: "稽核报告1号".to_owned(),
    };
    let med_list_codg = "XA10BH01".parse().unwrap();
    SupplyCase {
        poolarea_no: f::pool(),
        fixmedins_code: f::pharmacy(),
        case_no: case_no.to_owned(),
        ver: steps.len() as i64,
        state: *steps.last().unwrap(),
        body: CaseBody { med_list_codg, asked: f::at(2), shown: None, steps: steps.iter().map(step).collect() },
    }
}

/// A case as it is opened.
pub fn one_case() -> SupplyCase {
    case("C1", &[CaseState::Opened])
}

pub async fn a_case_goes_on_from_where_it_was_seen(ground: &dyn Ground) {
    // proves JX-4.5.1: every step is kept, and of two at once one is taken
    use CaseState::{Confirmed, Dismissed, Opened};
    let store = ground.open();
    let put = async |case: SupplyCase| store.commit(ChangeSet { supply: Some(case), ..ChangeSet::default() }).await;
    put(case("C1", &[Opened])).await.unwrap();
    assert_eq!(put(case("C1", &[Opened])).await, Err(CommitError::Stale("supply_case")), "the number is taken");
    put(case("C2", &[Opened])).await.unwrap();
    put(case("C1", &[Opened, Confirmed])).await.unwrap();
    let again = put(case("C1", &[Opened, Dismissed])).await;
    assert_eq!(again, Err(CommitError::Stale("supply_case")), "somebody else was first");
    let wrong = SupplyCase { ver: 5, ..case("C2", &[Opened, Dismissed]) };
    assert!(matches!(put(wrong).await, Err(CommitError::Store(StoreError::Broken(_)))));
    let (here, confirmed) = (f::pharmacy(), case("C1", &[Opened, Confirmed]));
    assert_eq!(store.supply_case(&here, "C1").await.unwrap(), Some(confirmed.clone()));
    assert_eq!(store.supply_case(&there(), "C1").await.unwrap(), None);
    assert_eq!(store.supply_case(&here, "C3").await.unwrap(), None);
    let all = store.supply_cases(f::pool(), ("", ""), 9).await.unwrap();
    assert_eq!(all, [confirmed.clone(), case("C2", &[Opened])]);
    assert_eq!(store.supply_cases(f::pool(), ("", ""), 1).await.unwrap(), [confirmed]);
    assert_eq!(store.supply_cases(f::pool(), (here.as_str(), "C2"), 9).await.unwrap(), []);
    assert_eq!(store.supply_cases("360800".parse().unwrap(), ("", ""), 9).await.unwrap(), []);
}
