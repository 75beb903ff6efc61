//! `ReimStore` on every engine: claims with papers (零星报销), read by the 统筹区 that pays.

use async_trait::async_trait;
use lf_ports::{ReimRow, ReimStore, StoreError};
use lf_settle::reim::ReimStas;
use lf_vocab::Admdvs;

use crate::driver::{Driver, Ports, page};
use crate::value::Value;
use crate::{row, sql};

#[async_trait]
impl<D: Driver> ReimStore for Ports<D> {
    async fn reim(&self, poolarea_no: Admdvs, reim_no: &str) -> Result<Option<ReimRow>, StoreError> {
        self.one(sql::reim::GET, [poolarea_no.as_str().into(), reim_no.into()], row::reim).await
    }

    async fn reims(
        &self,
        poolarea_no: Admdvs,
        stas: Option<ReimStas>,
        after: &str,
        most: usize,
    ) -> Result<Vec<ReimRow>, StoreError> {
        let mut params: Vec<Value> = vec![poolarea_no.as_str().into(), after.into(), page(most)];
        params.extend(stas.map(|stas| Value::from(stas.word())));
        let text = if stas.is_some() { sql::reim::PAGE_OF } else { sql::reim::PAGE };
        self.many(text, params, row::reim).await
    }
}
