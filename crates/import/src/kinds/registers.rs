//! Institutions, doctors and pharmacists, insured persons.

use lf_ports::{Callback, Card, Consult, Fixmedins, MedinsNatu, OpenHours, Person, Practitioner, PractitionerKind};
use lf_vocab::dict::{Insutype, PsnType};
use lf_vocab::{Admdvs, Certno, Day, DrCode, Fen, FixmedinsCode, FixmedinsKind, PharCode, PsnNo, Span};

use crate::cells::{Cells, day};
use crate::column::{Column, Mapping, may, must};

const RESIDENT_CARD: &str = "01";

const CODE: Column =
    must("fixmedins_code", &["定点医药机构编号", "定点医药机构代码", "机构编码", "机构代码"], "H or P and 11 digits");
const POOL: Column = must("poolarea_no", &["统筹区", "统筹区编号", "统筹区代码", "医保区划"], "six digits of a region");
const FIRST_DAY: Column = must("begndate", &["开始日期", "生效日期", "起始日期"], "a day");
const LAST_DAY: Column = may("enddate", &["结束日期", "失效日期", "截止日期"], "a day");
const CERTNO: &str = "a certificate number with a right check character";

/// Institutions and pharmacies.
pub const FIXMEDINS: &[Column] = &[
    CODE,
    must("fixmedins_name", &["定点医药机构名称", "机构名称"], "a name"),
    POOL,
    may("hosp_lv", &["medinslv", "医院等级", "医疗机构等级"], "a code of one or two digits"),
    may("medins_natu", &["医疗机构性质", "机构性质"], "公立 or 民营, at a hospital"),
    FIRST_DAY,
    LAST_DAY,
    may("circ_ready", &["处方流转", "处方流转接口"], "是 or 否"),
    may("dualchnl", &["dualchnl_flag", "双通道", "双通道标志"], "是 or 否"),
    may("oppool", &["oppool_flag", "门诊统筹", "门诊统筹标志"], "是 or 否"),
    may("itnt_parent_code", &["依托实体机构编号", "实体医疗机构编号"], "H and 11 digits"),
    may("itnt_lic_begndate", &["互联网医院许可开始日期"], "a day"),
    may("itnt_lic_enddate", &["互联网医院许可结束日期"], "a day"),
    may("itnt_agre_begndate", &["补充协议开始日期"], "a day"),
    may("itnt_agre_enddate", &["补充协议结束日期"], "a day"),
    may("sign_cert_sn", &["signCertSn", "签名证书序列号"], "a serial number"),
    may("callback_url", &["回调地址"], "an http:// base address of the hospital's endpoint (7108, 7109)"),
    may("open_hours", &["营业时间"], "the hours of every day as 08:30-21:00, at a pharmacy"),
    may("callback_app_id", &["回调应用编号"], "32 hexadecimal digits of the app that opens them"),
];

/// Doctors and pharmacists.
pub const PRACTITIONER: &[Column] = &[
    CODE,
    must(
        "prac_code",
        &["dr_code", "phar_code", "医师代码", "药师代码", "医保医师代码", "医保药师代码", "人员编码"],
        "D and 12 digits for a doctor, capital letters and digits for a pharmacist",
    ),
    must("prac_name", &["dr_name", "phar_name", "姓名", "医师姓名", "药师姓名"], "a name"),
    may("kind", &["prac_type", "人员类别", "类别"], "医师 or 药师"),
    FIRST_DAY,
    LAST_DAY,
    may("western", &["西药处方权"], "是 or 否"),
    may("tcm", &["中药处方权"], "是 or 否"),
    may("licensed", &["执业药师", "执业药师资格"], "是 or 否"),
    may("certno", &["证件号码", "身份证号", "身份证号码"], CERTNO),
    may("ec_token", &["电子凭证令牌"], "a token"),
];

