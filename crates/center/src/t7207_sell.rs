//! 7207 药品销售出库明细上传: the drugs leave the shelf. Serves JX-3.5a, HB-2.4, HB-2.7.
//!
//! A trace code is claimed for the whole center in the commit of the sale, so that of two sales of one box
//! one wins. The same sale again is the same answer; after 7208 it is a new sale.

use std::collections::BTreeMap;

use lf_gm::hex;
use lf_law::{Field, Gate, Scope};
use lf_ports::{ChangeSet, Claim, ClaimKind, CommitError, Drug, Prics, StockCode, StoreError};
use lf_rx::basket::Basket;
use lf_rx::decide::sale::{self, Row, SaleRefusal, Understood};
use lf_rx::event::{SaleLine, Sold};
use lf_rx::{Event, Prescription, Refusal, RxContent};
use lf_vocab::dict::HiFeesetlFlag;
use lf_vocab::{Certno, Day, DrugTracCodg, Fen, FixmedinsCode, FixmedinsKind, HiRxno, Moment, PharCode, Pric, Qty};
use serde::{Deserialize, Serialize};

use crate::catalogue::apart;
use crate::ctx::{Answer, Ctx};
use crate::delivery::spec_dosform;
use crate::failure::{Attempt, Failure, refused};
use crate::med_file::MedFile;
use crate::registers::DrugSays;
use crate::t7102_sign::RxRefusal;
use crate::t7204_download::{basket_of, listed, prescribed};
use crate::tell::Paid;
use crate::{Center, consult, gate, journal};

/// A sale.
#[derive(Debug, Clone)]
pub struct Command {
    /// Which prescription.
    pub hi_rxno: HiRxno,
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// 处方审核业务流水号.
    pub rx_chk_biz_sn: String,
    /// Insured or self-paid.
    pub hi_feesetl_flag: HiFeesetlFlag,
    /// What a self-paying person paid.
    pub psn_cash_pay: Option<Fen>,
    /// The lines.
    pub lines: Vec<SaleLine>,
    /// When the prescription was printed, where said (JX-3.4.3b).
    pub print_time: Option<Moment>,
    /// Whether the 用药申请（复查评估）表 was shown, where said (WH-6.6).
    pub appy_form_flag: Option<bool>,
    /// 复核药师: who checked and signed, where named.
    pub rchk: Option<Rchk>,
}

/// 复核药师 as the message names him.
#[derive(Clone, PartialEq, Eq)]
pub struct Rchk {
    /// 复核药师证件编号.
    pub rchk_phar_certno: Certno,
    /// 复核药师姓名.
    pub rchk_phar_name: String,
}

// Names and certificates stay out of every log.
impl std::fmt::Debug for Rchk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rchk").finish_non_exhaustive()
    }
}

/// The number of the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 销售出库流水号.
    pub sel_stoout_sn: String,
}

impl Center {
    /// 7207. Errors: [`SaleRefusal`], [`RxRefusal`], the law's at the gate `sell`.
    pub async fn t7207_sell(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        let key = ctx.exact_key("7207");
        self.attempts_once(ctx, &key, || self.try_sell(ctx, command)).await
    }

