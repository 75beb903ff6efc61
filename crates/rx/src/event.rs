//! What can happen to a prescription. An event carries the evidence that its state will hold; the history
//! of a prescription is these, in order, chained (`history.rs`).

use std::collections::BTreeMap;

use lf_vocab::dict::{BizTypeCode, HiFeesetlFlag, RxChkStasCodg};
use lf_vocab::{
    Admdvs, DrCode, DrugTracCodg, Fen, FixmedinsCode, MedListCodg, Moment, PharCode, PsnNo, Qty, RxTraceCode,
};
use serde::{Deserialize, Serialize};

use crate::delivery::{DeliverySigned, DeliveryStep};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// 7101 accepted: the numbers were given out.
    Opened(Box<Opened>),
    /// 7102: the center signed for the institution.
    Signed(Signed),
    /// 7103: valid from here on.
    Uploaded(Uploaded),
    /// 7201 or 7203: the person let a pharmacy see it. Changes no state.
    Authorised(Authorised),
    /// 7204: a pharmacy carries it now.
    Downloaded(Downloaded),
    /// 7205: the pharmacy proved file and signature.
    Verified(Verified),
    /// 7206: a pharmacist's judgement.
    Reviewed(Reviewed),
    /// 7207: the drugs left the shelf.
    Sold(Sold),
    /// 7208: the sale was taken back before settlement.
    SaleUndone(SaleUndone),
    /// 7209: a delivery was ordered or came a step further.
    Delivery(Box<DeliveryStep>),
    /// 7210: somebody signed for it.
    DeliverySigned(Box<DeliverySigned>),
    /// 2102.
    Settled(Settled),
    /// The center made a paper of it (`liufang paper prescription --record`). Changes no state.
    Printed(Printed),
    /// 9101: sheet and prescription, signed by the person, are kept as a pair.
    PairBound(Box<SignedPair>),
    /// 2103: a new negative settlement.
    Refunded(Refunded),
    /// 7104.
    Revoked(Revoked),
}

/// 7101: what every later decision needs of the content, and its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// 处方追溯码.
    pub rx_trace_code: RxTraceCode,
    /// The institution's own number.
    pub hosp_rxno: String,
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// The prescribing doctor.
    pub dr_code: DrCode,
    /// The insured person's 统筹区; numbers of persons are its own.
    pub insu_poolarea_no: Admdvs,
    /// The insured person's number there.
    pub psn_no: PsnNo,
    /// The visit.
    pub mdtrt_id: String,
    /// When it was prescribed.
    pub prsc_time: Moment,
    /// When its validity ends; the moment itself no longer belongs.
    pub vali_end_time: Moment,
    /// SM3 of the stored content, lower-case hex.
    pub content_sm3: String,
    /// The edition of the law that accepted it.
    pub law_edition: String,
    /// Reminders against which the doctor went on; the reasons stand in the content.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Overridden>,
    /// The visit, for the gates that come later; what was opened before this was kept has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Box<Visit>>,
}

/// The visit as the gates after the pre-check are asked it: messages after 7101 do not repeat it. Names no
/// person and holds no free text, because the row that it stands in is not sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// 业务类型代码.
    pub biz_type_code: BizTypeCode,
    /// 医疗类别.
    pub med_type: String,
    /// 门诊住院标识.
    pub otp_ipt_flag: Option<String>,
    /// 处方附加属性.
    pub rx_exra_attr_code: Option<String>,
    /// Facts that the doctor stated, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, bool>,
    /// The same of those that are codes or numbers; of a free text only that it was written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// From when to when an internet hospital's doctor saw the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The pharmacy in whose 问诊区 the person sat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub itnt_phar_code: Option<FixmedinsCode>,
}

/// A consultation's time; the end is after the begin and no more than [`SESSION_SECONDS_MAX`] later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// 问诊开始时间.
    pub begntime: Moment,
    /// 问诊结束时间.
    pub endtime: Moment,
}

/// How long a consultation may last: a day, so that what overlaps it is found within a day before it.
pub const SESSION_SECONDS_MAX: i64 = 86_400;

impl Session {
    /// A time that a consultation may have.
    pub fn new(begntime: Moment, endtime: Moment) -> Option<Self> {
        let lasts = begntime < endtime && endtime <= begntime.plus_seconds(SESSION_SECONDS_MAX);
        lasts.then_some(Self { begntime, endtime })
    }
}

/// A reminder that the doctor answered with a reason (7101, JX-4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// Which drug, from 0.
    pub line: u32,
    /// The provision with its dated value.
    pub provision: String,
}

/// 7102.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The text that was signed, as sent (Base64 of JSON). Verification is over these bytes.
    pub original_value: String,
    /// Base64 of r‖s over the decoded `original_value`.
    pub sign_digest: String,
    /// SM3 of the file, lower-case hex.
    pub file_sm3: String,
    /// Base64 of r‖s over the 32 bytes of `file_sm3`.
    pub file_sign: String,
    /// The public key that proves both, Base64: the institution may have another key by then.
    pub sign_public_key: String,
    /// 签名机构证书SN.
    pub sign_cert_sn: String,
    /// 签名机构证书DN.
    pub sign_cert_dn: String,
}

/// 7103.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The institution's pharmacist.
    pub phar_code: String,
    /// Name.
    pub phar_name: String,
    /// When the institution's pharmacist reviewed it.
    pub phar_chk_time: Moment,
    /// `pdf` or `ofd`.
    pub file_suffix: String,
    /// What was stated with the upload, by the name of the fact; it takes the place of what 7101 stated.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, bool>,
}

/// 7201, 7203.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorised {
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// 医保处方授权编号.
    pub auth_rxno: String,
    /// When the token lapses.
    pub expires_in: Moment,
}

