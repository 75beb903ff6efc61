//! The pharmacy's 进销存 beside the walk: bought before, sold for the prescription by its boxes, refused a second time, back
//! after the refund, and its tickets, book and goods compared.

use anyhow::{Context as _, ensure};
use lf_ports::StockStore;
use lf_vocab::FixmedinsCode;

use super::{now, told};
use crate::journey::{Answered, Journey, send};
use crate::sample;

/// 3503 for every drug of the case.
pub async fn buy(journey: &Journey<'_>) -> anyhow::Result<()> {
    for (at, ordered) in journey.case.drugs.iter().enumerate() {
        let bought = send(journey.pharmacy, "3503", &sample::t3503(&journey.case, at, ordered, now()), now()).await?;
        told("药店", &format!("采购入库 {}", ordered.stock.drug.genname), &bought.accepted()?);
    }
    Ok(())
}

/// 3505A: the boxes of the prescription leave their lots, and not a second time.
pub async fn sell(journey: &Journey<'_>, hi_rxno: &str) -> anyhow::Result<()> {
    let sold = send(journey.pharmacy, "3505A", &sample::t3505a(&journey.case, Some(hi_rxno), now()), now()).await?;
    told("药店", "销售出库记账：处方的每一盒，各凭追溯码", &sold);
    rows(&sold.accepted()?, true)?;
    let again = send(journey.pharmacy, "3505A", &sample::t3505a(&journey.case, None, now()), now()).await?;
    told("药店", "同一盒在柜台再卖一次（逐行答复）", &again);
    rows(&again, false)
}

/// 3506A after the refund, and 3513: what the boxes went through.
pub async fn take_back(journey: &Journey<'_>, store: &dyn StockStore) -> anyhow::Result<()> {
    let back = send(journey.pharmacy, "3506A", &sample::t3506a(&journey.case, now()), now()).await?;
    told("药店", "退货入库：退费后药品回到货架", &back);
    let back = back.accepted()?;
    // 3506A answers those that it did not take.
    let refused = back.data["selinfoErrDetail"].as_array().map_or(0, Vec::len);
    ensure!(refused == 0, "3506A: {}", back.data);
    let traced = send(journey.pharmacy, "3513", &sample::t3513(&journey.case, now()), now()).await?;
    told("药店", "查询该批次的追溯记录", &traced.accepted()?);
    let code: &FixmedinsCode = &journey.case.pharmacy.fixmedins.fixmedins_code;
    for lot in store.stock_lots_after(code, "", journey.case.drugs.len()).await? {
        let (bought, sold) = (lot.lot.bought, lot.lot.sold);
        println!(
            "      批次{} 账面余量{} = 采购{bought} - 销售{sold}（最小单位）",
            lot.fixmedins_bchno,
            lot.lot.balance()
        );
    }
    Ok(())
}

/// Each row's own answer of 3505A; all of them taken, or all of them refused.
fn rows(answered: &Answered, taken: bool) -> anyhow::Result<()> {
    let rows = answered.data["selinfoDetail"].as_array().context("no rows were answered")?;
    for row in rows {
        ensure!((row["retRslt"] == "1") == taken, "{}: {row}", answered.infno);
        if !taken {
            println!("      {}", row["msgRslt"].as_str().unwrap_or_default());
        }
    }
    Ok(())
}
