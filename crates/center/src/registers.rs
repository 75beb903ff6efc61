//! What a place's registers and lists know of institutions, doctors and drugs, as facts for the law.
//!
//! Serves WH-6.2, WH-4.1, WH-4.2, WH-1.1, WH-5.2, DG-3.1a, DG-3.1b, DG-3.3b and GX-1.1a at the gates `precheck`, `sell` and `settle`. Invariant: a place that
//! keeps no register or list of a kind leaves the fact absent, so that the law reminds; where it keeps one, who is not in it is not designated. A
//! register of designations is kept for each purpose and side by itself: institutions, pharmacies, doctors.

use std::sync::Arc;

use futures_util::future::try_join_all;
use lf_law::{Facts, Field};
use lf_ports::lists::{Designation, DsgnSide, DsgnType, TagList, TaggedDrug};
use lf_ports::{Dated, Drug, FilingKind, Item, Lists, StoreError};
use lf_vocab::{Admdvs, Day, FixmedinsCode, MedListCodg, Moment};

use crate::Center;
use crate::transition::Renewal;

/// How long it is remembered which registers a place keeps: so late at most a first import counts.
pub const KEPT_FRESH_SECONDS: i64 = 10;

/// Which registers and lists count in a place on a day.
#[derive(Debug, Default)]
pub struct Kept {
    /// For which purposes whose designations are kept.
    dsgn: Vec<(DsgnType, DsgnSide)>,
    /// With the place whose list it is: the pool's own, its province's, the country's.
    tagged: Vec<(TagList, Admdvs)>,
    filings: Vec<FilingKind>,
}

impl Kept {
    /// Whether the place keeps a register of designations.
    pub fn designates(&self) -> bool {
        !self.dsgn.is_empty()
    }

    /// Whether a list of drugs counts there.
    pub fn tags(&self) -> bool {
        !self.tagged.is_empty()
    }

    /// Of which kinds the place keeps filings of persons.
    pub fn filings(&self) -> &[FilingKind] {
        &self.filings
    }

    /// The purposes for which designations of one side are kept.
    fn purposes(&self, side: DsgnSide) -> Vec<DsgnType> {
        self.dsgn.iter().filter(|(_, kept)| *kept == side).map(|(of, _)| *of).collect()
    }

    fn lists(&self, list: TagList) -> bool {
        self.tagged.iter().any(|(kept, _)| *kept == list)
    }
}

/// Whose designations are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// 统筹区 of the institution.
    pub place: Admdvs,
    /// The institution or pharmacy.
    pub code: &'a FixmedinsCode,
    /// The doctor, where one prescribes.
    pub dr_code: Option<&'a str>,
    /// 病种, where the purchase is for one.
    pub dise: Option<&'a str>,
}

/// What the register says of one side; nothing of a purpose for which the place keeps none of that side.
#[derive(Debug, Clone, Default)]
pub struct Designated {
    of: Vec<(DsgnType, bool)>,
    dr_spay: Option<Vec<Designation>>,
}

/// What the lists of a place say of one drug.
#[derive(Debug, Clone, Default)]
pub struct DrugSays {
    /// Words of the law.
    pub tags: Vec<String>,
    /// 病种 that it may be used for; `None` where the place keeps no such list.
    pub dises: Option<Vec<String>>,
    /// Whether it is in the list of 单独支付药品; `None` where the place keeps no such list.
    pub in_spay: Option<bool>,
    /// It failed renewal; `None` outside where the place keeps no such list.
    pub renewal: Option<Option<Renewal>>,
}

const ISSUER: [(DsgnType, Field); 5] = [
    (DsgnType::Dualchnl, Field::IssDualchnlFlag),
    (DsgnType::Spay, Field::IssSpayFlag),
    (DsgnType::Opsp, Field::IssOpspFlag),
    (DsgnType::Cross, Field::IssCrossFlag),
    (DsgnType::Itnt, Field::ItntSuppAgreFlag),
];

const PHARMACY: [(DsgnType, Field); 5] = [
    (DsgnType::Dualchnl, Field::PharDualchnlFlag),
    (DsgnType::Spay, Field::PharSpayFlag),
    (DsgnType::Opsp, Field::PharOpspFlag),
    (DsgnType::Oppool, Field::PharOppoolFlag),
    (DsgnType::Cross, Field::PharCrossFlag),
];

impl Designated {
    /// As the institution that prescribes.
    pub fn put_issuer(&self, facts: &mut Facts<'_>) {
        self.put(facts, &ISSUER);
    }