    async fn try_sell(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        let key = ctx.exact_key("7207");
        let boxes: Vec<_> = command.lines.iter().filter_map(|line| line.drug_trac_codg.as_ref()).collect();
        let (idem, rx, content, stocked) = tokio::try_join!(
            self.store.idem(&key),
            self.store.rx(&command.hi_rxno),
            self.store.rx_content(&command.hi_rxno),
            self.store.stock_codes(ctx.code(), &boxes)
        )?;
        // A late duplicate of the very message must not sell again what 7208 has taken back meanwhile.
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let (Some(rx), Some(content)) = (rx, content) else { return Ok(refused(RxRefusal::Unknown)?) };
        if let Some(sold) = same_sale(&rx, command, ctx.code()) {
            // Sold between the two looks, by this very message: its answer is there now, reminders and all.
            if let Some(answer) = ctx.answered(self.store.idem(&key).await?)? {
                return Ok(answer);
            }
            return Ok(Reply { sel_stoout_sn: sold.sel_stoout_sn.clone() }.into());
        }
        sale::may_sell(&rx, ctx.code(), &command.rx_chk_biz_sn, ctx.now).map_err(Failure::from_refusal)?;
        if command.hi_feesetl_flag == HiFeesetlFlag::SelfPaid && command.psn_cash_pay.is_none() {
            return Ok(refused(SaleRefusal::CashMissing)?);
        }
        // What was prescribed by the catalogue of that day, what is sold by that of the day on which it left the shelf.
        let codes: Vec<_> = command.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let meant = prescribed(&content);
        let (left, place) = (left_on(&command.lines, ctx.now), ctx.caller.fixmedins.poolarea_no);
        let days = [(&*meant, content.head.prsc_time.day()), (&*codes, left)];
        let insured = command.hi_feesetl_flag == HiFeesetlFlag::Insured;
        let kept = insured && self.keeps_med_files(ctx, left)?;
        let ([prescribed, sold], lots, says, signed, pair, held) = tokio::try_join!(
            self.priced_each(days, place),
            self.lots_of(ctx, &stocked),
            self.drug_says(place, &codes, left, ctx.now),
            self.signed_by(ctx, command, &rx),
            self.consulted_here(&rx, ctx),
            self.med_file_held(kept, ctx, &rx)
        )?;
        let ((mut prescribed, _), (mut drugs, prics)) = (apart(prescribed), apart(sold));
        let [of_rx, of_sale] = days;
        let each = [(of_rx.0, of_rx.1, &mut *prescribed), (of_sale.0, of_sale.1, &mut *drugs)];
        self.paid_on_each((rx.opened.insu_poolarea_no, ctx.now), each).await?;
        let basket = basket_of(&content, &prescribed);
        let rows = command.lines.iter().zip(&drugs);
        let rows: Vec<_> = rows.map(|(line, drug)| Row { line, listed: drug.as_ref().map(listed) }).collect();
        let understood = sale::check_rows(&basket, &rows, ctx.now).map_err(Failure::from_refusal)?;
        let of = (&rx, pair);
        let (content, basket, understood) = (&content, &basket, &*understood);
        let file = self.med_file(kept && says.iter().any(DrugSays::spay), held, ctx, &rx).await?;
        let (lots, says, file) = (&lots, &*says, file.as_ref());
        let asked = Asked { of, content, basket, drugs: &drugs, prics: &prics, understood, lots, says, file };
        let reminders = self.ask_sell(ctx, command, &asked, signed.is_some())?;
        let sold = self.sold(command, signed);
        let reply = Reply { sel_stoout_sn: sold.sel_stoout_sn.clone() };
        let mut changes = ChangeSet {
            claims: claims(&command.hi_rxno, &command.lines),
            rx: vec![journal::advance(&rx, &Event::Sold(sold), ctx.now)?],
            ..ChangeSet::default()
        };
        MedFile::open(file, &rx.hi_rxno, &mut changes);
        let answer = Answer { reply, reminders };
        ctx.remember(key, &answer, &mut changes);
        // A self-paid prescription is used from here on; an insured one is told of when it is settled.
        let after = changes.rx.last().map(|change| change.rx.clone());
        self.tell_settlement(&mut changes, after.as_ref().and_then(Paid::of), Some(content), ctx.now).await?;
        self.commit_sale(changes).await?;
        Ok(answer)
    }

    /// The pharmacist who reviewed the prescription, when the sale names that very person as the one who checked it and signed.
    async fn signed_by(&self, ctx: &Ctx, command: &Command, rx: &Prescription) -> Result<Option<PharCode>, StoreError> {
        lf_vocab::covers!("JX-3.4.2");
        let (Some(rchk), Some(reviewed)) = (&command.rchk, rx.state.reviewed()) else { return Ok(None) };
        let registered = self.store.practitioner(ctx.code(), reviewed.phar_code.as_str()).await?;
        let same = registered.is_some_and(|one| {
            one.reviews_on(ctx.now.day())
                && one.prac_name == rchk.rchk_phar_name
                && one.certno.as_ref() == Some(&rchk.rchk_phar_certno)
        });
        Ok(same.then(|| reviewed.phar_code.clone()))
    }

