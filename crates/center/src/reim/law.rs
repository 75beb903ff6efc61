//! The gate `claim`: what the law of the insured's place says of a purchase past the center. Serves DG-3.1c.
//!
//! Invariant: what the center's registers know is a fact, what nobody keeps there stays absent, so that the law reminds.

use lf_law::{Dates, Facts, Field, Gate, Scope, Severity};
use lf_ports::{Fixmedins, ReimRow};
use lf_rx::State;
use lf_settle::reim::{Checked, PaperKind};
use lf_vocab::Moment;

use super::basket::Laid;
use super::{ReimRefusal, issued};
use crate::Center;
use crate::failure::{Failure, refused};
use crate::filings::Filings;
use crate::gate::{self, LawRefusal, spoken_by};
use crate::registers::{Designated, DrugSays, Side};

/// What registers and lists know of a claim.
struct Known {
    issuer: Option<Fixmedins>,
    pharmacy: Option<Fixmedins>,
    of_issuer: Designated,
    of_pharmacy: Designated,
    filings: Filings,
    says: Vec<DrugSays>,
    /// It was sold through the center.
    flowed: bool,
    /// It stands: uploaded and not taken back since; one on paper does.
    issued: bool,
}

impl Center {
    /// What the law says of a claim.
    pub(super) async fn reim_judge(&self, now: Moment, row: &ReimRow) -> Result<Checked, Failure> {
        lf_vocab::covers!("DG-3.1c");
        let (place, intake) = (row.poolarea_no, row.reim.intake());
        let grants = self.grants(place, now).await?;
        let dates = Dates::all(intake.bought.day);
        // Rules that hold for every purchase are no leave to claim one.
        if spoken_by(self.law.view(&place, &dates, &grants).text("claim.route"))?.is_none() {
            return refused(LawRefusal::NotFormalised(format!("{place}没有零星报销的规定")));
        }
        let laid = self.reim_laid(now, place, intake).await?;
        let known = self.reim_known(now, row).await?;
        let decision =
            self.law.decide(Gate::Claim, &place, &facts(row, &laid, &known), &grants).map_err(gate::failure)?;
        let mut checked = Checked { law_edition: self.law.edition().to_owned(), ..Checked::default() };
        if !known.issued {
            // Revoked (7104) since it was taken in.
            checked.refused.push(Failure::from_refusal(ReimRefusal::NotIssued).in_words());
        }
        for finding in decision.findings {
            match finding.severity {
                Severity::Refuse => checked.refused.push(gate::kept(&finding)),
                Severity::Remind => checked.reminded.push(gate::kept(&finding)),
                Severity::Record => {}
            }
        }
        Ok(checked)
    }

    async fn reim_known(&self, now: Moment, row: &ReimRow) -> Result<Known, Failure> {
        let (place, intake) = (row.poolarea_no, row.reim.intake());
        let (rx, bought) = (&intake.rx, &intake.bought);
        let (issuer, pharmacy) = tokio::try_join!(
            self.store.fixmedins(&rx.fixmedins_code),
            self.store.fixmedins(&bought.phar_fixmedins_code)
        )?;
        let dise = rx.dise_codg.as_deref();
        let side = |of: Option<&Fixmedins>, code| {
            let place = of.map_or(place, |of| of.poolarea_no);
            Side { place, code, dr_code: None, dise }
        };
        let codes: Vec<_> = bought.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let in_center = async {
            let Some(hi_rxno) = &rx.hi_rxno else { return Ok(None) };
            self.store.rx(hi_rxno).await
        };
        let (of_issuer, of_pharmacy, filings, says, in_center) = tokio::try_join!(
            self.designated(side(issuer.as_ref(), &rx.fixmedins_code), rx.prsc_time.day(), now),
            self.designated(side(pharmacy.as_ref(), &bought.phar_fixmedins_code), bought.day, now),
            self.filings(place, &intake.psn_no, bought.day, now),
            self.drug_says(place, &codes, bought.day, now),
            in_center
        )?;
        let state = in_center.map(|rx| rx.state);
        let flowed = matches!(state, Some(State::Sold { .. } | State::SelfPaid { .. } | State::Settled { .. }));
        let issued = state.is_none_or(|state| issued(&state));
        Ok(Known { issuer, pharmacy, of_issuer, of_pharmacy, filings, says, flowed, issued })
    }
}

