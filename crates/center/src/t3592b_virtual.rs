//! 3592B 获取虚拟药品追溯码: a number for one box that has no code of its maker, good for one sale of this lot here.
//!
//! Invariants: a number is given once; it stands on the shelf of the lot that it was given for, so that no other is sold by it;
//! the same message again is the same number.

use lf_gm::hex;
use lf_ports::{ChangeSet, IdemKey, StockChange, StockCode};
use lf_stock::{CodeLife, HeldSince, VIRTUAL};
use lf_vocab::DrugTracCodg;
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure};

/// For what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 医疗目录编码, as told.
    pub med_list_codg: String,
    /// 定点医药机构目录编号.
    pub fixmedins_hilist_id: String,
    /// 定点医药机构目录名称.
    pub fixmedins_hilist_name: String,
    /// 定点医药机构批次流水号.
    pub fixmedins_bchno: String,
}

/// The number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 30 characters.
    pub drug_trac_codg: DrugTracCodg,
}

impl Center {
    /// 3592B. Errors: the caller's.
    pub async fn t3592b_virtual(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), ctx.code())?;
        let key = ctx.exact_key("3592B");
        self.attempts_once(ctx, &key, || self.try_virtual(ctx, command, &key)).await
    }

    async fn try_virtual(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        let text = format!("{VIRTUAL}{}", &hex::upper(&self.chance.draw())[..28]);
        let drug_trac_codg: DrugTracCodg =
            text.parse().map_err(|error: lf_vocab::CodeError| Failure::Broken(error.to_string()))?;
        let life = CodeLife::Held { fixmedins_bchno: command.fixmedins_bchno.clone(), since: HeldSince::Bought };
        let code = StockCode {
            fixmedins_code: ctx.code().clone(),
            drug_trac_codg: drug_trac_codg.clone(),
            ver: 1,
            fixmedins_bchno: command.fixmedins_bchno.clone(),
            life,
        };
        let stock = StockChange {
            fixmedins_code: ctx.code().clone(),
            lots: Vec::new(),
            voids: Vec::new(),
            moves: Vec::new(),
            codes: vec![code],
            leads: Vec::new(),
        };
        let mut changes = ChangeSet { stock: Some(stock), ..ChangeSet::default() };
        let answer = Answer::from(Reply { drug_trac_codg });
        ctx.remember(key.clone(), &answer, &mut changes);
        self.commit_goods(changes).await?;
        Ok(answer)
    }
}
