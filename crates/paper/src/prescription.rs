//! The prescription on paper: 前记, 正文 and 后记 as the 处方标准 of 处方管理办法 orders them, and the state of its signatures.
//!
//! It says what the stored prescription says and nothing else (JX-3.1b): what is not there is not printed. The number of the
//! center and the code that 7203 opens stand on it, so that a pharmacy settles against the electronic prescription (HB-1.14).

use lf_rx::content::{Diseinfo, RxDrug};
use lf_rx::{Prescription, Projection, RxContent, State};
use lf_vocab::dict::{RxItemTypeCode, RxStasCodg, RxUsedStasCodg};
use lf_vocab::{Fen, Moment};

use crate::block::{Block, Fields, Head, Sheet, Style};
use crate::draw::{DrawError, Paper, draw};
use crate::face::Face;
use crate::size::Size;
use crate::{NameOf, named};

/// What a printed prescription is made of.
pub struct PrescriptionSheet<'a> {
    /// Where it stands.
    pub rx: &'a Prescription,
    /// What it says.
    pub content: &'a RxContent,
    /// The code by which 7203 opens it; none before it is signed and uploaded.
    pub epc_qrcd: Option<&'a str>,
    /// The pharmacy that carries it, by name.
    pub pharmacy_name: Option<&'a str>,
    /// Names of codes.
    pub name_of: NameOf,
    /// When it is printed.
    pub printed: Moment,
}

