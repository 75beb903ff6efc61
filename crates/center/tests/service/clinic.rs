//! The clinic route of pharmacies (2201–2208): the same money, gates and accumulators as 2102, and one settlement a prescription
//! whichever way it came.

use expect_test::expect;
use lf_center::mdtrt::{BATCHES_MAX, FEES_MAX, MdtrtRefusal};
use lf_center::t2206_clinic::Parts;
use lf_center::{Ctx, t2601_undo, t5203_settlement};
use lf_ports::{Batch, BatchState, ChangeSet, MdtrtChange, MdtrtState, MdtrtStore, Store};
use lf_testkit::audit::Kind;
use lf_testkit::life::Item;
use lf_testkit::region::{OTHER_PHARMACY, drugs};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::Fen;
use lf_vocab::dict::Insutype;

use crate::said::{Said, code, send, with};

const BATCH: &str = "PC0001";

/// A box at 3300 yuan, so that the fund bears a part.
fn dear() -> Vec<Item> {
    vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "1", "3300")]
}

async fn fund_paid(center: &TestCenter, life: &Life<'_>) -> Fen {
    let report = center.audit().await;
    assert!(report.passes(), "{report}");
    let key = lf_ports::AccumKey {
        poolarea_no: life.person.poolarea_no,
        psn_no: life.person.psn_no.clone(),
        year: 2026,
        scheme: "mz_tc".to_owned(),
    };
    center.store.accum(&key).await.unwrap().map_or(Fen::ZERO, |row| row.accum.fund_paid_fen())
}

#[tokio::test]
async fn a_visit_is_settled_as_a_purchase_is_and_undone_whole() {
    // proves JX-3.1a, JX-3.5b
    let center = TestCenter::new().await;
    let mut first = center.life(&center.people.active).of(dear()).up_to(Step::Sold).await;
    let by_2102 = first.settle().await.unwrap().reply.setl.shares;
    send!(first, t2103_refund, pharmacy, first.refund_command()).unwrap();
    assert_eq!(fund_paid(&center, &first).await, Fen::ZERO);

    let mut life = center.life(&center.people.active).of(dear()).up_to(Step::Sold).await;
    life.open_visit().await.unwrap();
    let quoted = send!(life, t2206_clinic_quote, pharmacy, life.clinic_command()).unwrap().reply.shares;
    let answer = life.settle_clinic().await.unwrap();
    let setl = &answer.reply.setl;
    // Only the numbers of the lines are another life's.
    let numbered = |mut shares: lf_settle::Shares| {
        shares.lines.iter_mut().for_each(|line| line.feedetl_sn = String::new());
        format!("{shares:?}").replace(&life.number.to_string(), "")
    };
    assert_eq!(numbered(setl.shares.clone()), numbered(quoted));
    assert_eq!(setl.shares.fund_pay_sumamt, by_2102.fund_pay_sumamt);
    assert_eq!(setl.shares.psn_part_amt, by_2102.psn_part_amt);
    assert_eq!(setl.shares.fund_pay_sumamt, Fen::new(195_000));
    assert_eq!(setl.mdtrt_id, life.setl.1);
    lf_settle::check_identities(&setl.shares).unwrap();
    let (visit, ver) = center.store.mdtrt(&setl.fixmedins_code, &setl.mdtrt_id).await.unwrap().unwrap();
    let [batch] = visit.state.batches() else { panic!("{visit:?}") };
    assert_eq!((&batch.state, ver), (&BatchState::Settled { setl_id: setl.setl_id.clone() }, 4));
    assert_eq!(fund_paid(&center, &life).await, setl.shares.fund_pay_sumamt);
    assert_eq!(center.store.rx(&life.hi_rxno()).await.unwrap().unwrap().state.name(), "settled");

    // Neither withdrawn nor taken back by the other transaction while it stands.
    assert_eq!(code(&send!(life, t2202_withdraw, pharmacy, life.withdraw_command())), "RX-2202-04");
    assert_eq!(code(&send!(life, t2103_refund, pharmacy, life.refund_command())), "RX-2208-02");
    let negative = life.refund_clinic().await.unwrap().reply.setl;
    assert_eq!(negative.shares.fund_pay_sumamt, Fen::new(-setl.shares.fund_pay_sumamt.get()));
    assert_eq!(life.refund_clinic().await.unwrap().reply.setl, negative);
    assert_eq!(fund_paid(&center, &life).await, Fen::ZERO);
    assert_eq!(code(&life.settle_clinic().await), "RX-2102-04");
    assert_eq!(code(&send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command(BATCH))), "RX-2204-04");
    send!(life, t2202_withdraw, pharmacy, life.withdraw_command()).unwrap();
    let (visit, _) = center.store.mdtrt(&setl.fixmedins_code, &setl.mdtrt_id).await.unwrap().unwrap();
    assert!(matches!(&visit.state, MdtrtState::Withdrawn { batches, .. } if batches.len() == 1));
    let report = center.audit().await;
    assert!(report.passes() && report.visits == 1, "{report}");
}

