//! The states of a prescription, each holding what it proves, and how events lead from one to the next.
//!
//! `PreChecked → Signed → Active → Carried → Verified → Reviewed | ChkRefused → Sold | SelfPaid → Settled →
//! Refunded`; `Revoked` from any state before a sale. Expiry is no state: it is `vali_end_time ≤ now`, so
//! no job has to run. `Revoked` and `Refunded` are closed: no event leaves them.

use lf_vocab::dict::{HiFeesetlFlag, RxChkStasCodg};
use lf_vocab::{FixmedinsCode, HiRxno, Moment};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::delivery::Delivery;
use crate::event::{
    Downloaded, Event, Opened, Pair, Refunded, Reviewed, Revoked, Settled, Signed, SignedPair, Sold, Uploaded, Verified,
};

/// A prescription as the center knows it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prescription {
    /// 医保处方编号.
    pub hi_rxno: HiRxno,
    /// What never changes.
    pub opened: Opened,
    /// Where it stands.
    pub state: State,
    /// How many events its history has.
    pub seq: u64,
    /// The hash of the last of them.
    pub head: crate::history::ChainHash,
}

/// Where a prescription stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// 7101: numbers given, nothing signed.
    PreChecked,
    /// 7102: signed, not yet uploaded.
    Signed {
        /// The signature.
        signed: Signed,
    },
    /// 7103: valid; anyone whom the person lets may fetch it.
    Active {
        /// The signature and the upload.
        active: Active,
    },
    /// 7204: fetched by a pharmacy.
    Carried {
        /// As before.
        active: Active,
        /// By whom and on which token.
        downloaded: Downloaded,
    },
    /// 7205: file and signature proved there.
    Verified {
        /// As before.
        active: Active,
        /// As before.
        downloaded: Downloaded,
        /// The proof.
        verified: Verified,
    },
    /// 7206: the pharmacist refused; the person may carry it elsewhere.
    ChkRefused {
        /// As before.
        active: Active,
        /// The judgement.
        reviewed: Reviewed,
    },
    /// 7206: the pharmacist passed it.
    Reviewed {
        /// What a sale rests on.
        passed: Passed,
    },
    /// 7207 for insurance: waiting for settlement.
    Sold {
        /// What it rests on.
        passed: Passed,
        /// The sale.
        sold: Sold,
        /// Its way to the person.
        #[serde(default, skip_serializing_if = "Delivery::is_none")]
        delivery: Delivery,
    },
    /// 7207 self-paid: used.
    SelfPaid {
        /// What it rests on.
        passed: Passed,
        /// The sale.
        sold: Sold,
        /// Its way to the person.
        #[serde(default, skip_serializing_if = "Delivery::is_none")]
        delivery: Delivery,
    },
    /// 2102: paid, once.
    Settled {
        /// What it rests on.
        passed: Passed,
        /// The sale.
        sold: Sold,
        /// Its way to the person.
        #[serde(default, skip_serializing_if = "Delivery::is_none")]
        delivery: Delivery,
        /// The settlement.
        settled: Settled,
        /// The sheet and prescription that the person signed.
        #[serde(default, skip_serializing_if = "Pair::is_missing")]
        pair: Pair,
    },
    /// 2103: taken back; closed.
    Refunded {
        /// What it rests on.
        passed: Passed,
        /// The sale that was taken back with it.
        sold: Sold,
        /// Its way, as far as it came, to the person.
        #[serde(default, skip_serializing_if = "Delivery::is_none")]
        delivery: Delivery,
        /// The settlement that was reversed.
        settled: Settled,
        /// The sheet and prescription that the person signed.
        #[serde(default, skip_serializing_if = "Pair::is_missing")]
        pair: Pair,
        /// The reversal.
        refunded: Refunded,
    },
    /// 7104: closed.
    Revoked {
        /// Where it stood.
        before: Box<State>,
        /// By whom and why.
        revoked: Revoked,
    },
}

