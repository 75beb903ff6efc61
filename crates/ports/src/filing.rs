//! 备案 of insured persons: 用药资格 for 单独支付药品, and registrations of 门诊慢特病; with who decided, until when and on what paper.
//!
//! Serves WH-2.1 to WH-2.6, DG-1.1, 5301 and 5302. Invariants: a filing is never deleted, it ends on a day and says who ended it; what was refused
//! is kept with its reason and counts for nothing; who advised and who decided are two persons.

use std::borrow::Cow;

use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Moment, PsnNo};
use serde::{Deserialize, Serialize};

use crate::ended::EndedBy;

/// Filings that one person may have; one more than these is not entered.
pub const FILINGS_MAX: usize = 200;

/// Filings of one person that are read: more than may be entered, so that somebody who was once given too many is served all the same.
pub const FILINGS_READ_MAX: usize = 2 * FILINGS_MAX;

/// The longest 备案号, in characters.
pub const FILING_NO_MAX: usize = 60;

/// Institutions that a person may choose for one 慢特病.
pub const CHOSEN_MAX: usize = 10;

/// Papers of one application.
pub const PAPERS_MAX: usize = 20;

/// The longest number of a form, and the longest word of how a result was told, in characters.
pub const APPLIED_MAX: usize = 50;

/// What a filing is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilingKind {
    /// 单独支付药品用药资格.
    Spay,
    /// 门诊慢特病, 门特.
    Opsp,
}

impl FilingKind {
    /// All.
    pub const ALL: [Self; 2] = [Self::Spay, Self::Opsp];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Spay => "spay",
            Self::Opsp => "opsp",
        }
    }

    /// The words of forms.
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "单独支付" | "用药资格" | "spay" => Self::Spay,
            "门特" | "慢特病" | "门诊慢特病" | "opsp" => Self::Opsp,
            _ => return None,
        })
    }
}

/// A filing as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Filing {
    /// 参保统筹区.
    pub poolarea_no: Admdvs,
    /// Whose.
    pub psn_no: PsnNo,
    /// 备案号; of one person each once.
    pub filing_no: String,
    /// The first day.
    pub from: Day,
    /// The first day no longer; `None` is open. The same as `from` where it was taken back before it began.
    pub until: Option<Day>,
    /// What it says.
    pub body: FilingBody,
}

/// What a filing says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilingBody {
    /// The thing itself.
    pub filed: Filed,
    /// Who entered it.
    pub opter_name: String,
    /// When.
    pub opt_time: Moment,
    /// Who ended it, if somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndedBy>,
}

/// What is filed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Filed {
    /// 用药资格 for a drug.
    Spay(SpayFiling),
    /// A disease.
    Opsp(OpspFiling),
}

/// 单独支付药品用药资格: what the responsible doctor advised and the institution's 医保 department decided.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpayFiling {
    /// For which drug.
    pub med_list_codg: MedListCodg,
    /// 定点医疗机构 where it was applied for.
    pub fixmedins_code: FixmedinsCode,
    /// 责任医师 who advised.
    pub dr_code: String,
    /// Name.
    pub dr_name: String,
    /// Who decided in the 医保 department.
    pub dcsn_name: String,
    /// When.
    pub dcsn_day: Day,
    /// Why it was refused; without a reason it was granted.
    pub refused: Option<String>,
    /// How it was applied for and answered.
    #[serde(default, skip_serializing_if = "Applied::is_empty")]
    pub applied: Applied,
}

/// How a person applied and heard of the result; what of it must be there, the law of the person's place says.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applied {
    /// Where it was handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appy_chnl: Option<AppyChnl>,
    /// 用药申请表编号.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appy_form_no: Option<String>,
    /// SM3 of each of the medical records that came with it, lower-case hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paper_sm3: Vec<String>,
    /// How the person was told of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// That a person was told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// 告知方式.
    pub told_way: String,
    /// When.
    pub told_day: Day,
}

impl Applied {
    /// Nothing is known of it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it beside the day of the decision.
    fn defect(&self, dcsn_day: Day) -> Option<(&'static str, Cow<'static, str>)> {
        let long = |text: &str| text.chars().count() > APPLIED_MAX;
        let (field, reason) = match (self.appy_form_no.as_deref(), &self.told) {
            (Some(no), _) if long(no) => ("appy_form_no", format!("is longer than {APPLIED_MAX} characters").into()),
            _ if self.paper_sm3.len() > PAPERS_MAX => {
                ("paper_sm3", Cow::Borrowed("names more papers than an application has"))
            }
            (_, Some(told)) if long(&told.told_way) => {
                ("told_way", format!("is longer than {APPLIED_MAX} characters").into())
            }
            (_, Some(told)) if told.told_day < dcsn_day => ("told_date", "lies before the decision".into()),
            _ => return None,
        };
        Some((field, reason))
    }
}

