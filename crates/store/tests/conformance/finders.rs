//! Every finder, on an empty store and on one that has what is asked for.

use lf_ports::store::DrugQuery;
use lf_ports::{Acct, AcctChange, ChangeSet, ClaimKind, PersonKey, RegistryPut};
use lf_vocab::Fen;

use super::{Ground, fixture as f};

pub async fn every_finder_answers_nothing_on_an_empty_store(ground: &dyn Ground) {
    let store = ground.open();
    assert!(store.app("x").await.unwrap().is_none());
    assert!(store.fixmedins(&f::hospital()).await.unwrap().is_none());
    assert!(store.practitioner(&f::hospital(), "x").await.unwrap().is_none());
    for key in [
        PersonKey::PsnNo(f::pool(), f::psn_no()),
        PersonKey::Cert("01".to_owned(), f::person().certno),
        PersonKey::EcToken("x".to_owned()),
        PersonKey::Card("x".parse().unwrap()),
    ] {
        assert!(store.person(&key).await.unwrap().is_none());
    }
    let code = f::drug("XA10BH01", "a", true).med_list_codg;
    assert_eq!(store.drugs(std::slice::from_ref(&code), f::day()).await.unwrap(), [None]);
    assert_eq!(store.drug_page(&DrugQuery { limit: 9, ..DrugQuery::on(f::day()) }).await.unwrap(), (0, vec![]));
    let query = DrugQuery { codes: vec![code], limit: 9, ..DrugQuery::on(f::day()) };
    assert_eq!(store.drug_page(&query).await.unwrap(), (0, vec![]));
    assert!(store.rx(&f::number(1)).await.unwrap().is_none());
    assert!(store.rx_content(&f::number(1)).await.unwrap().is_none());
    assert!(store.rx_file(&f::number(1)).await.unwrap().is_none());
    assert!(store.rx_events(&f::number(1)).await.unwrap().is_empty());
    assert!(store.rx_of_person(f::pool(), &f::psn_no(), 9).await.unwrap().is_empty());
    assert_eq!(store.matches_since(&f::pharmacy(), f::at(0), None, 9).await.unwrap(), []);
    assert!(store.batch(f::pool(), "B1").await.unwrap().is_none());
    assert!(store.setl(&f::pharmacy(), "S1").await.unwrap().is_none());
    assert!(store.accum(&f::accum_key()).await.unwrap().is_none());
    assert_eq!(store.acct(f::pool(), &f::psn_no()).await.unwrap(), Acct::default());
    assert!(store.claim(ClaimKind::DrugTracCodg, "x").await.unwrap().is_none());
    assert!(store.idem(&f::idem("x", 1).key).await.unwrap().is_none());
    assert!(store.pools().await.unwrap().is_empty());
    assert!(store.scan_rx(f::pool(), None, 9).await.unwrap().is_empty());
    assert!(store.scan_setl(f::pool(), None, 9).await.unwrap().is_empty());
    assert!(store.scan_accum(f::pool(), None, 9).await.unwrap().is_empty());
    assert!(store.scan_claims(ClaimKind::DrugTracCodg, None, 9).await.unwrap().is_empty());
    assert!(store.scan_acct(f::pool(), None, 9).await.unwrap().is_empty());
}

