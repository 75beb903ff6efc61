//! 2101 药店预结算: what a purchase would cost whom, with the provision of every fen. Changes nothing.
//!
//! Serves JX-3.1a, JX-3.4.3b, JX-3.5a, JX-4.1.3c at the gate `settle`; 2102 uses the same computation, so that a
//! settlement can differ from its quote only when the accumulators moved in between.

use lf_law::{Facts, Field, Gate, Scope};
use lf_ports::{Acct, AccumKey, AccumRow, Drug, Person, PersonKey};
use lf_rx::decide::settle::{self, SettleRefusal};
use lf_rx::event::Sold;
use lf_rx::{Prescription, Refusal, RxContent};
use lf_settle::{Accumulator, Case, Shares, quote};
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv, Insutype};
use lf_vocab::{Certno, DrugTracCodg, Fen, FixmedinsKind, HiRxno, MedListCodg, Moment, Pric, PsnNo, Qty};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::people::PersonRefusal;
use crate::scheme::pharmacy_scheme;
use crate::t7102_sign::RxRefusal;
use crate::{Center, gate};

/// A purchase to be settled (2101, 2102).
#[derive(Debug, Clone)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 就诊凭证类型.
    pub mdtrt_cert_type: String,
    /// 就诊凭证编号.
    pub mdtrt_cert_no: String,
    /// 证件号码, where sent.
    pub certno: Option<Certno>,
    /// 姓名, where sent.
    pub psn_name: Option<String>,
    /// 购药时间.
    pub begntime: Moment,
    /// 医疗费总额 as claimed.
    pub medfee_sumamt: Fen,
    /// 险种.
    pub insutype: Insutype,
    /// 医疗类别.
    pub med_type: String,
    /// 个人账户使用标志.
    pub acct_used_flag: AcctUsedFlag,
    /// The lines.
    pub lines: Vec<FeeLine>,
    /// What the counter states beyond the interface's own fields.
    pub stated: Stated,
}

/// A line of 2101/2102.
#[derive(Debug, Clone)]
pub struct FeeLine {
    /// 费用明细流水号.
    pub feedetl_sn: String,
    /// 处方号.
    pub rxno: Option<String>,
    /// 外购处方标志.
    pub rx_circ_flag: bool,
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 明细项目费用总额.
    pub det_item_fee_sumamt: Fen,
    /// In the unit in which the doctor prescribed (`drug_dosunt`).
    pub cnt: Qty,
    /// Per that unit.
    pub pric: Pric,
    /// 追溯码.
    pub drug_trac_codg: Vec<DrugTracCodg>,
}

/// The interface has no field for these; a counter states them in `exp_content` as JSON (docs/open-questions.md).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// 处方打印时间 (JX-3.4.3b).
    pub print_time: Option<Moment>,
    /// 人证相符 (JX-4.1.3b).
    pub psn_match_flag: Option<bool>,
    /// 结算影像索引 (JX-1.4).
    pub media_ref: Option<String>,
    /// 执业药师在岗 (JX-1.2).
    pub phar_duty_flag: Option<bool>,
}

/// A computed purchase.
#[derive(Debug, Clone)]
pub struct Priced {
    /// The prescription that is paid.
    pub rx: Prescription,
    /// The sale that is paid.
    pub sold: Sold,
    /// Whose.
    pub person: Person,
    /// Who pays what.
    pub shares: Shares,
    /// Whose accumulator.
    pub accum_key: AccumKey,
    /// As it is before.
    pub accum: Option<AccumRow>,
    /// The account before.
    pub acct: Acct,
    /// Which lines the catalogue knows how.
    pub drugs: Vec<Option<Drug>>,
}

/// The quote.
pub type Reply = Priced;

lf_rx::refusals! {
    /// Why a purchase cannot be settled here (2101, 2102).
    PurchaseRefusal {
        NotOppool = "RX-2102-11", "赣医保字〔2024〕9号 一", "本药店未开通门诊统筹服务";
        MedType(String) = "RX-2102-12", "规则包", "医疗类别{0}在药店的待遇尚未形成规则";
        FamilyAccount = "RX-2102-13", "规则包", "家庭共济账户支付尚未形成规则";
        NoRxno = "RX-2102-14", "赣医保字〔2024〕9号 三（三）", "门诊统筹购药须凭流转处方，明细缺少处方号或外购处方标志";
        SeveralRxno = "RX-2102-15", "赣医保字〔2024〕9号 三（一）单次结算", "一次结算只能对应一张处方";
        CertType = "RX-2102-16", "接口规范 2102 mdtrt_cert_type", "暂不支持以该类就诊凭证结算，请使用医保电子凭证或居民身份证";
        PsnNoDiffers = "RX-2102-17", "接口规范 2102 psn_no", "人员编号与就诊凭证不符";
        InsutypeDiffers = "RX-2102-18", "接口规范 2102 insutype", "险种类型与参保信息不符";
    }
}