/// Insured persons.
pub const PERSON: &[Column] = &[
    must("psn_no", &["人员编号", "医保人员编号"], "a person's number of at most 30 characters"),
    must("psn_name", &["姓名", "人员姓名"], "a name"),
    may("psn_cert_type", &["人员证件类型", "证件类型"], "a code of two digits"),
    must("certno", &["证件号码", "身份证号", "身份证号码"], CERTNO),
    must("gend", &["性别"], "1, 2, 9, 男 or 女"),
    must("brdy", &["出生日期"], "a day, and for a resident card the one in its number"),
    POOL,
    must("insutype", &["险种类型", "险种"], "310 职工 or 390 居民"),
    must("psn_type", &["人员类别"], "11 在职 or 12 退休"),
    FIRST_DAY,
    LAST_DAY,
    may("cvlserv", &["cvlserv_flag", "公务员", "公务员标志"], "是 or 否"),
    may("ec_token", &["电子凭证令牌"], "a token"),
    may(
        "sscno",
        &["社会保障卡卡号", "社会保障卡号", "社保卡号", "社保卡卡号"],
        "a card's number of at most 50 characters",
    ),
    may("card_sn", &["卡识别码", "社会保障卡识别码"], "the chip's number of at most 32 characters"),
    may("balc", &["账户余额", "个人账户余额"], "an amount in yuan, not negative, at most two decimals"),
];

/// Reads an institution.
pub fn fixmedins(cells: &mut Cells<'_>) -> Option<Fixmedins> {
    let code: Option<FixmedinsCode> = cells.need("fixmedins_code");
    let (name, pool) = (cells.need_text("fixmedins_name"), cells.need("poolarea_no"));
    let hosp_lv = cells.read("hosp_lv", |raw| digits(raw, 2));
    let medins_natu = medins_natu(cells, code.as_ref());
    let agreement = cells.span("begndate", "enddate");
    let circ_ready = cells.flag("circ_ready", false);
    let (dualchnl, oppool) = (cells.flag("dualchnl", false), cells.flag("oppool", false));
    let consult = consult(cells, code.as_ref());
    let sign_cert_sn = cells.text("sign_cert_sn");
    let callback = callback(cells, code.as_ref());
    let open_hours = open_hours(cells, code.as_ref());
    Some(Fixmedins {
        fixmedins_code: code?,
        fixmedins_name: name?,
        poolarea_no: pool?,
        hosp_lv: hosp_lv?,
        medins_natu: medins_natu?,
        agreement: agreement??,
        circ_ready: circ_ready?,
        dualchnl: dualchnl?,
        oppool: oppool?,
        consult: consult?,
        // Never in a file: drawn or kept where the row is put.
        sign_key: None,
        sign_cert_sn: sign_cert_sn?,
        callback: callback?,
        open_hours: open_hours?,
    })
}

/// Whether a hospital is public.
fn medins_natu(cells: &mut Cells<'_>, code: Option<&FixmedinsCode>) -> Option<Option<MedinsNatu>> {
    let medins_natu = cells.read("medins_natu", MedinsNatu::from_text)?;
    if medins_natu.is_some() && code.is_some_and(|code| code.kind() == FixmedinsKind::Pharmacy) {
        cells.wrong("medins_natu", "stands at a pharmacy");
        return None;
    }
    Some(medins_natu)
}

/// When a pharmacy is open.
fn open_hours(cells: &mut Cells<'_>, code: Option<&FixmedinsCode>) -> Option<Option<OpenHours>> {
    let hours = cells.read("open_hours", OpenHours::parse)?;
    if hours.is_some() && code.is_some_and(|code| code.kind() == FixmedinsKind::Hospital) {
        cells.wrong("open_hours", "stands at a hospital");
        return None;
    }
    Some(hours)
}

