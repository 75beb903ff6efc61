//! 1101 人员信息获取: the insured person behind a credential, with 险种 and the balance of the personal account.
//!
//! Serves JX-4.1.3b: what the message says of a person must fit the register. Found by the token of the electronic
//! credential, by the 社会保障卡 with its 卡识别码, or by a certificate that the name agrees with; never by 人员编号 alone, so that nobody can read the
//! register number by number. Changes nothing.

use lf_ports::Person;
use lf_vocab::{CardSn, Certno, Day, Fen, Moment};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::people::{MdtrtCert, PersonRefusal};

/// Whom a message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 就诊凭证类型.
    pub mdtrt_cert_type: String,
    /// 就诊凭证编号: token, certificate number or number of the card.
    pub mdtrt_cert_no: String,
    /// 卡识别码, where sent.
    pub card_sn: Option<CardSn>,
    /// 人员证件类型, where sent.
    pub psn_cert_type: Option<String>,
    /// 证件号码, where sent.
    pub certno: Option<Certno>,
    /// 人员姓名, where sent.
    pub psn_name: Option<String>,
}

/// The person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The row of the register.
    pub person: Person,
    /// 余额.
    pub balc: Fen,
    /// When it was asked, for the age.
    pub at: Moment,
}

impl Reply {
    /// 人员参保状态 on the day asked: 1 insured, 0 not yet, 4 no longer.
    pub fn psn_insu_stas(&self) -> &'static str {
        let (insured, day) = (&self.person.insured, self.at.day());
        match day {
            day if insured.contains(day) => "1",
            day if day < insured.from() => "0",
            _ => "4",
        }
    }

    /// 暂停参保日期: the day from which the person is no longer insured, once it has come.
    pub fn paus_insu_date(&self) -> Option<Day> {
        self.person.insured.until().filter(|until| *until <= self.at.day())
    }
}

lf_rx::refusals! {
    /// Why no person is told (1101).
    CredentialRefusal {
        CertType = "RX-1101-01", "接口规范 1101 mdtrt_cert_type", "暂不支持以该类就诊凭证查询，请使用医保电子凭证、居民身份证或社会保障卡";
    }
}

impl Center {
    /// 1101. Errors: [`CredentialRefusal`], [`PersonRefusal`], the caller's.
    pub async fn t1101_person(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        lf_vocab::covers!("JX-4.1.3b");
        ctx.expect(ctx.code().kind(), ctx.code())?;
        let key = command.cert().key(CredentialRefusal::CertType)?;
        let Some(person) = self.store.person(&key).await? else { return refused(command.cert().unknown()) };
        check(&person, command).map_err(Failure::from_refusal)?;
        let acct = self.store.acct(person.poolarea_no, &person.psn_no).await?;
        Ok(Reply { person, balc: acct.balc, at: ctx.now }.into())
    }
}

impl Command {
    fn cert(&self) -> MdtrtCert<'_> {
        MdtrtCert::of(&self.mdtrt_cert_type, &self.mdtrt_cert_no, self.card_sn.as_ref())
    }
}

fn check(person: &Person, command: &Command) -> Result<(), PersonRefusal> {
    command.cert().proves(person)?;
    if command.psn_name.as_ref().is_some_and(|name| *name != person.psn_name) {
        return Err(PersonRefusal::NameDiffers);
    }
    let other_type = command.psn_cert_type.as_ref().is_some_and(|sent| *sent != person.psn_cert_type);
    if other_type || command.certno.as_ref().is_some_and(|certno| *certno != person.certno) {
        return Err(PersonRefusal::CertDiffers);
    }
    Ok(())
}