/// Where an application is handed in. All lead to the same decision and the same filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppyChnl {
    /// 医保 department of a designated institution.
    Hospital,
    /// A window of the agency.
    Window,
    /// A program inside WeChat.
    WechatMini,
    /// A program inside Alipay.
    AlipayMini,
    /// The hall on the web.
    WebHall,
}

impl AppyChnl {
    /// All.
    pub const ALL: [Self; 5] = [Self::Hospital, Self::Window, Self::WechatMini, Self::AlipayMini, Self::WebHall];

    /// The word of forms and of the law.
    pub const fn cn(self) -> &'static str {
        match self {
            Self::Hospital => "医疗机构",
            Self::Window => "服务窗口",
            Self::WechatMini => "微信小程序",
            Self::AlipayMini => "支付宝小程序",
            Self::WebHall => "个人网厅",
        }
    }

    /// From that word.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chnl| chnl.cn() == text)
    }
}

/// A registered 门诊慢特病.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpspFiling {
    /// 门慢门特病种目录代码.
    pub opsp_dise_code: String,
    /// 门慢门特病种名称.
    pub opsp_dise_name: String,
    /// 业务申请类型 of the chosen institutions (5302).
    pub biz_appy_type: Option<String>,
    /// The chosen institutions, in the person's order; none chosen is every one.
    pub fixmedins: Vec<FixmedinsCode>,
}

/// A filing comes in or ends.
#[derive(Debug, Clone)]
pub enum FilingChange {
    /// A new one; its number must be free and the person have fewer than [`FILINGS_MAX`], or the change is stale.
    New(Filing),
    /// An earlier end, or what a file says otherwise; it must still begin and end where it was seen to, so that nobody's end is taken back.
    Changed {
        /// As it is afterwards.
        filing: Filing,
        /// Where it began before.
        expect_from: Day,
        /// Where it ended before.
        expect_until: Option<Day>,
    },
}

impl Filing {
    /// What it is about.
    pub const fn kind(&self) -> FilingKind {
        match self.body.filed {
            Filed::Spay(_) => FilingKind::Spay,
            Filed::Opsp(_) => FilingKind::Opsp,
        }
    }

    /// Whether it was granted and counts on a day.
    pub fn counts(&self, on: Day) -> bool {
        let granted = !matches!(&self.body.filed, Filed::Spay(SpayFiling { refused: Some(_), .. }));
        granted && self.from <= on && self.until.is_none_or(|until| on < until)
    }

    /// What is wrong with it in itself: field and reason.
    pub fn defect(&self) -> Option<(&'static str, Cow<'static, str>)> {
        lf_vocab::covers!("WH-2.3", "WH-2.4");
        if self.until.is_some_and(|until| until < self.from) {
            return Some(("enddate", "lies before the first day".into()));
        }
        if self.filing_no.is_empty() || self.filing_no.chars().count() > FILING_NO_MAX {
            return Some(("filing_no", format!("is no number of at most {FILING_NO_MAX} characters").into()));
        }
        let (field, reason) = match &self.body.filed {
            Filed::Spay(spay) if spay.dr_name.trim() == spay.dcsn_name.trim() => {
                ("dcsn_name", "is the doctor who advised: another person decides")
            }
            Filed::Spay(spay) if spay.dcsn_day > self.from => ("dcsn_date", "lies after the first day"),
            Filed::Spay(SpayFiling { refused: Some(rea), .. }) if rea.trim().is_empty() => {
                ("rea", "is missing: who refuses says why")
            }
            Filed::Spay(spay) => return spay.applied.defect(spay.dcsn_day),
            Filed::Opsp(opsp) if opsp.fixmedins.len() > CHOSEN_MAX => {
                ("fixmedins_code", "names more institutions than may be chosen")
            }
            Filed::Opsp(_) => return None,
        };
        Some((field, reason.into()))
    }
}

