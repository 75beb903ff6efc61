//! `Store` on every engine: finders are questions of few statements, each command is one change set.
//!
//! Serves every transaction. Invariants: every finder of people's data is scoped by an institution, a person, a number or
//! a 统筹区; catalogue and lists are everybody's, `apps_page` is the operator's.

use async_trait::async_trait;
use lf_gm::rest::looked_up_by;
use lf_ports::consult::{COURSES_LOOKED_MAX, COURSES_MAX, Course, ItntSession, OVERLAPS_MAX};
use lf_ports::filing::FILINGS_READ_MAX;
use lf_ports::grant::GRANTS_MAX;
use lf_ports::lists::{Designation, DsgnSide, DsgnType};
use lf_ports::store::{DrugQuery, UNDER_MAX};
use lf_ports::{
    Acct, AccumKey, AccumRow, App, ChangeSet, Claim, ClaimKind, CommitError, Dated, Drug, DutyRow, Edition, EditionOf,
    FileHead, FileOwner, Filing, FilingKind, Fixmedins, GrantRow, IdemKey, IdemRow, Inconsistency, Item, ListMatch,
    Lists, MatchKey, MemoRow, MemoTopic, Person, PersonKey, PlacePric, Practitioner, Prics, RxFile, Setl, Since, Store,
    StoreError, StoredEvent, StoredFile,
};
use lf_rx::event::{SESSION_SECONDS_MAX, Session};
use lf_rx::{AuthBatch, Prescription, RxContent};
use lf_vocab::{Admdvs, Day, DrCode, FixmedinsCode, HiRxno, MedListCodg, Moment, PsnNo};

use crate::driver::{Driver, PAGE_MAX, Ports, page};
use crate::plan::{accum_params, cert_key, drug_find_text, idem_params, like_part, plan, rx_params};
use crate::sealer::Sealer;
use crate::value::{Cells, Row, Value};
use crate::{row, sql};

/// The most drugs asked for by code at once.
const CODES_MAX: usize = 10_000;
/// The most serials set aside at once.
const SERIALS_MAX: u64 = 1_000_000;

#[async_trait]
impl<D: Driver> Store for Ports<D> {
    async fn app(&self, app_id: &str) -> Result<Option<App>, StoreError> {
        self.one(sql::APP, [app_id.into()], row::app).await
    }

    async fn apps_page(&self, after: &str, limit: usize) -> Result<Vec<App>, StoreError> {
        self.many(sql::APP_PAGE, [after.into(), page(limit)], row::app).await
    }

    async fn fixmedins(&self, fixmedins_code: &FixmedinsCode) -> Result<Option<Fixmedins>, StoreError> {
        self.one(sql::FIXMEDINS, [fixmedins_code.as_str().into()], row::fixmedins).await
    }

    async fn practitioner(
        &self,
        fixmedins_code: &FixmedinsCode,
        prac_code: &str,
    ) -> Result<Option<Practitioner>, StoreError> {
        self.one(sql::PRACTITIONER, [fixmedins_code.as_str().into(), prac_code.into()], row::practitioner).await
    }

    async fn practitioners_of(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: &str,
        most: usize,
    ) -> Result<Vec<Practitioner>, StoreError> {
        let params = [fixmedins_code.as_str().into(), after.into(), page(most)];
        self.many(sql::PRACTITIONERS_OF, params, row::practitioner).await
    }

    async fn person(&self, key: &PersonKey) -> Result<Option<Person>, StoreError> {
        let person = match key {
            PersonKey::PsnNo(poolarea_no, psn_no) => {
                self.one(sql::PERSON, [poolarea_no.as_str().into(), psn_no.as_str().into()], row::person).await?
            }
            PersonKey::Cert(kind, certno) => self.named("cert", &cert_key(kind, certno)).await?,
            PersonKey::EcToken(token) => self.named("ec_token", token).await?,
            PersonKey::Card(sscno) => self.named("card", sscno.as_str()).await?,
        };
        if let Some(person) = &person {
            row::person_shows(person, key)?;
        }
        Ok(person)
    }

