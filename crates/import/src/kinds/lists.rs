//! The dated lists.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lf_ports::lists::{
    ConsultPair, Diagnosis, DictCode, DrugRule, Frequency, Nrdl, NrdlPayStd, Opsp, PayStd, PlacePric, Printed,
    PrintedRow, Site, of_edition,
};
use lf_ports::{Item, Lists};
use lf_vocab::{FixmedinsCode, FixmedinsKind, Spot};

use super::drug::{level, price};
use super::places;
use crate::cells::Cells;
use crate::column::{Column, may, must};

const DRUG_CODE: Column = must(
    "med_list_codg",
    &["drug_code", "医疗目录编码", "医保药品编码", "药品编码", "药品代码", "国家医保编码"],
    "a drug code (capital letters and digits)",
);

const PAY_STD: &[Column] = &[
    DRUG_CODE,
    must(
        "hi_pay_std",
        &["price_yuan", "pay_std", "payment_standard", "医保支付标准", "支付标准"],
        "a price above nothing, at most six decimals",
    ),
    may("unt", &["unit", "单位", "计价单位"], "a unit"),
    may("memo", &["备注"], "a text"),
];

const ADMDVS: Column = must("admdvs", &["医保区划", "区划", "地区代码", "行政区划代码"], "six digits of an area");

const SEL_PRIC: &[Column] = &[
    DRUG_CODE,
    ADMDVS,
    must("pric", &["中选价", "中选价格", "集采中选价"], "a price above nothing, at most six decimals"),
    may("batch", &["批次", "集采批次"], "a round of purchase"),
    may("memo", &["备注"], "a text"),
];

const PLAT_PRIC: &[Column] = &[
    DRUG_CODE,
    ADMDVS,
    must("pric", &["挂网价", "挂网价格", "平台价", "平台价格"], "a price above nothing, at most six decimals"),
    may("batch", &["批次"], "a round of purchase"),
    may("memo", &["备注"], "a text"),
];

const SITE: &[Column] = &[
    must("fixmedins_code", &["定点医药机构编号", "定点医药机构代码", "机构编码", "机构代码"], "H or P and 11 digits"),
    may("lat", &["纬度"], "degrees, at most six decimals"),
    may("lng", &["经度"], "degrees, at most six decimals"),
    may("addr", &["地址"], "a text"),
    may("tel", &["电话", "联系电话"], "a text"),
];

const DRUG_RULE: &[Column] = &[
    DRUG_CODE,
    may("genname", &["generic_name", "通用名", "药品名称"], "a name"),
    must("rule_type", &["规则类型", "规则名称"], "a kind of rule"),
    must("rule_value", &["规则值", "限定内容"], "what it is restricted to"),
    may("batch", &["批次"], "a batch"),
];

const DIAGNOSIS: &[Column] = &[
    must("diag_code", &["code", "疾病诊断代码", "诊断代码", "诊断编码", "医保版疾病代码", "ICD编码"], "a code"),
    must("diag_name", &["name", "疾病诊断名称", "诊断名称", "医保版疾病名称"], "a name"),
];

const DICT: &[Column] = &[
    must("field", &["dic_type_code", "字段", "字典类型", "字典类型代码"], "a field's name"),
    may("field_name", &["dic_type_name", "字段名称", "字典名称"], "a name"),
    must("code", &["dic_val_code", "nat_dic_val_codg", "代码", "字典值", "字典值代码"], "a code"),
    must("name", &["dic_val_name", "nat_dic_val_name", "代码名称", "字典值名称"], "a name"),
];

const OPSP: &[Column] = &[
    must(
        "opsp_dise_code",
        &["opsp_dise_cod", "code", "门慢门特病种目录代码", "病种代码", "病种编码", "门诊慢特病病种代码"],
        "a code",
    ),
    must("opsp_dise_name", &["name", "门慢门特病种名称", "病种名称", "门诊慢特病病种名称"], "a name"),
];

