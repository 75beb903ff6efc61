//! What was bought beside what was prescribed, in packs, by the catalogue's word. Serves DG-3.1c.
//!
//! A bought drug is a prescribed one when the codes are equal, or when the catalogue lists both alike in everything but the maker,
//! as 7207 has it (`lf_rx::basket`).

use lf_ports::{Drug, StoreError};
use lf_rx::RxContent;
use lf_settle::reim::{Intake, PrescribedLine};
use lf_vocab::{Day, MedListCodg, Moment, Qty};

use crate::Center;
use crate::failure::Failure;
use crate::t7204_download::{basket_of, listed, prescribed};

/// The drugs of a claim as the catalogue of each day has them.
pub(super) struct Laid {
    /// What was bought, with the payment standard of the day of the purchase.
    pub(super) drugs: Vec<Option<Drug>>,
    /// The prescribed line that each was bought for.
    pub(super) places: Vec<Option<usize>>,
    /// Packs bought of each prescribed line.
    packs: Vec<Qty>,
}

impl Laid {
    /// Packs bought for the same prescribed line; of a drug that was not prescribed its own.
    pub(super) fn packs(&self, line: usize, own: Qty) -> Qty {
        self.places.get(line).copied().flatten().and_then(|at| self.packs.get(at)).copied().unwrap_or(own)
    }
}

impl Center {
    /// The drugs of an electronic prescription in packs, by the catalogue of its day.
    pub(super) async fn prescribed_lines(&self, content: &RxContent) -> Result<Vec<PrescribedLine>, StoreError> {
        let drugs = self.store.drugs(&prescribed(content), content.head.prsc_time.day()).await?;
        let basket = basket_of(content, &drugs);
        let lines = content.rxdrugdetail.iter().enumerate().map(|(at, drug)| PrescribedLine {
            med_list_codg: drug.med_list_codg.clone(),
            packs: basket.packs_needed(at),
            // 审批不通过 is settled as wholly own (7101 hospApprFlag).
            self_paid: drug.hosp_appr_flag == "2",
        });
        Ok(lines.collect())
    }

    /// Lays a purchase beside its prescription.
    pub(super) async fn reim_laid(
        &self,
        now: Moment,
        place: lf_vocab::Admdvs,
        intake: &Intake,
    ) -> Result<Laid, Failure> {
        let (rx, bought) = (&intake.rx, &intake.bought);
        let of_rx: Vec<MedListCodg> = rx.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let of_bill: Vec<MedListCodg> = bought.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let days: [Day; 2] = [rx.prsc_time.day(), bought.day];
        let asked = [(&*of_rx, days[0]), (&*of_bill, days[1])];
        let [mut prescribed, mut drugs] =
            self.priced_each(asked, place).await?.map(|found| crate::catalogue::apart(found).0);
        let each = [(&*of_rx, days[0], &mut *prescribed), (&*of_bill, days[1], &mut *drugs)];
        self.paid_on_each((place, now), each).await?;
        let alike = |drug: &Option<Drug>| drug.as_ref().map(listed);
        let places: Vec<_> = of_bill
            .iter()
            .zip(&drugs)
            .map(|(code, drug)| {
                let by_code = of_rx.iter().position(|one| one == code);
                let by_row = || prescribed.iter().position(|one| one.is_some() && alike(one) == alike(drug));
                by_code.or_else(by_row)
            })
            .collect();
        let mut packs = vec![Qty::ZERO; of_rx.len()];
        for (at, line) in places.iter().zip(&bought.lines) {
            if let Some(sum) = at.and_then(|at| packs.get_mut(at)) {
                *sum = sum.checked_add(line.cnt).unwrap_or(Qty::new(i64::MAX));
            }
        }
        Ok(Laid { drugs, places, packs })
    }
}