impl PrescriptionSheet<'_> {
    /// As a PDF.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn draw(&self, size: Size, face: &Face) -> Result<Paper, DrawError> {
        draw(&self.sheet(), size, face, self.printed)
    }

    pub(crate) fn sheet(&self) -> Sheet {
        // The print carries the center's number; it says what the electronic one says and leaves room for the doctor's hand.
        lf_vocab::covers!("HB-1.14", "JX-3.1b", "WH-3.6");
        let mut blocks = vec![self.head(), Block::Rule];
        blocks.extend(self.before());
        blocks.push(Block::Rule);
        blocks.extend(self.text());
        blocks.push(Block::Fill);
        blocks.push(Block::Keep(self.after()));
        Sheet {
            title: format!("医保电子处方 {}", self.rx.hi_rxno),
            running: format!(
                "{} 处方 {}（续） 患者 {}",
                self.content.mdtrtinfo.fixmedins_name, self.rx.hi_rxno, self.content.mdtrtinfo.patn_name
            ),
            footer: format!("打印于 {}", self.printed),
            blocks,
        }
    }

    fn head(&self) -> Block {
        let mut corner = vec![kind(&self.content.head.rx_type_code).to_owned()];
        if self.content.head.long_rx_flag {
            corner.push("长期".to_owned());
        }
        corner.extend(self.mark().map(str::to_owned));
        let lines = vec![
            (Style::Title, self.content.mdtrtinfo.fixmedins_name.clone()),
            (Style::Strong, "医保外配电子处方笺".to_owned()),
        ];
        let numbers = vec![format!("处方编号 {}", self.rx.hi_rxno), format!("追溯码 {}", self.rx.opened.rx_trace_code)];
        Block::Head(Head { code: self.epc_qrcd.map(str::to_owned), lines, numbers, corner })
    }

    /// What keeps it from being dispensed on, in one word.
    fn mark(&self) -> Option<&'static str> {
        let now = Projection::of(self.rx, self.printed);
        match (now.rx_stas_codg, now.rx_used_stas_codg) {
            _ if self.rx.state.active().is_none() => Some("未生效"),
            (RxStasCodg::Revoked, _) => Some("已撤销"),
            (RxStasCodg::Invalid, _) => Some("已失效"),
            (RxStasCodg::Valid, RxUsedStasCodg::Used) => Some("已使用"),
            (RxStasCodg::Valid, RxUsedStasCodg::Unused) => None,
        }
    }

    /// 前记.
    fn before(&self) -> Vec<Block> {
        let (head, visit) = (&self.content.head, &self.content.mdtrtinfo);
        let name = |dict: &str, code: &str| named(self.name_of, dict, code);
        let mut fields = Fields::default();
        fields
            .put("姓名", visit.patn_name.as_str())
            .put("性别", name("gend", &visit.gend))
            .put("年龄", age(self.content))
            .put("科别", visit.prsc_dept_name.as_str())
            .put("费别", self.fee_kind())
            .put("门诊/住院号", visit.ipt_otp_no.as_str())
            .put("临床诊断", self.diagnoses())
            .put("病种", visit.dise_name.as_deref().unwrap_or_default())
            .put("过敏史", visit.algs_his.as_deref().unwrap_or_default())
            .put("处方类别", name("rx_type_code", &head.rx_type_code))
            .put("机构处方号", head.hosp_rxno.as_str());
        if narcotic(&head.rx_type_code) {
            fields.put("身份证明编号", visit.certno.as_str());
        }
        fields.put("开具日期", head.prsc_time.to_string()).put("有效期至", head.vali_end_time.to_string());
        vec![fields.block(6)]
    }

    fn fee_kind(&self) -> String {
        let mut words = vec![named(self.name_of, "med_type", &self.content.mdtrtinfo.med_type)];
        let extra = self.content.head.rx_exra_attr_code.as_deref();
        words.extend(extra.map(|code| named(self.name_of, "rx_exra_attr_code", code)));
        words.join(" ")
    }

    /// The main one first, each with its code.
    fn diagnoses(&self) -> String {
        let visit = &self.content.mdtrtinfo;
        let mut words = vec![format!("{} {}", visit.maindiag_name, visit.maindiag_code)];
        let others = self.content.diseinfo.iter().filter(|other| other.diag_code != visit.maindiag_code);
        words.extend(others.map(|other: &Diseinfo| format!("{} {}", other.diag_name, other.diag_code)));
        let chinese = self.content.diseinfo.iter().flat_map(|dise| [&dise.tcm_dise_name, &dise.tcmsymp]);
        words.extend(chinese.flatten().cloned());
        words.join("；")
    }

    /// 正文.
    fn text(&self) -> Vec<Block> {
        let mut blocks = vec![Block::para(Style::Strong, "Rp.")];
        let (herbs, drugs): (Vec<&RxDrug>, Vec<_>) =
            self.content.rxdrugdetail.iter().partition(|drug| drug.rx_item_type_code == RxItemTypeCode::Herb);
        blocks.extend((1..).zip(&drugs).map(|(number, drug)| self.drug(number, drug)));
        if !herbs.is_empty() {
            let mut cells = Fields::default();
            for herb in &herbs {
                cells.put("", herb_words(herb));
            }
            blocks.extend([cells.block(3), Block::Gap]);
        }
        let whole = self.whole(!herbs.is_empty());
        if !whole.is_empty() {
            blocks.push(Block::para(Style::Body, whole));
        }
        blocks
    }

    fn drug(&self, number: usize, drug: &RxDrug) -> Block {
        let name = match &drug.drug_prodname {
            Some(prodname) if *prodname != drug.drug_genname => format!("{}（{prodname}）", drug.drug_genname),
            _ => drug.drug_genname.clone(),
        };
        let count = format!("{} {}", drug.drug_cnt, drug.drug_dosunt);
        let mut about = vec![drug.drug_spec.clone(), drug.drug_dosform.clone()];
        about.extend(drug.prdr_name.clone());
        let mut parts = vec![
            Block::entry(Style::Strong, format!("{number}. {name}"), count),
            Block::indented(Style::Body, about.join("  ")),
            Block::indented(Style::Body, format!("用法：{}", self.usage(drug))),
        ];
        if let Some(reason) = drug.real_dscr.as_deref().or(drug.self_pay_rea.as_deref()) {
            parts.push(Block::indented(Style::Body, format!("自费：{}", named(self.name_of, "self_pay_rea", reason))));
        }
        parts.push(Block::Gap);
        Block::Keep(parts)
    }

    fn usage(&self, drug: &RxDrug) -> String {
        let word = |text: &Option<String>, dict: &str, code: &Option<String>| {
            text.clone().or_else(|| code.as_deref().map(|code| named(self.name_of, dict, code)))
        };
        let mut words = Vec::new();
        words.extend(word(&drug.medc_way_dscr, "drug_medc_way_code", &drug.medc_way_codg));
        words.extend(
            drug.sin_doscnt.map(|dose| format!("每次{dose}{}", drug.sin_dosunt.as_deref().unwrap_or_default())),
        );
        words.extend(word(&drug.used_frqu_name, "used_frqu", &drug.used_frqu_codg));
        words.push(format!("用{}天", drug.medc_days));
        words.join("，")
    }

    /// What is said of the prescription as a whole; of herbs how many doses.
    fn whole(&self, herbs: bool) -> String {
        let head = &self.content.head;
        let mut words = Vec::new();
        if herbs {
            words.push(format!("共{}剂", head.rx_drug_cnt));
        }
        words.extend(head.rx_used_way_name.clone());
        words.extend(head.rx_doscnt.map(|dose| format!("每次{dose}{}", head.rx_dosunt.as_deref().unwrap_or_default())));
        words.extend(head.rx_frqu_name.clone());
        words.extend(head.rx_drord_dscr.as_ref().map(|order| format!("医嘱：{order}")));
        words.join("，")
    }

    /// 后记.
    fn after(&self) -> Vec<Block> {
        let visit = &self.content.mdtrtinfo;
        let mut fields = Fields::default();
        fields
            .put("医师", format!("{}（{}）", visit.prsc_dr_name, visit.dr_profttl_name))
            .put("药品金额", self.amount());
        if let Some(active) = self.rx.state.active() {
            let uploaded = &active.uploaded;
            let text = format!("{}（{}） {}", uploaded.phar_name, uploaded.phar_code, uploaded.phar_chk_time);
            fields.put("院内审方", text);
        }
        if let Some(reviewed) = self.rx.state.reviewed() {
            let pharmacy = self.pharmacy_name.unwrap_or(reviewed.fixmedins_code.as_str());
            let judged = named(self.name_of, "rx_chk_stas_codg", reviewed.rx_chk_stas_codg.code());
            let judged = format!("{judged} {} {}", reviewed.rx_chk_time, reviewed.rx_chk_opnn);
            fields
                .put("药店", pharmacy)
                .put("处方状态", self.state())
                .put("药店审方", format!("{}（{}）{judged}", reviewed.phar_name, reviewed.phar_code));
        } else {
            fields.put("处方状态", self.state());
        }
        let mut blocks = vec![Block::Rule, fields.block(6)];
        blocks.push(Block::Sign(vec!["医师签名", "审核", "调配", "核对", "发药", "取药人"]));
        blocks.extend(self.signatures().into_iter().map(|text| Block::para(Style::Small, text)));
        let text = "本页是电子处方的打印件，内容与之一致；调剂、结算以电子处方为准，一次有效。";
        blocks.push(Block::para(Style::Small, text));
        blocks
    }

    /// What was paid, what was sold for, or what the institution reckons.
    fn amount(&self) -> String {
        if let Some(settled) = self.rx.state.settled() {
            return format!("{}元（已结算）", settled.medfee_sumamt);
        }
        let sold = self.rx.state.sold().map(|sold| sold.lines.iter().map(|line| line.drug_sumamt).collect::<Vec<_>>());
        let reckoned = || self.content.rxdrugdetail.iter().map(|drug| drug.drug_sumamt).collect::<Vec<_>>();
        let (amounts, word) = sold.map_or_else(|| (reckoned(), "院内参考价"), |sold| (sold, "药店售价"));
        let all: Option<Vec<Fen>> = amounts.into_iter().collect();
        all.and_then(Fen::sum).map(|sum| format!("{sum}元（{word}）")).unwrap_or_default()
    }

    fn state(&self) -> String {
        match &self.rx.state {
            State::Revoked { revoked, .. } => format!("已撤销：{} {}", revoked.undo_rea, revoked.undo_time),
            state if self.rx.expired(self.printed) => format!("{}，已过有效期", state.name_cn()),
            state => state.name_cn().to_owned(),
        }
    }

    /// Whose electronic signature stands, and who proved it.
    fn signatures(&self) -> Vec<String> {
        let state = &self.rx.state;
        let signed = match state {
            State::Signed { signed } => Some(signed),
            _ => state.active().map(|active| &active.signed),
        };
        let opened = &self.rx.opened;
        let codes = format!("医师代码 {}，机构代码 {}", opened.dr_code, opened.fixmedins_code);
        let Some(signed) = signed else {
            return vec![codes, "未经医疗机构电子签名，不得调剂。".to_owned()];
        };
        let mut lines = vec![
            codes,
            format!("机构电子签名：SM2，证书 {}，签名值 {}…", signed.sign_cert_sn, start(&signed.sign_digest)),
        ];
        let verified = match state {
            State::Verified { verified, .. } => Some(verified),
            _ => state.passed().map(|passed| &passed.verified),
        };
        lines.push(match verified {
            Some(verified) => {
                format!("处方文件SM3 {}…，药店验签通过 {}", start(&signed.file_sm3), verified.rx_sign_verify_sn)
            }
            None => format!("处方文件SM3 {}…，药店尚未验签", start(&signed.file_sm3)),
        });
        lines
    }
}

