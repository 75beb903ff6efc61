//! Tables for the public and the bureau: prices of the day, availability, uploads, trace codes, balances.

use lf_center::Failure;
use lf_center::published::{LISTED_MAX, PublishedRefusal, Table, prices, spay_drugs};
use lf_center::supervised::{DAYS_MAX, Period, availability, balance, listing, no_prod, traces, uploads};
use lf_ports::lists::{Designation, DsgnType, NoProd, PlacePric, TagList, TaggedDrug};
use lf_ports::{ChangeSet, Drug, Edition, EditionChange, EditionOf, Item as Listed, Lists, RegistryPut, RowEnd, Store};
use lf_stock::DataType;
use lf_testkit::center::repository_law;
use lf_testkit::life::{Item, parse};
use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACY, POOL, drugs, fixmedins};
use lf_testkit::{Step, TestCenter, Watched};
use lf_vocab::{Day, DrugTracCodg, Span};

use crate::goods::{bought, deleted, single, sold, told};
use crate::registers::dsgn;
use crate::said::with;

/// A cell by row and field.
fn cell<'t>(table: &'t Table, row: usize, field: &str) -> &'t str {
    let at = table.columns.iter().position(|(name, _)| *name == field).unwrap_or_else(|| panic!("no {field}"));
    &table.rows[row][at]
}

fn cells<'t>(table: &'t Table, row: usize, fields: &[&str]) -> Vec<&'t str> {
    fields.iter().map(|field| cell(table, row, field)).collect()
}

fn row_of(table: &Table, key: &str) -> usize {
    table.rows.iter().position(|row| row[0] == key).unwrap_or_else(|| panic!("no row of {key}"))
}

/// A prescription sold and settled, and its sale told from stock at a price.
async fn for_a_prescription(center: &TestCenter, tell: bool, pric: &str, visit: &str) {
    let one = Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", "25");
    let life = center.life(&center.people.active).of(vec![one]).up_to(Step::Settled).await;
    let code: DrugTracCodg = life.sell_command().lines[0].drug_trac_codg.clone().unwrap();
    if tell {
        let row = with(sold(center.now(), visit, "1", false, &[]), |row| {
            row.told.push(("finl_trns_pric".to_owned(), pric.to_owned()));
            if let lf_center::t3501_goods::RowWhat::Sale(sale) = &mut row.what {
                (sale.rxno, sale.codes) = (Some(life.hi_rxno().to_string()), vec![code]);
            }
        });
        told(center, PHARMACY, &single("3505", row)).await.unwrap();
    }
}

#[tokio::test]
async fn prices_of_the_day_are_published_with_their_freshness() {
    // proves DG-4.3
    let center = TestCenter::new().await;
    let (store, law, day) = (center.store.clone(), repository_law(), center.now().day());
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "9", &[]))).await.unwrap();
    told(&center, OTHER_PHARMACY, &single("3503", bought(center.now(), "1", "9", &[]))).await.unwrap();
    for (visit, pric) in [("m1", "25"), ("m2", "24.5")] {
        for_a_prescription(&center, true, pric, visit).await;
        center.clock.advance_seconds(60);
    }
    // A sale without a prescription is no flow drug.
    let mut counter = sold(center.now(), "m3", "1", false, &[9]);
    counter.told.push(("finl_trns_pric".to_owned(), "1".to_owned()));
    told(&center, PHARMACY, &single("3505", counter)).await.unwrap();
    let table = prices(store.as_ref(), &law, parse(POOL), day).await.unwrap();
    assert_eq!(table.rows.len(), 1, "{table:?}");
    let fields = ["fixmedins_code", "med_list_codg", "pric", "pric_min", "pric_max", "sel_cnt", "fresh_flag"];
    let want = [PHARMACY, drugs::AMOXICILLIN, "24.5", "24.5", "25", "2", "是"];
    assert_eq!(cells(&table, 0, &fields), want);
    assert!(table.notes.iter().any(|note| note.contains("没有登记门特定点药店")), "{:?}", table.notes);
    assert!(table.notes.iter().any(|note| note.starts_with("1家药店")), "{:?}", table.notes);
    let next = prices(store.as_ref(), &law, parse(POOL), day.plus(1)).await.unwrap();
    assert_eq!(next.rows.len(), 0, "another day's");
    let elsewhere = prices(store.as_ref(), &law, parse("360100"), day).await.unwrap();
    assert_eq!((elsewhere.rows.len(), elsewhere.columns.len()), (0, table.columns.len()));
}

