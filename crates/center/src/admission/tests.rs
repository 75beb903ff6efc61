//! Every printed condition of the three texts, kept and broken; an officer's steps.

use lf_ports::{Application, Ended, Memo, Practitioner};
use lf_rx::Refused as _;
use lf_testkit::region::{PHARMACIST, PHARMACY, fixmedins, practitioner};

use super::*;

const ON: &str = "2026-11-22";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// What a good pharmacy states.
fn stated() -> BTreeMap<String, Input> {
    let yes = ["qlty_sys_flag", "net_flag", "psi_upld_flag", "psi_book_flag", "trac_upld_flag", "video_flag"];
    let more = ["itnt_rx_flag", "cons_area_flag", "cons_dev_flag", "hi_area_flag", "prom_psi_flag", "prom_pric_flag"];
    let flags = yes.into_iter().chain(more).chain([
        "prom_out_flag",
        "cold_chain_flag",
        "inj_svc_flag",
        "supv_flag",
        "setl_func_flag",
    ]);
    let mut stated: BTreeMap<_, _> = flags.map(|name| (name.to_owned(), Input::Flag(true))).collect();
    stated.insert("pnlt_flag".to_owned(), Input::Flag(false));
    stated.insert("canc_flag".to_owned(), Input::Flag(false));
    stated.insert("setl_begn_time".to_owned(), Input::Text("2024-01-01".to_owned()));
    stated
}

/// What is asked, and of whom.
struct Asked {
    place: &'static str,
    appy_type: &'static str,
    fixmedins: Fixmedins,
    practitioners: Vec<Practitioner>,
    nego: Option<(u64, u64)>,
    cancelled: Option<Ended>,
    stated: BTreeMap<String, Input>,
}

impl Asked {
    fn new(place: &'static str, appy_type: &'static str) -> Self {
        Self {
            place,
            appy_type,
            // Who applies does not serve yet.
            fixmedins: Fixmedins { dualchnl: false, ..fixmedins(PHARMACY, "甲药店") },
            practitioners: vec![practitioner(PHARMACY, PHARMACIST, "王药")],
            nego: Some((50, 100)),
            cancelled: None,
            stated: stated(),
        }
    }

    fn judge(&self) -> Result<Application, Failure> {
        self.judged_by(&lf_testkit::center::repository_law())
    }

    fn judged_by(&self, law: &Law) -> Result<Application, Failure> {
        let known = Known {
            fixmedins: &self.fixmedins,
            practitioners: &self.practitioners,
            nego: self.nego,
            cancelled: self.cancelled,
        };
        let place = self.place.parse().unwrap();
        judge(law, (&place, &[]), (self.appy_type, day(ON)), &self.stated, &known)
    }

    /// The codes that it is refused for.
    fn refused(&self) -> String {
        codes(&self.judge().unwrap().refused)
    }
}

fn codes(refused: &[String]) -> String {
    refused.iter().map(|text| &text[1..text.find(']').unwrap()]).collect::<Vec<_>>().join(" ")
}

fn asked(place: &'static str, appy_type: &'static str, change: impl FnOnce(&mut Asked)) -> Asked {
    let mut asked = Asked::new(place, appy_type);
    change(&mut asked);
    asked
}

fn flag(name: &'static str) -> impl FnOnce(&mut Asked) {
    move |asked| drop(asked.stated.insert(name.to_owned(), Input::Flag(name == "pnlt_flag")))
}

fn penalty(time: &'static str) -> impl FnOnce(&mut Asked) {
    move |asked| {
        asked.stated.insert("pnlt_flag".to_owned(), Input::Flag(true));
        asked.stated.insert("pnlt_time".to_owned(), Input::Text(time.to_owned()));
    }
}

/// Lost the service on a day; what the pharmacy says of it is left out.
fn lost(time: &'static str) -> impl FnOnce(&mut Asked) {
    ended(time, true)
}

fn ended(time: &'static str, breach: bool) -> impl FnOnce(&mut Asked) {
    move |asked| {
        asked.stated.remove("canc_flag");
        asked.cancelled = Some(Ended { on: day(time), breach });
    }
}

