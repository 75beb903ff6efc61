//! Rows for the suite: small, true to type, and different where a test needs a difference.

use std::sync::Arc;

use lf_gm::RingFile;
use lf_ports::{
    AccumChange, AccumKey, AccumRow, App, BatchChange, ChangeSet, Claim, ClaimKind, CodeStyle, Drug, Fixmedins,
    IdemKey, IdemRow, Person, Practitioner, PractitionerKind, RxChange, RxFile, Setl, SetlChange, StoredEvent, codec,
};
use lf_rx::event::{Downloaded, Opened, Reviewed, Revoked, Signed, Sold, Uploaded, Verified};
use lf_rx::{AuthBatch, AuthEntry, ChainHash, Event, Prescription, RxContent, State, link};
use lf_settle::{Accumulator, Shares, Totals};
use lf_store::{Options, Sealer};
use lf_vocab::dict::{ChrgitmLv, HiFeesetlFlag, Insutype, PsnType, RxChkStasCodg};
use lf_vocab::{Admdvs, Day, Fen, FixmedinsCode, HiRxno, Moment, PsnNo, RxTraceCode, Span};
use serde_json::json;

/// A ring of `versions` keys, always the same.
pub fn ring(versions: u8) -> RingFile {
    let mut ring = RingFile::new("2026-11-22 10:00:00", [1; 32]).unwrap();
    for version in 2..=versions {
        ring.push("2026-11-22 10:00:00", [version; 32]).unwrap();
    }
    ring
}

pub fn sealer() -> Arc<Sealer> {
    Arc::new(Sealer::new(&ring(1)))
}

pub fn options() -> Options {
    Options::new(sealer())
}

pub fn pool() -> Admdvs {
    "360900".parse().unwrap()
}

pub fn day() -> Day {
    "2026-11-22".parse().unwrap()
}

pub fn at(second: i64) -> Moment {
    day().start().plus_seconds(second)
}

pub fn hospital() -> FixmedinsCode {
    "H36090200001".parse().unwrap()
}

pub fn pharmacy() -> FixmedinsCode {
    "P36090200101".parse().unwrap()
}

pub fn psn_no() -> PsnNo {
    "36090000000001".parse().unwrap()
}

pub fn number(serial: u64) -> HiRxno {
    HiRxno::new(pool(), day(), serial).unwrap()
}

pub fn opened(serial: u64) -> Opened {
    Opened {
        rx_trace_code: RxTraceCode::new(pool(), day(), serial).unwrap(),
        hosp_rxno: format!("CF{serial}"),
        fixmedins_code: hospital(),
        dr_code: "D360902000001".parse().unwrap(),
        insu_poolarea_no: pool(),
        psn_no: psn_no(),
        mdtrt_id: "M1".to_owned(),
        prsc_time: at(serial as i64),
        vali_end_time: at(serial as i64).plus_days(3),
        content_sm3: "00".repeat(32),
        law_edition: "2026".to_owned(),
        overridden: Vec::new(),
        visit: None,
    }
}

/// The first change of a prescription: it is pre-checked.
pub fn open(serial: u64) -> RxChange {
    let opened = opened(serial);
    let body = codec::encode(&Event::Opened(Box::new(opened.clone())));
    let hash = link(ChainHash::GENESIS, &number(serial), 1, at(0), &body);
    RxChange {
        rx: Prescription { hi_rxno: number(serial), opened, state: State::PreChecked, seq: 1, head: hash },
        expect_seq: 0,
        events: vec![StoredEvent { seq: 1, at: at(0), body, hash }],
        content: Some(content()),
        file: None,
    }
}

/// The change that `event` makes.
pub fn follow(rx: &Prescription, event: &Event) -> RxChange {
    let (seq, body) = (rx.seq + 1, codec::encode(event));
    let hash = link(rx.head, &rx.hi_rxno, seq, at(seq as i64), &body);
    let state = rx.next(event).unwrap();
    RxChange {
        rx: Prescription { state, seq, head: hash, ..rx.clone() },
        expect_seq: rx.seq,
        events: vec![StoredEvent { seq, at: at(seq as i64), body, hash }],
        content: None,
        file: None,
    }
}

