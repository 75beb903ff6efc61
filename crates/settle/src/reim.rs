//! 零星报销: drugs of a prescription that were bought and paid past the center, claimed with papers.
//!
//! Serves DG-3.1c and DG-4.5b. A claim is what was handed in and the steps that were taken with it; where it stands follows from the
//! steps alone. Invariants: no step is taken from where it does not belong, not even in a stored claim; an approval holds the
//! amounts that were promised; what was refused or undone stays so. Who may be paid at all is for the law, not for this module.

mod invoice;

use lf_vocab::dict::Insutype;
use lf_vocab::{Day, Fen, FixmedinsCode, HiRxno, MedListCodg, Moment, PaperNo, Pric, PsnNo, Qty};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use invoice::{INVO_CODE, INVO_NO_ALONE, INVO_NO_CODED, Invoice, InvoiceError};

use crate::shares::Shares;

/// Papers of one claim at most.
pub const REIM_PAPERS_MAX: usize = 50;
/// Invoices of one claim at most.
pub const REIM_INVOICES_MAX: usize = 20;
/// Steps of one claim at most: one that goes to and fro longer is another trouble.
pub const REIM_STEPS_MAX: usize = 100;

/// What was handed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// Whose.
    pub psn_no: PsnNo,
    /// When it was taken in: the time that is waited counts from it.
    pub appy_time: Moment,
    /// Who took it in.
    pub opter_name: String,
    /// The institution to which the person brought the papers.
    pub appy_fixmedins_code: FixmedinsCode,
    /// 医疗类别.
    pub med_type: String,
    /// The prescription.
    pub rx: Prescribed,
    /// The purchase.
    pub bought: Bought,
    /// What stands behind it.
    pub papers: Vec<Paper>,
}

/// The prescription of a claim: as the center has it, or as its paper says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prescribed {
    /// The institution that issued it.
    pub fixmedins_code: FixmedinsCode,
    /// Its own number there.
    pub hosp_rxno: String,
    /// The running number that is printed on a paper, by which a counter would settle it.
    pub paper_no: Option<PaperNo>,
    /// Whether whoever took it in saw that no number is printed on it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unnumbered: bool,
    /// Its number in the center, where it is an electronic one.
    pub hi_rxno: Option<HiRxno>,
    /// 开方时间; of a paper its day.
    pub prsc_time: Moment,
    /// 有效截止时间.
    pub vali_end_time: Moment,
    /// 处方附加属性.
    pub rx_exra_attr_code: Option<String>,
    /// 门诊住院标识, where it is stated.
    pub otp_ipt_flag: Option<String>,
    /// 病种编码.
    pub dise_codg: Option<String>,
    /// In which situation of the agency it was written on paper, where one was stated.
    pub paper_situ_code: Option<String>,
    /// The drugs.
    pub lines: Vec<PrescribedLine>,
}

/// A prescribed drug.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrescribedLine {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// Packs; none where the catalogue cannot count what the doctor wrote in packs.
    pub packs: Option<Qty>,
    /// Prescribed as self-paid: the fund pays nothing of it.
    pub self_paid: bool,
}

/// What was bought and paid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bought {
    /// The pharmacy.
    pub phar_fixmedins_code: FixmedinsCode,
    /// The day on the invoice: by its law the amounts are computed, in its year they count.
    pub day: Day,
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// The lines of the list.
    pub lines: Vec<BoughtLine>,
    /// The invoices.
    pub invoices: Vec<Invoice>,
}

/// A bought drug, in packs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoughtLine {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// Packs.
    pub cnt: Qty,
    /// Per pack.
    pub pric: Pric,
    /// 明细项目费用总额.
    pub det_item_fee_sumamt: Fen,
}

/// What a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// 处方.
    Rx,
    /// 发票.
    Invoice,
    /// 明细清单.
    List,
    /// Anything else.
    Other,
}

impl PaperKind {
    /// The words of forms.
    pub fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "处方" => Self::Rx,
            "发票" => Self::Invoice,
            "清单" => Self::List,
            "其他" => Self::Other,
            _ => return None,
        })
    }

    /// The word.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Rx => "处方",
            Self::Invoice => "发票",
            Self::List => "清单",
            Self::Other => "其他",
        }
    }
}

/// A paper by its name and hash: the file itself stays with whoever took it in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// Name of its file.
    pub filename: String,
    /// SM3 of its bytes, lower-case hex.
    pub sm3: String,
}

/// A step of a claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Who.
    pub opter_name: String,
    /// When.
    pub opt_time: Moment,
    /// What.
    pub did: Did,
}

/// What was done with a claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Did {
    /// Given back to the person, who must bring more.
    Returned(String),
    /// The person brought more papers.
    Supplied(Vec<Paper>),
    /// The law was asked.
    Checked(Checked),
    /// Promised: the accumulators have moved by these amounts.
    Approved(Box<Approved>),
    /// Not paid.
    Refused(Refused),
    /// The money left, by this voucher.
    Paid(String),
    /// Taken back, before or after it was paid: the accumulators are as they were.
    Undone(Undone),
}