/// What a 统筹区 writes into its pack.
const OWN: &str = "
[[provision]]
id = \"admit.own\"
title = \"本市规定的其他条件\"
gate = \"admit\"
quantity = \"flag\"
reckoned = \"appy_time\"
when = { appy_type = \"门诊统筹\" }
violated_if = { cold_chain_flag = false }
severity = \"refuse\"
field = \"cold_chain_flag\"
code = \"ADMIT-OWN\"
sentence = \"没有冷链设备。\"
absent = \"remind\"
absent_sentence = \"没有写明冷链设备。\"
value = [{ from = 2024-03-22, is = true, cite = \"Q-例\", confidence = \"assumed\" }]
";

#[test]
fn a_pool_adds_a_condition_by_a_file() {
    // proves JX-1.9
    let law = lf_testkit::center::law_with(|path, text| match path {
        "360900/zf.toml" => text + OWN,
        _ => text,
    });
    for (place, told) in [("360900", "ADMIT-OWN"), ("360100", "")] {
        let without = asked(place, "门诊统筹", flag("cold_chain_flag"));
        assert_eq!(codes(&without.judged_by(&law).unwrap().refused), told, "{place}");
        assert_eq!(without.refused(), "", "{place}: the province does not ask");
        let with = asked(place, "门诊统筹", |_| ()).judged_by(&law).unwrap();
        assert_eq!(with.refused, [""; 0], "{place}");
    }
}

#[test]
fn a_dual_channel_pharmacy_of_guangxi_meets_all_five_conditions() {
    // proves GX-1.2.0, GX-1.2.1, GX-1.2.2, GX-1.2.3, GX-1.2.4, GX-1.2.5a, GX-1.2.5b, GX-1.2.5c, GX-1.2.5d
    let of = |change: Box<dyn FnOnce(&mut Asked)>| asked("450100", "双通道", change).refused();
    assert_eq!(of(Box::new(|_| ())), "");
    assert_eq!(asked("450100", "双通道", |_| ()).judge().unwrap().reminded, [""; 0]);
    let lapsed = |asked: &mut Asked| {
        asked.fixmedins.agreement = lf_vocab::Span::new(day("2024-01-01"), Some(day(ON))).unwrap();
    };
    assert_eq!(of(Box::new(lapsed)), "ADMIT-NOT-DESIGNATED");
    assert_eq!(of(Box::new(penalty("2023-11-23"))), "ADMIT-PENALTY");
    assert_eq!(of(Box::new(penalty("2023-11-22"))), "", "three whole years");
    assert_eq!(of(Box::new(lost("2023-11-23"))), "ADMIT-PENALTY", "an agreement that was ended");
    assert_eq!(of(Box::new(lost("2023-11-22"))), "");
    assert_eq!(of(Box::new(ended("2023-11-23", false))), "", "given up is not ended by the agency");
    assert_eq!(of(Box::new(|asked| asked.practitioners.clear())), "ADMIT-PHARMACIST");
    assert_eq!(of(Box::new(|asked| asked.practitioners[0].licensed = false)), "ADMIT-PHARMACIST");
    assert_eq!(of(Box::new(flag("qlty_sys_flag"))), "ADMIT-QUALITY");
    assert_eq!(of(Box::new(flag("cold_chain_flag"))), "ADMIT-COLD-CHAIN");
    let no_injections = |asked: &mut Asked| {
        flag("cold_chain_flag")(asked);
        flag("inj_svc_flag")(asked);
    };
    assert_eq!(of(Box::new(no_injections)), "");
    let said_otherwise = |asked: &mut Asked| {
        drop(asked.stated.insert("nego_share".to_owned(), Input::Text("0.5".to_owned())));
    };
    assert_eq!(of(Box::new(said_otherwise)), "", "0.5 is 0.500000");
    assert_eq!(of(Box::new(|asked| asked.nego = Some((49, 100)))), "ADMIT-NEGO-SHARE");
    assert_eq!(of(Box::new(|asked| asked.nego = Some((4_999_999, 10_000_000)))), "ADMIT-NEGO-SHARE");
    assert_eq!(of(Box::new(flag("net_flag"))), "ADMIT-NETWORK");
    assert_eq!(of(Box::new(|asked| asked.fixmedins.circ_ready = false)), "ADMIT-CENTER");
    assert_eq!(of(Box::new(flag("psi_upld_flag"))), "ADMIT-STOCK");
    assert_eq!(of(Box::new(flag("trac_upld_flag"))), "ADMIT-TRACE");
}

#[test]
fn a_pharmacy_of_dongguan_meets_the_conditions_of_special_diseases() {
    // proves DG-2.2.1a, DG-2.2.1b, DG-2.2.2, DG-2.2.3a, DG-2.2.3b, DG-2.2.4, DG-2.3b
    let of = |change: Box<dyn FnOnce(&mut Asked)>| asked("441900", "门特", change).refused();
    assert_eq!(of(Box::new(|_| ())), "");
    let began = |time: &'static str| {
        move |asked: &mut Asked| {
            drop(asked.stated.insert("setl_begn_time".to_owned(), Input::Text(time.to_owned())));
        }
    };
    assert_eq!(of(Box::new(began("2025-11-23"))), "ADMIT-OPERATING");
    assert_eq!(of(Box::new(began("2025-11-22"))), "");
    assert_eq!(of(Box::new(penalty("2025-11-23"))), "ADMIT-PENALTY");
    assert_eq!(of(Box::new(penalty("2025-11-22"))), "");
    assert_eq!(of(Box::new(|asked| asked.fixmedins.circ_ready = false)), "ADMIT-CENTER");
    assert_eq!(of(Box::new(flag("supv_flag"))), "ADMIT-CENTER");
    assert_eq!(of(Box::new(flag("setl_func_flag"))), "ADMIT-CENTER ADMIT-TRACE");
    assert_eq!(of(Box::new(flag("trac_upld_flag"))), "ADMIT-TRACE");
    assert_eq!(of(Box::new(flag("psi_upld_flag"))), "ADMIT-STOCK");
    assert_eq!(of(Box::new(flag("prom_psi_flag"))), "ADMIT-STOCK");
    assert_eq!(of(Box::new(flag("prom_pric_flag"))), "ADMIT-PROMISE");
    assert_eq!(of(Box::new(lost("2025-11-23"))), "ADMIT-AGAIN");
    assert_eq!(of(Box::new(lost("2025-11-22"))), "");
    assert_eq!(of(Box::new(ended("2025-11-23", false))), "", "only who lost it for a breach waits");
}

#[test]
fn a_pharmacy_of_jiangxi_meets_the_nine_conditions_or_serves_both_channels() {
    // proves JX-1.0a, JX-1.0b, JX-1.1, JX-1.3a, JX-1.3b, JX-1.3d, JX-1.6a, JX-4.5.0, JX-4.5.3
    let of = |change: Box<dyn FnOnce(&mut Asked)>| asked("360900", "门诊统筹", change).refused();
    assert_eq!(of(Box::new(|_| ())), "");
    assert_eq!(of(Box::new(penalty("2023-11-23"))), "ADMIT-PENALTY");
    assert_eq!(of(Box::new(penalty("2023-11-22"))), "");
    assert_eq!(of(Box::new(|asked| asked.practitioners.clear())), "ADMIT-PHARMACIST");
    for (name, code) in [
        ("cons_area_flag", "ADMIT-CONSULT-AREA"),
        ("cons_dev_flag", "ADMIT-CONSULT-DEVICE"),
        ("hi_area_flag", "ADMIT-DRUG-AREA"),
        ("video_flag", "ADMIT-VIDEO"),
        ("psi_book_flag", "ADMIT-LEDGER"),
        ("prom_out_flag", "ADMIT-OUTSOURCING"),
        ("prom_pric_flag", "ADMIT-PRICE"),
    ] {
        assert_eq!(of(Box::new(flag(name))), code);
    }
    assert_eq!(of(Box::new(|asked| asked.fixmedins.circ_ready = false)), "ADMIT-CENTER");
    assert_eq!(of(Box::new(flag("psi_upld_flag"))), "ADMIT-CENTER");
    assert_eq!(of(Box::new(lost("2023-11-23"))), "ADMIT-AGAIN");
    assert_eq!(of(Box::new(lost("2023-11-22"))), "");
    let both = |asked: &mut Asked| {
        asked.fixmedins.dualchnl = true;
        asked.stated.clear();
    };
    let direct = asked("360900", "门诊统筹", both).judge().unwrap();
    assert_eq!(direct.refused, [""; 0], "一: 双通道 pharmacies may apply directly");
    assert!(direct.reminded.len() == 1 && direct.reminded[0].contains("ADMIT-AGAIN"), "{direct:?}");
    let lost_both = |asked: &mut Asked| {
        both(asked);
        lost("2023-11-23")(asked);
    };
    assert_eq!(of(Box::new(lost_both)), "ADMIT-AGAIN", "四（五） is said of all");
    assert_eq!(of(Box::new(ended("2023-11-23", false))), "ADMIT-AGAIN", "四（五）3: also who gave it up");
}

#[test]
fn a_hospital_of_wuhan_is_of_the_third_level_with_tests_or_of_the_second_with_a_key_specialty() {
    // proves WH-6.7
    let of = |hosp_lv: &'static str, stated: &[&'static str]| {
        let hospital = |asked: &mut Asked| {
            let own = fixmedins("H42010200001", "武汉某医院");
            asked.fixmedins = Fixmedins { hosp_lv: Some(hosp_lv.to_owned()), ..own };
            asked.stated = ["path_gene_flag", "key_spec_flag"]
                .map(|name| (name.to_owned(), Input::Flag(stated.contains(&name))))
                .into();
        };
        asked("420100", "单独支付", hospital).refused()
    };
    assert_eq!(of("03", &["path_gene_flag"]), "");
    assert_eq!(of("03", &["key_spec_flag"]), "ADMIT-SPECIAL-INSTITUTION");
    assert_eq!(of("05", &["key_spec_flag"]), "");
    assert_eq!(of("05", &["path_gene_flag"]), "ADMIT-SPECIAL-INSTITUTION");
    assert_eq!(of("08", &["path_gene_flag", "key_spec_flag"]), "ADMIT-SPECIAL-INSTITUTION");
    let stated_higher = |asked: &mut Asked| {
        asked.fixmedins.hosp_lv = Some("08".to_owned());
        drop(asked.stated.insert("hosp_lv".to_owned(), Input::Text("03".to_owned())));
    };
    assert!(asked("420100", "单独支付", stated_higher).judge().is_err(), "the register knows the level");
}

#[test]
fn what_nobody_states_is_to_be_looked_into() {
    let silent = asked("441900", "门特", |asked| asked.stated.clear()).judge().unwrap();
    assert_eq!((silent.refused.len(), silent.reminded.len()), (0, 7), "{silent:?}");
    assert_eq!(silent.facts["phar_lcs_cnt"], "1");
    assert_eq!(silent.facts["intf_test_flag"], "1");
}

#[test]
fn a_statement_that_the_center_knows_better_or_cannot_read_is_refused() {
    let code = |asked: Asked| match asked.judge() {
        Err(Failure::Refused(refusals)) => refusals[0].code.clone(),
        other => panic!("{other:?}"),
    };
    let state = |name: &'static str, fact: Input| {
        asked("441900", "门特", move |asked| drop(asked.stated.insert(name.to_owned(), fact)))
    };
    assert_eq!(code(state("phar_lcs_cnt", Input::Int(5))), "ADM-07");
    assert_eq!(code(state("appy_type", Input::Text("双通道".to_owned()))), "ADM-07");
    assert_eq!(code(state("no_such_fact", Input::Int(5))), "ADM-08");
    assert_eq!(code(state("psi_upld_flag", Input::Text("maybe".to_owned()))), "ADM-08");
    assert_eq!(code(asked("360900", "门特", |_| ())), "LAW-00-01", "Jiangxi says nothing of 门特");
}

