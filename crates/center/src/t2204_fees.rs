//! 2204 门诊费用明细信息上传 and 2205 门诊费用明细信息撤销: the lines of a visit, batch by batch, until they are settled.
//!
//! Invariants: a batch comes whole, and the same batch again is the same; all its lines are of one prescription of this person;
//! what was settled is neither added to nor taken away, also after its reversal. The reply says of each line what the catalogue
//! of the day says; who pays what is 2206's to say, because it depends on what was sold and on the year.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use lf_ports::{Batch, BatchState, IdemKey, MdtrtFee};
use lf_rx::Prescription;
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{FixmedinsKind, Pric, PsnNo};
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::catalogue::apart;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::mdtrt::{BATCHES_MAX, FEES_MAX, Informed, MdtrtRefusal, rxno_of};
use crate::t7102_sign::RxRefusal;
use crate::t7204_download::{basket_of, prescribed};
use crate::till::{charged_pric, place};

/// 传入“0000”删除所有未结算明细.
pub const ALL_BATCHES: &str = "0000";

/// Lines of one visit.
#[derive(Debug, Clone)]
pub struct Command {
    /// Each with its visit, person and batch, as the interface repeats them.
    pub rows: Vec<Row>,
}

/// A row of 2204.
#[derive(Debug, Clone)]
pub struct Row {
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 收费批次号.
    pub chrg_bchno: String,
    /// The line.
    pub fee: MdtrtFee,
}

/// What the catalogue says of each line, in the order of the message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reply {
    /// The lines.
    pub lines: Vec<FeeShown>,
}

/// A line with what the catalogue says of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeeShown {
    /// The line.
    pub fee: MdtrtFee,
    /// 收费项目等级.
    pub chrgitm_lv: ChrgitmLv,
    /// 定价上限, in the unit that is charged; `None` where there is none.
    pub pric_uplmt: Option<Pric>,
    /// 限制使用标志.
    pub lmt_used: bool,
    /// 谈判药品标志.
    pub hi_nego: bool,
}

/// 2205.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 收费批次号, or [`ALL_BATCHES`].
    pub chrg_bchno: String,
    /// 人员编号.
    pub psn_no: PsnNo,
}

impl Center {
    /// 2204. Errors: [`MdtrtRefusal`], those of 2102 about the prescription's number.
    pub async fn t2204_fees(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.exact_key("2204");
        self.attempts_once(ctx, &key, || self.try_add_fees(ctx, command, &key)).await
    }

    async fn try_add_fees(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let Some(first) = command.rows.first() else { return Ok(refused(MdtrtRefusal::OneVisit)?) };
        if command.rows.iter().any(|row| row.mdtrt_id != first.mdtrt_id || row.psn_no != first.psn_no) {
            return Ok(refused(MdtrtRefusal::OneVisit)?);
        }
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        let visit = self.informed(ctx, &first.mdtrt_id, &first.psn_no).await?;
        let sent = batches(&command.rows)?;
        for batch in &sent {
            check_batch(&visit, batch)?;
        }
        // The limits first: what each batch costs to look up is paid for no more of them than a visit may have.
        let all = joined(&visit, sent.clone())?;
        let mut shown = Vec::with_capacity(command.rows.len());
        // Nothing orders the questions, but of several refusals the first batch's is told.
        for lines in join_all(sent.iter().map(|batch| self.shown(ctx, &visit, batch))).await {
            shown.extend(lines?);
        }
        let of = |row: &Row| shown.iter().find(|line| line.fee.feedetl_sn == row.fee.feedetl_sn).cloned();
        let answer = Answer::from(Reply { lines: command.rows.iter().filter_map(of).collect() });
        self.move_visit(ctx, key, visit.with(all), answer).await
    }