#[tokio::test]
async fn repeated_messages_are_answered_alike_and_change_nothing() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    life.open_visit().await.unwrap();
    let mdtrt_id = life.setl.1.clone();
    let at = center.store.mdtrt(&life.pharmacy.parse().unwrap(), &mdtrt_id).await.unwrap();
    // The whole again: the same visit, the same lines.
    life.open_visit().await.unwrap();
    assert_eq!(life.setl.1, mdtrt_id);
    assert_eq!(center.store.mdtrt(&life.pharmacy.parse().unwrap(), &mdtrt_id).await.unwrap(), at);
    // The same 门诊号 for somebody else.
    let other = with(life.register_command(), |c| c.dept_name = "其他".to_owned());
    assert_eq!(code(&send!(life, t2201_register, pharmacy, other)), "RX-0001-01");
    let first = life.settle_clinic().await.unwrap().reply.setl;
    center.clock.advance_seconds(3_600);
    assert_eq!(life.settle_clinic().await.unwrap().reply.setl, first);
    let other = with(life.clinic_command(), |c| c.medfee_sumamt = Fen::new(1));
    assert_eq!(code(&send!(life, t2207_clinic_settle, pharmacy, other)), "RX-2102-02");
    assert_eq!(code(&life.settle().await), "RX-2102-02");
    let again = with(life.fees_command(), |c| c.rows[0].fee.feedetl_sn = "9".to_owned());
    assert_eq!(code(&send!(life, t2204_fees, pharmacy, again)), "RX-2204-04");
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn one_settlement_a_prescription_whatever_the_route_and_the_race() {
    let center = TestCenter::new().await;
    for turn in 0..8 {
        let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
        life.open_visit().await.unwrap();
        let (clinic, counter) = (life.clinic_command(), life.settle_command());
        let (one, two) = (life.ctx(&life.pharmacy, &clinic).await, life.ctx(&life.pharmacy, &counter).await);
        let use_cases = &center.center;
        let (one, two) = match turn % 2 {
            0 => tokio::join!(use_cases.t2207_clinic_settle(&one, &clinic), use_cases.t2102_settle(&two, &counter)),
            _ => {
                let (two, one) =
                    tokio::join!(use_cases.t2102_settle(&two, &counter), use_cases.t2207_clinic_settle(&one, &clinic));
                (one, two)
            }
        };
        assert_ne!(one.is_ok(), two.is_ok(), "exactly one settles");
        for lost in [one, two].iter().filter(|answer| answer.is_err()) {
            assert_eq!(code(lost), "RX-2102-02");
        }
    }
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn lines_may_not_be_changed_while_they_are_settled() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    life.open_visit().await.unwrap();
    let (settle, drop) = (life.clinic_command(), life.drop_fees_command("0000"));
    let (one, two) = (life.ctx(&life.pharmacy, &settle).await, life.ctx(&life.pharmacy, &drop).await);
    let (settled, dropped) =
        tokio::join!(center.center.t2207_clinic_settle(&one, &settle), center.center.t2205_drop_fees(&two, &drop));
    dropped.unwrap();
    let (visit, _) = center.store.mdtrt(&life.pharmacy.parse().unwrap(), &life.setl.1).await.unwrap().unwrap();
    assert_eq!(visit.state.batches().len(), usize::from(settled.is_ok()), "a settled batch stays, another goes");
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn an_unknown_2207_is_undone_by_its_number() {
    // proves JX-3.5b
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).of(dear()).up_to(Step::Sold).await;
    life.open_visit().await.unwrap();
    let command = life.clinic_command();
    let said = |msgid: &str, ctx: Ctx| Ctx { msgid: Some(msgid.to_owned()), ..ctx };
    let undo = |omsgid: &str, oinfno: &str| t2601_undo::Command {
        psn_no: life.person.psn_no.clone(),
        omsgid: omsgid.to_owned(),
        oinfno: oinfno.to_owned(),
    };
    let as_undo = async |msgid: &str, command: &t2601_undo::Command| {
        let ctx = said(msgid, life.ctx(&life.pharmacy, command).await);
        center.center.t2601_undo(&ctx, command).await
    };
    let ctx = said("m1", life.ctx(&life.pharmacy, &command).await);
    let setl = center.center.t2207_clinic_settle(&ctx, &command).await.unwrap().reply.setl;
    assert_eq!(setl.medins_setl_id.as_deref(), Some("m1"));
    // Who lost the answer asks by the number of the message.
    let shown = async || {
        let asked = t5203_settlement::Command {
            psn_no: life.person.psn_no.clone(),
            setl_id: "m1".to_owned(),
            mdtrt_id: Some(setl.mdtrt_id.clone()),
        };
        let found = send!(life, t5203_settlement, pharmacy, asked).unwrap().reply;
        (found.setl.setl_id, found.refd)
    };
    assert_eq!(shown().await, (setl.setl_id.clone(), false));
    // As 2102 it never arrived; that 2102 is kept from arriving, and nothing of the visit is touched.
    as_undo("u1", &undo("m1", "2102")).await.unwrap();
    assert_ne!(fund_paid(&center, &life).await, Fen::ZERO);
    as_undo("u2", &undo("m1", "2207")).await.unwrap();
    as_undo("u3", &undo("m1", "2207")).await.unwrap();
    assert_eq!(fund_paid(&center, &life).await, Fen::ZERO);
    // The 2102 of that number, which was kept from arriving, does not stand in its way.
    assert_eq!(shown().await, (setl.setl_id.clone(), true));
    assert_eq!(code(&center.center.t2207_clinic_settle(&ctx, &command).await), "RX-2102-04");
    assert_eq!(code(&as_undo("u4", &undo("m2", "2208")).await), "RX-2601-01");
    // One that comes after its undoing is refused.
    as_undo("u5", &undo("m9", "2207")).await.unwrap();
    let late = said("m9", life.ctx(&life.pharmacy, &"late").await);
    assert_eq!(code(&center.center.check_msgid(&late, "2207").await.map(lf_center::Answer::from)), "RX-0001-03");
}

