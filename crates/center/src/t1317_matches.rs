//! 1317 医药机构目录匹配信息查询: an institution's own matches (3301) that changed since a moment, page by page.
//!
//! Invariants: nobody sees another's; pages of one question join without gap or repetition while nothing is uploaded
//! between them.

use lf_ports::{ListMatch, MatchKey};
use lf_vocab::{Admdvs, Day, FixmedinsCode, Moment};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::t1312_hilist::{HilistRefusal, REACH_MAX, check_page};

/// Rows read at once.
const READ: usize = 1_000;

/// What is asked. Absent conditions hold for every match.
#[derive(Debug, Clone)]
pub struct Command {
    /// 定点医药机构编号: the caller's, or none.
    pub fixmedins_code: Option<FixmedinsCode>,
    /// 查询时间点: in force on this day.
    pub query_date: Option<Day>,
    /// 定点医药机构目录编号.
    pub medins_list_codg: Option<String>,
    /// Part of 定点医药机构目录名称.
    pub medins_list_name: Option<String>,
    /// 参保机构医保区划.
    pub insu_admdvs: Option<Admdvs>,
    /// 目录类别.
    pub list_type: Option<String>,
    /// 医疗目录编码.
    pub med_list_codg: Option<String>,
    /// 开始日期: begins on this day or later.
    pub begndate: Option<Day>,
    /// 有效标志: stands, or was withdrawn.
    pub vali: Option<bool>,
    /// 更新时间: changed later.
    pub updt_time: Moment,
    /// From 1.
    pub page_num: u64,
    /// At most [`PAGE_MAX`](crate::t1312_hilist::PAGE_MAX).
    pub page_size: u64,
}

/// A page.
#[derive(Debug, Clone)]
pub struct Reply {
    /// 统筹区 of the institution.
    pub poolarea_no: Admdvs,
    /// Its rows.
    pub rows: Vec<ListMatch>,
}

impl Center {
    /// 1317. Errors: [`HilistRefusal`] of its pages, the caller's.
    pub async fn t1317_matches(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), command.fixmedins_code.as_ref().unwrap_or(ctx.code()))?;
        check_page(command.page_num, command.page_size)?;
        let poolarea_no = ctx.caller.fixmedins.poolarea_no;
        let mut reply = Reply { poolarea_no, rows: Vec::new() };
        if command.insu_admdvs.is_none_or(|asked| asked == poolarea_no) {
            self.collect(ctx, command, &mut reply.rows).await?;
        }
        Ok(reply.into())
    }

    async fn collect(&self, ctx: &Ctx, command: &Command, rows: &mut Vec<ListMatch>) -> Result<(), Failure> {
        let mut skip = (command.page_num - 1).saturating_mul(command.page_size);
        let (mut after, mut behind): (Moment, Option<MatchKey>) = (command.updt_time, None);
        let mut read = 0;
        loop {
            // One more than may be reached, so that what ends there is told from what goes on.
            let most = READ.min(usize::try_from(REACH_MAX + 1 - read).unwrap_or(READ));
            let found = self.store.matches_since(ctx.code(), after, behind.as_ref(), most).await?;
            let came = found.len();
            read += came as u64;
            if read > REACH_MAX {
                return refused(HilistRefusal::TooFar);
            }
            let last = found.last().map(|row| (row.updt_time, row.key.clone()));
            for row in found.into_iter().filter(|row| command.wants(row)) {
                if skip > 0 {
                    skip -= 1;
                } else if (rows.len() as u64) < command.page_size {
                    rows.push(row);
                }
            }
            let (true, Some((at, key))) = (came == most && (rows.len() as u64) < command.page_size, last) else {
                return Ok(());
            };
            (after, behind) = (at, Some(key));
        }
    }
}

impl Command {
    fn wants(&self, row: &ListMatch) -> bool {
        let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        let named = |part: &str| row.body.fixmedins_hilist_name.contains(part);
        self.query_date.is_none_or(|on| row.begndate <= on && on <= row.enddate)
            && same(&self.medins_list_codg, &row.key.fixmedins_hilist_id)
            && self.medins_list_name.as_deref().is_none_or(named)
            && same(&self.list_type, &row.key.list_type)
            && same(&self.med_list_codg, &row.key.med_list_codg)
            && self.begndate.is_none_or(|first| first <= row.begndate)
            && self.vali.is_none_or(|vali| vali == row.vali)
    }
}
