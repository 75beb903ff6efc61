//! 1304, 1312, 1316, 1318, 1319 目录查询: the rows of the drug catalogue that changed since a moment, page by page.
//!
//! The five ask the same list for other things: its 民族药, its entries, the match of 医疗目录 and 医保目录 (one code here), its payment
//! standards, what the person pays first. Whoever wants the whole list downloads it (1301); paging ends at [`REACH_MAX`].
//!
//! Invariant: pages of one question join without gap or repetition while no edition comes between them.

use lf_ports::{Dated, Drug, Edition, EditionOf, Lists, Since};
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Admdvs, Day, MedListCodg, Moment, Ratio};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::scheme::preselfpay;

/// The largest page.
pub const PAGE_MAX: u64 = 1_000;
/// How far paging reaches, in rows of the list. Beyond it a download is cheaper for both.
pub const REACH_MAX: u64 = 5_000;
/// 目录类别 民族药.
const ETHNIC: &str = "104";
/// Rows read at once.
const READ: usize = 1_000;

/// Which of the five.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// 1304 民族药品.
    Ethnic,
    /// 1312 医保目录信息.
    Entries,
    /// 1316 医疗目录与医保目录匹配信息.
    Matches,
    /// 1318 医保目录限价信息.
    PayStd,
    /// 1319 医保目录先自付比例信息.
    Preselfpay,
}

/// What is asked. Absent conditions hold for every row.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which.
    pub question: Question,
    /// 查询时间点: rows in force on this day; without it past and future ones too.
    pub query_date: Option<Day>,
    /// 医保目录编码, or 医疗目录编码: one code here.
    pub code: Option<MedListCodg>,
    /// Part of the name.
    pub hilist_name: Option<String>,
    /// Part of 药品通用名 (1304).
    pub drug_genname: Option<String>,
    /// 药品商品名 (1304).
    pub drug_prodname: Option<String>,
    /// 目录类别.
    pub list_type: Option<String>,
    /// 收费项目等级.
    pub chrgitm_lv: Option<String>,
    /// 限制使用标志.
    pub lmt_used: Option<bool>,
    /// The first letter of the code, which stands for 医疗收费项目类别.
    pub family: Option<char>,
    /// 开始日期: rows that begin on this day or later.
    pub begndate: Option<Day>,
    /// 结束日期: rows that end on this day or earlier.
    pub enddate: Option<Day>,
    /// 参保机构医保区划 or 统筹区.
    pub poolarea_no: Option<Admdvs>,
    /// 有效标志, as of today.
    pub vali: Option<bool>,
    /// Names of conditions that this center's lists cannot judge.
    pub not_held: Vec<&'static str>,
    /// 更新时间: rows of editions that came later.
    pub updt_time: Moment,
    /// From 1.
    pub page_num: u64,
    /// At most [`PAGE_MAX`].
    pub page_size: u64,
}

/// A row of the answer.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The drug with its days.
    pub row: Dated<Drug>,
    /// In force today.
    pub vali: bool,
    /// When its edition came; rows of no edition have none.
    pub updt_time: Option<Moment>,
    /// 先自付比例 (1319 only).
    pub selfpay_prop: Option<Ratio>,
}

/// A page.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Which question it answers.
    pub question: Question,
    /// 参保机构医保区划 and 统筹区: the list is the center's, so they are the asker's.
    pub poolarea_no: Admdvs,
    /// Its rows.
    pub entries: Vec<Entry>,
}