#[tokio::test]
async fn prices_are_those_of_the_pharmacies_designated_for_chronic_diseases_where_a_register_says_which() {
    // proves DG-4.3
    let center = TestCenter::new().await;
    let (store, law, day) = (center.store.clone(), repository_law(), center.now().day());
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "9", &[]))).await.unwrap();
    for_a_prescription(&center, true, "25", "m1").await;
    let published = async || {
        let table = prices(store.as_ref(), &law, parse(POOL), day).await.unwrap();
        let shops: Vec<_> = table.rows.iter().map(|row| row[0].clone()).collect();
        (shops.join(","), table.notes.iter().any(|note| note.contains("没有登记门特定点药店")))
    };
    let shop = |code: &str| dsgn(POOL, DsgnType::Opsp, code, None);
    let not_yet = Designation { span: Span::new(day.plus(1), None).unwrap(), ..shop(PHARMACY) };
    let all = (PHARMACY.to_owned(), true);
    let (own, none) = ((PHARMACY.to_owned(), false), (String::new(), false));
    // A register of hospitals, of another purpose or of another place says nothing of these pharmacies.
    let other =
        [dsgn(POOL, DsgnType::Spay, OTHER_PHARMACY, None), dsgn("441900", DsgnType::Opsp, OTHER_PHARMACY, None)];
    for (rows, want) in [
        (vec![], &all),
        (vec![shop(HOSPITAL)], &all),
        (other.to_vec(), &all),
        (vec![shop(OTHER_PHARMACY)], &none),
        (vec![shop(OTHER_PHARMACY), not_yet], &none),
        (vec![shop(OTHER_PHARMACY), shop(PHARMACY)], &own),
    ] {
        let shown = format!("{:?}", rows.iter().map(|row| &row.fixmedins_code).collect::<Vec<_>>());
        if !rows.is_empty() {
            center.edition(Lists::Designation, "2026-01-01", rows.into_iter().map(Listed::Designation).collect()).await;
        }
        assert_eq!(&published().await, want, "{shown}");
    }
}

#[tokio::test]
async fn pharmacies_are_read_together_for_a_table_of_prices() {
    let center = TestCenter::new().await;
    let shops = [PHARMACY, OTHER_PHARMACY];
    for shop in shops {
        told(&center, shop, &single("3503", bought(center.now(), "1", "9", &[]))).await.unwrap();
    }
    let store = Watched::new(center.store.clone());
    prices(&store, &repository_law(), parse(POOL), center.now().day()).await.unwrap();
    let waves = store.waves();
    let together = |name: &str| waves.iter().map(|wave| wave.iter().filter(|asked| **asked == name).count()).max();
    for name in ["fixmedins", "stock_told", "stock_moves_taken"] {
        assert_eq!(together(name), Some(shops.len()), "{name}: {waves:?}");
    }
}

#[tokio::test]
async fn sales_of_settled_prescriptions_are_looked_for_together() {
    let center = TestCenter::new().await;
    for (tell, visit) in [(true, "m1"), (false, "m2"), (false, "m3")] {
        if tell {
            told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "5", &[]))).await.unwrap();
        }
        for_a_prescription(&center, tell, "25", visit).await;
    }
    let (store, day) = (Watched::new(center.store.clone()), center.now().day());
    let table = uploads(&store, &repository_law(), parse(POOL), Period::new(day, day).unwrap()).await.unwrap();
    assert_eq!(cells(&table, row_of(&table, PHARMACY), &["setl_cnt", "miss_cnt"]), ["3", "2"]);
    let waves = store.waves();
    let asked = waves.iter().map(|wave| wave.iter().filter(|asked| **asked == "stock_moves_of_rx").count());
    assert_eq!(asked.filter(|asked| *asked > 0).collect::<Vec<_>>(), [3], "{waves:?}");
}

