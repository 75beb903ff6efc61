//! One life of a prescription over the wire, step by step, as two foreign clients would live it.
//!
//! Shared by `demo` (which prints every step), the benches (which time them) and the examples' tour. Every step sends one real
//! message and reads what the next one needs out of the opened reply.

use anyhow::{Context as _, anyhow, bail};
use lf_vocab::Moment;
use lf_wire::client::Opened;
use serde_json::Value;

use crate::client::AppClient;
use crate::sample::{self, Case, Issued};

/// A message that was answered.
pub struct Answered {
    /// Transaction number.
    pub infno: &'static str,
    /// As opened.
    pub opened: Opened,
    /// The payload as JSON.
    pub data: Value,
}

/// The two clients and the case that they serve.
pub struct Journey<'j> {
    /// The hospital's HIS.
    pub hospital: &'j AppClient,
    /// The pharmacy's POS.
    pub pharmacy: &'j AppClient,
    /// What is prescribed, for whom, where it is bought.
    pub case: Case<'j>,
    /// The file, Base64.
    pub rx_file: String,
}

/// What a signed prescription is carried by.
pub struct Carried {
    /// 电子处方令牌.
    pub epc_token: String,
    /// 医保处方授权编号.
    pub auth_rxno: String,
}

impl Answered {
    /// A text of the payload, by path: `setlinfo.setl_id`.
    pub fn text(&self, path: &str) -> anyhow::Result<String> {
        let found = path.split('.').try_fold(&self.data, |value, part| match part.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(part),
        });
        match found {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(other) => Ok(other.to_string()),
            None => Err(anyhow!("{}: the reply has no {path}: {}", self.infno, self.opened.message)),
        }
    }

    /// Refused messages end a journey that needs them accepted.
    pub fn accepted(self) -> anyhow::Result<Self> {
        if self.opened.code == 0 {
            return Ok(self);
        }
        bail!("{} was answered with code {}: {}", self.infno, self.opened.code, self.opened.message)
    }
}

/// Sends one message.
pub async fn send(app: &AppClient, infno: &'static str, data: &Value, now: Moment) -> anyhow::Result<Answered> {
    let opened = app.call(infno, &serde_json::to_vec(data)?, now.millis()).await.with_context(|| infno.to_owned())?;
    let data = serde_json::from_slice(&opened.data).with_context(|| format!("{infno}: the payload"))?;
    Ok(Answered { infno, opened, data })
}

impl Journey<'_> {
    /// 7101: the two numbers.
    pub async fn precheck(&self, now: Moment) -> anyhow::Result<(Answered, Issued)> {
        let answered = send(self.hospital, "7101", &sample::t7101(&self.case), now).await?.accepted()?;
        let issued = Issued { hi_rxno: answered.text("hiRxno")?, rx_trace_code: answered.text("rxTraceCode")? };
        Ok((answered, issued))
    }

    /// 7102: the signature.
    pub async fn sign(&self, issued: &Issued, now: Moment) -> anyhow::Result<Answered> {
        let data = sample::t7102(&self.case, issued, &self.rx_file);
        send(self.hospital, "7102", &data, now).await?.accepted()
    }

    /// 7103: valid from here on.
    pub async fn upload(&self, issued: &Issued, sign_digest: &str, now: Moment) -> anyhow::Result<Answered> {
        let data = sample::t7103(&self.case, issued, &self.rx_file, sign_digest);
        send(self.hospital, "7103", &data, now).await?.accepted()
    }

    /// 7201: the person shows the credential; the newest prescription is taken.
    pub async fn authorise(&self, now: Moment) -> anyhow::Result<(Answered, Carried)> {
        let answered = send(self.pharmacy, "7201", &sample::t7201(&self.case), now).await?.accepted()?;
        let carried =
            Carried { epc_token: answered.text("data.0.epcToken")?, auth_rxno: answered.text("data.0.authRxno")? };
        Ok((answered, carried))
    }

    /// 7204: the prescription and its file.
    pub async fn download(&self, carried: &Carried, now: Moment) -> anyhow::Result<Answered> {
        let data = sample::t7204(&self.case, &carried.epc_token, &carried.auth_rxno);
        send(self.pharmacy, "7204", &data, now).await?.accepted()
    }

    /// 7205: file and signature are proved.
    pub async fn verify(
        &self,
        issued: &Issued,
        rx_file: &str,
        carried: &Carried,
        now: Moment,
    ) -> anyhow::Result<Answered> {
        let data = sample::t7205(&self.case, issued, rx_file, &carried.epc_token);
        send(self.pharmacy, "7205", &data, now).await?.accepted()
    }

    /// 7206: the pharmacist passes it.
    pub async fn review(&self, hi_rxno: &str, carried: &Carried, sn: &str, now: Moment) -> anyhow::Result<Answered> {
        let data = sample::t7206(&self.case, hi_rxno, &carried.epc_token, sn, true, now);
        send(self.pharmacy, "7206", &data, now).await?.accepted()
    }

    /// 7207: the drugs leave the shelf.
    pub async fn sell(&self, hi_rxno: &str, rx_chk_biz_sn: &str, now: Moment) -> anyhow::Result<Answered> {
        let data = sample::t7207(&self.case, hi_rxno, rx_chk_biz_sn, now);
        send(self.pharmacy, "7207", &data, now).await?.accepted()
    }

    /// 2102: paid.
    pub async fn settle(&self, hi_rxno: &str, now: Moment) -> anyhow::Result<Answered> {
        send(self.pharmacy, "2102", &sample::t2102(&self.case, hi_rxno, now), now).await?.accepted()
    }
}
