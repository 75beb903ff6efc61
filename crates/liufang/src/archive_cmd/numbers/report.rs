//! `liufang archive paper report`: of an institution its numbers, of a pharmacy its batches. Serves HB-1.17 and HB-2.6.

use anyhow::Context as _;
use lf_archive::paper::report;
use lf_gm::hex;
use lf_ports::reim::reim_of;
use lf_ports::{Claim, ClaimKind};
use lf_store::Engine;
use lf_vocab::{FixmedinsCode, PaperNo};

use super::{batch_key, ranges, scan};

/// Missing, doubled and foreign numbers; whether there are none.
pub async fn of_institution(store: &dyn Engine, code: &FixmedinsCode) -> anyhow::Result<bool> {
    let ranges = ranges(store, code).await?;
    let came = scan(store, ClaimKind::PaperRxno, code).await?;
    let numbers = came.iter().filter_map(|claim| claim.key.split('/').nth(1)?.parse::<PaperNo>().ok());
    let report = report(&ranges, numbers);
    println!("{code} 号段{}个，已收到{}号", ranges.len(), report.used);
    report.gaps.iter().for_each(|gap| println!("缺号：{gap}（{}张）", gap.count()));
    for (number, times) in &report.doubled {
        let prefix = format!("{code}/{number}/");
        let holders: Vec<_> =
            came.iter().filter(|claim| claim.key.starts_with(&prefix)).map(|claim| claim.owner.as_str()).collect();
        println!("重号：{number}（{times}次：{}）", holders.join("，"));
    }
    report.foreign.iter().for_each(|number| println!("号段外：{number}"));
    report.open.iter().for_each(|open| println!("未用或未交：{open}（{}张）", open.count()));
    // Paid is not handed in: the next batch brings it, so it is told and no fault yet.
    paid_only(&scan(store, ClaimKind::PaperSetl, code).await?, &came).iter().for_each(|line| println!("{line}"));
    Ok(report.is_clean())
}

/// A line of each paper that is paid, by a counter or on a claim, and that no batch brought.
fn paid_only(paid: &[Claim], came: &[Claim]) -> Vec<String> {
    let waits = |paid: &&Claim| {
        let prefix = format!("{}/", paid.key);
        !came.iter().any(|claim| claim.key.starts_with(&prefix))
    };
    let line = |paid: &Claim| {
        let number = paid.key.split('/').nth(1).unwrap_or_default();
        match reim_of(&paid.owner) {
            Some((pool, reim_no)) => format!("已零星报销未提交：{number}（{pool}受理号{reim_no}）"),
            None => format!("已结算未提交：{number}（结算{}）", paid.owner),
        }
    };
    paid.iter().filter(waits).map(line).collect()
}

/// Its batches; whether each is as it was handed in.
pub async fn of_pharmacy(store: &dyn Engine, code: &FixmedinsCode) -> anyhow::Result<bool> {
    let found = scan(store, ClaimKind::PaperBatch, code).await?;
    println!("{code} 已提交{}批", found.len());
    let mut whole = true;
    for claim in found {
        let batch = claim.key.split('/').nth(1).unwrap_or_default();
        let (count, sm3) = claim.owner.split_once(' ').unwrap_or_default();
        let row = store.idem(&batch_key(code, batch)).await?;
        let row = row.with_context(|| format!("the rows of batch {batch} are not stored"))?;
        let same = hex::lower(&lf_gm::sm3(&row.reply)) == sm3;
        println!("{batch} {} {count}张 SM3 {sm3}{}", row.at, if same { "" } else { " 与所存不符" });
        whole &= same;
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(kind: ClaimKind, key: &str, owner: &str) -> Claim {
        Claim { kind, key: format!("H36090200101/{key}"), owner: owner.to_owned() }
    }

    #[test]
    fn what_was_paid_on_a_claim_is_not_told_as_settled() {
        let paid = [
            claim(ClaimKind::PaperSetl, "000000000001", "360900AB"),
            claim(ClaimKind::PaperSetl, "000000000002", "reim/441900/L1"),
            claim(ClaimKind::PaperSetl, "000000000003", "reim/441900/L2"),
        ];
        let came = [claim(ClaimKind::PaperRxno, "000000000003/0001", "P36090200106/1")];
        let told = ["已结算未提交：000000000001（结算360900AB）", "已零星报销未提交：000000000002（441900受理号L1）"];
        assert_eq!(paid_only(&paid, &came), told);
    }
}