    /// The lines of a batch beside the catalogue and the prescription.
    async fn shown(&self, ctx: &Ctx, visit: &Informed, batch: &Batch) -> Result<Vec<FeeShown>, Attempt> {
        let hi_rxno = rxno_of(&batch.fees)?;
        let codes: Vec<_> = batch.fees.iter().map(|fee| fee.med_list_codg.clone()).collect();
        let (rx, content) = tokio::try_join!(self.store.rx(&hi_rxno), self.store.rx_content(&hi_rxno))?;
        // Another person's prescription, or one that this pharmacy does not hold, is as unknown to this visit as none.
        let of_visit = |rx: &Prescription| {
            rx.opened.psn_no == visit.mdtrt.psn_no
                && rx.opened.insu_poolarea_no == visit.mdtrt.insu_poolarea_no
                && rx.state.pharmacy() == Some(ctx.code())
        };
        let Some(content) = rx.filter(of_visit).and(content) else { return Ok(refused(RxRefusal::Unknown)?) };
        let prescribed_codes = prescribed(&content);
        let asked = [(&*prescribed_codes, content.head.prsc_time.day()), (&*codes, ctx.now.day())];
        let [listed, charged] = self.priced_each(asked, ctx.caller.fixmedins.poolarea_no).await?;
        let ((mut listed, _), (mut drugs, _)) = (apart(listed), apart(charged));
        let [of_rx, of_bill] = asked;
        let each = [(of_rx.0, of_rx.1, &mut *listed), (of_bill.0, of_bill.1, &mut *drugs)];
        self.paid_on_each((visit.mdtrt.insu_poolarea_no, ctx.now), each).await?;
        let basket = basket_of(&content, &listed);
        let mut lines = Vec::with_capacity(batch.fees.len());
        for (fee, drug) in batch.fees.iter().zip(&drugs) {
            let at = place(&basket, &fee.med_list_codg, drug);
            let approved = at.and_then(|at| content.rxdrugdetail.get(at)).map(|drug| drug.hosp_appr_flag.as_str());
            if fee.hosp_appr_flag == "2" && approved != Some("2") {
                return Ok(refused(MdtrtRefusal::Approval(fee.feedetl_sn.clone()))?);
            }
            lines.push(FeeShown {
                fee: fee.clone(),
                chrgitm_lv: drug.as_ref().map_or(ChrgitmLv::C, |drug| drug.chrgitm_lv),
                pric_uplmt: at.zip(drug.as_ref()).and_then(|(at, drug)| charged_pric(&basket, at, drug.hi_pay_std?)),
                lmt_used: drug.as_ref().is_some_and(|drug| drug.memo.is_some()),
                hi_nego: drug.as_ref().is_some_and(|drug| drug.hi_nego),
            });
        }
        Ok(lines)
    }

    /// 2205. Errors: [`MdtrtRefusal`].
    pub async fn t2205_drop_fees(&self, ctx: &Ctx, command: &Withdrawal) -> Result<Answer<()>, Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.exact_key("2205");
        self.attempts_once(ctx, &key, || self.try_drop_fees(ctx, command, &key)).await
    }

    async fn try_drop_fees(&self, ctx: &Ctx, command: &Withdrawal, key: &IdemKey) -> Result<Answer<()>, Attempt> {
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        let visit = self.informed(ctx, &command.mdtrt_id, &command.psn_no).await?;
        let mut kept = visit.batches.clone();
        if command.chrg_bchno == ALL_BATCHES {
            kept.retain(|batch| batch.state != BatchState::Open);
        } else {
            visit.open(&command.chrg_bchno).map_err(Failure::from_refusal)?;
            kept.retain(|batch| batch.chrg_bchno != command.chrg_bchno);
        }
        self.move_visit(ctx, key, visit.with(kept), Answer::from(())).await
    }
}

/// The rows as batches, in the order in which each batch comes first.
fn batches(rows: &[Row]) -> Result<Vec<Batch>, Failure> {
    let mut batches: Vec<Batch> = Vec::new();
    for Row { chrg_bchno, fee, .. } in rows {
        if chrg_bchno == ALL_BATCHES {
            return refused(MdtrtRefusal::BatchNumber);
        }
        match batches.iter_mut().find(|batch| batch.chrg_bchno == *chrg_bchno) {
            Some(batch) => batch.fees.push(fee.clone()),
            None => {
                batches.push(Batch { chrg_bchno: chrg_bchno.clone(), fees: vec![fee.clone()], state: BatchState::Open })
            }
        }
    }
    Ok(batches)
}

/// What a batch must be by itself and beside the one of its number.
fn check_batch(visit: &Informed, batch: &Batch) -> Result<(), Failure> {
    let number = || batch.chrg_bchno.clone();
    let mut dises: BTreeSet<&str> = batch.fees.iter().filter_map(|fee| fee.dise_codg.as_deref()).collect();
    dises.extend(visit.info.dise_codg.as_deref());
    if dises.len() > 1 {
        return refused(MdtrtRefusal::BatchDise(number()));
    }
    match visit.batches.iter().find(|known| known.chrg_bchno == batch.chrg_bchno) {
        Some(Batch { state: BatchState::Settled { .. }, .. }) => refused(MdtrtRefusal::BatchSettled(number())),
        Some(known) if known != batch => refused(MdtrtRefusal::BatchKnown(number())),
        _ => Ok(()),
    }
}

/// The visit's batches with those that are new.
fn joined(visit: &Informed, sent: Vec<Batch>) -> Result<Vec<Batch>, Failure> {
    let mut all = visit.batches.clone();
    all.extend(sent.into_iter().filter(|batch| !visit.batches.iter().any(|known| known == batch)));
    let mut numbers = BTreeSet::new();
    for fee in all.iter().flat_map(|batch| &batch.fees) {
        if !numbers.insert(fee.feedetl_sn.as_str()) {
            return refused(MdtrtRefusal::FeeTwice(fee.feedetl_sn.clone()));
        }
    }
    if numbers.len() > FEES_MAX {
        return refused(MdtrtRefusal::TooManyFees);
    }
    if all.len() > BATCHES_MAX { refused(MdtrtRefusal::TooManyBatches) } else { Ok(all) }
}
