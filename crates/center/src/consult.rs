//! What is asked over several prescriptions: whether a doctor saw somebody else at the same time, whether hospital and
//! pharmacy have an agreement on consultations, and how long the drugs of earlier prescriptions still last.
//!
//! Serves JX-2.3, JX-2.4c and HB-5.2c at 7101, 7103, 7201, 7203, 7204 and 7207. Invariants: of two uploads at once the second
//! sees the first (their numbers collide); what no register speaks of is absent, never a default.

use std::collections::BTreeSet;

use lf_law::{Facts, Field, LineFacts, Value};
use lf_ports::{Course, CourseDrug, Drug, Item, ItntSession, Lists, StoreError};
use lf_rx::event::{Session, Visit};
use lf_rx::{Prescription, RxContent, RxDrug};
use lf_vocab::dict::BizTypeCode;
use lf_vocab::{Admdvs, Day, DrCode, FixmedinsCode, HiRxno, PsnNo};

use crate::Center;
use crate::ctx::Ctx;

/// What is asked about a consultation.
pub(crate) struct Over {
    /// Consultations of the doctor with others at the same time.
    pub(crate) overlaps: Vec<ItntSession>,
    /// Whether hospital and pharmacy have an agreement in force.
    pub(crate) pair: Option<bool>,
    /// Whether the hospital rests on a designated institution.
    pub(crate) parent: Option<bool>,
}

impl Center {
    /// Whether an agreement of hospital and pharmacy on consultations is in force; nothing where no register of them counts yet.
    pub async fn agreement_pair(
        &self,
        hospital: &FixmedinsCode,
        pharmacy: &FixmedinsCode,
        on: Day,
    ) -> Result<Option<bool>, StoreError> {
        lf_vocab::covers!("JX-2.3");
        let pair = format!("{hospital}|{pharmacy}");
        let pair = [pair.as_str()];
        // The register is that of the hospital's city: what another city published says nothing of this one. Keys begin with
        // the hospital's code, and a code with H and the city's four digits.
        let before = hospital.as_str().get(..5).unwrap_or_default();
        let (rows, next) = tokio::try_join!(
            self.store.list_under(Lists::ConsultPair, &pair, on),
            self.store.list_page(Lists::ConsultPair, on, Some(before), 1)
        )?;
        let in_force = |item: &Item| matches!(item, Item::ConsultPair(row) if row.agreement.contains(on));
        if rows.iter().flatten().any(|row| in_force(&row.item)) {
            return Ok(Some(true));
        }
        let city = hospital.admdvs().prefecture();
        Ok(next.iter().any(|row| row.item.place() == Some(city)).then_some(false))
    }

    /// What is asked about a consultation beyond its record, all of it together.
    pub(crate) async fn over_consultation(
        &self,
        ctx: &Ctx,
        told: &Visit,
        (dr_code, person): (&DrCode, (Admdvs, &PsnNo)),
        on: Day,
    ) -> Result<Over, StoreError> {
        let (overlaps, pair, parent) = tokio::try_join!(
            self.overlaps(dr_code, told.session.as_ref(), person),
            self.pair_of(ctx, told, on),
            self.parent_of(ctx, told, on)
        )?;
        Ok(Over { overlaps, pair, parent })
    }

    /// The agreement of this hospital with the pharmacy in which the person sat, where the doctor named it.
    pub async fn pair_of(&self, ctx: &Ctx, told: &Visit, on: Day) -> Result<Option<bool>, StoreError> {
        match told.itnt_phar_code.as_ref().filter(|_| in_pharmacy(told)) {
            Some(pharmacy) => self.agreement_pair(ctx.code(), pharmacy, on).await,
            None => Ok(None),
        }
    }

    /// Whether the institution on which an internet hospital rests is designated on a day, in the same province; nothing for
    /// prescriptions of another kind and hospitals that rest on none.
    pub async fn parent_of(&self, ctx: &Ctx, visit: &Visit, on: Day) -> Result<Option<bool>, StoreError> {
        lf_vocab::covers!("JX-2.1");
        let own = &ctx.caller.fixmedins;
        let internet = visit.biz_type_code == BizTypeCode::Internet;
        let Some(consult) = own.consult.as_ref().filter(|_| internet) else { return Ok(None) };
        let parent = self.store.fixmedins(&consult.parent_fixmedins_code).await?;
        let rests = parent.is_some_and(|parent| {
            parent.agreement.contains(on) && parent.poolarea_no.province() == own.poolarea_no.province()
        });
        Ok(Some(rests))
    }

    /// The same for a prescription at a pharmacy, where its consultation was held in one: in the one that the doctor named,
    /// else in this one.
    pub(crate) async fn consulted_here(&self, rx: &Prescription, ctx: &Ctx) -> Result<Option<bool>, StoreError> {
        let Some(visit) = rx.opened.visit.as_deref().filter(|visit| in_pharmacy(visit)) else { return Ok(None) };
        let pharmacy = visit.itnt_phar_code.as_ref().unwrap_or(ctx.code());
        self.agreement_pair(&rx.opened.fixmedins_code, pharmacy, ctx.now.day()).await
    }

    /// Consultations of the doctor with others than the person at the same time.
    pub(crate) async fn overlaps(
        &self,
        dr_code: &DrCode,
        session: Option<&Session>,
        person: (Admdvs, &PsnNo),
    ) -> Result<Vec<ItntSession>, StoreError> {
        match session {
            Some(session) => self.store.itnt_overlaps(dr_code, session, person).await,
            None => Ok(Vec::new()),
        }
    }

