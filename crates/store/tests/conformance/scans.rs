//! What the auditor reads: everything, in key order, page by page.

use lf_ports::{AcctChange, AccumKey, ChangeSet, Claim, ClaimKind, Lists, StoreError, StoredCase};
use lf_vocab::{Fen, HiRxno, PsnNo};

use super::{Full, Ground, fixture as f};

pub async fn the_claim_before_a_key_is_found(ground: &dyn Ground) {
    let store = ground.open();
    let claims = (1..=7).map(|s| f::claim(&format!("c{s}"), "o")).collect();
    store.commit(ChangeSet { claims, ..ChangeSet::default() }).await.unwrap();
    let kind = ClaimKind::DrugTracCodg;
    for (key, wanted) in [("c3", Some("c3")), ("c3x", Some("c3")), ("d", Some("c7")), ("b", None)] {
        let found = store.claim_upto(kind, key).await.unwrap().map(|claim| claim.key);
        assert_eq!(found.as_deref(), wanted, "{key}");
    }
    assert_eq!(store.claim_upto(ClaimKind::PaperRange, "c9").await.unwrap(), None, "of its kind only");
}

pub async fn pages_join_without_gap_or_repetition(ground: &dyn Ground) {
    let store = ground.open();
    for serial in 1..=7u64 {
        let psn_no: PsnNo = format!("p{serial}").parse().unwrap();
        let mut accum = f::accum(0, serial as i64);
        accum.key = AccumKey { psn_no: format!("p{}", serial / 2).parse().unwrap(), ..accum.key };
        if serial % 2 == 1 {
            accum.key.scheme = "zzz".to_owned();
        }
        let changes = ChangeSet {
            claims: vec![f::claim(&format!("c{serial}"), "o")],
            setl: Some(f::setl(&format!("S{serial}"), (serial == 7).then_some("S3"))),
            accum: vec![accum],
            acct: vec![AcctChange { poolarea_no: f::pool(), psn_no, expect_version: 0, balc: Fen::new(1) }],
            ..f::rx_only(f::open(serial))
        };
        store.commit(changes).await.unwrap();
    }
    let mut after: Option<HiRxno> = None;
    let mut seen = Vec::new();
    loop {
        let page = store.scan_rx(f::pool(), after.as_ref(), 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.hi_rxno.clone());
        seen.extend(page.into_iter().map(|rx| rx.hi_rxno));
    }
    assert_eq!(seen, (1..=7).map(f::number).collect::<Vec<_>>());

    settlements_of_a_period(store.as_ref()).await;

    let mut after: Option<String> = None;
    let mut seen = Vec::new();
    loop {
        let page = store.scan_setl(f::pool(), after.as_deref(), 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.setl_id.clone());
        seen.extend(page.into_iter().map(|(setl, reversed_by)| (setl.setl_id, reversed_by)));
    }
    let wanted = (1..=7).map(|s| (format!("S{s}"), (s == 3).then(|| "S7".to_owned())));
    assert_eq!(seen, wanted.collect::<Vec<_>>());

    let mut after: Option<AccumKey> = None;
    let mut seen = Vec::new();
    loop {
        let page = store.scan_accum(f::pool(), after.as_ref(), 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        seen.extend(page.into_iter().map(|(_, row)| row.accum.fund_paid_fen().get()));
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);

    let mut after: Option<PsnNo> = None;
    let mut seen = 0;
    loop {
        let page = store.scan_acct(f::pool(), after.as_ref(), 3).await.unwrap();
        let Some((last, ..)) = page.last() else { break };
        after = Some(last.clone());
        seen += page.len();
    }
    assert_eq!(seen, 7);

    let kind = ClaimKind::DrugTracCodg;
    let first = store.scan_claims(kind, None, 4).await.unwrap();
    let rest = store.scan_claims(kind, Some(&first[3].key), 100).await.unwrap();
    let wanted: Vec<Claim> = (1..=7).map(|s| f::claim(&format!("c{s}"), "o")).collect();
    assert_eq!([first, rest].concat(), wanted);
    assert!(store.scan_claims(kind, Some("c7"), 9).await.unwrap().is_empty());
    assert!(store.scan_rx("360100".parse().unwrap(), None, 9).await.unwrap().is_empty());
}

async fn settlements_are_named_in_pages(store: &dyn Full) {
    let mut after: Option<String> = None;
    let mut ends = Vec::new();
    while let Some(end) = store.setl_page_end(f::pool(), after.as_deref(), 3).await.unwrap() {
        ends.push(end.clone());
        after = Some(end);
    }
    assert_eq!(ends, ["S3", "S6", "S7"]);
    assert_eq!(store.setl_page_end("360100".parse().unwrap(), None, 3).await.unwrap(), None);
}

pub async fn cases_are_read_in_named_pages(ground: &dyn Ground) {
    let store = ground.open();
    for serial in 1..=7u64 {
        store.commit(f::rx_only(f::open(serial))).await.unwrap();
    }
    // What came later does not change what was pre-checked.
    let rx = store.rx(&f::number(2)).await.unwrap().unwrap();
    store.commit(f::rx_only(f::follow(&rx, &f::next_event(&rx).unwrap()))).await.unwrap();
    let mut after: Option<HiRxno> = None;
    let (mut pages, mut seen) = (Vec::new(), Vec::new());
    while let Some(end) = store.case_page_end(f::pool(), after.as_ref(), 3).await.unwrap() {
        let page = store.scan_cases(f::pool(), after.as_ref(), &end).await.unwrap();
        assert_eq!(page.last().map(|case| &case.hi_rxno), Some(&end));
        pages.push(page.len());
        seen.extend(page);
        after = Some(end);
    }
    assert_eq!(pages, [3, 3, 1]);
    for (serial, case) in (1u64..).zip(seen) {
        assert_eq!(case, StoredCase { hi_rxno: f::number(serial), content: f::content() });
    }
    let elsewhere = "360100".parse().unwrap();
    assert_eq!(store.case_page_end(elsewhere, None, 3).await.unwrap(), None);
    assert!(store.scan_cases(elsewhere, None, &f::number(7)).await.unwrap().is_empty());
}

async fn settlements_of_a_period(store: &dyn Full) {
    settlements_are_named_in_pages(store).await;
    // All at one moment, so the number decides; another pharmacy's and what was later are not among them.
    let made = f::setl("S1", None).setl.setl_time;
    let (end, mut from) = (made.plus_seconds(1), (made, String::new()));
    let mut seen = Vec::new();
    loop {
        let page = store.setls_of(&f::pharmacy(), (from.0, &from.1), end, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        from = (last.setl_time, last.setl_id.clone());
        seen.extend(page.into_iter().map(|setl| setl.setl_id));
    }
    assert_eq!(seen, (1..=7).map(|serial| format!("S{serial}")).collect::<Vec<_>>());
    assert!(store.setls_of(&f::pharmacy(), (made, ""), made, 9).await.unwrap().is_empty(), "made before its end only");
    assert!(store.setls_of(&f::pharmacy(), (end, ""), end.plus_days(1), 9).await.unwrap().is_empty());
    assert!(store.setls_of(&f::hospital(), (made, ""), end, 9).await.unwrap().is_empty());
}

pub async fn pools_are_all_partitions(ground: &dyn Ground) {
    let store = ground.open();
    store.commit(f::rx_only(f::open(1))).await.unwrap();
    store.commit(f::rx_only(f::open(2))).await.unwrap();
    let mut setl = f::setl("S1", None);
    setl.setl.poolarea_no = "360100".parse().unwrap();
    let acct =
        AcctChange { poolarea_no: "440300".parse().unwrap(), psn_no: f::psn_no(), expect_version: 0, balc: Fen::ZERO };
    store.commit(ChangeSet { setl: Some(setl), acct: vec![acct], ..ChangeSet::default() }).await.unwrap();
    let pools: Vec<String> = store.pools().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(pools, ["360100", "360900", "440300"]);
}

/// What a page and a question may hold at once; both are printed in the store, and a caller that asks for more is at fault.
const PAGE_MAX: usize = 10_000;
const CODES_MAX: usize = 10_000;

pub async fn a_page_and_a_question_have_their_limits(ground: &dyn Ground) {
    let store = ground.open();
    let many = format!(
        "INSERT INTO claim (kind, claim_key, owner) WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= {PAGE_MAX}) SELECT 'drug_trac_codg', 'c' || i, 'o' FROM n"
    );
    assert_eq!(ground.alter(&many), PAGE_MAX + 1);
    for (most, want) in
        [(PAGE_MAX - 1, PAGE_MAX - 1), (PAGE_MAX, PAGE_MAX), (PAGE_MAX + 1, PAGE_MAX), (usize::MAX, PAGE_MAX)]
    {
        assert_eq!(store.scan_claims(ClaimKind::DrugTracCodg, None, most).await.unwrap().len(), want, "{most}");
    }
    let code = f::drug("XA10BH01", "a", true).med_list_codg;
    let drugs = async |count: usize| store.drugs(&vec![code.clone(); count], f::day()).await.map(|found| found.len());
    assert_eq!(drugs(CODES_MAX).await, Ok(CODES_MAX));
    assert!(matches!(drugs(CODES_MAX + 1).await, Err(StoreError::Broken(_))));
    let items =
        async |count: usize| store.list_items(Lists::Opsp, &vec!["A"; count], f::day()).await.map(|found| found.len());
    assert_eq!(items(CODES_MAX).await, Ok(CODES_MAX));
    assert!(matches!(items(CODES_MAX + 1).await, Err(StoreError::Broken(_))));
}
