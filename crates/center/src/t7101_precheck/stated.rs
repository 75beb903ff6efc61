//! What a doctor states for the law in the free fields of 7101 (`extras`), because the interface has no field for it.
//!
//! Serves JX-4.1.2 (a reason for going on against a reminder, in the words of 3103: `dspo_way`, `dspo_way_rea`), JX-2.5d,
//! HB-1.9, and the reasons for buying outside (HB-1.3, HB-1.4, GX-2.1a, WH-6.1). Invariants: what is not stated stays absent. What
//! was written in `extras` is kept with the content, which is sealed; what later gates ask again stands in the first event ([`Visit`]) and in
//! the clear, so that only flags and codes come there, and of a text that it was stated.

use std::collections::BTreeMap;

use lf_law::{Facts, Field, LineFacts, Scope};
use lf_rx::RxContent;
use lf_rx::event::{Session, Visit};
use lf_vocab::FixmedinsCode;
use lf_vocab::dict::BizTypeCode;

/// Yes or no of the whole prescription, by the name of the fact.
pub const VISIT_FLAGS: [&str; 13] = [
    "extd_days_rea_flag",
    "long_eval_flag",
    "long_psn_conf_flag",
    "psn_agre_flag",
    "out_rea_drg_flag",
    "tmp_buy_flag",
    "out_rule_flag",
    "ipt_flow_rea_flag",
    "phar_preset_flag",
    "itnt_fstdiag_same_flag",
    "itnt_cond_chg_flag",
    "itnt_psn_self_flag",
    "itnt_in_phar_flag",
];

/// Of the whole prescription too, by the name of the fact: codes and numbers, and one free text.
pub const VISIT_TEXTS: [&str; 3] = ["out_rea", "tmp_buy_no", "tmp_buy_rea"];

/// Which of them is a doctor's free text.
pub const FREE_TEXT: &str = "tmp_buy_rea";

/// What stands for a free text where it is not kept.
const WRITTEN: &str = "已填写";

/// Of the whole prescription again with its upload (7103), where it takes the place of what 7101 stated.
pub const UPLOAD_FLAGS: [&str; 4] = ["psn_agre_flag", "phar_preset_flag", "out_rea_drg_flag", "out_rule_flag"];

/// Yes or no of one drug.
pub const LINE_FLAGS: [&str; 4] = ["over_dos_flag", "over_dos_sign_flag", "self_cnst_flag", "pay_lmt_flag"];

/// 处理方式 of 3103.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DspoWay {
    /// 继续执行医嘱.
    GoOn,
    /// 返回修改医嘱.
    Change,
}

impl DspoWay {
    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::GoOn => "1",
            Self::Change => "2",
        }
    }

    /// Of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::GoOn, Self::Change].into_iter().find(|way| way.code() == code)
    }
}

/// What the doctor did about the reminders of a drug; going on has a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dspo {
    /// 处理方式.
    pub dspo_way: DspoWay,
    /// 处理原因.
    pub dspo_way_rea: Option<String>,
}

/// Of one drug.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatedLine {
    /// Names out of [`LINE_FLAGS`].
    pub flags: Vec<(&'static str, bool)>,
    /// The answer to its reminders.
    pub dspo: Option<Dspo>,
}

/// The record of a consultation of an internet hospital, as far as the law asks for it: which of its parts were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Consultation {
    /// 首诊医院、时间和诊断.
    pub fstdiag: bool,
    /// 用药史.
    pub drug_his: bool,
    /// 过敏史.
    pub algs_his: bool,
    /// 临床症状.
    pub symp: bool,
}

/// Of a prescription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// Names out of [`VISIT_FLAGS`].
    pub flags: Vec<(&'static str, bool)>,
    /// Names out of [`VISIT_TEXTS`].
    pub texts: Vec<(&'static str, String)>,
    /// The consultation, where a record of it was sent.
    pub consultation: Option<Consultation>,
    /// From when to when the doctor saw the person.
    pub session: Option<Session>,
    /// The pharmacy in whose 问诊区 the person sat.
    pub itnt_phar_code: Option<FixmedinsCode>,
    /// In the doctor's order.
    pub lines: Vec<StatedLine>,
}

impl Stated {
    /// Gives the case what was stated of it.
    pub fn put(&self, facts: &mut Facts<'_>) {
        let flags = self.flags.iter().map(|(name, flag)| (*name, *flag));
        put_place(facts, self.itnt_phar_code.as_ref());
        put_stated(facts, flags, self.texts.iter().map(|(name, text)| (*name, text.as_str())));
        if let Some(record) = &self.consultation {
            lf_vocab::covers!("JX-2.4a", "JX-2.4b", "JX-2.4d");
            facts
                .set(Field::ItntConsFlag, true)
                .set(Field::ItntFstdiagFlag, record.fstdiag)
                .set(Field::ItntDrugHisFlag, record.drug_his)
                .set(Field::ItntAlgsHisFlag, record.algs_his)
                .set(Field::ItntSympFlag, record.symp);
        }
    }

    /// The visit as later gates are asked it.
    pub fn visit(&self, content: &RxContent) -> Visit {
        let (head, visit) = (&content.head, &content.mdtrtinfo);
        let internet = head.biz_type_code == BizTypeCode::Internet;
        Visit {
            biz_type_code: head.biz_type_code,
            med_type: visit.med_type.clone(),
            otp_ipt_flag: visit.otp_ipt_flag.clone(),
            rx_exra_attr_code: head.rx_exra_attr_code.clone(),
            flags: self.flags.iter().map(|(name, flag)| ((*name).to_owned(), *flag)).collect(),
            texts: self.texts.iter().map(|(name, text)| ((*name).to_owned(), kept(name, text))).collect(),
            session: self.session.filter(|_| internet),
            itnt_phar_code: self.itnt_phar_code.clone().filter(|_| internet),
        }
    }

    /// What was stated under a name.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.flags.iter().find(|(own, _)| *own == name).map(|(_, flag)| *flag)
    }

    /// Whether the doctor goes on with a drug against its reminders, and why.
    pub fn goes_on(&self, line: usize) -> bool {
        let dspo = self.lines.get(line).and_then(|line| line.dspo.as_ref());
        dspo.is_some_and(|dspo| dspo.dspo_way == DspoWay::GoOn && dspo.dspo_way_rea.is_some())
    }
}

