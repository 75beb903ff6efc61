//! Finding the insured person of a message and proving that the message means that person (JX-4.1.3b, HB-2.2).

use lf_ports::{Card, Person, PersonKey};
use lf_rx::refusal::Refused;
use lf_vocab::{CardSn, Certno, Moment, PsnNo};

use crate::failure::{Failure, refused};

lf_rx::refusals! {
    /// Why a person is not accepted.
    PersonRefusal {
        Unknown = "RX-0002-01", "接口规范 1101", "查无此参保人";
        NameDiffers = "RX-0002-02", "赣医保字〔2024〕9号 四（一）3：人证相符", "姓名与参保信息不符";
        CertDiffers = "RX-0002-03", "赣医保字〔2024〕9号 四（一）3：人证相符", "证件与参保信息不符";
        PsnNoDiffers = "RX-0002-04", "接口规范 1101", "医保人员编号与证件不符";
        TokenDiffers = "RX-0002-05", "接口规范 7201 ecToken", "医保电子凭证令牌无效";
        CardSnMissing = "RX-0002-07", "接口规范 1101、2102、7101 card_sn", "凭社会保障卡办理须填写卡号和卡识别码";
        CardDiffers = "RX-0002-08", "接口规范 1101、2102、7101 card_sn", "社会保障卡卡号或卡识别码不符";
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
    /// Card, where the message has one.
    pub card: Option<&'a Card>,
}

/// 就诊凭证类型 of the 社会保障卡.
pub(crate) const CARD: &str = "03";

/// The credential that a counter was shown.
#[derive(Clone, Copy)]
pub(crate) struct MdtrtCert<'a> {
    /// 就诊凭证类型.
    pub(crate) mdtrt_cert_type: &'a str,
    /// 就诊凭证编号.
    pub(crate) mdtrt_cert_no: &'a str,
    /// 卡识别码, where sent.
    pub(crate) card_sn: Option<&'a CardSn>,
}

impl<'a> MdtrtCert<'a> {
    /// As a message shows it.
    pub(crate) fn of(mdtrt_cert_type: &'a str, mdtrt_cert_no: &'a str, card_sn: Option<&'a CardSn>) -> Self {
        Self { mdtrt_cert_type, mdtrt_cert_no, card_sn }
    }

    /// The key by which it is looked up: 01 the electronic one, 02 the identity card, 03 the 社会保障卡; any other is `other`.
    pub(crate) fn key(self, other: impl Refused) -> Result<PersonKey, Failure> {
        lf_vocab::covers!("WH-6.6");
        match self.mdtrt_cert_type {
            "01" => Ok(PersonKey::EcToken(self.mdtrt_cert_no.to_owned())),
            "02" => match self.mdtrt_cert_no.parse() {
                Ok(certno) => Ok(PersonKey::Cert("01".to_owned(), certno)),
                Err(_) => refused(PersonRefusal::Unknown),
            },
            CARD if self.card_sn.is_none() => refused(PersonRefusal::CardSnMissing),
            CARD => match self.mdtrt_cert_no.parse() {
                Ok(sscno) => Ok(PersonKey::Card(sscno)),
                Err(_) => refused(self.unknown()),
            },
            _ => refused(other),
        }
    }

    /// What is said where nobody was found by its key. Of a card it is what is said of a wrong chip: otherwise whoever guesses a
    /// number would hear whether such a card is registered.
    pub(crate) fn unknown(self) -> PersonRefusal {
        if self.mdtrt_cert_type == CARD { PersonRefusal::CardDiffers } else { PersonRefusal::Unknown }
    }

    /// That it is the credential of who was found by its key. A number alone is no card: the chip's own must be the registered
    /// one. It is asked before anything else of the person, so that a number alone confirms nothing.
    pub(crate) fn proves(self, person: &Person) -> Result<(), PersonRefusal> {
        let differs = |card: &Card| self.card_sn != Some(&card.card_sn);
        match self.mdtrt_cert_type == CARD && person.card.as_ref().is_none_or(differs) {
            true => Err(PersonRefusal::CardDiffers),
            false => Ok(()),
        }
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
    // Of whose card the register knows nothing, none can differ.
    if claimed.card.zip(person.card.as_ref()).is_some_and(|(claimed, card)| claimed != card) {
        return refused(PersonRefusal::CardDiffers);
    }
    if person.insured.contains(now.day()) { Ok(()) } else { refused(PersonRefusal::NotInsured) }
}