#[tokio::test]
async fn availability_counts_channels_and_days_without() {
    // proves GX-1.1b, WH-5.9
    let center = TestCenter::new().await;
    let (store, first) = (center.store.clone(), center.now().day());
    for code in [drugs::AMOXICILLIN, drugs::AMLODIPINE] {
        let mut drug = store.drugs(&[parse(code)], first).await.unwrap().remove(0).unwrap();
        drug.hi_nego = true;
        center.register(RegistryPut::Drug(drug)).await;
    }
    let report = async |area: &str, from: Day, to: Day| {
        availability(store.as_ref(), parse(area), Period::new(from, to).unwrap()).await.unwrap()
    };
    center.clock.advance_seconds(86_400);
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "2", &[]))).await.unwrap();
    center.clock.advance_seconds(2 * 86_400);
    told(&center, PHARMACY, &single("3505", sold(center.now(), "v1", "2", false, &[1, 2]))).await.unwrap();
    let fields = ["hosp_cnt", "phar_cnt", "packs", "days_without", "last_day", "alert"];
    // Bought on the second day, sold out on the fourth.
    let table = report(POOL, first, first.plus(2)).await;
    let at = row_of(&table, drugs::AMOXICILLIN);
    assert_eq!(cells(&table, at, &fields), ["0", "1", "2", "1", &first.plus(2).to_string(), ""]);
    for area in [POOL, "360000", "100000"] {
        let table = report(area, first, first.plus(3)).await;
        let at = row_of(&table, drugs::AMOXICILLIN);
        let gone = ["0", "0", "0", "2", &first.plus(2).to_string(), "医疗机构和药店均无药"];
        assert_eq!(cells(&table, at, &fields), gone, "{area}");
        let never = row_of(&table, drugs::AMLODIPINE);
        assert_eq!(cells(&table, never, &fields), ["0", "0", "0", "4", "", "医疗机构和药店均无药"]);
    }
    let elsewhere = report("420000", first, first.plus(2)).await;
    assert_eq!(cell(&elsewhere, row_of(&elsewhere, drugs::AMOXICILLIN), "phar_cnt"), "0");
    assert!(Period::new(first, first.plus(DAYS_MAX - 1)).is_some(), "at the limit");
    assert!(Period::new(first, first.plus(DAYS_MAX)).is_none(), "one past it");
    assert!(Period::new(first, first.plus(-1)).is_none());
}

#[tokio::test]
async fn new_drugs_that_no_platform_lists_are_told() {
    // proves WH-5.4
    let center = TestCenter::new().await;
    let law = repository_law();
    let period = Period::new(parse("2024-12-31"), parse("2025-03-31")).unwrap();
    let known = center.store.drugs(&[parse(drugs::AMOXICILLIN)], center.now().day()).await.unwrap().remove(0).unwrap();
    for (code, from) in [(drugs::AMOXICILLIN, "2025-01-01"), (drugs::AMLODIPINE, "2025-01-01")] {
        let in_list = Span::new(parse(from), None);
        center.register(RegistryPut::Drug(Drug { med_list_codg: parse(code), in_list, ..known.clone() })).await;
    }
    let lists = async |place: &str| listing(center.store.as_ref(), &law, parse(place), period).await.unwrap();
    let table = lists("420100").await;
    let fields = ["in_list", "list_by", "list_flag", "pric", "alert"];
    for code in [drugs::AMOXICILLIN, drugs::AMLODIPINE] {
        let told = cells(&table, row_of(&table, code), &fields);
        assert_eq!(told, ["2025-01-01", "2024-12-31", "否", "", "未挂网"]);
    }
    assert_eq!(table.rows.len(), 2, "what was in the catalogue before is not new");
    // One on the last day, the other a day too late; in front stands what is not listed.
    let pric = |code: &str| {
        let (med_list_codg, admdvs) = (parse(code), parse("420000"));
        Listed::PlatPric(PlacePric { med_list_codg, admdvs, pric: parse("12.5"), batch: None, memo: None })
    };
    center.edition(Lists::PlatPric, "2024-12-31", vec![pric(drugs::AMLODIPINE)]).await;
    let table = lists("420100").await;
    assert_eq!(table.rows[0][0], drugs::AMOXICILLIN);
    assert_eq!(cells(&table, 1, &fields[2..]), ["是", "12.5", ""]);
    center.edition(Lists::PlatPric, "2025-01-01", vec![pric(drugs::AMLODIPINE), pric(drugs::AMOXICILLIN)]).await;
    let table = lists("420100").await;
    let late = row_of(&table, drugs::AMOXICILLIN);
    assert_eq!(cells(&table, late, &fields[2..]), ["是", "12.5", "挂网晚于应挂网日期"]);
    // Where no text asks for it, it is only told.
    let table = lists("360900").await;
    assert_eq!(cells(&table, row_of(&table, drugs::AMOXICILLIN), &fields[1..]), ["", "否", "", ""]);
}