#[test]
fn an_officer_decides_what_is_under_way_and_lawful() {
    // proves DG-2.1
    let application = |refused: usize, reminded: usize| Application {
        facts: BTreeMap::new(),
        refused: vec!["x".to_owned(); refused],
        reminded: vec!["x".to_owned(); reminded],
    };
    let row = |said| {
        let memo = Memo { said, rea: "x".to_owned(), opter_name: "甲".to_owned(), opt_time: day(ON).start() };
        MemoRow { poolarea_no: "441900".parse().unwrap(), key: "k".to_owned(), memo_no: 1, memo }
    };
    let states = [
        ("nothing", None),
        ("good", Some(row(Said::Applied(application(0, 0))))),
        ("open", Some(row(Said::Applied(application(0, 2))))),
        ("bad", Some(row(Said::Applied(application(1, 2))))),
        ("granted", Some(row(Said::Granted))),
        ("refused", Some(row(Said::Refused))),
        ("cancelled", Some(row(Said::Cancelled(Ended { on: day(ON), breach: true })))),
    ];
    let steps = [
        ("apply", Said::Applied(application(0, 0)), false),
        ("grant", Said::Granted, false),
        ("grant checked", Said::Granted, true),
        ("refuse", Said::Refused, false),
        ("cancel", Said::Cancelled(Ended { on: day(ON), breach: true }), false),
    ];
    let mut told = String::new();
    for (name, row) in &states {
        let of = |(step, said, checked): &(&str, Said, bool)| {
            let done = may(standing(row.as_ref()), said, *checked).map_or_else(|refusal| refusal.code(), |()| "ok");
            format!("{step} {done}")
        };
        told += &format!("{name}: {}\n", steps.iter().map(of).collect::<Vec<_>>().join(", "));
    }
    expect_test::expect![[r#"
        nothing: apply ok, grant ADM-03, grant checked ADM-03, refuse ADM-03, cancel ADM-06
        good: apply ADM-01, grant ok, grant checked ok, refuse ok, cancel ADM-06
        open: apply ADM-01, grant ADM-05, grant checked ok, refuse ok, cancel ADM-06
        bad: apply ADM-01, grant ADM-04, grant checked ADM-04, refuse ok, cancel ADM-06
        granted: apply ADM-02, grant ADM-03, grant checked ADM-03, refuse ADM-03, cancel ok
        refused: apply ok, grant ADM-03, grant checked ADM-03, refuse ADM-03, cancel ADM-06
        cancelled: apply ok, grant ADM-03, grant checked ADM-03, refuse ADM-03, cancel ADM-06
    "#]]
    .assert_eq(&told);
}