/// The word that the 处方标准 wants in the upper right corner.
fn kind(rx_type_code: &str) -> &'static str {
    match rx_type_code {
        "3" | "4" => "急诊",
        "5" | "6" => "儿科",
        "7" => "麻、精一",
        "8" => "精二",
        _ => "普通",
    }
}

/// 麻醉药品和第一类精神药品处方, which name the patient's certificate.
fn narcotic(rx_type_code: &str) -> bool {
    rx_type_code == "7"
}

fn age(content: &RxContent) -> String {
    let visit = &content.mdtrtinfo;
    match &visit.nwb_age {
        Some(newborn) => newborn.clone(),
        None => format!("{}岁", visit.patn_age),
    }
}

/// A herb with the amount of one dose and its footnote.
fn herb_words(herb: &RxDrug) -> String {
    let amount = match (herb.sin_doscnt, &herb.sin_dosunt) {
        (Some(dose), Some(unit)) => format!("{dose}{unit}"),
        _ => format!("{}{}", herb.drug_cnt, herb.drug_dosunt),
    };
    let note = herb.tcmherb_foote.as_ref().map(|note| format!("（{note}）")).unwrap_or_default();
    format!("{} {amount}{note}", herb.drug_genname)
}

/// Enough of a long value to compare it by eye.
fn start(text: &str) -> &str {
    text.get(..16).unwrap_or(text)
}

#[cfg(test)]
mod tests;
