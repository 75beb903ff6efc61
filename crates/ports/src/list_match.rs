//! 目录对照: which entry of an institution's own list is which entry of the medical list (3301, 3302, shown by 1317).
//!
//! Invariants: a match is its institution's alone; one that was withdrawn stays to be seen, with the time of its withdrawal.

use lf_vocab::{Day, FixmedinsCode, Moment};
use serde::{Deserialize, Serialize};

/// By what a match is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchKey {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// 目录类别.
    pub list_type: String,
    /// 定点医药机构目录编号; 1317 calls it `medins_list_codg`.
    pub fixmedins_hilist_id: String,
    /// 医疗目录编码.
    pub med_list_codg: String,
}

/// What else an institution says of a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchBody {
    /// 定点医药机构目录名称.
    pub fixmedins_hilist_name: String,
    /// 批准文号.
    pub aprvno: Option<String>,
    /// 剂型.
    pub dosform: Option<String>,
    /// 除外内容.
    pub exct_cont: Option<String>,
    /// 项目内涵.
    pub item_cont: Option<String>,
    /// 计价单位.
    pub prcunt: Option<String>,
    /// 规格.
    pub spec: Option<String>,
    /// 包装规格.
    pub pacspec: Option<String>,
    /// 备注.
    pub memo: Option<String>,
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListMatch {
    /// Which.
    pub key: MatchKey,
    /// 开始日期.
    pub begndate: Day,
    /// 结束日期, which belongs to it.
    pub enddate: Day,
    /// When it was uploaded first.
    pub crte_time: Moment,
    /// When it was uploaded or withdrawn last.
    pub updt_time: Moment,
    /// Not withdrawn.
    pub vali: bool,
    /// The rest.
    pub body: MatchBody,
}

/// What happens to a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchChange {
    /// It is uploaded; one that stands or was withdrawn is replaced, and keeps the time of its first upload.
    Put(Box<ListMatch>),
    /// It is withdrawn; it must stand.
    Withdraw(MatchKey, Moment),
}
