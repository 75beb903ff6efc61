//! One prescription of every state, one event of every kind, and small builders. Values are made up.

use lf_rx::delivery::{Carrier, ColdChain, DeliverySigned, DeliveryStep, Delver, Destination, Receiver, Sheet};
use lf_rx::event::{
    AtCounter, Authorised, Downloaded, Event, MediaRef, Opened, Printed, PsnMatch, Refunded, Reviewed, Revoked,
    SaleLine, SaleUndone, Settled, Signed, SignedPair, Sold, Uploaded, Verified,
};
use lf_rx::{ChainHash, Prescription, RxDrug, State};
use lf_vocab::dict::{DelvStasCodg, DelvWay, HiFeesetlFlag, RxChkStasCodg};
use lf_vocab::{Fen, FixmedinsCode, HiRxno, Moment, PsnNo, Qty, RxTraceCode};

/// The issuing hospital.
pub const HOSPITAL: &str = "H36090200001";
/// The pharmacy that everything happens at.
pub const PHARMACY: &str = "P36090200101";
/// Another one.
pub const OTHER_PHARMACY: &str = "P36090200102";
/// The insured person.
pub const PSN_NO: &str = "36000000000000000001";
/// The token of the download.
pub const TOKEN: &str = "token-1";

/// Parses what a test writes down.
pub fn p<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// A day before the end of the validity.
pub fn in_time() -> Moment {
    p("2026-11-23 10:00:00")
}

/// The end of the validity: no longer valid.
pub fn too_late() -> Moment {
    p("2026-11-25 10:00:00")
}

pub fn code(text: &str) -> FixmedinsCode {
    p(text)
}

pub fn psn(text: &str) -> PsnNo {
    p(text)
}

pub fn number(serial: u64) -> HiRxno {
    HiRxno::new(p("360900"), p("2026-11-22"), serial).unwrap()
}

pub fn trace_code(serial: u64) -> RxTraceCode {
    RxTraceCode::new(p("360900"), p("2026-11-22"), serial).unwrap()
}

pub fn opened() -> Opened {
    Opened {
        rx_trace_code: trace_code(1),
        hosp_rxno: "CF0001".into(),
        fixmedins_code: code(HOSPITAL),
        dr_code: p("D360902000001"),
        insu_poolarea_no: p("360900"),
        psn_no: psn(PSN_NO),
        mdtrt_id: "MD1".into(),
        prsc_time: p("2026-11-22 10:00:00"),
        vali_end_time: too_late(),
        content_sm3: "00".into(),
        law_edition: "test".into(),
        overridden: Vec::new(),
        visit: None,
    }
}

pub fn signed() -> Signed {
    Signed {
        original_value: "e30=".into(),
        sign_digest: "digest".into(),
        file_sm3: "ab".into(),
        file_sign: "filesign".into(),
        sign_public_key: "key".into(),
        sign_cert_sn: "sn".into(),
        sign_cert_dn: "dn".into(),
    }
}

pub fn downloaded(pharmacy: &str, token: &str) -> Downloaded {
    Downloaded {
        fixmedins_code: code(pharmacy),
        auth_rxno: "auth-1".into(),
        epc_token: token.into(),
        opter: "01".into(),
    }
}

pub fn reviewed(rx_chk_stas_codg: RxChkStasCodg) -> Reviewed {
    Reviewed {
        rx_chk_stas_codg,
        rx_chk_opnn: "意见".into(),
        rx_chk_time: in_time(),
        rx_chk_biz_sn: "chk-1".into(),
        phar_code: p("HY360902000001"),
        phar_name: "药师".into(),
        fixmedins_code: code(PHARMACY),
        law_edition: "test".into(),
    }
}

pub fn sold(hi_feesetl_flag: HiFeesetlFlag) -> Sold {
    Sold {
        sel_stoout_sn: "sale-1".into(),
        hi_feesetl_flag,
        psn_cash_pay: None,
        lines: vec![line("XA001", "阿莫西林胶囊", "2", None)],
        law_edition: "test".into(),
        print_time: None,
        rchk_phar_code: Some(p("HY360902000001")),
        appy_form_flag: None,
    }
}