#[tokio::test]
async fn what_is_no_longer_made_is_told_with_who_still_has_it() {
    // proves WH-5.9
    let center = TestCenter::new().await;
    let (store, first) = (center.store.clone(), center.now().day());
    let mut drug = store.drugs(&[parse(drugs::AMOXICILLIN)], first).await.unwrap().remove(0).unwrap();
    drug.hi_nego = true;
    center.register(RegistryPut::Drug(drug)).await;
    let row = |place: &str, code: &str, since: i32, rea: Option<&str>| {
        Listed::NoProd(NoProd {
            admdvs: parse(place),
            med_list_codg: parse(code),
            genname: Some("旧药".to_owned()),
            begndate: first.plus(since),
            rea: rea.map(str::to_owned),
        })
    };
    const UNKNOWN: &str = "XA01AAA001A001010100099";
    let report = async |area: &str, to: i32| {
        let period = Period::new(first, first.plus(to)).unwrap();
        [availability(store.as_ref(), parse(area), period).await, no_prod(store.as_ref(), parse(area), period).await]
            .map(Result::unwrap)
    };
    let [all, stopped] = report(POOL, 0).await;
    assert_eq!((cell(&all, row_of(&all, drugs::AMOXICILLIN), "stop_date"), stopped.rows.len()), ("", 0), "no list");
    // The country's list and the city's name the same drug: the nearer row counts. One is to stop tomorrow, of one the catalogue knows nothing.
    let rows = vec![
        row("100000", drugs::AMOXICILLIN, -400, Some("原料短缺")),
        row(POOL, drugs::AMOXICILLIN, -30, Some("企业停产")),
        row("360000", drugs::AMLODIPINE, 1, None),
        row("360000", UNKNOWN, -90, None),
        row("420000", drugs::ATORVASTATIN, -90, None),
    ];
    center.edition(Lists::NoProd, "2026-11-01", rows).await;
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "2", &[]))).await.unwrap();
    let [all, stopped] = report(POOL, 0).await;
    let since = first.plus(-30).to_string();
    assert_eq!(cell(&all, row_of(&all, drugs::AMOXICILLIN), "stop_date"), since);
    let codes: Vec<_> = stopped.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(codes, [UNKNOWN, drugs::AMOXICILLIN], "what stopped first stands in front");
    let fields = ["stop_date", "stop_days", "rea", "admdvs", "hosp_cnt", "phar_cnt", "packs", "days_without", "alert"];
    assert_eq!(cells(&stopped, 1, &fields), [&*since, "31", "企业停产", POOL, "0", "1", "2", "0", ""]);
    let fields = ["drug_genname", "prdr_name", "stop_days", "phar_cnt", "days_without", "alert"];
    assert_eq!(cells(&stopped, 0, &fields), ["旧药", "", "91", "0", "1", "医疗机构和药店均无药"]);
    // Tomorrow one more; in the province the city's row is not its own, in another none of them.
    let [_, stopped] = report(POOL, 1).await;
    assert_eq!(cell(&stopped, row_of(&stopped, drugs::AMLODIPINE), "stop_days"), "1");
    let [_, stopped] = report("360000", 0).await;
    assert_eq!(cell(&stopped, row_of(&stopped, drugs::AMOXICILLIN), "stop_days"), "401");
    let [_, elsewhere] = report("430000", 0).await;
    assert_eq!(elsewhere.rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), [drugs::AMOXICILLIN]);
    // The next edition leaves it out: it is made again.
    center.edition(Lists::NoProd, &first.to_string(), vec![row("360000", UNKNOWN, -90, None)]).await;
    let [all, stopped] = report(POOL, 0).await;
    assert_eq!((cell(&all, row_of(&all, drugs::AMOXICILLIN), "stop_date"), stopped.rows.len()), ("", 1));
}