/// 7204.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Downloaded {
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// 医保处方授权编号.
    pub auth_rxno: String,
    /// The token by which the following steps are recognised.
    pub epc_token: String,
    /// Who fetched it, as the pharmacy names its operator.
    pub opter: String,
}

/// 7205.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// 处方签名验签流水号.
    pub rx_sign_verify_sn: String,
}

/// 7206.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Passed or refused.
    pub rx_chk_stas_codg: RxChkStasCodg,
    /// The judgement in words.
    pub rx_chk_opnn: String,
    /// When.
    pub rx_chk_time: Moment,
    /// 处方审核业务流水号.
    pub rx_chk_biz_sn: String,
    /// The reviewing pharmacist.
    pub phar_code: PharCode,
    /// Name.
    pub phar_name: String,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// The edition of the law that was asked.
    pub law_edition: String,
}

/// A line of 7207.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// 零售单据号.
    pub rtal_docno: String,
    /// When it left the shelf.
    pub stoout_time: Moment,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// The pharmacy's own code.
    pub medins_list_codg: String,
    /// 通用名.
    pub drug_genname: String,
    /// 商品名.
    pub drug_prodname: Option<String>,
    /// 规格.
    pub drug_spec: String,
    /// 剂型.
    pub drug_dosform: Option<String>,
    /// 厂家.
    pub prdr_name: Option<String>,
    /// 批准文号.
    pub aprvno: Option<String>,
    /// 生产批号.
    pub manu_lotnum: Option<String>,
    /// 批次号.
    pub bchno: Option<String>,
    /// 药品追溯码.
    pub drug_trac_codg: Option<DrugTracCodg>,
    /// How many packs.
    pub drug_totlcnt: Qty,
    /// Unit of the pack.
    pub drug_totlcnt_emp: String,
    /// 药品金额.
    pub drug_sumamt: Option<Fen>,
}

/// 7207.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sold {
    /// 销售出库流水号.
    pub sel_stoout_sn: String,
    /// Insured or self-paid.
    pub hi_feesetl_flag: HiFeesetlFlag,
    /// What a self-paying person paid.
    pub psn_cash_pay: Option<Fen>,
    /// The lines.
    pub lines: Vec<SaleLine>,
    /// The edition of the law that was asked.
    pub law_edition: String,
    /// When the pharmacy printed the prescription, where it says so (JX-3.4.3b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print_time: Option<Moment>,
    /// The registered pharmacist who checked and signed before the drugs were handed out, where named (JX-3.4.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rchk_phar_code: Option<PharCode>,
    /// Whether the person showed the 用药申请（复查评估）表, where the pharmacy says so (WH-6.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appy_form_flag: Option<bool>,
}

/// A paper of the prescription (JX-3.4.3b).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// When.
    pub print_time: Moment,
}

/// 7208.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleUndone {
    /// Which sale.
    pub sel_stoout_sn: String,
}

/// 2102.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// 结算ID.
    pub setl_id: String,
    /// 就诊ID of the purchase.
    pub mdtrt_id: String,
    /// When.
    pub setl_time: Moment,
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// 基金支付总额.
    pub fund_pay_sumamt: Fen,
    /// The edition of the law by which it was computed.
    pub law_edition: String,
    /// What is known of the counter at that moment.
    #[serde(default, skip_serializing_if = "AtCounter::is_empty")]
    pub at_counter: AtCounter,
}

/// What is known of a payment besides its amounts: the interface has no field for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtCounter {
    /// When the prescription was printed (JX-3.4.3b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print_time: Option<Moment>,
    /// How card and person were found to belong together (JX-4.1.3b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psn_match: Option<PsnMatch>,
    /// The recording of the payment (JX-1.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaRef>,
}

/// How card and person were found to belong together.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum PsnMatch {
    /// By the face, of 100.
    Face {
        /// 比对分数.
        face_score: i64,
    },
    /// By a person, who says why.
    Manual {
        /// 比对分数, where there was one.
        face_score: Option<i64>,
        /// 人工核对理由.
        psn_match_rea: String,
    },
    /// The counter only says so.
    Stated,
}

/// The settlement sheet and the prescription with the person's signature, bound (JX-3.6, JX-4.2b).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedPair {
    /// Of which settlement.
    pub setl_id: String,
    /// SM3 of the copy, lower-case hex.
    pub pair_sm3: String,
    /// The copy's 文件查询号 (9101).
    pub file_qury_no: String,
    /// Where the paper lies in the pharmacy's archive, where told.
    pub pair_no: Option<String>,
    /// When the copy came.
    pub bound_time: Moment,
}

/// Whether the signed pair of a settlement is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pair {
    /// Not seen yet: a finding.
    #[default]
    Missing,
    /// Bound.
    Bound(Box<SignedPair>),
}

impl Pair {
    /// Not seen yet.
    pub fn is_missing(&self) -> bool {
        *self == Self::Missing
    }
}

/// A recording: by what it is found, and what it must hash to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaRef {
    /// 结算影像索引.
    pub media_ref: String,
    /// SM3 of the recording, lower-case hex, where stated.
    pub media_sm3: Option<String>,
}

impl AtCounter {
    /// Nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

// A reason may name a person.
impl std::fmt::Debug for PsnMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Face { .. } => "Face",
            Self::Manual { .. } => "Manual",
            Self::Stated => "Stated",
        })
    }
}

/// 2103.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The negative settlement.
    pub setl_id: String,
    /// The settlement it reverses.
    pub refd_setl_id: String,
}

/// 7104.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// The revoking doctor.
    pub dr_code: DrCode,
    /// Name.
    pub undo_dr_name: String,
    /// Why.
    pub undo_rea: String,
    /// When, as the institution says.
    pub undo_time: Moment,
}