    async fn drugs(&self, codes: &[MedListCodg], on: Day) -> Result<Vec<Option<Drug>>, StoreError> {
        if codes.len() > CODES_MAX {
            return Err(StoreError::Broken(format!("at most {CODES_MAX} drugs at once")));
        }
        let each = codes.iter().map(|code| vec![code.as_str().into(), on.into()]).collect();
        let found = self.driver.rows_each(sql::DRUG, each).await?;
        let drugs = found.into_iter().map(|rows| {
            let row = rows.into_iter().next();
            row.map(|row| catalogued(&self.sealer, row)).transpose()
        });
        Ok(drugs.collect::<Result<_, _>>()?)
    }

    async fn drug_page(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError> {
        if query.codes.is_empty() { self.drugs_by_name(query).await } else { self.drugs_by_code(query).await }
    }

    async fn drugs_since(&self, since: &Since, limit: usize) -> Result<Vec<Dated<Drug>>, StoreError> {
        let params = [since.ver.into(), since.key.as_str().into(), since.from.into(), page(limit)];
        self.many(sql::DRUG_SINCE, params, row::drug).await
    }

    async fn drug_rows(&self, code: &MedListCodg) -> Result<Vec<Dated<Drug>>, StoreError> {
        self.many(sql::DRUG_ROWS, [code.as_str().into()], row::drug).await
    }

    async fn list_items(&self, list: Lists, keys: &[&str], on: Day) -> Result<Vec<Option<Dated<Item>>>, StoreError> {
        if keys.len() > CODES_MAX {
            return Err(StoreError::Broken(format!("at most {CODES_MAX} rows of a list at once")));
        }
        let each = keys.iter().map(|key| vec![list.word().into(), (*key).into(), on.into()]).collect();
        let found = self.driver.rows_each(sql::LIST_ITEM, each).await?;
        let read =
            |rows: Vec<Row>| rows.into_iter().next().map(|found| row::item(&self.sealer, list, found)).transpose();
        Ok(found.into_iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn drug_prics(&self, codes: &[MedListCodg], place: Admdvs, on: Day) -> Result<Vec<Prics>, StoreError> {
        if codes.len() > CODES_MAX {
            return Err(StoreError::Broken(format!("prices of at most {CODES_MAX} drugs at once")));
        }
        // A chain has four places at most; the last one fills the statement up.
        let chain = place.chain();
        let at = |n: usize| chain.get(n).copied().unwrap_or(place);
        let params = |code: &MedListCodg| {
            let mut params = vec![code.as_str().into()];
            params.extend((0..4).map(|n| PlacePric::key(code, at(n)).into()));
            params.push(on.into());
            params
        };
        let found = self.driver.rows_each(sql::DRUG_PRICS, codes.iter().map(params).collect()).await?;
        let read = |rows: Vec<Row>| {
            let rows = rows.into_iter().map(|found| row::item_of_any(&self.sealer, found));
            Ok(Prics::of(rows.collect::<Result<Vec<_>, _>>()?))
        };
        found.into_iter().map(read).collect()
    }

    async fn list_under(&self, list: Lists, firsts: &[&str], on: Day) -> Result<Vec<Vec<Dated<Item>>>, StoreError> {
        if firsts.len() > CODES_MAX {
            return Err(StoreError::Broken(format!("at most {CODES_MAX} parts of a list at once")));
        }
        let each = firsts.iter().map(|first| under(list, first, on, UNDER_MAX + 1)).collect();
        let found = self.driver.rows_each(sql::LIST_UNDER, each).await?;
        let read = |rows: Vec<Row>| {
            if rows.len() > UNDER_MAX {
                return Err(StoreError::Broken(format!("more than {UNDER_MAX} rows of one part of {}", list.word())));
            }
            Ok(rows.into_iter().map(|found| row::item(&self.sealer, list, found)).collect::<Result<_, _>>()?)
        };
        found.into_iter().map(read).collect()
    }

    async fn lists_have(&self, asked: &[(Lists, String)], on: Day) -> Result<Vec<bool>, StoreError> {
        if asked.len() > CODES_MAX {
            return Err(StoreError::Broken(format!("at most {CODES_MAX} parts of lists at once")));
        }
        let each = asked.iter().map(|(list, first)| under(*list, first, on, 1)).collect();
        let found = self.driver.rows_each(sql::LIST_UNDER, each).await?;
        Ok(found.into_iter().map(|rows| !rows.is_empty()).collect())
    }

    async fn designations_kept(&self, poolarea_no: Admdvs, on: Day) -> Result<Vec<(DsgnType, DsgnSide)>, StoreError> {
        let sides = |of: DsgnType| DsgnSide::ALL.map(move |side| (of, side));
        let all: Vec<_> = DsgnType::ALL.into_iter().flat_map(sides).collect();
        let each = all.iter().map(|(of, side)| {
            let kept = Designation::kept_of(poolarea_no, *of);
            // All that stands under the first part, of which one that looks so is enough.
            let mut params = under(Lists::Designation, &kept, on, 1);
            params.pop();
            params.push(format!("{kept}|{}", side.like()).into());
            params
        });
        let found = self.driver.rows_each(sql::LIST_LIKE, each.collect()).await?;
        Ok(all.into_iter().zip(found).filter(|(_, rows)| !rows.is_empty()).map(|(kept, _)| kept).collect())
    }

    async fn list_page(
        &self,
        list: Lists,
        on: Day,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Dated<Item>>, StoreError> {
        // No key is empty, so every one comes after the empty text.
        let params = [list.word().into(), after_key.unwrap_or_default().into(), on.into(), page(limit)];
        self.many(sql::LIST_PAGE, params, |sealer: &Sealer, found| row::item(sealer, list, found)).await
    }

    async fn list_since(&self, list: Lists, since: &Since, limit: usize) -> Result<Vec<Dated<Item>>, StoreError> {
        let params = [list.word().into(), since.ver.into(), since.key.as_str().into(), since.from.into(), page(limit)];
        self.many(sql::LIST_SINCE, params, |sealer: &Sealer, found| row::item(sealer, list, found)).await
    }

    async fn editions(&self, of: EditionOf) -> Result<Vec<Edition>, StoreError> {
        self.many(sql::EDITIONS, [of.word().into()], |sealer: &Sealer, found| row::edition(sealer, of, found)).await
    }

    async fn grants(&self, places: &[Admdvs]) -> Result<Vec<GrantRow>, StoreError> {
        let each = places.iter().map(|place| vec![place.as_str().into(), page(GRANTS_MAX + 1)]).collect();
        let mut grants = Vec::new();
        for rows in self.driver.rows_each(sql::GRANTS, each).await? {
            if rows.len() > GRANTS_MAX {
                return Err(StoreError::Broken(format!("more than {GRANTS_MAX} grants of one place")));
            }
            for found in rows {
                grants.push(row::grant(&self.sealer, found)?);
            }
        }
        Ok(grants)
    }

    async fn duty(
        &self,
        fixmedins_code: &FixmedinsCode,
        (from, until): (Moment, Moment),
        most: usize,
    ) -> Result<Vec<DutyRow>, StoreError> {
        let params = [fixmedins_code.as_str().into(), from.micros().into(), until.micros().into(), page(most)];
        self.many(sql::DUTY, params, row::duty).await
    }

    async fn memos(
        &self,
        poolarea_no: Admdvs,
        topic: MemoTopic,
        (key, memo_no): (&str, i64),
        most: usize,
    ) -> Result<Vec<MemoRow>, StoreError> {
        let params = [poolarea_no.as_str().into(), topic.word().into(), key.into(), memo_no.into(), page(most)];
        self.many(sql::MEMOS, params, row::memo).await
    }

    async fn filings(&self, poolarea_no: Admdvs, psn_no: &PsnNo) -> Result<Vec<Filing>, StoreError> {
        let params = [poolarea_no.as_str().into(), psn_no.as_str().into(), page(FILINGS_READ_MAX + 1)];
        let filings = self.many(sql::filing::OF_PERSON, params, row::filing).await?;
        if filings.len() > FILINGS_READ_MAX {
            return Err(StoreError::Broken(format!("more than {FILINGS_READ_MAX} filings of one person")));
        }
        Ok(filings)
    }

    async fn filings_kept(&self, poolarea_no: Admdvs) -> Result<Vec<FilingKind>, StoreError> {
        let each = FilingKind::ALL.map(|kind| vec![poolarea_no.as_str().into(), kind.word().into()]);
        let found = self.driver.rows_each(sql::filing::KEPT, each.to_vec()).await?;
        Ok(FilingKind::ALL.into_iter().zip(found).filter(|(_, rows)| !rows.is_empty()).map(|(kind, _)| kind).collect())
    }

    async fn itnt_last(&self, dr_code: &DrCode) -> Result<i64, StoreError> {
        let last = |sealer: &Sealer, found| Cells::new(sealer, "itnt_session", 0, found).count("seq");
        Ok(self.one(sql::consult::ITNT_LAST, [dr_code.as_str().into()], last).await?.unwrap_or(0))
    }

    async fn itnt_overlaps(
        &self,
        dr_code: &DrCode,
        session: &Session,
        (poolarea_no, psn_no): (Admdvs, &PsnNo),
    ) -> Result<Vec<ItntSession>, StoreError> {
        let Session { begntime, endtime } = *session;
        let earliest = begntime.plus_seconds(-SESSION_SECONDS_MAX);
        let at = [dr_code.as_str().into(), endtime.into(), earliest.into(), begntime.into()];
        let but = [poolarea_no.as_str().into(), psn_no.as_str().into(), page(OVERLAPS_MAX)];
        let params: Vec<Value> = at.into_iter().chain(but).collect();
        self.many(sql::consult::ITNT_OVERLAPS, params, row::itnt_session).await
    }

    async fn courses(&self, poolarea_no: Admdvs, psn_no: &PsnNo, now: Moment) -> Result<Vec<Course>, StoreError> {
        // Behind no prescription: a number has no sign as late as this one.
        let mut behind: [Value; 2] = [Day::LAST.into(), "~".into()];
        let mut standing = Vec::new();
        // What nobody signed or somebody took back takes no place of what stands, as far as is looked.
        for _ in 0..COURSES_LOOKED_MAX / COURSES_MAX {
            let [until, hi_rxno] = behind;
            let person = [poolarea_no.as_str().into(), psn_no.as_str().into(), now.day().into()];
            let params: Vec<Value> = person.into_iter().chain([until, hi_rxno, page(COURSES_MAX)]).collect();
            let courses = self.many(sql::consult::COURSES, params, row::course).await?;
            let last = courses.last().filter(|_| courses.len() == COURSES_MAX);
            let next = last.and_then(|last| Some([last.until()?.into(), last.hi_rxno.as_str().into()]));
            // Prescriptions lie in the partition of their own number, so they are looked at one by one, in one trip.
            let keys = courses.iter().map(|course| rx_params(&course.hi_rxno)).collect();
            let found = self.driver.rows_each(sql::consult::RX_PHASE, keys).await?;
            for (course, mut rows) in courses.into_iter().zip(found) {
                let stands = rows.pop().map(|row| row::stands(&self.sealer, row, now)).transpose()?;
                standing.extend(stands.unwrap_or(false).then_some(course));
            }
            match next.filter(|_| standing.len() < COURSES_MAX) {
                Some(next) => behind = next,
                None => break,
            }
        }
        standing.truncate(COURSES_MAX);
        Ok(standing)
    }

    async fn rxnos_of_person(
        &self,
        poolarea_no: Admdvs,
        psn_no: &PsnNo,
        after: Option<&HiRxno>,
        most: usize,
    ) -> Result<Vec<HiRxno>, StoreError> {
        let after = after.map_or("", HiRxno::as_str);
        let params = [poolarea_no.as_str().into(), psn_no.as_str().into(), after.into(), page(most)];
        self.many(sql::consult::RXNOS_OF_PERSON, params, row::rxno).await
    }

    async fn rx(&self, hi_rxno: &HiRxno) -> Result<Option<Prescription>, StoreError> {
        self.one(sql::RX, rx_params(hi_rxno), row::rx).await
    }

    async fn rx_content(&self, hi_rxno: &HiRxno) -> Result<Option<RxContent>, StoreError> {
        self.one(sql::RX_CONTENT, rx_params(hi_rxno), row::rx_content).await
    }

    async fn rx_file(&self, hi_rxno: &HiRxno) -> Result<Option<RxFile>, StoreError> {
        self.one(sql::RX_FILE, rx_params(hi_rxno), row::rx_file).await
    }

    async fn rx_events(&self, hi_rxno: &HiRxno) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(row::rx_events(&self.sealer, self.rows(sql::RX_EVENTS, rx_params(hi_rxno)).await?)?)
    }

    async fn rx_of_person(
        &self,
        poolarea_no: Admdvs,
        psn_no: &PsnNo,
        most: usize,
    ) -> Result<Vec<Prescription>, StoreError> {
        self.many(sql::RX_OF_PERSON, [poolarea_no.as_str().into(), psn_no.as_str().into(), page(most)], row::rx).await
    }

    async fn batch(&self, poolarea_no: Admdvs, batch_no: &str) -> Result<Option<AuthBatch>, StoreError> {
        self.one(sql::BATCH, [poolarea_no.as_str().into(), batch_no.into()], row::batch).await
    }

    async fn setl(
        &self,
        fixmedins_code: &FixmedinsCode,
        setl_id: &str,
    ) -> Result<Option<(Setl, Option<String>)>, StoreError> {
        self.one(sql::SETL, [fixmedins_code.as_str().into(), setl_id.into()], row::setl).await
    }

    async fn setls_of(
        &self,
        fixmedins_code: &FixmedinsCode,
        (time, setl_id): (Moment, &str),
        until: Moment,
        limit: usize,
    ) -> Result<Vec<Setl>, StoreError> {
        let params =
            [fixmedins_code.as_str().into(), time.micros().into(), setl_id.into(), until.micros().into(), page(limit)];
        self.many(sql::SETLS_OF, params, |sealer, found| row::setl(sealer, found).map(|(setl, _)| setl)).await
    }

    async fn accum(&self, key: &AccumKey) -> Result<Option<AccumRow>, StoreError> {
        self.one(sql::ACCUM, accum_params(key), |sealer, found| row::accum(sealer, found).map(|(_, accum)| accum)).await
    }

    async fn acct(&self, poolarea_no: Admdvs, psn_no: &PsnNo) -> Result<Acct, StoreError> {
        let params = [poolarea_no.as_str().into(), psn_no.as_str().into()];
        Ok(self.one(sql::ACCT, params, row::acct).await?.map_or_else(Acct::default, |(_, _, acct)| acct))
    }

    async fn claim(&self, kind: ClaimKind, key: &str) -> Result<Option<Claim>, StoreError> {
        self.one(sql::CLAIM, [kind.word().into(), key.into()], |sealer, found| row::claim(sealer, kind, found)).await
    }

    async fn claim_upto(&self, kind: ClaimKind, key: &str) -> Result<Option<Claim>, StoreError> {
        self.one(sql::CLAIM_UPTO, [kind.word().into(), key.into()], |sealer, found| row::claim(sealer, kind, found))
            .await
    }

    async fn idem(&self, key: &IdemKey) -> Result<Option<IdemRow>, StoreError> {
        self.one(sql::IDEM, idem_params(key), |sealer, found| row::idem(sealer, key, found)).await
    }

    async fn reserve_serials(&self, poolarea_no: Admdvs, day: Day, count: u64) -> Result<u64, StoreError> {
        let in_range = Some(count).filter(|count| (1..=SERIALS_MAX).contains(count));
        let count = in_range.and_then(|count| i64::try_from(count).ok());
        let count = count.ok_or_else(|| StoreError::Broken(format!("serials are taken 1 to {SERIALS_MAX} at once")))?;
        let day = i64::from(day.number());
        let params = vec![poolarea_no.as_str().into(), day.into(), (count + 1).into(), count.into()];
        self.driver.serials(params, count).await
    }

    async fn commit(&self, changes: ChangeSet) -> Result<(), CommitError> {
        let name = changes.idem.as_ref().map_or("commit", |idem| idem.key.infno);
        let steps = plan(&changes, &self.sealer)?;
        let letters = !changes.outbox.is_empty();
        // Large texts live on in the steps only.
        drop(changes);
        self.driver.apply(name, steps).await?;
        if letters {
            self.letters.notify_one();
        }
        Ok(())
    }

    async fn file(&self, owner: &FileOwner, file_qury_no: &str) -> Result<Option<StoredFile>, StoreError> {
        self.one(sql::FILE, [(&*owner.word()).into(), file_qury_no.into()], row::file).await
    }

    async fn matches_since(
        &self,
        fixmedins_code: &FixmedinsCode,
        after: Moment,
        behind: Option<&MatchKey>,
        limit: usize,
    ) -> Result<Vec<ListMatch>, StoreError> {
        // The first rows after a moment are those of the next microsecond: no key is smaller than three blanks of it.
        let at = if behind.is_some() { after } else { Moment::from_micros(after.micros().saturating_add(1)) };
        let part = |of: fn(&MatchKey) -> &String| Value::from(behind.map_or("", |key| of(key).as_str()));
        let params = [
            fixmedins_code.as_str().into(),
            at.into(),
            part(|key| &key.list_type),
            part(|key| &key.fixmedins_hilist_id),
            part(|key| &key.med_list_codg),
            page(limit),
        ];
        self.many(sql::MATCH_SINCE, params, row::list_match).await
    }

    async fn file_head(&self, owner: &FileOwner, file_qury_no: &str) -> Result<Option<FileHead>, StoreError> {
        self.one(sql::FILE_HEAD, [(&*owner.word()).into(), file_qury_no.into()], row::file_head).await
    }

    async fn file_count(&self, owner: &FileOwner, now: Moment) -> Result<u64, StoreError> {
        let params = [(&*owner.word()).into(), now.into()];
        let count = self
            .one(sql::FILE_COUNT, params, |sealer: &Sealer, found| Cells::new(sealer, "file", 0, found).int("count"))
            .await?;
        Ok(count.unwrap_or(0).unsigned_abs())
    }
}

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    /// Whom a certificate or token names, whichever version of the ring the key was stored under: one question a version,
    /// in one round trip. The oldest first: a key that a rotation moves meanwhile is seen before or after.
    async fn named(&self, kind: &str, text: &str) -> Result<Option<Person>, StoreError> {
        loop {
            let known = self.sealer.newest();
            let hashes = self.sealer.lookups_now(kind, text).into_iter().rev();
            let each = hashes.map(|hash| vec![kind.into(), hash]).collect();
            let found = self.driver.rows_each(sql::PERSON_BY_KEY, each).await?;
            let version = |row: &Row| row.get(1).and_then(|key| looked_up_by(&key.key_text()));
            if let Some(newest) = found.into_iter().flatten().max_by_key(version) {
                return Ok(row::person_by_key(&self.sealer, newest)?);
            }
            // Nobody is an answer only where no version was missing in the question.
            if !self.lists_later_than(known).await? {
                return Ok(None);
            }
        }
    }

    async fn drugs_by_name(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError> {
        let flag = |wanted: Option<bool>| Value::Int(wanted.map_or(-1, i64::from));
        let pattern = like_part(query.name_part.as_deref().unwrap_or_default());
        let params = vec![pattern.into(), flag(query.dualchnl), flag(query.oppool), query.on.into()];
        let mut paged = params.clone();
        paged.push(page(usize::try_from(query.limit).unwrap_or(PAGE_MAX)));
        paged.push(Value::Int(i64::try_from(query.offset).unwrap_or(i64::MAX)));
        let total = self
            .one(sql::DRUG_COUNT, params, |sealer: &Sealer, found| Cells::new(sealer, "drug", 0, found).int("count"));
        let (total, drugs) = futures_util::try_join!(total, self.many(sql::DRUG_PAGE, paged, catalogued))?;
        Ok((total.unwrap_or(0).unsigned_abs(), drugs))
    }

    /// A list of codes is short: found one by one, then judged here by the same conditions.
    async fn drugs_by_code(&self, query: &DrugQuery) -> Result<(u64, Vec<Drug>), StoreError> {
        let mut codes = query.codes.clone();
        codes.sort();
        codes.dedup();
        let part = query.name_part.as_deref().unwrap_or_default().to_lowercase();
        let fits = |drug: &Drug| {
            drug_find_text(drug).contains(&part)
                && query.dualchnl.is_none_or(|wanted| drug.dualchnl == wanted)
                && query.oppool.is_none_or(|wanted| drug.oppool == wanted)
        };
        let found: Vec<Drug> = self.drugs(&codes, query.on).await?.into_iter().flatten().filter(fits).collect();
        let total = found.len() as u64;
        let skip = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(query.limit).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        Ok((total, found.into_iter().skip(skip).take(take).collect()))
    }
}

/// A drug without its days: it was asked for as of one.
fn catalogued(sealer: &Sealer, found: Row) -> Result<Drug, Inconsistency> {
    row::drug(sealer, found).map(|dated| dated.item)
}

/// The question for the rows of a list under a first part.
fn under(list: Lists, first: &str, on: Day, limit: usize) -> Vec<Value> {
    let around = [format!("{first}|"), format!("{first}}}")];
    vec![list.word().into(), (&*around[0]).into(), (&*around[1]).into(), on.into(), page(limit)]
}
