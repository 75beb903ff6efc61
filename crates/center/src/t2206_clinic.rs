//! 2206 门诊预结算 and 2207 门诊结算: a batch of a visit as the purchase of 2101 and 2102, by the same computation.
//!
//! Serves JX-3.1a on the route that some provinces give pharmacies. Invariants: a settlement of this route is one like any
//! other, with the visit's 就诊ID; one settlement a batch, and one a prescription whatever the route; the visit moves in the
//! settlement's own commit.

use lf_ports::{Batch, IdemKey};
use lf_settle::Shares;
use lf_vocab::dict::{AcctUsedFlag, Insutype};
use lf_vocab::{CardSn, Certno, DrugTracCodg, Fen, FixmedinsKind, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::mdtrt::{Informed, MdtrtRefusal};
use crate::t2101_quote::{self, FeeLine, Papers, Priced, Stated};
use crate::t2102_settle;

/// 个人结算方式: by item.
const BY_ITEM: &str = "01";

/// A batch to be settled (2206, 2207).
#[derive(Debug, Clone)]
pub struct Command {
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 收费批次号.
    pub chrg_bchno: String,
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 就诊凭证类型.
    pub mdtrt_cert_type: String,
    /// 就诊凭证编号.
    pub mdtrt_cert_no: String,
    /// 卡识别码, where sent.
    pub card_sn: Option<CardSn>,
    /// 证件号码, where sent.
    pub certno: Option<Certno>,
    /// 姓名, where sent.
    pub psn_name: Option<String>,
    /// 医疗类别.
    pub med_type: String,
    /// 医疗费总额 as claimed.
    pub medfee_sumamt: Fen,
    /// 个人结算方式.
    pub psn_setlway: String,
    /// 险种.
    pub insutype: Insutype,
    /// 个人账户使用标志.
    pub acct_used_flag: AcctUsedFlag,
    /// What 2206 answered, as 2207 repeats it.
    pub parts: Option<Parts>,
    /// 追溯码 by line, where the till repeats them.
    pub drug_trac_info: Vec<Scanned>,
    /// What the counter states beyond the interface's own fields.
    pub stated: Stated,
}

/// A scanned box of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned {
    /// 费用明细流水号.
    pub feedetl_sn: String,
    /// 追溯码.
    pub drug_trac_codg: DrugTracCodg,
}

/// How the fee was cut, as 2207 repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// 全自费金额.
    pub fulamt_ownpay_amt: Fen,
    /// 超限价金额.
    pub overlmt_selfpay: Fen,
    /// 先行自付金额.
    pub preselfpay_amt: Fen,
    /// 符合政策范围金额.
    pub inscp_scp_amt: Fen,
}

impl Command {
    /// That the patient was shown what is settled. A till that sends nothing but zeros repeats nothing.
    pub(crate) fn agrees(&self, shares: &Shares) -> Result<(), MdtrtRefusal> {
        let cut = Parts {
            fulamt_ownpay_amt: shares.fulamt_ownpay_amt,
            overlmt_selfpay: shares.overlmt_selfpay,
            preselfpay_amt: shares.preselfpay_amt,
            inscp_scp_amt: shares.inscp_scp_amt,
        };
        let zero = Fen::ZERO;
        let nothing =
            Parts { fulamt_ownpay_amt: zero, overlmt_selfpay: zero, preselfpay_amt: zero, inscp_scp_amt: zero };
        match self.parts {
            Some(parts) if parts != cut && parts != nothing => Err(MdtrtRefusal::PartsDiffer),
            _ => Ok(()),
        }
    }