/// The next event of a prescription that goes straight to the sale; after it, none.
pub fn next_event(rx: &Prescription) -> Option<Event> {
    Some(match &rx.state {
        State::PreChecked => Event::Signed(Signed {
            original_value: "e30=".to_owned(),
            sign_digest: "c2ln".to_owned(),
            file_sm3: "11".repeat(32),
            file_sign: "c2ln".to_owned(),
            sign_public_key: "a2V5".to_owned(),
            sign_cert_sn: "SN".to_owned(),
            sign_cert_dn: "DN".to_owned(),
        }),
        State::Signed { .. } => Event::Uploaded(Uploaded {
            phar_code: "YS0001".to_owned(),
            phar_name: "审方药师".to_owned(),
            phar_chk_time: at(1),
            file_suffix: "pdf".to_owned(),
            flags: Default::default(),
        }),
        State::Active { .. } => Event::Downloaded(Downloaded {
            fixmedins_code: pharmacy(),
            auth_rxno: "A1".to_owned(),
            epc_token: "T1".to_owned(),
            opter: "1".to_owned(),
        }),
        State::Carried { .. } => Event::Verified(Verified { rx_sign_verify_sn: "V1".to_owned() }),
        State::Verified { .. } => Event::Reviewed(Reviewed {
            rx_chk_stas_codg: RxChkStasCodg::Passed,
            rx_chk_opnn: "通过".to_owned(),
            rx_chk_time: at(2),
            rx_chk_biz_sn: "B1".to_owned(),
            phar_code: "YS0002".parse().unwrap(),
            phar_name: "药师".to_owned(),
            fixmedins_code: pharmacy(),
            law_edition: "2026".to_owned(),
        }),
        State::Reviewed { .. } => Event::Sold(Sold {
            sel_stoout_sn: "S1".to_owned(),
            hi_feesetl_flag: HiFeesetlFlag::Insured,
            psn_cash_pay: None,
            lines: Vec::new(),
            law_edition: "2026".to_owned(),
            print_time: None,
            rchk_phar_code: None,
            appy_form_flag: None,
        }),
        _ => return None,
    })
}

pub fn revoked() -> Event {
    Event::Revoked(Revoked {
        dr_code: "D360902000001".parse().unwrap(),
        undo_dr_name: "医师".to_owned(),
        undo_rea: "开错".to_owned(),
        undo_time: at(3),
    })
}

pub fn rx_only(change: RxChange) -> ChangeSet {
    ChangeSet { rx: vec![change], ..ChangeSet::default() }
}

pub fn file() -> RxFile {
    RxFile { base64: "JVBERi0=".to_owned() }
}

pub fn content() -> RxContent {
    let moment = at(0).micros();
    serde_json::from_value(json!({
        "head": {
            "mdtrt_cert_type": "01", "biz_type_code": "01", "hosp_rxno": "CF1", "rx_type_code": "1",
            "prsc_time": moment, "rx_drug_cnt": 10_000, "vali_days": 3, "vali_end_time": moment + 1,
            "long_rx_flag": false
        },
        "rxdrugdetail": [{
            "med_list_codg": "XA10BHX048A001010100001", "rx_item_type_code": "11", "drug_genname": "西格列汀片",
            "drug_dosform": "片剂", "drug_spec": "0.1g", "medc_begntime": moment, "medc_endtime": moment,
            "medc_days": 70_000, "drug_dosunt": "片", "drug_cnt": 140_000, "hosp_appr_flag": "1"
        }],
        "mdtrtinfo": {
            "fixmedins_name": "宜春市人民医院", "fixmedins_code": "H36090200001", "mdtrt_id": "M1", "med_type": "11",
            "ipt_otp_no": "1", "psn_no": "36090000000001", "patn_name": "张三", "psn_cert_type": "01",
            "certno": "11010519491231002X", "patn_age": 770_000, "gend": "1", "prsc_dept_name": "内科",
            "prsc_dept_code": "01", "dr_code": "D360902000001", "prsc_dr_name": "医师", "dr_profttl_codg": "1",
            "dr_profttl_name": "主任医师", "dr_dept_code": "01", "dr_dept_name": "内科", "mdtrt_time": moment,
            "sp_dise_flag": "0", "maindiag_code": "E11.900", "maindiag_name": "2型糖尿病"
        },
        "diseinfo": []
    }))
    .unwrap()
}

pub fn batch(taken: Option<HiRxno>, new: bool) -> BatchChange {
    let entry = |serial: u64| AuthEntry {
        auth_rxno: format!("A{serial}"),
        epc_token: format!("T{serial}"),
        hi_rxno: number(serial),
    };
    let batch = AuthBatch {
        batch_no: "B1".to_owned(),
        poolarea_no: pool(),
        fixmedins_code: pharmacy(),
        psn_no: psn_no(),
        expires_in: at(600),
        entries: vec![entry(1), entry(2)],
        taken,
        epc_chnl_id: Some("APP1".to_owned()),
    };
    BatchChange { batch, new }
}

pub fn claim(key: &str, owner: &str) -> Claim {
    Claim { kind: ClaimKind::DrugTracCodg, key: key.to_owned(), owner: owner.to_owned() }
}

pub fn idem(key: &str, digest: u8) -> IdemRow {
    let key = IdemKey { fixmedins_code: hospital(), infno: "7101", key: key.to_owned() };
    IdemRow { key, digest: [digest; 32], reply: vec![digest, 0, 255], at: at(1) }
}

pub fn accum_key() -> AccumKey {
    AccumKey { poolarea_no: pool(), psn_no: psn_no(), year: 2026, scheme: "mz_tc".to_owned() }
}

pub fn accum(expect_version: i64, fund_paid: i64) -> AccumChange {
    let totals = Totals { fund_paid_fen: Fen::new(fund_paid), ..Totals::default() };
    let accum = Accumulator::from_stored(2026, totals, expect_version.unsigned_abs() + 1).unwrap();
    AccumChange { key: accum_key(), expect_version, row: AccumRow { version: expect_version + 1, accum } }
}

