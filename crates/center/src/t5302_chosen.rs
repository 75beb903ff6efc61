//! 5302 人员定点信息查询: the institutions that a person chose for a registered 门诊慢特病. Changes nothing.
//!
//! Invariant: as 5301, told only to institutions of the 统筹区 in which the person is insured.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use lf_ports::StoreError;
use lf_ports::filing::Filed;
use lf_vocab::dict::Insutype;
use lf_vocab::{Day, FixmedinsCode, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::Failure;

/// Whose institutions are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 业务申请类型, as it was filed.
    pub biz_appy_type: String,
}

/// The institutions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 险种类型.
    pub insutype: Insutype,
    /// In the person's order within each filing.
    pub chosen: Vec<Chosen>,
}

/// A chosen institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// 定点排序号, from 1 within its filing.
    pub fix_srt_no: usize,
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// 定点医药机构名称.
    pub fixmedins_name: String,
    /// The first day.
    pub begndate: Day,
    /// The last day, where there is one.
    pub enddate: Option<Day>,
    /// For which disease.
    pub opsp_dise_name: String,
}

impl Center {
    /// 5302. Errors: those of 5301.
    pub async fn t5302_chosen(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let (person, filings) = self.filed_here(ctx, &command.psn_no).await?;
        let mut rows = Vec::new();
        for row in filings.in_force(ctx.now.day()) {
            if let Filed::Opsp(opsp) = &row.body.filed
                && opsp.biz_appy_type.as_ref() == Some(&command.biz_appy_type)
            {
                rows.push((row, opsp));
            }
        }
        let names = self.names(rows.iter().flat_map(|(_, opsp)| &opsp.fixmedins)).await?;
        let mut chosen = Vec::new();
        for (row, opsp) in rows {
            for (fixmedins_code, fix_srt_no) in opsp.fixmedins.iter().zip(1..) {
                chosen.push(Chosen {
                    fix_srt_no,
                    fixmedins_code: fixmedins_code.clone(),
                    fixmedins_name: names.get(fixmedins_code).cloned().unwrap_or_default(),
                    begndate: row.from,
                    enddate: row.until.map(|until| until.plus(-1)),
                    opsp_dise_name: opsp.opsp_dise_name.clone(),
                });
            }
        }
        Ok(Reply { psn_no: person.psn_no, insutype: person.insutype, chosen }.into())
    }

    /// The names of institutions, each asked for once and all together.
    async fn names<'a>(
        &self,
        codes: impl Iterator<Item = &'a FixmedinsCode>,
    ) -> Result<BTreeMap<&'a FixmedinsCode, String>, StoreError> {
        let codes: BTreeSet<&FixmedinsCode> = codes.collect();
        let found = try_join_all(codes.iter().map(|code| self.store.fixmedins(code))).await?;
        Ok(codes.into_iter().zip(found).filter_map(|(code, found)| Some((code, found?.fixmedins_name))).collect())
    }
}
