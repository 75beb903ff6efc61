//! The way of sold drugs to the person: 网订店取 or 网订店送 (7209), until somebody signs for them (7210).
//!
//! Serves GX-2.2a, GX-2.2c, GX-2.2e, DG-3.5b, JX-4.2e. Invariants: each course holds the messages that prove it; of one
//! sale at most one delivery is open; what was sent keeps its destination; nothing follows a signature.

use lf_vocab::dict::{DelvStasCodg, DelvWay};
use lf_vocab::{Day, FixmedinsCode, Moment, Qty};
use serde::{Deserialize, Serialize};

/// How far the delivery of a sale has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "course", rename_all = "snake_case")]
pub enum Delivery {
    /// Nobody ordered one: the drugs were handed over at the counter.
    #[default]
    None,
    /// 0: ordered, waiting in the pharmacy to be fetched or sent.
    Ordered {
        /// The order as it stands.
        ordered: Box<DeliveryStep>,
    },
    /// 1: with the carrier.
    OnWay {
        /// The handing over to the carrier.
        sent: Box<DeliveryStep>,
        /// The last word of it.
        last: Box<DeliveryStep>,
    },
    /// 4: something went wrong on the way.
    Trouble {
        /// The handing over to the carrier.
        sent: Box<DeliveryStep>,
        /// What went wrong.
        last: Box<DeliveryStep>,
    },
    /// 2: there, not signed for yet.
    Arrived {
        /// The handing over to the carrier.
        sent: Box<DeliveryStep>,
        /// The arrival.
        last: Box<DeliveryStep>,
    },
    /// 7210: in the person's hands.
    Signed {
        /// By what it had come so far.
        last: Box<DeliveryStep>,
        /// The signature.
        signed: Box<DeliverySigned>,
    },
    /// 3: called off; another one may be ordered.
    Cancelled {
        /// The calling off.
        last: Box<DeliveryStep>,
    },
}

/// 7209: an order, or how far it has come.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryStep {
    /// What is delivered whereto, and by whom.
    pub sheet: Sheet,
    /// 配送状态.
    pub delv_stas_codg: DelvStasCodg,
    /// 状态描述.
    pub delv_stas_dscr: Option<String>,
    /// 状态描述变更时间.
    pub delv_stas_time: Moment,
    /// The courier, where named.
    pub delver: Option<Delver>,
    /// Where the courier is, where told.
    pub place: Option<Place>,
    /// How cold it was kept, where told.
    pub cold_chain: ColdChain,
}

/// 配送单.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// 配送单业务编号.
    pub delv_no: String,
    /// Fetched in the shop or sent.
    pub delv_way: DelvWay,
    /// To whom and where.
    pub to: Destination,
    /// 配送距离, as told.
    pub delv_dtce: Option<Qty>,
    /// Who carries it.
    pub carrier: Carrier,
    /// Who in the pharmacy keeps it and hands it over (GX-2.2a).
    pub hdov_name: Option<String>,
}

/// 收货.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// 配送地址.
    pub delv_addr: String,
    /// 收货人.
    pub delv_conner: String,
    /// 收货人联系电话.
    pub delv_con_tel: Option<String>,
    /// The institution to which it goes, where it goes to one (GX-2.2e).
    pub dlv_fixmedins_code: Option<FixmedinsCode>,
}

/// 配送企业.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carrier {
    /// 配送企业编码.
    pub delv_entp_no: Option<String>,
    /// 配送企业名称.
    pub delv_entp_name: String,
    /// Its qualification, where stated (GX-2.2c, JX-4.2e).
    pub lic: Option<CarrierLic>,
}

/// A carrier's qualification as the pharmacy states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierLic {
    /// Its number.
    pub delv_entp_lic_no: String,
    /// The last day on which it is valid.
    pub delv_entp_lic_end: Day,
}

/// 配送员.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delver {
    /// 配送员姓名.
    pub delver_name: String,
    /// 配送员证件类型 and 编号.
    pub delver_cert: Option<(String, String)>,
    /// 配送员电话.
    pub delver_tel: Option<String>,
}

/// 配送员当前经纬度.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// 经度.
    pub delver_lng: String,
    /// 纬度.
    pub delver_lat: String,
    /// 经纬度编码类型.
    pub delver_geo_type: Option<String>,
}

/// Whether it goes by cold chain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cold_chain", rename_all = "snake_case")]
pub enum ColdChain {
    /// Nobody said.
    #[default]
    Unsaid,
    /// It does not.
    No,
    /// It does; without a record it is only said to.
    Yes {
        /// The record of the temperatures.
        temp_rec: Option<TempRec>,
    },
}