/// What the law said.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// Why it must not be paid, each with code, sentence and source; empty where it may.
    pub refused: Vec<String>,
    /// What somebody must look into.
    pub reminded: Vec<String>,
    /// Edition of the law that said so.
    pub law_edition: String,
}

/// What was promised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    /// 险种 as registered when it was promised; insured was the person on the day of the purchase.
    pub insutype: Insutype,
    /// The amounts.
    pub shares: Shares,
    /// How open conditions were looked into; none where there was none.
    pub looked_into: Option<String>,
    /// Edition of the law that gave the amounts.
    pub law_edition: String,
}

/// Why an approval is taken back, and by which voucher the money came back, where it had left.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undone {
    /// In words.
    pub rea: String,
    /// Voucher of the repayment; none of what was never paid.
    pub repay_no: Option<String>,
}

/// Why a claim is not paid.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The article.
    pub article: String,
    /// In words.
    pub rea: String,
}

/// Where a claim stands, with what it stands on.
#[derive(Clone, PartialEq, Eq)]
pub enum ReimState {
    /// Taken in: somebody must look at it.
    Received,
    /// The person must bring more.
    Returned(String),
    /// The law was asked: somebody must decide.
    Checked(Checked),
    /// Promised and not yet paid.
    Approved {
        /// What the law said.
        checked: Checked,
        /// What was promised.
        approved: Box<Approved>,
    },
    /// Not paid.
    Refused(Refused),
    /// Paid.
    Paid {
        /// What was promised.
        approved: Box<Approved>,
        /// The voucher.
        pay_no: String,
    },
    /// Taken back.
    Undone {
        /// What had been promised.
        approved: Box<Approved>,
        /// Why.
        undone: Undone,
    },
}

/// The state without its evidence, as it is stored beside it and asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReimStas {
    /// [`ReimState::Received`].
    Received,
    /// [`ReimState::Returned`].
    Returned,
    /// [`ReimState::Checked`].
    Checked,
    /// [`ReimState::Approved`].
    Approved,
    /// [`ReimState::Refused`].
    Refused,
    /// [`ReimState::Paid`].
    Paid,
    /// [`ReimState::Undone`].
    Undone,
}

impl ReimStas {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Received, Self::Returned, Self::Checked, Self::Approved, Self::Refused, Self::Paid, Self::Undone];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Returned => "returned",
            Self::Checked => "checked",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Paid => "paid",
            Self::Undone => "undone",
        }
    }

    /// For people.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Received => "已受理",
            Self::Returned => "退回补正",
            Self::Checked => "已审核",
            Self::Approved => "已核定",
            Self::Refused => "不予报销",
            Self::Paid => "已拨付",
            Self::Undone => "已撤销",
        }
    }

    /// Whether somebody, person or agency, must still do something.
    pub const fn open(self) -> bool {
        matches!(self, Self::Received | Self::Returned | Self::Checked | Self::Approved)
    }

    /// Whether its prescription and invoices are paid by it, or may still be.
    pub const fn holds(self) -> bool {
        !matches!(self, Self::Refused | Self::Undone)
    }
}

impl ReimState {
    /// Without the evidence.
    pub const fn stas(&self) -> ReimStas {
        match self {
            Self::Received => ReimStas::Received,
            Self::Returned(_) => ReimStas::Returned,
            Self::Checked(_) => ReimStas::Checked,
            Self::Approved { .. } => ReimStas::Approved,
            Self::Refused(_) => ReimStas::Refused,
            Self::Paid { .. } => ReimStas::Paid,
            Self::Undone { .. } => ReimStas::Undone,
        }
    }

    /// What was promised and stands, paid or not yet.
    pub fn promised(&self) -> Option<&Approved> {
        match self {
            Self::Approved { approved, .. } | Self::Paid { approved, .. } => Some(approved),
            _ => None,
        }
    }

    /// Where a step leads; nothing where it does not belong.
    fn after(&self, did: &Did) -> Option<Self> {
        Some(match (self, did) {
            (Self::Received | Self::Checked(_), Did::Returned(rea)) => Self::Returned(rea.clone()),
            (Self::Returned(_), Did::Supplied(_)) => Self::Received,
            (Self::Received | Self::Checked(_), Did::Checked(checked)) => Self::Checked(checked.clone()),
            // What the law forbids is approved by nobody, and what it could not see only once it was looked into.
            (Self::Checked(checked), Did::Approved(approved))
                if checked.refused.is_empty() && (checked.reminded.is_empty() || approved.looked_into.is_some()) =>
            {
                Self::Approved { checked: checked.clone(), approved: approved.clone() }
            }
            (Self::Received | Self::Returned(_) | Self::Checked(_), Did::Refused(why)) => Self::Refused(why.clone()),
            (Self::Approved { approved, .. }, Did::Paid(pay_no)) => {
                Self::Paid { approved: approved.clone(), pay_no: pay_no.clone() }
            }
            (Self::Approved { approved, .. } | Self::Paid { approved, .. }, Did::Undone(undone)) => {
                Self::Undone { approved: approved.clone(), undone: undone.clone() }
            }
            _ => return None,
        })
    }
}

