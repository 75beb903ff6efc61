//! Each prescription against its own history: chain, state, content, file, settlements, trace codes.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_ports::{AuditStore, ClaimKind, Store, StoreError, StoredEvent, codec};
use lf_rx::event::Event;
use lf_rx::{Prescription, State};
use lf_vocab::{Admdvs, FixmedinsCode};

use super::chain;
use super::facts::{self, Facts};
use super::report::{Kind, Report};
use super::scan::{Cursor, RxScan, next_page};

/// All prescriptions of a 统筹区.
pub(super) async fn audit<S: Store + AuditStore + ?Sized>(
    store: &S,
    pool: Admdvs,
    report: &mut Report,
) -> Result<(), StoreError> {
    let scan = RxScan(store, pool);
    let mut cursor = Cursor::default();
    while let Some(page) = next_page(&scan, &mut cursor, report).await? {
        for rx in page {
            report.prescriptions += 1;
            one(store, &rx, report).await?;
        }
    }
    Ok(())
}

/// One prescription against its own history.
pub(super) async fn one<S: Store + ?Sized>(
    store: &S,
    rx: &Prescription,
    report: &mut Report,
) -> Result<(), StoreError> {
    let Some(events) = report.readable(store.rx_events(&rx.hi_rxno).await)? else { return Ok(()) };
    chain::check(rx, &events, report);
    check_state(rx, &events, report);
    let facts = facts::read(events.iter().map(|event| event.body.as_slice()));
    let place = rx.hi_rxno.as_str();
    for defect in &facts.defects {
        report.differs(Kind::State, place, defect.clone());
    }
    report.unless(facts.phase == rx.state.name(), Kind::State, place, || {
        format!("状态是{}，按事件应是{}", rx.state.name(), facts.phase)
    });
    let course = serde_json::to_value(rx.state.delivery()).ok();
    let course = course.as_ref().and_then(|value| value.get("course")?.as_str()).unwrap_or_default();
    report.unless(course == facts.course(), Kind::State, place, || {
        format!("配送是{course}，按事件应是{}", facts.course())
    });
    check_content(store, rx, &facts, report).await?;
    check_file(store, rx, &facts, report).await?;
    check_settlements(store, rx, &facts, report).await?;
    check_codes(store, rx, &facts, report).await
}

/// The state is what the events lead to, one by one, by the rules of the machine.
fn check_state(rx: &Prescription, events: &[StoredEvent], report: &mut Report) {
    let place = rx.hi_rxno.as_str();
    let mut folded: Option<Prescription> = None;
    for (stored, number) in events.iter().zip(1u64..) {
        let Ok(event) = serde_json::from_slice::<Event>(&stored.body) else {
            return report.differs(Kind::State, place, format!("第{number}条事件不可解读"));
        };
        folded = match (folded, event) {
            (None, Event::Opened(opened)) => {
                report.unless(*opened == rx.opened, Kind::State, place, || "处方记录与其首条事件不同".to_owned());
                Some(Prescription { opened: *opened, state: State::PreChecked, ..rx.clone() })
            }
            (Some(before), event) => match before.next(&event) {
                Ok(state) => Some(Prescription { state, ..before }),
                Err(refused) => {
                    let what = format!("第{number}条事件{}不能发生在状态{}之后", refused.event, refused.state);
                    return report.differs(Kind::State, place, what);
                }
            },
            (None, _) => return report.differs(Kind::State, place, "首条事件不是预核验"),
        };
    }
    let same = folded.is_some_and(|folded| folded.state == rx.state);
    report.unless(same, Kind::State, place, || "状态与事件推出的不同".to_owned());
}

async fn check_content<S: Store + ?Sized>(
    store: &S,
    rx: &Prescription,
    facts: &Facts,
    report: &mut Report,
) -> Result<(), StoreError> {
    let place = rx.hi_rxno.as_str();
    let Some(content) = report.readable(store.rx_content(&rx.hi_rxno).await)? else { return Ok(()) };
    let Some(content) = content else {
        report.differs(Kind::Content, place, "处方内容缺失");
        return Ok(());
    };
    report.contents += 1;
    let digest = lf_gm::hex::lower(&lf_gm::sm3(&codec::encode(&content)));
    report.unless(facts.content_sm3.as_deref() == Some(digest.as_str()), Kind::Content, place, || {
        "处方内容的SM3与首条事件所载不同".to_owned()
    });
    Ok(())
}