/// A record of temperatures that the pharmacy keeps: by what it is found, and what it must hash to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TempRec {
    /// Its number at the pharmacy, or the 文件查询号 of 9101.
    pub temp_rec_no: String,
    /// SM3 of the record, lower-case hex.
    pub temp_rec_sm3: String,
    /// Whether it shows every temperature within the drug's own limits, where the pharmacy says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temp_ok_flag: Option<bool>,
}

/// 7210: somebody signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverySigned {
    /// Who handed it over.
    pub delver: Delver,
    /// Who took it, where named.
    pub rcvr: Option<Receiver>,
    /// 配送完成时间.
    pub delv_stas_time: Moment,
    /// 状态描述.
    pub delv_stas_dscr: Option<String>,
    /// 签收核验方式.
    pub chk_way_codg: Option<String>,
    /// Where.
    pub place: Option<Place>,
    /// How cold it was kept until then.
    pub cold_chain: ColdChain,
}

/// Who signed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Name.
    pub rcvr_name: String,
    /// 与参保人关系: 本人, or what else.
    pub rcvr_rltn: Option<String>,
}

macro_rules! quiet_debug {
    ($($name:ident)+) => {$(
        // Holds names, addresses and telephone numbers, which no log shows.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
quiet_debug!(DeliveryStep Sheet Destination Carrier Delver Place DeliverySigned Receiver);

impl Delivery {
    /// Nobody ordered one.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The drugs have left the pharmacy and are in nobody's hands yet.
    pub fn under_way(&self) -> bool {
        matches!(self, Self::OnWay { .. } | Self::Trouble { .. } | Self::Arrived { .. })
    }

    /// The last word of 7209, whatever came of it.
    pub fn last(&self) -> Option<&DeliveryStep> {
        match self {
            Self::None => None,
            Self::Ordered { ordered: last }
            | Self::OnWay { last, .. }
            | Self::Trouble { last, .. }
            | Self::Arrived { last, .. }
            | Self::Signed { last, .. }
            | Self::Cancelled { last } => Some(last),
        }
    }

    /// The signature, once there.
    pub fn signed(&self) -> Option<&DeliverySigned> {
        match self {
            Self::Signed { signed, .. } => Some(signed),
            _ => None,
        }
    }

    /// 7209: the course after it, if it can follow.
    pub fn moved(&self, step: &DeliveryStep) -> Option<Self> {
        use DelvStasCodg::{Arrived, Cancelled, OnWay, Trouble, Waiting};
        let last = Box::new(step.clone());
        match (self, step.delv_stas_codg) {
            (Self::None | Self::Ordered { .. } | Self::Cancelled { .. }, Waiting) => {
                Some(Self::Ordered { ordered: last })
            }
            // What is fetched in the shop is with no carrier.
            (Self::None | Self::Ordered { .. } | Self::Cancelled { .. }, OnWay)
                if step.sheet.delv_way == DelvWay::Send =>
            {
                Some(Self::OnWay { sent: last.clone(), last })
            }
            (Self::Ordered { .. }, Cancelled) => Some(Self::Cancelled { last }),
            (Self::OnWay { sent, .. } | Self::Trouble { sent, .. }, code) => {
                let sent = sent.clone();
                match code {
                    Waiting => None,
                    OnWay => Some(Self::OnWay { sent, last }),
                    Trouble => Some(Self::Trouble { sent, last }),
                    Arrived => Some(Self::Arrived { sent, last }),
                    Cancelled => Some(Self::Cancelled { last }),
                }
            }
            // Nobody took it there.
            (Self::Arrived { sent, .. }, Trouble) => Some(Self::Trouble { sent: sent.clone(), last }),
            (Self::Arrived { .. }, Cancelled) => Some(Self::Cancelled { last }),
            _ => None,
        }
    }

    /// 7210: the course after it, if it can follow.
    pub fn taken(&self, signed: &DeliverySigned) -> Option<Self> {
        let last = match self {
            Self::Ordered { ordered: last } if last.sheet.delv_way == DelvWay::Fetch => last,
            Self::OnWay { last, .. } | Self::Trouble { last, .. } | Self::Arrived { last, .. } => last,
            _ => return None,
        };
        Some(Self::Signed { last: last.clone(), signed: Box::new(signed.clone()) })
    }

    /// For people.
    pub fn name_cn(&self) -> &'static str {
        match self {
            Self::None => "未配送",
            Self::Signed { .. } => "已签收",
            _ => self.last().map_or("未配送", |last| last.delv_stas_codg.name()),
        }
    }
}
