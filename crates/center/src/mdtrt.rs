//! What the transactions of the clinic route (2201–2208) share: finding a visit, judging how far it is, and saying its lines
//! as the purchase that 2101 and 2102 know.
//!
//! Some provinces have pharmacies settle 门诊统筹 as a clinic does: register, state the visit, upload the lines, settle
//! the batch. Invariants: only the lines come by another way; law, money, accumulators and events are those of 2102;
//! a visit is found by its own pharmacy only, and named together with its person.

use lf_ports::{Batch, BatchState, ChangeSet, IdemKey, Mdtrt, MdtrtChange, MdtrtFee, MdtrtInfo, MdtrtState};
use lf_vocab::PsnNo;
use serde::Serialize;

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};

/// Fee lines of a visit; those of one message are limited alike by the table of 2204.
pub const FEES_MAX: usize = 500;
/// Batches of a visit.
pub const BATCHES_MAX: usize = 20;

lf_rx::refusals! {
    /// Why a visit of the clinic route does not go on (2201–2208).
    MdtrtRefusal {
        Unknown = "RX-2201-01", "接口规范 2201 mdtrt_id", "本机构查无此就诊";
        OtherPerson = "RX-2201-02", "接口规范 2201 psn_no", "人员编号与就诊不符";
        Withdrawn = "RX-2202-01", "接口规范 2202", "该就诊的挂号已撤销";
        OtherNumber = "RX-2202-02", "接口规范 2202 ipt_otp_no", "门诊号与就诊不符";
        StillOpen(String) = "RX-2202-03", "接口规范 2202", "收费批次{0}的费用明细尚未撤销，请先以2205撤销";
        StillPaid(String) = "RX-2202-04", "接口规范 2202", "收费批次{0}已结算，不能撤销挂号，请先以2208撤销结算";
        NotInformed = "RX-2203-01", "接口规范 2203A", "尚未上传就诊信息（2203A）";
        OtherMedType = "RX-2203-02", "接口规范 2203A：每次就诊只能选择一个医疗类别", "医疗类别与就诊信息不符，每次就诊只能选择一个医疗类别";
        Issuer = "RX-2203-03", "接口规范 2203A rxfixmedinsCode", "处方医药机构编码与处方的开具机构不符";
        OneVisit = "RX-2204-01", "接口规范 2204 mdtrt_id", "一次上传的费用明细须属于同一就诊";
        FeeTwice(String) = "RX-2204-02", "接口规范 2204 feedetl_sn：单次就诊内唯一", "费用明细流水号{0}在本次就诊内重复";
        BatchKnown(String) = "RX-2204-03", "接口规范 2204：同一收费批次的费用明细应一次全部上传", "收费批次{0}已上传，且本次内容不同；请先以2205撤销再上传";
        BatchSettled(String) = "RX-2204-04", "接口规范 2205：已参与结算的明细不能撤销", "收费批次{0}已结算，不能再上传、撤销或结算";
        BatchNumber = "RX-2204-05", "接口规范 2205 chrg_bchno：0000表示全部未结算明细", "收费批次号不能为0000";
        BatchDise(String) = "RX-2204-06", "接口规范 2204：同一收费批次号病种编码必须一致", "收费批次{0}的病种编码不一致，或与就诊信息不符";
        TooManyFees = "RX-2204-07", "本中心限额", "一次就诊的费用明细超过500条";
        TooManyBatches = "RX-2204-08", "本中心限额", "一次就诊的收费批次超过20个";
        Approval(String) = "RX-2204-09", "接口规范 2204 hosp_appr_flag", "明细{0}填报审批不通过，与处方不符";
        NoBatch(String) = "RX-2205-01", "接口规范 2205 chrg_bchno", "本次就诊没有收费批次{0}";
        SetlWay = "RX-2206-01", "接口规范 2206 psn_setlway", "暂不支持按定额结算，个人结算方式请填01";
        OtherInsutype = "RX-2206-02", "接口规范 2201 insutype", "险种与挂号时的险种不符";
        PartsDiffer = "RX-2207-01", "接口规范 2207", "全自费、超限价、先行自付或符合政策范围金额与预结算不一致，请重新预结算";
        ForeignTrac(String) = "RX-2207-02", "接口规范 2207 drug_trac_info", "追溯码信息的费用明细流水号{0}不在该收费批次中";
        NotClinic = "RX-2208-01", "接口规范 2208", "该结算不是以2207办理的，请以2103撤销";
        Clinic = "RX-2208-02", "接口规范 2103", "该结算是以2207办理的，请以2208撤销";
    }
}

