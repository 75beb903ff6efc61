//! 备案 of insured persons: 用药资格 for 单独支付药品, and registrations of 门诊慢特病.

use lf_ports::filing::{
    APPLIED_MAX, Applied, AppyChnl, CHOSEN_MAX, FILING_NO_MAX, Filed, Filing, FilingBody, FilingKind, OpspFiling,
    PAPERS_MAX, SpayFiling, Told,
};
use lf_vocab::{Day, DrCode, FixmedinsCode, MedListCodg, Moment};

use crate::cells::{Cells, day};
use crate::column::{Column, may, must};

/// The columns.
pub const FILING: &[Column] = &[
    must("poolarea_no", &["统筹区", "统筹区编号", "统筹区代码", "参保统筹区"], "six digits of a region"),
    must("psn_no", &["人员编号", "医保人员编号"], "a person's number of at most 30 characters"),
    must("filing_no", &["备案号", "备案编号"], "a number of at most 60 characters"),
    must("filing_type", &["备案类别", "备案类型"], "单独支付 or 门特"),
    must("begndate", &["开始日期", "生效日期"], "a day"),
    may("enddate", &["结束日期", "失效日期", "有效期止"], "a day"),
    may("med_list_codg", &["医疗目录编码", "医保药品编码", "药品编码"], "a drug code (capital letters and digits)"),
    may(
        "fixmedins_code",
        &["定点医药机构编号", "机构编码", "选定机构"],
        "H or P and 11 digits, several with 、 between",
    ),
    may("dr_code", &["责任医师代码", "医师代码"], "D and 12 digits"),
    may("dr_name", &["责任医师姓名", "责任医师"], "a name"),
    may("dcsn_name", &["认定人", "认定人姓名"], "a name"),
    may("dcsn_date", &["认定日期"], "a day"),
    may("dcsn", &["认定结果", "认定意见"], "通过 or 不通过"),
    may("rea", &["不通过理由", "理由"], "a text"),
    may("appy_chnl", &["申请渠道", "受理渠道"], "医疗机构, 服务窗口, 微信小程序, 支付宝小程序 or 个人网厅"),
    may("appy_form_no", &["申请表编号", "用药申请表编号"], "a number of at most 50 characters"),
    may("paper_sm3", &["申请材料SM3", "材料SM3"], "SM3 in 64 hexadecimal digits, several with 、 between"),
    may("told_way", &["告知方式"], "a text of at most 50 characters"),
    may("told_date", &["告知日期"], "a day"),
    may("opsp_dise_code", &["病种代码", "病种编码"], "a code"),
    may("opsp_dise_name", &["病种名称"], "a name"),
    may("biz_appy_type", &["业务申请类型"], "a code of at most three characters"),
    must("opter_name", &["经办人", "经办人姓名"], "a name"),
];

/// Reads a filing; when it was entered, the plan says.
pub fn filing(cells: &mut Cells<'_>) -> Option<Filing> {
    let (poolarea_no, psn_no) = (cells.need("poolarea_no"), cells.need("psn_no"));
    let filing_no = cells.need_by("filing_no", |raw| (raw.chars().count() <= FILING_NO_MAX).then(|| raw.to_owned()));
    let kind = cells.need_by("filing_type", FilingKind::from_text);
    let span = cells.span("begndate", "enddate");
    let opter_name = cells.need_text("opter_name");
    let filed = match kind? {
        FilingKind::Spay => spay(cells).map(Filed::Spay),
        FilingKind::Opsp => opsp(cells).map(Filed::Opsp),
    };
    let span = span??;
    let filing = Filing {
        poolarea_no: poolarea_no?,
        psn_no: psn_no?,
        filing_no: filing_no?,
        from: span.from(),
        until: span.until(),
        body: FilingBody { filed: filed?, opter_name: opter_name?, opt_time: Moment::from_micros(0), ended: None },
    };
    match filing.defect() {
        Some((column, reason)) => {
            cells.wrong(column, reason);
            None
        }
        None => Some(filing),
    }
}