    /// The consultation of a prescription under the doctor's next number, and how many others were seen at the same time. The
    /// number is read first: who comes between takes it, and this commit is decided again.
    pub(crate) async fn next_session(
        &self,
        rx: &Prescription,
        session: Session,
    ) -> Result<(ItntSession, i64), StoreError> {
        lf_vocab::covers!("JX-2.4c");
        let opened = &rx.opened;
        let seq = self.store.itnt_last(&opened.dr_code).await? + 1;
        let person = (opened.insu_poolarea_no, &opened.psn_no);
        let others = others(&self.store.itnt_overlaps(&opened.dr_code, &session, person).await?);
        let row = ItntSession {
            dr_code: opened.dr_code.clone(),
            seq,
            session,
            insu_poolarea_no: opened.insu_poolarea_no,
            psn_no: opened.psn_no.clone(),
            fixmedins_code: opened.fixmedins_code.clone(),
            hi_rxno: rx.hi_rxno.clone(),
        };
        Ok((row, others))
    }
}

/// Whether the person sat in a pharmacy's 问诊区.
pub fn in_pharmacy(visit: &Visit) -> bool {
    let said = visit.flags.get(Field::ItntInPharFlag.name()).copied();
    visit.biz_type_code == BizTypeCode::Internet && said.unwrap_or(visit.itnt_phar_code.is_some())
}

/// How many other persons the doctor saw in these consultations.
pub fn others(found: &[ItntSession]) -> i64 {
    let persons: BTreeSet<_> = found.iter().map(|row| (row.insu_poolarea_no, &row.psn_no)).collect();
    persons.len() as i64
}

/// What is known of the consultation beyond the prescription itself.
pub(crate) fn put_pair(facts: &mut Facts<'_>, pair: Option<bool>) {
    if let Some(pair) = pair {
        facts.set(Field::ItntAgrePairFlag, pair);
    }
}

/// How long drugs of the same name still last on the day of prescribing.
///
/// `lasts` is what this prescription adds by its quantity, `stated` by the doctor's word.
pub(crate) fn put_course(
    line: &mut LineFacts<'_, '_>,
    name: &str,
    (lasts, stated): (i64, i64),
    on: Day,
    courses: &[Course],
) {
    let earlier =
        || courses.iter().flat_map(|course| &course.drugs).filter(|drug| drug.genname == name && drug.from <= on);
    let running = courses
        .iter()
        .filter(|course| course.drugs.iter().any(|drug| drug.genname == name && drug.from <= on && on < drug.until));
    let left = earlier().map(|drug| i64::from(drug.until.since(on))).max().unwrap_or(0).max(0);
    line.set(Field::OverlapCnt, running.count() as i64)
        .set(Field::OverlapDays, whole(left))
        .set(Field::HeldDays, whole(left.saturating_add(lasts)))
        .set(Field::CourseDays, whole(before(name, on, courses).saturating_add(stated)));
    if let Some(until) = earlier().map(|drug| drug.until).filter(|until| on < *until).max() {
        line.set(Field::RunsUntil, Value::from(until.plus(-1)));
    }
}

/// Whole days in the scale of a fact.
fn whole(days: i64) -> Value<'static> {
    Value::Scaled(days.saturating_mul(100), 2)
}

/// Days of the course that ends today or later, with all that led to it without a gap.
fn before(name: &str, on: Day, courses: &[Course]) -> i64 {
    let drugs = courses.iter().flat_map(|course| &course.drugs);
    drugs
        .filter(|drug| drug.genname == name && drug.from <= on && on <= drug.until)
        .map(|drug| drug.days)
        .max()
        .unwrap_or(0)
}

/// By which name a drug is the same as that of another prescription: the catalogue's, else as it was written.
pub(crate) fn same_name<'d>(drug: &'d RxDrug, entry: Option<&'d Drug>) -> &'d str {
    entry.map_or(drug.drug_genname.as_str(), |entry| entry.genname.as_str())
}

/// The drugs of a prescription by the catalogue, their days, and the person's earlier courses.
type Prescribed<'p> = (&'p [Option<Drug>], &'p [(i64, i64)], &'p [Course]);

/// What the prescription adds to a person's courses; of each drug how long it lasts and how long it is stated to be taken, in
/// the doctor's order.
pub(crate) fn course(
    hi_rxno: &HiRxno,
    (poolarea_no, psn_no): (Admdvs, &PsnNo),
    content: &RxContent,
    (drugs, days, earlier): Prescribed<'_>,
) -> Course {
    let from = content.head.prsc_time.day();
    let lines = content.rxdrugdetail.iter().zip(drugs).zip(days);
    let drugs = lines.map(|((drug, entry), (lasts, stated))| {
        let genname = same_name(drug, entry.as_ref()).to_owned();
        CourseDrug {
            med_list_codg: drug.med_list_codg.clone(),
            days: before(&genname, from, earlier).saturating_add(*stated),
            genname,
            from,
            until: from.plus(i32::try_from(*lasts).unwrap_or(i32::MAX)),
        }
    });
    Course { poolarea_no, psn_no: psn_no.clone(), hi_rxno: hi_rxno.clone(), drugs: drugs.collect() }
}
