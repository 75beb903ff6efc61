//! 3202 医药机构费用结算对明细账: an institution's rows of a period, in a file of 9101, beside the center's; what was found
//! of each row goes into a file for 9102. Serves the settled side of HB-3.8.
//!
//! How a file is written is the interface's affair ([`StatementFile`]). Invariants: every row of both sides is in the
//! answer once; rows that only the center has show no 结算ID and 就诊ID, as the interface orders; the same message again
//! is the same file.

use lf_ports::{ChangeSet, FileChange, FileOwner, IdemKey, Setl, StoredFile};
use lf_settle::statement::{Finding, Row, compare};
use lf_vocab::{Fen, Moment};
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::t3201_statement::About;
use crate::t9101_file_upload::{FILES_MAX, FileRefusal, KEPT_DAYS};
use crate::t9102_file_download::NoFileRefusal;

/// Rows of an institution's file at most.
pub const ROWS_MAX: usize = 50_000;

/// What the institution says of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Of which settlements.
    pub about: About,
    /// 文件查询号 that 9101 gave.
    pub file_qury_no: String,
    /// 医疗费总额.
    pub medfee_sumamt: Fen,
    /// 基金支付总额.
    pub fund_pay_sumamt: Fen,
    /// 定点医药机构结算笔数.
    pub fixmedins_setl_cnt: i64,
}

/// Where the findings are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 文件查询号.
    pub file_qury_no: String,
    /// 文件名称.
    pub filename: String,
    /// 下载截止时间.
    pub dld_endtime: Moment,
}

/// One row of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What was found.
    pub finding: Finding,
    /// The institution's row; where only the center has one, that one without 结算ID and 就诊ID.
    pub row: Row,
    /// The `msgid` of the message that settled, where the center knows it.
    pub msgid: Option<String>,
    /// In words, with the center's amounts where they differ.
    pub memo: String,
}

/// How the interface writes the two files.
pub trait StatementFile: Send + Sync {
    /// The institution's rows.
    ///
    /// # Errors
    /// Why they cannot be read, for the institution.
    fn read(&self, bytes: &[u8]) -> Result<Vec<Row>, String>;
    /// The findings, packed.
    ///
    /// # Errors
    /// Why not: a fault of ours.
    fn write(&self, found: &[Found]) -> Result<Vec<u8>, String>;
}

lf_rx::refusals! {
    /// Why details are not compared (3202).
    DetailRefusal {
        Unreadable(String) = "RX-3202-01", "接口规范 3202 输入文件", "对账明细文件不能读取：{0}";
        TooManyRows = "RX-3202-02", "本中心 对账上限", "对账明细超过50000行，请分期对账";
        TotalsDiffer(String) = "RX-3202-03", "接口规范 3202 fixmedins_setl_cnt", "报文与对账明细文件不符：{0}";
    }
}

impl Center {
    /// 3202. Errors: [`DetailRefusal`], [`NoFileRefusal`], those of 3201, the caller's.
    pub async fn t3202_details(
        &self,
        ctx: &Ctx,
        command: &Command,
        files: &dyn StatementFile,
    ) -> Result<Answer<Reply>, Failure> {
        let key = ctx.exact_key("3202");
        self.attempts_once(ctx, &key, || self.try_compare(ctx, command, files, &key)).await
    }