macro_rules! quiet_debug {
    ($($name:ident),+) => {$(
        // Health data of a person: Debug shows that there is one, and nothing of it.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
quiet_debug!(Filing, FilingBody, Filed, SpayFiling, Applied, Told, OpspFiling);

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn filing(change: impl FnOnce(&mut SpayFiling)) -> Filing {
        let mut spay = SpayFiling {
            med_list_codg: "XC10AAA209A001010100003".parse().unwrap(),
            fixmedins_code: "H42010000001".parse().unwrap(),
            dr_code: "D420100000001".to_owned(),
            dr_name: "丁医师".to_owned(),
            dcsn_name: "戊认定".to_owned(),
            dcsn_day: day("2026-01-01"),
            refused: None,
            applied: Applied::default(),
        };
        change(&mut spay);
        let opt_time = Moment::from_micros(0);
        let body = FilingBody { filed: Filed::Spay(spay), opter_name: "己".to_owned(), opt_time, ended: None };
        let (poolarea_no, psn_no) = ("420100".parse().unwrap(), "42010000000001".parse().unwrap());
        let until = Some(day("2027-01-01"));
        Filing { poolarea_no, psn_no, filing_no: "1".to_owned(), from: day("2026-01-01"), until, body }
    }

    // proves WH-2.3, WH-2.4
    #[test]
    fn two_persons_sign_and_a_refusal_says_why() {
        assert_eq!(filing(|_| ()).defect(), None);
        assert_eq!(filing(|spay| spay.dcsn_name = " 丁医师".to_owned()).defect().unwrap().0, "dcsn_name");
        assert_eq!(filing(|spay| spay.refused = Some(" ".to_owned())).defect().unwrap().0, "rea");
        assert_eq!(filing(|spay| spay.refused = Some("不符合限定支付范围".to_owned())).defect(), None);
        assert_eq!(filing(|spay| spay.dcsn_day = day("2026-01-02")).defect().unwrap().0, "dcsn_date");
    }

    // proves WH-2.5
    #[test]
    fn nobody_is_told_before_the_decision() {
        let told = |on: &str| {
            filing(|spay| spay.applied.told = Some(Told { told_way: "当面".to_owned(), told_day: day(on) }))
        };
        assert_eq!(told("2025-12-31").defect().unwrap().0, "told_date");
        assert_eq!(told("2026-01-01").defect(), None);
    }

    #[test]
    fn a_form_number_and_a_way_have_so_many_characters_and_not_one_more() {
        let number = |count: usize| filing(|spay| spay.applied.appy_form_no = Some("表".repeat(count)));
        let way = |count: usize| {
            let told = Told { told_way: "话".repeat(count), told_day: day("2026-01-01") };
            filing(|spay| spay.applied.told = Some(told))
        };
        assert_eq!((APPLIED_MAX, number(APPLIED_MAX).defect(), way(APPLIED_MAX).defect()), (50, None, None));
        assert_eq!(number(APPLIED_MAX + 1).defect().unwrap().0, "appy_form_no");
        let (field, reason) = way(APPLIED_MAX + 1).defect().unwrap();
        assert_eq!((field, reason.as_ref()), ("told_way", "is longer than 50 characters"));
    }

    #[test]
    fn so_many_papers_come_with_an_application_and_one_more_not() {
        let papers = |count: usize| filing(|spay| spay.applied.paper_sm3 = vec!["00".repeat(32); count]);
        assert_eq!(papers(PAPERS_MAX).defect(), None);
        assert_eq!(papers(PAPERS_MAX + 1).defect().unwrap().0, "paper_sm3");
    }

    // A filing from before channels and forms were kept is read as it was, and written as it was.
    #[test]
    fn an_older_filing_is_read_and_written_as_it_was() {
        let body = filing(|_| ()).body;
        let text = String::from_utf8(crate::codec::encode(&body)).unwrap();
        assert!(!text.contains("applied"), "{text}");
        assert_eq!(serde_json::from_str::<FilingBody>(&text).unwrap(), body);
    }

    #[test]
    fn a_granted_filing_counts_on_its_days_and_a_refused_one_on_none() {
        let days = ["2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"].map(day);
        assert_eq!(days.map(|on| filing(|_| ()).counts(on)), [false, true, true, false]);
        let refused = filing(|spay| spay.refused = Some("不符合".to_owned()));
        assert_eq!(days.map(|on| refused.counts(on)), [false; 4]);
        assert!(!format!("{refused:?}").contains("丁医师"));
    }

    #[test]
    fn a_number_has_so_many_characters_and_not_one_more() {
        let numbered = |filing_no: String| Filing { filing_no, ..filing(|_| ()) }.defect().map(|(field, _)| field);
        assert_eq!(numbered("备".repeat(FILING_NO_MAX)), None);
        assert_eq!(numbered("备".repeat(FILING_NO_MAX + 1)), Some("filing_no"));
        assert_eq!(numbered(String::new()), Some("filing_no"));
    }

    #[test]
    fn so_many_institutions_may_be_chosen_and_one_more_not() {
        let chosen = |count: usize| {
            let fixmedins = vec!["H44190000001".parse().unwrap(); count];
            let opsp = OpspFiling {
                opsp_dise_code: "M03900".to_owned(),
                opsp_dise_name: "高血压".to_owned(),
                biz_appy_type: None,
                fixmedins,
            };
            let mut filing = filing(|_| ());
            filing.body.filed = Filed::Opsp(opsp);
            filing
        };
        assert_eq!(chosen(CHOSEN_MAX).defect(), None);
        assert_eq!(chosen(CHOSEN_MAX + 1).defect().unwrap().0, "fixmedins_code");
        assert_eq!((chosen(1).kind(), FilingKind::from_text("慢特病")), (FilingKind::Opsp, Some(FilingKind::Opsp)));
    }
}
