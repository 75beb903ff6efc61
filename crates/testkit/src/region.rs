//! A small region of invented people and institutions: two hospitals, two pharmacies, a doctor, pharmacists, three
//! insured persons and eight drugs. What a test changes, it puts into the registers again.

use lf_ports::{
    AcctChange, Card, ChangeSet, Consult, Drug, Fixmedins, Person, Practitioner, PractitionerKind, RegistryPut,
    SetlPaper,
};
use lf_rx::event::AtCounter;
use lf_vocab::dict::{ChrgitmLv, Insutype, PsnType};
use lf_vocab::person::resident_check;
use lf_vocab::{Day, Fen, Moment, Span};

use crate::life::parse;

/// 统筹区.
pub const POOL: &str = "360900";
/// The issuing hospital.
pub const HOSPITAL: &str = "H36090200001";
/// Another hospital.
pub const OTHER_HOSPITAL: &str = "H36090200002";
/// The pharmacy where things happen.
pub const PHARMACY: &str = "P36090200101";
/// Another pharmacy.
pub const OTHER_PHARMACY: &str = "P36090200102";
/// The doctor of the issuing hospital, for western drugs.
pub const DOCTOR: &str = "D360902000001";
/// The pharmacist; one of this code is registered at each pharmacy.
pub const PHARMACIST: &str = "HY360902000001";

/// A paper prescription of the doctor's, signed and sealed, as a counter states it.
pub fn paper(paper_no: &str, prsc_time: Moment) -> SetlPaper {
    SetlPaper {
        fixmedins_code: parse(HOSPITAL),
        paper_no: parse(paper_no),
        prsc_time,
        vali_end_time: prsc_time.plus_days(3),
        dr_code: parse(DOCTOR),
        dr_sign_flag: Some(true),
        seal_flag: Some(true),
        paper_situ_code: None,
        phar_code: parse(PHARMACIST),
        drug_trac_codg: Vec::new(),
        at_counter: AtCounter::default(),
    }
}

/// Everybody.
#[derive(Debug, Clone)]
pub struct People {
    /// 在职.
    pub active: Person,
    /// 退休.
    pub retired: Person,
    /// 居民.
    pub resident: Person,
}

fn span(from: &str) -> Span<Day> {
    match Span::new(parse(from), None) {
        Some(span) => span,
        None => unreachable!("an open span has an end after its start"),
    }
}

/// An institution or pharmacy as admitted.
pub fn fixmedins(code: &str, name: &str) -> Fixmedins {
    let hospital = code.starts_with('H');
    let key = lf_gm::PrivateKey::from_seed_bytes(&lf_gm::sm3(code.as_bytes())).map(|key| key.to_base64().to_string());
    Fixmedins {
        open_hours: None,
        medins_natu: None,
        fixmedins_code: parse(code),
        fixmedins_name: name.to_owned(),
        poolarea_no: parse(POOL),
        hosp_lv: hospital.then(|| "05".to_owned()),
        agreement: span("2024-01-01"),
        circ_ready: true,
        dualchnl: !hospital,
        oppool: !hospital,
        consult: None::<Consult>,
        sign_key: key.ok().filter(|_| hospital),
        sign_cert_sn: hospital.then(|| format!("SN{code}")),
        callback: None,
    }
}

/// The doctor or a pharmacist as registered.
pub fn practitioner(institution: &str, code: &str, name: &str) -> Practitioner {
    let doctor = code.starts_with('D');
    Practitioner {
        prac_code: code.to_owned(),
        prac_name: name.to_owned(),
        kind: if doctor { PractitionerKind::Doctor } else { PractitionerKind::Pharmacist },
        fixmedins_code: parse(institution),
        registered: span("2020-01-01"),
        tcm: false,
        western: doctor,
        licensed: !doctor,
        certno: Some(parse(&certno("36090219850203002"))),
        ec_token: (!doctor).then(|| format!("ec-{institution}")),
    }
}

fn certno(first17: &str) -> String {
    format!("{first17}{}", char::from(resident_check(first17.as_bytes())))
}

fn person(serial: u8, name: &str, birthday: &str, insutype: Insutype, psn_type: PsnType) -> Person {
    Person {
        psn_no: parse(&format!("3609000000000000000{serial}")),
        psn_name: name.to_owned(),
        psn_cert_type: "01".to_owned(),
        certno: parse(&certno(&format!("360902{}00{serial}", birthday.replace('-', "")))),
        gend: "1".to_owned(),
        brdy: parse(birthday),
        poolarea_no: parse(POOL),
        insutype,
        psn_type,
        insured: span("2015-01-01"),
        cvlserv: false,
        ec_token: format!("ec-token-{serial}"),
        card: Some(card(serial)),
    }
}

/// A 社会保障卡.
pub fn card(serial: u8) -> Card {
    Card {
        sscno: parse(&format!("J3609000{serial}")),
        card_sn: parse(&format!("360900D1560000051234567890ABCDE{serial}")),
    }
}