/// A signed and uploaded prescription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Active {
    /// 7102.
    pub signed: Signed,
    /// 7103.
    pub uploaded: Uploaded,
    /// When the center itself last made a paper of it (JX-3.4.3b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print_time: Option<Moment>,
}

/// A prescription that a pharmacist passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// 7102, 7103.
    pub active: Active,
    /// 7204.
    pub downloaded: Downloaded,
    /// 7205.
    pub verified: Verified,
    /// 7206.
    pub reviewed: Reviewed,
}

/// A row or a history that contradicts itself: our fault, never the caller's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{hi_rxno}: event {event} cannot follow state {state}")]
pub struct Inconsistent {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The event's name.
    pub event: &'static str,
    /// The state's name.
    pub state: &'static str,
}

impl Prescription {
    /// Whether its validity has ended and it was not used before.
    pub fn expired(&self, now: Moment) -> bool {
        now >= self.opened.vali_end_time && !self.state.closed() && !self.state.dispensed()
    }

    /// The state after `event`; the chain is the caller's affair.
    pub fn next(&self, event: &Event) -> Result<State, Inconsistent> {
        self.state.clone().after(event).map_err(|(event, state)| Inconsistent {
            hi_rxno: self.hi_rxno.clone(),
            event,
            state,
        })
    }
}

impl State {
    /// No event leaves it.
    pub fn closed(&self) -> bool {
        matches!(self, Self::Refunded { .. } | Self::Revoked { .. })
    }

    /// The drugs have left the shelf.
    pub fn dispensed(&self) -> bool {
        matches!(self, Self::Sold { .. } | Self::SelfPaid { .. } | Self::Settled { .. })
    }