#[tokio::test]
async fn lines_and_batches_are_limited() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    life.open_visit().await.unwrap();
    let many = |count: usize, batch: &dyn Fn(usize) -> String| {
        with(life.fees_command(), |c| {
            let row = c.rows[0].clone();
            let row = |at: usize| {
                with(row.clone(), |row| {
                    row.chrg_bchno = batch(at);
                    row.fee.feedetl_sn = format!("1{at:05}");
                })
            };
            c.rows = (0..count).map(row).collect();
        })
    };
    // One line and one batch are there already.
    let one_batch = |_: usize| "PC2".to_owned();
    assert_eq!(code(&send!(life, t2204_fees, pharmacy, many(FEES_MAX, &one_batch))), "RX-2204-07");
    send!(life, t2204_fees, pharmacy, many(FEES_MAX - 1, &one_batch)).unwrap();
    send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command("PC2")).unwrap();
    let batch_each = |at: usize| format!("PC{}", at + 2);
    assert_eq!(code(&send!(life, t2204_fees, pharmacy, many(BATCHES_MAX, &batch_each))), "RX-2204-08");
    let strange = with(many(BATCHES_MAX, &batch_each), |c| c.rows[0].fee.rxno = Some("0".repeat(30)));
    assert_eq!(code(&send!(life, t2204_fees, pharmacy, strange)), "RX-2204-08", "before anything is looked up");
    send!(life, t2204_fees, pharmacy, many(BATCHES_MAX - 1, &batch_each)).unwrap();
    send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command("0000")).unwrap();
    send!(life, t2202_withdraw, pharmacy, life.withdraw_command()).unwrap();
}

