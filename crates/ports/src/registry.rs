//! The registers that a bureau keeps: apps, institutions, practitioners, insured persons, the drug catalogue.
//!
//! Written by import and demo, read by every transaction. Serves JX-1.2, JX-2.1, JX-2.2, JX-2.6.1–2.6.3.

use std::num::NonZeroU32;

use lf_vocab::dict::{ChrgitmLv, Insutype, PsnType};
use lf_vocab::{Admdvs, CardSn, Certno, Day, FixmedinsCode, MedListCodg, Pric, PsnNo, Qty, Span, Sscno};
use serde::{Deserialize, Serialize};

use crate::duty::OpenHours;
use crate::notice::Callback;

/// How an app wants the `code` of a reply (epc.md §1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeStyle {
    /// `0`
    Number,
    /// `"0"`
    Text,
}

/// How requests of the gateway front prove their sender (fsi.md §1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayScheme {
    /// `_api_*` headers, HMAC-SHA1.
    Csb,
    /// `x-tif-*` headers, SHA-256 in lower-case hex.
    Tif,
    /// `x-rio-*` headers, SHA-256 in upper-case hex.
    Rio,
}

/// An app on the gateway front. Its access key (`paasid`) is the app's id: the center gives out both.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gateway {
    /// The secret of the headers.
    pub secret_key: String,
    /// Which headers.
    pub scheme: GatewayScheme,
    /// `output` goes out as JSON text, as two provinces' clients read it.
    #[serde(default)]
    pub output_text: bool,
    /// `input` must come sealed with SM4, and `output` goes out sealed.
    #[serde(default)]
    pub sealed: bool,
}

/// Where an app's limits differ from those of the configuration; `None` is the configured one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppLimits {
    /// Messages a second in the long run.
    #[serde(default)]
    pub per_second: Option<NonZeroU32>,
    /// Messages at once after a pause.
    #[serde(default)]
    pub burst: Option<NonZeroU32>,
    /// Messages under way.
    #[serde(default)]
    pub concurrent: Option<NonZeroU32>,
    /// The largest body in bytes; more than the configured one has no effect.
    #[serde(default)]
    pub body_max: Option<NonZeroU32>,
}

/// A client system: an application key pair and the institution it speaks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// 渠道/应用ID, 32 hex digits.
    pub app_id: String,
    /// Shared secret of the sign text.
    pub app_secret: String,
    /// Base64 of the application's public key.
    pub public_key: String,
    /// The institution it speaks for.
    pub fixmedins_code: FixmedinsCode,
    /// How its replies write `code`.
    pub code_style: CodeStyle,
    /// Switched off by the operator.
    pub disabled: bool,
    /// What it may do on the gateway front; `None`: nothing.
    #[serde(default)]
    pub gateway: Option<Gateway>,
    /// Limits of its own; `None`: those of the configuration.
    #[serde(default)]
    pub limits: Option<AppLimits>,
}

/// 互联网医院: what admission recorded (JX-2.1, JX-2.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consult {
    /// The licence of the internet hospital.
    pub licence: Span<Day>,
    /// The physical institution it rests on.
    pub parent_fixmedins_code: FixmedinsCode,
    /// "互联网+"医保服务补充协议.
    pub supplement: Span<Day>,
}

/// 医疗机构性质, as far as a notice asks for it. The national interface prints no codes of it, so the register holds the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MedinsNatu {
    /// 公立.
    Public,
    /// 民营, 社会办.
    Private,
}

impl MedinsNatu {
    /// The words of registers.
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "公立" | "公立医疗机构" => Self::Public,
            "非公立" | "民营" | "社会办" | "非公立医疗机构" | "民营医疗机构" | "社会办医疗机构" => {
                Self::Private
            }
            _ => return None,
        })
    }
}

/// A designated institution or pharmacy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixmedins {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// Name.
    pub fixmedins_name: String,
    /// 统筹区.
    pub poolarea_no: Admdvs,
    /// 医院等级, as `hosp_lv` codes; pharmacies have none.
    pub hosp_lv: Option<String>,
    /// 医疗机构性质 (GX-2.1a); hospitals only, and only where the register says.
    #[serde(default)]
    pub medins_natu: Option<MedinsNatu>,
    /// The agreement under which it is 医保定点 (JX-2.6.1).
    pub agreement: Span<Day>,
    /// Its interface for flow prescriptions is accepted (JX-2.6.2).
    pub circ_ready: bool,
    /// 双通道.
    pub dualchnl: bool,
    /// 门诊统筹.
    pub oppool: bool,
    /// For internet hospitals.
    pub consult: Option<Consult>,
    /// Base64 of the key with which the center signs for it (7102); hospitals only.
    pub sign_key: Option<String>,
    /// 签名机构证书SN.
    pub sign_cert_sn: Option<String>,
    /// Where it is told of reviews and settlements (7108, 7109); hospitals only.
    #[serde(default)]
    pub callback: Option<Callback>,
    /// 营业时间 (JX-1.2); pharmacies only.
    #[serde(default)]
    pub open_hours: Option<OpenHours>,
}