/// 普通门诊, 定点药店购药, and 门诊统筹 as some places number it.
const MED_TYPES: [&str; 3] = ["11", "41", "110104"];

impl Center {
    /// 2101. Errors: [`PurchaseRefusal`], [`SettleRefusal`], the person's, the law's, the amounts'.
    pub async fn t2101_quote(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        self.price(ctx, command).await
    }

    /// The computation that quote and settlement share.
    pub(crate) async fn price(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Priced>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &ctx.code().clone())?;
        let hi_rxno = self.admissible(ctx, command)?;
        let key = person_key(command)?;
        let (rx, content, person) =
            tokio::try_join!(self.store.rx(&hi_rxno), self.store.rx_content(&hi_rxno), self.store.person(&key))?;
        let Some(person) = person else { return refused(PersonRefusal::Unknown) };
        check_person(&person, command, ctx)?;
        let (Some(rx), Some(content)) = (rx, content) else { return refused(RxRefusal::Unknown) };
        let sold = settle::may_settle(&rx, ctx.code(), person.poolarea_no, &person.psn_no)
            .map_err(Failure::from_refusal)?
            .clone();
        let packings = self.packings(&content).await?;
        compare_fees(&content, &packings, &sold, command).map_err(Failure::from_refusal)?;
        let codes: Vec<_> = command.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let drugs = self.store.drugs(&codes).await?;
        let reminders = self.ask_settle(ctx, command, &content, &sold, &drugs)?;
        let priced = self.compute(ctx, command, (rx, content, sold), person, drugs).await?;
        Ok(Answer { reply: priced, reminders })
    }

    fn admissible(&self, ctx: &Ctx, command: &Command) -> Result<HiRxno, Failure> {
        lf_vocab::covers!("JX-3.1a");
        if !ctx.caller.fixmedins.oppool {
            return refused(PurchaseRefusal::NotOppool);
        }
        if !MED_TYPES.contains(&command.med_type.as_str()) {
            return refused(PurchaseRefusal::MedType(command.med_type.clone()));
        }
        if command.acct_used_flag == AcctUsedFlag::Family {
            return refused(PurchaseRefusal::FamilyAccount);
        }
        let numbers = command.lines.iter().map(|line| line.rxno.as_deref().filter(|_| line.rx_circ_flag));
        let Some(numbers) = numbers.collect::<Option<Vec<_>>>() else { return refused(PurchaseRefusal::NoRxno) };
        let Some(first) = numbers.first() else { return refused(PurchaseRefusal::NoRxno) };
        if numbers.iter().any(|number| number != first) {
            return refused(PurchaseRefusal::SeveralRxno);
        }
        first.parse().map_err(|_| Failure::from_refusal(RxRefusal::Unknown))
    }

    fn ask_settle(
        &self,
        ctx: &Ctx,
        command: &Command,
        content: &RxContent,
        sold: &Sold,
        drugs: &[Option<Drug>],
    ) -> Result<Vec<Refusal>, Failure> {
        let left = sold.lines.iter().map(|line| line.stoout_time).max().unwrap_or(ctx.now);
        let stated = &command.stated;
        let mut facts = Facts::new();
        facts
            .set(Field::SetlTime, ctx.now)
            .set(Field::PrscTime, content.head.prsc_time)
            .set(Field::StooutTime, left)
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set(Field::Insutype, command.insutype.code())
            .set(Field::MedType, command.med_type.as_str())
            .set_opt(Field::RxExraAttrCode, content.head.rx_exra_attr_code.as_deref())
            .set(Field::SetlCnt, 0i64)
            .set(Field::FundFlag, true)
            .set(Field::RxLineMissCnt, 0i64)
            .set(Field::RxChkStasCodg, "1")
            .set(Field::ValiEndTime, content.head.vali_end_time)
            .set_opt(Field::PrintTime, stated.print_time)
            .set_opt(Field::PrintFlag, stated.print_time.map(|time| time <= ctx.now))
            .set_opt(Field::PsnMatchFlag, stated.psn_match_flag)
            .set_opt(Field::MediaRefFlag, stated.media_ref.as_ref().map(|_| true))
            .set_opt(Field::PharDutyFlag, stated.phar_duty_flag);
        for (line, drug) in command.lines.iter().zip(drugs) {
            put_fee(&mut facts, line, drug.as_ref(), uplmt(content, line, drug.as_ref()), ctx);
        }
        gate::ask(&self.law, Gate::Settle, ctx, &facts)
    }

    async fn compute(
        &self,
        ctx: &Ctx,
        command: &Command,
        (rx, content, sold): (Prescription, RxContent, Sold),
        person: Person,
        drugs: Vec<Option<Drug>>,
    ) -> Result<Priced, Failure> {
        let day = ctx.now.day();
        let scheme = pharmacy_scheme(&self.law, person.poolarea_no, day, person.insutype, person.psn_type)?;
        let accum_key = AccumKey {
            poolarea_no: person.poolarea_no,
            psn_no: person.psn_no.clone(),
            year: day.year(),
            scheme: scheme.code.clone(),
        };
        let (accum, acct) =
            tokio::try_join!(self.store.accum(&accum_key), self.store.acct(person.poolarea_no, &person.psn_no))?;
        let fresh = Accumulator::new(day.year());
        let before = accum.as_ref().map_or(&fresh, |row| &row.accum);
        let case = Case {
            lines: settle_lines(command, &content, &drugs, day),
            day,
            medfee_sumamt: command.medfee_sumamt,
            acct: command.acct_used_flag,
            acct_balance: acct.balc,
        };
        let shares = quote(&scheme, before, &case).map_err(|refusal| amount_failure(&refusal))?;
        Ok(Priced { rx, sold, person, shares, accum_key, accum, acct, drugs })
    }
}

