//! `ReplayStore` on every engine: prescriptions as they were pre-checked, a named page at a time.
//!
//! Serves `liufang law diff`. Invariant: a page is exactly what lies between its two numbers, also while others write.

use async_trait::async_trait;
use lf_ports::{ReplayStore, StoreError, StoredCase};
use lf_vocab::{Admdvs, HiRxno};

use crate::driver::{Driver, PAGE_MAX, Ports, page};
use crate::sealer::Sealer;
use crate::value::Cells;
use crate::{row, sql};

#[async_trait]
impl<D: Driver> ReplayStore for Ports<D> {
    async fn case_page_end(
        &self,
        poolarea_no: Admdvs,
        after: Option<&HiRxno>,
        most: usize,
    ) -> Result<Option<HiRxno>, StoreError> {
        let after = after.map_or("", HiRxno::as_str);
        let number = |sealer: &Sealer, found| Cells::new(sealer, "rx", 0, found).opt_parsed::<HiRxno>("hi_rxno");
        let passed = page(most.clamp(1, PAGE_MAX) - 1);
        let full = self.one(sql::RX_PAGE_END, [poolarea_no.as_str().into(), after.into(), passed], number).await?;
        if let Some(last) = full.flatten() {
            return Ok(Some(last));
        }
        Ok(self.one(sql::RX_LAST, [poolarea_no.as_str().into(), after.into()], number).await?.flatten())
    }

    async fn scan_cases(
        &self,
        poolarea_no: Admdvs,
        after: Option<&HiRxno>,
        until: &HiRxno,
    ) -> Result<Vec<StoredCase>, StoreError> {
        let after = after.map_or("", HiRxno::as_str);
        let params = [poolarea_no.as_str().into(), after.into(), until.as_str().into()];
        self.many(sql::RX_CASES, params, row::stored_case).await
    }
}
