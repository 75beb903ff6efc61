//! 1301–1303, 1305–1311, 1313–1315, 1320 目录下载: what changed in a list since the version that a client has, as a file for 9102.
//!
//! The file is made once for a pair of versions and kept under `plc`, so that a thousand pharmacies on the morning of an
//! edition cost one reading of the list. How a row is written is the interface's affair ([`CatalogueFile`]).
//!
//! Invariants: a file holds whole versions, because a client asks next for what is above the highest version it saw;
//! one file is made at a time.

use lf_ports::lists::Printed;
use lf_ports::{
    ChangeSet, CommitError, Dated, Drug, Edition, EditionOf, FileChange, FileOwner, Item, Lists, Since, StoredFile,
};
use lf_vocab::{Day, Moment};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};

/// Days for which a file is kept, that of its making included. Afterwards it is made again, with the validity of its
/// rows as of that day.
pub const KEPT_DAYS: i32 = 7;
/// Rows read at once.
const PAGE: usize = 5_000;

/// A list that is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalogue {
    /// 1301 西药中成药.
    Medicines,
    /// 1302 中药饮片.
    Pieces,
    /// 1303 医疗机构制剂.
    Preparations,
    /// 1307 疾病与诊断.
    Diagnoses,
    /// 1309 门诊慢特病种.
    Opsp,
    /// 1320 中药配方颗粒.
    Granules,
    /// A list that the center only passes on.
    Printed(Printed),
}

impl Catalogue {
    /// Its transaction.
    pub const fn infno(self) -> &'static str {
        match self {
            Self::Medicines => "1301",
            Self::Pieces => "1302",
            Self::Preparations => "1303",
            Self::Diagnoses => "1307",
            Self::Opsp => "1309",
            Self::Granules => "1320",
            Self::Printed(list) => match list {
                Printed::ServiceItem => "1305",
                Printed::Consumable => "1306",
                Printed::Operation => "1308",
                Printed::DiseasePay => "1310",
                Printed::DaySurgery => "1311",
                Printed::Morphology => "1313",
                Printed::TcmDisease => "1314",
                Printed::TcmSyndrome => "1315",
            },
        }
    }

    /// Its name, also that of its files.
    pub fn name(self) -> String {
        let what = match self {
            Self::Medicines => "西药中成药",
            Self::Pieces => "中药饮片",
            Self::Preparations => "医疗机构制剂",
            Self::Diagnoses => "疾病与诊断",
            Self::Opsp => "门诊慢特病种",
            Self::Granules => "中药配方颗粒",
            Self::Printed(list) => list.name(),
        };
        format!("{what}目录")
    }

    /// Where its rows stand.
    const fn rows(self) -> Rows {
        match self {
            Self::Medicines => Rows::Drugs("101"),
            Self::Pieces => Rows::Drugs("102"),
            Self::Preparations => Rows::Drugs("103"),
            Self::Granules => Rows::Drugs("106"),
            Self::Diagnoses => Rows::List(Lists::Diagnosis),
            Self::Opsp => Rows::List(Lists::Opsp),
            Self::Printed(list) => Rows::List(Lists::Printed(list)),
        }
    }
}

/// Where the rows of a catalogue stand.
#[derive(Clone, Copy)]
enum Rows {
    /// In the drug catalogue, under this 目录类别.
    Drugs(&'static str),
    /// In a list of their own.
    List(Lists),
}

impl Rows {
    const fn edition_of(self) -> EditionOf {
        match self {
            Self::Drugs(_) => EditionOf::Drug,
            Self::List(list) => EditionOf::List(list),
        }
    }
}

/// A row on its way into a file.
#[derive(Debug, Clone, Copy)]
pub struct Line<'r> {
    /// What it is about.
    pub what: What<'r>,
    /// The first day on which it is in force.
    pub from: Day,
    /// The first day on which it is no longer.
    pub until: Option<Day>,
    /// Its version.
    pub ver: i64,
    /// The edition of that version; rows of the demo have none.
    pub edition: Option<&'r Edition>,
    /// The day as of which it is valid or not.
    pub on: Day,
}

