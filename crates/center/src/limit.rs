//! 限定支付: what a drug's rows in the restriction list mean, as facts for the law.
//!
//! Serves 7101 and HB-1.12, JX-3.4.2. The list says what a drug is restricted to; what follows when a case is outside is
//! law (`pay_limit.*`). Invariant: a restriction that is not understood, or that contradicts another of the same drug, is
//! told as `lmt_other` and never passed over.

use std::borrow::Cow;

use lf_law::{Field, LineFacts, Value};
use lf_ports::lists::DrugRule;
use lf_ports::{Dated, Item};
use lf_rx::Diseinfo;

/// The restrictions of one drug.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// 1 or 2.
    gend: Option<&'static str>,
    /// 限儿童.
    chld: bool,
    /// The lowest grade of institution.
    hosp_lv: Option<i64>,
    /// 限住院.
    ipt: bool,
    /// 工伤 or 生育.
    insu: Option<&'static str>,
    /// Days of one course.
    days: Option<i64>,
    /// Diagnoses, as beginnings of their codes.
    diag: Vec<String>,
    /// What is none of these.
    other: Vec<String>,
}

impl Limits {
    /// Out of the rows of one drug.
    pub fn of(rows: &[Dated<Item>]) -> Self {
        let mut limits = Self::default();
        for row in rows {
            if let Item::DrugRule(rule) = &row.item
                && limits.take(rule).is_none()
            {
                limits.other.push(format!("{}：{}", rule.rule_type, rule.rule_value));
            }
        }
        limits
    }

    /// What was not understood.
    pub fn unread(&self) -> &[String] {
        &self.other
    }

    /// `None` where the row is not understood.
    fn take(&mut self, rule: &DrugRule) -> Option<()> {
        let value = rule.rule_value.trim();
        match rule.rule_type.trim() {
            "限定性别对象" => {
                let gend = ["男", "女"].into_iter().zip(["1", "2"]).find(|(word, _)| *word == value)?.1;
                only(&mut self.gend, gend)?;
            }
            "限定年龄对象" if value == "儿童" => self.chld = true,
            "限定机构等级" => {
                let grades = [("一级", 1), ("二级", 2), ("三级", 3)];
                let grade = grades.iter().find(|(word, _)| *word == value)?.1;
                // Of two the stricter one.
                self.hosp_lv = self.hosp_lv.max(Some(grade));
            }
            "限定就医方式" if value == "住院" => self.ipt = true,
            "限定保险类型" => {
                let insu = ["工伤", "生育"].into_iter().find(|word| *word == value)?;
                only(&mut self.insu, insu)?;
            }
            "限定支付疗程" => {
                let days = value.strip_suffix('天')?.parse::<u16>().ok().filter(|days| *days > 0)?;
                self.days = Some(self.days.map_or(i64::from(days), |other| other.min(i64::from(days))));
            }
            "限定疾病诊断" => {
                let codes = value.split(['、', '，', ',', ';', '；', ' ']).filter(|code| !code.is_empty());
                let before = self.diag.len();
                self.diag.extend(codes.map(str::to_owned));
                return (self.diag.len() > before).then_some(());
            }
            _ => return None,
        }
        Some(())
    }

    /// Gives a prescribed line its restrictions.
    pub fn put(&self, line: &mut LineFacts<'_, '_>, diagnoses: &[Diseinfo]) {
        line.set_opt(Field::LmtGend, self.gend)
            .set_opt(Field::LmtChldFlag, self.chld.then_some(true))
            .set_opt(Field::LmtHospLv, self.hosp_lv)
            .set_opt(Field::LmtIptFlag, self.ipt.then_some(true))
            .set_opt(Field::LmtInsu, self.insu)
            .set_opt(Field::LmtDays, self.days);
        if !self.diag.is_empty() {
            let fits = |disease: &Diseinfo| self.diag.iter().any(|code| disease.diag_code.starts_with(code.as_str()));
            line.set(Field::DiseMatchFlag, diagnoses.iter().any(fits));
        }
        if !self.other.is_empty() {
            line.set(Field::LmtOther, Value::Text(Cow::Owned(self.other.join("；"))));
        }
    }
}

/// Keeps the one word; two different ones contradict each other.
fn only(kept: &mut Option<&'static str>, word: &'static str) -> Option<()> {
    (*kept.get_or_insert(word) == word).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(rules: &[(&str, &str)]) -> Limits {
        let row = |(rule_type, rule_value): &(&str, &str)| Dated {
            item: Item::DrugRule(DrugRule {
                med_list_codg: "ZA04CAE0023010100166".parse().unwrap(),
                genname: None,
                rule_type: (*rule_type).to_owned(),
                rule_value: (*rule_value).to_owned(),
                batch: None,
            }),
            from: "2026-01-01".parse().unwrap(),
            until: None,
            ver: 1,
        };
        Limits::of(&rules.iter().map(row).collect::<Vec<_>>())
    }

    // proves HB-1.12
    #[test]
    fn the_words_of_the_published_rules_are_understood() {
        let all = limits(&[
            ("限定性别对象", "女"),
            ("限定年龄对象", "儿童"),
            ("限定机构等级", "二级"),
            ("限定机构等级", "三级"),
            ("限定就医方式", "住院"),
            ("限定支付疗程", "14天"),
            ("限定支付疗程", "10天"),
            ("限定保险类型", "生育"),
            ("限定疾病诊断", "C50、D05"),
        ]);
        let want = Limits {
            gend: Some("2"),
            chld: true,
            hosp_lv: Some(3),
            ipt: true,
            insu: Some("生育"),
            days: Some(10),
            diag: vec!["C50".to_owned(), "D05".to_owned()],
            other: Vec::new(),
        };
        assert_eq!(all, want);
        assert_eq!(limits(&[]), Limits::default());
    }

    #[test]
    fn what_is_not_understood_or_contradicts_is_told() {
        for (rules, told) in [
            (vec![("限定人群", "孕妇")], "限定人群：孕妇"),
            (vec![("限定年龄对象", "新生儿")], "限定年龄对象：新生儿"),
            (vec![("限定支付疗程", "两周")], "限定支付疗程：两周"),
            (vec![("限定支付疗程", "0天")], "限定支付疗程：0天"),
            (vec![("限定疾病诊断", "、")], "限定疾病诊断：、"),
            (vec![("限定性别对象", "女"), ("限定性别对象", "男")], "限定性别对象：男"),
            (vec![("限定保险类型", "工伤"), ("限定保险类型", "生育")], "限定保险类型：生育"),
        ] {
            assert_eq!(limits(&rules).other, [told], "{rules:?}");
        }
    }
}
