//! What a hospital is told of its prescription without asking (7108, 7109), as it was when it happened.
//!
//! Invariants: a notice says what 7106 or 7107 would have answered at that moment, and holds all of it, so that
//! nothing that happens before it is delivered changes it; a hospital without an address gets none.

use std::fmt;
use std::str::FromStr;

use lf_rx::event::{Reviewed, SaleLine};
use lf_rx::{Prescription, Projection, RxContent};
use lf_vocab::dict::{RxStasCodg, RxUsedStasCodg};
use lf_vocab::{FixmedinsCode, HiRxno, MedListCodg, Moment, Qty};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest base address of a hospital.
pub const CALLBACK_URL_MAX: usize = 512;

/// Where a hospital wants to be told, and by whose keys the notices are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Base address; `/rxChkInfoCallback` or `/rxSetlInfoCallback` follows.
    pub url: CallbackUrl,
    /// The hospital's app whose secret opens the notices.
    pub app_id: String,
}

/// An `http://` base address without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallbackUrl(String);

/// Why a text is no base address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CallbackUrlError {
    /// Another scheme, or none.
    #[error("callback url: must begin with http://")]
    Scheme,
    /// TLS is the affair of a proxy, in both directions.
    #[error("callback url: https:// needs a proxy beside the center; give the proxy's http:// address")]
    Https,
    /// Nothing between scheme and path, or no host and port.
    #[error("callback url: no host, or no port from 1 to 65535")]
    Host,
    /// A name and password, a query or a fragment.
    #[error("callback url: neither user@, ?query nor #fragment may stand in it")]
    Parts,
    /// Blanks and everything that is not ASCII must be written as %XX.
    #[error("callback url: a character that must be written as %XX")]
    Character,
    /// Longer than [`CALLBACK_URL_MAX`].
    #[error("callback url: longer than {CALLBACK_URL_MAX} characters")]
    Long,
}

impl CallbackUrl {
    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CallbackUrl {
    type Err = CallbackUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > CALLBACK_URL_MAX {
            return Err(CallbackUrlError::Long);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte)) {
            return Err(CallbackUrlError::Character);
        }
        if text.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
            return Err(CallbackUrlError::Https);
        }
        let rest = text.strip_prefix("http://").ok_or(CallbackUrlError::Scheme)?;
        if rest.contains(['@', '?', '#']) {
            return Err(CallbackUrlError::Parts);
        }
        let authority = rest.split('/').next().unwrap_or_default();
        // An IPv6 address has colons of its own, inside of brackets.
        let (host, port) = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            Some((inner, "")) => (inner, None),
            Some((inner, port)) => (inner, Some(port.strip_prefix(':').ok_or(CallbackUrlError::Host)?)),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if host.is_empty() || !port_fits {
            return Err(CallbackUrlError::Host);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl TryFrom<String> for CallbackUrl {
    type Error = CallbackUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CallbackUrl> for String {
    fn from(url: CallbackUrl) -> Self {
        url.0
    }
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A drug that was handed out, with what the sale leaves out filled in from the prescription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenDrug {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 通用名.
    pub drug_genname: String,
    /// 商品名; the generic name where there is none.
    pub drug_prodname: String,
    /// 剂型.
    pub drug_dosform: String,
    /// 规格.
    pub drug_spec: String,
    /// How many packs.
    pub cnt: Qty,
    /// 批准文号.
    pub aprvno: Option<String>,
    /// 批次号.
    pub bchno: Option<String>,
    /// 生产批号.
    pub manu_lotnum: Option<String>,
    /// 厂家.
    pub prdr_name: String,
}

impl TakenDrug {
    /// The rows of a sale.
    pub fn of(lines: &[SaleLine], content: &RxContent) -> Vec<Self> {
        lines.iter().map(|line| Self::line(line, content)).collect()
    }

    fn line(line: &SaleLine, content: &RxContent) -> Self {
        let prescribed = content.rxdrugdetail.iter().find(|drug| drug.med_list_codg == line.med_list_codg);
        let drug_dosform = line.drug_dosform.clone().or_else(|| prescribed.map(|drug| drug.drug_dosform.clone()));
        let prdr_name = line.prdr_name.clone().or_else(|| prescribed.and_then(|drug| drug.prdr_name.clone()));
        Self {
            med_list_codg: line.med_list_codg.clone(),
            drug_genname: line.drug_genname.clone(),
            drug_prodname: line.drug_prodname.clone().unwrap_or_else(|| line.drug_genname.clone()),
            drug_dosform: drug_dosform.unwrap_or_default(),
            drug_spec: line.drug_spec.clone(),
            cnt: line.drug_totlcnt,
            aprvno: line.aprvno.clone(),
            bchno: line.bchno.clone(),
            manu_lotnum: line.manu_lotnum.clone(),
            prdr_name: prdr_name.unwrap_or_default(),
        }
    }
}

/// 7108: a pharmacist passed or refused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewNotice {
    /// The judgement.
    pub reviewed: Reviewed,
    /// 医保处方状态 then.
    pub rx_stas_codg: RxStasCodg,
}

/// 7109: it was settled or paid by the person, or that was taken back; the two codes say which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementNotice {
    /// When it was settled, also where that is now taken back.
    pub setl_time: Moment,
    /// 医保处方状态 then.
    pub rx_stas_codg: RxStasCodg,
    /// 医保处方使用状态 then.
    pub rx_used_stas_codg: RxUsedStasCodg,
    /// The drugs of the sale.
    pub taken: Vec<TakenDrug>,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// 7108.
    Review(ReviewNotice),
    /// 7109.
    Settlement(SettlementNotice),
}

impl Notice {
    /// Of a review, once there is one.
    pub fn review(rx: &Prescription, at: Moment) -> Option<Self> {
        let reviewed = rx.state.reviewed()?.clone();
        Some(Self::Review(ReviewNotice { reviewed, rx_stas_codg: Projection::of(rx, at).rx_stas_codg }))
    }

    /// Of a sale that was paid at `setl_time`; `rx` is as it is after the event.
    pub fn settlement(rx: &Prescription, setl_time: Moment, taken: Vec<TakenDrug>, at: Moment) -> Self {
        let Projection { rx_stas_codg, rx_used_stas_codg, .. } = Projection::of(rx, at);
        Self::Settlement(SettlementNotice { setl_time, rx_stas_codg, rx_used_stas_codg, taken })
    }

    /// A stable word, for lists and columns.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Review(_) => "review",
            Self::Settlement(_) => "settlement",
        }
    }
}

