//! What the counter states of a payment beyond the interface, and what the center knows of it.
//!
//! Serves JX-1.2 (duty), JX-1.4 (the recording), JX-3.4.3b (the print) and JX-4.1.3b (card and person) at the gate `settle`. What the
//! counter does not say and the center does not know stays absent.

use lf_law::{Facts, Field, Gate};
use lf_ports::StoreError;
use lf_rx::Prescription;
use lf_rx::event::{AtCounter, MediaRef, PsnMatch};
use lf_vocab::Moment;

use super::Stated;
use crate::Center;
use crate::ctx::Ctx;

/// What is known of the counter besides what it states.
pub(crate) struct KnownAtCounter {
    /// When the prescription was printed, by the center's own record where neither sale nor counter says so.
    print_time: Option<Moment>,
    /// By the duty register, where the pharmacy keeps one.
    on_duty: Option<bool>,
    /// The recording that was left here hashes to something else than stated.
    pub(crate) media_differs: bool,
}

impl Center {
    /// Asked together with the drugs and the purse; of a purchase without prescription, what was stated and who is on duty.
    pub(crate) async fn known_at_counter(
        &self,
        ctx: &Ctx,
        stated: &Stated,
        rx: Option<&Prescription>,
    ) -> Result<KnownAtCounter, StoreError> {
        lf_vocab::covers!("JX-3.4.3b");
        let state = rx.map(|rx| &rx.state);
        let sold = state.and_then(|state| state.sold()?.print_time);
        let printed_here = || state.and_then(|state| state.active()?.print_time);
        let print_time = stated.print_time.or(sold).or_else(printed_here);
        let media_differs = async {
            match stated.media_ref.as_ref().zip(stated.media_sm3.as_ref()) {
                Some((media_ref, sm3)) => self.another_file(ctx, media_ref, sm3).await,
                None => Ok(false),
            }
        };
        let on_duty = async {
            let read = self.law.reads(Gate::Settle, &ctx.caller.fixmedins.poolarea_no, Field::PharDutyFlag);
            match stated.phar_duty_flag {
                None if read => self.on_duty(ctx).await,
                _ => Ok(None),
            }
        };
        let (media_differs, on_duty) = tokio::try_join!(media_differs, on_duty)?;
        Ok(KnownAtCounter { print_time, on_duty, media_differs })
    }
}

impl KnownAtCounter {
    /// As facts of the case.
    pub(crate) fn put(&self, facts: &mut Facts<'_>, ctx: &Ctx, stated: &Stated) {
        lf_vocab::covers!("JX-1.2", "JX-1.4", "JX-4.1.3b");
        let recorded = stated.media_ref.is_some() && stated.media_sm3.is_some();
        facts
            .set_opt(Field::PrintTime, self.print_time)
            .set_opt(Field::PrintFlag, self.print_time.map(|time| time <= ctx.now))
            .set_opt(Field::PsnMatchFlag, stated.psn_match_flag)
            .set_opt(Field::FaceScore, stated.face_score)
            .set_opt(Field::PsnMatchReaFlag, stated.psn_match_rea.as_ref().map(|_| true))
            .set_opt(Field::MediaRefFlag, recorded.then_some(true))
            .set_opt(Field::PharDutyFlag, stated.phar_duty_flag.or(self.on_duty));
    }

    /// As the settlement keeps it.
    pub(crate) fn kept(&self, stated: &Stated) -> AtCounter {
        let psn_match = match (stated.psn_match_flag, stated.face_score, &stated.psn_match_rea) {
            (Some(true), Some(face_score), None) => Some(PsnMatch::Face { face_score }),
            (Some(true), face_score, Some(rea)) => Some(PsnMatch::Manual { face_score, psn_match_rea: rea.clone() }),
            (Some(true), None, None) => Some(PsnMatch::Stated),
            _ => None,
        };
        let media =
            stated.media_ref.clone().map(|media_ref| MediaRef { media_ref, media_sm3: stated.media_sm3.clone() });
        AtCounter { print_time: self.print_time, psn_match, media }
    }
}
