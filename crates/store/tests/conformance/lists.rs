//! Dated lists: editions take each other's place from their day on, rows are read as of a day, downloads miss nothing.

use lf_ports::lists::{Diagnosis, DrugRule, Opsp, PayStd, PlacePric, Prics};
use lf_ports::store::{DrugQuery, UNDER_MAX};
use lf_ports::{
    ChangeSet, CommitError, Dated, Edition, EditionChange, EditionOf, Item, Lists, RegistryPut, RowEnd, Since,
    StoreError,
};
use lf_vocab::{Day, MedListCodg, Pric};

use super::{Full, Ground, fixture as f};

fn on(text: &str) -> Day {
    text.parse().unwrap()
}

fn edition(of: EditionOf, ver: i64, from: &str) -> Edition {
    Edition {
        of,
        edition: format!("第{ver}版"),
        from: on(from),
        ver,
        file_sm3: "00".repeat(32),
        row_cnt: 2,
        imported: f::at(ver),
    }
}

fn opsp(code: &str, name: &str) -> Item {
    Item::Opsp(Opsp { opsp_dise_code: code.to_owned(), opsp_dise_name: name.to_owned() })
}

fn ends(key: &str, from: &str) -> RowEnd {
    RowEnd { key: key.to_owned(), from: on(from) }
}

fn change(of: EditionOf, ver: i64, from: &str) -> EditionChange {
    EditionChange { edition: edition(of, ver, from), ends: vec![], drugs: vec![], items: vec![] }
}