    /// A stable name: the `phase` column, logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PreChecked => "pre_checked",
            Self::Signed { .. } => "signed",
            Self::Active { .. } => "active",
            Self::Carried { .. } => "carried",
            Self::Verified { .. } => "verified",
            Self::ChkRefused { .. } => "chk_refused",
            Self::Reviewed { .. } => "reviewed",
            Self::Sold { .. } => "sold",
            Self::SelfPaid { .. } => "self_paid",
            Self::Settled { .. } => "settled",
            Self::Refunded { .. } => "refunded",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// The name for people.
    pub fn name_cn(&self) -> &'static str {
        match self {
            Self::PreChecked => "已预核验",
            Self::Signed { .. } => "已签名",
            Self::Active { .. } => "已上传有效",
            Self::Carried { .. } => "已被药店下载",
            Self::Verified { .. } => "已验签",
            Self::ChkRefused { .. } => "审核不通过",
            Self::Reviewed { .. } => "审核通过",
            Self::Sold { .. } => "已出库待结算",
            Self::SelfPaid { .. } => "已自费取药",
            Self::Settled { .. } => "已结算",
            Self::Refunded { .. } => "已退费",
            Self::Revoked { .. } => "已撤销",
        }
    }

    /// The signature and upload, once there.
    pub fn active(&self) -> Option<&Active> {
        match self {
            Self::PreChecked | Self::Signed { .. } => None,
            Self::Active { active }
            | Self::Carried { active, .. }
            | Self::Verified { active, .. }
            | Self::ChkRefused { active, .. } => Some(active),
            Self::Reviewed { passed }
            | Self::Sold { passed, .. }
            | Self::SelfPaid { passed, .. }
            | Self::Settled { passed, .. }
            | Self::Refunded { passed, .. } => Some(&passed.active),
            Self::Revoked { before, .. } => before.active(),
        }
    }

    /// The last review, once there.
    pub fn reviewed(&self) -> Option<&Reviewed> {
        match self {
            Self::ChkRefused { reviewed, .. } => Some(reviewed),
            Self::Revoked { before, .. } => before.reviewed(),
            _ => self.passed().map(|passed| &passed.reviewed),
        }
    }

    /// The passed review and all below it, once there.
    pub fn passed(&self) -> Option<&Passed> {
        match self {
            Self::Reviewed { passed }
            | Self::Sold { passed, .. }
            | Self::SelfPaid { passed, .. }
            | Self::Settled { passed, .. }
            | Self::Refunded { passed, .. } => Some(passed),
            _ => None,
        }
    }

    /// The sale, once there and not undone.
    pub fn sold(&self) -> Option<&Sold> {
        match self {
            Self::Sold { sold, .. }
            | Self::SelfPaid { sold, .. }
            | Self::Settled { sold, .. }
            | Self::Refunded { sold, .. } => Some(sold),
            _ => None,
        }
    }

    /// The settlement, reversed or not.
    pub fn settled(&self) -> Option<&Settled> {
        match self {
            Self::Settled { settled, .. } | Self::Refunded { settled, .. } => Some(settled),
            _ => None,
        }
    }

    /// The way of its drugs to the person, also of those that were taken back later.
    pub fn delivery(&self) -> &Delivery {
        match self {
            Self::Sold { delivery, .. }
            | Self::SelfPaid { delivery, .. }
            | Self::Settled { delivery, .. }
            | Self::Refunded { delivery, .. } => delivery,
            _ => &Delivery::None,
        }
    }

    fn active_mut(&mut self) -> Option<&mut Active> {
        match self {
            Self::PreChecked | Self::Signed { .. } => None,
            Self::Active { active }
            | Self::Carried { active, .. }
            | Self::Verified { active, .. }
            | Self::ChkRefused { active, .. } => Some(active),
            Self::Reviewed { passed }
            | Self::Sold { passed, .. }
            | Self::SelfPaid { passed, .. }
            | Self::Settled { passed, .. }
            | Self::Refunded { passed, .. } => Some(&mut passed.active),
            Self::Revoked { before, .. } => before.active_mut(),
        }
    }

    fn delivery_mut(&mut self) -> Option<&mut Delivery> {
        match self {
            Self::Sold { delivery, .. } | Self::SelfPaid { delivery, .. } | Self::Settled { delivery, .. } => {
                Some(delivery)
            }
            _ => None,
        }
    }

    /// The signed pair of its settlement, once there.
    pub fn pair(&self) -> Option<&SignedPair> {
        match self {
            Self::Settled { pair: Pair::Bound(bound), .. } | Self::Refunded { pair: Pair::Bound(bound), .. } => {
                Some(bound)
            }
            _ => None,
        }
    }

    /// The pharmacy that holds it, once carried.
    pub fn pharmacy(&self) -> Option<&FixmedinsCode> {
        match self {
            Self::Carried { downloaded, .. } | Self::Verified { downloaded, .. } => Some(&downloaded.fixmedins_code),
            _ => self.passed().map(|passed| &passed.downloaded.fixmedins_code),
        }
    }

    /// The state that an event leads to; otherwise the names of the event and of the state that it cannot follow.
    pub(crate) fn after(self, event: &Event) -> Result<State, (&'static str, &'static str)> {
        let name = self.name();
        match (self, event) {
            (Self::PreChecked, Event::Signed(signed)) => Ok(Self::Signed { signed: signed.clone() }),
            (Self::Signed { signed }, Event::Uploaded(uploaded)) => {
                Ok(Self::Active { active: Active { signed, uploaded: uploaded.clone(), print_time: None } })
            }
            (state, Event::Authorised(_)) if state.carriable() => Ok(state),
            (state, Event::Downloaded(downloaded)) if state.carriable() => match state.active().cloned() {
                Some(active) => Ok(Self::Carried { active, downloaded: downloaded.clone() }),
                None => Err((event.name(), name)),
            },
            (Self::Carried { active, downloaded }, Event::Verified(verified)) => {
                Ok(Self::Verified { active, downloaded, verified: verified.clone() })
            }
            (Self::Verified { active, downloaded, verified }, Event::Reviewed(reviewed)) => {
                let reviewed = reviewed.clone();
                Ok(match reviewed.rx_chk_stas_codg {
                    RxChkStasCodg::Refused => Self::ChkRefused { active, reviewed },
                    RxChkStasCodg::Passed => {
                        Self::Reviewed { passed: Passed { active, downloaded, verified, reviewed } }
                    }
                })
            }
            (Self::Reviewed { passed }, Event::Sold(sold)) => {
                let sold = sold.clone();
                Ok(match sold.hi_feesetl_flag {
                    HiFeesetlFlag::Insured => Self::Sold { passed, sold, delivery: Delivery::None },
                    HiFeesetlFlag::SelfPaid => Self::SelfPaid { passed, sold, delivery: Delivery::None },
                })
            }
            // What is on the way is called off before its sale or its settlement is taken back.
            (Self::Sold { passed, delivery, .. } | Self::SelfPaid { passed, delivery, .. }, Event::SaleUndone(_))
                if !delivery.under_way() =>
            {
                Ok(Self::Reviewed { passed })
            }
            (Self::Sold { passed, sold, delivery }, Event::Settled(settled)) => {
                Ok(Self::Settled { passed, sold, delivery, settled: settled.clone(), pair: Pair::Missing })
            }
            (Self::Settled { passed, sold, delivery, settled, pair }, Event::Refunded(refunded))
                if !delivery.under_way() =>
            {
                Ok(Self::Refunded { passed, sold, delivery, settled, pair, refunded: refunded.clone() })
            }
            (Self::Settled { passed, sold, delivery, settled, pair: Pair::Missing }, Event::PairBound(bound))
                if bound.setl_id == settled.setl_id =>
            {
                Ok(Self::Settled { passed, sold, delivery, settled, pair: Pair::Bound(bound.clone()) })
            }
            (mut state, Event::Printed(printed)) if !state.closed() => {
                let active = state.active_mut().ok_or((event.name(), name))?;
                active.print_time = Some(printed.print_time);
                Ok(state)
            }
            (state, Event::Delivery(_) | Event::DeliverySigned(_)) => state.on_its_way(event),
            (state, Event::Revoked(revoked)) if !state.closed() && !state.dispensed() => {
                Ok(Self::Revoked { before: Box::new(state), revoked: revoked.clone() })
            }
            _ => Err((event.name(), name)),
        }
    }

    /// The state with its delivery one step further; the names as in [`State::after`].
    fn on_its_way(mut self, event: &Event) -> Result<State, (&'static str, &'static str)> {
        let impossible = (event.name(), self.name());
        let delivery = self.delivery_mut().ok_or(impossible)?;
        let moved = match event {
            Event::Delivery(step) => delivery.moved(step),
            Event::DeliverySigned(signed) => delivery.taken(signed),
            _ => None,
        };
        *delivery = moved.ok_or(impossible)?;
        Ok(self)
    }

    /// Whether a pharmacy may fetch it: uploaded, neither dispensed nor closed.
    pub fn carriable(&self) -> bool {
        self.active().is_some() && !self.dispensed() && !self.closed()
    }
}

impl Event {
    /// A stable name: the `kind` of the stored text, logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened(_) => "opened",
            Self::Signed(_) => "signed",
            Self::Uploaded(_) => "uploaded",
            Self::Authorised(_) => "authorised",
            Self::Downloaded(_) => "downloaded",
            Self::Verified(_) => "verified",
            Self::Reviewed(_) => "reviewed",
            Self::Sold(_) => "sold",
            Self::SaleUndone(_) => "sale_undone",
            Self::Printed(_) => "printed",
            Self::PairBound(_) => "pair_bound",
            Self::Delivery(_) => "delivery",
            Self::DeliverySigned(_) => "delivery_signed",
            Self::Settled(_) => "settled",
            Self::Refunded(_) => "refunded",
            Self::Revoked(_) => "revoked",
        }
    }
}