#[tokio::test]
async fn whoever_left_within_the_period_counts_until_then() {
    // proves GX-1.2.5c
    let center = TestCenter::new().await;
    let (store, law, first) = (center.store.clone(), repository_law(), center.now().day());
    let mut drug = store.drugs(&[parse(drugs::AMOXICILLIN)], first).await.unwrap().remove(0).unwrap();
    drug.hi_nego = true;
    center.register(RegistryPut::Drug(drug)).await;
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "2", &[]))).await.unwrap();
    center.clock.advance_seconds(2 * 86_400);
    told(&center, PHARMACY, &single("3503", bought(center.now(), "2", "1", &[]))).await.unwrap();
    let mut left = fixmedins(PHARMACY, "宜春某药店");
    left.agreement = Span::new(parse("2024-01-01"), Some(first.plus(2))).unwrap();
    center.register(RegistryPut::Fixmedins(left)).await;
    let fields = ["phar_cnt", "packs", "days_without", "last_day", "alert"];
    let last = first.plus(1).to_string();
    for (to, want) in
        [(1, ["1", "2", "0", last.as_str(), ""]), (3, ["0", "0", "2", last.as_str(), "医疗机构和药店均无药"])]
    {
        let period = Period::new(first, first.plus(to)).unwrap();
        let table = availability(store.as_ref(), parse(POOL), period).await.unwrap();
        assert_eq!(cells(&table, row_of(&table, drugs::AMOXICILLIN), &fields), want, "{to}");
        // Of two days under agreement one is silent, and what was told after it is not counted.
        let table = uploads(store.as_ref(), &law, parse(POOL), period).await.unwrap();
        assert_eq!(cells(&table, row_of(&table, PHARMACY), &["row_cnt", "silent_days"]), ["1", "1"], "{to}");
    }
    let after = Period::new(first.plus(2), first.plus(3)).unwrap();
    let table = uploads(store.as_ref(), &law, parse(POOL), after).await.unwrap();
    assert!(table.rows.iter().all(|row| row[0] != PHARMACY), "not under agreement on any of these days");
}