pub fn settled(setl_id: &str) -> Settled {
    Settled {
        setl_id: setl_id.into(),
        mdtrt_id: "P1".into(),
        setl_time: in_time(),
        medfee_sumamt: Fen::new(1000),
        fund_pay_sumamt: Fen::new(100),
        law_edition: "test".into(),
        at_counter: AtCounter {
            print_time: Some(in_time()),
            psn_match: Some(PsnMatch::Manual { face_score: Some(61), psn_match_rea: "戴口罩".into() }),
            media: Some(MediaRef { media_ref: "CAM1".into(), media_sm3: None }),
        },
    }
}

/// A word of 7209 about delivery `D1`, a minute later for every code.
pub fn step(delv_way: DelvWay, delv_stas_codg: DelvStasCodg) -> DeliveryStep {
    let minutes: i64 = delv_stas_codg.code().parse().unwrap();
    DeliveryStep {
        sheet: Sheet {
            delv_no: "D1".into(),
            delv_way,
            to: Destination {
                delv_addr: "宜春市某街1号".into(),
                delv_conner: "收货人".into(),
                delv_con_tel: None,
                dlv_fixmedins_code: None,
            },
            delv_dtce: None,
            carrier: Carrier { delv_entp_no: Some("E1".into()), delv_entp_name: "承运企业".into(), lic: None },
            hdov_name: Some("交接人".into()),
        },
        delv_stas_codg,
        delv_stas_dscr: None,
        delv_stas_time: in_time().plus_seconds(minutes * 60),
        delver: None,
        place: None,
        cold_chain: ColdChain::Unsaid,
    }
}

/// 7210, ten minutes after the sale.
pub fn taken() -> DeliverySigned {
    DeliverySigned {
        delver: Delver { delver_name: "配送员".into(), delver_cert: None, delver_tel: None },
        rcvr: Some(Receiver { rcvr_name: "收货人".into(), rcvr_rltn: Some("本人".into()) }),
        delv_stas_time: in_time().plus_seconds(600),
        delv_stas_dscr: None,
        chk_way_codg: Some("3".into()),
        place: None,
        cold_chain: ColdChain::Unsaid,
    }
}

/// The signed pair of a settlement.
pub fn pair(setl_id: &str) -> SignedPair {
    SignedPair {
        setl_id: setl_id.into(),
        pair_sm3: "ab".repeat(32),
        file_qury_no: "F1".into(),
        pair_no: Some("2026-1".into()),
        bound_time: in_time(),
    }
}

/// One event of every kind, kinds with two outcomes twice, in the order of a life.
pub fn events() -> Vec<(&'static str, Event)> {
    vec![
        ("opened", Event::Opened(Box::new(opened()))),
        ("signed", Event::Signed(signed())),
        (
            "uploaded",
            Event::Uploaded(Uploaded {
                phar_code: "HY360902000002".into(),
                phar_name: "药师".into(),
                phar_chk_time: in_time(),
                file_suffix: "pdf".into(),
                flags: Default::default(),
            }),
        ),
        (
            "authorised",
            Event::Authorised(Authorised {
                fixmedins_code: code(PHARMACY),
                auth_rxno: "auth-1".into(),
                expires_in: in_time(),
            }),
        ),
        ("downloaded", Event::Downloaded(downloaded(PHARMACY, TOKEN))),
        ("verified", Event::Verified(Verified { rx_sign_verify_sn: "verify-1".into() })),
        ("reviewed:refused", Event::Reviewed(reviewed(RxChkStasCodg::Refused))),
        ("reviewed:passed", Event::Reviewed(reviewed(RxChkStasCodg::Passed))),
        ("sold:self", Event::Sold(sold(HiFeesetlFlag::SelfPaid))),
        ("sold:insured", Event::Sold(sold(HiFeesetlFlag::Insured))),
        ("sale_undone", Event::SaleUndone(SaleUndone { sel_stoout_sn: "sale-1".into() })),
        ("settled", Event::Settled(settled("setl-1"))),
        ("refunded", Event::Refunded(Refunded { setl_id: "setl-2".into(), refd_setl_id: "setl-1".into() })),
        (
            "revoked",
            Event::Revoked(Revoked {
                dr_code: p("D360902000001"),
                undo_dr_name: "医师".into(),
                undo_rea: "更改".into(),
                undo_time: in_time(),
            }),
        ),
        ("pair_bound", Event::PairBound(Box::new(pair("setl-1")))),
        ("printed", Event::Printed(Printed { print_time: in_time() })),
        ("delivery:waiting", Event::Delivery(Box::new(step(DelvWay::Send, DelvStasCodg::Waiting)))),
        ("delivery:on_way", Event::Delivery(Box::new(step(DelvWay::Send, DelvStasCodg::OnWay)))),
        ("delivery:arrived", Event::Delivery(Box::new(step(DelvWay::Send, DelvStasCodg::Arrived)))),
        ("delivery_signed", Event::DeliverySigned(Box::new(taken()))),
    ]
}