    fn sold(&self, command: &Command, signed: Option<PharCode>) -> Sold {
        Sold {
            sel_stoout_sn: hex::lower(&self.chance.draw())[..30].to_owned(),
            hi_feesetl_flag: command.hi_feesetl_flag,
            psn_cash_pay: command.psn_cash_pay,
            lines: command.lines.clone(),
            law_edition: self.law.edition().to_owned(),
            print_time: command.print_time,
            appy_form_flag: command.appy_form_flag,
            rchk_phar_code: signed,
        }
    }

    /// A box that another prescription took first is told by its code. Who was not the first after all is decided again.
    async fn commit_sale(&self, changes: ChangeSet) -> Result<(), Attempt> {
        match self.store.commit(changes).await {
            Err(CommitError::Claimed(claim)) if claim.kind == ClaimKind::MedFile => {
                Err(Attempt::Commit(CommitError::Stale("med_file")))
            }
            Err(CommitError::Claimed(claim)) => Ok(refused(SaleRefusal::TracCodgSold(claim.key))?),
            other => Ok(other?),
        }
    }

    /// The expiry of each box that stands in a lot of this pharmacy.
    async fn lots_of(&self, ctx: &Ctx, stocked: &[Option<StockCode>]) -> Result<Expiries, StoreError> {
        let found: Vec<&StockCode> = stocked.iter().flatten().collect();
        if found.is_empty() {
            return Ok(Expiries::new());
        }
        let lots: Vec<&str> = found.iter().map(|code| code.fixmedins_bchno.as_str()).collect();
        let lots = self.store.stock_lots(ctx.code(), &lots).await?;
        let known = found.into_iter().zip(lots);
        Ok(known.filter_map(|(code, lot)| Some((code.drug_trac_codg.clone(), lot?.lot.goods.expy_end))).collect())
    }

    fn ask_sell(&self, ctx: &Ctx, command: &Command, asked: &Asked<'_>, signed: bool) -> Result<Vec<Refusal>, Failure> {
        lf_vocab::covers!("HB-2.4");
        let sold = sale::packs_sold(asked.basket, asked.understood);
        let missing = |at: &usize| sold.get(*at) == Some(&Qty::ZERO) || asked.basket.packs_needed(*at).is_none();
        let missing = (0..asked.basket.len()).filter(missing).count() as i64;
        let head = &asked.content.head;
        let stoout_time = command.lines.iter().map(|line| line.stoout_time).max().unwrap_or(ctx.now);
        let mut facts = lf_law::Facts::new();
        let (rx, pair) = asked.of;
        gate::visited(&mut facts, rx);
        consult::put_pair(&mut facts, pair);
        facts
            .set(Field::StooutTime, stoout_time)
            .set(Field::PrscTime, head.prsc_time)
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set(Field::RxLineMissCnt, missing)
            .set(Field::RxChkStasCodg, "1")
            .set_opt(Field::PharSignFlag, signed.then_some(true))
            .set(Field::SetlCnt, 0i64)
            .set(Field::ValiEndTime, head.vali_end_time)
            .set(Field::FundFlag, command.hi_feesetl_flag == HiFeesetlFlag::Insured)
            .set_opt(Field::RxExraAttrCode, head.rx_exra_attr_code.as_deref())
            .set_opt(Field::FstBuyFlag, asked.file.map(MedFile::first_buy))
            .set_opt(Field::AppyFormFlag, command.appy_form_flag);
        let listed = asked.drugs.iter().zip(asked.prics);
        for (at, ((line, (drug, prics)), row)) in command.lines.iter().zip(listed).zip(asked.understood).enumerate() {
            // The law compares drugs, not rows: a row a trace code is common.
            let counts = (asked.basket.packs_needed(row.at), sold.get(row.at).copied().unwrap_or(Qty::ZERO));
            let expy_end = line.drug_trac_codg.as_ref().and_then(|code| asked.lots.get(code).copied());
            let says = asked.says.get(at);
            put_line(&mut facts, (line, says), (drug.as_ref(), prics), (row.packs, expy_end), counts, ctx);
        }
        gate::ask(&self.law, Gate::Sell, ctx, &facts)
    }
}

