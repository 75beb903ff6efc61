//! The drugs of an institution's own list (3301) beside the catalogue: what was added and withdrawn after a switch of the catalogue and how
//! late, codes that are no longer valid, the share of drugs listed on the purchasing platform, and how old the last upload is.
//!
//! Serves HB-1.2, HB-1.6 and DG-3.3c. Invariants: derived from the matches and the catalogue of a day, nothing is changed; a share
//! is not told where no platform list was imported. The interface does not say which match is of the 外配 list: all drugs are looked at.

use lf_ports::{Drug, EditionOf, ListMatch, Lists, Prics, Store, StoreError};
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Moment};

use crate::failure::{Failure, refused};
use crate::published::Table;

/// Matches read at once.
const PAGE: usize = 500;
/// Matches of one report.
pub const MATCHES_MAX: usize = 10_000;
/// 目录类别 of what is no drug: 医疗服务项目, 医用耗材; and of what institutions prepare themselves, which no catalogue lists.
const NO_DRUGS: [&str; 3] = ["201", "301", "105"];

lf_rx::refusals! {
    /// Why nothing is told of a list.
    OutlistRefusal {
        Unknown = "LIST-01-01", "本中心机构登记", "没有登记该定点医药机构";
        TooMany(usize) = "LIST-01-02", "本中心限额", "该机构的目录对照超过{0}条，不能在一张表中列出";
    }
}

/// What is told of an institution's list.
#[derive(Debug)]
pub struct Outlist {
    /// A row a match.
    pub table: Table,
    /// Matches that stand on a code which is not valid.
    pub invalid: usize,
    /// Days since the last upload; nothing where nothing was uploaded.
    pub age_days: Option<i32>,
}

/// A match with what the catalogue and the platform's list say of its code.
struct Line {
    found: ListMatch,
    now: Option<Drug>,
    before: Option<Drug>,
    prics: Prics,
}

/// The list of an institution as of a day.
///
/// # Errors
/// [`OutlistRefusal`], the store's.
pub async fn outlist(store: &dyn Store, code: &FixmedinsCode, on: Day) -> Result<Outlist, Failure> {
    lf_vocab::covers!("HB-1.2", "HB-1.6", "DG-3.3c");
    const COLUMNS: &[(&str, &str)] = &[
        ("fixmedins_hilist_id", "定点医药机构目录编号"),
        ("med_list_codg", "医保药品编码"),
        ("fixmedins_hilist_name", "名称"),
        ("begndate", "开始日期"),
        ("enddate", "结束日期"),
        ("change", "现行目录执行后的变动"),
        ("change_day", "变动日期"),
        ("delay_days", "迟于目录执行（天）"),
        ("plat_flag", "挂网"),
        ("alert", "提示"),
    ];
    let Some(institution) = store.fixmedins(code).await? else { return refused(OutlistRefusal::Unknown) };
    let editions = store.editions(EditionOf::Drug).await?;
    let switch = editions.iter().rev().find(|edition| edition.from <= on);
    let since = switch.map(|edition| edition.from);
    let platform = !store.editions(EditionOf::List(Lists::PlatPric)).await?.is_empty();
    let matches = matches(store, code, on).await?;
    let last = matches.iter().map(|found| found.updt_time).max();
    let lines = beside(store, matches, institution.poolarea_no, (on, since)).await?;
    let standing: Vec<&Line> = lines.iter().filter(|line| line.stands(on)).collect();
    let listed = standing.iter().filter(|line| line.prics.plat_pric.is_some()).count();
    let invalid = standing.iter().filter(|line| !line.valid()).count();
    let age_days = last.map(|last| on.since(last.day()));
    let mut notes = vec![
        switch.map_or("没有导入目录版本，不能计算目录切换后的变动".to_owned(), |edition| {
            format!("现行目录{}，自{}起", edition.edition, edition.from)
        }),
        format!("在用{}条，其中编码失效{invalid}条", standing.len()),
        match (platform, standing.len()) {
            (false, _) => "没有导入省药采平台价，不能计算挂网占比".to_owned(),
            (true, 0) => "没有在用的药品".to_owned(),
            (true, all) => format!("挂网{listed}条，占{}.{}%", listed * 100 / all, listed * 1_000 / all % 10),
        },
    ];
    notes.push(match (last, age_days) {
        (Some(last), Some(days)) => format!("最近上传{last}，距今{days}天"),
        _ => "没有上传过目录对照".to_owned(),
    });
    let rows = lines.iter().map(|line| line.row((on, since), platform)).collect();
    let title = format!("{code} {} 药品目录对照（{on}）", institution.fixmedins_name);
    let table = Table { name: "outlist", title, columns: COLUMNS, rows, notes };
    Ok(Outlist { table, invalid, age_days })
}

