//! The paper prescription of a purchase, as the counter states it in `exp_content` of 2101 and 2102. Serves HB-1.15 and GX-3.6.

use std::fmt::Display;
use std::str::FromStr;

use lf_center::t2101_paper::Paper;
use lf_ports::SetlPaper;
use lf_vocab::{FixmedinsCode, FixmedinsKind, PaperNo};

use super::Take;
use super::extras::Extras;
use crate::defect::Defect;
use crate::node::Node;

/// The longest code of a situation.
const SITUATION_MAX: usize = 20;

/// `paper_no` says that there is one; then the rest of it must be there.
pub(super) fn paper(take: &mut Take, info: &Node<'_>) -> Option<Option<Paper>> {
    let said = Extras::of_exp_content(info);
    let Some(paper_no) = take.it(number(&said))? else { return Some(None) };
    let fixmedins_code = take.it(issuer(&said));
    let prsc_time = take.it(needed(&said, "paper_prsc_time"));
    let vali_end_time = take.it(needed(&said, "paper_vali_end_time"));
    let dr_code = take.it(needed(&said, "paper_dr_code"));
    let dr_sign_flag = take.it(said.flag("paper_dr_sign_flag"));
    let seal_flag = take.it(said.flag("paper_seal_flag"));
    let paper_situ_code = take.it(situation(&said));
    let phar_code = take.it(needed(&said, "paper_phar_code"));
    let rx = SetlPaper {
        fixmedins_code: fixmedins_code?,
        paper_no,
        prsc_time: prsc_time?,
        vali_end_time: vali_end_time?,
        dr_code: dr_code?,
        dr_sign_flag: dr_sign_flag?,
        seal_flag: seal_flag?,
        paper_situ_code: paper_situ_code?,
        phar_code: phar_code?,
        drug_trac_codg: Vec::new(),
        at_counter: Default::default(),
    };
    Some(Some(Paper { rx, dise_codg: info.string("dise_codg") }))
}

fn number(said: &Extras<'_, '_>) -> Result<Option<PaperNo>, Defect> {
    let number = said.word("paper_no")?.map(str::parse::<PaperNo>).transpose();
    number.map_err(|_| said.wrong("paper_no应为1至12位数字，且不为零"))
}

fn issuer(said: &Extras<'_, '_>) -> Result<FixmedinsCode, Defect> {
    let code: FixmedinsCode = needed(said, "paper_fixmedins_code")?;
    match code.kind() {
        FixmedinsKind::Hospital => Ok(code),
        FixmedinsKind::Pharmacy => Err(said.wrong("paper_fixmedins_code应为定点医疗机构编号")),
    }
}

fn situation(said: &Extras<'_, '_>) -> Result<Option<String>, Defect> {
    let code = said.short("paper_situ_code", SITUATION_MAX)?;
    match &code {
        Some(code) if !code.chars().all(|c| c.is_ascii_alphanumeric()) => {
            Err(said.wrong("paper_situ_code应为字母和数字"))
        }
        _ => Ok(code),
    }
}

fn needed<T: FromStr>(said: &Extras<'_, '_>, name: &str) -> Result<T, Defect>
where
    T::Err: Display,
{
    said.parse(name)?.ok_or_else(|| said.wrong(&format!("{name}没有填写，有paper_no时必填")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::commands::t2102;
    use crate::commands::tests::{converted, full};
    use crate::generated::Transaction::T2102;

    fn whole() -> Json {
        json!({
            "paper_no": "7",
            "paper_fixmedins_code": "H45010000001",
            "paper_prsc_time": "2026-05-11 09:00:00",
            "paper_vali_end_time": "2026-05-14 09:00:00",
            "paper_dr_code": "D450100001000",
            "paper_dr_sign_flag": "1",
            "paper_seal_flag": "0",
            "paper_situ_code": "01",
            "paper_phar_code": "HY450100000010",
        })
    }

    fn read(said: &Json) -> Result<Option<Paper>, String> {
        let mut data = full(T2102);
        data["druginfo"]["exp_content"] = json!(said.to_string());
        data["druginfo"]["dise_codg"] = json!("M04600");
        converted(T2102, &data, t2102).map(|command| command.paper).map_err(|defects| defects.to_string())
    }

    #[test]
    fn a_paper_prescription_is_read_whole() {
        // proves HB-1.15, GX-3.6
        let Paper { rx, dise_codg } = read(&whole()).unwrap().unwrap();
        assert_eq!((rx.paper_no.to_string().as_str(), dise_codg.as_deref()), ("000000000007", Some("M04600")));
        assert_eq!(
            (rx.dr_sign_flag, rx.seal_flag, rx.paper_situ_code.as_deref()),
            (Some(true), Some(false), Some("01"))
        );
        let mut silent = whole();
        for name in ["paper_dr_sign_flag", "paper_seal_flag", "paper_situ_code"] {
            silent[name] = json!("");
        }
        let rx = read(&silent).unwrap().unwrap().rx;
        assert_eq!((rx.dr_sign_flag, rx.seal_flag, rx.paper_situ_code), (None, None, None));
        assert_eq!(read(&json!({ "paper_dr_sign_flag": "1" })).unwrap(), None, "paper_no says that there is one");
    }

    #[test]
    fn what_is_missing_or_cannot_be_read_is_named() {
        for (name, wrong) in [
            ("paper_no", json!("7a")),
            ("paper_no", json!("0")),
            ("paper_no", json!("1234567890123")),
            ("paper_fixmedins_code", json!("P45010000001")),
            ("paper_fixmedins_code", json!(null)),
            ("paper_prsc_time", json!("yesterday")),
            ("paper_vali_end_time", json!("")),
            ("paper_dr_code", json!("D1")),
            ("paper_dr_sign_flag", json!("有")),
            ("paper_seal_flag", json!(2)),
            ("paper_situ_code", json!("1".repeat(SITUATION_MAX + 1))),
            ("paper_situ_code", json!("停电")),
            ("paper_phar_code", json!(null)),
        ] {
            let mut said = whole();
            said[name] = wrong.clone();
            let defects = read(&said).unwrap_err();
            assert!(defects.contains(name) && defects.contains("druginfo.exp_content"), "{wrong}: {defects}");
        }
        let mut longest = whole();
        longest["paper_situ_code"] = json!("1".repeat(SITUATION_MAX));
        assert!(read(&longest).is_ok());
    }
}