const FREQUENCY: &[Column] = &[
    must("used_frqu_codg", &["code", "使用频次编码", "频次编码", "频次代码"], "a code"),
    must("used_frqu_name", &["name", "使用频次名称", "频次名称"], "a name"),
    may("alias", &["别名"], "a name"),
    must("period_days", &["周期天数", "周期"], "a number of days from 1 to 366"),
    must("times_per_period", &["周期次数", "次数"], "a number of times from 1 to 1440"),
];

const NRDL: &[Column] = &[
    must("section", &["部分"], "a part of the catalogue"),
    must("category_code", &["药品分类代码", "分类代码"], "a code"),
    may("category_name", &["药品分类", "分类"], "a name"),
    must("class", &["chrgitm_lv", "甲乙类", "甲乙"], "甲 or 乙"),
    must("no", &["编号"], "a number"),
    must("name", &["药品名称"], "a name"),
    may("dosage_form", &["dosform_name", "剂型"], "a dosage form"),
    may("payment_standard", &["医保支付标准"], "a text"),
    may("payment_restriction", &["lmt_usescp", "备注", "限定支付范围"], "a text"),
    may("agreement_period", &["协议有效期"], "a text"),
];

const NRDL_PAY_STD: &[Column] = &[
    must("section", &["部分"], "a part of the catalogue"),
    must("category_code", &["药品分类代码", "分类代码"], "a code"),
    must("no", &["编号"], "a number"),
    must("name", &["药品名称"], "a name"),
    may("price_yuan", &["hi_pay_std", "支付标准", "医保支付标准"], "a price above nothing, at most six decimals"),
    may("unit_spec", &["单位规格", "规格"], "a unit"),
    may("agreement_start", &["协议开始日期"], "a day"),
    may("agreement_end", &["协议结束日期"], "a day"),
    may("payment_restriction", &["lmt_usescp", "备注", "限定支付范围"], "a text"),
];

const CONSULT_PAIR: &[Column] = &[
    must("fixmedins_code", &["互联网医院编号", "定点医疗机构编号", "医疗机构编号"], "a hospital's code"),
    must("phar_fixmedins_code", &["药店编号", "定点零售药店编号"], "a pharmacy's code"),
    must("begndate", &["开始日期", "生效日期", "协议开始日期"], "a day"),
    may("enddate", &["结束日期", "失效日期", "协议结束日期"], "a day"),
    may("agre_no", &["协议编号"], "a number"),
];

/// The columns of the lists that are only passed on, by the headings of their files.
static PRINTED: LazyLock<BTreeMap<Printed, Vec<Column>>> =
    LazyLock::new(|| Printed::ALL.into_iter().map(|list| (list, printed_columns(list))).collect());

fn printed_columns(list: Printed) -> Vec<Column> {
    let (code, name) = list.code_and_name();
    let own = list.headings().iter().filter(|heading| !of_edition(heading));
    own.map(|heading| match *heading {
        heading if heading == code => must(heading, &["code"], "a code"),
        heading if heading == name => must(heading, &["name"], "a name"),
        heading => may(heading, &[], "a text"),
    })
    .collect()
}

/// The columns of a list.
pub fn columns(list: Lists) -> &'static [Column] {
    match list {
        Lists::PayStd => PAY_STD,
        Lists::SelPric => SEL_PRIC,
        Lists::PlatPric => PLAT_PRIC,
        Lists::Site => SITE,
        Lists::DrugRule => DRUG_RULE,
        Lists::Diagnosis => DIAGNOSIS,
        Lists::Dict => DICT,
        Lists::Opsp => OPSP,
        Lists::Frequency => FREQUENCY,
        Lists::Nrdl => NRDL,
        Lists::NrdlPayStd => NRDL_PAY_STD,
        Lists::Designation => places::DESIGNATION,
        Lists::Tagged(list) => places::tagged_columns(list),
        Lists::ConsultPair => CONSULT_PAIR,
        Lists::NoProd => places::NO_PROD,
        Lists::Printed(list) => PRINTED.get(&list).map_or(&[], Vec::as_slice),
    }
}

