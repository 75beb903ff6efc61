//! `MdtrtStore` on every engine: visits of the clinic route.
//!
//! Serves 2201–2208 and the auditor. Invariant: a use case finds a visit by its pharmacy and number only.

use async_trait::async_trait;
use lf_ports::{Mdtrt, MdtrtStore, StoreError};
use lf_vocab::{Admdvs, FixmedinsCode};

use crate::driver::{Driver, Ports, page};
use crate::{row, sql};

#[async_trait]
impl<D: Driver> MdtrtStore for Ports<D> {
    async fn mdtrt(&self, fixmedins_code: &FixmedinsCode, mdtrt_id: &str) -> Result<Option<(Mdtrt, i64)>, StoreError> {
        self.one(sql::mdtrt::GET, [fixmedins_code.as_str().into(), mdtrt_id.into()], row::mdtrt).await
    }

    async fn scan_mdtrt(
        &self,
        poolarea_no: Admdvs,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<Mdtrt>, StoreError> {
        let params = [poolarea_no.as_str().into(), after.unwrap_or_default().into(), page(most)];
        self.many(sql::mdtrt::SCAN, params, |sealer, found| row::mdtrt(sealer, found).map(|(mdtrt, _)| mdtrt)).await
    }
}
