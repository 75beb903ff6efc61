//! The drug catalogue.

use lf_ports::{Drug, SpecialClass};
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Day, MedListCodg, Pric, Qty, Span};

use crate::cells::Cells;
use crate::column::{Column, may, must};

/// 中药饮片: no trace code exists for them.
const HERBS: &str = "102";
/// Western and 中成药.
const DRUGS: &str = "101";

/// The columns.
pub const COLUMNS: &[Column] = &[
    must(
        "med_list_codg",
        &["drug_code", "医疗目录编码", "医保药品编码", "药品编码", "药品代码", "国家医保编码"],
        "a drug code (capital letters and digits)",
    ),
    must("genname", &["drug_genname", "generic_name", "通用名", "药品通用名", "药品名称"], "a name"),
    may("prodname", &["drug_prodname", "商品名", "商品名称"], "a name"),
    may("reg_name", &["注册名", "注册名称", "药品注册名称"], "a name"),
    must("dosform_name", &["drug_dosform", "dosform", "dosage_form", "剂型", "注册剂型"], "a dosage form"),
    must("spec_name", &["drug_spec", "spec", "规格", "注册规格", "药品规格"], "a strength"),
    must("prdr_name", &["prodentp_name", "manufacturer", "生产厂家", "生产企业", "药品企业"], "a maker"),
    may("aprvno", &["approval_number", "批准文号"], "an approval number"),
    must("min_pacunt", &["最小包装单位", "包装单位"], "a unit"),
    must("min_prepunt", &["最小制剂单位", "制剂单位"], "a unit"),
    must("min_pac_cnt", &["最小包装数量", "包装数量", "转换比"], "a count above nothing, at most four decimals"),
    may("list_type", &["目录类别"], "three digits such as 101 or 102"),
    must("chrgitm_lv", &["class", "甲乙类", "医保类别", "收费项目等级", "费用等级"], "甲, 乙, 丙 or 01, 02, 03"),
    may("in_list", &["hi_list_flag", "是否医保目录"], "是 or 否"),
    may("begndate", &["医保生效日期", "开始日期", "生效日期"], "a day"),
    may("enddate", &["医保失效日期", "结束日期", "失效日期"], "a day"),
    may("chld_medc", &["chld_medc_flag", "儿童用药", "儿童专科用药"], "是 or 否"),
    may("hi_nego", &["hi_nego_drug_flag", "谈判药品", "国家谈判药"], "是 or 否"),
    may("dualchnl", &["dualchnl_flag", "双通道", "双通道标志"], "是 or 否"),
    may("oppool", &["oppool_flag", "门诊统筹", "门诊统筹标志"], "是 or 否"),
    may("hi_pay_std", &["payment_standard", "医保支付标准", "支付标准"], "a price above nothing, at most six decimals"),
    may("special", &["特殊管理药品", "特殊药品类别"], "麻醉, 精一, 精二, 毒性, 放射 or 抗微生物"),
    may("memo", &["payment_restriction", "限制使用说明", "限定支付范围", "备注"], "a text"),
    may("trac_exempt", &["无追溯码", "追溯码豁免"], "是 or 否"),
];

