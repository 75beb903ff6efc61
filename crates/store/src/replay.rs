//! `ReplayStore` on every engine: prescriptions as they were pre-checked, a named page at a time.
//!
//! Serves `liufang law diff`. Invariant: a page is exactly what lies between its two numbers, also while others write.

use async_trait::async_trait;
use lf_ports::replay::EARLIER_MAX;
use lf_ports::{Earlier, Inconsistency, ReplayStore, StoreError, StoredCase};
use lf_vocab::{Admdvs, HiRxno, PsnNo};

use crate::driver::{Driver, PAGE_MAX, Ports, page};
use crate::plan::rx_params;
use crate::sealer::Sealer;
use crate::value::{Cells, Row};
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
        let read = |sealer: &Sealer, found| Cells::new(sealer, "rx", 0, found).opt_parsed::<HiRxno>("hi_rxno");
        self.page_end([sql::RX_PAGE_END, sql::RX_LAST], (poolarea_no, after), most, read).await
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

    async fn setl_page_end(
        &self,
        poolarea_no: Admdvs,
        after: Option<&str>,
        most: usize,
    ) -> Result<Option<String>, StoreError> {
        let read = |sealer: &Sealer, found| Cells::new(sealer, "setl", 0, found).opt_text("setl_id");
        let after = (poolarea_no, after.unwrap_or_default());
        self.page_end([sql::SETL_PAGE_END, sql::SETL_LAST], after, most, read).await
    }

    async fn earlier(&self, of: &[(Admdvs, &PsnNo, &HiRxno)]) -> Result<Vec<Vec<Earlier>>, StoreError> {
        let each = of.iter().map(|(pool, psn_no, hi_rxno)| {
            let day = hi_rxno.day();
            let person = [pool.as_str().into(), psn_no.as_str().into(), day.into(), day.compact().into()];
            person.into_iter().chain([hi_rxno.as_str().into(), page(EARLIER_MAX)]).collect()
        });
        let found = self.driver.rows_each(sql::consult::COURSES_BESIDE, each.collect()).await?;
        let mut keys = Vec::new();
        for ((pool, psn_no, _), rows) in of.iter().zip(&found) {
            for row in rows {
                let mut cells = Cells::new(&self.sealer, "drug_course", 0, row.clone());
                cells.pass();
                keys.push((*pool, *psn_no, cells.parsed::<HiRxno>("hi_rxno")?));
            }
        }
        let course = |(pool, psn_no, hi_rxno): &(Admdvs, &PsnNo, HiRxno)| {
            vec![pool.as_str().into(), psn_no.as_str().into(), hi_rxno.as_str().into()]
        };
        let phases = keys.iter().map(|(.., hi_rxno)| rx_params(hi_rxno)).collect();
        let courses = self.driver.rows_each(sql::consult::COURSE, keys.iter().map(course).collect()).await?;
        // Prescriptions lie in the partition of their own number.
        let phases = self.driver.rows_each(sql::consult::RX_PHASE, phases).await?;
        let mut read = courses.into_iter().zip(phases).map(|(mut course, mut phase)| {
            let Some((course, phase)) = course.pop().zip(phase.pop()) else { return Ok(None) };
            let course = row::course(&self.sealer, course)?;
            Ok(Some(Earlier { course, standing: row::standing(&self.sealer, phase)? }))
        });
        found
            .iter()
            .map(|rows| read.by_ref().take(rows.len()).filter_map(Result::transpose).collect::<Result<_, _>>())
            .collect()
    }
}

#[allow(private_bounds, reason = "nothing of this is public; the engines are those of this crate")]
impl<D: Driver> Ports<D> {
    /// The end of a full page, else of the last one.
    async fn page_end<T>(
        &self,
        [full, last]: [&'static str; 2],
        (poolarea_no, after): (Admdvs, &str),
        most: usize,
        read: impl Fn(&Sealer, Row) -> Result<Option<T>, Inconsistency> + Send + Copy,
    ) -> Result<Option<T>, StoreError> {
        let passed = page(most.clamp(1, PAGE_MAX) - 1);
        let found = self.one(full, [poolarea_no.as_str().into(), after.into(), passed], read).await?;
        if let Some(end) = found.flatten() {
            return Ok(Some(end));
        }
        Ok(self.one(last, [poolarea_no.as_str().into(), after.into()], read).await?.flatten())
    }
}