fn amount_failure(refusal: &lf_settle::Refusal) -> Failure {
    Failure::Refused(vec![Refusal {
        code: refusal.code().to_owned(),
        source: "接口规范 2101/2102 金额勾稽关系".to_owned(),
        sentence: refusal.to_string(),
        field: None,
        provision: None,
        quote: None,
    }])
}

fn person_key(command: &Command) -> Result<PersonKey, Failure> {
    match command.mdtrt_cert_type.as_str() {
        "01" => Ok(PersonKey::EcToken(command.mdtrt_cert_no.clone())),
        "02" => match command.mdtrt_cert_no.parse() {
            Ok(certno) => Ok(PersonKey::Cert("01".to_owned(), certno)),
            Err(_) => refused(PersonRefusal::Unknown),
        },
        _ => refused(PurchaseRefusal::CertType),
    }
}

fn check_person(person: &Person, command: &Command, ctx: &Ctx) -> Result<(), Failure> {
    if person.psn_no != command.psn_no {
        return refused(PurchaseRefusal::PsnNoDiffers);
    }
    if command.psn_name.as_ref().is_some_and(|name| *name != person.psn_name) {
        return refused(PersonRefusal::NameDiffers);
    }
    if command.certno.as_ref().is_some_and(|certno| *certno != person.certno) {
        return refused(PersonRefusal::CertDiffers);
    }
    if person.insutype != command.insutype {
        return refused(PurchaseRefusal::InsutypeDiffers);
    }
    if person.insured.contains(ctx.now.day()) { Ok(()) } else { refused(PersonRefusal::NotInsured) }
}

/// Whether a prescribed drug counts in packs, and how many units a pack has.
fn units_a_pack(content: &RxContent, code: &MedListCodg, drug: Option<&Drug>) -> Option<Qty> {
    let prescribed = content.rxdrugdetail.iter().find(|drug| drug.med_list_codg == *code)?;
    let drug = drug?;
    (prescribed.drug_dosunt != drug.min_pacunt).then_some(drug.min_pac_cnt)
}

