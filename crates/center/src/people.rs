//! Finding the insured person of a message and proving that the message means that person (JX-4.1.3b, HB-2.2).

use lf_ports::{Person, PersonKey};
use lf_rx::refusal::Refused;
use lf_vocab::{Certno, Moment, PsnNo};

use crate::failure::{Failure, refused};

lf_rx::refusals! {
    /// Why a person is not accepted.
    PersonRefusal {
        Unknown = "RX-0002-01", "接口规范 1101", "查无此参保人";
        NameDiffers = "RX-0002-02", "赣医保字〔2024〕9号 四（一）3：人证相符", "姓名与参保信息不符";
        CertDiffers = "RX-0002-03", "赣医保字〔2024〕9号 四（一）3：人证相符", "证件与参保信息不符";
        PsnNoDiffers = "RX-0002-04", "接口规范 1101", "医保人员编号与证件不符";
        TokenDiffers = "RX-0002-05", "接口规范 7201 ecToken", "医保电子凭证令牌无效";
        NotInsured = "RX-0002-06", "接口规范 2001", "参保状态不正常";
    }
}

/// What a message says of a person.
pub struct Claimed<'a> {
    /// 人员证件类型.
    pub psn_cert_type: &'a str,
    /// 证件号码.
    pub certno: &'a Certno,
    /// Name.
    pub psn_name: &'a str,
    /// Number, where the message has one.
    pub psn_no: Option<&'a PsnNo>,
    /// Token, where the message has one.
    pub ec_token: Option<&'a str>,
}

/// The key by which a shown credential is looked up: 01 the electronic one, 02 the identity card; any other is `other`.
pub(crate) fn shown(mdtrt_cert_type: &str, mdtrt_cert_no: &str, other: impl Refused) -> Result<PersonKey, Failure> {
    match mdtrt_cert_type {
        "01" => Ok(PersonKey::EcToken(mdtrt_cert_no.to_owned())),
        "02" => match mdtrt_cert_no.parse() {
            Ok(certno) => Ok(PersonKey::Cert("01".to_owned(), certno)),
            Err(_) => refused(PersonRefusal::Unknown),
        },
        _ => refused(other),
    }
}

/// The person whom the message means, as found by the certificate; refused in the order above.
pub fn identified(found: Option<Person>, claimed: &Claimed<'_>, now: Moment) -> Result<Person, Failure> {
    lf_vocab::covers!("JX-4.1.3b");
    let Some(person) = found else { return refused(PersonRefusal::Unknown) };
    prove(&person, claimed, now)?;
    Ok(person)
}

/// That what a message says fits the person.
pub fn prove(person: &Person, claimed: &Claimed<'_>, now: Moment) -> Result<(), Failure> {
    if person.psn_name != claimed.psn_name {
        return refused(PersonRefusal::NameDiffers);
    }
    if person.psn_cert_type != claimed.psn_cert_type || person.certno != *claimed.certno {
        return refused(PersonRefusal::CertDiffers);
    }
    if claimed.psn_no.is_some_and(|psn_no| *psn_no != person.psn_no) {
        return refused(PersonRefusal::PsnNoDiffers);
    }
    if claimed.ec_token.is_some_and(|token| token != person.ec_token) {
        return refused(PersonRefusal::TokenDiffers);
    }
    if person.insured.contains(now.day()) { Ok(()) } else { refused(PersonRefusal::NotInsured) }
}
