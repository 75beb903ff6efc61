//! 3201 医药机构费用结算对总账: an institution's totals of a period beside the center's.
//!
//! A settlement counts on the day on which it was made, a reversal on its own day with negative amounts, so that a period
//! that was cleared never changes. Invariants: only the asking institution's settlements are read; nothing is written.

use lf_ports::Setl;
use lf_settle::statement::Totals;
use lf_vocab::{Admdvs, Day, Fen, FixmedinsKind, Moment};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};

/// 清算类别 of every settlement at a pharmacy: 药店购药.
pub const CLR_TYPE: &str = "41";
/// Days of a statement at most: a year and a day.
pub const PERIOD_DAYS_MAX: i32 = 366;
/// Settlements that are read for a statement at most: the institution's own of the period, whoever insured them.
pub const STATEMENT_MAX: usize = 200_000;
/// Read at once.
const PAGE: usize = 1_000;

/// Which settlements a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// 清算类别.
    pub clr_type: String,
    /// 结算经办机构: the insured's pool.
    pub setl_optins: Admdvs,
    /// 对账开始日期.
    pub stmt_begndate: Day,
    /// 对账结束日期, included.
    pub stmt_enddate: Day,
    /// 退费结算标志: only settlements, only reversals, or both where absent.
    pub refd_setl_flag: Option<bool>,
}

/// What the institution has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 险种.
    pub insutype: String,
    /// Of which settlements.
    pub about: About,
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// 基金支付总额.
    pub fund_pay_sumamt: Fen,
    /// 个人账户支付金额.
    pub acct_pay: Fen,
    /// 定点医药机构结算笔数.
    pub fixmedins_setl_cnt: i64,
}

/// Whether both have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 结算经办机构.
    pub setl_optins: Admdvs,
    /// 平 or 不平.
    pub even: bool,
    /// What differs, with both figures.
    pub stmt_rslt_dscr: String,
}

lf_rx::refusals! {
    /// Why there is no statement (3201, 3202).
    StatementRefusal {
        Inverted = "RX-3201-01", "接口规范 3201 stmt_enddate", "对账结束日期早于对账开始日期";
        TooLong = "RX-3201-02", "本中心 对账上限", "对账期间超过366天，请分期对账";
        TooMany = "RX-3201-03", "本中心 对账上限", "对账期间的结算超过200000笔，请分期对账";
    }
}

impl Center {
    /// 3201. Errors: [`StatementRefusal`], the caller's.
    pub async fn t3201_statement(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let settlements = self.settlements(ctx, &command.about).await?;
        let insured = settlements.iter().filter(|setl| setl.insutype.code() == command.insutype);
        let totals = Totals::of(insured.map(|setl| &setl.shares));
        let totals = totals.ok_or_else(|| Failure::Broken("totals of a statement beyond their range".to_owned()))?;
        let differing = differing(command, &totals);
        Ok(Reply {
            setl_optins: command.about.setl_optins,
            even: differing.is_empty(),
            stmt_rslt_dscr: if differing.is_empty() { "平".to_owned() } else { differing.join("；") },
        }
        .into())
    }

    /// The institution's settlements that a statement is about, in the order of their time.
    pub(crate) async fn settlements(&self, ctx: &Ctx, about: &About) -> Result<Vec<Setl>, Failure> {
        about.examine(ctx)?;
        if about.clr_type != CLR_TYPE {
            return Ok(Vec::new());
        }
        let until = about.stmt_enddate.plus(1).start();
        let mut after: (Moment, String) = (about.stmt_begndate.start(), String::new());
        let (mut found, mut read) = (Vec::new(), 0);
        loop {
            let page = self.store.setls_of(ctx.code(), (after.0, &after.1), until, PAGE).await?;
            let came = page.len();
            if let Some(last) = page.last() {
                after = (last.setl_time, last.setl_id.clone());
            }
            found.extend(page.into_iter().filter(|setl| about.holds(setl)));
            read += came;
            if read > STATEMENT_MAX {
                return refused(StatementRefusal::TooMany);
            }
            if came < PAGE {
                return Ok(found);
            }
        }
    }
}

impl About {
    /// Whose statement it is, and of which days.
    pub(crate) fn examine(&self, ctx: &Ctx) -> Result<(), Failure> {
        ctx.expect_kind(FixmedinsKind::Pharmacy, ctx.code())?;
        match self.stmt_enddate.since(self.stmt_begndate) {
            ..0 => refused(StatementRefusal::Inverted),
            PERIOD_DAYS_MAX.. => refused(StatementRefusal::TooLong),
            _ => Ok(()),
        }
    }

    fn holds(&self, setl: &Setl) -> bool {
        setl.accum_key.poolarea_no == self.setl_optins
            && self.refd_setl_flag.is_none_or(|refd| refd == setl.refd_setl_id.is_some())
    }
}

fn differing(command: &Command, totals: &Totals) -> Vec<String> {
    let mut differing = Vec::new();
    for (name, theirs, ours) in [
        ("医疗费总额", command.medfee_sumamt, totals.medfee_sumamt),
        ("基金支付总额", command.fund_pay_sumamt, totals.fund_pay_sumamt),
        ("个人账户支付", command.acct_pay, totals.acct_pay),
    ] {
        if theirs != ours {
            differing.push(format!("{name}机构{theirs}元，中心{ours}元"));
        }
    }
    if u64::try_from(command.fixmedins_setl_cnt) != Ok(totals.cnt) {
        differing.push(format!("笔数机构{}，中心{}", command.fixmedins_setl_cnt, totals.cnt));
    }
    differing
}
