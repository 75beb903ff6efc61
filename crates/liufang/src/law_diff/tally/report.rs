//! What `law diff` tells: to programs as it is serialized, to people in Chinese.

use std::collections::BTreeMap;
use std::fmt;

use lf_vocab::{Fen, HiRxno};
use serde::Serialize;

use super::{ByProvision, Flows, Kind, Money, Requoted, Tally};

/// What was replayed, and what was not.
const WHAT: &str = "只重新核验预核验环节和结算金额；上传之后各环节的事实不全存，没有重新判断，零星报销的金额没有重新计算。\
    目录、清单、定点、备案和医师填报的内容按开方当日，参保人的其他处方按核验当时的状态；机构、医师和参保人按登记册现在的内容。";

/// What `law diff` answers.
#[derive(Serialize)]
pub struct Report {
    old_edition: String,
    new_edition: String,
    /// Prescriptions whose pre-check was asked of both.
    replayed: u64,
    /// Prescriptions whose institution or person is no longer registered.
    not_replayed: u64,
    to_refused: Kind,
    to_accepted: Kind,
    /// The same outcome for other reasons, or with other reminders.
    other_reasons: u64,
    by_provision: BTreeMap<String, ByProvision>,
    /// The settlements, quoted anew.
    money: Requoted,
}

impl Tally {
    /// As it is told.
    pub fn report(self, money: Requoted, editions: [&str; 2]) -> Report {
        Report {
            old_edition: editions[0].to_owned(),
            new_edition: editions[1].to_owned(),
            replayed: self.replayed,
            not_replayed: self.unknown,
            to_refused: self.to_refused,
            to_accepted: self.to_accepted,
            other_reasons: self.reasons,
            by_provision: self.by_provision,
            money,
        }
    }
}

impl Report {
    /// Prescriptions whose decision differs, and settlements whose amounts do.
    pub fn differences(&self) -> u64 {
        self.changed() + self.money.changed.settlements
    }

    /// Prescriptions whose decision differs.
    fn changed(&self) -> u64 {
        self.to_refused.prescriptions + self.to_accepted.prescriptions + self.other_reasons
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.settled == 0 {
            return f.write_str("没有已结算的");
        }
        let (fee, fund) = (Fen::new(self.medfee_fen), Fen::new(self.fund_pay_fen));
        write!(f, "已结算{}笔，医疗费{fee}元，基金支付{fund}元", self.settled)
    }
}

impl fmt::Display for Flows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [fund, acct, cash] = [self.fund_pay_fen, self.acct_pay_fen, self.psn_cash_fen].map(Fen::new);
        write!(f, "{}笔，基金{fund}元，个人账户{acct}元，个人现金{cash}元", self.settlements)
    }
}

impl fmt::Display for Requoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = self.settlements - self.not_requoted;
        writeln!(
            f,
            "重新计算{quoted}笔结算（其中{}笔按现行规则与实际支付相同），金额有变化的{}",
            self.as_paid, self.changed
        )?;
        if self.not_requoted > 0 {
            writeln!(f, "另有{}笔不能按两套规则计算", self.not_requoted)?;
        }
        for (provision, sums) in &self.by_provision {
            writeln!(f, "  {provision}：所定金额{}元；{}", Fen::new(sums.amount_fen), sums.flows)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "现行规则 {}", self.old_edition)?;
        writeln!(f, "新的规则 {}", self.new_edition)?;
        writeln!(f, "重新预核验{}张处方，结论有变化{}张", self.replayed, self.changed())?;
        if self.not_replayed > 0 {
            writeln!(f, "另有{}张的机构或参保人已不在登记册，没有重新核验", self.not_replayed)?;
        }
        for (what, kind) in [("由通过变为拒绝", self.to_refused), ("由拒绝变为通过", self.to_accepted)] {
            writeln!(f, "{what}：{}张，{}", kind.prescriptions, kind.money)?;
        }
        writeln!(f, "结论相同，理由或提醒不同：{}张", self.other_reasons)?;
        for (provision, sums) in &self.by_provision {
            writeln!(
                f,
                "  {provision}：{}张，拒绝增{}减{}，提醒增{}减{}；{}",
                sums.prescriptions,
                sums.refusals_more,
                sums.refusals_fewer,
                sums.reminders_more,
                sums.reminders_fewer,
                sums.money
            )?;
            let numbers: Vec<&str> = sums.examples.iter().map(HiRxno::as_str).collect();
            writeln!(f, "    如{}", numbers.join("、"))?;
        }
        write!(f, "{}", self.money)?;
        f.write_str(WHAT)
    }
}