/// JX-3.5a at the till: what is charged is what left the shelf, drug by drug, in the prescribed unit.
fn compare_fees(
    content: &RxContent,
    packings: &[Option<lf_rx::decide::sale::Packing>],
    sold: &Sold,
    command: &Command,
) -> Result<(), SettleRefusal> {
    let total = |code: &MedListCodg| sum(command.lines.iter().filter(|l| l.med_list_codg == *code).map(|l| l.cnt));
    let packs =
        |code: &MedListCodg| sum(sold.lines.iter().filter(|l| l.med_list_codg == *code).map(|l| l.drug_totlcnt));
    if let Some(line) = command.lines.iter().find(|line| packs(&line.med_list_codg) == Qty::ZERO) {
        return Err(SettleRefusal::LineForeign(line.med_list_codg.to_string()));
    }
    for line in &command.lines {
        let code = &line.med_list_codg;
        let prescribed = content.rxdrugdetail.iter().zip(packings).find(|(drug, _)| drug.med_list_codg == *code);
        let expected = match prescribed {
            Some((drug, Some(packing))) if drug.drug_dosunt == packing.min_prepunt => drug.drug_cnt,
            _ => packs(code),
        };
        if total(code) != expected {
            return Err(SettleRefusal::LinesDiffer(code.to_string()));
        }
    }
    let unpaid = sold.lines.iter().find(|sold| total(&sold.med_list_codg) == Qty::ZERO);
    if let Some(sold) = unpaid {
        return Err(SettleRefusal::LinesDiffer(sold.med_list_codg.to_string()));
    }
    for line in &command.lines {
        let scanned = |key: &&DrugTracCodg| !sold.lines.iter().any(|l| l.drug_trac_codg.as_ref() == Some(*key));
        if let Some(foreign) = line.drug_trac_codg.iter().find(scanned) {
            return Err(SettleRefusal::TracCodgDiffers(foreign.to_string()));
        }
    }
    Ok(())
}

fn sum(quantities: impl Iterator<Item = Qty>) -> Qty {
    quantities.fold(Qty::ZERO, |sum, qty| sum.checked_add(qty).unwrap_or(Qty::new(i64::MAX)))
}

fn put_fee(facts: &mut Facts<'_>, line: &FeeLine, drug: Option<&Drug>, standard: Option<Pric>, ctx: &Ctx) {
    facts
        .push_line(Scope::Sale)
        .set(Field::SaleMedListCodg, line.med_list_codg.to_string())
        .set_opt(Field::SaleDrugGenname, drug.map(|drug| drug.genname.clone()))
        .set(Field::InRxFlag, true)
        .set(Field::PrscCnt, line.cnt)
        .set(Field::DrugTotlcnt, line.cnt)
        .set(Field::TracCnt, line.drug_trac_codg.len() as i64)
        .set(Field::TracExmpFlag, drug.is_some_and(|drug| drug.trac_exempt))
        .set(Field::Pric, line.pric)
        .set_opt(Field::PayStdPric, standard)
        .set(Field::NegoFlag, drug.is_some_and(|drug| drug.hi_nego))
        .set_opt(Field::SaleChrgitmLv, drug.map(|drug| drug.chrgitm_lv.code()))
        .set(Field::SaleListFlag, gate::listed(drug, ctx.now.day()));
}

fn settle_lines(
    command: &Command,
    content: &RxContent,
    drugs: &[Option<Drug>],
    day: lf_vocab::Day,
) -> Vec<lf_settle::Line> {
    let lines = command.lines.iter().zip(drugs).map(|(line, drug)| {
        let drug = drug.as_ref();
        let prescribed = content.rxdrugdetail.iter().find(|rx_drug| rx_drug.med_list_codg == line.med_list_codg);
        // 审批不通过 is settled as wholly own (7101 hospApprFlag).
        let approved = prescribed.is_none_or(|rx_drug| rx_drug.hosp_appr_flag != "2");
        lf_settle::Line {
            feedetl_sn: line.feedetl_sn.clone(),
            med_list_codg: line.med_list_codg.clone(),
            cnt: line.cnt,
            pric: line.pric,
            det_item_fee_sumamt: line.det_item_fee_sumamt,
            chrgitm_lv: drug.map_or(ChrgitmLv::C, |drug| drug.chrgitm_lv),
            pric_uplmt: uplmt(content, line, drug),
            in_scope: approved && gate::listed(drug, day),
        }
    });
    lines.collect()
}

/// The payment standard in the unit that is charged: per pack, or its share per unit, rounded down.
fn uplmt(content: &RxContent, line: &FeeLine, drug: Option<&Drug>) -> Option<Pric> {
    let standard = drug?.hi_pay_std?;
    match units_a_pack(content, &line.med_list_codg, drug) {
        Some(units) if units.get() > 0 => standard.get().checked_mul(10_000).map(|s| Pric::new(s / units.get())),
        _ => Some(standard),
    }
}
