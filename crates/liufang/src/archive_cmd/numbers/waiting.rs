//! Papers that a pharmacy settled and handed in with no batch yet. Serves HB-2.6.
//!
//! Read by the pharmacy's own settlements in the order of their time, and of each paper by its number; nobody else's are read.

use lf_ports::{ClaimKind, Setl};
use lf_store::Engine;
use lf_vocab::{Day, FixmedinsCode};

use super::handed_in;
use crate::cli::PaperWaits;
use crate::scans::for_each_setl_of;

/// Says which; whether none waits longer than is allowed.
pub async fn told(store: &dyn Engine, code: &FixmedinsCode, asked: &PaperWaits, on: Day) -> anyhow::Result<bool> {
    // Handed in regularly: what is still with the pharmacy is named with the day from which it waits.
    lf_vocab::covers!("HB-2.6");
    let waiting = waiting(store, code, (asked.from.unwrap_or(Day::FIRST), on)).await?;
    let mut late = 0;
    for paper in &waiting {
        let days = on.since(paper.day);
        let over = asked.age_days.is_some_and(|most| days > most);
        late += usize::from(over);
        println!("{}，已{days}天{}", paper.line, if over { "，超过期限" } else { "" });
    }
    if !waiting.is_empty() {
        println!(
            "已结算未提交{}张{}",
            waiting.len(),
            asked.age_days.map_or(String::new(), |most| format!("，超过{most}天{late}张"))
        );
    }
    Ok(late == 0)
}

/// A paper that waits, since a day.
#[derive(Debug, PartialEq, Eq)]
struct Waiting {
    day: Day,
    line: String,
}

/// Those settled from a day on and until another, in the order of their settlements.
async fn waiting(store: &dyn Engine, code: &FixmedinsCode, (from, to): (Day, Day)) -> anyhow::Result<Vec<Waiting>> {
    let mut found = Vec::new();
    for_each_setl_of(store, code, (from, to.plus(1)), async |setl| {
        found.extend(waits(store, &setl).await?);
        anyhow::Ok(())
    })
    .await?;
    Ok(found)
}

/// A settlement that still holds its paper, unless the pharmacy handed that in.
async fn waits(store: &dyn Engine, setl: &Setl) -> anyhow::Result<Option<Waiting>> {
    let Some(paper) = setl.paper.as_ref().filter(|_| setl.refd_setl_id.is_none()) else { return Ok(None) };
    let held = store.claim(ClaimKind::PaperSetl, &paper.claim(&setl.setl_id).key).await?;
    if held.is_none_or(|held| held.owner != setl.setl_id) {
        return Ok(None);
    }
    let came = handed_in(store, &paper.fixmedins_code, paper.paper_no).await?;
    let own = format!("{}/", setl.fixmedins_code);
    if came.iter().any(|owner| owner.starts_with(&own)) {
        return Ok(None);
    }
    let (day, setl_id) = (setl.setl_time.day(), &setl.setl_id);
    let others = if came.is_empty() { String::new() } else { format!("，同号已由{}提交", came.join("、")) };
    let line = format!("已结算未提交：{} {}，{day}结算（{setl_id}）{others}", paper.fixmedins_code, paper.paper_no);
    Ok(Some(Waiting { day, line }))
}

#[cfg(test)]
mod tests {
    use lf_ports::{ChangeSet, Claim, SetlChange};
    use lf_testkit::TestCenter;
    use lf_testkit::region::{HOSPITAL, OTHER_PHARMACY, PHARMACY, paper};

    use super::super::time_key;
    use super::*;
    use crate::archive_cmd::fixtures::{any_setl, on_paper, settled};

    fn asked(age_days: Option<i32>, from: Option<Day>) -> PaperWaits {
        PaperWaits { age_days, from }
    }

    async fn hand_in(center: &TestCenter, number: &str, time: usize, pharmacy: &str) {
        let key = time_key(&HOSPITAL.parse().unwrap(), number.parse().unwrap(), time);
        let claims = vec![Claim { kind: ClaimKind::PaperRxno, key, owner: format!("{pharmacy}/1") }];
        center.put(ChangeSet { claims, ..ChangeSet::default() }).await;
    }

    #[tokio::test]
    async fn a_paper_waits_from_its_settlement_until_the_pharmacy_hands_it_in() {
        // proves HB-2.6
        let center = TestCenter::new().await;
        let setl = any_setl(&center).await;
        let day = setl.setl_time.day();
        let mut ids = Vec::new();
        for (last, number) in [('1', "1"), ('2', "2"), ('3', "3")] {
            ids.push(settled(&center, &setl, last, paper(number, setl.setl_time)).await);
        }
        // Of one that was taken back the number is held no longer.
        let back = on_paper(&setl, "9", paper("9", setl.setl_time));
        center.put(ChangeSet { setl: Some(SetlChange { setl: back }), ..ChangeSet::default() }).await;
        let (store, code) = (center.store.as_ref(), PHARMACY.parse().unwrap());
        let line = |number: usize, more: &str| {
            format!("已结算未提交：{HOSPITAL} 00000000000{number}，{day}结算（{}）{more}", ids[number - 1])
        };
        let lines = async |from: Day| {
            let found = waiting(store, &code, (from, day)).await.unwrap();
            assert!(found.iter().all(|one| one.day == day));
            found.into_iter().map(|one| one.line).collect::<Vec<_>>()
        };
        assert_eq!(lines(Day::FIRST).await, [line(1, ""), line(2, ""), line(3, "")]);
        assert!(lines(day.plus(1)).await.is_empty());
        for (most, good) in [(None, true), (Some(5), true), (Some(4), false)] {
            assert_eq!(told(store, &code, &asked(most, None), day.plus(5)).await.unwrap(), good, "{most:?}");
        }
        assert!(told(store, &code, &asked(Some(4), Some(day.plus(1))), day.plus(5)).await.unwrap());
        hand_in(&center, "1", 1, PHARMACY).await;
        hand_in(&center, "2", 1, OTHER_PHARMACY).await;
        let other = format!("，同号已由{OTHER_PHARMACY}/1提交");
        assert_eq!(lines(Day::FIRST).await, [line(2, &other), line(3, "")]);
        hand_in(&center, "2", 2, PHARMACY).await;
        hand_in(&center, "3", 1, PHARMACY).await;
        assert!(lines(Day::FIRST).await.is_empty());
        assert!(told(store, &code, &asked(Some(0), None), day.plus(5)).await.unwrap());
    }
}