    /// The batch as a purchase.
    fn purchase(&self, visit: &Informed, batch: &Batch) -> Result<t2101_quote::Command, MdtrtRefusal> {
        if self.med_type != visit.info.med_type {
            return Err(MdtrtRefusal::OtherMedType);
        }
        if self.insutype != visit.mdtrt.insutype {
            return Err(MdtrtRefusal::OtherInsutype);
        }
        if self.psn_setlway != BY_ITEM {
            return Err(MdtrtRefusal::SetlWay);
        }
        let foreign = |code: &&Scanned| batch.fees.iter().all(|fee| fee.feedetl_sn != code.feedetl_sn);
        if let Some(code) = self.drug_trac_info.iter().find(foreign) {
            return Err(MdtrtRefusal::ForeignTrac(code.feedetl_sn.clone()));
        }
        let line = |fee: &lf_ports::MdtrtFee| FeeLine {
            feedetl_sn: fee.feedetl_sn.clone(),
            rxno: fee.rxno.clone(),
            rx_circ_flag: fee.rx_circ_flag,
            med_list_codg: fee.med_list_codg.clone(),
            det_item_fee_sumamt: fee.det_item_fee_sumamt,
            cnt: fee.cnt,
            pric: fee.pric,
            // 2204 has no such line; what is delivered is not paid by this route.
            dlv_fee_flag: false,
            drug_trac_codg: self
                .drug_trac_info
                .iter()
                .filter(|code| code.feedetl_sn == fee.feedetl_sn)
                .map(|code| code.drug_trac_codg.clone())
                .collect(),
        };
        Ok(t2101_quote::Command {
            psn_no: self.psn_no.clone(),
            mdtrt_cert_type: self.mdtrt_cert_type.clone(),
            mdtrt_cert_no: self.mdtrt_cert_no.clone(),
            card_sn: self.card_sn.clone(),
            certno: self.certno.clone(),
            psn_name: self.psn_name.clone(),
            begntime: visit.info.begntime,
            medfee_sumamt: self.medfee_sumamt,
            insutype: self.insutype,
            med_type: self.med_type.clone(),
            acct_used_flag: self.acct_used_flag,
            lines: batch.fees.iter().map(line).collect(),
            stated: self.stated.clone(),
            paper: None,
        })
    }
}

impl Center {
    /// 2206. Errors: [`MdtrtRefusal`], those of 2101. Changes nothing.
    pub async fn t2206_clinic_quote(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Priced>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        self.attempts(ctx, || async {
            let (_, purchase, papers) = self.batch_papers(ctx, command).await?;
            Ok(self.price(ctx, &purchase, &papers).await?)
        })
        .await
    }

    /// 2207. Errors: [`MdtrtRefusal`], those of 2102.
    pub async fn t2207_clinic_settle(
        &self,
        ctx: &Ctx,
        command: &Command,
    ) -> Result<Answer<t2102_settle::Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.idem_key("2207", format!("{}/{}", command.mdtrt_id, command.chrg_bchno));
        self.attempts_once(ctx, &key, || self.try_settle_batch(ctx, command, &key)).await
    }

    async fn try_settle_batch(
        &self,
        ctx: &Ctx,
        command: &Command,
        key: &IdemKey,
    ) -> Result<Answer<t2102_settle::Reply>, Attempt> {
        let idem = self.store.idem(key).await?;
        if let Some(answer) = self.settled_before(ctx, key.infno, idem).await? {
            return Ok(answer);
        }
        let (visit, purchase, papers) = self.batch_papers(ctx, command).await?;
        self.settle_now(ctx, &purchase, papers, key, Some((visit, command))).await
    }

    /// An open batch as a purchase, and what it is about.
    async fn batch_papers(
        &self,
        ctx: &Ctx,
        command: &Command,
    ) -> Result<(Informed, t2101_quote::Command, Papers), Attempt> {
        let visit = self.informed(ctx, &command.mdtrt_id, &command.psn_no).await?;
        let batch = visit.open(&command.chrg_bchno).map_err(Failure::from_refusal)?;
        let purchase = command.purchase(&visit, batch).map_err(Failure::from_refusal)?;
        let papers = self.papers(ctx, &purchase).await??;
        let issuer = &papers.rx.opened.fixmedins_code;
        if visit.info.rx_fixmedins_code.as_ref().is_some_and(|stated| stated != issuer) {
            return Ok(refused(MdtrtRefusal::Issuer)?);
        }
        Ok((visit, purchase, papers))
    }
}
