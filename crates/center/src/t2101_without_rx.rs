//! 2101 and 2102 of what no prescription of the center pays: the personal account alone ([`t2101_account`](crate::t2101_account)), or a
//! paper prescription ([`t2101_paper`](crate::t2101_paper)).
//!
//! Nothing was signed, carried or sold through the center, so what left the shelf is told by 3505 only. Invariants: such a settlement names
//! no prescription of the center; one settlement a bill, whose reversal is its end: what is bought again is another bill.

use lf_ports::reim::REIM_OWNER;
use lf_ports::{ClaimKind, CommitError, IdemKey, Person, PersonKey};
use lf_rx::{Refusal, Refused as _};
use lf_vocab::FixmedinsKind;
use lf_vocab::dict::AcctUsedFlag;

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::once::{MsgidUse, msgid_key};
use crate::t2101_paper::PaperRefusal;
use crate::t2101_quote::{Command, Priced, PurchaseRefusal, Said, check_person};
use crate::t2102_settle::Reply;

/// How often the very same bill is settled at most, each time after the one before was reversed.
pub const SAME_BILL_MAX: usize = 8;

/// Whether no line is of a prescription that flowed.
pub(crate) fn without_rx(command: &Command) -> bool {
    !command.lines.is_empty() && command.lines.iter().all(|line| !line.rx_circ_flag)
}

impl Center {
    /// 2102 of such a purchase. A till that sends the very same again gets the same settlement; after its reversal, under
    /// another `msgid`, a new one.
    pub(crate) async fn settle_without_rx(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        // The content is part of what is one purchase: two bills of one moment are two.
        let bill = lf_gm::hex::lower(&ctx.digest);
        let number = format!("{}/{}/{bill}", command.psn_no.as_str(), command.begntime);
        let mut key = ctx.idem_key("2102", number.clone());
        for _ in 1..SAME_BILL_MAX {
            let settled = self.attempts_once(ctx, &key, || self.try_settle_without_rx(ctx, command, &key)).await;
            if !matches!(&settled, Err(Failure::Refused(why)) if why.iter().any(is_reversed)) {
                return settled;
            }
            match self.ended_before(ctx, &key).await? {
                Some(reversed) => key = ctx.idem_key("2102", format!("{number}/{reversed}")),
                None => return settled,
            }
        }
        self.attempts_once(ctx, &key, || self.try_settle_without_rx(ctx, command, &key)).await
    }

    /// The reversed settlement of this bill that is not this message's own. A message that settled it once and comes late
    /// settles nothing more; one without a number cannot be told from it.
    async fn ended_before(&self, ctx: &Ctx, key: &IdemKey) -> Result<Option<String>, Failure> {
        let Some(own) = ctx.msgid.as_ref().map(|msgid| msgid_key(ctx.code(), key.infno, msgid)) else {
            return Ok(None);
        };
        let (idem, own) = tokio::try_join!(self.store.idem(key), self.store.idem(&own))?;
        let Some(answered) = ctx.answered::<String>(idem)? else { return Ok(None) };
        let own = own.as_ref().map(MsgidUse::of).transpose()?;
        Ok(Some(answered.reply).filter(|setl_id| own != Some(MsgidUse::Setl(setl_id.clone()))))
    }

    async fn try_settle_without_rx(
        &self,
        ctx: &Ctx,
        command: &Command,
        key: &IdemKey,
    ) -> Result<Answer<Reply>, Attempt> {
        let by = shown_by(command);
        let person = async {
            match &by {
                Ok(by) => self.store.person(by).await,
                Err(_) => Ok(None),
            }
        };
        let (idem, person) = tokio::try_join!(self.store.idem(key), person)?;
        if let Some(answer) = self.settled_before(ctx, key.infno, idem).await? {
            return Ok(answer);
        }
        by?;
        let priced = self.priced_without_rx(ctx, command, person).await?;
        self.commit_without_rx(ctx, command, priced, key).await
    }

    /// What it costs whom.
    pub(crate) async fn price_without_rx(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Priced>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let person = self.store.person(&shown_by(command)?).await?;
        self.priced_without_rx(ctx, command, person).await
    }

    async fn priced_without_rx(
        &self,
        ctx: &Ctx,
        command: &Command,
        person: Option<Person>,
    ) -> Result<Answer<Priced>, Failure> {
        let Some(person) = person else { return refused(Said::from(command).cert.unknown()) };
        check_person(&person, &Said::from(command), ctx)?;
        match &command.paper {
            Some(paper) => self.price_on_paper(ctx, command, paper, person).await,
            None => self.price_from_account(ctx, command, person).await,
        }
    }

    /// Commits what was priced without a prescription that flowed; of two counters with the same paper the second is refused.
    async fn commit_without_rx(
        &self,
        ctx: &Ctx,
        command: &Command,
        priced: Answer<Priced>,
        key: &IdemKey,
    ) -> Result<Answer<Reply>, Attempt> {
        match self.commit_priced(ctx, command, priced, key, (None, None)).await {
            Err(Attempt::Commit(CommitError::Claimed(claim))) if claim.kind == ClaimKind::PaperSetl => {
                Ok(match claim.owner.starts_with(REIM_OWNER) {
                    true => refused(PurchaseRefusal::Reimbursed)?,
                    false => refused(PaperRefusal::Settled(claim.key))?,
                })
            }
            Err(Attempt::Commit(CommitError::Claimed(claim))) if claim.kind == ClaimKind::DrugTracCodg => {
                Ok(refused(PaperRefusal::TracSold(claim.key))?)
            }
            other => other,
        }
    }
}

fn is_reversed(refusal: &Refusal) -> bool {
    refusal.code == PurchaseRefusal::BillReversed.code()
}

/// Whose account, by the credential that was shown.
fn shown_by(command: &Command) -> Result<PersonKey, Failure> {
    if command.acct_used_flag == AcctUsedFlag::Family {
        return refused(PurchaseRefusal::FamilyAccount);
    }
    Said::from(command).cert.key(PurchaseRefusal::CertType)
}