pub async fn registers_are_found_and_replaced(ground: &dyn Ground) {
    let store = ground.open();
    let put = |registry| store.commit(ChangeSet { registry, ..ChangeSet::default() });
    put(vec![
        RegistryPut::App(f::app()),
        RegistryPut::Fixmedins(f::fixmedins()),
        RegistryPut::Practitioner(f::practitioner()),
        RegistryPut::Drug(f::drug("XA10BH01", "西格列汀", true)),
    ])
    .await
    .unwrap();
    assert_eq!(store.app(&f::app().app_id).await.unwrap(), Some(f::app()));
    assert_eq!(store.fixmedins(&f::hospital()).await.unwrap(), Some(f::fixmedins()));
    assert_eq!(store.apps_page("", 9).await.unwrap(), [f::app()]);
    assert_eq!(store.apps_page("", 0).await.unwrap(), []);
    assert_eq!(store.apps_page(&f::app().app_id, 9).await.unwrap(), []);
    assert_eq!(store.fixmedins(&f::pharmacy()).await.unwrap(), None);
    let doctor = f::practitioner();
    assert_eq!(store.practitioner(&f::hospital(), &doctor.prac_code).await.unwrap(), Some(doctor.clone()));
    assert_eq!(store.practitioner(&f::pharmacy(), &doctor.prac_code).await.unwrap(), None);

    let mut app = f::app();
    app.disabled = true;
    let mut moved = f::fixmedins();
    moved.poolarea_no = "360100".parse().unwrap();
    let renamed = f::drug("XA10BH01", "磷酸西格列汀", false);
    put(vec![RegistryPut::App(app.clone()), RegistryPut::Fixmedins(moved.clone()), RegistryPut::Drug(renamed.clone())])
        .await
        .unwrap();
    assert_eq!(store.app(&app.app_id).await.unwrap(), Some(app));
    assert_eq!(store.fixmedins(&f::hospital()).await.unwrap(), Some(moved));
    let unknown = f::drug("XA10BH02", "a", true).med_list_codg;
    let code = renamed.med_list_codg.clone();
    let asked = [unknown.clone(), code.clone(), unknown];
    assert_eq!(store.drugs(&asked, f::day()).await.unwrap(), [None, Some(renamed), None], "in the order asked");
}

pub async fn a_person_is_found_by_the_latest_keys_only(ground: &dyn Ground) {
    let store = ground.open();
    let put = |person| store.commit(ChangeSet { registry: vec![RegistryPut::Person(person)], ..ChangeSet::default() });
    let token = |token: &str| PersonKey::EcToken(token.to_owned());
    let card = |serial| PersonKey::Card(f::card(serial).sscno);
    let person = f::person();
    put(person.clone()).await.unwrap();
    for key in [
        PersonKey::PsnNo(person.poolarea_no, person.psn_no.clone()),
        PersonKey::Cert(person.psn_cert_type.clone(), person.certno.clone()),
        token("token-1"),
        card(1),
    ] {
        assert_eq!(store.person(&key).await.unwrap(), Some(person.clone()));
    }
    assert_eq!(store.person(&PersonKey::Cert("02".to_owned(), person.certno.clone())).await.unwrap(), None);
    let renewed = lf_ports::Person { ec_token: "token-2".to_owned(), ..person.clone() };
    put(renewed.clone()).await.unwrap();
    assert_eq!(store.person(&token("token-1")).await.unwrap(), None, "an old token finds nobody");
    assert_eq!(store.person(&token("token-2")).await.unwrap(), Some(renewed));
    put(lf_ports::Person { ec_token: String::new(), ..person.clone() }).await.unwrap();
    assert_eq!(store.person(&token("")).await.unwrap(), None, "an empty token is none");
    assert!(store.person(&token(f::card(1).sscno.as_str())).await.unwrap().is_none(), "a card is no token");
    assert!(store.person(&PersonKey::Card("token-1".parse().unwrap())).await.unwrap().is_none(), "nor a token a card");
    let renewed = lf_ports::Person { card: Some(f::card(2)), ..person.clone() };
    put(renewed.clone()).await.unwrap();
    assert_eq!(store.person(&card(1)).await.unwrap(), None, "an old card finds nobody");
    assert_eq!(store.person(&card(2)).await.unwrap(), Some(renewed));
    // Of two with one number the later one has it.
    let (psn_no, certno) = ("36090000000002".parse().unwrap(), "X2".parse().unwrap());
    let other = lf_ports::Person { psn_no, certno, card: Some(f::card(2)), ..person.clone() };
    put(other.clone()).await.unwrap();
    assert_eq!(store.person(&card(2)).await.unwrap(), Some(other));
    put(lf_ports::Person { card: None, ..person }).await.unwrap();
    assert!(store.person(&card(2)).await.unwrap().is_some(), "whose card it was no more takes nothing away");
}