pub fn setl(setl_id: &str, refd_setl_id: Option<&str>) -> SetlChange {
    let amount = if refd_setl_id.is_some() { -100 } else { 100 };
    let names = [
        "medfee_sumamt",
        "fulamt_ownpay_amt",
        "overlmt_selfpay",
        "preselfpay_amt",
        "inscp_scp_amt",
        "act_pay_dedc",
        "hifp_pay",
        "pool_prop_selfpay",
        "cvlserv_pay",
        "hifes_pay",
        "hifmi_pay",
        "hifob_pay",
        "maf_pay",
        "oth_pay",
        "hifdm_pay",
        "fund_pay_sumamt",
        "psn_part_amt",
        "acct_pay",
        "psn_cash_pay",
        "acct_mulaid_pay",
        "balc",
        "hosp_part_amt",
    ];
    let mut shares = json!({
        "scheme": "mz_tc", "year": 2026, "month": 11, "lines": [], "fund_details": [], "steps": []
    });
    for name in names {
        shares[name] = json!(if name == "medfee_sumamt" { amount } else { 0 });
    }
    let shares: Shares = serde_json::from_value(shares).unwrap();
    SetlChange {
        setl: Setl {
            setl_id: setl_id.to_owned(),
            mdtrt_id: "M2".to_owned(),
            poolarea_no: pool(),
            fixmedins_code: pharmacy(),
            hi_rxno: Some(number(1)),
            accum_key: accum_key(),
            insutype: Insutype::Employee,
            med_type: "41".to_owned(),
            mdtrt_cert_type: "01".to_owned(),
            setl_time: at(9),
            shares,
            refd_setl_id: refd_setl_id.map(str::to_owned),
            law_edition: "2026".to_owned(),
            medins_setl_id: None,
            paper: None,
        },
    }
}

fn since_2020() -> Span<Day> {
    Span::new("2020-01-01".parse().unwrap(), None).unwrap()
}

pub fn app() -> App {
    App {
        app_id: "0123456789ABCDEF0123456789ABCDEF".to_owned(),
        app_secret: "secret".to_owned(),
        public_key: "BA==".to_owned(),
        fixmedins_code: hospital(),
        code_style: CodeStyle::Text,
        disabled: false,
        gateway: None,
        limits: None,
    }
}

pub fn fixmedins() -> Fixmedins {
    Fixmedins {
        open_hours: None,
        medins_natu: None,
        fixmedins_code: hospital(),
        fixmedins_name: "宜春市人民医院".to_owned(),
        poolarea_no: pool(),
        hosp_lv: Some("01".to_owned()),
        agreement: since_2020(),
        circ_ready: true,
        dualchnl: false,
        oppool: true,
        consult: None,
        sign_key: None,
        sign_cert_sn: None,
        callback: None,
    }
}

pub fn practitioner() -> Practitioner {
    Practitioner {
        prac_code: "D360902000001".to_owned(),
        prac_name: "医师".to_owned(),
        kind: PractitionerKind::Doctor,
        fixmedins_code: hospital(),
        registered: since_2020(),
        tcm: false,
        western: true,
        licensed: false,
        certno: None,
        ec_token: None,
    }
}

pub fn card(serial: u8) -> lf_ports::Card {
    lf_ports::Card {
        sscno: format!("J3609000{serial}").parse().unwrap(),
        card_sn: format!("3609FFD{serial}").parse().unwrap(),
    }
}

pub fn person() -> Person {
    Person {
        psn_no: psn_no(),
        psn_name: "张三".to_owned(),
        psn_cert_type: "01".to_owned(),
        certno: "11010519491231002X".parse().unwrap(),
        gend: "1".to_owned(),
        brdy: "1949-12-31".parse().unwrap(),
        poolarea_no: pool(),
        insutype: Insutype::Employee,
        psn_type: PsnType::Retired,
        insured: since_2020(),
        cvlserv: false,
        ec_token: "token-1".to_owned(),
        card: Some(card(1)),
    }
}

pub fn drug(codg: &str, genname: &str, oppool: bool) -> Drug {
    Drug {
        med_list_codg: codg.parse().unwrap(),
        genname: genname.to_owned(),
        prodname: None,
        reg_name: genname.to_owned(),
        dosform_name: "片剂".to_owned(),
        spec_name: "0.1g".to_owned(),
        prdr_name: "药厂".to_owned(),
        aprvno: None,
        min_pacunt: "盒".to_owned(),
        min_prepunt: "片".to_owned(),
        min_pac_cnt: "14".parse().unwrap(),
        list_type: "101".to_owned(),
        chrgitm_lv: ChrgitmLv::B,
        in_list: Some(since_2020()),
        chld_medc: false,
        hi_nego: false,
        dualchnl: !oppool,
        oppool,
        hi_pay_std: None,
        special: None,
        memo: None,
        trac_exempt: false,
    }
}