/// Doctor or pharmacist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PractitionerKind {
    /// 医保医师.
    Doctor,
    /// 医保药师.
    Pharmacist,
}

/// A registered doctor or pharmacist of one institution (JX-2.6.3, JX-1.2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Practitioner {
    /// 医师代码 or 药师代码.
    pub prac_code: String,
    /// Name.
    pub prac_name: String,
    /// Which.
    pub kind: PractitionerKind,
    /// Where registered.
    pub fixmedins_code: FixmedinsCode,
    /// Registration.
    pub registered: Span<Day>,
    /// May prescribe 中药 (JX-2.5a).
    pub tcm: bool,
    /// May prescribe 西药.
    pub western: bool,
    /// 执业药师 licence, for pharmacists.
    pub licensed: bool,
    /// Certificate number.
    pub certno: Option<Certno>,
    /// Token of the pharmacist's own credential.
    pub ec_token: Option<String>,
}

impl Practitioner {
    /// Whether this is a licensed pharmacist who is registered there on a day: who may review, sign and be on duty.
    pub fn reviews_on(&self, on: Day) -> bool {
        self.kind == PractitionerKind::Pharmacist && self.licensed && self.registered.contains(on)
    }
}

/// 社会保障卡: both numbers, because a counter that shows one must show the other (`card_sn` of 2102).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// 社会保障卡卡号, by which the person is found.
    pub sscno: Sscno,
    /// 卡识别码.
    pub card_sn: CardSn,
}

/// An insured person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// 医保人员编号.
    pub psn_no: PsnNo,
    /// Name.
    pub psn_name: String,
    /// 人员证件类型.
    pub psn_cert_type: String,
    /// 证件号码.
    pub certno: Certno,
    /// 性别.
    pub gend: String,
    /// Birthday.
    pub brdy: Day,
    /// 参保统筹区.
    pub poolarea_no: Admdvs,
    /// 险种.
    pub insutype: Insutype,
    /// In service or retired.
    pub psn_type: PsnType,
    /// Insured in this span.
    pub insured: Span<Day>,
    /// 公务员.
    pub cvlserv: bool,
    /// The token that the person's electronic credential shows; in production it comes from the
    /// national credential service, here from import.
    pub ec_token: String,
    /// The card, where the register knows it.
    #[serde(default)]
    pub card: Option<Card>,
}

/// Drugs with rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecialClass {
    /// 麻醉药品.
    Narcotic,
    /// 第一类精神药品.
    PsychotropicOne,
    /// 第二类精神药品.
    PsychotropicTwo,
    /// 医疗用毒性药品.
    Toxic,
    /// 放射性药品.
    Radioactive,
    /// 抗微生物药物.
    Antimicrobial,
}

/// A drug of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drug {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 通用名.
    pub genname: String,
    /// 商品名.
    pub prodname: Option<String>,
    /// 注册名.
    pub reg_name: String,
    /// 剂型.
    pub dosform_name: String,
    /// 规格.
    pub spec_name: String,
    /// 生产厂家.
    pub prdr_name: String,
    /// 批准文号.
    pub aprvno: Option<String>,
    /// 最小包装单位.
    pub min_pacunt: String,
    /// 最小制剂单位.
    pub min_prepunt: String,
    /// 最小包装数量.
    pub min_pac_cnt: Qty,
    /// 目录类别: 101 西药中成药, 102 中药饮片 …
    pub list_type: String,
    /// 甲乙丙.
    pub chrgitm_lv: ChrgitmLv,
    /// In the 医保目录 in this span; outside it a drug is 目录外.
    pub in_list: Option<Span<Day>>,
    /// 儿童专科用药.
    pub chld_medc: bool,
    /// 谈判药品.
    pub hi_nego: bool,
    /// 双通道.
    pub dualchnl: bool,
    /// 门诊统筹.
    pub oppool: bool,
    /// 医保支付标准 per pack.
    pub hi_pay_std: Option<Pric>,
    /// Rules of their own.
    pub special: Option<SpecialClass>,
    /// 限制使用说明.
    pub memo: Option<String>,
    /// No 追溯码 exists for it (饮片 and others exempt by law).
    pub trac_exempt: bool,
}

