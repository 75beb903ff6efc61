//! The three status codes of the wire as projections of a state (7103–7107): they are never stored.

use lf_vocab::Moment;
use lf_vocab::dict::{RxChkStasCodg, RxStasCodg, RxUsedStasCodg};

use crate::state::{Prescription, State};

/// What the interface says of a prescription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    /// 医保处方状态.
    pub rx_stas_codg: RxStasCodg,
    /// 医保处方使用状态.
    pub rx_used_stas_codg: RxUsedStasCodg,
    /// 处方审核状态, once reviewed.
    pub rx_chk_stas_codg: Option<RxChkStasCodg>,
}

impl Projection {
    /// As of `now`: expiry needs no job.
    pub fn of(rx: &Prescription, now: Moment) -> Self {
        let rx_stas_codg = match rx.state {
            State::Revoked { .. } => RxStasCodg::Revoked,
            State::Refunded { .. } => RxStasCodg::Invalid,
            _ if rx.expired(now) => RxStasCodg::Invalid,
            _ => RxStasCodg::Valid,
        };
        let used = matches!(rx.state, State::SelfPaid { .. } | State::Settled { .. });
        Self {
            rx_stas_codg,
            rx_used_stas_codg: if used { RxUsedStasCodg::Used } else { RxUsedStasCodg::Unused },
            rx_chk_stas_codg: rx.state.reviewed().map(|reviewed| reviewed.rx_chk_stas_codg),
        }
    }
}