lf_rx::refusals! {
    /// Why a page is not given (1304, 1312, 1316–1319).
    HilistRefusal {
        Page = "RX-1312-01", "接口规范 1312 page_num、page_size", "页码和每页数据量应从1开始，每页最多1000行";
        TooFar = "RX-1312-02", "本中心 分页上限", "查询范围超过5000行，请按编码查询，或以1301等目录下载交易取得全部数据";
        NotHeld(&'static str) = "RX-1312-03", "本中心 目录", "本中心的目录没有{0}，不能按它查询";
    }
}

/// That a page may be asked for (1304, 1312, 1316–1319).
pub(crate) fn check_page(page_num: u64, page_size: u64) -> Result<(), Failure> {
    if page_num == 0 || page_size == 0 || page_size > PAGE_MAX {
        return refused(HilistRefusal::Page);
    }
    if page_num.saturating_mul(page_size) > REACH_MAX { refused(HilistRefusal::TooFar) } else { Ok(()) }
}

impl Center {
    /// 1304, 1312, 1316, 1318, 1319. Errors: [`HilistRefusal`], the law's where 1319 asks for what it does not say.
    pub async fn t1312_hilist(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        check_page(command.page_num, command.page_size)?;
        if let Some(name) = command.not_held.first() {
            return refused(HilistRefusal::NotHeld(name));
        }
        let poolarea_no = ctx.caller.fixmedins.poolarea_no;
        let mut reply = Reply { question: command.question, poolarea_no, entries: Vec::new() };
        if command.poolarea_no.is_some_and(|asked| asked != poolarea_no) {
            // Another region's list is not ours to answer for.
            return Ok(reply.into());
        }
        let editions = self.store.editions(EditionOf::Drug).await?;
        let standards = match command.question {
            Question::PayStd => self.store.editions(EditionOf::List(Lists::PayStd)).await?,
            _ => Vec::new(),
        };
        let std_time = standards.iter().map(|edition| edition.imported).max();
        let skip = (command.page_num - 1).saturating_mul(command.page_size);
        let mut wanted = Wanted { command, editions: &editions, std_time, today: ctx.now.day(), skip };
        match &command.code {
            Some(code) => {
                wanted.take(self.with_standards(&wanted, self.store.drug_rows(code).await?).await?, &mut reply.entries)
            }
            None => self.walk(&mut wanted, &mut reply.entries).await?,
        }
        if command.question == Question::Preselfpay {
            self.add_preselfpay(ctx, &mut reply).await?;
        }
        Ok(reply.into())
    }

    /// 1318 shows the payment standard by which 2102 pays, which may stand in a list of its own.
    async fn with_standards(
        &self,
        wanted: &Wanted<'_>,
        mut rows: Vec<Dated<Drug>>,
    ) -> Result<Vec<Dated<Drug>>, Failure> {
        if wanted.command.question == Question::PayStd {
            self.price_rows(&mut rows, wanted.command.query_date.unwrap_or(wanted.today)).await?;
        }
        Ok(rows)
    }

    async fn walk(&self, wanted: &mut Wanted<'_>, entries: &mut Vec<Entry>) -> Result<(), Failure> {
        let mut since = Since::version(wanted.known_ver());
        let mut read = 0;
        loop {
            // One more than may be reached, so that a list that ends there is told from one that goes on.
            let most = READ.min(usize::try_from(REACH_MAX + 1 - read).unwrap_or(READ));
            let rows = self.store.drugs_since(&since, most).await?;
            let came = rows.len();
            read += came as u64;
            if read > REACH_MAX {
                return refused(HilistRefusal::TooFar);
            }
            let rows = self.with_standards(wanted, rows).await?;
            let last = rows.last().map(Since::drug);
            wanted.take(rows, entries);
            if entries.len() as u64 >= wanted.command.page_size || came < most {
                return Ok(());
            }
            since = last.unwrap_or(since);
        }
    }

    /// What a person pays first of a drug of each grade, as the law has it for employees, the one 险种 formalised here.
    async fn add_preselfpay(&self, ctx: &Ctx, reply: &mut Reply) -> Result<(), Failure> {
        let grants = self.grants(reply.poolarea_no, ctx.now).await?;
        let preselfpay = preselfpay(&self.law, reply.poolarea_no, ctx.now.day(), &grants)?;
        for entry in &mut reply.entries {
            let known = match entry.row.item.chrgitm_lv {
                ChrgitmLv::A => &preselfpay.a,
                ChrgitmLv::B => &preselfpay.b,
                ChrgitmLv::C => &preselfpay.c,
            };
            entry.selfpay_prop = known.as_ref().map(|ratio| ratio.value);
        }
        Ok(())
    }
}

/// The conditions, and how many rows that meet them lie before the page.
struct Wanted<'c> {
    command: &'c Command,
    editions: &'c [Edition],
    /// When payment standards last came (1318): every row counts as changed then.
    std_time: Option<Moment>,
    today: Day,
    skip: u64,
}

impl Wanted<'_> {
    /// The newest version of which the asker has heard.
    fn known_ver(&self) -> i64 {
        if self.std_time.is_some_and(|came| came > self.command.updt_time) {
            return 0;
        }
        let known = self.editions.iter().filter(|edition| edition.imported <= self.command.updt_time);
        known.map(|edition| edition.ver).max().unwrap_or(0)
    }

    fn take(&mut self, rows: Vec<Dated<Drug>>, entries: &mut Vec<Entry>) {
        let known_ver = self.known_ver();
        for row in rows.into_iter().filter(|row| row.ver > known_ver) {
            if !self.fits(&row) {
                continue;
            }
            if self.skip > 0 {
                self.skip -= 1;
            } else if (entries.len() as u64) < self.command.page_size {
                let edition = self.editions.iter().find(|edition| edition.ver == row.ver);
                let (vali, updt_time) =
                    (row.in_force(self.today), edition.map(|edition| edition.imported).max(self.std_time));
                entries.push(Entry { row, vali, updt_time, selfpay_prop: None });
            }
        }
    }

    fn fits(&self, row: &Dated<Drug>) -> bool {
        let (command, drug) = (self.command, &row.item);
        let same = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        command.query_date.is_none_or(|on| row.in_force(on))
            && command.hilist_name.as_deref().is_none_or(|part| drug.genname.contains(part))
            && command.drug_genname.as_deref().is_none_or(|part| drug.genname.contains(part))
            && (command.drug_prodname.is_none() || command.drug_prodname == drug.prodname)
            && command.lmt_used.is_none_or(|limited| limited == drug.memo.is_some())
            && command.family.is_none_or(|family| drug.med_list_codg.as_str().starts_with(family))
            && command.begndate.is_none_or(|first| first <= row.from)
            && command.enddate.is_none_or(|last| row.until.is_some_and(|until| until.plus(-1) <= last))
            && same(&command.list_type, &drug.list_type)
            && same(&command.chrgitm_lv, drug.chrgitm_lv.code())
            && command.vali.is_none_or(|vali| vali == row.in_force(self.today))
            && match command.question {
                Question::PayStd => drug.hi_pay_std.is_some(),
                Question::Ethnic => drug.list_type == ETHNIC,
                _ => true,
            }
    }
}
