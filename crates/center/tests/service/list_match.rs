//! 目录对照: what is taken, what is refused, what 1317 shows of it.

use expect_test::expect;
use lf_center::outlist::{MATCHES_MAX, outlist};
use lf_center::t1312_hilist::{PAGE_MAX, REACH_MAX};
use lf_center::t3301_match::{MatchRefusal, ROWS_MAX};
use lf_center::{Answer, Failure, t1317_matches, t3301_match};
use lf_ports::lists::{Printed, PrintedRow};
use lf_ports::{
    ChangeSet, Drug, Edition, EditionChange, EditionOf, Item, ListMatch, Lists, MatchBody, MatchChange, MatchKey,
    PlacePric, RegistryPut, RowEnd,
};
use lf_testkit::TestCenter;
use lf_testkit::region::{HOSPITAL, PHARMACY, catalogue, drugs, fixmedins, registers};
use lf_vocab::FixmedinsCode;

use crate::said::{Said, code, with};

/// One row about a drug that every center of the tests has.
pub fn one() -> t3301_match::Command {
    t3301_match::Command { rows: vec![row("0001")] }
}

fn row(id: &str) -> t3301_match::Row {
    t3301_match::Row {
        fixmedins_hilist_id: id.to_owned(),
        list_type: "101".to_owned(),
        med_list_codg: drugs::AMOXICILLIN.to_owned(),
        begndate: "2026-11-22".parse().unwrap(),
        enddate: "2026-12-31".parse().unwrap(),
        body: body(),
    }
}

fn body() -> MatchBody {
    MatchBody {
        fixmedins_hilist_name: "阿莫西林".to_owned(),
        aprvno: None,
        dosform: None,
        exct_cont: None,
        item_cont: None,
        prcunt: None,
        spec: None,
        pacspec: None,
        memo: None,
    }
}

/// What takes [`one`] back.
pub fn withdrawal(fixmedins_code: &str) -> t3301_match::Withdrawal {
    t3301_match::Withdrawal {
        fixmedins_code: fixmedins_code.parse().unwrap(),
        fixmedins_hilist_id: "0001".to_owned(),
        list_type: "101".to_owned(),
        med_list_codg: drugs::AMOXICILLIN.to_owned(),
    }
}

/// 1317 without a condition.
pub fn all() -> t1317_matches::Command {
    t1317_matches::Command {
        fixmedins_code: None,
        query_date: None,
        medins_list_codg: None,
        medins_list_name: None,
        insu_admdvs: None,
        list_type: None,
        med_list_codg: None,
        begndate: None,
        vali: None,
        updt_time: "2026-01-01 00:00:00".parse().unwrap(),
        page_num: 1,
        page_size: 10,
    }
}

async fn upload(center: &TestCenter, rows: Vec<t3301_match::Row>) -> Result<Answer<()>, Failure> {
    let ctx = center.ctx(PHARMACY, &format!("{rows:?}")).await;
    center.center.t3301_match(&ctx, &t3301_match::Command { rows }).await
}

async fn shown(center: &TestCenter, command: &t1317_matches::Command) -> Vec<(String, bool)> {
    let ctx = center.ctx(PHARMACY, "1317").await;
    let rows = center.center.t1317_matches(&ctx, command).await.unwrap().reply.rows;
    rows.into_iter().map(|row| (row.key.fixmedins_hilist_id, row.vali)).collect()
}