macro_rules! quiet_debug {
    ($name:ident, $field:ident) => {
        // Holds secrets or personal data: Debug shows the key only.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field(stringify!($field), &self.$field).finish_non_exhaustive()
            }
        }
    };
}
quiet_debug!(App, app_id);
quiet_debug!(Gateway, scheme);
quiet_debug!(Fixmedins, fixmedins_code);
quiet_debug!(Practitioner, prac_code);
quiet_debug!(Person, psn_no);

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Card(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};

    #[test]
    fn a_licensed_pharmacist_reviews_while_registered() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let one = Practitioner {
            prac_code: "HY360902000001".to_owned(),
            prac_name: "戊药师".to_owned(),
            kind: PractitionerKind::Pharmacist,
            fixmedins_code: "P36090200101".parse().unwrap(),
            registered: Span::new(day("2026-01-01"), Some(day("2026-07-01"))).unwrap(),
            tcm: false,
            western: false,
            licensed: true,
            certno: None,
            ec_token: None,
        };
        let days = ["2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"].map(day);
        assert_eq!(days.map(|on| one.reviews_on(on)), [false, true, true, false]);
        assert!(!Practitioner { licensed: false, ..one.clone() }.reviews_on(days[1]));
        assert!(!Practitioner { kind: PractitionerKind::Doctor, ..one }.reviews_on(days[1]));
    }

    #[test]
    fn an_institution_stored_before_its_nature_was_kept_says_nothing_of_it() {
        let stored = r#"{"fixmedins_code":"H45010000001","fixmedins_name":"某医院","poolarea_no":"450100","hosp_lv":"05","agreement":{"from":19723,"until":null},"circ_ready":true,"dualchnl":false,"oppool":true,"consult":null,"sign_key":null,"sign_cert_sn":null}"#;
        let row: Fixmedins = decode(stored.as_bytes(), "fixmedins", "body", "H").unwrap();
        assert_eq!(row.medins_natu, None);
        let row = Fixmedins { medins_natu: MedinsNatu::from_text("公立"), ..row };
        let text = String::from_utf8(encode(&row)).unwrap();
        assert!(text.contains(r#""medins_natu":"public""#), "{text}");
        let read: Fixmedins = decode(text.as_bytes(), "fixmedins", "body", "H").unwrap();
        assert_eq!(read.medins_natu, Some(MedinsNatu::Public));
        assert_eq!(
            ["民营", "非公立", "1", ""].map(MedinsNatu::from_text),
            [Some(MedinsNatu::Private), Some(MedinsNatu::Private), None, None]
        );
    }

    #[test]
    fn a_person_stored_before_the_cards_has_none() {
        let stored = r#"{"psn_no":"1","psn_name":"甲","psn_cert_type":"01","certno":"360902199001010011","gend":"1",
            "brdy":7305,"poolarea_no":"360900","insutype":"310","psn_type":"11",
            "insured":{"from":16436,"until":null},"cvlserv":false,"ec_token":"t"}"#;
        let person: Person = decode(stored.as_bytes(), "person", "body", "1").unwrap();
        assert_eq!(person.card, None);
        let card = Card { sscno: "J36090001".parse().unwrap(), card_sn: "3609000001".parse().unwrap() };
        assert!(!format!("{card:?}").contains("36090"));
        let person = Person { card: Some(card), ..person };
        assert_eq!(decode::<Person>(&encode(&person), "person", "body", "1").unwrap(), person);
    }

    #[test]
    fn an_app_stored_before_the_gateway_front_is_nobody_on_it_and_has_the_usual_limits() {
        let stored = br#"{"app_id":"A","app_secret":"s","public_key":"k","fixmedins_code":"H36090200101","code_style":"number","disabled":false}"#;
        let app: App = decode(stored, "app", "body", "A").unwrap();
        assert_eq!((app.gateway.clone(), app.limits), (None, None));
        let stored = br#"{"per_second":5,"body_max":65536}"#;
        let limits: AppLimits = decode(stored, "app", "body", "A").unwrap();
        let number = NonZeroU32::new;
        let want = AppLimits { per_second: number(5), body_max: number(65_536), ..AppLimits::default() };
        assert_eq!(limits, want);
        for wrong in [r#"{"per_second":0}"#, r#"{"burst":-1}"#, r#"{"persecond":5}"#] {
            assert!(decode::<AppLimits>(wrong.as_bytes(), "app", "body", "A").is_err(), "{wrong}");
        }
        let stored = br#"{"secret_key":"s","scheme":"tif"}"#;
        let gateway: Gateway = decode(stored, "app", "body", "A").unwrap();
        let want =
            Gateway { secret_key: "s".to_owned(), scheme: GatewayScheme::Tif, output_text: false, sealed: false };
        assert_eq!(gateway, want);
        let app = App { gateway: Some(want), limits: Some(limits), ..app };
        assert_eq!(decode::<App>(&encode(&app), "app", "body", "A").unwrap(), app);
        assert!(!format!("{app:?} {gateway:?}").contains("secret"));
    }
}
