//! Registers: replaced by key, never emptied, references and certificates looked after.

use lf_center::Settings;
use lf_import::report::Outcome;
use lf_ports::{MedinsNatu, PersonKey, Store};
use lf_testkit::center::TestCenter;
use lf_testkit::life::parse;
use lf_testkit::region;

use crate::{Import, counts, sample};

async fn imported() -> TestCenter {
    let center = TestCenter::empty(Settings::default());
    super::samples::everything(center.store.as_ref()).await;
    center
}

fn reasons(report: &lf_import::Report) -> Vec<String> {
    report.defect_lines(99)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_file_again_changes_nothing() {
    let center = imported().await;
    for kind in ["fixmedins", "practitioner", "person"] {
        let report = Import::of(center.store.as_ref(), kind).file(&sample(&format!("{kind}.csv"))).await.unwrap();
        assert_eq!((report.outcome, counts(&report)), (Outcome::NothingToDo, [0, 0, 3, 0, 0]), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_file_has_no_column_for_stays() {
    let center = imported().await;
    let store = center.store.as_ref();
    let code = parse(region::HOSPITAL);
    let was = store.fixmedins(&code).await.unwrap().unwrap();
    let text = "fixmedins_code,fixmedins_name,poolarea_no,begndate,circ_ready,hosp_lv\n\
        H36090200001,宜春某医院（新）,360900,2024-01-01,1,05\n";
    let report = Import::of(store, "fixmedins").text(text).await.unwrap();
    assert_eq!(
        (counts(&report), report.diff.changed[0].fields.join(",")),
        ([0, 1, 0, 0, 0], "fixmedins_name".to_owned())
    );
    let is = store.fixmedins(&code).await.unwrap().unwrap();
    assert_eq!((&is.sign_key, &is.sign_cert_sn), (&was.sign_key, &was.sign_cert_sn), "no hospital changes its key");
    assert!(store.fixmedins(&parse(region::PHARMACY)).await.unwrap().is_some(), "who is left out stays");
    let person = &center.people.active;
    let text = format!(
        "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate,balc\n{},甲在职,{},1,1990-01-01,360900,310,12,2015-01-01,999\n",
        person.psn_no.as_str(),
        person.certno.as_str()
    );
    let report = Import::of(store, "person").text(&text).await.unwrap();
    assert_eq!((counts(&report), report.accounts_opened), ([0, 1, 0, 0, 0], 0));
    let found = store.person(&PersonKey::EcToken(person.ec_token.clone())).await.unwrap().unwrap();
    assert_eq!(found.psn_type.code(), "12", "the token stays and finds the new row");
    let acct = store.acct(person.poolarea_no, &person.psn_no).await.unwrap();
    assert_eq!(acct.balc.get(), 10_000, "an account is opened once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_flag_level_hours_or_end_falls_back_to_a_default() {
    let center = imported().await;
    let store = center.store.as_ref();
    // Everything stated once, then the same rows with what every file must have, and another name.
    for (kind, full, least) in [
        (
            "fixmedins",
            "fixmedins_code,fixmedins_name,poolarea_no,begndate,enddate,hosp_lv,circ_ready,dualchnl,oppool,open_hours\n\
             P36090201234,某药店,360900,2024-01-01,2030-12-31,09,是,是,是,08:30-21:00\n",
            "fixmedins_code,fixmedins_name,poolarea_no,begndate\nP36090201234,某药店（新）,360900,2024-01-01\n",
        ),
        (
            "practitioner",
            "fixmedins_code,prac_code,prac_name,begndate,enddate,western,tcm,licensed\n\
             H36090200001,D360902000123,辛,2020-01-01,2030-12-31,否,是,是\n",
            "fixmedins_code,prac_code,prac_name,begndate\nH36090200001,D360902000123,辛新,2020-01-01\n",
        ),
        (
            "person",
            "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate,enddate,cvlserv\n\
             P9,某人,360902198001010017,1,1980-01-01,360900,310,11,2020-01-01,2030-12-31,是\n",
            "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate\n\
             P9,某人新,360902198001010017,1,1980-01-01,360900,310,11,2020-01-01\n",
        ),
    ] {
        let first = Import::of(store, kind).text(full).await.unwrap();
        assert_eq!(
            (first.outcome, counts(&first)),
            (Outcome::Committed, [1, 0, 0, 0, 0]),
            "{kind} {:?}",
            reasons(&first)
        );
        let second = Import::of(store, kind).text(least).await.unwrap();
        let fields: Vec<_> = second.diff.changed.iter().flat_map(|row| row.fields.clone()).collect();
        assert_eq!(fields.len(), 1, "{kind}: {fields:?}");
        assert!(fields[0].ends_with("_name"), "{kind}: {fields:?}");
    }
    let hospital = async || store.fixmedins(&parse(region::HOSPITAL)).await.unwrap().unwrap().medins_natu;
    assert_eq!(hospital().await, Some(MedinsNatu::Public), "as the sample says");
    let least = "fixmedins_code,fixmedins_name,poolarea_no,begndate\nH36090200001,某医院,360900,2024-01-01\n";
    Import::of(store, "fixmedins").text(least).await.unwrap();
    assert_eq!(hospital().await, Some(MedinsNatu::Public));
    let house = store.fixmedins(&parse("P36090201234")).await.unwrap().unwrap();
    assert_eq!(house.open_hours.map(|hours| hours.to_string()).as_deref(), Some("08:30-21:00"));
    // A column that is there and blank says that there are none.
    let text = "fixmedins_code,fixmedins_name,poolarea_no,begndate,enddate,open_hours\n\
        P36090201234,某药店（新）,360900,2024-01-01,,\n";
    let report = Import::of(store, "fixmedins").text(text).await.unwrap();
    assert_eq!(report.diff.changed[0].fields.join(","), "agreement,open_hours");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hospital_is_public_or_not_by_the_words_of_the_register() {
    let center = imported().await;
    let store = center.store.as_ref();
    let row = |code: &str, natu: &str| {
        format!("机构编码,机构名称,统筹区,开始日期,医疗机构性质\n{code},某机构,360900,2024-01-01,{natu}\n")
    };
    for (natu, want) in [("民营", Some(MedinsNatu::Private)), ("公立", Some(MedinsNatu::Public)), ("", None)] {
        assert_eq!(
            Import::of(store, "fixmedins").text(&row("H36090200001", natu)).await.unwrap().outcome,
            Outcome::Committed
        );
        let found = store.fixmedins(&parse(region::HOSPITAL)).await.unwrap().unwrap();
        assert_eq!(found.medins_natu, want, "{natu}");
    }
    // Which hospitals stay unknown is told, since nothing is asked of them; a pharmacy is not spoken of.
    let least = |codes: std::ops::RangeInclusive<usize>| {
        let rows = codes.map(|n| format!("H3609020{n:04},某机构,360900,2024-01-01\n"));
        let shop = format!("{},某药店,360900,2024-01-01\n", region::PHARMACY);
        format!("机构编码,机构名称,统筹区,开始日期\n{shop}{}", rows.collect::<String>())
    };
    let notes = async |text: &str| Import::of(store, "fixmedins").text(text).await.unwrap().notes;
    let told = "hospitals without medins_natu, of which nothing is asked as of public ones";
    assert_eq!(notes(&least(1..=1)).await, [format!("{told}: 1 (H36090200001)")]);
    let ten: Vec<_> = (1..=10).map(|n| format!("H3609020{n:04}")).collect();
    assert_eq!(notes(&least(1..=10)).await, [format!("{told}: 10 ({})", ten.join(", "))]);
    assert_eq!(notes(&least(1..=11)).await, [format!("{told}: 11 ({}, …)", ten.join(", "))]);
    assert_eq!(notes(&row("H36090200001", "公立")).await, [""; 0]);
    assert_eq!(notes(&least(1..=1)).await, [""; 0], "what stood stays and is known");
    // No codes of it are printed, so none is guessed; and a pharmacy is not spoken of.
    for (code, natu) in [("H36090200001", "1"), (region::PHARMACY, "公立")] {
        let report = Import::of(store, "fixmedins").text(&row(code, natu)).await.unwrap();
        assert!(reasons(&report)[0].contains("medins_natu"), "{:?}", reasons(&report));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_file_of_filings_wipes_nothing_that_it_has_no_column_for() {
    let center = imported().await;
    let store = center.store.as_ref();
    let sm3 = "ab".repeat(32);
    let head = "poolarea_no,psn_no,filing_no,filing_type,begndate,med_list_codg,fixmedins_code,dr_code,dr_name,dcsn_name,dcsn_date,dcsn,opter_name";
    let row = |dcsn_date: &str, opter_name: &str| {
        format!(
            "360900,36090000000000000001,备9,单独支付,2026-01-09,XC10AAA209A001010100003,H36090200001,D360902000001,丁医师,己认定,{dcsn_date},通过,{opter_name}"
        )
    };
    let told = |of: &str| format!(",微信小程序,SQ9,{sm3},{of}\n");
    let with = |dcsn_date: &str, more: &str| {
        format!(
            "{head},enddate,appy_chnl,appy_form_no,paper_sm3,told_way,told_date\n{},2026-12-31{more}",
            row(dcsn_date, "庚")
        )
    };
    let import = async |text: &str| Import::of(store, "filing").text(text).await.unwrap();
    let first = import(&with("2026-01-02", &told("短信,2026-01-03"))).await;
    assert_eq!((first.outcome, counts(&first)), (Outcome::Committed, [1, 0, 0, 0, 0]), "{:?}", reasons(&first));
    let psn_no = parse("36090000000000000001");
    let stands = async || {
        let rows = store.filings(parse("360900"), &psn_no).await.unwrap();
        rows.into_iter().find(|row| row.filing_no == "备9").unwrap()
    };
    let was = stands().await;
    let least = |dcsn_date: &str, opter_name: &str| format!("{head}\n{}\n", row(dcsn_date, opter_name));
    assert_eq!(import(&least("2026-01-02", "庚")).await.outcome, Outcome::NothingToDo);
    let second = import(&least("2026-01-02", "辛")).await;
    assert_eq!(second.diff.changed[0].fields, ["opter_name"]);
    let is = stands().await;
    assert!(is.body.filed == was.body.filed && is.until == was.until, "nothing else changed");
    // What stays must still fit what the file says: the person was told before this decision.
    let early = import(&least("2026-01-05", "辛")).await;
    assert_eq!(reasons(&early), ["row 2, told_date: lies before the decision"]);
    // A column that is there and blank says that there is nothing.
    let blank = import(&with("2026-01-02", ",,,,,\n")).await;
    assert_eq!(blank.outcome, Outcome::Committed, "{:?}", reasons(&blank));
    let lf_ports::Filed::Spay(spay) = stands().await.body.filed else { panic!("another kind") };
    assert!(spay.applied.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn references_lead_somewhere() {
    let center = imported().await;
    let store = center.store.as_ref();
    let text = "fixmedins_code,prac_code,prac_name,begndate\n\
        H36090299999,D360902000009,己,2020-01-01\n\
        H36090200001,D360902000008,庚,2020-01-01\n";
    let report = Import::of(store, "practitioner").text(text).await.unwrap();
    assert_eq!(report.outcome, Outcome::Defects);
    assert_eq!(reasons(&report).len(), 1);
    assert!(reasons(&report)[0].starts_with("row 2, fixmedins_code: names no registered institution"));
    let absent = store.practitioner(&parse(region::HOSPITAL), "D360902000008").await.unwrap();
    assert_eq!(absent, None, "one defect stops the file");
    let report = Import { skip_defects: true, ..Import::of(store, "practitioner") }.text(text).await.unwrap();
    assert_eq!((report.outcome, counts(&report), report.defect_cnt), (Outcome::Committed, [1, 0, 0, 0, 0], 1));
    let head =
        "fixmedins_code,fixmedins_name,poolarea_no,begndate,itnt_parent_code,itnt_lic_begndate,itnt_agre_begndate\n";
    let row =
        |parent: &str| format!("{head}H36090200777,互联网医院,360900,2024-01-01,{parent},2024-01-01,2024-01-01\n");
    let report = Import::of(store, "fixmedins").text(&row("H36090299999")).await.unwrap();
    assert!(reasons(&report)[0].contains("itnt_parent_code: names no registered institution"));
    let report = Import::of(store, "fixmedins").text(&row("H36090200777")).await.unwrap();
    assert_eq!((counts(&report), report.sign_keys_drawn), ([1, 0, 0, 0, 0], 1), "its own parent is in the file");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_leads_to_one_person() {
    let center = imported().await;
    let store = center.store.as_ref();
    let (active, retired) = (&center.people.active, &center.people.retired);
    let head = "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate,ec_token\n";
    let row = |psn_no: &str, person: &lf_ports::Person, token: &str| {
        let (certno, brdy) = (person.certno.as_str(), person.brdy);
        format!("{psn_no},某人,{certno},1,{brdy},360900,310,11,2015-01-01,{token}\n")
    };
    let report = Import::of(store, "person").text(&format!("{head}{}", row("9", active, ""))).await.unwrap();
    assert_eq!(reasons(&report), ["row 2, certno: is that of another registered person"]);
    let both = format!("{head}{}{}", row("9", active, "t"), row("10", active, "u"));
    let report = Import::of(store, "person").text(&both).await.unwrap();
    assert!(reasons(&report).contains(&"row 3, certno: is that of another person in row 2".to_owned()));
    let report =
        Import::of(store, "person").text(&format!("{head}{}", row("9", retired, &active.ec_token))).await.unwrap();
    let text = reasons(&report).join("\n");
    assert!(text.contains("certno: is that of another"), "{text}");
    for secret in [active.certno.as_str(), active.ec_token.as_str(), "某人"] {
        assert!(!text.contains(secret) && !report.to_string().contains(secret));
    }
    // Two who swap their tokens in one file are no defect: each gives up what the other takes.
    let swapped = format!(
        "{head}{}{}",
        row(active.psn_no.as_str(), active, &retired.ec_token),
        row(retired.psn_no.as_str(), retired, &active.ec_token)
    );
    Import::of(store, "person").text(&swapped).await.unwrap();
    let found = store.person(&PersonKey::EcToken(active.ec_token.clone())).await.unwrap().unwrap();
    assert_eq!(found.psn_no, retired.psn_no);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_has_both_numbers_and_leads_to_one_person() {
    let center = imported().await;
    let store = center.store.as_ref();
    let (active, retired) = (&center.people.active, &center.people.retired);
    let least = "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate";
    let head = format!("{least},sscno,card_sn\n");
    let body = |psn_no: &str, person: &lf_ports::Person| {
        format!("{psn_no},某人,{},1,{},360900,310,11,2015-01-01", person.certno.as_str(), person.brdy)
    };
    let row = |person: &lf_ports::Person, card: &str| format!("{},{card}\n", body(person.psn_no.as_str(), person));
    let import = async |text: String| Import::of(store, "person").text(&text).await.unwrap();
    // One without the other, and what is longer than the interface's field.
    let told = async |card: &str| reasons(&import(format!("{head}{}", row(active, card))).await);
    let together = "number of the card and 卡识别码 belong together";
    assert_eq!(told("J36090001,").await, [format!("row 2, card_sn: is missing: {together}")]);
    assert_eq!(told(",360900D1").await, [format!("row 2, sscno: is missing: {together}")]);
    let (long, chip) = ("J".repeat(51), "A".repeat(33));
    let both = told(&format!("{long},{chip}")).await;
    assert_eq!(
        both,
        [
            "row 2, sscno: is not a card's number of at most 50 characters",
            "row 2, card_sn: is not the chip's number of at most 32 characters"
        ]
    );
    let most = import(format!("{head}{}", row(active, &format!("{},{}", &long[1..], &chip[1..])))).await;
    assert_eq!(most.diff.changed[0].fields, ["card", "psn_name"]);
    // Whose card is another's: in the register, or in the same file. Neither number is shown.
    let report = import(format!("{head}{}", row(active, "j36090002,360900D1"))).await;
    assert_eq!(reasons(&report), ["row 2, sscno: is that of another registered person"]);
    assert!(!report.to_string().contains("36090002") && !report.to_string().contains("360900D1"));
    let twice = format!("{head}{}{}", row(active, "J5,1"), row(retired, "J5,2"));
    assert_eq!(reasons(&import(twice).await), ["row 3, sscno: is that of another person in row 2"]);
    // Two may swap theirs in one file, and two without a card are no pair.
    let swapped = format!("{head}{}{}", row(active, "J36090002,A1"), row(retired, "J36090001,A2"));
    import(swapped).await;
    let found = |number: &str| PersonKey::Card(parse(number));
    let holder = async |number: &str| store.person(&found(number)).await.unwrap().map(|person| person.psn_no);
    assert_eq!(holder("J36090001").await.as_ref(), Some(&retired.psn_no));
    assert_eq!(holder("J36090002").await.as_ref(), Some(&active.psn_no));
    // A file without the column leaves the card as it stood; a blank one takes it away.
    let report = import(format!("{least}\n{}\n", body(active.psn_no.as_str(), active))).await;
    assert_eq!(counts(&report), [0, 0, 1, 0, 0]);
    assert_eq!(holder("J36090002").await.as_ref(), Some(&active.psn_no));
    let blank = import(format!("{head}{}{}", row(active, ","), row(retired, ","))).await;
    assert_eq!(counts(&blank), [0, 2, 0, 0, 0], "{:?}", reasons(&blank));
    assert_eq!((holder("J36090001").await, holder("J36090002").await), (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_that_holds_one_number_of_a_card_says_nothing_of_cards() {
    let center = imported().await;
    let store = center.store.as_ref();
    let (active, resident) = (&center.people.active, &center.people.resident);
    assert!(active.card.is_some() && resident.card.is_none());
    let head = "psn_no,psn_name,certno,gend,brdy,poolarea_no,insutype,psn_type,begndate";
    let row = |person: &lf_ports::Person, number: &str| {
        let (psn_no, certno) = (person.psn_no.as_str(), person.certno.as_str());
        format!("{psn_no},某人,{certno},1,{},360900,310,11,2015-01-01,{number}\n", person.brdy)
    };
    let card = async |person: &lf_ports::Person| {
        let key = PersonKey::PsnNo(person.poolarea_no, person.psn_no.clone());
        store.person(&key).await.unwrap().unwrap().card
    };
    // Not even what could be no number of a card, or is that of another, is a defect: it is passed over.
    let long = "J".repeat(51);
    for (heading, has, lacks, numbers) in [
        ("社保卡号", "sscno", "card_sn", ["J36090002", "J36090002"]),
        ("卡识别码", "card_sn", "sscno", ["360900D1", &*long]),
    ] {
        let text = format!("{head},{heading}\n{}{}", row(active, numbers[0]), row(resident, numbers[1]));
        let report = Import::of(store, "person").text(&text).await.unwrap();
        assert_eq!(reasons(&report), [""; 0], "{heading}");
        let note = format!("column passed over: {has}; a card has both numbers, and no heading means {lacks}");
        assert_eq!(report.notes, [note]);
        assert_eq!((card(active).await, card(resident).await), (active.card.clone(), None), "{heading}");
    }
    let neither = format!("{head},ec_token\n{}", row(resident, ""));
    assert_eq!(Import::of(store, "person").text(&neither).await.unwrap().notes, [""; 0]);
}

const FILING: &str =
    "poolarea_no,psn_no,filing_no,filing_type,begndate,enddate,opsp_dise_code,opsp_dise_name,opter_name\n";

#[tokio::test]
async fn so_many_filings_of_a_person_come_in_and_one_more_is_a_defect() {
    let center = TestCenter::new().await;
    let (store, most) = (center.store.as_ref(), lf_ports::filing::FILINGS_MAX);
    let (person, other) = (center.people.active.psn_no.as_str(), center.people.retired.psn_no.as_str());
    let row = |psn_no: &str, at: usize| format!("360900,{psn_no},F{at:03},门特,2026-01-01,,M03900,高血压,经办\n");
    let file = |count| format!("{FILING}{}", (0..count).map(|at| row(person, at)).collect::<String>());
    let over = Import::of(store, "filing").text(&file(most + 1)).await.unwrap();
    let crowded = |at: usize| vec![format!("row {at}, filing_no: is one filing more than are kept of one person")];
    assert_eq!((over.outcome, reasons(&over)), (Outcome::Defects, crowded(most + 2)));
    let full = Import::of(store, "filing").text(&file(most)).await.unwrap();
    assert_eq!(full.outcome, Outcome::Committed);
    // What stands counts with what comes; the number of one that stands and another person are no more.
    let more = format!("{FILING}{}{}{}", row(person, 0), row(other, 999), row(person, 999));
    let over = Import::of(store, "filing").text(&more).await.unwrap();
    assert_eq!((over.outcome, reasons(&over)), (Outcome::Defects, crowded(4)));
    let psn_no = &center.people.active.psn_no;
    assert_eq!(store.filings(center.people.active.poolarea_no, psn_no).await.unwrap().len(), most);
}

#[tokio::test]
async fn a_filing_has_a_number_of_so_many_characters_and_not_one_more() {
    let center = TestCenter::new().await;
    let (store, most) = (center.store.as_ref(), lf_ports::filing::FILING_NO_MAX);
    let person = center.people.active.psn_no.as_str();
    let text =
        |count: usize| format!("{FILING}360900,{person},{},门特,2026-01-01,,M03900,高血压,经办\n", "备".repeat(count));
    let over = Import::of(store, "filing").text(&text(most + 1)).await.unwrap();
    assert_eq!(reasons(&over).len(), 1);
    assert!(reasons(&over)[0].starts_with("row 2, filing_no: "), "{:?}", reasons(&over));
    assert!(reasons(&over)[0].contains(&format!("at most {most} characters")), "{:?}", reasons(&over));
    assert_eq!(Import::of(store, "filing").text(&text(most)).await.unwrap().outcome, Outcome::Committed);
}

#[tokio::test]
async fn a_person_is_asked_for_once_however_many_filings_come() {
    let center = TestCenter::new().await;
    let store = lf_testkit::Watched::new(center.store.clone());
    let persons = [&center.people.active, &center.people.retired];
    let row =
        |at: usize| format!("360900,{},F{at},门特,2026-01-01,,M03900,高血压,经办\n", persons[at % 2].psn_no.as_str());
    // More than are looked after together, so that there are two parts.
    let text = format!("{FILING}{}", (0..300).map(row).collect::<String>());
    let report = Import::of(&store, "filing").text(&text).await.unwrap();
    assert_eq!((report.outcome, counts(&report)), (Outcome::Committed, [300, 0, 0, 0, 0]));
    let waves = store.waves();
    let asked: Vec<usize> = waves
        .iter()
        .map(|wave| wave.iter().filter(|name| **name == "filings").count())
        .filter(|count| *count > 0)
        .collect();
    // Checked once, and compared once with each part of the file; both persons in one wave.
    assert_eq!(asked, [2, 2, 2]);
    assert!(waves.len() <= 8, "{}", waves.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_doctors_are_designated_at_all_is_asked_only_of_who_is_not() {
    let center = imported().await;
    let store = lf_testkit::Watched::new(center.store.clone());
    // The doctor is designated from 2026 on.
    for (dcsn_date, asked) in [("2026-01-30", 0), ("2025-12-30", 1)] {
        let text = format!(
            "poolarea_no,psn_no,filing_no,filing_type,begndate,med_list_codg,fixmedins_code,dr_code,dr_name,dcsn_name,dcsn_date,dcsn,opter_name\n\
             360900,36090000000000000001,F-{dcsn_date},单独支付,2026-02-01,XC10AAA209A001010100003,H36090200001,D360902000001,丁医师,己认定,{dcsn_date},通过,庚经办\n"
        );
        let report = Import::of(&store, "filing").text(&text).await.unwrap();
        assert_eq!(report.outcome, Outcome::Committed, "{:?}", reasons(&report));
        let waves = store.waves().concat();
        assert_eq!(waves.iter().filter(|name| **name == "designations_kept").count(), asked, "{dcsn_date}: {waves:?}");
    }
}

#[tokio::test]
async fn what_is_ended_between_the_look_and_the_commit_stays_ended() {
    let center = TestCenter::new().await;
    let store = center.store.as_ref();
    let person = &center.people.active;
    let text = |last: &str| {
        format!("{FILING}360900,{},F1,门特,2026-01-01,{last},M03900,高血压,经办\n", person.psn_no.as_str())
    };
    Import::of(store, "filing").text(&text("2026-12-31")).await.unwrap();
    let table = lf_import::Table::read(text("2027-12-31").as_bytes(), &lf_import::file::Place::default()).unwrap();
    let parsed = lf_import::parse("filing".parse().unwrap(), &table, &[], &mut |_, _, _| {});
    let wanted = lf_import::Wanted {
        edition: None,
        from: None,
        part: false,
        skip_defects: false,
        expect: vec![],
        file_sm3: String::new(),
        now: center.now(),
    };
    let chance = lf_testkit::edge::SeededChance::new(1);
    let planned = lf_import::plan(store, &chance, parsed, &wanted, &mut |_, _, _| {}).await.unwrap();
    // `liufang filing end` comes between.
    let was = store.filings(person.poolarea_no, &person.psn_no).await.unwrap().remove(0);
    let mut ended = was.clone();
    ended.until = Some(parse("2026-06-01"));
    let by = lf_ports::EndedBy { rea: "停药".to_owned(), opter_name: "乙".to_owned(), opt_time: center.now() };
    ended.body.ended = Some(by);
    let change =
        lf_ports::FilingChange::Changed { filing: ended.clone(), expect_from: was.from, expect_until: was.until };
    store.commit(lf_ports::ChangeSet { filings: vec![change], ..Default::default() }).await.unwrap();
    assert!(matches!(lf_import::commit(store, planned).await, Err(lf_import::ImportError::Overtaken)));
    assert!(store.filings(person.poolarea_no, &person.psn_no).await.unwrap() == [ended]);
}
