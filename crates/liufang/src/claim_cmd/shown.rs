//! A claim as people and programs read it. Serves `liufang claim`.

use lf_center::reim::Ageing;
use lf_ports::ReimRow;
use lf_settle::Shares;
use lf_settle::reim::{Did, Step};
use serde_json::{Value, json};

/// One line.
pub fn line(row: &ReimRow) -> String {
    let intake = row.reim.intake();
    let state = row.reim.state().stas();
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}元\t{}",
        row.reim_no,
        state.text(),
        intake.appy_time.day(),
        intake.rx.fixmedins_code,
        intake.bought.phar_fixmedins_code,
        intake.bought.medfee_sumamt,
        intake.psn_no.as_str()
    )
}

/// The whole of it.
pub fn whole(row: &ReimRow) -> Vec<String> {
    let intake = row.reim.intake();
    let mut lines = vec![line(row)];
    let number = intake.rx.hi_rxno.as_ref().map_or_else(|| format!("纸质{}", intake.rx.hosp_rxno), ToString::to_string);
    lines.push(format!("    处方{number}，{}开具，有效至{}", intake.rx.prsc_time, intake.rx.vali_end_time));
    for bought in &intake.bought.lines {
        let (code, cnt, pric) = (&bought.med_list_codg, bought.cnt, bought.pric);
        lines.push(format!("    {code} {cnt}×{pric}＝{}元", bought.det_item_fee_sumamt));
    }
    for paper in row.reim.papers() {
        lines.push(format!("    {} {} SM3 {}", paper.kind.text(), paper.filename, paper.sm3));
    }
    lines.push(format!("    {} {} 受理", intake.appy_time, intake.opter_name));
    for step in row.reim.steps() {
        lines.push(format!("    {} {} {}", step.opt_time, step.opter_name, did(&step.did)));
        if let Did::Checked(checked) = &step.did {
            for (word, texts) in [("不符合", &checked.refused), ("待核实", &checked.reminded)] {
                lines.extend(texts.iter().map(|text| format!("        {word}：{text}")));
            }
        }
    }
    lines
}

fn did(did: &Did) -> String {
    match did {
        Did::Returned(rea) => format!("退回补正：{rea}"),
        Did::Supplied(papers) => format!("补交材料{}件", papers.len()),
        Did::Checked(checked) if checked.refused.is_empty() => "审核：符合规定".to_owned(),
        Did::Checked(_) => "审核：不符合规定".to_owned(),
        Did::Approved(approved) => format!("核定：{}", amounts(&approved.shares)),
        Did::Refused(refused) => format!("不予报销：{}（依据：{}）", refused.rea, refused.article),
        Did::Paid(pay_no) => format!("拨付：凭证{pay_no}"),
        Did::Undone(undone) => match &undone.repay_no {
            Some(repay_no) => format!("撤销：{}，退款凭证{repay_no}", undone.rea),
            None => format!("撤销：{}", undone.rea),
        },
    }
}

/// Who bears what.
pub fn amounts(shares: &Shares) -> String {
    format!("医疗费{}元，基金支付{}元，个人负担{}元", shares.medfee_sumamt, shares.fund_pay_sumamt, shares.psn_part_amt)
}

/// For programs.
pub fn value(row: &ReimRow) -> Value {
    let intake = row.reim.intake();
    let papers: Vec<_> = (row.reim.papers())
        .map(|paper| json!({ "kind": paper.kind.text(), "filename": paper.filename, "sm3": paper.sm3 }))
        .collect();
    json!({
        "reim_no": row.reim_no,
        "poolarea_no": row.poolarea_no.to_string(),
        "stas": row.reim.state().stas().word(),
        "psn_no": intake.psn_no.as_str(),
        "appy_time": intake.appy_time.to_string(),
        "fixmedins_code": intake.rx.fixmedins_code.as_str(),
        "hosp_rxno": intake.rx.hosp_rxno,
        "hi_rxno": intake.rx.hi_rxno.as_ref().map(ToString::to_string),
        "phar_fixmedins_code": intake.bought.phar_fixmedins_code.as_str(),
        "invo_date": intake.bought.day.to_string(),
        "medfee_sumamt": intake.bought.medfee_sumamt.to_string(),
        "invoices": intake.bought.invoices,
        "papers": papers,
        "steps": row.reim.steps().iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    let did = match &step.did {
        Did::Returned(rea) => json!({ "returned": rea }),
        Did::Supplied(papers) => json!({ "supplied": papers.len() }),
        Did::Checked(checked) => json!({ "checked": { "refused": checked.refused, "reminded": checked.reminded } }),
        Did::Approved(approved) => {
            json!({ "approved": { "looked_into": approved.looked_into, "shares": shares(&approved.shares) } })
        }
        Did::Refused(refused) => json!({ "refused": { "article": refused.article, "rea": refused.rea } }),
        Did::Paid(pay_no) => json!({ "paid": pay_no }),
        Did::Undone(undone) => json!({ "undone": { "rea": undone.rea, "repay_no": undone.repay_no } }),
    };
    json!({ "opter_name": step.opter_name, "opt_time": step.opt_time.to_string(), "did": did })
}

/// Amounts with the provision of each.
pub fn shares(shares: &Shares) -> Value {
    let why: Vec<_> = shares.steps.iter().map(ToString::to_string).collect();
    json!({
        "scheme": shares.scheme,
        "medfee_sumamt": shares.medfee_sumamt.to_string(),
        "fulamt_ownpay_amt": shares.fulamt_ownpay_amt.to_string(),
        "overlmt_selfpay": shares.overlmt_selfpay.to_string(),
        "preselfpay_amt": shares.preselfpay_amt.to_string(),
        "inscp_scp_amt": shares.inscp_scp_amt.to_string(),
        "act_pay_dedc": shares.act_pay_dedc.to_string(),
        "fund_pay_sumamt": shares.fund_pay_sumamt.to_string(),
        "psn_part_amt": shares.psn_part_amt.to_string(),
        "steps": why,
    })
}

/// How a claim stands in time, for programs.
pub fn age(row: &ReimRow, age: &Ageing, over: bool) -> Value {
    json!({
        "reim_no": row.reim_no,
        "stas": age.stas.word(),
        "appy_time": row.reim.intake().appy_time.to_string(),
        "days": age.days.intake,
        "days_since_step": age.days.step,
        "limit_days": age.limit,
        "over": over,
    })
}