#[tokio::test]
async fn a_list_that_anybody_may_ask_for_has_a_limit() {
    let center = TestCenter::new().await;
    let publish = async |ver: i64, from: &str, rows: std::ops::Range<usize>| {
        let row = |n: usize| {
            let row = TaggedDrug {
                admdvs: parse(POOL),
                med_list_codg: parse(&format!("XA01AAA001A0010101{n:05}")),
                genname: None,
                tag: "单独支付".to_owned(),
                opsp_dise_code: None,
                hi_pay_std: None,
                enddate: None,
            };
            Listed::Tagged(TagList::Spay, row)
        };
        let edition = Edition {
            of: EditionOf::List(Lists::Tagged(TagList::Spay)),
            edition: ver.to_string(),
            from: parse(from),
            ver,
            file_sm3: String::new(),
            row_cnt: rows.len() as u64,
            imported: center.now(),
        };
        let change = EditionChange { edition, ends: vec![], drugs: vec![], items: rows.map(row).collect() };
        center.put(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await;
    };
    let asked = async || spay_drugs(center.store.as_ref(), parse(POOL), center.now().day()).await;
    publish(1, "2026-01-01", 0..LISTED_MAX).await;
    assert_eq!(asked().await.unwrap().rows.len(), LISTED_MAX);
    publish(2, "2026-01-02", LISTED_MAX..LISTED_MAX + 1).await;
    let Err(Failure::Refused(why)) = asked().await else { panic!("one past it") };
    assert_eq!(why[0].code, PublishedRefusal::CODES[0]);
}

/// Ends a drug's row of the catalogue.
async fn leaves_tomorrow(center: &TestCenter, code: &str) {
    let tomorrow = center.now().day().plus(1);
    let edition = Edition {
        of: EditionOf::Drug,
        edition: "2".to_owned(),
        from: tomorrow,
        ver: 2,
        file_sm3: String::new(),
        row_cnt: 0,
        imported: center.now(),
    };
    let gone = RowEnd { key: code.to_owned(), from: Day::FIRST };
    let edition = Some(EditionChange { edition, ends: vec![gone], drugs: vec![], items: vec![] });
    center.put(ChangeSet { edition, ..ChangeSet::default() }).await;
    assert_eq!(center.store.drugs(&[parse(code)], tomorrow).await.unwrap(), [None]);
}

#[tokio::test]
async fn a_list_of_what_is_no_longer_made_has_the_same_limit() {
    let center = TestCenter::new().await;
    let row = |n: usize| {
        Listed::NoProd(NoProd {
            admdvs: parse(POOL),
            med_list_codg: parse(&format!("XA01AAA001A0010101{n:05}")),
            genname: None,
            begndate: parse("2026-01-01"),
            rea: None,
        })
    };
    let (store, first) = (center.store.as_ref(), center.now().day());
    let period = Period::new(first, first).unwrap();
    let asked = async || no_prod(store, parse(POOL), period).await;
    center.edition(Lists::NoProd, "2026-01-01", (0..LISTED_MAX).map(row).collect()).await;
    assert_eq!(asked().await.unwrap().rows.len(), LISTED_MAX);
    center.edition(Lists::NoProd, "2026-01-02", (0..=LISTED_MAX).map(row).collect()).await;
    for table in [asked().await, availability(store, parse(POOL), period).await] {
        let Err(Failure::Refused(why)) = table else { panic!("one past it") };
        assert_eq!(why[0].code, PublishedRefusal::CODES[0]);
    }
}

#[tokio::test]
async fn purchases_that_do_not_say_what_their_place_asks_are_counted() {
    // proves JX-1.5b, JX-1.6b
    let center = TestCenter::new().await;
    let law = repository_law();
    let whole = |doc_no: &str, boxes: &[u32]| {
        with(bought(center.now(), doc_no, "2", boxes), |row| {
            for (field, text) in [
                ("prodentp_name", "某药业"),
                ("manu_lotnum", "L1"),
                ("manu_date", "2026-01-01"),
                ("expy_end", "2028-01-01"),
                ("aprvno", "国药准字H1"),
                ("spler_name", "某医药公司"),
                ("finl_trns_pric", "12.5"),
                ("purc_retn_stoin_time", "2026-11-22 10:00:00"),
            ] {
                row.told.push((field.to_owned(), text.to_owned()));
            }
        })
    };
    let unpriced = with(whole("3", &[3, 4]), |row| row.told.retain(|(field, _)| field != "finl_trns_pric"));
    for row in [whole("1", &[1, 2]), whole("2", &[]), unpriced] {
        told(&center, PHARMACY, &single("3503", row)).await.unwrap();
    }
    told(&center, PHARMACY, &single("3505", sold(center.now(), "m1", "1", false, &[1]))).await.unwrap();
    let period = Period::new(center.now().day(), center.now().day()).unwrap();
    let counted = async |store: &dyn Store| {
        let table = uploads(store, &law, parse(POOL), period).await.unwrap();
        let fields = ["purc_cnt", "lack_cnt", "lack_fields", "sel_lack_cnt"];
        cells(&table, row_of(&table, PHARMACY), &fields).join("|")
    };
    assert_eq!(counted(center.store.as_ref()).await, "3|2|价格1行、药品追溯码1行|1");
    // A drug without codes lacks none; one whose entry has no dosage form lacks it.
    let drug = center.store.drugs(&[parse(drugs::AMOXICILLIN)], center.now().day()).await.unwrap().remove(0).unwrap();
    center.register(RegistryPut::Drug(Drug { trac_exempt: true, ..drug.clone() })).await;
    assert_eq!(counted(center.store.as_ref()).await, "3|1|价格1行|1");
    center.register(RegistryPut::Drug(Drug { dosform_name: String::new(), ..drug.clone() })).await;
    assert_eq!(counted(center.store.as_ref()).await, "3|3|价格1行、剂型3行、药品追溯码1行|1");
    center.register(RegistryPut::Drug(drug)).await;
    leaves_tomorrow(&center, drugs::AMOXICILLIN).await;
    // What was bought today lacks nothing for that.
    let later = Period::new(center.now().day(), center.now().day().plus(1)).unwrap();
    let table = uploads(center.store.as_ref(), &law, parse(POOL), later).await.unwrap();
    assert_eq!(cell(&table, row_of(&table, PHARMACY), "lack_fields"), "价格1行、药品追溯码1行");
    // What has no code of the catalogue lacks just that; a gift has no price.
    let uncoded = with(whole("4", &[5, 6]), |row| {
        row.told.retain(|(field, _)| field != "med_list_codg" && field != "finl_trns_pric");
        row.told.push(("med_list_codg".to_owned(), "NMLC999".to_owned()));
        row.told.push(("prod_geay_flag".to_owned(), "1".to_owned()));
    });
    told(&center, PHARMACY, &single("3503", uncoded)).await.unwrap();
    assert_eq!(counted(center.store.as_ref()).await, "4|3|价格1行、医保药品编码1行、药品追溯码1行|1");
    // The notice speaks of pharmacies.
    told(&center, HOSPITAL, &single("3503", bought(center.now(), "1", "2", &[7, 8]))).await.unwrap();
    let table = uploads(center.store.as_ref(), &law, parse(POOL), period).await.unwrap();
    assert_eq!(cells(&table, row_of(&table, HOSPITAL), &["purc_cnt", "lack_cnt"]), ["1", "0"]);
    // Where no text says what a record must say, nothing is missed.
    let mut elsewhere = fixmedins(PHARMACY, "某药店");
    elsewhere.poolarea_no = parse("420100");
    center.register(RegistryPut::Fixmedins(elsewhere)).await;
    let table = uploads(center.store.as_ref(), &law, parse("420100"), period).await.unwrap();
    assert_eq!(cells(&table, row_of(&table, PHARMACY), &["purc_cnt", "lack_cnt", "lack_fields"]), ["4", "0", ""]);
}

#[tokio::test]
async fn lag_completeness_and_trace_codes_are_counted() {
    // proves JX-1.6b, JX-4.1.3a, DG-3.4c, GX-1.2.5c, WH-5.10
    let center = TestCenter::new().await;
    let (store, law, day) = (center.store.clone(), repository_law(), center.now().day());
    let begun = center.now();
    // Exactly a day late is in time, one second more is late.
    told(&center, PHARMACY, &single("3503", bought(begun.plus_days(-1), "1", "5", &[]))).await.unwrap();
    told(&center, PHARMACY, &single("3503", bought(begun.plus_days(-1).plus_seconds(-1), "2", "5", &[])))
        .await
        .unwrap();
    for_a_prescription(&center, true, "25", "m1").await;
    for_a_prescription(&center, false, "25", "m2").await;
    told(&center, PHARMACY, &single("3505", sold(center.now(), "m3", "1", false, &[7]))).await.unwrap();
    let period = Period::new(day.plus(-1), day).unwrap();
    let table = uploads(store.as_ref(), &law, parse(POOL), period).await.unwrap();
    let fields = ["row_cnt", "late_cnt", "lag_max_hours", "silent_days", "setl_cnt", "miss_cnt", "sel_cnt", "trac_cnt"];
    let at = row_of(&table, PHARMACY);
    assert_eq!(cells(&table, at, &fields), ["4", "1", "24", "1", "2", "1", "2", "2"]);
    assert_eq!((cell(&table, at, "trac_ratio"), cell(&table, at, "late_hours")), ("100.00", "24"));
    let table = traces(store.as_ref(), parse(POOL), period).await.unwrap();
    let at = row_of(&table, drugs::AMOXICILLIN);
    assert_eq!(cells(&table, at, &["sel_cnt", "trac_cnt", "virtual_cnt", "trac_ratio"]), ["2", "2", "0", "100.00"]);
    let before = Period::new(day.plus(-9), day.plus(-1)).unwrap();
    let table = traces(store.as_ref(), parse(POOL), before).await.unwrap();
    assert_eq!(table.rows.len(), 0, "nothing was taken then");
}

#[tokio::test]
async fn what_was_there_and_came_less_what_went_is_what_is_there() {
    // proves DG-3.4c, DG-2.2.3b
    let center = TestCenter::new().await;
    let (store, day) = (center.store.clone(), center.now().day());
    told(&center, PHARMACY, &single("3503", bought(center.now(), "1", "5", &[]))).await.unwrap();
    center.clock.advance_seconds(86_400);
    told(&center, PHARMACY, &single("3505", sold(center.now(), "v1", "2", false, &[1, 2]))).await.unwrap();
    told(&center, PHARMACY, &single("3503", bought(center.now(), "2", "1", &[]))).await.unwrap();
    center.clock.advance_seconds(86_400);
    told(&center, PHARMACY, &single("3507", deleted(DataType::Sale))).await.unwrap();
    let fields = ["opening", "bought", "changed", "sold", "closing", "ledger", "agrees"];
    let of = async |from: i32, to: i32| {
        let period = Period::new(day.plus(from), day.plus(to)).unwrap();
        balance(store.as_ref(), &parse(PHARMACY), period).await.unwrap()
    };
    for (from, to, want) in [
        (0, 0, ["0", "120", "0", "0", "120", "120", "是"]),
        (1, 1, ["120", "24", "0", "48", "96", "96", "是"]),
        (1, 2, ["120", "24", "0", "0", "144", "144", "是"]),
        (3, 9, ["144", "0", "0", "0", "144", "144", "是"]),
    ] {
        let (table, agree) = of(from, to).await;
        assert_eq!((cells(&table, 0, &fields), agree), (want.to_vec(), true), "{from} {to}");
    }
}