/// A notice on its way. Its prescription's event has the same `seq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Of which prescription.
    pub hi_rxno: HiRxno,
    /// The event's place in its history, by which letters of one prescription are ordered.
    pub seq: u64,
    /// To whom.
    pub fixmedins_code: FixmedinsCode,
    /// When the event was taken.
    pub written: Moment,
    /// What is told.
    pub notice: Notice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_with_a_host_and_nothing_more() {
        let parse = |text: &str| text.parse::<CallbackUrl>();
        for (good, kept) in [
            ("http://10.0.0.8:8083/his/cb", "http://10.0.0.8:8083/his/cb"),
            ("http://his.example/", "http://his.example"),
            ("http://[::1]:80/a", "http://[::1]:80/a"),
            ("http://[::1]", "http://[::1]"),
            ("http://h:65535/%E5%8C%BB", "http://h:65535/%E5%8C%BB"),
        ] {
            assert_eq!(parse(good).map(|url| url.to_string()).as_deref(), Ok(kept));
        }
        for (wrong, why) in [
            ("https://his.example/cb", CallbackUrlError::Https),
            ("HTTPS://his.example/cb", CallbackUrlError::Https),
            ("ftp://his.example", CallbackUrlError::Scheme),
            ("", CallbackUrlError::Scheme),
            ("http://", CallbackUrlError::Host),
            ("http:///cb", CallbackUrlError::Host),
            ("http://h:0", CallbackUrlError::Host),
            ("http://h:65536", CallbackUrlError::Host),
            ("http://h:", CallbackUrlError::Host),
            ("http://[::1]x", CallbackUrlError::Host),
            ("http://u:p@h/", CallbackUrlError::Parts),
            ("http://h/?a=1", CallbackUrlError::Parts),
            ("http://h/#a", CallbackUrlError::Parts),
            ("http://h/a b", CallbackUrlError::Character),
            ("http://医院/", CallbackUrlError::Character),
        ] {
            assert_eq!(parse(wrong), Err(why), "{wrong}");
        }
        let of_length = |length: usize| format!("http://h/{}", "a".repeat(length - 9));
        assert!(parse(&of_length(CALLBACK_URL_MAX)).is_ok());
        assert_eq!(parse(&of_length(CALLBACK_URL_MAX + 1)), Err(CallbackUrlError::Long));
    }

    #[test]
    fn a_stored_address_is_parsed_again() {
        let read = |text: &str| serde_json::from_str::<Callback>(text).map(|callback| callback.url.0);
        assert_eq!(read(r#"{"url":"http://h/cb/","app_id":"A"}"#).unwrap(), "http://h/cb");
        assert!(read(r#"{"url":"gopher://h","app_id":"A"}"#).is_err());
    }
}
