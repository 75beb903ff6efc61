//! `AuditStore` on every engine: everything, one 统筹区 at a time, in key order, a page at a time.
//!
//! Serves `liufang audit verify`. Invariants: a page begins after the key given, so that a scan under load neither
//! repeats nor skips a row that was there all the time.

use std::collections::BTreeSet;

use async_trait::async_trait;
use lf_ports::{AccumKey, AccumRow, AuditStore, Claim, ClaimKind, Setl, StoreError};
use lf_rx::Prescription;
use lf_vocab::{Admdvs, Fen, HiRxno, PsnNo};

use crate::driver::{Driver, Ports, page};
use crate::plan::accum_params;
use crate::sealer::Sealer;
use crate::value::{Cells, Value};
use crate::{row, sql};

#[async_trait]
impl<D: Driver> AuditStore for Ports<D> {
    async fn pools(&self) -> Result<Vec<Admdvs>, StoreError> {
        let mut pools = BTreeSet::new();
        for next in sql::NEXT_POOL {
            let mut after = String::new();
            loop {
                let read =
                    |sealer: &Sealer, found| Cells::new(sealer, "rx", 0, found).opt_parsed::<Admdvs>("poolarea_no");
                let Some(pool) = self.one(next, [Value::from(after.as_str())], read).await?.flatten() else { break };
                after = pool.to_string();
                pools.insert(pool);
            }
        }
        Ok(pools.into_iter().collect())
    }

    async fn scan_rx(
        &self,
        poolarea_no: Admdvs,
        after: Option<&HiRxno>,
        most: usize,
    ) -> Result<Vec<Prescription>, StoreError> {
        let after = after.map_or("", HiRxno::as_str);
        self.many(sql::RX_SCAN, [poolarea_no.as_str().into(), after.into(), page(most)], row::rx).await
    }

    async fn scan_setl(
        &self,
        poolarea_no: Admdvs,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<(Setl, Option<String>)>, StoreError> {
        let after = after.unwrap_or_default();
        self.many(sql::SETL_SCAN, [poolarea_no.as_str().into(), after.into(), page(most)], row::setl).await
    }

    async fn scan_accum(
        &self,
        poolarea_no: Admdvs,
        after: Option<&AccumKey>,
        most: usize,
    ) -> Result<Vec<(AccumKey, AccumRow)>, StoreError> {
        let Some(after) = after else {
            return self.many(sql::ACCUM_SCAN_FIRST, [poolarea_no.as_str().into(), page(most)], row::accum).await;
        };
        let mut params = accum_params(after);
        params[0] = poolarea_no.as_str().into();
        params.push(page(most));
        self.many(sql::ACCUM_SCAN, params, row::accum).await
    }

    async fn scan_claims(&self, kind: ClaimKind, after: Option<&str>, most: usize) -> Result<Vec<Claim>, StoreError> {
        let params = [kind.word().into(), after.unwrap_or_default().into(), page(most)];
        self.many(sql::CLAIM_SCAN, params, |sealer, found| row::claim(sealer, kind, found)).await
    }

    async fn scan_acct(
        &self,
        poolarea_no: Admdvs,
        after: Option<&PsnNo>,
        most: usize,
    ) -> Result<Vec<(PsnNo, Fen, Fen)>, StoreError> {
        let after = after.map_or("", PsnNo::as_str);
        let params = [poolarea_no.as_str().into(), after.into(), page(most)];
        self.many(sql::ACCT_SCAN, params, |sealer, found| {
            row::acct(sealer, found).map(|(psn_no, opening, acct)| (psn_no, opening, acct.balc))
        })
        .await
    }
}