    async fn try_compare(
        &self,
        ctx: &Ctx,
        command: &Command,
        files: &dyn StatementFile,
        key: &IdemKey,
    ) -> Result<Answer<Reply>, Attempt> {
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        command.about.examine(ctx)?;
        let owner = FileOwner::Fixmedins(ctx.code().clone());
        let sent = command.file_qury_no.rsplit('/').next().unwrap_or_default();
        let (file, kept) = tokio::try_join!(self.store.file(&owner, sent), self.store.file_count(&owner, ctx.now))?;
        let Some(file) = file.filter(|file| ctx.now < file.until) else { return Ok(refused(NoFileRefusal::Unknown)?) };
        if kept >= FILES_MAX {
            return Ok(refused(FileRefusal::TooMany)?);
        }
        let theirs = match files.read(&file.body) {
            Ok(rows) if rows.len() > ROWS_MAX => return Ok(refused(DetailRefusal::TooManyRows)?),
            Ok(rows) => rows,
            Err(why) => return Ok(refused(DetailRefusal::Unreadable(why))?),
        };
        same_totals(command, &theirs).map_err(Failure::from_refusal)?;
        // The file says of itself what the message says: only now a year's settlements are worth reading.
        let settlements = self.settlements(ctx, &command.about).await?;
        let body = files.write(&found(&settlements, &theirs)).map_err(Failure::Broken)?;
        let (file_qury_no, _) = self.setl_ids(ctx);
        let reply = Reply {
            filename: format!("对账结果_{file_qury_no}.zip"),
            file_qury_no,
            dld_endtime: ctx.now.day().plus(KEPT_DAYS).start(),
        };
        let file = StoredFile {
            owner,
            file_qury_no: reply.file_qury_no.clone(),
            filename: reply.filename.clone(),
            row_cnt: 0,
            until: reply.dld_endtime,
            body,
        };
        let mut changes =
            ChangeSet { file: Some(FileChange { file, now: ctx.now, sm3: None }), ..ChangeSet::default() };
        let answer = Answer::from(reply);
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}

/// The message says of the file what the file says.
fn same_totals(command: &Command, rows: &[Row]) -> Result<(), DetailRefusal> {
    let sum = |of: fn(&Row) -> Fen| Fen::sum(rows.iter().map(of));
    for (name, stated, summed) in [
        ("医疗费总额", command.medfee_sumamt, sum(|row| row.medfee_sumamt)),
        ("基金支付总额", command.fund_pay_sumamt, sum(|row| row.fund_pay_sumamt)),
    ] {
        if summed != Some(stated) {
            let summed = summed.map_or_else(|| "超出范围".to_owned(), |sum| format!("{sum}元"));
            return Err(DetailRefusal::TotalsDiffer(format!("{name}报文{stated}元，明细合计{summed}")));
        }
    }
    if usize::try_from(command.fixmedins_setl_cnt) != Ok(rows.len()) {
        let text = format!("笔数报文{}，明细{}行", command.fixmedins_setl_cnt, rows.len());
        return Err(DetailRefusal::TotalsDiffer(text));
    }
    Ok(())
}

fn found(settlements: &[Setl], theirs: &[Row]) -> Vec<Found> {
    let ours: Vec<_> = settlements.iter().map(row).collect();
    let compared = compare(&ours, theirs);
    let rows = compared.into_iter().filter_map(|one| {
        let setl = one.ours.and_then(|at| settlements.get(at));
        let own = one.ours.and_then(|at| ours.get(at));
        let hidden = || own.map(|own| Row { setl_id: String::new(), mdtrt_id: String::new(), ..own.clone() });
        let row = one.theirs.cloned().or_else(hidden)?;
        let memo = match (one.finding, own) {
            (Finding::Amounts, Some(own)) => format!(
                "{}：中心医疗费{}元、基金{}元、个账{}元",
                one.finding.text(),
                own.medfee_sumamt,
                own.fund_pay_sumamt,
                own.acct_pay
            ),
            _ => one.finding.text().to_owned(),
        };
        Some(Found { finding: one.finding, row, msgid: setl.and_then(|setl| setl.medins_setl_id.clone()), memo })
    });
    rows.collect()
}

fn row(setl: &Setl) -> Row {
    Row {
        setl_id: setl.setl_id.clone(),
        mdtrt_id: setl.mdtrt_id.clone(),
        psn_no: setl.accum_key.psn_no.as_str().to_owned(),
        medfee_sumamt: setl.shares.medfee_sumamt,
        fund_pay_sumamt: setl.shares.fund_pay_sumamt,
        acct_pay: setl.shares.acct_pay,
        refd_setl_id: setl.refd_setl_id.clone(),
        refd_setl_flag: setl.refd_setl_id.is_some(),
    }
}
