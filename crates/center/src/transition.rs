//! Drugs that failed renewal, as a transition leaves them: for a while the fund pays on by the row by which the catalogue last had them.
//!
//! Serves WH-5.2 at 7101, 7204, 7207, 2101 and 2102. Invariants: a drug that the catalogue of the day has is left as it is; what was its class, packing and
//! standard is read from the catalogue's own history; whether there is a transition at all is for the law of the place that pays.

use futures_util::future::try_join_all;
use lf_law::{Facts, Field, Grant};
use lf_ports::{Dated, Drug, Item, Lists, StoreError};
use lf_vocab::dict::ChrgitmLv;
use lf_vocab::{Admdvs, Day, MedListCodg, Moment, Pric, Span};

use crate::Center;
use crate::failure::Failure;
use crate::gate::{self, spoken_by};

/// What the list of a place says of a drug that failed renewal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Renewal {
    /// The standard that goes on; without one the drug's own last.
    pub hi_pay_std: Option<Pric>,
    /// The last day of its transition; without one the law's days count.
    pub enddate: Option<Day>,
}

impl Renewal {
    /// The same with what a nearer place says; where that is silent, the farther one's word stays.
    pub(crate) fn nearer(self, near: Self) -> Self {
        Self { hi_pay_std: near.hi_pay_std.or(self.hi_pay_std), enddate: near.enddate.or(self.enddate) }
    }

    /// Whether its own transition is over, as far as the list knows.
    pub(crate) fn over(self, on: Day) -> bool {
        self.enddate.is_none_or(|last| last < on)
    }
}

/// Whether the fund pays for a drug by the catalogue of a day: what is kept as 丙 is not what it pays for.
pub fn in_catalogue(drug: Option<&Drug>, on: Day) -> bool {
    gate::listed(drug, on) && drug.is_some_and(|drug| drug.chrgitm_lv != ChrgitmLv::C)
}

/// The row by which a drug was in the catalogue last, and the last day on which it was.
fn last_listed(rows: &[Dated<Drug>], on: Day) -> Option<(&Drug, Day)> {
    let last = |row: &Dated<Drug>| {
        let span = row.item.in_list.filter(|_| row.item.chrgitm_lv != ChrgitmLv::C)?;
        let ends = [row.until, span.until()].into_iter().flatten().map(|until| until.plus(-1));
        let last = ends.fold(on, Ord::min);
        (row.from.max(span.from()) <= last).then_some(last)
    };
    rows.iter().filter_map(|row| Some((&row.item, last(row)?))).max_by_key(|(_, last)| *last)
}

/// Codes with their rows as of a day.
type AsOf<'a> = (&'a [MedListCodg], Day, &'a mut [Option<Drug>]);

/// What of one question the catalogue does not have: codes, the day, and where the rows stand.
struct Out<'a> {
    codes: Vec<MedListCodg>,
    on: Day,
    drugs: Vec<&'a mut Option<Drug>>,
}

impl<'a> Out<'a> {
    fn of((codes, on, drugs): AsOf<'a>) -> Option<Self> {
        let out = codes.iter().zip(drugs).filter(|(_, drug)| !in_catalogue(drug.as_ref(), on));
        let (codes, drugs): (Vec<_>, Vec<_>) = out.map(|(code, drug)| (code.clone(), drug)).unzip();
        (!codes.is_empty()).then_some(Self { codes, on, drugs })
    }
}