fn spay(cells: &mut Cells<'_>) -> Option<SpayFiling> {
    let drug: Option<MedListCodg> = asked(cells, "med_list_codg", |raw| raw.parse().ok());
    let code: Option<FixmedinsCode> = asked(cells, "fixmedins_code", |raw| raw.parse().ok());
    let dr_code: Option<DrCode> = asked(cells, "dr_code", |raw| raw.parse().ok());
    let (dr_name, dcsn_name) = (asked(cells, "dr_name", text), asked(cells, "dcsn_name", text));
    let dcsn_day: Option<Day> = asked(cells, "dcsn_date", day);
    let granted = asked(cells, "dcsn", |raw| match raw {
        "通过" | "同意" | "1" => Some(true),
        "不通过" | "不同意" | "0" => Some(false),
        _ => None,
    });
    let rea = cells.text("rea");
    let applied = applied(cells);
    let (granted, rea) = (granted?, rea?);
    Some(SpayFiling {
        med_list_codg: drug?,
        fixmedins_code: code?,
        dr_code: dr_code?.as_str().to_owned(),
        dr_name: dr_name?,
        dcsn_name: dcsn_name?,
        dcsn_day: dcsn_day?,
        // A refusal without a reason is a defect of the filing itself.
        refused: (!granted).then(|| rea.unwrap_or_default()),
        applied: applied?,
    })
}

fn applied(cells: &mut Cells<'_>) -> Option<Applied> {
    let short = |raw: &str| text(raw).filter(|text| text.chars().count() <= APPLIED_MAX);
    let appy_chnl = cells.read("appy_chnl", AppyChnl::from_text);
    let appy_form_no = cells.read("appy_form_no", short);
    let paper_sm3 = cells.read("paper_sm3", |raw| {
        let each = raw.split(['、', '，', ',', ';', '；']).map(str::trim).filter(|one| !one.is_empty());
        each.take(PAPERS_MAX + 1).map(sm3).collect::<Option<Vec<_>>>()
    });
    let (told_way, told_day) = (cells.read("told_way", short), cells.read("told_date", day));
    let told = match (told_way?, told_day?) {
        (Some(told_way), Some(told_day)) => Some(Told { told_way, told_day }),
        (None, None) => None,
        (way, _) => {
            cells.wrong(if way.is_some() { "told_date" } else { "told_way" }, "is missing beside the other of the two");
            return None;
        }
    };
    Some(Applied {
        appy_chnl: appy_chnl?,
        appy_form_no: appy_form_no?,
        paper_sm3: paper_sm3?.unwrap_or_default(),
        told,
    })
}

fn sm3(raw: &str) -> Option<String> {
    let bytes = lf_gm::hex::decode(raw.as_bytes()).ok().filter(|bytes| bytes.len() == 32)?;
    Some(lf_gm::hex::lower(&bytes))
}

fn opsp(cells: &mut Cells<'_>) -> Option<OpspFiling> {
    let (code, name) = (asked(cells, "opsp_dise_code", text), asked(cells, "opsp_dise_name", text));
    let biz_appy_type = cells.read("biz_appy_type", |raw| (raw.chars().count() <= 3).then(|| raw.to_owned()));
    let fixmedins = cells.read("fixmedins_code", |raw| {
        let codes = raw.split(['、', '，', ',', ';', '；']).map(str::trim).filter(|code| !code.is_empty());
        codes.take(CHOSEN_MAX + 1).map(|code| code.parse().ok()).collect::<Option<Vec<_>>>()
    });
    Some(OpspFiling {
        opsp_dise_code: code?,
        opsp_dise_name: name?,
        biz_appy_type: biz_appy_type?,
        fixmedins: fixmedins?.unwrap_or_default(),
    })
}

/// A column that this kind of filing must fill, though the other leaves it blank.
fn asked<T>(cells: &mut Cells<'_>, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let value = cells.read(name, parse)?;
    if value.is_none() {
        cells.wrong(name, "is missing");
    }
    value
}

fn text(raw: &str) -> Option<String> {
    (!raw.contains(char::is_control)).then(|| raw.to_owned())
}
