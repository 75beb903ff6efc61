//! A prescription on its way: sends the messages of one side after the other and keeps what was answered.

use lf_wire::Transaction::{self, *};
use serde_json::Value;

use crate::gateway_client::Speech;
use crate::messages::{self as m, Issued};
use crate::support::{Answer, World};

/// A text in a payload.
pub fn text(answer: &Answer, pointer: &str) -> String {
    answer
        .data
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer}: {}", answer.plain))
        .to_owned()
}

/// Sends messages in one dialect and keeps what was answered.
pub struct Told<'w> {
    world: &'w World,
    speech: Speech,
    pub answers: Vec<(Transaction, Answer)>,
}

impl<'w> Told<'w> {
    pub fn new(world: &'w World, speech: impl Into<Speech>) -> Self {
        Self { world, speech: speech.into(), answers: Vec::new() }
    }

    pub async fn tell(&mut self, transaction: Transaction, data: Value) -> Answer {
        let answer = self.world.good(self.speech, transaction, &data).await;
        self.answers.push((transaction, answer.clone()));
        answer
    }

    /// 7101, 7102, 7103.
    pub async fn issue(&mut self, hosp_rxno: &str) -> Issued {
        let now = self.world.now();
        let answer = self.tell(T7101, m::t7101(now, hosp_rxno)).await;
        let issued = Issued { hi_rxno: text(&answer, "/hiRxno"), rx_trace_code: text(&answer, "/rxTraceCode") };
        let answer = self.tell(T7102, m::t7102(&issued, now)).await;
        self.tell(T7103, m::t7103(&issued, now, &text(&answer, "/signDigest"))).await;
        issued
    }

    /// 7201, 7204: the token.
    pub async fn fetch(&mut self) -> String {
        let answer = self.tell(T7201, m::t7201()).await;
        let epc_token = text(&answer, "/data/0/epcToken");
        self.tell(T7204, m::t7204(&epc_token, &text(&answer, "/data/0/authRxno"))).await;
        epc_token
    }

    /// 7205, 7206: the number of the review.
    pub async fn review(&mut self, issued: &Issued, epc_token: &str) -> String {
        let answer = self.tell(T7205, m::t7205(issued, epc_token)).await;
        let sn = text(&answer, "/rxSignVerifySn");
        let answer = self.tell(T7206, m::t7206(&issued.hi_rxno, epc_token, &sn, self.world.now())).await;
        text(&answer, "/rxChkBizSn")
    }

    /// 7207: the number of the sale.
    pub async fn sell(&mut self, issued: &Issued, rx_chk_biz_sn: &str) -> String {
        let answer = self.tell(T7207, m::t7207(&issued.hi_rxno, rx_chk_biz_sn, self.world.now())).await;
        text(&answer, "/selStooutSn")
    }

    /// 2102: the settlement's two ids.
    pub async fn settle(&mut self, issued: &Issued) -> (String, String) {
        let answer = self.tell(T2102, m::t2102(&issued.hi_rxno, self.world.now())).await;
        (text(&answer, "/setlinfo/setl_id"), text(&answer, "/setlinfo/mdtrt_id"))
    }
}