/// A visit that takes lines.
pub(crate) struct Informed {
    pub(crate) mdtrt: Mdtrt,
    pub(crate) ver: i64,
    pub(crate) info: MdtrtInfo,
    pub(crate) batches: Vec<Batch>,
}

impl Informed {
    /// An open batch, or why it is none.
    pub(crate) fn open(&self, chrg_bchno: &str) -> Result<&Batch, MdtrtRefusal> {
        let batch = self.batches.iter().find(|batch| batch.chrg_bchno == chrg_bchno);
        match batch {
            None => Err(MdtrtRefusal::NoBatch(chrg_bchno.to_owned())),
            Some(Batch { state: BatchState::Settled { .. }, .. }) => {
                Err(MdtrtRefusal::BatchSettled(chrg_bchno.to_owned()))
            }
            Some(batch) => Ok(batch),
        }
    }

    /// The visit with other batches.
    pub(crate) fn with(self, batches: Vec<Batch>) -> MdtrtChange {
        let state = MdtrtState::Informed { info: Box::new(self.info), batches };
        MdtrtChange { mdtrt: Mdtrt { state, ..self.mdtrt }, expect_ver: self.ver }
    }

    /// The visit with one batch settled.
    pub(crate) fn settled(self, chrg_bchno: &str, setl_id: &str) -> MdtrtChange {
        let mut batches = self.batches.clone();
        for batch in batches.iter_mut().filter(|batch| batch.chrg_bchno == chrg_bchno) {
            batch.state = BatchState::Settled { setl_id: setl_id.to_owned() };
        }
        self.with(batches)
    }
}

impl Center {
    /// Commits what a message changes of a visit, with its answer.
    pub(crate) async fn move_visit<R: Serialize>(
        &self,
        ctx: &Ctx,
        key: &IdemKey,
        change: MdtrtChange,
        answer: Answer<R>,
    ) -> Result<Answer<R>, Attempt> {
        let mut changes = ChangeSet { mdtrt: Some(change), ..ChangeSet::default() };
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// A visit of the caller and this person.
    pub(crate) async fn visit(&self, ctx: &Ctx, mdtrt_id: &str, psn_no: &PsnNo) -> Result<(Mdtrt, i64), Attempt> {
        let Some((mdtrt, ver)) = self.store.mdtrt(ctx.code(), mdtrt_id).await? else {
            return Ok(refused(MdtrtRefusal::Unknown)?);
        };
        if mdtrt.psn_no == *psn_no { Ok((mdtrt, ver)) } else { Ok(refused(MdtrtRefusal::OtherPerson)?) }
    }

    /// The same, when it takes lines.
    pub(crate) async fn informed(&self, ctx: &Ctx, mdtrt_id: &str, psn_no: &PsnNo) -> Result<Informed, Attempt> {
        let (mdtrt, ver) = self.visit(ctx, mdtrt_id, psn_no).await?;
        match mdtrt.state.clone() {
            MdtrtState::Registered => Ok(refused(MdtrtRefusal::NotInformed)?),
            MdtrtState::Withdrawn { .. } => Ok(refused(MdtrtRefusal::Withdrawn)?),
            MdtrtState::Informed { info, batches } => Ok(Informed { mdtrt, ver, info: *info, batches }),
        }
    }
}

/// The prescription that the lines of a batch are of, as the rule of 2102 reads it.
pub(crate) fn rxno_of(fees: &[MdtrtFee]) -> Result<lf_vocab::HiRxno, Failure> {
    crate::t2101_quote::one_rxno(fees.iter().map(|fee| fee.rxno.as_deref().filter(|_| fee.rx_circ_flag)))
}
