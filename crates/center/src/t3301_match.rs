//! 3301, 3302 目录对照: an institution says which of its own goods and services is which entry of the medical list.
//!
//! 1317 shows what stands. Nothing is settled by it: 2102 names the entry of the medical list itself.
//!
//! Invariants: all rows of a message or none; a match names an entry that the center's list has on its first day, where the
//! center has that list; what was withdrawn may be uploaded again.

use std::collections::BTreeSet;

use lf_ports::lists::Printed;
use lf_ports::{ChangeSet, CommitError, IdemKey, ListMatch, Lists, MatchBody, MatchChange, MatchKey, Since};
use lf_vocab::{Day, FixmedinsCode, MedListCodg};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};

/// Rows of a message; the table of 3301 in `spec/` has the same limit.
pub const ROWS_MAX: usize = 200;
/// Codes that are looked up at once.
const CODES: usize = 100;

/// One row of 3301.
#[derive(Debug, Clone)]
pub struct Row {
    /// 定点医药机构目录编号.
    pub fixmedins_hilist_id: String,
    /// 目录类别.
    pub list_type: String,
    /// 医疗目录编码.
    pub med_list_codg: String,
    /// 开始日期.
    pub begndate: Day,
    /// 结束日期.
    pub enddate: Day,
    /// The rest.
    pub body: MatchBody,
}

/// 3301. The institution is the caller: the message names none.
#[derive(Debug, Clone)]
pub struct Command {
    /// Its rows.
    pub rows: Vec<Row>,
}

/// 3302.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    /// 定点医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// 定点医药机构目录编号.
    pub fixmedins_hilist_id: String,
    /// 目录类别.
    pub list_type: String,
    /// 医疗目录编码.
    pub med_list_codg: String,
}

lf_rx::refusals! {
    /// Why a match is not taken or not withdrawn (3301, 3302).
    MatchRefusal {
        Days(usize) = "RX-3301-01", "接口规范 3301 enddate", "第{0}行的结束日期早于开始日期";
        Twice(usize) = "RX-3301-02", "接口规范 3301", "第{0}行与前面的行对照关系相同";
        Unknown(usize) = "RX-3301-03", "接口规范 3301 med_list_codg", "第{0}行的医疗目录编码在开始日期不在本中心的该类目录内";
        NotThere = "RX-3302-01", "接口规范 3302", "没有这条对照关系，或已经撤销";
    }
}

impl Center {
    /// 3301. Errors: [`MatchRefusal`], the caller's.
    pub async fn t3301_match(&self, ctx: &Ctx, command: &Command) -> Result<Answer<()>, Failure> {
        let own = ctx.code().clone();
        ctx.expect_kind(own.kind(), &own)?;
        if command.rows.len() > ROWS_MAX {
            return Err(Failure::Broken(format!("{} rows of 3301 came through", command.rows.len())));
        }
        let mut seen = BTreeSet::new();
        for (at, row) in (1..).zip(&command.rows) {
            if row.enddate < row.begndate {
                return refused(MatchRefusal::Days(at));
            }
            if !seen.insert((&row.list_type, &row.fixmedins_hilist_id, &row.med_list_codg)) {
                return refused(MatchRefusal::Twice(at));
            }
        }
        let key = ctx.exact_key("3301");
        self.attempts_once(ctx, &key, || self.try_match(ctx, command, &key)).await
    }

