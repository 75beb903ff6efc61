//! Grants as the law hears them: read from the store by place, kept for a moment.
//!
//! Serves every gate, HB-3.3, HB-3.5, HB-4.5, GX-2.1b and GX-3.8. Invariant: what its provision does not allow (any longer) has no
//! effect, and the printed value holds; `liufang grant list` says so to the operator.

use std::sync::Arc;

use lf_law::{Grant, GrantError, Law};
use lf_ports::{GrantRow, Store, StoreError};
use lf_vocab::{Admdvs, Moment, Span};

use crate::Center;

/// How long a place's grants are kept before they are read again: so late at most an operator's grant counts.
pub const GRANTS_FRESH_SECONDS: i64 = 10;

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
        let read = async { Ok(of_place(self.store.as_ref(), &self.law, place).await?.into()) };
        self.grants.get(place, now, read).await
    }
}
