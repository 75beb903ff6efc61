//! What every use case is told besides its command: who calls, what the message means, when.

use std::sync::Arc;

use lf_law::Grant;
use lf_ports::Fixmedins;
use lf_rx::Refusal;
use lf_vocab::{FixmedinsCode, FixmedinsKind, Moment};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, refused};

/// The institution behind a verified signature.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The app whose signature verified.
    pub app_id: String,
    /// The institution it speaks for.
    pub fixmedins: Fixmedins,
}

/// One message.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Who.
    pub caller: Caller,
    /// SM3 of the message's meaning: the same content has the same digest, whenever it is sent.
    pub digest: [u8; 32],
    /// SM3 of meaning and timestamp (on the gateway front: `msgid`): the same only for a message sent again as it was.
    pub envelope_digest: [u8; 32],
    /// 发送方报文ID, on the gateway front.
    pub msgid: Option<String>,
    /// When the center takes it.
    pub now: Moment,
    /// What was granted to the caller's place.
    pub grants: Arc<[Grant]>,
}

/// A reply with what the law reminds of or records; reminders do not refuse (JX-4.1.2, 事前提醒).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<R> {
    /// The reply.
    pub reply: R,
    /// In documented order.
    pub reminders: Vec<Refusal>,
}

impl<R> Answer<R> {
    /// The same reminders beside another reply.
    pub fn with<S>(self, reply: S) -> Answer<S> {
        Answer { reply, reminders: self.reminders }
    }
}

impl<R> From<R> for Answer<R> {
    fn from(reply: R) -> Self {
        Self { reply, reminders: Vec::new() }
    }
}

lf_rx::refusals! {
    /// Why a caller may not send a message at all.
    CallerRefusal {
        WrongKind = "RX-0000-01", "接口规范", "该交易不对本类机构开放";
        OtherInstitution = "RX-0000-02", "接口规范 fixmedinsCode", "报文中的机构编号与应用所属机构不符";
        NotDesignated = "RX-0000-03", "赣医保字〔2024〕9号 二（六）1", "机构的医保定点协议不在有效期内";
        NotReady = "RX-0000-04", "赣医保字〔2024〕9号 二（六）2", "机构尚未完成电子处方流转接口改造";
    }
}

impl Ctx {
    /// That the caller is of this kind and names itself. Enough for what takes back or looks up what was done under
    /// an agreement: when it has ended, the money and the consent of people must still find their way back.
    pub fn expect_kind(&self, kind: FixmedinsKind, fixmedins_code: &FixmedinsCode) -> Result<(), Failure> {
        let fixmedins = &self.caller.fixmedins;
        if fixmedins.fixmedins_code.kind() != kind {
            return refused(CallerRefusal::WrongKind);
        }
        if fixmedins.fixmedins_code != *fixmedins_code {
            return refused(CallerRefusal::OtherInstitution);
        }
        Ok(())
    }

    /// That the caller is of this kind, names itself, is under agreement and ready.
    pub fn expect(&self, kind: FixmedinsKind, fixmedins_code: &FixmedinsCode) -> Result<(), Failure> {
        lf_vocab::covers!("JX-2.6.1", "JX-2.6.2");
        self.expect_kind(kind, fixmedins_code)?;
        let fixmedins = &self.caller.fixmedins;
        if !fixmedins.agreement.contains(self.now.day()) {
            return refused(CallerRefusal::NotDesignated);
        }
        if fixmedins.circ_ready { Ok(()) } else { refused(CallerRefusal::NotReady) }
    }

    /// The calling institution's code.
    pub fn code(&self) -> &FixmedinsCode {
        &self.caller.fixmedins.fixmedins_code
    }
}