/// A claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Reim {
    intake: Intake,
    steps: Vec<Step>,
    state: ReimState,
}

/// Why a claim cannot be, or cannot go on so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReimError {
    /// The step does not belong there.
    #[error("在“{}”状态下不能办理", .0.text())]
    NotNow(ReimStas),
    /// More steps than are kept.
    #[error("办理步骤超过{REIM_STEPS_MAX}步")]
    TooManySteps,
    /// More papers than are kept, or none where some are said to be brought.
    #[error("材料应为1至{REIM_PAPERS_MAX}件")]
    Papers,
    /// No invoice, more than are kept, or one twice.
    #[error("发票应为1至{REIM_INVOICES_MAX}张且不重复")]
    Invoices,
    /// Paid and without the voucher of its repayment, or with one and not paid.
    #[error("已拨付的须填退款凭证才能撤销，没有拨付的没有退款凭证")]
    Repayment,
}

impl Reim {
    /// As it was handed in.
    ///
    /// # Errors
    /// [`ReimError::Papers`], [`ReimError::Invoices`].
    pub fn new(intake: Intake) -> Result<Self, ReimError> {
        if intake.papers.len() > REIM_PAPERS_MAX {
            return Err(ReimError::Papers);
        }
        let mut invoices: Vec<_> = intake.bought.invoices.iter().collect();
        invoices.sort();
        invoices.dedup();
        let count = intake.bought.invoices.len();
        if !(1..=REIM_INVOICES_MAX).contains(&count) || invoices.len() != count {
            return Err(ReimError::Invoices);
        }
        Ok(Self { intake, steps: Vec::new(), state: ReimState::Received })
    }

    /// With one more step.
    ///
    /// # Errors
    /// [`ReimError::NotNow`], [`ReimError::Papers`], [`ReimError::TooManySteps`], [`ReimError::Repayment`].
    pub fn then(mut self, step: Step) -> Result<Self, ReimError> {
        let state = self.state.after(&step.did).ok_or(ReimError::NotNow(self.state.stas()))?;
        if self.steps.len() == REIM_STEPS_MAX {
            return Err(ReimError::TooManySteps);
        }
        if let Did::Supplied(papers) = &step.did
            && (papers.is_empty() || self.papers().count() + papers.len() > REIM_PAPERS_MAX)
        {
            return Err(ReimError::Papers);
        }
        if let Did::Undone(undone) = &step.did {
            // Money that left comes back before its purchase may be paid again; what never left has no voucher.
            let paid = matches!(self.state, ReimState::Paid { .. });
            if undone.repay_no.is_some() != paid || undone.repay_no.as_ref().is_some_and(|no| no.trim().is_empty()) {
                return Err(ReimError::Repayment);
            }
        }
        self.steps.push(step);
        self.state = state;
        Ok(self)
    }

    /// What was handed in.
    pub fn intake(&self) -> &Intake {
        &self.intake
    }

    /// What was done, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where it stands.
    pub fn state(&self) -> &ReimState {
        &self.state
    }

    /// Counts intake and steps from 1.
    pub fn ver(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX - 1) + 1
    }

    /// All papers, also those that were brought later.
    pub fn papers(&self) -> impl Iterator<Item = &Paper> {
        let later = self.steps.iter().flat_map(|step| match &step.did {
            Did::Supplied(papers) => papers.as_slice(),
            _ => &[],
        });
        self.intake.papers.iter().chain(later)
    }

    /// When the last thing happened to it.
    pub fn since(&self) -> Moment {
        self.steps.last().map_or(self.intake.appy_time, |step| step.opt_time)
    }

    /// When a kind of step was taken last.
    pub fn when(&self, is: impl Fn(&Did) -> bool) -> Option<Moment> {
        self.steps.iter().rev().find(|step| is(&step.did)).map(|step| step.opt_time)
    }
}

/// The written form, not yet checked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    intake: Intake,
    steps: Vec<Step>,
}

impl TryFrom<Raw> for Reim {
    type Error = ReimError;
    fn try_from(raw: Raw) -> Result<Self, ReimError> {
        raw.steps.into_iter().try_fold(Self::new(raw.intake)?, Self::then)
    }
}

impl From<Reim> for Raw {
    fn from(reim: Reim) -> Self {
        Self { intake: reim.intake, steps: reim.steps }
    }
}

macro_rules! quiet_debug {
    ($($name:ident),+) => {$(
        // Health data of a person: Debug shows that there is one, and nothing of it.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}
quiet_debug!(
    Intake,
    Prescribed,
    PrescribedLine,
    Bought,
    BoughtLine,
    Paper,
    Step,
    Did,
    Checked,
    Approved,
    Undone,
    Refused
);

impl std::fmt::Debug for ReimState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.stas().word())
    }
}

impl std::fmt::Debug for Reim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reim").field("state", &self.state).field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}
