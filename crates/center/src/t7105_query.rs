//! 7105 电子处方信息查询: the institution sees its own prescription with its status of now.

use lf_rx::decide::issue::{self, QueryRefusal};
use lf_rx::{Prescription, Projection, RxContent};
use lf_vocab::dict::Insutype;
use lf_vocab::{Certno, FixmedinsCode, FixmedinsKind, HiRxno};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::t7102_sign::RxRefusal;

/// What 7105, 7106 and 7107 all ask with.
#[derive(Debug, Clone)]
pub struct Command {
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The visit.
    pub mdtrt_id: String,
    /// The patient's name.
    pub psn_name: String,
    /// 人员证件类型.
    pub psn_cert_type: String,
    /// 证件号码.
    pub certno: Certno,
}

/// A prescription with all it says.
#[derive(Debug, Clone)]
pub struct Reply {
    /// State and history head.
    pub rx: Prescription,
    /// Content.
    pub content: RxContent,
    /// The status codes of now.
    pub projection: Projection,
    /// 险种 of the person now.
    pub insutype: Option<Insutype>,
}

impl Center {
    /// 7105. Errors: [`QueryRefusal`], [`RxRefusal`], the caller's.
    pub async fn t7105_query(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let (rx, content) = self.queried(ctx, command).await?;
        let key = lf_ports::PersonKey::PsnNo(rx.opened.insu_poolarea_no, rx.opened.psn_no.clone());
        let insutype = self.store.person(&key).await?.map(|person| person.insutype);
        let projection = Projection::of(&rx, ctx.now);
        Ok(Reply { rx, content, projection, insutype }.into())
    }

    /// The prescription that a query names, proved to be the asker's and the person's.
    pub(crate) async fn queried(&self, ctx: &Ctx, command: &Command) -> Result<(Prescription, RxContent), Failure> {
        ctx.expect_kind(FixmedinsKind::Hospital, &command.fixmedins_code)?;
        let (rx, content) = tokio::try_join!(self.store.rx(&command.hi_rxno), self.store.rx_content(&command.hi_rxno))?;
        let (Some(rx), Some(content)) = (rx, content) else { return refused(RxRefusal::Unknown) };
        let visit = &content.mdtrtinfo;
        let same_person = visit.patn_name == command.psn_name
            && visit.psn_cert_type == command.psn_cert_type
            && visit.certno == command.certno;
        issue::may_query(&rx, ctx.code(), &command.mdtrt_id, same_person)
            .map_err(|refusal: QueryRefusal| Failure::from_refusal(refusal))?;
        Ok((rx, content))
    }
}