#[tokio::test]
async fn a_message_is_taken_whole_or_refused_with_its_row() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let second = |change: fn(&mut t3301_match::Row)| vec![row("0001"), with(row("0002"), change)];
    said.refused(upload(&center, second(|row| row.enddate = row.begndate.plus(-1))).await);
    said.refused(upload(&center, second(|row| row.fixmedins_hilist_id = "0001".to_owned())).await);
    for change in [
        (|row| row.med_list_codg = "XA10BH00000000000000001".to_owned()) as fn(&mut t3301_match::Row),
        |row| row.med_list_codg = "无此编码".to_owned(),
        |row| row.list_type = "102".to_owned(),
    ] {
        said.refused(upload(&center, second(change)).await);
    }
    assert_eq!(shown(&center, &all()).await, [], "nothing of a refused message stands");
    let ctx = center.ctx(PHARMACY, "withdraw").await;
    said.refused(center.center.t3302_withdraw(&ctx, &withdrawal(PHARMACY)).await);
    said.are(
        expect_test::expect![[r#"
        RX-3301-01 第2行的结束日期早于开始日期〔接口规范 3301 enddate〕
        RX-3301-02 第2行与前面的行对照关系相同〔接口规范 3301〕
        RX-3301-03 第2行的医疗目录编码在开始日期不在本中心的该类目录内〔接口规范 3301 med_list_codg〕
        RX-3301-03 第2行的医疗目录编码在开始日期不在本中心的该类目录内〔接口规范 3301 med_list_codg〕
        RX-3301-03 第2行的医疗目录编码在开始日期不在本中心的该类目录内〔接口规范 3301 med_list_codg〕
        RX-3302-01 没有这条对照关系，或已经撤销〔接口规范 3302〕
    "#]],
        &[MatchRefusal::CODES],
    );
    assert_eq!(code(&upload(&center, second(|row| row.enddate = row.begndate)).await), "ok");
    assert_eq!(shown(&center, &all()).await.len(), 2);
}

#[tokio::test]
async fn a_list_that_was_never_published_refuses_nothing() {
    let center = TestCenter::new().await;
    let service = |code: &str| {
        let code = code.to_owned();
        with(row("S1"), |row| (row.list_type, row.med_list_codg) = ("201".to_owned(), code))
    };
    assert_eq!(code(&upload(&center, vec![service("A1")]).await), "ok");
    let cells = [("医疗目录编码", "B1"), ("医疗服务项目名称", "输液")];
    let cells = cells.map(|(heading, cell)| (heading.to_owned(), cell.to_owned())).into();
    let edition = Edition {
        of: EditionOf::List(Lists::Printed(Printed::ServiceItem)),
        edition: "1".to_owned(),
        from: "2026-11-01".parse().unwrap(),
        ver: 1,
        file_sm3: String::new(),
        row_cnt: 1,
        imported: center.now(),
    };
    let items = vec![Item::Printed(Printed::ServiceItem, PrintedRow(cells))];
    let change = EditionChange { edition, ends: vec![], drugs: vec![], items };
    center.put(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await;
    assert_eq!(code(&upload(&center, vec![service("B1")]).await), "ok");
    assert_eq!(code(&upload(&center, vec![service("A2")]).await), "RX-3301-03");
    let early = with(service("B1"), |row| row.begndate = "2026-10-31".parse().unwrap());
    assert_eq!(code(&upload(&center, vec![early]).await), "RX-3301-03", "published, and empty on that day");
}

#[tokio::test]
async fn a_catalogue_that_was_never_imported_refuses_nothing() {
    let center = TestCenter::empty(lf_center::Settings::default());
    let mut registers = registers(&center.people);
    registers.registry.retain(|put| !matches!(put, RegistryPut::Drug(_)));
    center.put(registers).await;
    assert_eq!(code(&upload(&center, vec![row("0001")]).await), "ok", "no catalogue was ever imported");
}

#[tokio::test]
async fn a_message_has_so_many_rows_and_the_same_again_changes_nothing() {
    let center = TestCenter::new().await;
    let rows = |count: usize| (0..count).map(|at| row(&format!("{at:04}"))).collect::<Vec<_>>();
    assert_eq!(code(&upload(&center, rows(ROWS_MAX)).await), "ok");
    assert_eq!(code(&upload(&center, rows(ROWS_MAX)).await), "ok", "the same message");
    assert!(
        matches!(upload(&center, rows(ROWS_MAX + 1)).await, Err(Failure::Broken(_))),
        "the table lets none through"
    );
    let ctx = center.ctx(PHARMACY, "withdraw").await;
    assert_eq!(code(&center.center.t3302_withdraw(&ctx, &withdrawal(PHARMACY)).await), "ok");
    let page = with(all(), |page| page.medins_list_codg = Some("0001".to_owned()));
    assert_eq!(shown(&center, &page).await, [("0001".to_owned(), false)]);
    let page = |page_num| with(all(), |page| (page.vali, page.page_num, page.page_size) = (Some(true), page_num, 150));
    let (first, second) = (shown(&center, &page(1)).await, shown(&center, &page(2)).await);
    assert_eq!((first.len(), second.len(), first[0].0.as_str()), (150, ROWS_MAX - 151, "0000"));
    assert_eq!(second.last().unwrap().0, format!("{:04}", ROWS_MAX - 1));
}

#[tokio::test]
async fn paging_reaches_so_far_and_no_farther() {
    let center = TestCenter::new().await;
    let stored = |at: u64| {
        let key = MatchKey {
            fixmedins_code: PHARMACY.parse().unwrap(),
            list_type: "101".to_owned(),
            fixmedins_hilist_id: format!("{at:05}"),
            med_list_codg: drugs::AMOXICILLIN.to_owned(),
        };
        let (begndate, enddate) = (center.now().day(), center.now().day());
        let (crte_time, updt_time) = (center.now(), center.now());
        MatchChange::Put(Box::new(ListMatch { key, begndate, enddate, crte_time, updt_time, vali: true, body: body() }))
    };
    center.put(ChangeSet { matches: (0..REACH_MAX).map(stored).collect(), ..ChangeSet::default() }).await;
    let none = with(all(), |page| (page.list_type, page.page_size) = (Some("102".to_owned()), PAGE_MAX));
    assert_eq!(shown(&center, &none).await, [], "all rows were looked at");
    let last = with(all(), |page| (page.page_num, page.page_size) = (REACH_MAX / PAGE_MAX, PAGE_MAX));
    assert_eq!(shown(&center, &last).await.len() as u64, PAGE_MAX);
    center.put(ChangeSet { matches: vec![stored(REACH_MAX)], ..ChangeSet::default() }).await;
    let ctx = center.ctx(PHARMACY, "1317").await;
    let ask = async |command: &t1317_matches::Command| code(&center.center.t1317_matches(&ctx, command).await);
    assert_eq!(ask(&none).await, "RX-1312-02");
    assert_eq!(ask(&last).await, "ok");
    assert_eq!(ask(&with(last, |page| page.page_num += 1)).await, "RX-1312-02");
    assert_eq!(ask(&with(all(), |page| page.page_size = PAGE_MAX + 1)).await, "RX-1312-01");
    assert_eq!(ask(&with(all(), |page| page.page_num = 0)).await, "RX-1312-01");
}

/// An edition of the catalogue, or of the platform's prices.
async fn edition(
    center: &TestCenter,
    of: EditionOf,
    from: &str,
    (ver, ends): (i64, &[&str]),
    drugs: Vec<Drug>,
    items: Vec<Item>,
) {
    let edition = Edition {
        of,
        edition: from.to_owned(),
        from: from.parse().unwrap(),
        ver,
        file_sm3: "00".repeat(32),
        row_cnt: 1,
        imported: center.now(),
    };
    let end = |code: &&str| RowEnd { key: (*code).to_owned(), from: "2025-01-01".parse().unwrap() };
    let change = EditionChange { edition, ends: ends.iter().map(end).collect(), drugs, items };
    center.put(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await;
}

fn matched(id: &str, code: &str, list_type: &str, at: &str) -> ListMatch {
    let at = format!("{at} 09:00:00").parse().unwrap();
    ListMatch {
        key: MatchKey {
            fixmedins_code: HOSPITAL.parse().unwrap(),
            list_type: list_type.to_owned(),
            fixmedins_hilist_id: id.to_owned(),
            med_list_codg: code.to_owned(),
        },
        begndate: "2026-01-01".parse().unwrap(),
        enddate: "2026-12-31".parse().unwrap(),
        crte_time: at,
        updt_time: at,
        vali: true,
        body: body(),
    }
}

#[tokio::test]
async fn a_list_is_told_beside_the_catalogue_and_its_last_switch() {
    // proves HB-1.2, HB-1.6, DG-3.3c
    let center = TestCenter::empty(lf_center::Settings::default());
    let hospital: FixmedinsCode = HOSPITAL.parse().unwrap();
    let told = async |on: &str| outlist(&*center.store, &hospital, on.parse().unwrap()).await;
    assert_eq!(code(&told("2026-11-22").await.map(|_| Answer::from(()))), "LIST-01-01");
    center.register(RegistryPut::Fixmedins(fixmedins(HOSPITAL, "某医院"))).await;
    let nothing = told("2026-11-22").await.unwrap();
    assert_eq!((nothing.age_days, nothing.table.rows.len()), (None, 0));
    let drug = |code: &str| catalogue().into_iter().find(|drug| drug.med_list_codg.as_str() == code).unwrap();
    let (stays, goes, comes) = (drugs::AMOXICILLIN, drugs::ATORVASTATIN, drugs::AMLODIPINE);
    edition(&center, EditionOf::Drug, "2025-01-01", (1, &[]), vec![drug(stays), drug(goes)], vec![]).await;
    edition(&center, EditionOf::Drug, "2026-11-01", (2, &[goes]), vec![drug(comes)], vec![]).await;
    let matches = [
        ("1", stays, "101", "2026-06-01"),
        ("2", goes, "101", "2026-06-01"),
        ("3", comes, "101", "2026-11-08"),
        ("4", goes, "101", "2026-06-02"),
        ("5", stays, "101", "2026-11-10"),
        ("6", "002203010000000", "201", "2026-11-20"),
    ];
    let matches = matches.map(|(id, code, kind, at)| matched(id, code, kind, at));
    let withdrawn = MatchChange::Withdraw(matches[3].key.clone(), "2026-11-03 10:00:00".parse().unwrap());
    let puts: Vec<_> = matches.into_iter().map(|one| MatchChange::Put(Box::new(one))).collect();
    center.put(ChangeSet { matches: puts, ..ChangeSet::default() }).await;
    center.put(ChangeSet { matches: vec![withdrawn], ..ChangeSet::default() }).await;
    let before = told("2026-11-22").await.unwrap();
    assert!(before.table.notes.iter().any(|note| note.contains("不能计算挂网占比")), "{:?}", before.table.notes);
    let pric = PlacePric {
        med_list_codg: stays.parse().unwrap(),
        admdvs: "360000".parse().unwrap(),
        pric: "9".parse().unwrap(),
        batch: None,
        memo: None,
    };
    let plat = EditionOf::List(Lists::PlatPric);
    edition(&center, plat, "2026-01-01", (1, &[]), vec![], vec![Item::PlatPric(pric)]).await;
    let found = told("2026-11-22").await.unwrap();
    let mut rows: Vec<String> =
        found.table.rows.iter().map(|row| format!("{} {}", row[0], row[5..].join("|"))).collect();
    rows.sort();
    expect![[r#"
        1 |||是|
        2 应撤未撤|2026-11-01|21|否|编码不在现行目录内
        3 新增|2026-11-08|7|否|
        4 撤销|2026-11-03|2|否|
        5 新增|2026-11-10||是|"#]]
    .assert_eq(&rows.join("\n"));
    expect![[r#"
        现行目录2026-11-01，自2026-11-01起
        在用4条，其中编码失效1条
        挂网2条，占50.0%
        最近上传2026-11-10 09:00:00，距今12天"#]]
    .assert_eq(&found.table.notes.join("\n"));
    assert_eq!((found.invalid, found.age_days), (1, Some(12)));
}

#[tokio::test]
async fn so_many_matches_are_told_and_one_more_is_refused() {
    let center = TestCenter::empty(lf_center::Settings::default());
    center.register(RegistryPut::Fixmedins(fixmedins(HOSPITAL, "某医院"))).await;
    let hospital: FixmedinsCode = HOSPITAL.parse().unwrap();
    let put = async |ids: std::ops::Range<usize>| {
        let one = |id: usize| matched(&id.to_string(), drugs::AMOXICILLIN, "101", "2026-06-01");
        let matches = ids.map(|id| MatchChange::Put(Box::new(one(id)))).collect();
        center.put(ChangeSet { matches, ..ChangeSet::default() }).await;
        outlist(&*center.store, &hospital, "2026-11-22".parse().unwrap()).await
    };
    assert_eq!(put(0..MATCHES_MAX).await.unwrap().table.rows.len(), MATCHES_MAX);
    let more = put(MATCHES_MAX..MATCHES_MAX + 1).await.map(|_| Answer::from(()));
    assert_eq!(code(&more), "LIST-01-02");
}