#[tokio::test]
async fn batches_are_looked_up_together_and_the_first_refusal_is_told() {
    let mut center = TestCenter::new().await;
    let store = center.watched();
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    life.open_visit().await.unwrap();
    let sent = |names: &'static [&'static str]| {
        with(life.fees_command(), |c| {
            let row = c.rows[0].clone();
            let row = |(at, name): (usize, &&str)| {
                with(row.clone(), |row| {
                    row.chrg_bchno = (*name).to_owned();
                    row.fee.feedetl_sn = format!("{name}{at}");
                })
            };
            c.rows = names.iter().enumerate().map(row).collect();
        })
    };
    let mut trips = Vec::new();
    // With the first of all, what is known of the place is learnt.
    for names in [&["Z"][..], &["A"], &["B", "C", "D", "E"]] {
        store.waves();
        send!(life, t2204_fees, pharmacy, sent(names)).unwrap();
        trips.push(store.waves().len());
    }
    assert!(trips[2] <= trips[1], "four batches cost no more trips than one: {trips:?}");
    let wrong = with(sent(&["F", "G", "H"]), |c| {
        c.rows[1].fee.rxno = Some("1".to_owned());
        c.rows[2].fee.rx_circ_flag = false;
    });
    assert_eq!(code(&send!(life, t2204_fees, pharmacy, wrong)), "RX-0003-01");
}

#[tokio::test]
async fn a_pharmacy_is_told_nothing_of_a_prescription_that_it_does_not_hold() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    let holder = std::mem::replace(&mut life.pharmacy, OTHER_PHARMACY.to_owned());
    let elsewhere = life.open_visit().await.map(lf_center::Answer::from);
    assert_eq!(code(&elsewhere), "RX-0003-01", "the visit is the other pharmacy's, the prescription is not");
    life.pharmacy = holder;
    life.open_visit().await.unwrap();
    // One that no pharmacy has fetched yet is nobody's to bill.
    let mut early = center.life(&center.people.active).up_to(Step::Authorised).await;
    let early = early.open_visit().await.map(lf_center::Answer::from);
    assert_eq!(code(&early), "RX-0003-01");
}

#[tokio::test]
async fn the_disease_of_a_visit_stays_under_its_lines() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    let registered = send!(life, t2201_register, pharmacy, life.register_command()).unwrap();
    life.setl.1 = registered.reply.mdtrt_id;
    let stated = |dise: Option<&str>, dscr: &str| {
        with(life.visit_command(), |c| {
            (c.info.dise_codg, c.info.main_cond_dscr) = (dise.map(str::to_owned), Some(dscr.to_owned()));
        })
    };
    let (one, other) = (Some("M03900"), Some("M01600"));
    for of_line in [one, None] {
        // Without lines it may change.
        for dise in [other, one] {
            send!(life, t2203a_visit, pharmacy, stated(dise, &format!("{of_line:?}"))).unwrap();
        }
        let fees = with(life.fees_command(), |c| c.rows[0].fee.dise_codg = of_line.map(str::to_owned));
        send!(life, t2204_fees, pharmacy, fees).unwrap();
        let changed = send!(life, t2203a_visit, pharmacy, stated(other, &format!("{of_line:?} 2")));
        assert_eq!(code(&changed), "RX-2204-06", "{of_line:?}");
        send!(life, t2203a_visit, pharmacy, stated(one, &format!("{of_line:?} 3"))).unwrap();
        send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command("0000")).unwrap();
        center.clock.advance_seconds(60);
    }
}

