//! Rows that are no register: settlements, accumulators, claims, idempotency, files, stored events.

use lf_rx::ChainHash;
use lf_settle::{Accumulator, Shares};
use lf_vocab::dict::Insutype;
use lf_vocab::{Admdvs, Certno, Fen, FixmedinsCode, HiRxno, Moment, PsnNo, Sscno};
use serde::{Deserialize, Serialize};

use crate::SetlPaper;

/// An event as stored: the text that the chain covers, and the hash after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Counts from 1.
    pub seq: u64,
    /// When the center took it.
    pub at: Moment,
    /// Encoded [`lf_rx::Event`].
    pub body: Vec<u8>,
    /// The chain after it.
    pub hash: ChainHash,
}

/// The file of a prescription (7102, 7103).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RxFile {
    /// The Base64 text as received; kept as text so that nothing is re-encoded.
    pub base64: String,
}

/// By what a person is found.
#[derive(Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// The number inside a 统筹区.
    PsnNo(Admdvs, PsnNo),
    /// Certificate type and number.
    Cert(String, Certno),
    /// The token of the electronic credential.
    EcToken(String),
    /// The number of the 社会保障卡.
    Card(Sscno),
}

/// Whose accumulator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccumKey {
    /// 参保统筹区.
    pub poolarea_no: Admdvs,
    /// Person.
    pub psn_no: PsnNo,
    /// Calendar year.
    pub year: i16,
    /// Name of the scheme, such as `mz_tc`.
    pub scheme: String,
}

/// An accumulator and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccumRow {
    /// Counts changes from 1.
    pub version: i64,
    /// The value.
    pub accum: Accumulator,
}

/// A personal account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acct {
    /// Counts changes; 0 = never opened.
    pub version: i64,
    /// 余额.
    pub balc: Fen,
}

/// A settlement, positive or the negative of a reversal (2102, 2103).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setl {
    /// 结算ID.
    pub setl_id: String,
    /// 就诊ID.
    pub mdtrt_id: String,
    /// The pharmacy's partition.
    pub poolarea_no: Admdvs,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// The prescription that was paid; none where only the personal account paid, or a paper prescription was.
    pub hi_rxno: Option<HiRxno>,
    /// Whose accumulators it moved.
    pub accum_key: AccumKey,
    /// 险种.
    pub insutype: Insutype,
    /// 医疗类别.
    pub med_type: String,
    /// 就诊凭证类型.
    pub mdtrt_cert_type: String,
    /// When.
    pub setl_time: Moment,
    /// The amounts, negative in a reversal.
    pub shares: Shares,
    /// The settlement that this one reverses.
    pub refd_setl_id: Option<String>,
    /// The edition of the law by which it was computed.
    pub law_edition: String,
    /// 医药机构结算ID: the `msgid` of the message that asked for it, on the gateway front.
    #[serde(default)]
    pub medins_setl_id: Option<String>,
    /// The paper prescription that was paid, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<SetlPaper>,
}

/// What may be claimed once in the whole center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimKind {
    /// A sold trace code (7207, 3505).
    DrugTracCodg,
    /// Running numbers that an institution had printed for paper: `<fixmedins_code>/<first>`, held by the last.
    PaperRange,
    /// Which of the institution's ranges it is: `<fixmedins_code>/<n>`, held by its first number, so that two that are entered
    /// at once follow each other.
    PaperRangeNo,
    /// A paper prescription that was handed in: `<fixmedins_code>/<number>/<which time it came>`, held by its batch.
    PaperRxno,
    /// A batch of them: `<fixmedins_code>/<batch>`, held by its count and SM3.
    PaperBatch,
    /// 用药档案 of a person at a pharmacy: `<fixmedins_code>/<参保统筹区>/<psn_no>`, held by the prescription that opened it (7207).
    MedFile,
    /// A paper prescription that is paid: `<fixmedins_code>/<number>`, held by its settlement, or by a claim with papers, until that is taken back.
    PaperSetl,
    /// A prescription that the fund pays: `<fixmedins_code>/<hosp_rxno>` of who issued it, held by the settlement (2102, 2207) or by the
    /// claim with papers (零星报销). Settlements made before claims were known hold none.
    RxPaid,
    /// An invoice of such a claim: `<invo_code>/<invo_no>`.
    Invoice,
}

impl ClaimKind {
    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DrugTracCodg => "drug_trac_codg",
            Self::PaperRange => "paper_range",
            Self::PaperRangeNo => "paper_range_no",
            Self::PaperRxno => "paper_rxno",
            Self::PaperBatch => "paper_batch",
            Self::MedFile => "med_file",
            Self::PaperSetl => "paper_setl",
            Self::RxPaid => "rx_paid",
            Self::Invoice => "invoice",
        }
    }
}

/// A claim: its own table, keyed by the thing claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What kind of thing.
    pub kind: ClaimKind,
    /// The thing.
    pub key: String,
    /// Who holds it: the prescription's number, the sale or open pack of a counter, a settlement, a claim with papers.
    pub owner: String,
}

/// In place of a transaction's number: the key is `<infno>/<msgid>`, the number that the sender gave the message.
pub const MSGID: &str = "msgid";

/// The identity of a message, so that the same again gets the same reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdemKey {
    /// The institution that sent it.
    pub fixmedins_code: FixmedinsCode,
    /// The transaction.
    pub infno: &'static str,
    /// The natural number of the message, such as `hosp_rxno`.
    pub key: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdemRow {
    /// Whose message.
    pub key: IdemKey,
    /// SM3 of the message's meaning.
    pub digest: [u8; 32],
    /// The encoded reply.
    pub reply: Vec<u8>,
    /// When.
    pub at: Moment,
}
