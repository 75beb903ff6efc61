//! The result of a settlement: every amount of `setlinfo`, `setldetail` and `detlcutinfo`, and the
//! steps that say which provision gave which fen. Serves 2101, 2102, 2103 and evidence in the store.
//!
//! Invariants of what [`crate::quote`] and [`reverse`] return: [`crate::check_identities`] finds
//! nothing; a reversal is the same record with every flow negated (fsi §2.4: a cancel is a new
//! settlement with negative amounts).

use std::fmt;

use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Fen, MedListCodg, Pric, Qty, Ratio};
use serde::{Deserialize, Serialize};

use crate::round::{negate, plus};

/// Who bears what of one purchase. Amounts in fen; a reversal carries them negated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Key of the scheme that was applied.
    pub scheme: String,
    /// Keys of the other accumulators in which the fund's payment counts ([`crate::Pot`]); a reversal keeps them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pots: Vec<String>,
    /// The year whose accumulator it counts in; a reversal keeps it.
    pub year: i16,
    /// The month 1–12 whose deductible it counts in; a reversal keeps it.
    pub month: i8,
    /// `detlcutinfo`, in the order sent.
    pub lines: Vec<LineShare>,
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// 全自费金额.
    pub fulamt_ownpay_amt: Fen,
    /// 超限价自费费用.
    pub overlmt_selfpay: Fen,
    /// 先行自付金额.
    pub preselfpay_amt: Fen,
    /// 符合政策范围金额.
    pub inscp_scp_amt: Fen,
    /// 实际支付起付线.
    pub act_pay_dedc: Fen,
    /// 基本医疗保险统筹基金支出.
    pub hifp_pay: Fen,
    /// 统筹基金支付比例; the name on the wire says selfpay.
    pub pool_prop_selfpay: Ratio,
    /// 公务员医疗补助资金支出.
    pub cvlserv_pay: Fen,
    /// 企业补充医疗保险基金支出.
    pub hifes_pay: Fen,
    /// 居民大病保险资金支出.
    pub hifmi_pay: Fen,
    /// 职工大额医疗费用补助基金支出.
    pub hifob_pay: Fen,
    /// 医疗救助基金支出.
    pub maf_pay: Fen,
    /// 其他支出.
    pub oth_pay: Fen,
    /// 伤残人员医疗保障基金支出.
    pub hifdm_pay: Fen,
    /// 基金支付总额.
    pub fund_pay_sumamt: Fen,
    /// 个人负担总金额.
    pub psn_part_amt: Fen,
    /// 个人账户支出, `acct_mulaid_pay` included.
    pub acct_pay: Fen,
    /// 个人现金支出.
    pub psn_cash_pay: Fen,
    /// 个人账户共济支付金额.
    pub acct_mulaid_pay: Fen,
    /// Balance of the account that was named, after this settlement. A balance, not a flow: a
    /// reversal shows the balance before the settlement it undoes.
    pub balc: Fen,
    /// 医院负担金额.
    pub hosp_part_amt: Fen,
    /// `setldetail`.
    pub fund_details: Vec<FundShare>,
    /// Why: the parts of the fee, then what the person's part is paid from.
    pub steps: Vec<Step>,
}

/// One line of `detlcutinfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineShare {
    /// 费用明细流水号.
    pub feedetl_sn: String,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 明细项目费用总额.
    pub det_item_fee_sumamt: Fen,
    /// 数量; negated by a reversal, so that identity 6 holds there too.
    pub cnt: Qty,
    /// 单价.
    pub pric: Pric,
    /// 定价上限金额; `None` is no limit.
    pub pric_uplmt_amt: Option<Pric>,
    /// 自付比例: the first self-payment; the whole for class C and what is out of scope.
    pub selfpay_prop: Ratio,
    /// 全自费金额.
    pub fulamt_ownpay_amt: Fen,
    /// 超限价金额.
    pub overlmt_amt: Fen,
    /// 先行自付金额.
    pub preselfpay_amt: Fen,
    /// 符合政策范围金额.
    pub inscp_scp_amt: Fen,
    /// 收费项目等级.
    pub chrgitm_lv: ChrgitmLv,
    /// 医院负担金额.
    pub hosp_part_amt: Fen,
}

