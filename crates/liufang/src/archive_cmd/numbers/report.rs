//! `liufang archive paper report`: of an institution its numbers, of a pharmacy its batches. Serves HB-1.17 and HB-2.6.

use std::collections::BTreeMap;

use anyhow::Context as _;
use lf_archive::paper::report;
use lf_gm::hex;
use lf_ports::reim::reim_of;
use lf_ports::{Claim, ClaimKind};
use lf_store::Engine;
use lf_vocab::{FixmedinsCode, PaperNo};

use super::{batch_key, ranges, registered, scan};
use crate::scans::setl_of_id;

/// Missing, doubled and foreign numbers; whether there are none.
pub async fn of_institution(store: &dyn Engine, code: &FixmedinsCode) -> anyhow::Result<bool> {
    let ranges = ranges(store, code).await?;
    let came = scan(store, ClaimKind::PaperRxno, code).await?;
    let paid = scan(store, ClaimKind::PaperSetl, code).await?;
    // Papers of an institution elsewhere are told as well.
    if ranges.is_empty() && came.is_empty() && paid.is_empty() {
        registered(store, code).await?;
    }
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
    paid_only(store, &paid, &came).await?.iter().for_each(|line| println!("{line}"));
    Ok(report.is_clean())
}

/// A line of each paper that is paid and was not handed in: of a settlement by its pharmacy, of a claim by anyone.
async fn paid_only(store: &dyn Engine, paid: &[Claim], came: &[Claim]) -> anyhow::Result<Vec<String>> {
    // Who brought a paper, by its institution and number.
    let mut brought: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (paper, owner) in came.iter().filter_map(|claim| Some((claim.key.rsplit_once('/')?.0, &claim.owner))) {
        brought.entry(paper).or_default().push(owner);
    }
    let mut lines = Vec::new();
    for Claim { key, owner, .. } in paid {
        let by = brought.get(key.as_str()).map_or(&[][..], Vec::as_slice);
        let number = key.split('/').nth(1).unwrap_or_default();
        match reim_of(owner) {
            Some((pool, reim_no)) if by.is_empty() => {
                lines.push(format!("已零星报销未提交：{number}（{pool}受理号{reim_no}）"));
            }
            Some(_) => {}
            None if by.is_empty() => lines.push(format!("已结算未提交：{number}（结算{owner}）")),
            // A copy with another pharmacy is not the original that was settled.
            None => {
                let setl = setl_of_id(store, owner).await?;
                let setl = setl.with_context(|| format!("the settlement {owner} holds a paper and is not stored"))?;
                let own = format!("{}/", setl.fixmedins_code);
                if !by.iter().any(|batch| batch.starts_with(&own)) {
                    lines.push(format!("已结算未提交：{number}（结算{owner}），同号已由{}提交", by.join("、")));
                }
            }
        }
    }
    Ok(lines)
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
    use lf_testkit::TestCenter;
    use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACY, paper};

    use super::*;
    use crate::archive_cmd::fixtures::{any_setl, settled};

    fn claim(kind: ClaimKind, key: &str, owner: &str) -> Claim {
        Claim { kind, key: format!("{HOSPITAL}/{key}"), owner: owner.to_owned() }
    }

    #[tokio::test]
    async fn what_was_paid_on_a_claim_is_not_told_as_settled() {
        let center = TestCenter::new().await;
        let paid = [
            claim(ClaimKind::PaperSetl, "000000000001", "360900AB"),
            claim(ClaimKind::PaperSetl, "000000000002", "reim/441900/L1"),
            claim(ClaimKind::PaperSetl, "000000000003", "reim/441900/L2"),
        ];
        let came = [claim(ClaimKind::PaperRxno, "000000000003/0001", "P36090200106/1")];
        let told = ["已结算未提交：000000000001（结算360900AB）", "已零星报销未提交：000000000002（441900受理号L1）"];
        assert_eq!(paid_only(center.store.as_ref(), &paid, &came).await.unwrap(), told);
    }

    #[tokio::test]
    async fn another_pharmacys_batch_does_not_hand_in_what_was_settled() {
        // proves HB-2.6
        let center = TestCenter::new().await;
        let setl = any_setl(&center).await;
        let store = center.store.as_ref();
        for (last, number) in [('1', "1"), ('2', "2")] {
            settled(&center, &setl, last, paper(number, setl.setl_time)).await;
        }
        let paid = scan(store, ClaimKind::PaperSetl, &HOSPITAL.parse().unwrap()).await.unwrap();
        let batch = |key: &str, pharmacy: &str| claim(ClaimKind::PaperRxno, key, &format!("{pharmacy}/1"));
        let other = batch("000000000001/0001", OTHER_PHARMACY);
        let came = [other, batch("000000000002/0001", OTHER_PHARMACY), batch("000000000002/0002", PHARMACY)];
        let told = paid_only(store, &paid, &came).await.unwrap();
        let line = format!("已结算未提交：000000000001（结算{}），同号已由{OTHER_PHARMACY}/1提交", paid[0].owner);
        assert_eq!(told, [line]);
        assert_eq!(paid_only(store, &paid, &[]).await.unwrap().len(), 2);
        let gone = [claim(ClaimKind::PaperSetl, "000000000002", "360900X")];
        assert!(paid_only(store, &gone, &came).await.unwrap_err().to_string().contains("360900X"));
    }
}
