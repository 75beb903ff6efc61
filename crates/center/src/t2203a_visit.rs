//! 2203A 定点零售药店门诊就诊信息上传: of what kind a visit is, and for which diagnoses.
//!
//! Sent again it takes the place of what was stated before (a diagnosis is made void that way). The file of a paper
//! prescription that the message may carry is not kept: what is paid here was signed in the center. Invariant: the 医疗类别
//! and the 病种编码 stay once lines have come, because lines were taken under them.

use lf_ports::{Batch, IdemKey, Mdtrt, MdtrtChange, MdtrtFee, MdtrtInfo, MdtrtState};
use lf_vocab::{FixmedinsKind, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::mdtrt::MdtrtRefusal;

/// What is stated.
#[derive(Debug, Clone)]
pub struct Command {
    /// 就诊ID.
    pub mdtrt_id: String,
    /// 人员编号.
    pub psn_no: PsnNo,
    /// The rest.
    pub info: MdtrtInfo,
}

impl Center {
    /// 2203A. Errors: [`MdtrtRefusal`].
    pub async fn t2203a_visit(&self, ctx: &Ctx, command: &Command) -> Result<Answer<()>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let key = ctx.exact_key("2203A");
        self.attempts_once(ctx, &key, || self.try_inform(ctx, command, &key)).await
    }

    async fn try_inform(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<()>, Attempt> {
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        let (mdtrt, ver) = self.visit(ctx, &command.mdtrt_id, &command.psn_no).await?;
        let batches = match &mdtrt.state {
            MdtrtState::Withdrawn { .. } => return Ok(refused(MdtrtRefusal::Withdrawn)?),
            MdtrtState::Informed { info, batches } if !batches.is_empty() && info.med_type != command.info.med_type => {
                return Ok(refused(MdtrtRefusal::OtherMedType)?);
            }
            known => {
                if let Some(batch) = known.batches().iter().find(|batch| !of_dise(batch, &mdtrt.state, &command.info)) {
                    return Ok(refused(MdtrtRefusal::BatchDise(batch.chrg_bchno.clone()))?);
                }
                known.batches().to_vec()
            }
        };
        let state = MdtrtState::Informed { info: Box::new(command.info.clone()), batches };
        let change = MdtrtChange { mdtrt: Mdtrt { state, ..mdtrt }, expect_ver: ver };
        self.move_visit(ctx, key, change, Answer::from(())).await
    }
}

/// Whether the lines of a batch stay of the 病种 under which they were taken: a line that names none is of the visit's.
fn of_dise(batch: &Batch, before: &MdtrtState, now: &MdtrtInfo) -> bool {
    let stated = match before {
        MdtrtState::Informed { info, .. } => info.dise_codg.as_deref(),
        _ => None,
    };
    let now = now.dise_codg.as_deref();
    let stays = |fee: &MdtrtFee| {
        let own = fee.dise_codg.as_deref();
        let (was, is) = (own.or(stated), own.or(now));
        (was.is_none() || was == is) && (now.is_none() || now == is)
    };
    batch.fees.iter().all(stays)
}