/// One row of `setldetail`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundShare {
    /// 基金支付类型, e.g. 310102.
    pub fund_pay_type: String,
    /// 基金支付类型名称.
    pub name: String,
    /// What kind of row it is; only [`FundKind::Fund`] counts in `fund_pay_sumamt`.
    pub kind: FundKind,
    /// 符合政策范围金额.
    pub inscp_scp_amt: Fen,
    /// 本次可支付限额金额, before this settlement; `None` is no limit. Not a flow: a reversal keeps it.
    pub crt_payb_lmt_amt: Option<Fen>,
    /// 基金支付金额.
    pub fund_payamt: Fen,
}

/// What a row of `setldetail` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FundKind {
    /// A real fund.
    Fund,
    /// A personal account (3102xx), listed but no fund.
    Account,
    /// Borne by the institution (999996), listed but no fund.
    Hospital,
}

/// One reason for one amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What part it is.
    pub part: Part,
    /// The line it is about; `None` is the whole settlement.
    pub feedetl_sn: Option<String>,
    /// What happened, in Chinese.
    pub what: String,
    /// The amount it gave.
    pub amount: Fen,
    /// The provision that gave it.
    pub provision: String,
}

/// The parts of a fee, and the sources of the person's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// 全自费: class C or outside the scope.
    OwnExpense,
    /// 超限价: above the payment standard.
    OverStandard,
    /// 先行自付.
    FirstSelfPay,
    /// 起付.
    Deductible,
    /// The person's ratio of the eligible amount.
    CoPay,
    /// What the cap keeps from the fund.
    OverCap,
    /// The fund's payment.
    Fund,
    /// Of the person's part: from the personal account.
    Account,
    /// Of the person's part: from the family's shared account.
    MutualAid,
    /// Of the person's part: cash.
    Cash,
}

impl Part {
    /// Whether it is one of the seven parts whose sum is the whole fee.
    pub const fn of_fee(self) -> bool {
        !self.pays_person_part()
    }

    /// Whether it is one of the three sources whose sum is the person's part.
    pub const fn pays_person_part(self) -> bool {
        matches!(self, Self::Account | Self::MutualAid | Self::Cash)
    }
}

/// The reversal of a settlement (2103): every flow negated, so each payment part goes back where it
/// came from, and the accumulator that takes both stands as before.
pub fn reverse(shares: &Shares) -> Shares {
    // The way back is the way there: fund to fund, account to account, cash to cash.
    lf_vocab::covers!("JX-3.5b");
    let mut back = shares.clone();
    back.balc = plus(shares.balc, shares.acct_pay);
    back.amounts_mut().into_iter().for_each(|amount| *amount = negate(*amount));
    for line in &mut back.lines {
        line.cnt = Qty::new(0i64.saturating_sub(line.cnt.get()));
        line.amounts_mut().into_iter().for_each(|amount| *amount = negate(*amount));
    }
    for fund in &mut back.fund_details {
        fund.inscp_scp_amt = negate(fund.inscp_scp_amt);
        fund.fund_payamt = negate(fund.fund_payamt);
    }
    for step in &mut back.steps {
        step.amount = negate(step.amount);
    }
    back
}

impl Shares {
    /// Every flow of the header; `balc` is none.
    fn amounts_mut(&mut self) -> [&mut Fen; 20] {
        [
            &mut self.medfee_sumamt,
            &mut self.fulamt_ownpay_amt,
            &mut self.overlmt_selfpay,
            &mut self.preselfpay_amt,
            &mut self.inscp_scp_amt,
            &mut self.act_pay_dedc,
            &mut self.hifp_pay,
            &mut self.cvlserv_pay,
            &mut self.hifes_pay,
            &mut self.hifmi_pay,
            &mut self.hifob_pay,
            &mut self.maf_pay,
            &mut self.oth_pay,
            &mut self.hifdm_pay,
            &mut self.fund_pay_sumamt,
            &mut self.psn_part_amt,
            &mut self.acct_pay,
            &mut self.psn_cash_pay,
            // Part of acct_pay, yet a figure of its own.
            &mut self.acct_mulaid_pay,
            &mut self.hosp_part_amt,
        ]
    }
}

impl LineShare {
    fn amounts_mut(&mut self) -> [&mut Fen; 6] {
        [
            &mut self.det_item_fee_sumamt,
            &mut self.fulamt_ownpay_amt,
            &mut self.overlmt_amt,
            &mut self.preselfpay_amt,
            &mut self.inscp_scp_amt,
            &mut self.hosp_part_amt,
        ]
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(feedetl_sn) = &self.feedetl_sn {
            write!(f, "明细{feedetl_sn} ")?;
        }
        write!(f, "{}：{}元（依据 {}）", self.what, self.amount, self.provision)
    }
}
