//! A visit of the clinic route (2201–2208): who registered, what was stated of it, and the fee lines that wait for their
//! settlement.
//!
//! Invariants: a visit is its pharmacy's alone; a batch of lines is open or settled, and a settled one never changes again.
//! Whether its settlement still stands is said by the settlement, not here.

use async_trait::async_trait;
use lf_vocab::dict::Insutype;
use lf_vocab::{Admdvs, Fen, FixmedinsCode, MedListCodg, Moment, Pric, PsnNo, Qty};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// A registration (2201) and what came after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mdtrt {
    /// 就诊ID.
    pub mdtrt_id: String,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// Its 统筹区.
    pub poolarea_no: Admdvs,
    /// The insured's 统筹区.
    pub insu_poolarea_no: Admdvs,
    /// Who.
    pub psn_no: PsnNo,
    /// 险种.
    pub insutype: Insutype,
    /// 门诊号: unique in the pharmacy.
    pub ipt_otp_no: String,
    /// 挂号时间.
    pub begntime: Moment,
    /// 科室编码.
    pub dept_code: String,
    /// 科室名称.
    pub dept_name: String,
    /// 科别.
    pub caty: String,
    /// How far it is.
    pub state: MdtrtState,
}

/// How far a visit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MdtrtState {
    /// 2201.
    Registered,
    /// 2203A; then lines may come.
    Informed {
        /// What was stated.
        info: Box<MdtrtInfo>,
        /// The lines, batch by batch, in the order in which they came.
        batches: Vec<Batch>,
    },
    /// 2202.
    Withdrawn {
        /// When.
        at: Moment,
        /// What had been settled, and was reversed before.
        batches: Vec<Batch>,
    },
}

impl MdtrtState {
    /// The lines that came, batch by batch.
    pub fn batches(&self) -> &[Batch] {
        match self {
            Self::Registered => &[],
            Self::Informed { batches, .. } | Self::Withdrawn { batches, .. } => batches,
        }
    }

    /// The stored word.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Informed { .. } => "informed",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }
}

/// What 2203A states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MdtrtInfo {
    /// 医疗类别: one a visit.
    pub med_type: String,
    /// 就诊时间.
    pub begntime: Moment,
    /// 主要病情描述.
    pub main_cond_dscr: Option<String>,
    /// 病种编码.
    pub dise_codg: Option<String>,
    /// 处方医药机构编码.
    pub rx_fixmedins_code: Option<FixmedinsCode>,
    /// The diagnoses.
    pub diags: Vec<Diag>,
}

/// A diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diag {
    /// 诊断类别.
    pub diag_type: String,
    /// 诊断排序号.
    pub diag_srt_no: i64,
    /// 诊断代码.
    pub diag_code: String,
    /// 诊断名称.
    pub diag_name: String,
    /// 诊断科室.
    pub diag_dept: String,
    /// 诊断医生编码.
    pub dise_dor_no: String,
    /// 诊断医生姓名.
    pub dise_dor_name: String,
    /// 诊断时间.
    pub diag_time: Moment,
    /// Not declared void.
    pub vali: bool,
}

/// Lines that are settled together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// 收费批次号.
    pub chrg_bchno: String,
    /// The lines.
    pub fees: Vec<MdtrtFee>,
    /// Whether they are settled.
    pub state: BatchState,
}

/// Whether a batch is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BatchState {
    /// Not yet.
    Open,
    /// By this settlement, which may have been reversed since.
    Settled {
        /// 结算ID.
        setl_id: String,
    },
}

/// A fee line (2204).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MdtrtFee {
    /// 费用明细流水号: unique in the visit.
    pub feedetl_sn: String,
    /// 病种编码.
    pub dise_codg: Option<String>,
    /// 处方号.
    pub rxno: Option<String>,
    /// 外购处方标志.
    pub rx_circ_flag: bool,
    /// 费用发生时间.
    pub fee_ocur_time: Moment,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 明细项目费用总额.
    pub det_item_fee_sumamt: Fen,
    /// 数量.
    pub cnt: Qty,
    /// 单价.
    pub pric: Pric,
    /// 医院审批标志.
    pub hosp_appr_flag: String,
}

/// A visit moves on.
#[derive(Debug, Clone)]
pub struct MdtrtChange {
    /// As it is afterwards.
    pub mdtrt: Mdtrt,
    /// The version it must have had; 0 = it must not exist.
    pub expect_ver: i64,
}

/// The finders of 2201–2208, and the auditor's.
#[async_trait]
pub trait MdtrtStore: Send + Sync {
    /// A visit of a pharmacy, and its version.
    async fn mdtrt(&self, fixmedins_code: &FixmedinsCode, mdtrt_id: &str) -> Result<Option<(Mdtrt, i64)>, StoreError>;
    /// Visits in pharmacies of a 统筹区 after a 就诊ID.
    async fn scan_mdtrt(&self, poolarea_no: Admdvs, after: Option<&str>, most: usize)
    -> Result<Vec<Mdtrt>, StoreError>;
}