/// What the law is asked about.
struct Asked<'a> {
    /// The prescription, and whether the agreement stands under which it was consulted.
    of: (&'a Prescription, Option<bool>),
    content: &'a RxContent,
    basket: &'a Basket<'a>,
    drugs: &'a [Option<Drug>],
    prics: &'a [Prics],
    understood: &'a [Understood],
    lots: &'a Expiries,
    says: &'a [DrugSays],
    /// The person's file at the pharmacy, where a drug goes into it.
    file: Option<&'a MedFile>,
}

/// Until when a box may be sold, where the pharmacy's own stock knows it.
type Expiries = BTreeMap<DrugTracCodg, Day>;

fn put_line(
    facts: &mut lf_law::Facts<'_>,
    (line, says): (&SaleLine, Option<&DrugSays>),
    (drug, prics): (Option<&Drug>, &Prics),
    (packs, expy_end): (Qty, Option<Day>),
    (needed, sold): (Option<Qty>, Qty),
    ctx: &Ctx,
) {
    let pric = line.drug_sumamt.and_then(|amount| {
        let packs = packs.get();
        (packs > 0).then(|| Pric::new(amount.get().saturating_mul(100_000_000) / packs))
    });
    let standard = drug.and_then(|drug| drug.hi_pay_std);
    let mut row = facts.push_line(Scope::Sale);
    row.set(Field::SaleMedListCodg, line.med_list_codg.to_string())
        .set(Field::SaleDrugGenname, line.drug_genname.clone())
        .set(Field::InRxFlag, true)
        .set_opt(Field::PrscCnt, needed)
        .set(Field::DrugTotlcnt, sold)
        .set(Field::TracCnt, i64::from(line.drug_trac_codg.is_some()))
        .set(Field::TracMissCnt, packs.get() / 10_000 - i64::from(line.drug_trac_codg.is_some()))
        .set(Field::TracExmpFlag, drug.is_some_and(|drug| drug.trac_exempt))
        .set(Field::TracSoldFlag, false)
        .set(Field::Pric, pric.or(standard).unwrap_or(Pric::ZERO))
        .set_opt(Field::PayStdPric, standard)
        .set_opt(Field::SelPric, prics.sel_pric)
        .set_opt(Field::PlatPric, prics.plat_pric)
        .set_opt(Field::ExpyEnd, expy_end)
        .set(Field::NegoFlag, drug.is_some_and(|drug| drug.hi_nego))
        .set_opt(Field::SaleDrugTag, drug.map(|drug| gate::drug_tags(drug, says)))
        .set_opt(Field::SaleSpecDosform, drug.and_then(spec_dosform))
        .set_opt(Field::SaleChrgitmLv, drug.map(|drug| drug.chrgitm_lv.code()))
        .set(Field::SaleListFlag, gate::listed(drug, ctx.now.day()));
}

/// The day on which the last row of a sale left the shelf, never after today.
pub(crate) fn left_on(lines: &[SaleLine], now: Moment) -> Day {
    lines.iter().map(|line| line.stoout_time).max().map_or(now, |left| left.min(now)).day()
}

/// The trace codes that the sale takes for itself.
pub(crate) fn claims(hi_rxno: &HiRxno, lines: &[SaleLine]) -> Vec<Claim> {
    let mut keys: Vec<_> = lines.iter().filter_map(|line| line.drug_trac_codg.as_ref()).collect();
    keys.sort();
    let claim = |key: &lf_vocab::DrugTracCodg| Claim {
        kind: ClaimKind::DrugTracCodg,
        key: key.to_string(),
        owner: hi_rxno.to_string(),
    };
    keys.into_iter().map(claim).collect()
}

fn same_sale<'a>(rx: &'a Prescription, command: &Command, pharmacy: &FixmedinsCode) -> Option<&'a Sold> {
    let (passed, sold) = (rx.state.passed()?, rx.state.sold().filter(|_| rx.state.dispensed())?);
    let same = passed.downloaded.fixmedins_code == *pharmacy
        && passed.reviewed.rx_chk_biz_sn == command.rx_chk_biz_sn
        && sold.hi_feesetl_flag == command.hi_feesetl_flag
        && sold.psn_cash_pay == command.psn_cash_pay
        && sold.lines == command.lines;
    same.then_some(sold)
}