#[tokio::test]
async fn every_refusal_of_the_route() {
    let center = TestCenter::new().await;
    let mut said = Said::default();
    let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
    let registered = send!(life, t2201_register, pharmacy, life.register_command()).unwrap();
    life.setl.1 = registered.reply.mdtrt_id;
    let foreign = life.ctx(OTHER_PHARMACY, &"foreign").await;
    said.refused(center.center.t2203a_visit(&foreign, &life.visit_command()).await);
    let other = with(life.visit_command(), |c| c.psn_no = "36090000002024000213".parse().unwrap());
    said.refused(send!(life, t2203a_visit, pharmacy, other));
    said.refused(send!(life, t2204_fees, pharmacy, life.fees_command()));
    send!(life, t2203a_visit, pharmacy, life.visit_command()).unwrap();
    lines_refused(&mut said, &life).await;
    settlements_refused(&mut said, &life).await;
    let zero = Fen::ZERO;
    let nothing = Parts { fulamt_ownpay_amt: zero, overlmt_selfpay: zero, preselfpay_amt: zero, inscp_scp_amt: zero };
    let command = with(life.clinic_command(), |c| c.parts = Some(nothing));
    let setl = send!(life, t2207_clinic_settle, pharmacy, command).unwrap().reply.setl;
    life.setl.0 = setl.setl_id;
    said.refused(send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command(BATCH)));
    said.refused(send!(life, t2202_withdraw, pharmacy, life.withdraw_command()));
    said.refused(send!(life, t2103_refund, pharmacy, life.refund_command()));
    life.refund_clinic().await.unwrap();
    send!(life, t2202_withdraw, pharmacy, life.withdraw_command()).unwrap();
    said.refused(send!(life, t2206_clinic_quote, pharmacy, life.clinic_command()));
    let counter = center.life(&center.people.active).up_to(Step::Settled).await;
    said.refused(send!(counter, t2208_clinic_refund, pharmacy, counter.refund_command()));
    let declared: Vec<_> =
        MdtrtRefusal::CODES.iter().copied().filter(|code| !["RX-2204-07", "RX-2204-08"].contains(code)).collect();
    said.are(expect![[r#"
        RX-2201-01 本机构查无此就诊〔接口规范 2201 mdtrt_id〕
        RX-2201-02 人员编号与就诊不符〔接口规范 2201 psn_no〕
        RX-2203-01 尚未上传就诊信息（2203A）〔接口规范 2203A〕
        RX-2204-01 一次上传的费用明细须属于同一就诊〔接口规范 2204 mdtrt_id〕
        RX-2204-05 收费批次号不能为0000〔接口规范 2205 chrg_bchno：0000表示全部未结算明细〕
        RX-2204-02 费用明细流水号00000100在本次就诊内重复〔接口规范 2204 feedetl_sn：单次就诊内唯一〕
        RX-2204-06 收费批次PC0001的病种编码不一致，或与就诊信息不符〔接口规范 2204：同一收费批次号病种编码必须一致〕
        RX-2102-14 按该医疗类别购药须凭流转处方，明细缺少处方号或外购处方标志〔接口规范 2102 rxno、rx_circ_flag〕
        RX-0003-01 查无此处方〔接口规范 hiRxno〕
        RX-2204-09 明细00000100填报审批不通过，与处方不符〔接口规范 2204 hosp_appr_flag〕
        RX-2204-03 收费批次PC0001已上传，且本次内容不同；请先以2205撤销再上传〔接口规范 2204：同一收费批次的费用明细应一次全部上传〕
        RX-2205-01 本次就诊没有收费批次PC9〔接口规范 2205 chrg_bchno〕
        RX-2203-02 医疗类别与就诊信息不符，每次就诊只能选择一个医疗类别〔接口规范 2203A：每次就诊只能选择一个医疗类别〕
        RX-2202-03 收费批次PC0001的费用明细尚未撤销，请先以2205撤销〔接口规范 2202〕
        RX-2202-02 门诊号与就诊不符〔接口规范 2202 ipt_otp_no〕
        RX-2206-02 险种与挂号时的险种不符〔接口规范 2201 insutype〕
        RX-2206-01 暂不支持按定额结算，个人结算方式请填01〔接口规范 2206 psn_setlway〕
        RX-2207-02 追溯码信息的费用明细流水号9不在该收费批次中〔接口规范 2207 drug_trac_info〕
        RX-2207-01 全自费、超限价、先行自付或符合政策范围金额与预结算不一致，请重新预结算〔接口规范 2207〕
        RX-2203-03 处方医药机构编码与处方的开具机构不符〔接口规范 2203A rxfixmedinsCode〕
        RX-2204-04 收费批次PC0001已结算，不能再上传、撤销或结算〔接口规范 2205：已参与结算的明细不能撤销〕
        RX-2202-04 收费批次PC0001已结算，不能撤销挂号，请先以2208撤销结算〔接口规范 2202〕
        RX-2208-02 该结算是以2207办理的，请以2208撤销〔接口规范 2103〕
        RX-2202-01 该就诊的挂号已撤销〔接口规范 2202〕
        RX-2208-01 该结算不是以2207办理的，请以2103撤销〔接口规范 2208〕
    "#]], &[&declared]);
}

/// What 2204 and what stands beside it refuse; the lines are there afterwards.
async fn lines_refused(said: &mut Said, life: &Life<'_>) {
    macro_rules! fees {
        ($change:expr) => {
            said.refused(send!(life, t2204_fees, pharmacy, with(life.fees_command(), $change)))
        };
    }
    let second = |c: &mut lf_center::t2204_fees::Command| c.rows.push(c.rows[0].clone());
    fees!(|c| {
        second(c);
        c.rows[1].mdtrt_id = "1".to_owned();
    });
    fees!(|c| c.rows[0].chrg_bchno = "0000".to_owned());
    fees!(second);
    fees!(|c| c.rows[0].fee.dise_codg = Some("M03900".to_owned()).filter(|_| {
        second(c);
        c.rows[1].fee.dise_codg = Some("M01600".to_owned());
        c.rows[1].fee.feedetl_sn = "2".to_owned();
        true
    }));
    fees!(|c| c.rows[0].fee.rx_circ_flag = false);
    fees!(|c| c.rows[0].fee.rxno = Some("360900202605110000000000000018".to_owned()));
    fees!(|c| c.rows[0].fee.hosp_appr_flag = "2".to_owned());
    send!(life, t2204_fees, pharmacy, life.fees_command()).unwrap();
    fees!(|c| c.rows[0].fee.det_item_fee_sumamt = Fen::new(1));
    said.refused(send!(life, t2205_drop_fees, pharmacy, life.drop_fees_command("PC9")));
    said.refused(send!(
        life,
        t2203a_visit,
        pharmacy,
        with(life.visit_command(), |c| c.info.med_type = "14".to_owned())
    ));
    said.refused(send!(life, t2202_withdraw, pharmacy, life.withdraw_command()));
    said.refused(send!(
        life,
        t2202_withdraw,
        pharmacy,
        with(life.withdraw_command(), |c| c.ipt_otp_no = "1".to_owned())
    ));
}

/// What 2207 refuses; the visit is as it was afterwards.
async fn settlements_refused(said: &mut Said, life: &Life<'_>) {
    macro_rules! settle {
        ($change:expr) => {
            said.refused(send!(life, t2207_clinic_settle, pharmacy, with(life.clinic_command(), $change)))
        };
    }
    settle!(|c| c.insutype = Insutype::Resident);
    settle!(|c| c.psn_setlway = "02".to_owned());
    settle!(|c| c.drug_trac_info[0].feedetl_sn = "9".to_owned());
    let (one, zero) = (Fen::new(1), Fen::ZERO);
    let parts = Parts { fulamt_ownpay_amt: one, overlmt_selfpay: zero, preselfpay_amt: zero, inscp_scp_amt: zero };
    settle!(|c| c.parts = Some(parts));
    let elsewhere = with(life.visit_command(), |c| c.info.rx_fixmedins_code = "H36090200002".parse().ok());
    send!(life, t2203a_visit, pharmacy, elsewhere).unwrap();
    settle!(|_| {});
    // The message of the beginning would only be repeated; another minute makes it another one.
    send!(
        life,
        t2203a_visit,
        pharmacy,
        with(life.visit_command(), |c| c.info.main_cond_dscr = Some("好转".to_owned()))
    )
    .unwrap();
}

#[tokio::test]
async fn the_auditor_finds_a_visit_that_is_not_its_settlement() {
    for (name, spoil) in [
        ("lines", (|batch: &mut Batch| batch.fees[0].det_item_fee_sumamt = Fen::new(1)) as fn(&mut Batch)),
        ("prescription", |batch| batch.fees[0].rxno = None),
        ("open", |batch| batch.state = BatchState::Open),
        ("settlement", |batch| batch.state = BatchState::Settled { setl_id: "1".to_owned() }),
    ] {
        let center = TestCenter::new().await;
        let mut life = center.life(&center.people.active).up_to(Step::Sold).await;
        life.open_visit().await.unwrap();
        life.settle_clinic().await.unwrap();
        let (mut mdtrt, ver) =
            center.store.mdtrt(&life.pharmacy.parse().unwrap(), &life.setl.1).await.unwrap().unwrap();
        let MdtrtState::Informed { batches, .. } = &mut mdtrt.state else { panic!("{mdtrt:?}") };
        spoil(&mut batches[0]);
        let change = MdtrtChange { mdtrt, expect_ver: ver };
        center.put(ChangeSet { mdtrt: Some(change), ..ChangeSet::default() }).await;
        let report = center.audit().await;
        assert_eq!(report.kinds(), [Kind::Visit], "{name}: {report}");
    }
}