impl Line<'_> {
    /// The last day on which it is in force, where there is one.
    pub fn last(&self) -> Option<Day> {
        self.until.map(|until| until.plus(-1))
    }

    /// Whether it is in force on the day of the file.
    pub fn vali(&self) -> bool {
        self.from <= self.on && self.until.is_none_or(|until| self.on < until)
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub enum What<'r> {
    /// A drug, a piece, a preparation, a granule.
    Drug(&'r Drug),
    /// A row of a list.
    Item(&'r Item),
}

/// How the interface writes a file.
pub trait CatalogueFile: Send {
    /// One more row.
    fn add(&mut self, line: &Line<'_>);
    /// All of them, packed.
    ///
    /// # Errors
    /// Why it could not be packed: a fault of ours.
    fn finish(self: Box<Self>) -> Result<Vec<u8>, String>;
}

/// What a client asks.
#[derive(Debug, Clone)]
pub struct Command {
    /// Of which list.
    pub catalogue: Catalogue,
    /// 版本号: the highest that it has; 0 for none.
    pub ver: String,
}

/// Where the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 文件查询号.
    pub file_qury_no: String,
    /// 文件名.
    pub filename: String,
    /// 下载截止日期.
    pub dld_end_time: Day,
    /// 数据量.
    pub data_cnt: u64,
}

lf_rx::refusals! {
    /// Why there is no file (1301 … 1320).
    DownloadRefusal {
        BadVersion = "RX-1301-01", "接口规范 1301 ver", "版本号应为本中心下发文件中的最大版本号，首次下载填0";
        NotPublished(String) = "RX-1301-02", "本中心 目录", "{0}尚未发布";
        TooLarge = "RX-1301-03", "本中心 目录文件上限", "待下载的数据超过一个文件的行数上限，请联系中心";
    }
}

impl Center {
    /// 1301–1303, 1305–1311, 1313–1315, 1320. Errors: [`DownloadRefusal`].
    pub async fn t1301_download(
        &self,
        ctx: &Ctx,
        command: &Command,
        file: impl Fn(Catalogue) -> Box<dyn CatalogueFile>,
    ) -> Result<Answer<Reply>, Failure> {
        let catalogue = command.catalogue;
        let ver = command.ver.trim().parse().ok().filter(|ver: &i64| *ver >= 0);
        let Some(ver) = ver else { return refused(DownloadRefusal::BadVersion) };
        let editions = self.store.editions(catalogue.rows().edition_of()).await?;
        // Rows of no edition count as of the first.
        let newest = editions.iter().map(|edition| edition.ver).max().unwrap_or(1);
        if editions.is_empty() && !self.published(catalogue).await? {
            return refused(DownloadRefusal::NotPublished(catalogue.name()));
        }
        let ver = ver.min(newest);
        let file_qury_no = format!("{}-{ver}-{newest}", catalogue.infno());
        let filename = format!("{}_{ver}_{newest}.zip", catalogue.name());
        if let Some(kept) = self.kept(ctx, &file_qury_no, &filename).await? {
            return Ok(kept.into());
        }
        let _one = self.downloads.lock().await;
        // Made by whoever had the lock before.
        if let Some(kept) = self.kept(ctx, &file_qury_no, &filename).await? {
            return Ok(kept.into());
        }
        let mut packed = file(catalogue);
        let row_cnt = self.pack(catalogue, ver, newest, (ctx.now.day(), &editions), packed.as_mut()).await?;
        let kept = StoredFile {
            owner: FileOwner::Plc,
            filename,
            file_qury_no,
            row_cnt,
            until: ctx.now.day().plus(KEPT_DAYS).start(),
            body: packed.finish().map_err(Failure::Broken)?,
        };
        let answer = reply(kept.file_qury_no.clone(), kept.filename.clone(), kept.row_cnt, kept.until).into();
        match self.keep(kept, ctx.now).await {
            // Another process made the same file at the same moment.
            Ok(()) | Err(CommitError::Stale("file")) => Ok(answer),
            Err(CommitError::Store(error)) => Err(error.into()),
            Err(error) => Err(Failure::Broken(error.to_string())),
        }
    }

    /// Where a file is that was made before, without its bytes.
    async fn kept(&self, ctx: &Ctx, file_qury_no: &str, filename: &str) -> Result<Option<Reply>, Failure> {
        let kept = self.store.file_head(&FileOwner::Plc, file_qury_no).await?.filter(|kept| ctx.now < kept.until);
        Ok(kept.map(|kept| reply(file_qury_no.to_owned(), filename.to_owned(), kept.row_cnt, kept.until)))
    }

    async fn keep(&self, file: StoredFile, now: Moment) -> Result<(), CommitError> {
        self.store.commit(ChangeSet { file: Some(FileChange { file, now, sm3: None }), ..ChangeSet::default() }).await
    }

    async fn published(&self, catalogue: Catalogue) -> Result<bool, Failure> {
        let all = Since::version(0);
        Ok(match catalogue.rows() {
            Rows::Drugs(_) => !self.store.drugs_since(&all, 1).await?.is_empty(),
            Rows::List(list) => !self.store.list_since(list, &all, 1).await?.is_empty(),
        })
    }

    /// Every row above `ver` and up to `newest`; what comes in meanwhile is of a later version.
    async fn pack(
        &self,
        catalogue: Catalogue,
        ver: i64,
        newest: i64,
        (on, editions): (Day, &[Edition]),
        file: &mut dyn CatalogueFile,
    ) -> Result<u64, Failure> {
        let edition = |ver: i64| editions.iter().find(|edition| edition.ver == ver);
        let mut since = Since::version(ver);
        let mut count = 0;
        loop {
            let read = match catalogue.rows() {
                Rows::Drugs(list_type) => {
                    let rows = self.store.drugs_since(&since, PAGE).await?;
                    for row in rows.iter().filter(|row| row.ver <= newest && row.item.list_type == list_type) {
                        file.add(&line(What::Drug(&row.item), row, edition(row.ver), on));
                        count += 1;
                    }
                    since = rows.last().map(Since::drug).unwrap_or(since);
                    rows.len()
                }
                Rows::List(list) => {
                    let rows = self.store.list_since(list, &since, PAGE).await?;
                    for row in rows.iter().filter(|row| row.ver <= newest) {
                        file.add(&line(What::Item(&row.item), row, edition(row.ver), on));
                        count += 1;
                    }
                    since = rows.last().map(Since::item).unwrap_or(since);
                    rows.len()
                }
            };
            if count > self.settings.download_rows_max {
                return refused(DownloadRefusal::TooLarge);
            }
            if read < PAGE {
                return Ok(count);
            }
        }
    }
}

fn line<'r, T>(what: What<'r>, row: &Dated<T>, edition: Option<&'r Edition>, on: Day) -> Line<'r> {
    Line { what, from: row.from, until: row.until, ver: row.ver, edition, on }
}

fn reply(file_qury_no: String, filename: String, row_cnt: u64, until: Moment) -> Reply {
    Reply { file_qury_no, filename, dld_end_time: until.day().plus(-1), data_cnt: row_cnt }
}