    async fn try_match(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<()>, Attempt> {
        let (idem, unknown) = tokio::join!(self.store.idem(key), self.first_unknown(&command.rows));
        if let Some(answered) = ctx.answered(idem?)? {
            return Ok(answered);
        }
        if let Some(at) = unknown? {
            return Ok(refused(MatchRefusal::Unknown(at))?);
        }
        let put = |row: &Row| {
            MatchChange::Put(Box::new(ListMatch {
                key: MatchKey {
                    fixmedins_code: ctx.code().clone(),
                    list_type: row.list_type.clone(),
                    fixmedins_hilist_id: row.fixmedins_hilist_id.clone(),
                    med_list_codg: row.med_list_codg.clone(),
                },
                begndate: row.begndate,
                enddate: row.enddate,
                crte_time: ctx.now,
                updt_time: ctx.now,
                vali: true,
                body: row.body.clone(),
            }))
        };
        Ok(self.commit_matches(ctx, key, command.rows.iter().map(put).collect()).await?)
    }

    async fn commit_matches(
        &self,
        ctx: &Ctx,
        key: &IdemKey,
        matches: Vec<MatchChange>,
    ) -> Result<Answer<()>, CommitError> {
        let mut changes = ChangeSet { matches, ..ChangeSet::default() };
        let answer = Answer::from(());
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// The first row whose code is not in its list on its first day, counted from 1.
    async fn first_unknown(&self, rows: &[Row]) -> Result<Option<usize>, Failure> {
        let mut unknown = None;
        for (list_type, begndate) in rows.iter().map(|row| (&row.list_type, row.begndate)).collect::<BTreeSet<_>>() {
            let of: Vec<(usize, &str)> = (1..)
                .zip(rows)
                .filter(|(_, row)| (&row.list_type, row.begndate) == (list_type, begndate))
                .map(|(at, row)| (at, row.med_list_codg.as_str()))
                .collect();
            for part in of.chunks(CODES) {
                let known = self.listed(list_type, part, begndate).await?;
                let first = part.iter().zip(known).find(|(_, known)| !known).map(|((at, _), _)| *at);
                unknown = [unknown, first].into_iter().flatten().min();
            }
        }
        Ok(unknown)
    }

    /// Which of the codes a list has on a day. A list that the center never had refuses nothing.
    async fn listed(&self, list_type: &str, of: &[(usize, &str)], on: Day) -> Result<Vec<bool>, Failure> {
        let list = match list_type {
            "201" => Lists::Printed(Printed::ServiceItem),
            "301" => Lists::Printed(Printed::Consumable),
            "105" => return Ok(vec![true; of.len()]),
            _ => return self.listed_drugs(list_type, of, on).await,
        };
        let keys: Vec<&str> = of.iter().map(|(_, code)| *code).collect();
        let found = self.store.list_items(list, &keys, on).await?;
        let mut listed: Vec<bool> = found.iter().map(Option::is_some).collect();
        if !listed.contains(&true) && self.store.list_since(list, &Since::version(0), 1).await?.is_empty() {
            listed.fill(true);
        }
        Ok(listed)
    }

    async fn listed_drugs(&self, list_type: &str, of: &[(usize, &str)], on: Day) -> Result<Vec<bool>, Failure> {
        let codes: Vec<Option<MedListCodg>> = of.iter().map(|(_, code)| code.parse().ok()).collect();
        let asked: Vec<MedListCodg> = codes.iter().flatten().cloned().collect();
        let mut found = self.store.drugs(&asked, on).await?.into_iter();
        let is_it = |code: &Option<MedListCodg>| {
            code.is_some() && found.next().flatten().is_some_and(|drug| drug.list_type == list_type)
        };
        let mut listed: Vec<bool> = codes.iter().map(is_it).collect();
        if !listed.contains(&true) && self.store.drugs_since(&Since::version(0), 1).await?.is_empty() {
            listed.fill(true);
        }
        Ok(listed)
    }

    /// 3302. Errors: [`MatchRefusal::NotThere`], the caller's.
    pub async fn t3302_withdraw(&self, ctx: &Ctx, command: &Withdrawal) -> Result<Answer<()>, Failure> {
        ctx.expect_kind(ctx.code().kind(), &command.fixmedins_code)?;
        let key = ctx.exact_key("3302");
        self.attempts_once(ctx, &key, || self.try_withdraw(ctx, command, &key)).await
    }

    async fn try_withdraw(&self, ctx: &Ctx, command: &Withdrawal, key: &IdemKey) -> Result<Answer<()>, Attempt> {
        if let Some(answered) = ctx.answered(self.store.idem(key).await?)? {
            return Ok(answered);
        }
        let of = MatchKey {
            fixmedins_code: command.fixmedins_code.clone(),
            list_type: command.list_type.clone(),
            fixmedins_hilist_id: command.fixmedins_hilist_id.clone(),
            med_list_codg: command.med_list_codg.clone(),
        };
        match self.commit_matches(ctx, key, vec![MatchChange::Withdraw(of, ctx.now)]).await {
            Ok(answer) => Ok(answer),
            // Nobody else moves it: what does not stand now did not stand.
            Err(CommitError::Stale("list_match")) => Ok(refused(MatchRefusal::NotThere)?),
            Err(error) => Err(error.into()),
        }
    }
}
