//! Grants as the law hears them: read from the store by place, kept for a moment.
//!
//! Serves every gate, HB-3.3, HB-3.5, HB-4.5, GX-2.1b and GX-3.8. Invariant: what its provision does not allow (any longer) has no
//! effect, and the printed value holds; `liufang grant list` says so to the operator.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lf_law::{Grant, GrantError, Law};
use lf_ports::{GrantRow, Store, StoreError};
use lf_vocab::{Admdvs, Moment, Span};

use crate::Center;

/// How long a place's grants are kept before they are read again: so late at most an operator's grant counts.
pub const GRANTS_FRESH_SECONDS: i64 = 10;

/// Of how many places they are kept.
const PLACES_MAX: usize = 4_096;

/// The grants of places, each with when they were read.
#[derive(Default)]
pub struct Grants(Mutex<BTreeMap<Admdvs, Kept>>);

struct Kept {
    read: Moment,
    grants: Arc<[Grant]>,
}

impl Grants {
    fn fresh(&self, place: Admdvs, now: Moment) -> Option<Arc<[Grant]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { read, grants } = kept.get(&place)?;
        let fresh = *read <= now && now < read.plus_seconds(GRANTS_FRESH_SECONDS);
        fresh.then(|| grants.clone())
    }

    fn keep(&self, place: Admdvs, now: Moment, grants: Arc<[Grant]>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= PLACES_MAX {
            kept.clear();
        }
        kept.insert(place, Kept { read: now, grants });
    }
}

/// What a stored grant is to the law: nothing where it was taken back before it began.
///
/// # Errors
/// Its provision does not allow it.
pub fn heard(law: &Law, row: &GrantRow) -> Result<Option<Grant>, GrantError> {
    let Some(span) = Span::new(row.from, row.until) else { return Ok(None) };
    law.grant(&row.provision, row.admdvs, span, &row.given.value, &row.given.filing_no).map(Some)
}

/// The grants that are heard of a place and of those above it, as the store has them now.
pub async fn of_place<S: Store + ?Sized>(store: &S, law: &Law, place: Admdvs) -> Result<Vec<Grant>, StoreError> {
    let rows = store.grants(&place.chain()).await?;
    Ok(rows.iter().filter_map(|row| heard(law, row).ok().flatten()).collect())
}

impl Center {
    /// What was granted to a place and to those above it.
    pub async fn grants(&self, place: Admdvs, now: Moment) -> Result<Arc<[Grant]>, StoreError> {
        lf_vocab::covers!("HB-3.3", "HB-3.5", "HB-4.5", "GX-2.1b", "GX-3.8");
        if let Some(grants) = self.grants.fresh(place, now) {
            return Ok(grants);
        }
        let grants: Arc<[Grant]> = of_place(self.store.as_ref(), &self.law, place).await?.into();
        self.grants.keep(place, now, grants.clone());
        Ok(grants)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_places_are_kept_and_one_more_begins_anew() {
        let (grants, now) = (Grants::default(), Moment::from_micros(1));
        let place = |n: usize| format!("{:06}", 110_000 + n).parse::<Admdvs>().unwrap();
        let kept = |upto: usize| (0..upto).filter(|n| grants.fresh(place(*n), now).is_some()).count();
        (0..PLACES_MAX).for_each(|n| grants.keep(place(n), now, Arc::new([])));
        assert_eq!(kept(PLACES_MAX), PLACES_MAX);
        grants.keep(place(PLACES_MAX), now, Arc::new([]));
        assert_eq!((kept(PLACES_MAX), kept(PLACES_MAX + 1)), (0, 1));
    }
}