pub async fn drugs_are_paged_by_code_and_name(ground: &dyn Ground) {
    let store = ground.open();
    let drugs = [
        f::drug("XA10BH03", "Vitamin C 片", true),
        f::drug("XA10BH01", "阿莫西林胶囊", true),
        f::drug("XA10BH02", "阿莫西林颗粒", false),
        f::drug("XA10BH04", "5%葡萄糖_注射液", true),
    ];
    let registry = drugs.iter().cloned().map(RegistryPut::Drug).collect();
    store.commit(ChangeSet { registry, ..ChangeSet::default() }).await.unwrap();
    let found = async |query: DrugQuery| {
        let (total, drugs) = store.drug_page(&query).await.unwrap();
        let ends: String = drugs.iter().map(|drug| &drug.med_list_codg.as_str()[7..]).collect();
        format!("{total}:{ends}")
    };
    let by = |part: &str| DrugQuery { name_part: Some(part.to_owned()), limit: 9, ..DrugQuery::on(f::day()) };
    let all = DrugQuery { limit: 9, ..DrugQuery::on(f::day()) };
    assert_eq!(found(all.clone()).await, "4:1234");
    assert_eq!(found(DrugQuery { limit: 2, offset: 1, ..all.clone() }).await, "4:23");
    assert_eq!(found(DrugQuery { offset: 4, ..all.clone() }).await, "4:");
    assert_eq!(found(DrugQuery { limit: 0, ..all.clone() }).await, "4:");
    assert_eq!(found(by("阿莫西林")).await, "2:12");
    assert_eq!(found(DrugQuery { oppool: Some(true), ..by("阿莫西林") }).await, "1:1");
    assert_eq!(found(DrugQuery { dualchnl: Some(true), ..all.clone() }).await, "1:2");
    assert_eq!(found(DrugQuery { dualchnl: Some(false), oppool: Some(true), ..all.clone() }).await, "3:134");
    assert_eq!(found(by("vitamin c")).await, "1:3", "case does not matter");
    assert_eq!(found(by("%")).await, "1:4", "a wildcard is a letter");
    assert_eq!(found(by("_")).await, "1:4");
    let codes = |asked: &[usize]| asked.iter().map(|at| drugs[*at].med_list_codg.clone()).collect();
    let listed = DrugQuery { codes: codes(&[0, 2, 1, 0]), ..all };
    assert_eq!(found(listed.clone()).await, "3:123");
    assert_eq!(found(DrugQuery { limit: 1, offset: 1, ..listed.clone() }).await, "3:2");
    assert_eq!(found(DrugQuery { oppool: Some(true), ..listed.clone() }).await, "2:13");
    assert_eq!(found(DrugQuery { name_part: Some("VITAMIN".to_owned()), ..listed }).await, "1:3");
}

pub async fn a_prescription_is_found_whole(ground: &dyn Ground) {
    let store = ground.open();
    let opened = f::open(1);
    store.commit(f::rx_only(opened.clone())).await.unwrap();
    assert_eq!(store.rx(&f::number(1)).await.unwrap(), Some(opened.rx.clone()));
    assert_eq!(store.rx_content(&f::number(1)).await.unwrap(), Some(f::content()));
    assert!(store.rx_file(&f::number(1)).await.unwrap().is_none());
    let mut signed = f::follow(&opened.rx, &f::next_event(&opened.rx).unwrap());
    signed.file = Some(f::file());
    store.commit(f::rx_only(signed.clone())).await.unwrap();
    assert_eq!(store.rx(&f::number(1)).await.unwrap(), Some(signed.rx));
    assert_eq!(store.rx_file(&f::number(1)).await.unwrap(), Some(f::file()));
    let history = [opened.events, signed.events].concat();
    assert_eq!(store.rx_events(&f::number(1)).await.unwrap(), history);
    assert!(store.rx(&f::number(2)).await.unwrap().is_none());
}