pub fn event(name: &str) -> Event {
    events().into_iter().find(|(n, _)| *n == name).unwrap().1
}

/// A prescription with nothing but its opening.
pub fn fresh() -> Prescription {
    Prescription { hi_rxno: number(1), opened: opened(), state: State::PreChecked, seq: 1, head: ChainHash::GENESIS }
}

/// The prescription after these events.
pub fn after(names: &[&str]) -> Prescription {
    with(fresh(), names)
}

/// A prescription after more events.
pub fn with(rx: Prescription, names: &[&str]) -> Prescription {
    names.iter().fold(rx, |rx, name| {
        let state = rx.next(&event(name)).unwrap();
        Prescription { state, seq: rx.seq + 1, ..rx }
    })
}

const LIFE: [&str; 7] = ["signed", "uploaded", "downloaded", "verified", "reviewed:passed", "sold:insured", "settled"];

/// A prescription in the state of this name.
pub fn at(state: &str) -> Prescription {
    let (steps, extra): (usize, &[&str]) = match state {
        "pre_checked" => (0, &[]),
        "signed" => (1, &[]),
        "active" => (2, &[]),
        "carried" => (3, &[]),
        "verified" => (4, &[]),
        "chk_refused" => (4, &["reviewed:refused"]),
        "reviewed" => (5, &[]),
        "sold" => (6, &[]),
        "self_paid" => (5, &["sold:self"]),
        "settled" => (7, &[]),
        "refunded" => (7, &["refunded"]),
        "revoked" => (2, &["revoked"]),
        other => panic!("no such state {other}"),
    };
    let names: Vec<_> = LIFE[..steps].iter().chain(extra).copied().collect();
    let rx = after(&names);
    assert_eq!(rx.state.name(), state);
    rx
}

/// Every state by name.
pub const STATES: [&str; 12] = [
    "pre_checked",
    "signed",
    "active",
    "carried",
    "verified",
    "chk_refused",
    "reviewed",
    "sold",
    "self_paid",
    "settled",
    "refunded",
    "revoked",
];

pub fn line(med_list_codg: &str, genname: &str, packs: &str, trac: Option<&str>) -> SaleLine {
    SaleLine {
        rtal_docno: "R1".into(),
        stoout_time: in_time(),
        med_list_codg: p(&format!("{med_list_codg:0<20}")),
        medins_list_codg: "own".into(),
        drug_genname: genname.into(),
        drug_prodname: None,
        drug_spec: "0.25g×24粒".into(),
        drug_dosform: None,
        prdr_name: None,
        aprvno: None,
        manu_lotnum: None,
        bchno: None,
        drug_trac_codg: trac.map(p),
        drug_totlcnt: p(packs),
        drug_totlcnt_emp: "盒".into(),
        drug_sumamt: None,
    }
}

/// A prescribed drug; what a decision does not look at is left out.
pub fn drug(med_list_codg: &str, genname: &str, cnt: &str, unit: &str) -> RxDrug {
    let cnt: Qty = p(cnt);
    serde_json::from_value(serde_json::json!({
        "med_list_codg": format!("{med_list_codg:0<20}"),
        "rx_item_type_code": "11",
        "drug_genname": genname,
        "drug_dosform": "胶囊剂",
        "drug_spec": "0.25g",
        "medc_begntime": in_time(),
        "medc_endtime": too_late(),
        "medc_days": 70_000,
        "drug_dosunt": unit,
        "drug_cnt": cnt,
        "hosp_appr_flag": "0",
    }))
    .unwrap()
}