async fn commit(store: &dyn Full, change: EditionChange) -> Result<(), CommitError> {
    store.commit(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await
}

/// For the rows that somebody tampers with: one that is in force on the fixture's day.
pub fn one_row() -> EditionChange {
    EditionChange { items: vec![opsp("A", "甲")], ..change(OPSP, 1, "2026-01-01") }
}

const OPSP: EditionOf = EditionOf::List(Lists::Opsp);

/// Edition 1 from 2026-01-01 with A and B; edition 2 from 2026-07-01 renames A, leaves B out and adds C.
async fn two_editions(store: &dyn Full) {
    let first = EditionChange { items: vec![opsp("A", "甲"), opsp("B", "乙")], ..change(OPSP, 1, "2026-01-01") };
    commit(store, first).await.unwrap();
    let second = EditionChange {
        ends: vec![ends("A", "2026-01-01"), ends("B", "2026-01-01")],
        items: vec![opsp("A", "甲甲"), opsp("C", "丙")],
        ..change(OPSP, 2, "2026-07-01")
    };
    commit(store, second).await.unwrap();
}

fn short(row: &Dated<Item>) -> String {
    let Item::Opsp(body) = &row.item else { panic!("{row:?}") };
    format!("{}{}:{}", body.opsp_dise_code, body.opsp_dise_name, row.ver)
}

pub async fn a_list_is_read_as_of_a_day(ground: &dyn Ground) {
    let store = ground.open();
    assert_eq!(store.editions(OPSP).await.unwrap(), []);
    two_editions(&*store).await;
    let page = async |day: &str, after: Option<&str>, limit| {
        let rows = store.list_page(Lists::Opsp, on(day), after, limit).await.unwrap();
        rows.iter().map(short).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(page("2025-12-31", None, 9).await, "");
    // The version is that of the edition that ended the row: a download since version 1 must hear of it.
    assert_eq!(page("2026-06-30", None, 9).await, "A甲:2 B乙:2");
    assert_eq!(page("2026-07-01", None, 9).await, "A甲甲:2 C丙:2");
    assert_eq!(page("2026-07-01", Some("A"), 9).await, "C丙:2");
    assert_eq!(page("2026-07-01", None, 1).await, "A甲甲:2");
    let item = async |key: &str, day: &str| store.list_items(Lists::Opsp, &[key], on(day)).await.unwrap().remove(0);
    let old = item("A", "2026-06-30").await.unwrap();
    assert_eq!((old.from, old.until, short(&old).as_str()), (on("2026-01-01"), Some(on("2026-07-01")), "A甲:2"));
    let both = store.list_items(Lists::Opsp, &["C", "B", "A"], on("2026-07-01")).await.unwrap();
    let both: Vec<_> = both.iter().map(|row| row.as_ref().map(short)).collect();
    assert_eq!(both, [Some("C丙:2".to_owned()), None, Some("A甲甲:2".to_owned())], "in the order asked");
    assert_eq!(item("A", "2999-01-01").await.unwrap().until, None);
    assert_eq!(item("B", "2026-07-01").await, None);
    assert_eq!(store.list_items(Lists::Diagnosis, &["A"], on("2026-07-01")).await.unwrap(), [None], "another list's");
    let wanted = [edition(OPSP, 1, "2026-01-01"), edition(OPSP, 2, "2026-07-01")];
    assert_eq!(store.editions(OPSP).await.unwrap(), wanted);
    assert_eq!(store.editions(EditionOf::Drug).await.unwrap(), []);
}

fn rule(code: &str, rule_type: &str, rule_value: &str) -> Item {
    Item::DrugRule(DrugRule {
        med_list_codg: code.parse().unwrap(),
        genname: None,
        rule_type: rule_type.to_owned(),
        rule_value: rule_value.to_owned(),
        batch: None,
    })
}

pub async fn all_rows_of_a_first_part_are_found(ground: &dyn Ground) {
    const RULES: EditionOf = EditionOf::List(Lists::DrugRule);
    let store = ground.open();
    let (plain, longer) = ("ZA04CAE0023010100166", "ZA04CAE00230101001667");
    let items = vec![
        rule(plain, "限定年龄对象", "儿童"),
        rule(plain, "限定性别对象", "女"),
        rule(longer, "限定就医方式", "住院"),
    ];
    commit(&*store, EditionChange { items, ..change(RULES, 1, "2026-01-01") }).await.unwrap();
    let ends = vec![ends(&rule(plain, "限定性别对象", "女").key(), "2026-01-01")];
    commit(&*store, EditionChange { ends, ..change(RULES, 2, "2026-07-01") }).await.unwrap();
    let under = async |firsts: &[&str], day: &str| {
        let found = store.list_under(Lists::DrugRule, firsts, on(day)).await.unwrap();
        found.iter().map(|rows| rows.iter().map(|row| row.item.key()).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let both = format!("{plain}|限定年龄对象|儿童 {plain}|限定性别对象|女");
    let other = format!("{longer}|限定就医方式|住院");
    let mut sorted: Vec<_> = both.split(' ').collect();
    sorted.sort_unstable();
    let both = sorted.join(" ");
    assert_eq!(under(&[longer, "ZA04", plain], "2026-06-30").await, [other, String::new(), both], "in the order asked");
    assert_eq!(under(&[plain], "2026-07-01").await, [format!("{plain}|限定年龄对象|儿童")], "the other has ended");
    assert_eq!(under(&[plain], "2025-12-31").await, [String::new()]);
    assert!(under(&[], "2026-07-01").await.is_empty());
    let many = |count: usize| {
        (0..count).map(|n| rule("XA01AAA001A001010100001", "限定支付疗程", &format!("{n}天"))).collect::<Vec<_>>()
    };
    commit(&*store, EditionChange { items: many(UNDER_MAX), ..change(RULES, 3, "2026-08-01") }).await.unwrap();
    let found = store.list_under(Lists::DrugRule, &["XA01AAA001A001010100001"], on("2026-08-01")).await.unwrap();
    assert_eq!(found[0].len(), UNDER_MAX);
    commit(
        &*store,
        EditionChange { items: many(UNDER_MAX + 1).split_off(UNDER_MAX), ..change(RULES, 4, "2026-09-01") },
    )
    .await
    .unwrap();
    assert!(
        store.list_under(Lists::DrugRule, &["XA01AAA001A001010100001"], on("2026-09-01")).await.is_err(),
        "one too many is no cut answer"
    );
}

pub async fn prices_of_a_drug_are_those_of_its_place(ground: &dyn Ground) {
    let store = ground.open();
    let code: MedListCodg = "ZA04CAE0023010100166".parse().unwrap();
    let pric = |text: &str| text.parse::<Pric>().unwrap();
    let of = |admdvs: &str, text: &str| PlacePric {
        med_list_codg: code.clone(),
        admdvs: admdvs.parse().unwrap(),
        pric: pric(text),
        batch: None,
        memo: None,
    };
    let standard = PayStd { med_list_codg: code.clone(), hi_pay_std: pric("5"), unt: None, memo: None };
    for (list, items) in [
        (Lists::PayStd, vec![Item::PayStd(standard)]),
        (Lists::SelPric, vec![Item::SelPric(of("100000", "4")), Item::SelPric(of("420000", "3"))]),
        (Lists::PlatPric, vec![Item::PlatPric(of("420100", "2")), Item::PlatPric(of("420102", "1"))]),
    ] {
        commit(&*store, EditionChange { items, ..change(EditionOf::List(list), 1, "2026-01-01") }).await.unwrap();
    }
    let other: MedListCodg = "ZA04CAE0023010100167".parse().unwrap();
    let asked = async |place: &str, day: &str| {
        store.drug_prics(&[other.clone(), code.clone()], place.parse().unwrap(), on(day)).await.unwrap()
    };
    let prics = |sel: &str, plat: Option<&str>| Prics {
        hi_pay_std: Some(pric("5")),
        sel_pric: Some(pric(sel)),
        plat_pric: plat.map(pric),
    };
    assert_eq!(asked("420102", "2026-01-01").await, [Prics::default(), prics("3", Some("1"))], "in the order asked");
    assert_eq!(asked("420100", "2026-01-01").await[1], prics("3", Some("2")));
    assert_eq!(asked("420200", "2026-01-01").await[1], prics("3", None));
    assert_eq!(asked("100000", "2026-01-01").await[1], prics("4", None));
    assert_eq!(asked("420102", "2025-12-31").await[1], Prics::default());
    let national = lf_vocab::Admdvs::NATIONAL;
    assert_eq!(store.drug_prics(&vec![code.clone(); 10_000], national, on("2026-01-01")).await.unwrap().len(), 10_000);
    let many = store.drug_prics(&vec![code.clone(); 10_001], national, on("2026-01-01")).await;
    assert!(matches!(many, Err(StoreError::Broken(_))), "{many:?}");
}

pub async fn a_download_goes_on_where_it_stopped(ground: &dyn Ground) {
    let store = ground.open();
    two_editions(&*store).await;
    let since = async |ver, limit| {
        let (mut since, mut all) = (Since::version(ver), Vec::new());
        loop {
            let rows = store.list_since(Lists::Opsp, &since, limit).await.unwrap();
            assert!(rows.len() <= limit);
            let Some(last) = rows.last() else { break };
            since = Since::item(last);
            all.extend(rows.iter().map(short));
        }
        all.join(" ")
    };
    for limit in [1, 2, 9] {
        assert_eq!(since(0, limit).await, "A甲:2 A甲甲:2 B乙:2 C丙:2", "{limit}");
        assert_eq!(since(1, limit).await, "A甲:2 A甲甲:2 B乙:2 C丙:2", "{limit}");
        assert_eq!(since(2, limit).await, "");
    }
}

pub async fn an_edition_comes_whole_or_not_at_all(ground: &dyn Ground) {
    let store = ground.open();
    two_editions(&*store).await;
    let stale = |what| Err(CommitError::Stale(what));
    let again = EditionChange { items: vec![opsp("D", "丁")], ..change(OPSP, 2, "2026-07-01") };
    assert_eq!(commit(&*store, again.clone()).await, stale("edition"), "the version is taken");
    let mut renumbered = again.clone();
    renumbered.edition.ver = 3;
    assert_eq!(commit(&*store, renumbered.clone()).await, stale("edition"), "the name is taken");
    renumbered.edition.edition = "第3版".to_owned();
    renumbered.ends = vec![ends("B", "2026-01-01")];
    assert_eq!(commit(&*store, renumbered.clone()).await, stale("list_item"), "the row ended before");
    assert_eq!(store.list_items(Lists::Opsp, &["D"], on("2026-07-01")).await.unwrap(), [None]);
    let broken = |answer| matches!(answer, Err(CommitError::Store(StoreError::Broken(_))));
    let diagnosis = Item::Diagnosis(Diagnosis { diag_code: "A00".to_owned(), diag_name: "霍乱".to_owned() });
    let foreign = EditionChange { items: vec![diagnosis], ..change(OPSP, 3, "2026-07-01") };
    assert!(broken(commit(&*store, foreign).await), "a row of another list");
    let drug = EditionChange { drugs: vec![f::drug("XA10BH01", "a", true)], ..change(OPSP, 3, "2026-07-01") };
    assert!(broken(commit(&*store, drug).await), "a drug in a list");
    let early = EditionChange { ends: vec![ends("C", "2026-07-01")], ..change(OPSP, 3, "2026-06-30") };
    assert!(broken(commit(&*store, early).await), "an end before the beginning");
    assert!(broken(commit(&*store, change(OPSP, 0, "2026-07-01")).await), "no version");
}

pub async fn a_row_of_the_same_day_is_taken_back_or_replaced(ground: &dyn Ground) {
    let store = ground.open();
    two_editions(&*store).await;
    let third = EditionChange {
        ends: vec![ends("C", "2026-07-01")],
        items: vec![opsp("A", "三")],
        ..change(OPSP, 3, "2026-07-01")
    };
    commit(&*store, third).await.unwrap();
    let rows = store.list_page(Lists::Opsp, on("2026-07-01"), None, 9).await.unwrap();
    assert_eq!(rows.iter().map(short).collect::<Vec<_>>(), ["A三:3"]);
    let rows = store.list_since(Lists::Opsp, &Since::version(2), 9).await.unwrap();
    assert_eq!(rows.iter().map(short).collect::<Vec<_>>(), ["A三:3", "C丙:3"]);
    assert_eq!(rows[1].until, Some(rows[1].from), "taken back before it was ever in force");
}

pub async fn the_catalogue_is_read_as_of_a_day(ground: &dyn Ground) {
    let store = ground.open();
    let standing = f::drug("XA10BH01", "西格列汀", true);
    let put = vec![RegistryPut::Drug(standing.clone()), RegistryPut::Drug(f::drug("XA10BH02", "维格列汀", true))];
    store.commit(ChangeSet { registry: put, ..ChangeSet::default() }).await.unwrap();
    let always = Day::FIRST.to_string();
    let renamed = f::drug("XA10BH01", "磷酸西格列汀", true);
    let second = EditionChange {
        ends: vec![ends("XA10BH01", &always), ends("XA10BH02", &always)],
        drugs: vec![renamed.clone(), f::drug("XA10BH03", "利格列汀", false)],
        ..change(EditionOf::Drug, 2, "2026-07-01")
    };
    commit(&*store, second).await.unwrap();
    let code = std::slice::from_ref(&standing.med_list_codg);
    assert_eq!(store.drugs(code, on("2026-06-30")).await.unwrap(), [Some(standing.clone())]);
    assert_eq!(store.drugs(code, on("2026-07-01")).await.unwrap(), [Some(renamed)]);
    let found = async |day: &str, query: fn(DrugQuery) -> DrugQuery| {
        let (total, drugs) = store.drug_page(&query(DrugQuery { limit: 9, ..DrugQuery::on(on(day)) })).await.unwrap();
        let ends: String = drugs.iter().map(|drug| &drug.med_list_codg.as_str()[7..]).collect();
        format!("{total}:{ends}")
    };
    assert_eq!(found("2026-06-30", |all| all).await, "2:12");
    assert_eq!(found("2026-07-01", |all| all).await, "2:13");
    let part = |all| DrugQuery { name_part: Some("磷酸".to_owned()), ..all };
    assert_eq!((found("2026-06-30", part).await, found("2026-07-01", part).await), ("0:".to_owned(), "1:1".to_owned()));
    let codes = |all| DrugQuery { codes: ["XA10BH02", "XA10BH03"].map(|code| code.parse().unwrap()).to_vec(), ..all };
    assert_eq!(
        (found("2026-06-30", codes).await, found("2026-07-01", codes).await),
        ("1:2".to_owned(), "1:3".to_owned())
    );
    let mut since = Since::version(0);
    let mut all = Vec::new();
    while let Some(row) = store.drugs_since(&since, 1).await.unwrap().pop() {
        since = Since::drug(&row);
        all.push(format!("{}:{}", &row.item.med_list_codg.as_str()[7..], row.in_force(on("2026-07-01"))));
    }
    assert_eq!(all, ["1:false", "1:true", "2:false", "3:true"]);
    let rows = store.drug_rows(&standing.med_list_codg).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.ver).collect::<Vec<_>>(), [2, 2], "both days of one code");
    assert!(
        rows[0].until == Some(rows[1].from) && store.drug_rows(&"XA10BH99".parse().unwrap()).await.unwrap().is_empty()
    );
    assert_eq!(store.editions(EditionOf::Drug).await.unwrap().len(), 1);
}

pub async fn designations_are_kept_of_each_side_by_itself(ground: &dyn Ground) {
    use lf_ports::lists::{Designation, DsgnSide, DsgnType};
    let store = ground.open();
    let row = |code: &str, dr_code: Option<&str>, dsgn_type, dise: Option<&str>| {
        Item::Designation(Designation {
            poolarea_no: f::pool(),
            dsgn_type,
            fixmedins_code: code.parse().unwrap(),
            dr_code: dr_code.map(str::to_owned),
            med_list_codg: None,
            opsp_dise_code: dise.map(str::to_owned),
            span: lf_vocab::Span::new(on("2026-01-01"), None).unwrap(),
            filing_no: "一号".to_owned(),
        })
    };
    let (hospital, pharmacy) = ("H36090200001", "P36090200101");
    let kept = async |day: &str| store.designations_kept(f::pool(), on(day)).await.unwrap();
    assert_eq!(kept("2026-06-01").await, []);
    let editions = [
        ("2026-01-01", vec![row(pharmacy, None, DsgnType::Spay, None)]),
        // Of a doctor, and of an institution for a disease whose code begins as a doctor's does.
        ("2026-02-01", vec![row(hospital, Some("D360902000001"), DsgnType::Spay, None)]),
        ("2026-03-01", vec![row(hospital, None, DsgnType::Opsp, Some("D36"))]),
        ("2026-04-01", vec![row(hospital, None, DsgnType::Spay, None)]),
    ];
    let mut ver = 0;
    for (from, items) in editions {
        ver += 1;
        commit(&*store, EditionChange { items, ..change(EditionOf::List(Lists::Designation), ver, from) })
            .await
            .unwrap();
    }
    use {DsgnSide as Side, DsgnType as Of};
    assert_eq!(kept("2025-12-31").await, [], "before the first");
    assert_eq!(kept("2026-01-31").await, [(Of::Spay, Side::Pharmacy)]);
    assert_eq!(kept("2026-02-01").await, [(Of::Spay, Side::Pharmacy), (Of::Spay, Side::Doctor)]);
    let all = [Side::Hospital, Side::Pharmacy, Side::Doctor].map(|side| (Of::Spay, side));
    assert_eq!(kept("2026-03-31").await, [all[1], all[2], (Of::Opsp, Side::Hospital)]);
    assert_eq!(kept("2026-04-01").await, [&all[..], &[(Of::Opsp, Side::Hospital)]].concat());
    assert_eq!(store.designations_kept("360800".parse().unwrap(), on("2026-06-01")).await.unwrap(), []);
}