/// Reads a row.
pub fn row(list: Lists, cells: &mut Cells<'_>) -> Option<Item> {
    match list {
        Lists::PayStd => pay_std(cells).map(Item::PayStd),
        Lists::SelPric => place_pric(cells).map(Item::SelPric),
        Lists::PlatPric => place_pric(cells).map(Item::PlatPric),
        Lists::Site => site(cells).map(Item::Site),
        Lists::DrugRule => drug_rule(cells).map(Item::DrugRule),
        Lists::Diagnosis => {
            let (code, name) = (cells.need_text("diag_code"), cells.need_text("diag_name"));
            Some(Item::Diagnosis(Diagnosis { diag_code: code?, diag_name: name? }))
        }
        Lists::Dict => dict(cells).map(Item::Dict),
        Lists::Opsp => {
            let (code, name) = (cells.need_text("opsp_dise_code"), cells.need_text("opsp_dise_name"));
            Some(Item::Opsp(Opsp { opsp_dise_code: code?, opsp_dise_name: name? }))
        }
        Lists::Frequency => frequency(cells).map(Item::Frequency),
        Lists::Nrdl => nrdl(cells).map(Item::Nrdl),
        Lists::NrdlPayStd => nrdl_pay_std(cells).map(Item::NrdlPayStd),
        Lists::Designation => places::designation(cells).map(Item::Designation),
        Lists::Tagged(list) => places::tagged(list, cells).map(|row| Item::Tagged(list, row)),
        Lists::ConsultPair => consult_pair(cells).map(Item::ConsultPair),
        Lists::NoProd => places::no_prod(cells).map(Item::NoProd),
        Lists::Printed(list) => printed(list, cells).map(|row| Item::Printed(list, row)),
    }
}

fn pay_std(cells: &mut Cells<'_>) -> Option<PayStd> {
    let (med_list_codg, hi_pay_std) = (cells.need("med_list_codg"), cells.need_by("hi_pay_std", price));
    let (unt, memo) = (cells.text("unt"), cells.text("memo"));
    Some(PayStd { med_list_codg: med_list_codg?, hi_pay_std: hi_pay_std?, unt: unt?, memo: memo? })
}

fn place_pric(cells: &mut Cells<'_>) -> Option<PlacePric> {
    let (med_list_codg, admdvs) = (cells.need("med_list_codg"), cells.need("admdvs"));
    let (pric, batch, memo) = (cells.need_by("pric", price), cells.text("batch"), cells.text("memo"));
    Some(PlacePric { med_list_codg: med_list_codg?, admdvs: admdvs?, pric: pric?, batch: batch?, memo: memo? })
}

fn site(cells: &mut Cells<'_>) -> Option<Site> {
    let fixmedins_code = cells.need("fixmedins_code");
    let (lat, lng) = (cells.text("lat"), cells.text("lng"));
    let (addr, tel) = (cells.text("addr"), cells.text("tel"));
    let spot = match (lat?, lng?) {
        (None, None) => None,
        (lat, lng) => match Spot::of_degrees(&lat.unwrap_or_default(), &lng.unwrap_or_default()) {
            Ok(spot) => Some(spot),
            Err(_) => {
                cells
                    .wrong("lat", "with its longitude is no place: degrees with at most six decimals, both or neither");
                return None;
            }
        },
    };
    Some(Site { fixmedins_code: fixmedins_code?, spot, addr: addr?, tel: tel? })
}

fn drug_rule(cells: &mut Cells<'_>) -> Option<DrugRule> {
    let (med_list_codg, genname) = (cells.need("med_list_codg"), cells.text("genname"));
    let (rule_type, rule_value) = (cells.need_text("rule_type"), cells.need_text("rule_value"));
    let batch = cells.text("batch");
    Some(DrugRule {
        med_list_codg: med_list_codg?,
        genname: genname?,
        rule_type: rule_type?,
        rule_value: rule_value?,
        batch: batch?,
    })
}

