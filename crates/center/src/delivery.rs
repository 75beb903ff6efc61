//! What 7209 and 7210 share: the law at the gate `deliver`, and whether a record that the center holds is the stated one.
//!
//! Serves GX-2.2a, GX-2.2c, GX-2.2e, JX-4.2e. What a message does not say is no fact; where the drugs are fetched in the
//! shop they go to no institution.

use lf_gm::hex;
use lf_law::{Facts, Field, Gate, Scope};
use lf_ports::{Drug, FILE_SM3, FileOwner, StoreError};
use lf_rx::delivery::{ColdChain, DeliverySigned, DeliveryStep, TempRec};
use lf_rx::event::Sold;
use lf_rx::{Prescription, Refusal, RxContent};
use lf_vocab::dict::{DelvStasCodg, DelvWay};

use crate::ctx::Ctx;
use crate::failure::Failure;
use crate::t7207_sell::left_on;
use crate::{Center, gate};

/// A delivery before the law.
pub(crate) struct Case<'a> {
    pub(crate) rx: &'a Prescription,
    pub(crate) content: &'a RxContent,
    pub(crate) sold: &'a Sold,
    /// 7209, or the last one before 7210.
    pub(crate) step: &'a DeliveryStep,
    /// 7210.
    pub(crate) signed: Option<&'a DeliverySigned>,
}

impl Case<'_> {
    fn cold_chain(&self) -> &ColdChain {
        let said = self.signed.map(|signed| &signed.cold_chain);
        said.filter(|cold_chain| **cold_chain != ColdChain::Unsaid).unwrap_or(&self.step.cold_chain)
    }

    fn facts<'f>(&'f self, ctx: &'f Ctx) -> Facts<'f> {
        lf_vocab::covers!("GX-2.2a", "GX-2.2c", "GX-2.2e", "JX-4.2e");
        let (step, sheet) = (self.step, &self.step.sheet);
        let at = self.signed.map_or(step.delv_stas_time, |signed| signed.delv_stas_time);
        let code = self.signed.map_or(step.delv_stas_codg, |_| DelvStasCodg::Arrived);
        let issuer = &self.rx.opened.fixmedins_code;
        let to_issuer = match (sheet.delv_way, &sheet.to.dlv_fixmedins_code) {
            (DelvWay::Fetch, _) => Some(false),
            (DelvWay::Send, to) => to.as_ref().map(|to| to == issuer),
        };
        let (cold, recorded) = match self.cold_chain() {
            ColdChain::Unsaid => (None, None),
            ColdChain::No => (Some(false), Some(false)),
            // A record that shows a drug too warm or too cold proves the contrary.
            ColdChain::Yes { temp_rec } => {
                (Some(true), temp_rec.as_ref().map(|record| record.temp_ok_flag != Some(false)))
            }
        };
        let qualified = sheet.carrier.lic.as_ref().map(|lic| at.day() <= lic.delv_entp_lic_end);
        let courier = step.delver.is_some() || self.signed.is_some();
        let taker = self.signed.is_some_and(|signed| signed.rcvr.is_some());
        let mut facts = Facts::new();
        facts
            .set(Field::DelvStasTime, at)
            .set(Field::PrscTime, self.rx.opened.prsc_time)
            .set(Field::FixmedinsCode, issuer.as_str())
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::IssPoolareaNo, self.rx.hi_rxno.poolarea_no().to_string())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set_opt(Field::RxExraAttrCode, self.content.head.rx_exra_attr_code.as_deref())
            .set(Field::DelvWay, sheet.delv_way.code())
            .set(Field::DelvStasCodg, code.code())
            .set(Field::DelvSignFlag, self.signed.is_some())
            .set_opt(Field::DlvToIssFlag, to_issuer)
            .set_opt(Field::ColdChainFlag, cold)
            .set_opt(Field::TempRecFlag, recorded)
            .set_opt(Field::DelvEntpQualFlag, qualified)
            .set_opt(Field::HdovFlag, sheet.hdov_name.as_ref().map(|_| true))
            .set_opt(Field::DelverFlag, courier.then_some(true))
            .set_opt(Field::RcvrFlag, taker.then_some(true));
        facts
    }
}

impl Center {
    /// The gate `deliver`. What was sold keeps the meaning that it had on the day on which it left the shelf.
    pub(crate) async fn ask_deliver(
        &self,
        ctx: &Ctx,
        case: &Case<'_>,
    ) -> Result<Result<Vec<Refusal>, Failure>, StoreError> {
        let codes: Vec<_> = case.sold.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let (place, left) = (ctx.caller.fixmedins.poolarea_no, left_on(&case.sold.lines, ctx.now));
        let (drugs, says) =
            tokio::try_join!(self.store.drugs(&codes, left), self.drug_says(place, &codes, left, ctx.now))?;
        let mut facts = case.facts(ctx);
        for ((line, drug), says) in case.sold.lines.iter().zip(&drugs).zip(&says) {
            facts
                .push_line(Scope::Sale)
                .set(Field::SaleMedListCodg, line.med_list_codg.to_string())
                .set(Field::SaleDrugGenname, line.drug_genname.as_str())
                .set_opt(Field::SaleDrugTag, drug.as_ref().map(|drug| gate::drug_tags(drug, Some(says))))
                .set_opt(Field::SaleSpecDosform, drug.as_ref().and_then(spec_dosform));
        }
        Ok(gate::ask(&self.law, Gate::Deliver, ctx, &facts))
    }

    /// Whether a record of temperatures that the pharmacy left here by 9101 is another one than it states. One that it
    /// keeps itself is known by number and hash only.
    pub(crate) async fn another_record(&self, ctx: &Ctx, cold_chain: &ColdChain) -> Result<bool, StoreError> {
        let ColdChain::Yes { temp_rec: Some(TempRec { temp_rec_no, temp_rec_sm3, .. }) } = cold_chain else {
            return Ok(false);
        };
        self.another_file(ctx, temp_rec_no, temp_rec_sm3).await
    }

    /// Whether the caller left a file under this number by 9101 that hashes to something else.
    pub(crate) async fn another_file(&self, ctx: &Ctx, file_qury_no: &str, sm3: &str) -> Result<bool, StoreError> {
        let owner = FileOwner::Fixmedins(ctx.code().clone());
        let known = ctx.idem_key(FILE_SM3, file_qury_no);
        let (known, head) = tokio::try_join!(self.store.idem(&known), self.store.file_head(&owner, file_qury_no))?;
        match (head, known) {
            (None, _) => Ok(false),
            (Some(_), Some(known)) => Ok(hex::lower(&known.digest) != sm3),
            // Left here before its hash was kept beside it.
            (Some(_), None) => {
                let file = self.store.file(&owner, file_qury_no).await?;
                Ok(file.is_some_and(|file| hex::lower(&lf_gm::sm3(&file.body)) != sm3))
            }
        }
    }
}

/// The words by which the law speaks of forms that have rules of their own, from the catalogue's form.
pub(crate) fn spec_dosform(drug: &Drug) -> Option<&'static str> {
    drug.dosform_name.contains("注射").then_some("注射剂")
}
