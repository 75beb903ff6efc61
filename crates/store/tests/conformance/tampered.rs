//! A row that somebody changed becomes an inconsistency with table, column and key; never a value, never a default.

use lf_ports::{
    AcctChange, ChangeSet, ClaimKind, EditionOf, Inconsistency, Lists, PersonKey, RegistryPut, Since, StoreError,
};
use lf_vocab::Fen;

use super::{Full, Ground, fixture as f};

/// Cases that put a value of another type into a column, which an engine with types refuses or converts.
const OF_ANOTHER_TYPE: [(&str, &str); 4] =
    [("rx", "vali_end_us"), ("rx_event", "at_us"), ("claim", "owner"), ("auth_batch", "body")];

const DRUG: &str = "XA10BH01/-719162";
const MATCH: &str = "P36090200101/101/1/XA10BH01";

/// Of goods and visits: table, column, tampered value, key that must be named.
const OF_GOODS: [(&str, &str, &str, &str); 11] = [
    ("mdtrt", "poolarea_no", "'360800'", "P36090200101/360900A"),
    ("mdtrt", "phase", "'paid'", "P36090200101/360900A"),
    ("mdtrt", "body", "substr(body, 1, length(body) - 1)", "P36090200101/360900A"),
    ("stock_lot", "balance", "11", "P36090200101/L1"),
    ("stock_lot", "med_list_codg", "'XA10BH02'", "P36090200101/L1"),
    ("stock_lot", "body", "'{}'", "P36090200101/L1"),
    ("stock_move", "data_type", "'theft'", "P36090200101/L1/1"),
    ("stock_move", "body", "substr(body, 1, length(body) - 1)", "P36090200101/L1/1"),
    ("stock_move", "digest", "x'01'", "P36090200101/L1/1"),
    ("stock_code", "life", "'{\"state\":\"stolen\"}'", "P36090200101/80000000000000000001"),
    ("stock_code", "fixmedins_bchno", "'L2'", "P36090200101/80000000000000000001"),
];

/// Of filings and of claims with papers: the same.
const OF_FILINGS: [(&str, &str, &str, &str); 7] = [
    ("reim", "psn_no", "'other'", "360900/1"),
    ("reim", "stas", "'paid'", "360900/1"),
    ("reim", "ver", "2", "360900/1"),
    ("reim", "body", "substr(body, 1, length(body) - 1)", "360900/1"),
    ("psn_filing", "kind", "'opsp'", "360900/36090000000001/1"),
    ("psn_filing", "until_day", "0", "360900/36090000000001/1"),
    ("psn_filing", "body", "substr(body, 1, length(body) - 1)", "360900/36090000000001/1"),
];

/// As SQL, what somebody with the ring could put in a cell of that row.
fn sealed(table: &str, column: &str, key: &[&str], plain: &[u8]) -> String {
    format!("x'{}'", lf_gm::hex::lower(&f::sealer().seal(table, column, key, plain)))
}

/// A byte taken off the end of a cell.
fn shortened(column: &str) -> String {
    format!("substr({column}, 1, length({column}) - 1)")
}