/// Where a hospital hears of reviews and settlements: address and app, or neither.
fn callback(cells: &mut Cells<'_>, code: Option<&FixmedinsCode>) -> Option<Option<Callback>> {
    let url = cells.read("callback_url", |raw| raw.parse().ok());
    let app_id = cells.read("callback_app_id", |raw| {
        let upper = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
        (raw.len() == 32 && raw.bytes().all(upper)).then(|| raw.to_owned())
    });
    match (url?, app_id?) {
        (None, None) => Some(None),
        (Some(_), _) if code.is_some_and(|code| code.kind() == FixmedinsKind::Pharmacy) => {
            cells.wrong("callback_url", "stands at a pharmacy");
            None
        }
        (Some(url), Some(app_id)) => Some(Some(Callback { url, app_id })),
        _ => {
            cells.wrong("callback_url", "address and app belong together");
            None
        }
    }
}

/// What makes a hospital an internet hospital: all of it or nothing.
fn consult(cells: &mut Cells<'_>, code: Option<&FixmedinsCode>) -> Option<Option<Consult>> {
    let parent = cells.read("itnt_parent_code", |raw| {
        raw.parse().ok().filter(|code: &FixmedinsCode| code.kind() == FixmedinsKind::Hospital)
    });
    let licence = cells.span("itnt_lic_begndate", "itnt_lic_enddate");
    let supplement = cells.span("itnt_agre_begndate", "itnt_agre_enddate");
    match (parent?, licence?, supplement?) {
        (None, None, None) => Some(None),
        (Some(_), ..) if code.is_some_and(|code| code.kind() == FixmedinsKind::Pharmacy) => {
            cells.wrong("itnt_parent_code", "stands at a pharmacy");
            None
        }
        (Some(parent_fixmedins_code), Some(licence), Some(supplement)) => {
            Some(Some(Consult { licence, parent_fixmedins_code, supplement }))
        }
        _ => {
            cells.wrong("itnt_parent_code", "an internet hospital needs its parent, its licence and its supplement");
            None
        }
    }
}

/// Reads a doctor or pharmacist.
pub fn practitioner(cells: &mut Cells<'_>) -> Option<Practitioner> {
    let fixmedins_code = cells.need("fixmedins_code");
    let stated = cells.read("kind", kind);
    let code = cells.need_by("prac_code", |raw| practice(raw, stated.flatten()));
    let name = cells.need_text("prac_name");
    let registered = cells.span("begndate", "enddate");
    let doctor = code.as_ref().is_some_and(|(_, kind)| *kind == PractitionerKind::Doctor);
    let (western, tcm) = (cells.flag("western", doctor), cells.flag("tcm", false));
    let licensed = cells.flag("licensed", false);
    let certno = cells.read("certno", |raw| raw.parse().ok().filter(|certno: &Certno| certno.check_resident().is_ok()));
    let ec_token = cells.text("ec_token");
    stated?;
    let (prac_code, kind) = code?;
    Some(Practitioner {
        prac_code,
        prac_name: name?,
        kind,
        fixmedins_code: fixmedins_code?,
        registered: registered??,
        tcm: tcm?,
        western: western?,
        licensed: licensed?,
        certno: certno?,
        ec_token: ec_token?,
    })
}

fn kind(raw: &str) -> Option<PractitionerKind> {
    match raw {
        "医师" | "医保医师" | "doctor" => Some(PractitionerKind::Doctor),
        "药师" | "医保药师" | "pharmacist" => Some(PractitionerKind::Pharmacist),
        _ => None,
    }
}

/// A code, and what it makes of its bearer where the file does not say: 医师代码 is a D with twelve digits.
fn practice(raw: &str, stated: Option<PractitionerKind>) -> Option<(String, PractitionerKind)> {
    let doctor = raw.parse::<DrCode>().is_ok();
    let kind = stated.unwrap_or(if doctor { PractitionerKind::Doctor } else { PractitionerKind::Pharmacist });
    let right = match kind {
        PractitionerKind::Doctor => doctor,
        PractitionerKind::Pharmacist => raw.parse::<PharCode>().is_ok(),
    };
    right.then(|| (raw.to_owned(), kind))
}