pub async fn only_live_prescriptions_of_a_person_newest_first(ground: &dyn Ground) {
    let store = ground.open();
    for serial in 1..=6 {
        store.commit(f::rx_only(f::open(serial))).await.unwrap();
    }
    // The sixth is only pre-checked; the first, third and fifth are uploaded.
    for serial in [1, 3, 5] {
        let mut rx = f::open(serial).rx;
        while !rx.state.carriable() {
            let change = f::follow(&rx, &f::next_event(&rx).unwrap());
            rx = change.rx.clone();
            store.commit(f::rx_only(change)).await.unwrap();
        }
    }
    let closed = f::follow(&f::open(2).rx, &f::revoked());
    store.commit(f::rx_only(closed)).await.unwrap();
    let mut sold = f::open(4).rx;
    while let Some(event) = f::next_event(&sold) {
        let change = f::follow(&sold, &event);
        sold = change.rx.clone();
        store.commit(f::rx_only(change)).await.unwrap();
    }
    let list = async |most| {
        let found = store.rx_of_person(f::pool(), &f::psn_no(), most).await.unwrap();
        found.into_iter().map(|rx| rx.hi_rxno).collect::<Vec<_>>()
    };
    assert_eq!(list(9).await, [f::number(5), f::number(3), f::number(1)]);
    assert_eq!(list(2).await, [f::number(5), f::number(3)]);
    assert!(store.rx_of_person("360100".parse().unwrap(), &f::psn_no(), 9).await.unwrap().is_empty());
    assert!(store.rx_of_person(f::pool(), &"other".parse().unwrap(), 9).await.unwrap().is_empty());
}

pub async fn batch_settlement_accumulator_account_claim_idem(ground: &dyn Ground) {
    let store = ground.open();
    let acct = AcctChange { poolarea_no: f::pool(), psn_no: f::psn_no(), expect_version: 0, balc: Fen::new(500) };
    let changes = ChangeSet {
        idem: Some(f::idem("m1", 1)),
        claims: vec![f::claim("c1", "o1")],
        batch: Some(f::batch(None, true)),
        setl: Some(f::setl("S1", None)),
        accum: vec![f::accum(0, 70)],
        acct: vec![acct.clone()],
        ..ChangeSet::default()
    };
    store.commit(changes).await.unwrap();
    assert_eq!(store.idem(&f::idem("m1", 1).key).await.unwrap(), Some(f::idem("m1", 1)));
    assert_eq!(store.claim(ClaimKind::DrugTracCodg, "c1").await.unwrap(), Some(f::claim("c1", "o1")));
    assert_eq!(store.claim(ClaimKind::DrugTracCodg, "c2").await.unwrap(), None);
    assert_eq!(store.batch(f::pool(), "B1").await.unwrap(), Some(f::batch(None, true).batch));
    assert_eq!(store.setl(&f::pharmacy(), "S1").await.unwrap(), Some((f::setl("S1", None).setl, None)));
    assert_eq!(store.setl(&f::hospital(), "S1").await.unwrap(), None, "another institution's");
    assert_eq!(store.accum(&f::accum_key()).await.unwrap(), Some(f::accum(0, 70).row));
    let taken = f::batch(Some(f::number(1)), false);
    let changes = ChangeSet {
        batch: Some(taken.clone()),
        accum: vec![f::accum(1, 90)],
        acct: vec![AcctChange { expect_version: 1, balc: Fen::ZERO, ..acct }],
        ..ChangeSet::default()
    };
    store.commit(changes).await.unwrap();
    assert_eq!(store.batch(f::pool(), "B1").await.unwrap(), Some(taken.batch));
    assert_eq!(store.accum(&f::accum_key()).await.unwrap(), Some(f::accum(1, 90).row));
    assert_eq!(store.acct(f::pool(), &f::psn_no()).await.unwrap(), Acct { version: 2, balc: Fen::ZERO });
    let scanned = store.scan_acct(f::pool(), None, 9).await.unwrap();
    assert_eq!(scanned, [(f::psn_no(), Fen::new(500), Fen::ZERO)], "the opening balance stays");
}
