//! Who of a pharmacy's licensed pharmacists is on duty: the register that 9001 and 9002 keep. Serves JX-1.2.
//!
//! Whoever signs in under the number of a pharmacist registered and licensed at that pharmacy is on duty until signing out, at the
//! longest until the day ends. A pharmacy that never used the register and has no opening hours here is not judged by it.

use lf_ports::StoreError;
use lf_ports::duty::{DUTY_MAX, DUTY_READ_MAX, DutyMark, DutyRow, on_duty};
use lf_vocab::FixmedinsKind;

use crate::Center;
use crate::ctx::Ctx;
use crate::failure::{Failure, refused};

lf_rx::refusals! {
    /// Why nobody comes on duty (9001).
    DutyRefusal {
        TooMany = "RX-9001-01", "本中心 在岗登记上限", "本药店当天的药师在岗登记已达200次，不再受理签到";
    }
}

impl Center {
    /// Whether a pharmacist is on duty at the caller's now; `None` where nobody keeps the register.
    pub(crate) async fn on_duty(&self, ctx: &Ctx) -> Result<Option<bool>, StoreError> {
        let marks = self.duty_today(ctx).await?;
        if marks.is_empty() {
            // Who is open by the register and has nobody signed in has nobody on duty.
            let open = ctx.caller.fixmedins.open_hours.is_some_and(|hours| hours.contains(ctx.now));
            return Ok(open.then_some(false));
        }
        Ok(Some(!on_duty(&marks).is_empty()))
    }

    /// The marks of the caller's day, in the order of their time.
    async fn duty_today(&self, ctx: &Ctx) -> Result<Vec<DutyRow>, StoreError> {
        let day = ctx.now.day();
        self.store.duty(ctx.code(), (day.start(), day.plus(1).start()), DUTY_READ_MAX).await
    }

    /// The mark that this sign-in or sign-out makes, if it is a pharmacist's and changes anything.
    pub(crate) async fn duty_mark(
        &self,
        ctx: &Ctx,
        opter_no: &str,
        mark: DutyMark,
    ) -> Result<Option<DutyRow>, Failure> {
        lf_vocab::covers!("JX-1.2");
        if ctx.code().kind() != FixmedinsKind::Pharmacy {
            return Ok(None);
        }
        let (pharmacist, marks) =
            tokio::try_join!(self.store.practitioner(ctx.code(), opter_no), self.duty_today(ctx))?;
        let entitled = pharmacist.is_some_and(|one| one.reviews_on(ctx.now.day()));
        let standing = on_duty(&marks).contains(opter_no);
        let changes = match mark {
            DutyMark::On => entitled && !standing,
            DutyMark::Off => standing,
        };
        if !changes {
            return Ok(None);
        }
        // Who signed in signs out, however many marks there are: else the register would hold on duty who went home.
        if mark == DutyMark::On && marks.len() >= DUTY_MAX {
            return refused(DutyRefusal::TooMany);
        }
        let row = DutyRow { fixmedins_code: ctx.code().clone(), at: ctx.now, phar_code: opter_no.to_owned(), mark };
        Ok(Some(row))
    }
}