/// Reads an insured person and, for a new one, the opening balance of the account.
pub fn person(cells: &mut Cells<'_>) -> Option<(Person, Option<Fen>)> {
    let psn_no: Option<PsnNo> = cells.need("psn_no");
    let name = cells.need_text("psn_name");
    let cert_type =
        cells.read("psn_cert_type", |raw| digits(raw, 2)).map(|stated| stated.unwrap_or(RESIDENT_CARD.to_owned()));
    let resident = cert_type.as_deref() == Some(RESIDENT_CARD);
    let certno = cells.need_by("certno", |raw| {
        raw.parse().ok().filter(|certno: &Certno| !resident || certno.check_resident().is_ok())
    });
    let gend = cells.need_by("gend", gender);
    let shown = certno.as_ref().filter(|_| resident).and_then(Certno::birthday);
    let brdy = cells.need_by("brdy", |raw| day(raw).filter(|brdy| shown.is_none_or(|shown| shown == *brdy)));
    let pool: Option<Admdvs> = cells.need("poolarea_no");
    let (insutype, psn_type) = (cells.need_by("insutype", insutype), cells.need_by("psn_type", psn_type));
    let insured: Option<Option<Span<Day>>> = cells.span("begndate", "enddate");
    let cvlserv = cells.flag("cvlserv", false);
    let ec_token = cells.text("ec_token");
    let card = card(cells);
    let balc = cells.read("balc", |raw| raw.parse().ok().filter(|balc: &Fen| !balc.is_negative()));
    let person = Person {
        psn_no: psn_no?,
        psn_name: name?,
        psn_cert_type: cert_type?,
        certno: certno?,
        gend: gend?,
        brdy: brdy?,
        poolarea_no: pool?,
        insutype: insutype?,
        psn_type: psn_type?,
        insured: insured??,
        cvlserv: cvlserv?,
        ec_token: ec_token?.unwrap_or_default(),
        card: card?,
    };
    Some((person, balc?))
}

/// Of the two columns of a card, the one that a file has without the other, and the other. A register that holds one number alone
/// cannot say what its other is, so that nothing is stored of it and nothing of it is wrong.
pub(crate) fn half_card(mapping: &Mapping) -> Option<(&'static str, &'static str)> {
    match (mapping.has("sscno"), mapping.has("card_sn")) {
        (true, false) => Some(("sscno", "card_sn")),
        (false, true) => Some(("card_sn", "sscno")),
        _ => None,
    }
}

/// The 社会保障卡: both numbers, or neither.
fn card(cells: &mut Cells<'_>) -> Option<Option<Card>> {
    if half_card(cells.mapping()).is_some() {
        return Some(None);
    }
    let (sscno, card_sn) = (cells.opt("sscno"), cells.opt("card_sn"));
    match (sscno?, card_sn?) {
        (None, None) => Some(None),
        (Some(sscno), Some(card_sn)) => Some(Some(Card { sscno, card_sn })),
        (has, _) => {
            let missing = if has.is_some() { "card_sn" } else { "sscno" };
            cells.wrong(missing, "is missing: number of the card and 卡识别码 belong together");
            None
        }
    }
}

fn gender(raw: &str) -> Option<String> {
    let code = match raw {
        "1" | "男" => "1",
        "2" | "女" => "2",
        "9" | "0" => raw,
        _ => return None,
    };
    Some(code.to_owned())
}

fn insutype(raw: &str) -> Option<Insutype> {
    match raw {
        "职工" | "职工医保" | "职工基本医疗保险" => Some(Insutype::Employee),
        "居民" | "居民医保" | "城乡居民基本医疗保险" => Some(Insutype::Resident),
        code => Insutype::from_code(code),
    }
}

fn psn_type(raw: &str) -> Option<PsnType> {
    match raw {
        "在职" => Some(PsnType::Active),
        "退休" => Some(PsnType::Retired),
        code => PsnType::from_code(code),
    }
}

fn digits(raw: &str, most: usize) -> Option<String> {
    (raw.len() <= most && raw.bytes().all(|byte| byte.is_ascii_digit())).then(|| raw.to_owned())
}
