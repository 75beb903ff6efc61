//! `liufang settle …`: what a purchase costs whom, without a center.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `settle`.
#[derive(Args)]
pub struct SettleArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: SettleCommand,
}

/// `settle …`.
#[derive(Subcommand)]
pub enum SettleCommand {
    /// Who bears which fen of a purchase, and by which provision: facts as JSON in, amounts as JSON out
    #[command(after_long_help = FACTS)]
    Quote {
        /// JSON file with the facts, or - for standard input
        #[arg(long, value_name = "FILE")]
        facts: PathBuf,
        /// A folder of packs instead of those built in
        #[arg(long, value_name = "DIR")]
        packs: Option<PathBuf>,
    },
}

const FACTS: &str = r#"The facts are one JSON object; amounts are yuan, as "12.50" or 12.50:
  insuplc_admdvs   参保地, six digits: by the law of this place it is settled
  setl_time        the day, yyyy-MM-dd
  insutype         险种: 310 职工, 390 居民
  psn_type         人员类别: 11 在职, 12 退休 (residents: either)
  med_type         医疗类别, such as 11, 14, 18, 41
  otp_ipt_flag     门诊住院标识 of the prescription: 2 during a stay (optional)
  hosp_lv          医院等级 of the prescriber, where a ratio goes by it (optional)
  dise_codg        病种编码: the one bought for first, then others registered (optional)
  acct_used_flag   个人账户: 0 not used (default), 1 own, 2 family's
  balc             balance of that account (default 0)
  used             before this purchase, this year (default nothing): an object of accumulators by scheme,
                   {"mz_tc": {"fund_pay_sumamt": "120.00", "act_pay_dedc": {"3": "300.00"}}}, deductible by month
  drugdetail       1 to 200 lines:
    feedetl_sn         费用明细流水号
    med_list_codg      医保药品编码
    cnt, pric          数量 (4 decimals), 单价 (6 decimals)
    chrgitm_lv         收费项目等级: 01 甲, 02 乙, 03 丙
    hi_pay_std         医保支付标准 a unit (optional)
    in_scope           whether the fund may pay for it (default true)

Out: setlinfo, setldetail, detlcutinfo as 2101 gives them, and explain: every part of every fen with its provision,
its citation, quote and how sure it is. Examples: examples/settle/*.json.
Exit: 0 quoted; 1 refused, with {"refused": [{code, source, sentence}]}; 2 the facts cannot be read."#;