    /// As the pharmacy.
    pub fn put_pharmacy(&self, facts: &mut Facts<'_>) {
        self.put(facts, &PHARMACY);
    }

    fn put(&self, facts: &mut Facts<'_>, fields: &[(DsgnType, Field)]) {
        lf_vocab::covers!("WH-6.2", "DG-3.1a", "DG-3.1b");
        for (of, field) in fields {
            if let Some((_, designated)) = self.of.iter().find(|(known, _)| known == of) {
                facts.set(*field, *designated);
            }
        }
    }

    /// Whether the doctor is designated for each of these drugs: for all drugs, or for each by name.
    pub fn responsible<'d>(&self, mut drugs: impl Iterator<Item = &'d MedListCodg>) -> Option<bool> {
        let rows = self.dr_spay.as_ref()?;
        let of = |drug: &MedListCodg| rows.iter().any(|row| row.covers(drug));
        Some(!rows.is_empty() && drugs.all(of))
    }
}

impl DrugSays {
    /// Whether it is in the list of 单独支付药品.
    pub fn spay(&self) -> bool {
        self.in_spay == Some(true)
    }

    fn take(&mut self, list: TagList, row: TaggedDrug) {
        match list {
            TagList::Opsp => self.dises.get_or_insert_default().extend(row.opsp_dise_code),
            TagList::Renewal => {
                let near = Renewal { hi_pay_std: row.hi_pay_std, enddate: row.enddate };
                let far = self.renewal.flatten().unwrap_or_default();
                self.renewal = Some(Some(far.nearer(near)));
            }
            TagList::Spay => self.in_spay = Some(true),
            TagList::Dual => {}
        }
        if !self.tags.contains(&row.tag) {
            self.tags.push(row.tag);
        }
    }
}

impl Center {
    /// Which registers count in a place on a day.
    pub async fn kept_in(&self, place: Admdvs, on: Day, now: Moment) -> Result<Arc<Kept>, StoreError> {
        self.registers.get((place, on), now, self.ask_kept_in(place, on)).await
    }

    async fn ask_kept_in(&self, place: Admdvs, on: Day) -> Result<Arc<Kept>, StoreError> {
        let chain = place.chain();
        let of_chain = |list: TagList| chain.iter().map(move |place| (list, *place));
        let tagged: Vec<_> = TagList::ALL.into_iter().flat_map(of_chain).collect();
        let lists: Vec<_> = tagged.iter().map(|(list, place)| (Lists::Tagged(*list), place.to_string())).collect();
        let (dsgn, has, filings) = tokio::try_join!(
            self.store.designations_kept(place, on),
            self.store.lists_have(&lists, on),
            self.store.filings_kept(place)
        )?;
        let tagged = tagged.into_iter().zip(has).filter(|(_, has)| *has).map(|(of, _)| of).collect();
        Ok(Arc::new(Kept { dsgn, tagged, filings }))
    }

    /// What the register of designations says of an institution or pharmacy, and of a doctor there.
    pub async fn designated(&self, side: Side<'_>, on: Day, now: Moment) -> Result<Designated, StoreError> {
        let kept = self.kept_in(side.place, on, now).await?;
        let purposes = kept.purposes(DsgnSide::of(side.code));
        let doctor = side.dr_code.filter(|_| kept.dsgn.contains(&(DsgnType::Spay, DsgnSide::Doctor)));
        if purposes.is_empty() && doctor.is_none() {
            return Ok(Designated::default());
        }
        let first = |of: &DsgnType, dr_code| Designation::first_of(side.place, *of, side.code, dr_code);
        let mut firsts: Vec<_> = purposes.iter().map(|of| first(of, None)).collect();
        firsts.extend(doctor.map(|dr_code| first(&DsgnType::Spay, Some(dr_code))));
        let firsts: Vec<_> = firsts.iter().map(String::as_str).collect();
        let mut found = self.store.list_under(Lists::Designation, &firsts, on).await?.into_iter().map(rows);
        let mut of = Vec::with_capacity(purposes.len());
        for dsgn_type in purposes {
            let rows = found.next().unwrap_or_default();
            of.push((dsgn_type, rows.iter().any(|row| row.counts(on, side.dise))));
        }
        let counts = |rows: Vec<Designation>| rows.into_iter().filter(|row| row.counts(on, side.dise)).collect();
        Ok(Designated { of, dr_spay: doctor.and_then(|_| found.next()).map(counts) })
    }