/// The first contradiction that any finder reports.
async fn found(store: &dyn Full) -> Option<Inconsistency> {
    let mut errors = Vec::new();
    let mut note = |error: Option<StoreError>| errors.extend(error);
    let code = f::drug("XA10BH01", "a", true).med_list_codg;
    note(store.app(&f::app().app_id).await.err());
    note(store.fixmedins(&f::hospital()).await.err());
    note(store.practitioner(&f::hospital(), &f::practitioner().prac_code).await.err());
    note(store.person(&PersonKey::PsnNo(f::pool(), f::psn_no())).await.err());
    note(store.person(&PersonKey::EcToken("token-1".to_owned())).await.err());
    note(store.drugs(&[code], f::day()).await.err());
    note(store.list_page(Lists::Opsp, f::day(), None, 9).await.err());
    note(store.list_since(Lists::Opsp, &Since::version(0), 9).await.err());
    note(store.editions(EditionOf::List(Lists::Opsp)).await.err());
    note(store.rx(&f::number(1)).await.err());
    note(store.rx_content(&f::number(1)).await.err());
    note(store.rx_file(&f::number(1)).await.err());
    note(store.rx_events(&f::number(1)).await.err());
    note(store.batch(f::pool(), "B1").await.err());
    note(store.setl(&f::pharmacy(), "S1").await.err());
    note(store.accum(&f::accum_key()).await.err());
    note(store.acct(f::pool(), &f::psn_no()).await.err());
    note(store.claim(ClaimKind::DrugTracCodg, "c1").await.err());
    note(store.idem(&f::idem("m1", 1).key).await.err());
    note(store.file(&lf_ports::FileOwner::Fixmedins(f::pharmacy()), "N1").await.err());
    note(store.filings(f::pool(), &f::psn_no()).await.err());
    note(store.reim(f::pool(), "1").await.err());
    note(store.matches_since(&f::pharmacy(), f::at(0), None, 9).await.err());
    let of = lf_ports::MovesOf::Lot("L1".to_owned());
    note(store.stock_lots(&f::pharmacy(), &["L1"]).await.err());
    note(store.stock_moves(&f::pharmacy(), &of, ("", 0), 9).await.err());
    note(store.stock_codes_of_lot(&f::pharmacy(), "L1", "", 9).await.err());
    let box_one = "80000000000000000001".parse().unwrap();
    note(store.stock_codes(&f::pharmacy(), &[&box_one]).await.err());
    note(store.mdtrt(&f::pharmacy(), "360900A").await.err());
    let day = lf_rx::event::Session::new(f::at(0), f::at(1)).unwrap();
    note(store.itnt_overlaps(&f::opened(1).dr_code, &day, (f::pool(), &"36090000000002".parse().unwrap())).await.err());
    note(store.itnt_last(&f::opened(1).dr_code).await.err());
    note(store.courses(f::pool(), &f::psn_no(), f::at(0)).await.err());
    note(store.rxnos_of_person(f::pool(), &f::psn_no(), None, 9).await.err());
    note(store.reserve_serials(f::pool(), f::day(), 1).await.err());
    errors.into_iter().next().map(|error| match error {
        StoreError::Inconsistent(inconsistency) => inconsistency,
        other => panic!("{other:?}"),
    })
}

