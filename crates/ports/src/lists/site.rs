//! Where institutions stand, as a bureau publishes it for patients: address, telephone, place on the map.
//!
//! Serves the drug query (JX-4.5.1). Invariant: a list and no part of the register, because others survey it and it changes on
//! days of its own.

use lf_vocab::{FixmedinsCode, Spot};
use serde::{Deserialize, Serialize};

/// Where an institution stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// On the map, where surveyed.
    pub spot: Option<Spot>,
    /// 地址.
    pub addr: Option<String>,
    /// 电话.
    pub tel: Option<String>,
}