fn facts<'a>(row: &'a ReimRow, laid: &'a Laid, known: &'a Known) -> Facts<'a> {
    let intake = row.reim.intake();
    let (rx, bought) = (&intake.rx, &intake.bought);
    let has = |kind| row.reim.papers().any(|paper| paper.kind == kind);
    let pool = |of: Option<&'a Fixmedins>| of.map(|of| of.poolarea_no.as_str());
    let in_city = known
        .issuer
        .as_ref()
        .map(|issuer| issuer.poolarea_no == row.poolarea_no && issuer.agreement.contains(rx.prsc_time.day()));
    let mut facts = Facts::new();
    facts
        .set(Field::AppyTime, intake.appy_time)
        .set(Field::PrscTime, rx.prsc_time)
        .set(Field::ValiEndTime, rx.vali_end_time)
        .set(Field::StooutTime, bought.day)
        .set(Field::FixmedinsCode, rx.fixmedins_code.as_str())
        .set(Field::PharFixmedinsCode, bought.phar_fixmedins_code.as_str())
        .set_opt(Field::IssPoolareaNo, pool(known.issuer.as_ref()))
        .set_opt(Field::PharPoolareaNo, pool(known.pharmacy.as_ref()))
        .set(Field::MedType, intake.med_type.as_str())
        .set_opt(Field::DiseCodg, rx.dise_codg.as_deref())
        .set_opt(Field::RxExraAttrCode, rx.rx_exra_attr_code.as_deref())
        .set(Field::PaperFlag, rx.hi_rxno.is_none())
        .set_opt(Field::PaperSituCode, rx.paper_situ_code.as_deref())
        .set(Field::FundFlag, true)
        .set(Field::RxFlowFlag, known.flowed)
        .set(Field::AppyIssFlag, intake.appy_fixmedins_code == rx.fixmedins_code)
        .set_opt(Field::IssCityFlag, in_city)
        .set(Field::AppyRxFlag, has(PaperKind::Rx))
        .set(Field::AppyInvoFlag, has(PaperKind::Invoice))
        .set(Field::AppyListFlag, has(PaperKind::List));
    known.of_issuer.put_issuer(&mut facts);
    known.of_pharmacy.put_pharmacy(&mut facts);
    known.filings.put_dise(&mut facts, rx.dise_codg.as_deref(), bought.day);
    for (number, (line, drug)) in bought.lines.iter().zip(&laid.drugs).enumerate() {
        let at = laid.places.get(number).copied().flatten();
        let prescribed = at.and_then(|at| rx.lines.get(at)).and_then(|line| line.packs);
        facts
            .push_line(Scope::Sale)
            .set(Field::SaleMedListCodg, line.med_list_codg.to_string())
            .set(
                Field::SaleDrugGenname,
                drug.as_ref().map_or_else(|| line.med_list_codg.to_string(), |drug| drug.genname.clone()),
            )
            .set(Field::InRxFlag, at.is_some())
            .set_opt(Field::PrscCnt, prescribed)
            .set(Field::DrugTotlcnt, laid.packs(number, line.cnt))
            .set(Field::Pric, line.pric)
            .set_opt(Field::SaleChrgitmLv, drug.as_ref().map(|drug| drug.chrgitm_lv.code()))
            .set(Field::SaleListFlag, gate::listed(drug.as_ref(), bought.day))
            .set_opt(Field::SaleDrugTag, drug.as_ref().map(|drug| gate::drug_tags(drug, known.says.get(number))));
    }
    facts
}