pub async fn every_disagreeing_column_is_named(ground: &dyn Ground) {
    let store = ground.open();
    fill(&*store).await;
    assert_eq!(found(&*store).await, None);
    let rx = format!("360900/{}", f::number(1));
    let (event, person) = (format!("{rx}/1"), format!("360900/{}", f::psn_no().as_str()));
    let accum = format!("{person}/2026/mz_tc");
    let later = format!("'{}'", f::number(9));
    let (number, doctor, institution) = (f::number(1).to_string(), "D360902000001", "H36090200001");
    let elsewhere = sealed("app", "body", &["another"], &lf_ports::codec::encode(&f::app()));
    let of_another_column = sealed("fixmedins", "base64", &[institution], &lf_ports::codec::encode(&f::fixmedins()));
    let no_doctor = sealed("practitioner", "body", &[institution, doctor], b"[");
    let no_state = sealed("rx", "state", &["360900", &number], br#"{"state":"unheard_of"}"#);
    let no_text = sealed("rx_file", "base64", &["360900", &number], b"\xff");
    let of_another_event = sealed("rx_event", "body", &["360900", &number, "2"], &f::open(1).events[0].body);
    let no_name = sealed("file", "body", &["P36090200101", "N1"], &[0, 0, 0, 9, b'x']);
    // Table, column, tampered value, key that must be named.
    let cases: [(&str, &str, &str, &str); 43] = [
        ("app", "body", &elsewhere, &f::app().app_id),
        ("fixmedins", "body", &of_another_column, institution),
        ("fixmedins", "poolarea_no", "'360100'", "H36090200001"),
        ("practitioner", "body", &no_doctor, "H36090200001/D360902000001"),
        ("person", "body", "x'00'", &person),
        ("drug", "find_text", "'b'", DRUG),
        ("drug", "dualchnl", "1", DRUG),
        ("drug", "oppool", "7", DRUG),
        ("drug", "until_day", "9999999", DRUG),
        ("list_item", "ver", "0", "opsp/A/20454"),
        ("list_item", "until_day", "20453", "opsp/A/20454"),
        ("list_item", "body", "'{}'", "opsp/A/20454"),
        ("edition", "row_cnt", "-1", "opsp/第1版"),
        ("rx", "seq", "0", &rx),
        ("rx", "head", "x'00'", &rx),
        ("rx", "phase", "'settled'", &rx),
        ("rx", "live", "1", &rx),
        ("rx", "psn_no", "'other'", &rx),
        ("rx", "fixmedins_code", "'nonsense'", &rx),
        ("rx", "prsc_us", "1", &rx),
        ("rx", "vali_end_us", "'x'", &rx),
        ("rx", "opened", "'{\"rx_trace_code\":1}'", &rx),
        ("rx", "state", &no_state, &rx),
        ("rx_event", "body", &of_another_event, &event),
        ("rx_content", "body", &shortened("body"), &rx),
        ("rx_file", "base64", &no_text, &rx),
        ("rx_event", "hash", "x'0011'", &event),
        ("rx_event", "at_us", "'late'", &event),
        ("auth_batch", "body", "'{}'", "360900/B1"),
        ("auth_batch", "taken", &later, "360900/B1"),
        ("auth_batch", "expires_us", "0", "360900/B1"),
        ("setl", "setl_us", "1", "360900/S1"),
        ("setl", "hi_rxno", &later, "360900/S1"),
        ("setl", "body", "'null'", "360900/S1"),
        ("accum", "version", "0", &accum),
        ("accum", "body", "'{\"year\":2025}'", &accum),
        ("acct", "balc_fen", "-1", &person),
        ("claim", "owner", "x'01'", "drug_trac_codg/c1"),
        ("idem", "reply", "x'0100000009000000000000000000000000000000000000'", "H36090200001/7101/m1"),
        ("idem", "digest", "x'01'", "H36090200001/7101/m1"),
        ("list_match", "end_day", "0", MATCH),
        ("file", "body", "x'01'", "P36090200101/N1"),
        ("file", "body", &no_name, "P36090200101/N1"),
    ];
    let told = |case: &(&str, &str, &str, &str)| !ground.typed() || !OF_ANOTHER_TYPE.contains(&(case.0, case.1));
    for case in cases.into_iter().chain(OF_GOODS).chain(OF_FILINGS).filter(told) {
        is_named(ground, &*store, case).await;
    }
    over_several(ground, &*store).await;
    whole_rows(ground, &*store).await;
}

/// Rows of what is asked over several prescriptions.
async fn over_several(ground: &dyn Ground, store: &dyn Full) {
    let course = format!("360900/{}/{}", f::psn_no().as_str(), f::number(1));
    let cases: [(&str, &str, &str, &str); 4] = [
        ("itnt_session", "end_us", "9000000000000000000", "D360902000001/1"),
        ("itnt_session", "hi_rxno", "'?'", "D360902000001/1"),
        ("drug_course", "until_day", "2932895", &course),
        ("drug_course", "body", &shortened("body"), &course),
    ];
    for case in cases {
        is_named(ground, store, case).await;
    }
    assert_eq!(found(store).await, None, "every case put things back");
}

/// Alters one column, expects it to be named with the row's key, and puts it back.
async fn is_named(ground: &dyn Ground, store: &dyn Full, (table, column, value, key): (&str, &str, &str, &str)) {
    ground.alter(&format!("CREATE TABLE kept AS SELECT {column} AS was FROM {table} LIMIT 1"));
    assert!(ground.alter(&format!("UPDATE {table} SET {column} = {value}")) > 0, "{table}.{column}");
    let inconsistency = found(store).await.unwrap_or_else(|| panic!("{table}.{column} went unnoticed"));
    assert_eq!((inconsistency.table, inconsistency.column, inconsistency.key.as_str()), (table, column, key));
    assert!(!inconsistency.to_string().contains("张三"));
    ground.alter(&format!("UPDATE {table} SET {column} = (SELECT was FROM kept)"));
    ground.alter("DROP TABLE kept");
}

/// Rows that are gone or belong to somebody else.
async fn whole_rows(ground: &dyn Ground, store: &dyn Full) {
    ground.alter("UPDATE rx_event SET seq = 2");
    let gap = found(store).await.unwrap();
    assert_eq!((gap.table, gap.column), ("rx_event", "seq"), "a missing event");
    ground.alter("UPDATE rx_event SET seq = 1");
    swapped(ground, store).await;
    ground.alter("UPDATE person_key SET key_text = 'stolen' WHERE kind = 'ec_token' AND psn_no = '36090000000001'");
    let nobody = store.person(&PersonKey::EcToken("stolen".to_owned())).await;
    assert_eq!(nobody, Ok(None), "who has no key can only hide a person");
    let stolen = f::sealer().lookup("ec_token", "stolen");
    ground.alter(&format!("UPDATE person_key SET key_text = '{stolen}' WHERE key_text = 'stolen'"));
    let stolen = store.person(&PersonKey::EcToken("stolen".to_owned())).await.unwrap_err();
    let StoreError::Inconsistent(stolen) = stolen else { panic!("{stolen:?}") };
    assert_eq!((stolen.table, stolen.column), ("person_key", "key_text"), "a token the person does not show");
    assert!(!stolen.to_string().contains("stolen"));
    let stolen = f::sealer().lookup("card", f::card(3).sscno.as_str());
    ground.alter(&format!("UPDATE person_key SET key_text = '{stolen}' WHERE kind = 'card'"));
    let stolen = store.person(&PersonKey::Card(f::card(3).sscno)).await.unwrap_err();
    let StoreError::Inconsistent(stolen) = stolen else { panic!("{stolen:?}") };
    assert_eq!((stolen.table, stolen.column), ("person_key", "key_text"), "a card the person does not show");
    ground.alter("UPDATE serial SET next_serial = 0");
    let serial = found(store).await.unwrap();
    assert_eq!((serial.table, serial.column), ("serial", "next_serial"));
}

/// A row's sealed cell in another's place opens nowhere.
async fn swapped(ground: &dyn Ground, store: &dyn Full) {
    let other = lf_ports::Person {
        psn_no: "36090000000002".parse().unwrap(),
        certno: "11010519491231003X".parse().unwrap(),
        ec_token: "token-2".to_owned(),
        ..f::person()
    };
    let put = ChangeSet { registry: vec![RegistryPut::Person(other)], ..ChangeSet::default() };
    store.commit(put).await.unwrap();
    ground.alter("CREATE TABLE kept AS SELECT psn_no, body FROM person");
    let swap = "UPDATE person SET body = (SELECT body FROM kept k WHERE k.psn_no <> person.psn_no)";
    assert_eq!(ground.alter(swap), 2);
    let found = found(store).await.unwrap();
    let key = format!("360900/{}", f::psn_no().as_str());
    assert_eq!((found.table, found.column, found.key.as_str()), ("person", "body", key.as_str()));
    ground.alter("UPDATE person SET body = (SELECT body FROM kept k WHERE k.psn_no = person.psn_no)");
    ground.alter("DROP TABLE kept");
}

pub async fn fill(store: &dyn Full) {
    let mut rx = f::open(1);
    rx.file = Some(f::file());
    let acct = AcctChange { poolarea_no: f::pool(), psn_no: f::psn_no(), expect_version: 0, balc: Fen::new(5) };
    let changes = ChangeSet {
        idem: Some(f::idem("m1", 1)),
        claims: vec![f::claim("c1", "o1")],
        batch: Some(f::batch(None, true)),
        setl: Some(f::setl("S1", None)),
        accum: vec![f::accum(0, 70)],
        acct: vec![acct],
        registry: vec![
            RegistryPut::App(f::app()),
            RegistryPut::Fixmedins(f::fixmedins()),
            RegistryPut::Practitioner(f::practitioner()),
            RegistryPut::Person(f::person()),
            RegistryPut::Drug(f::drug("XA10BH01", "a", true)),
        ],
        edition: Some(super::lists::one_row()),
        file: Some(super::files::upload("N1", 0, 9)),
        matches: super::list_match::put(&[super::list_match::of(f::pharmacy(), "1", 5)]).matches,
        stock: super::stock::one_row().stock,
        supply: Some(super::stock::one_case()),
        reim: super::reim::put(&super::reim::reim("1", "R1", "1")).reim,
        filings: vec![lf_ports::FilingChange::New(super::filings::filing("1"))],
        mdtrt: super::mdtrt::put(&super::mdtrt::visit("A"), 0).mdtrt,
        session: Some(super::consult::row(1, super::consult::session(0, 600))),
        course: Some(super::consult::course(1, &f::psn_no(), 7)),
        ..f::rx_only(rx)
    };
    store.commit(changes).await.unwrap();
}
