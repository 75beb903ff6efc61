//! What a place keeps: its register of designations (三定), its lists of drugs under rules of their own, and drugs no longer made.

use lf_ports::lists::{Designation, DsgnType, NoProd, TagList, TaggedDrug};
use lf_vocab::{DrCode, FixmedinsCode, FixmedinsKind};

use super::drug::price;
use crate::cells::{Cells, day};
use crate::column::{Column, may, must};

const DRUG_CODES: &[&str] = &["drug_code", "医疗目录编码", "医保药品编码", "药品编码", "药品代码", "国家医保编码"];
const DRUG_CODE_WHAT: &str = "a drug code (capital letters and digits)";
const PLACE: Column = must("admdvs", &["医保区划", "行政区划", "统筹区", "统筹区编号"], "six digits of a region");
const DRUG_CODE: Column = must("med_list_codg", DRUG_CODES, DRUG_CODE_WHAT);
const GENNAME: Column = may("genname", &["generic_name", "通用名", "药品名称"], "a name");
const DISE: &[&str] = &["opsp_dise_cod", "dise_codg", "病种代码", "病种编码", "门慢门特病种目录代码"];

/// 三定.
pub const DESIGNATION: &[Column] = &[
    must("poolarea_no", &["统筹区", "统筹区编号", "统筹区代码", "医保区划"], "six digits of a region"),
    must("dsgn_type", &["定点类别", "定点类型", "资格"], "双通道, 单独支付, 门特, 门诊统筹, 省内异地 or 互联网+"),
    must("fixmedins_code", &["定点医药机构编号", "定点医药机构代码", "机构编码", "机构代码"], "H or P and 11 digits"),
    may("dr_code", &["责任医师代码", "医师代码", "医保医师代码"], "D and 12 digits"),
    may("med_list_codg", DRUG_CODES, DRUG_CODE_WHAT),
    may("opsp_dise_code", DISE, "a code"),
    must("begndate", &["开始日期", "生效日期", "起始日期"], "a day"),
    may("enddate", &["结束日期", "失效日期", "截止日期"], "a day"),
    must("filing_no", &["备案号", "文号", "批准文号"], "the number of the paper"),
];

const PLAIN: &[Column] = &[PLACE, DRUG_CODE, GENNAME];
const DUAL: &[Column] =
    &[PLACE, DRUG_CODE, GENNAME, must("tag", &["类别", "药品类别", "标签"], "双通道, 竞价, 原谈判 or 单列门诊统筹")];
const OPSP: &[Column] = &[PLACE, DRUG_CODE, GENNAME, must("opsp_dise_code", DISE, "a code")];
const RENEWAL: &[Column] = &[
    PLACE,
    DRUG_CODE,
    GENNAME,
    may("hi_pay_std", &["payment_standard", "医保支付标准", "支付标准", "原支付标准"], "a price above nothing"),
    may("enddate", &["过渡期截止日期", "过渡期结束日期", "结束日期", "截止日期"], "a day"),
];

/// Drugs that are no longer made.
pub const NO_PROD: &[Column] = &[
    PLACE,
    DRUG_CODE,
    GENNAME,
    must("begndate", &["停产日期", "停产起始日期", "不生产起始日期"], "a day"),
    may("rea", &["原因", "停产原因"], "a text"),
];

/// The columns of a list of drugs.
pub const fn tagged_columns(list: TagList) -> &'static [Column] {
    match list {
        TagList::Spay => PLAIN,
        TagList::Dual => DUAL,
        TagList::Opsp => OPSP,
        TagList::Renewal => RENEWAL,
    }
}

/// Reads a designation.
pub fn designation(cells: &mut Cells<'_>) -> Option<Designation> {
    let (place, dsgn_type) = (cells.need("poolarea_no"), cells.need_by("dsgn_type", DsgnType::from_text));
    let code: Option<FixmedinsCode> = cells.need("fixmedins_code");
    let dr_code = cells.opt::<DrCode>("dr_code");
    let (drug, dise) = (cells.opt("med_list_codg"), cells.text("opsp_dise_code"));
    let span = cells.span("begndate", "enddate");
    let filing_no = cells.need_text("filing_no");
    let (code, dr_code, drug) = (code?, dr_code?, drug?);
    if dr_code.is_some() && code.kind() == FixmedinsKind::Pharmacy {
        cells.wrong("dr_code", "is named at a pharmacy: responsible doctors work at institutions");
        return None;
    }
    if drug.is_some() && dr_code.is_none() {
        cells.wrong("med_list_codg", "stands at an institution: only a doctor is designated for single drugs");
        return None;
    }
    Some(Designation {
        poolarea_no: place?,
        dsgn_type: dsgn_type?,
        fixmedins_code: code,
        dr_code: dr_code.map(|code| code.as_str().to_owned()),
        med_list_codg: drug,
        opsp_dise_code: dise?,
        span: span??,
        filing_no: filing_no?,
    })
}

/// Reads a drug of a place's list.
pub fn tagged(list: TagList, cells: &mut Cells<'_>) -> Option<TaggedDrug> {
    let (admdvs, med_list_codg, genname) = (cells.need("admdvs"), cells.need("med_list_codg"), cells.text("genname"));
    let mut row = TaggedDrug {
        admdvs: admdvs?,
        med_list_codg: med_list_codg?,
        genname: genname?,
        tag: String::new(),
        opsp_dise_code: None,
        hi_pay_std: None,
        enddate: None,
    };
    match list {
        TagList::Spay => "单独支付".clone_into(&mut row.tag),
        TagList::Dual => {
            let words = ["双通道", "竞价", "原谈判", "单列门诊统筹"];
            row.tag = cells.need_by("tag", |raw| words.contains(&raw).then(|| raw.to_owned()))?;
        }
        TagList::Opsp => {
            "门特".clone_into(&mut row.tag);
            row.opsp_dise_code = Some(cells.need_text("opsp_dise_code")?);
        }
        TagList::Renewal => {
            "续约失败".clone_into(&mut row.tag);
            row.hi_pay_std = cells.read("hi_pay_std", price)?;
            row.enddate = cells.read("enddate", day)?;
        }
    }
    Some(row)
}

/// Reads a drug that is no longer made.
pub fn no_prod(cells: &mut Cells<'_>) -> Option<NoProd> {
    let (admdvs, med_list_codg, genname) = (cells.need("admdvs"), cells.need("med_list_codg"), cells.text("genname"));
    let (begndate, rea) = (cells.need_by("begndate", day), cells.text("rea"));
    Some(NoProd { admdvs: admdvs?, med_list_codg: med_list_codg?, genname: genname?, begndate: begndate?, rea: rea? })
}