async fn check_file<S: Store + ?Sized>(
    store: &S,
    rx: &Prescription,
    facts: &Facts,
    report: &mut Report,
) -> Result<(), StoreError> {
    let place = rx.hi_rxno.as_str();
    let Some(file) = report.readable(store.rx_file(&rx.hi_rxno).await)? else { return Ok(()) };
    match (&facts.file_sm3, file) {
        (None, None) => {}
        (Some(_), None) => report.differs(Kind::File, place, "处方文件缺失"),
        (None, Some(_)) => report.differs(Kind::File, place, "未签名的处方有文件"),
        (Some(signed), Some(file)) => {
            report.files += 1;
            let digest = BASE64_STANDARD.decode(&file.base64).map(|bytes| lf_gm::hex::lower(&lf_gm::sm3(&bytes)));
            report.unless(digest.as_ref() == Ok(signed), Kind::File, place, || "处方文件的SM3与签名时不同".to_owned());
        }
    }
    Ok(())
}

/// What the history says was settled and reversed is there, with the same amounts.
async fn check_settlements<S: Store + ?Sized>(
    store: &S,
    rx: &Prescription,
    facts: &Facts,
    report: &mut Report,
) -> Result<(), StoreError> {
    let place = rx.hi_rxno.as_str();
    let Some(pharmacy) = facts.pharmacy.as_ref().and_then(|code| code.parse::<FixmedinsCode>().ok()) else {
        return Ok(());
    };
    for (setl_id, medfee, fund) in &facts.settled {
        let Some(found) = report.readable(store.setl(&pharmacy, setl_id).await)? else { continue };
        let Some((setl, reversed_by)) = found else {
            report.differs(Kind::Settlement, place, format!("历史所载结算{setl_id}不存在"));
            continue;
        };
        let same = setl.shares.medfee_sumamt.get() == *medfee && setl.shares.fund_pay_sumamt.get() == *fund;
        report.unless(same, Kind::Settlement, place, || format!("结算{setl_id}的金额与历史所载不同"));
        report.unless(setl.hi_rxno.as_ref() == Some(&rx.hi_rxno), Kind::Settlement, place, || {
            format!("结算{setl_id}属于另一张处方")
        });
        let (key, opened) = (&setl.accum_key, &rx.opened);
        let same = key.poolarea_no == opened.insu_poolarea_no && key.psn_no == opened.psn_no;
        report.unless(same, Kind::Settlement, place, || format!("结算{setl_id}的参保人与处方不同"));
        let named = facts.refunded.iter().find(|(_, refd)| refd == setl_id).map(|(by, _)| by);
        report.unless(reversed_by.as_ref() == named, Kind::Settlement, place, || {
            format!("结算{setl_id}的撤销与历史所载不同")
        });
    }
    for (setl_id, refd) in &facts.refunded {
        let known = facts.settled.iter().any(|(settled, _, _)| settled == refd);
        report.unless(known, Kind::Settlement, place, || format!("撤销{setl_id}所撤的结算不在历史中"));
    }
    Ok(())
}

/// Every trace code of the sale that stands is this prescription's.
async fn check_codes<S: Store + ?Sized>(
    store: &S,
    rx: &Prescription,
    facts: &Facts,
    report: &mut Report,
) -> Result<(), StoreError> {
    let place = rx.hi_rxno.as_str();
    for code in facts.standing_sale.iter().flatten() {
        let Some(claim) = report.readable(store.claim(ClaimKind::DrugTracCodg, code).await)? else { continue };
        match claim {
            None => report.differs(Kind::Claim, place, format!("已售追溯码{code}没有归属记录")),
            Some(claim) => report.unless(claim.owner == place, Kind::Claim, place, || {
                format!("已售追溯码{code}归属处方{}", claim.owner)
            }),
        }
    }
    Ok(())
}