fn dict(cells: &mut Cells<'_>) -> Option<DictCode> {
    let (field, field_name) = (cells.need_text("field"), cells.text("field_name"));
    let (code, name) = (cells.need_text("code"), cells.need_text("name"));
    Some(DictCode { field: field?, field_name: field_name?, code: code?, name: name? })
}

fn frequency(cells: &mut Cells<'_>) -> Option<Frequency> {
    let within = |most: u32| move |raw: &str| raw.parse().ok().filter(|count| (1..=most).contains(count));
    let (code, name, alias) =
        (cells.need_text("used_frqu_codg"), cells.need_text("used_frqu_name"), cells.text("alias"));
    let period_days = cells.need_by("period_days", within(366));
    let times_per_period = cells.need_by("times_per_period", within(1_440));
    Some(Frequency {
        used_frqu_codg: code?,
        used_frqu_name: name?,
        alias: alias?,
        period_days: period_days?,
        times_per_period: times_per_period?,
    })
}

fn nrdl(cells: &mut Cells<'_>) -> Option<Nrdl> {
    let (section, category_code) = (cells.need_text("section"), cells.need_text("category_code"));
    let (category_name, lv) = (cells.text("category_name"), cells.need_by("class", level));
    let (no, name) = (cells.need_text("no"), cells.need_text("name"));
    let (dosform_name, pay_std) = (cells.text("dosage_form"), cells.text("payment_standard"));
    let (lmt_usescp, agreement) = (cells.text("payment_restriction"), cells.text("agreement_period"));
    Some(Nrdl {
        section: section?,
        category_code: category_code?,
        category_name: category_name?,
        chrgitm_lv: lv?,
        no: no?,
        name: name?,
        dosform_name: dosform_name?,
        pay_std: pay_std?,
        lmt_usescp: lmt_usescp?,
        agreement: agreement?,
    })
}

fn nrdl_pay_std(cells: &mut Cells<'_>) -> Option<NrdlPayStd> {
    let (section, category_code) = (cells.need_text("section"), cells.need_text("category_code"));
    let (no, name) = (cells.need_text("no"), cells.need_text("name"));
    let (pric, unit_spec) = (cells.read("price_yuan", price), cells.text("unit_spec"));
    let agreement = cells.span("agreement_start", "agreement_end");
    let lmt_usescp = cells.text("payment_restriction");
    Some(NrdlPayStd {
        section: section?,
        category_code: category_code?,
        no: no?,
        name: name?,
        pric: pric?,
        unit_spec: unit_spec?,
        agreement: agreement?,
        lmt_usescp: lmt_usescp?,
    })
}

fn consult_pair(cells: &mut Cells<'_>) -> Option<ConsultPair> {
    let of = |kind| move |raw: &str| raw.parse().ok().filter(|code: &FixmedinsCode| code.kind() == kind);
    let hospital = cells.need_by("fixmedins_code", of(FixmedinsKind::Hospital));
    let pharmacy = cells.need_by("phar_fixmedins_code", of(FixmedinsKind::Pharmacy));
    let (agreement, agre_no) = (cells.span("begndate", "enddate"), cells.text("agre_no"));
    Some(ConsultPair {
        fixmedins_code: hospital?,
        phar_fixmedins_code: pharmacy?,
        agreement: agreement??,
        agre_no: agre_no?,
    })
}

fn printed(list: Printed, cells: &mut Cells<'_>) -> Option<PrintedRow> {
    let (mut row, mut whole) = (PrintedRow::default(), true);
    for column in columns(Lists::Printed(list)) {
        let cell = if column.required { cells.need_text(column.name).map(Some) } else { cells.text(column.name) };
        whole &= cell.is_some();
        if let Some(text) = cell.flatten() {
            row.0.insert(column.name.to_owned(), text);
        }
    }
    whole.then_some(row)
}