impl Line {
    /// Whether it is in use on a day.
    fn stands(&self, on: Day) -> bool {
        self.found.vali && self.found.begndate <= on && on <= self.found.enddate
    }

    /// Whether its code is that of a drug of the catalogue, under the kind of list that it names.
    fn valid(&self) -> bool {
        self.now.as_ref().is_some_and(|drug| drug.list_type == self.found.key.list_type)
    }

    /// What became of it since the switch, on which day, and how many days after the switch where the switch is why.
    fn change(&self, (on, since): (Day, Option<Day>)) -> Option<(&'static str, Day, Option<i32>)> {
        let since = since?;
        let (added, touched) = (self.found.crte_time.day(), self.found.updt_time.day());
        let (new, gone) = (self.before.is_none() && self.now.is_some(), self.before.is_some() && self.now.is_none());
        match self.found.vali {
            false if touched >= since => Some(("撤销", touched, gone.then(|| touched.since(since)))),
            true if added >= since => Some(("新增", added, new.then(|| added.since(since)))),
            true if gone && self.stands(on) => Some(("应撤未撤", since, Some(on.since(since)))),
            _ => None,
        }
    }

    fn row(&self, when: (Day, Option<Day>), platform: bool) -> Vec<String> {
        let ListMatch { key, begndate, enddate, body, .. } = &self.found;
        let (change, day, delay) = match self.change(when) {
            Some((change, day, delay)) => (change, day.to_string(), delay.map(|days| days.to_string())),
            None => ("", String::new(), None),
        };
        let plat = match (platform, self.prics.plat_pric.is_some()) {
            (false, _) => "",
            (true, true) => "是",
            (true, false) => "否",
        };
        let alert = if self.stands(when.0) && !self.valid() { "编码不在现行目录内" } else { "" };
        vec![
            key.fixmedins_hilist_id.clone(),
            key.med_list_codg.clone(),
            body.fixmedins_hilist_name.clone(),
            begndate.to_string(),
            enddate.to_string(),
            change.to_owned(),
            day,
            delay.unwrap_or_default(),
            plat.to_owned(),
            alert.to_owned(),
        ]
    }
}

/// All matches of drugs, also those that were withdrawn, as far as they were made by the end of a day.
async fn matches(store: &dyn Store, code: &FixmedinsCode, on: Day) -> Result<Vec<ListMatch>, Failure> {
    let (mut after, mut behind, mut all) = (Moment::from_micros(0), None, Vec::new());
    loop {
        let page = store.matches_since(code, after, behind.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        (after, behind) = (last.updt_time, Some(last.key.clone()));
        all.extend(
            page.into_iter().filter(|one| !NO_DRUGS.contains(&one.key.list_type.as_str()) && one.crte_time.day() <= on),
        );
        if all.len() > MATCHES_MAX {
            return refused(OutlistRefusal::TooMany(MATCHES_MAX));
        }
    }
}

/// Each match beside the catalogue of the day, that of the day before the switch, and the platform's list.
async fn beside(
    store: &dyn Store,
    matches: Vec<ListMatch>,
    place: Admdvs,
    (on, since): (Day, Option<Day>),
) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::with_capacity(matches.len());
    let mut rest = matches.into_iter();
    loop {
        let part: Vec<ListMatch> = rest.by_ref().take(PAGE).collect();
        if part.is_empty() {
            return Ok(lines);
        }
        // What is no code at all is in no catalogue.
        let codes: Vec<Option<MedListCodg>> = part.iter().map(|one| one.key.med_list_codg.parse().ok()).collect();
        let asked: Vec<MedListCodg> = codes.iter().flatten().cloned().collect();
        let day_before = since.map_or(on, |since| since.plus(-1));
        let (now, before, prics) = futures_util::try_join!(
            store.drugs(&asked, on),
            store.drugs(&asked, day_before),
            store.drug_prics(&asked, place, on)
        )?;
        let mut told = now.into_iter().zip(before).zip(prics);
        for (found, code) in part.into_iter().zip(codes) {
            let known = code.and_then(|_| told.next());
            let ((now, before), prics) = known.unwrap_or_default();
            lines.push(Line { found, now, before, prics });
        }
    }
}
