//! A filing in the walk: the patient is registered with a 门诊慢特病, and a counter hears of it by 5301.

use anyhow::ensure;
use lf_ports::filing::{Filed, Filing, FilingBody, FilingChange, OpspFiling};
use lf_ports::{ChangeSet, Store};
use serde_json::json;

use super::{now, told};
use crate::journey::{Journey, send};
use crate::sample::Case;

const DISE: (&str, &str) = ("M03900", "高血压病");

/// Files it, as `liufang filing add-opsp` does; before the center is asked anything, so that it knows that filings are kept.
pub async fn enter(store: &dyn Store, case: &Case<'_>) -> anyhow::Result<()> {
    let person = &case.patient.person;
    let opsp = OpspFiling {
        opsp_dise_code: DISE.0.to_owned(),
        opsp_dise_name: DISE.1.to_owned(),
        biz_appy_type: None,
        fixmedins: vec![case.hospital.fixmedins.fixmedins_code.clone()],
    };
    let filing = Filing {
        poolarea_no: person.poolarea_no,
        psn_no: person.psn_no.clone(),
        filing_no: "备演示0001".to_owned(),
        from: case.now.day(),
        until: None,
        body: FilingBody {
            filed: Filed::Opsp(opsp),
            opter_name: "演示经办".to_owned(),
            opt_time: case.now,
            ended: None,
        },
    };
    let filings = vec![FilingChange::New(filing)];
    store.commit(ChangeSet { filings, ..ChangeSet::default() }).await?;
    println!("已备案：参保人门诊慢特病 {} {}（liufang filing list 可查）", DISE.0, DISE.1);
    Ok(())
}

/// 5301 at the counter.
pub async fn ask(journey: &Journey<'_>) -> anyhow::Result<()> {
    let whose = json!({ "data": { "psn_no": journey.case.patient.person.psn_no.as_str() } });
    let shown = send(journey.pharmacy, "5301", &whose, now()).await?;
    told("药店", "查询参保人的门诊慢特病备案", &shown);
    let shown = shown.accepted()?;
    ensure!(shown.text("feedetail.0.opsp_dise_code")? == DISE.0, "the filing is not told");
    println!("      {} {}，自{}起", DISE.0, DISE.1, shown.text("feedetail.0.begndate")?);
    Ok(())
}