    /// What the lists of a place say of drugs, in the order asked.
    pub async fn drug_says(
        &self,
        place: Admdvs,
        codes: &[MedListCodg],
        on: Day,
        now: Moment,
    ) -> Result<Vec<DrugSays>, StoreError> {
        lf_vocab::covers!("WH-1.1", "GX-1.1a", "WH-5.2", "DG-3.3b");
        let kept = self.kept_in(place, on, now).await?;
        let none = |_: &MedListCodg| DrugSays {
            dises: kept.lists(TagList::Opsp).then(Vec::new),
            in_spay: kept.lists(TagList::Spay).then_some(false),
            renewal: kept.lists(TagList::Renewal).then_some(None),
            ..DrugSays::default()
        };
        let mut says: Vec<DrugSays> = codes.iter().map(none).collect();
        let (found, former) = tokio::try_join!(
            self.tagged(kept.tagged.iter(), codes, on),
            self.formerly_negotiated(codes, on, kept.lists(TagList::Dual))
        )?;
        for (list, at, row) in found {
            if let Some(says) = says.get_mut(at) {
                says.take(list, row);
            }
        }
        for (says, former) in says.iter_mut().zip(former) {
            if former && !says.tags.iter().any(|tag| tag == FORMER) {
                says.tags.push(FORMER.to_owned());
            }
        }
        Ok(says)
    }

    /// What the lists of a place say of drugs that failed renewal, in the order asked.
    pub(crate) async fn renewals(
        &self,
        place: Admdvs,
        codes: &[MedListCodg],
        on: Day,
        now: Moment,
    ) -> Result<Vec<Option<Renewal>>, StoreError> {
        let kept = self.kept_in(place, on, now).await?;
        let lists = kept.tagged.iter().filter(|(list, _)| *list == TagList::Renewal);
        let mut says = vec![DrugSays::default(); codes.len()];
        for (list, at, row) in self.tagged(lists, codes, on).await? {
            if let Some(says) = says.get_mut(at) {
                says.take(list, row);
            }
        }
        Ok(says.into_iter().map(|says| says.renewal.flatten()).collect())
    }

    /// The rows of drugs in lists, each with its list and the place of its drug among those asked, farther lists first.
    async fn tagged(
        &self,
        lists: impl Iterator<Item = &(TagList, Admdvs)>,
        codes: &[MedListCodg],
        on: Day,
    ) -> Result<Vec<(TagList, usize, TaggedDrug)>, StoreError> {
        let asked = lists.map(|(list, admdvs)| async move {
            let firsts: Vec<_> = codes.iter().map(|code| TaggedDrug::first_of(*admdvs, code)).collect();
            let firsts: Vec<_> = firsts.iter().map(String::as_str).collect();
            let found = self.store.list_under(Lists::Tagged(*list), &firsts, on).await?;
            let rows = found.into_iter().enumerate().flat_map(|(at, rows)| rows.into_iter().map(move |row| (at, row)));
            let tagged = rows.filter_map(|(at, row)| match row.item {
                Item::Tagged(_, row) => Some((*list, at, row)),
                _ => None,
            });
            Ok::<_, StoreError>(tagged.collect::<Vec<_>>())
        });
        Ok(try_join_all(asked).await?.concat())
    }

    /// Whether a drug was 谈判 in an earlier edition of the catalogue and is an ordinary one in that of the day (GX-1.1a). Asked only
    /// where the place keeps a list of the 双通道 range, because nobody else speaks of it.
    async fn formerly_negotiated(&self, codes: &[MedListCodg], on: Day, wanted: bool) -> Result<Vec<bool>, StoreError> {
        let codes = if wanted { codes } else { &[] };
        let found = codes.iter().map(|code| self.store.drug_rows(code));
        let found = try_join_all(found).await?;
        Ok(found.iter().map(|rows| former(rows, on)).collect())
    }
}

/// The word of the law for a 谈判药品 that left its agreement for the ordinary catalogue.
const FORMER: &str = "原谈判";

fn former(rows: &[Dated<Drug>], on: Day) -> bool {
    let now = rows.iter().find(|row| row.in_force(on));
    let ordinary = now.is_some_and(|row| !row.item.hi_nego && row.item.in_list.is_some_and(|span| span.contains(on)));
    ordinary && rows.iter().any(|row| row.from < on && row.until.is_some_and(|until| until <= on) && row.item.hi_nego)
}

fn rows(found: Vec<Dated<Item>>) -> Vec<Designation> {
    let designation = |row: Dated<Item>| match row.item {
        Item::Designation(row) => Some(row),
        _ => None,
    };
    found.into_iter().filter_map(designation).collect()
}