/// The insured persons; of the third the register knows no card.
pub fn people() -> People {
    People {
        active: person(1, "甲在职", "1990-01-01", Insutype::Employee, PsnType::Active),
        retired: person(2, "乙退休", "1955-05-05", Insutype::Employee, PsnType::Retired),
        resident: Person { card: None, ..person(3, "丙居民", "1988-08-08", Insutype::Resident, PsnType::Active) },
    }
}

/// The codes of the drugs.
pub mod drugs {
    /// 甲类, 24 粒 a pack.
    pub const AMOXICILLIN: &str = "XJ01CAA040E001010100001";
    /// 乙类, 7 片 a pack.
    pub const AMLODIPINE: &str = "XC08CAA133A001010100002";
    /// 乙类 with a payment standard of 20 yuan.
    pub const ATORVASTATIN: &str = "XC10AAA209A001010100003";
    /// 丙类.
    pub const CLASS_C: &str = "XA11DAA001A001010100004";
    /// Not in the 医保目录.
    pub const UNLISTED: &str = "XN02BEA001A001010100005";
    /// 甲类, for children only.
    pub const FOR_CHILDREN: &str = "XR05CAA001S001010100006";
    /// A 中成药, 乙类.
    pub const PATENT: &str = "ZA01AAA0001010100007";
    /// 中药饮片, without trace codes.
    pub const HERB: &str = "T000100008";
}

fn drug(code: &str, name: &str, lv: ChrgitmLv, unit: &str, cnt: &str) -> Drug {
    Drug {
        med_list_codg: parse(code),
        genname: name.to_owned(),
        prodname: None,
        reg_name: name.to_owned(),
        dosform_name: "片剂".to_owned(),
        spec_name: "规格".to_owned(),
        prdr_name: "某制药有限公司".to_owned(),
        aprvno: Some("国药准字H20260001".to_owned()),
        min_pacunt: "盒".to_owned(),
        min_prepunt: unit.to_owned(),
        min_pac_cnt: parse(cnt),
        list_type: "101".to_owned(),
        chrgitm_lv: lv,
        in_list: Some(span("2020-01-01")),
        chld_medc: false,
        hi_nego: false,
        dualchnl: false,
        oppool: true,
        hi_pay_std: None,
        special: None,
        memo: None,
        trac_exempt: false,
    }
}

/// The catalogue.
pub fn catalogue() -> Vec<Drug> {
    vec![
        drug(drugs::AMOXICILLIN, "阿莫西林胶囊", ChrgitmLv::A, "粒", "24"),
        drug(drugs::AMLODIPINE, "氨氯地平片", ChrgitmLv::B, "片", "7"),
        Drug {
            hi_pay_std: Some(parse("20")), ..drug(drugs::ATORVASTATIN, "阿托伐他汀钙片", ChrgitmLv::B, "片", "7")
        },
        drug(drugs::CLASS_C, "复合维生素片", ChrgitmLv::C, "片", "30"),
        Drug { in_list: None, ..drug(drugs::UNLISTED, "目录外止痛片", ChrgitmLv::C, "片", "10") },
        Drug { chld_medc: true, ..drug(drugs::FOR_CHILDREN, "小儿止咳糖浆", ChrgitmLv::A, "瓶", "1") },
        drug(drugs::PATENT, "六味地黄丸", ChrgitmLv::B, "丸", "200"),
        Drug {
            list_type: "102".to_owned(),
            min_pacunt: "克".to_owned(),
            min_prepunt: "克".to_owned(),
            trac_exempt: true,
            ..drug(drugs::HERB, "黄芪", ChrgitmLv::A, "克", "1")
        },
    ]
}

/// All registers and the opening balances: 100 yuan for who is in service, 50 for who is retired.
pub fn registers(people: &People) -> ChangeSet {
    let mut registry = vec![
        RegistryPut::Fixmedins(fixmedins(HOSPITAL, "宜春某医院")),
        RegistryPut::Fixmedins(fixmedins(OTHER_HOSPITAL, "宜春另一医院")),
        RegistryPut::Fixmedins(fixmedins(PHARMACY, "宜春某药店")),
        RegistryPut::Fixmedins(fixmedins(OTHER_PHARMACY, "宜春另一药店")),
        RegistryPut::Practitioner(practitioner(HOSPITAL, DOCTOR, "丁医师")),
        RegistryPut::Practitioner(practitioner(PHARMACY, PHARMACIST, "戊药师")),
        RegistryPut::Practitioner(practitioner(OTHER_PHARMACY, PHARMACIST, "戊药师")),
    ];
    let everybody = [&people.active, &people.retired, &people.resident];
    registry.extend(everybody.into_iter().cloned().map(RegistryPut::Person));
    registry.extend(catalogue().into_iter().map(RegistryPut::Drug));
    let account = |person: &Person, balc| AcctChange {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        expect_version: 0,
        balc: Fen::new(balc),
    };
    let acct = vec![account(&people.active, 10_000), account(&people.retired, 5_000)];
    ChangeSet { registry, acct, ..ChangeSet::default() }
}