/// Reads a row.
pub fn row(cells: &mut Cells<'_>) -> Option<Drug> {
    let med_list_codg: Option<MedListCodg> = cells.need("med_list_codg");
    let genname = cells.need_text("genname");
    let (prodname, reg_name) = (cells.text("prodname"), cells.text("reg_name"));
    let dosform_name = cells.need_text("dosform_name");
    let spec_name = cells.need_text("spec_name");
    let prdr_name = cells.need_text("prdr_name");
    let aprvno = cells.text("aprvno");
    let (min_pacunt, min_prepunt) = (cells.need_text("min_pacunt"), cells.need_text("min_prepunt"));
    let min_pac_cnt = cells.need_by("min_pac_cnt", |raw| raw.parse().ok().filter(|count| *count > Qty::ZERO));
    let list_type = cells.read("list_type", |raw| {
        (raw.len() == 3 && raw.bytes().all(|byte| byte.is_ascii_digit())).then(|| raw.to_owned())
    });
    let lv = cells.need_by("chrgitm_lv", level);
    let in_list = listed(cells, lv);
    let chld_medc = cells.flag("chld_medc", false);
    let (hi_nego, dualchnl) = (cells.flag("hi_nego", false), cells.flag("dualchnl", false));
    // What the fund pays at all it pays in 门诊统筹, unless the file says otherwise.
    let oppool = cells.flag("oppool", in_list.flatten().is_some());
    let hi_pay_std = cells.read("hi_pay_std", price);
    let special = cells.read("special", special);
    let memo = cells.text("memo");
    let exempt = cells.read("trac_exempt", |raw| match raw {
        "1" | "是" => Some(true),
        "0" | "否" => Some(false),
        _ => None,
    });
    let med_list_codg = med_list_codg?;
    let herb = med_list_codg.as_str().starts_with('T');
    let list_type = list_type?.unwrap_or_else(|| if herb { HERBS } else { DRUGS }.to_owned());
    let genname = genname?;
    Some(Drug {
        reg_name: reg_name?.unwrap_or_else(|| genname.clone()),
        prodname: prodname?,
        dosform_name: dosform_name?,
        spec_name: spec_name?,
        prdr_name: prdr_name?,
        aprvno: aprvno?,
        min_pacunt: min_pacunt?,
        min_prepunt: min_prepunt?,
        min_pac_cnt: min_pac_cnt?,
        trac_exempt: exempt?.unwrap_or(list_type == HERBS),
        list_type,
        chrgitm_lv: lv?,
        in_list: in_list?,
        chld_medc: chld_medc?,
        hi_nego: hi_nego?,
        dualchnl: dualchnl?,
        oppool: oppool?,
        hi_pay_std: hi_pay_std?,
        special: special?,
        memo: memo?,
        genname,
        med_list_codg,
    })
}

/// In the 医保目录 by its days; without days by its flag; without a flag 甲 and 乙 are in it.
fn listed(cells: &mut Cells<'_>, lv: Option<ChrgitmLv>) -> Option<Option<Span<Day>>> {
    let span = cells.span("begndate", "enddate");
    let flag = cells.flag("in_list", lv.is_some_and(|lv| lv != ChrgitmLv::C));
    match (span?, flag?) {
        (Some(span), true) => Some(Some(span)),
        (Some(span), false) if cells.raw("in_list").is_none() => Some(Some(span)),
        (Some(_), false) => {
            cells.wrong("in_list", "is no beside days in the catalogue");
            None
        }
        (None, true) => Some(Span::new(Day::FIRST, None)),
        (None, false) => Some(None),
    }
}

/// 甲乙丙 in the words of lists.
pub(crate) fn level(raw: &str) -> Option<ChrgitmLv> {
    match raw {
        "甲" | "甲类" | "甲级" | "01" | "1" => Some(ChrgitmLv::A),
        "乙" | "乙类" | "乙级" | "02" | "2" => Some(ChrgitmLv::B),
        "丙" | "丙类" | "丙级" | "自费" | "03" | "3" => Some(ChrgitmLv::C),
        _ => None,
    }
}

/// A price above nothing.
pub(crate) fn price(raw: &str) -> Option<Pric> {
    raw.parse().ok().filter(|price| *price > Pric::ZERO)
}

fn special(raw: &str) -> Option<SpecialClass> {
    match raw {
        "麻醉" | "麻醉药品" => Some(SpecialClass::Narcotic),
        "精一" | "第一类精神药品" => Some(SpecialClass::PsychotropicOne),
        "精二" | "第二类精神药品" => Some(SpecialClass::PsychotropicTwo),
        "毒性" | "医疗用毒性药品" => Some(SpecialClass::Toxic),
        "放射" | "放射性药品" => Some(SpecialClass::Radioactive),
        "抗微生物" | "抗菌药物" | "抗微生物药物" => Some(SpecialClass::Antimicrobial),
        _ => None,
    }
}