impl Center {
    /// The catalogue as a transition leaves it to the place that pays, for all questions together. Only where a drug is not in
    /// the catalogue of its day, and the law of the place knows of a transition, is any list asked.
    pub async fn paid_on<const N: usize>(
        &self,
        (pays, now): (Admdvs, Moment),
        each: [AsOf<'_>; N],
    ) -> Result<Result<(), Failure>, StoreError> {
        lf_vocab::covers!("WH-5.2");
        let out: Vec<_> = each.into_iter().filter_map(Out::of).collect();
        if out.is_empty() {
            return Ok(Ok(()));
        }
        let grants = self.grants(pays, now).await?;
        let mut asked = Vec::new();
        for out in out {
            match self.transition_over(pays, out.on, &grants) {
                Ok(Some(over)) => asked.push((out, over)),
                // A place whose law knows of no transition pays by the catalogue alone.
                Ok(None) => {}
                Err(failure) => return Ok(Err(failure)),
            }
        }
        let found = asked.iter().map(|(out, over)| self.formers(pays, (&out.codes, out.on, *over), now));
        let found = try_join_all(found).await?;
        for ((out, _), formers) in asked.into_iter().zip(found) {
            for (drug, former) in out.drugs.into_iter().zip(formers) {
                if former.is_some() {
                    *drug = former;
                }
            }
        }
        Ok(Ok(()))
    }

    /// The same where the store's silence is a failure like any other.
    pub(crate) async fn paid_on_each<const N: usize>(
        &self,
        place: (Admdvs, Moment),
        each: [AsOf<'_>; N],
    ) -> Result<(), Failure> {
        self.paid_on(place, each).await?
    }

    /// Whether the transition of the day's catalogue is over by the law of a place; nothing where that knows of none.
    fn transition_over(&self, pays: Admdvs, on: Day, grants: &[Grant]) -> Result<Option<bool>, Failure> {
        let mut paid_by_fund = Facts::new();
        paid_by_fund.set(Field::SetlTime, on).set(Field::FundFlag, true);
        spoken_by(self.law.view_of(&pays, &paid_by_fund, grants).flag("cat.renewal_failed"))
    }

    /// Of drugs that are not in the catalogue of a day the rows by which they are paid on, where they are.
    async fn formers(
        &self,
        pays: Admdvs,
        (codes, on, over): (&[MedListCodg], Day, bool),
        now: Moment,
    ) -> Result<Vec<Option<Drug>>, StoreError> {
        let renewals = self.renewals(pays, codes, on, now).await?;
        // A list that prints the drug's own last day speaks of a later edition than the law's days do.
        let goes_on = |renewal: &Renewal| if renewal.enddate.is_some() { !renewal.over(on) } else { !over };
        let formers = codes.iter().zip(renewals).map(|(code, renewal)| async move {
            match renewal.filter(goes_on) {
                Some(renewal) => self.former(code, renewal, on).await,
                None => Ok(None),
            }
        });
        try_join_all(formers).await
    }

    /// A drug as it was when the catalogue last had it, with the standard that goes on.
    async fn former(&self, code: &MedListCodg, renewal: Renewal, on: Day) -> Result<Option<Drug>, StoreError> {
        let rows = self.store.drug_rows(code).await?;
        let Some((drug, last)) = last_listed(&rows, on) else { return Ok(None) };
        let hi_pay_std = match renewal.hi_pay_std {
            Some(standard) => Some(standard),
            None => {
                let listed = self.store.list_items(Lists::PayStd, &[code.as_str()], last).await?.pop().flatten();
                let listed = listed.and_then(|row| match row.item {
                    Item::PayStd(standard) => Some(standard.hi_pay_std),
                    _ => None,
                });
                listed.or(drug.hi_pay_std)
            }
        };
        Ok(Some(Drug { in_list: Span::new(Day::FIRST, None), hi_pay_std, ..drug.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nearer_place_adds_to_what_a_farther_one_says_and_erases_nothing() {
        let (pric, day) = (|text: &str| text.parse::<Pric>().ok(), |text: &str| text.parse::<Day>().ok());
        let province = Renewal { hi_pay_std: pric("15"), enddate: day("2026-06-30") };
        assert_eq!(province.nearer(Renewal::default()), province);
        let near = Renewal { hi_pay_std: pric("14"), enddate: None };
        assert_eq!(province.nearer(near), Renewal { hi_pay_std: pric("14"), ..province });
        let days = ["2026-06-30", "2026-07-01"].map(|on| province.over(on.parse().unwrap()));
        assert_eq!((days, near.over("2020-01-01".parse().unwrap())), ([false, true], true));
    }
}