impl StatedLine {
    /// Gives a line what was stated of it.
    pub fn put<'a>(&'a self, line: &mut LineFacts<'_, 'a>) {
        for (name, flag) in &self.flags {
            if let Some(field) = Field::from_name(name, Scope::Line) {
                line.set(field, *flag);
            }
        }
        if let Some(dspo) = &self.dspo {
            line.set(Field::DspoWay, dspo.dspo_way.code()).set_opt(Field::DspoWayRea, dspo.dspo_way_rea.as_deref());
        }
    }
}

/// Gives a case what was stated of it at 7101.
pub(crate) fn put_visit<'a>(facts: &mut Facts<'a>, visit: &'a Visit, later: &BTreeMap<String, bool>) {
    facts
        .set(Field::BizTypeCode, visit.biz_type_code.code())
        .set(Field::MedType, visit.med_type.as_str())
        .set(Field::OtpIptFlag, visit.otp_ipt_flag.as_deref().unwrap_or("1"))
        .set_opt(Field::RxExraAttrCode, visit.rx_exra_attr_code.as_deref());
    let flags = visit.flags.iter().chain(later).map(|(name, flag)| (name.as_str(), *flag));
    put_place(facts, visit.itnt_phar_code.as_ref());
    put_stated(facts, flags, visit.texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
}

/// A text as it stands in the clear: a doctor may write anything into a free one, also who the patient is.
fn kept(name: &str, text: &str) -> String {
    if name == FREE_TEXT { WRITTEN } else { text }.to_owned()
}

/// Who names the pharmacy in whose 问诊区 the person sat says that he sat there, unless he says the contrary.
fn put_place(facts: &mut Facts<'_>, itnt_phar_code: Option<&FixmedinsCode>) {
    lf_vocab::covers!("JX-2.3");
    if itnt_phar_code.is_some() {
        facts.set(Field::ItntInPharFlag, true);
    }
}

/// A temporary purchase that has a number was tried, whether or not that is stated besides.
fn put_stated<'n>(
    facts: &mut Facts<'_>,
    flags: impl Iterator<Item = (&'n str, bool)>,
    texts: impl Iterator<Item = (&'n str, &'n str)>,
) {
    lf_vocab::covers!("HB-1.3", "HB-1.4", "GX-2.1a", "GX-2.2b", "GX-2.2d", "WH-6.1");
    for (name, text) in texts {
        if let Some(field) = Field::from_name(name, Scope::Case) {
            facts.set(field, text.to_owned());
        }
        if name == Field::TmpBuyNo.name() {
            facts.set(Field::TmpBuyFlag, true);
        }
    }
    for (name, flag) in flags {
        if let Some(field) = Field::from_name(name, Scope::Case) {
            facts.set(field, flag);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_fact_of_the_dictionary() {
        for (names, scope) in [(&VISIT_FLAGS[..], Scope::Case), (&LINE_FLAGS[..], Scope::Line)] {
            let known = names.iter().filter_map(|name| Field::from_name(name, scope));
            assert!(known.clone().all(|field| field.kind() == lf_law::Kind::Flag && field.need() == lf_law::Need::May));
            assert_eq!(known.count(), names.len());
        }
        assert!(UPLOAD_FLAGS.iter().all(|name| VISIT_FLAGS.contains(name)));
        let texts = VISIT_TEXTS.iter().filter_map(|name| Field::from_name(name, Scope::Case));
        assert_eq!(texts.filter(|field| field.kind() == lf_law::Kind::Text).count(), VISIT_TEXTS.len());
    }

    #[test]
    fn going_on_needs_a_reason() {
        let line = |dspo_way, rea: Option<&str>| StatedLine {
            dspo: Some(Dspo { dspo_way, dspo_way_rea: rea.map(str::to_owned) }),
            ..StatedLine::default()
        };
        let lines = vec![
            line(DspoWay::GoOn, Some("病情需要")),
            line(DspoWay::GoOn, None),
            line(DspoWay::Change, Some("已改")),
            StatedLine::default(),
        ];
        let stated = Stated { lines, ..Stated::default() };
        assert_eq!([0, 1, 2, 3, 4].map(|at| stated.goes_on(at)), [true, false, false, false, false]);
        assert_eq!(["1", "2", "3"].map(DspoWay::from_code), [Some(DspoWay::GoOn), Some(DspoWay::Change), None]);
    }
}
