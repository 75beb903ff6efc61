//! 2101 药店预结算: what a purchase would cost whom, with the provision of every fen. Changes nothing.
//!
//! Serves JX-3.1a, JX-3.4.3b, JX-3.5a, JX-4.1.3c at the gate `settle`; 2102 uses the same computation, so that a
//! settlement can differ from its quote only when the accumulators moved in between.

use lf_law::{Facts, Field, Gate};
use lf_ports::{Acct, AccumKey, AccumRow, Person, PersonKey, SetlPaper, StoreError};
use lf_rx::decide::settle;
use lf_rx::event::AtCounter;
use lf_rx::{Prescription, Refusal, RxContent};
use lf_settle::Shares;
use lf_vocab::dict::{AcctUsedFlag, Insutype};
use lf_vocab::{CardSn, Certno, DrugTracCodg, Fen, FixmedinsKind, HiRxno, MedListCodg, Moment, Pric, PsnNo, Qty};

use crate::catalogue::apart;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::filings::Filings;
use crate::people::{MdtrtCert, PersonRefusal};
use crate::t2101_paper::{Paper, PaperRefusal};
use crate::t2101_without_rx::without_rx;
use crate::t7102_sign::RxRefusal;
use crate::t7204_download::{basket_of, prescribed};
use crate::t7207_sell::left_on;
use crate::till::{Laid, Till};
use crate::{Center, gate};

mod counter;
mod known;
mod lines;
mod purse;

pub(crate) use counter::KnownAtCounter;
pub(crate) use known::{Issued, KnownAtTill};
use lines::put_fee;
pub(crate) use lines::{put_delivery, put_drug, put_says, without_delivery};
pub use purse::several;
pub(crate) use purse::{Purse, before_of};

/// A purchase to be settled (2101, 2102).
#[derive(Debug, Clone)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
    /// 就诊凭证类型.
    pub mdtrt_cert_type: String,
    /// 就诊凭证编号.
    pub mdtrt_cert_no: String,
    /// 卡识别码, where sent.
    pub card_sn: Option<CardSn>,
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
    /// The paper prescription that it is made on, where the counter states one.
    pub paper: Option<Paper>,
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
    /// The counter says in the line's `exp_content` that it charges for a delivery (GX-2.2f).
    pub dlv_fee_flag: bool,
}

/// The interface has no field for these; a counter states them in `exp_content` as JSON (docs/open-questions.md).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// 处方打印时间 (JX-3.4.3b).
    pub print_time: Option<Moment>,
    /// 人证相符 (JX-4.1.3b).
    pub psn_match_flag: Option<bool>,
    /// 人脸比对分数, of 100 (JX-4.1.3b).
    pub face_score: Option<i64>,
    /// 人工核对理由 (JX-4.1.3b).
    pub psn_match_rea: Option<String>,
    /// 结算影像索引 (JX-1.4).
    pub media_ref: Option<String>,
    /// SM3 of the recording, lower-case hex.
    pub media_sm3: Option<String>,
    /// 执业药师在岗 (JX-1.2).
    pub phar_duty_flag: Option<bool>,
}

/// A computed purchase.
#[derive(Debug, Clone)]
pub struct Priced {
    /// The prescription that is paid; none where only the personal account pays.
    pub rx: Option<Prescription>,
    /// The paper prescription that is paid.
    pub paper: Option<SetlPaper>,
    /// Whose.
    pub person: Person,
    /// Who pays what.
    pub shares: Shares,
    /// Whose accumulator.
    pub accum_key: AccumKey,
    /// As it is before.
    pub accum: Option<AccumRow>,
    /// The accumulators of the limits that the scheme shares, in its order.
    pub pots: Vec<(AccumKey, Option<AccumRow>)>,
    /// The account before.
    pub acct: Acct,
    /// What is known of the counter.
    pub at_counter: AtCounter,
}

/// The quote.
pub type Reply = Priced;

lf_rx::refusals! {
    /// Why a purchase cannot be settled here (2101, 2102).
    PurchaseRefusal {
        FamilyAccount = "RX-2102-13", "规则包", "家庭共济账户支付尚未形成规则";
        NoRxno = "RX-2102-14", "接口规范 2102 rxno、rx_circ_flag", "按该医疗类别购药须凭流转处方，明细缺少处方号或外购处方标志";
        SeveralRxno = "RX-2102-15", "赣医保字〔2024〕9号 三（一）单次结算", "一次结算只能对应一张处方";
        CertType = "RX-2102-16", "接口规范 2102 mdtrt_cert_type", "暂不支持以该类就诊凭证结算，请使用医保电子凭证、居民身份证或社会保障卡";
        PsnNoDiffers = "RX-2102-17", "接口规范 2102 psn_no", "人员编号与就诊凭证不符";
        InsutypeDiffers = "RX-2102-18", "接口规范 2102 insutype", "险种类型与参保信息不符";
        DeliveryFee = "RX-2102-20", "接口规范 2102 drugdetail", "配送服务费不在处方的销售出库明细中，不能列入医保结算，请另行收取";
        MediaDiffers = "RX-2102-21", "接口规范 9101", "结算影像文件的SM3与填报的不符";
        BillReversed = "RX-2102-22", "接口规范 2103", "本次购药已结算并撤销；再次购药请换用新的msgid，或以新的购药时间、费用明细流水号结算";
        Reimbursed = "RX-2102-23", "本中心 零星报销", "处方的购药费用已申请零星报销，不能再结算";
        MedType(String) = "RX-2102-12", "规则包", "医疗类别{0}在药店的待遇尚未形成规则";
    }
}

/// What a purchase is about: the prescription and its patient.
pub(crate) struct Papers {
    pub(crate) rx: Prescription,
    pub(crate) content: RxContent,
    pub(crate) person: Person,
    /// What is filed of the patient.
    pub(crate) filings: Filings,
}

impl Center {
    /// 2101. Errors: [`PurchaseRefusal`], [`settle::SettleRefusal`], the person's, the law's, the amounts'.
    pub async fn t2101_quote(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        if without_rx(command) {
            return self.price_without_rx(ctx, command).await;
        }
        let papers = self.papers(ctx, command).await??;
        self.price(ctx, command, &papers).await
    }

    /// What a purchase is about, or why it is about nothing; told apart from a store that does not answer, because a
    /// settlement that was answered before is answered again whatever it is about by now.
    pub(crate) async fn papers(&self, ctx: &Ctx, command: &Command) -> Result<Result<Papers, Failure>, StoreError> {
        let (hi_rxno, key) = match self.named(ctx, command) {
            Ok(named) => named,
            Err(failure) => return Ok(Err(failure)),
        };
        let (here, day) = (ctx.caller.fixmedins.poolarea_no, ctx.now.day());
        let (rx, content, person, mut filings) = tokio::try_join!(
            self.store.rx(&hi_rxno),
            self.store.rx_content(&hi_rxno),
            self.store.person(&key),
            // Most people buy where they are insured.
            self.filings(here, &command.psn_no, day, ctx.now)
        )?;
        if let Some(person) = person.as_ref().filter(|person| person.poolarea_no != here) {
            filings = self.filings(person.poolarea_no, &command.psn_no, day, ctx.now).await?;
        }
        Ok(papers(ctx, command, person, rx.zip(content)).map(|papers| Papers { filings, ..papers }))
    }

    fn named(&self, ctx: &Ctx, command: &Command) -> Result<(HiRxno, PersonKey), Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, ctx.code())?;
        let hi_rxno = Self::admissible(command)?;
        let key = Said::from(command).cert.key(PurchaseRefusal::CertType)?;
        Ok((hi_rxno, key))
    }

    /// The computation that quote and settlement share.
    pub(crate) async fn price(&self, ctx: &Ctx, command: &Command, about: &Papers) -> Result<Answer<Priced>, Failure> {
        let Papers { rx, content, person, .. } = about;
        let sold =
            settle::may_settle(rx, ctx.code(), person.poolarea_no, &person.psn_no).map_err(Failure::from_refusal)?;
        let (lines, fees) = without_delivery(&command.lines);
        let codes: Vec<_> = lines.iter().map(|line| line.med_list_codg.clone()).collect();
        let sold_codes: Vec<_> = sold.lines.iter().map(|line| line.med_list_codg.clone()).collect();
        // The fund pays by the catalogue of today; what left the shelf keeps the meaning it had when it was sold, also
        // where a new edition began in between.
        let prescribed_codes = prescribed(content);
        let asked = [
            (&*prescribed_codes, content.head.prsc_time.day()),
            (&*codes, ctx.now.day()),
            (&*sold_codes, left_on(&sold.lines, ctx.now)),
        ];
        let place = ctx.caller.fixmedins.poolarea_no;
        let (found, purse, known, counter, reimbursed) = tokio::try_join!(
            self.priced_each(asked, place),
            self.purse(ctx, command, about),
            self.known_at_till(ctx, &codes, Issued::of(about)),
            self.known_at_counter(ctx, &command.stated, Some(rx)),
            self.reimbursed(rx)
        )?;
        if reimbursed {
            return refused(PurchaseRefusal::Reimbursed);
        }
        if counter.media_differs {
            return refused(PurchaseRefusal::MediaDiffers);
        }
        let [(mut prescribed, _), (mut drugs, prics), (mut sold_drugs, _)] = found.map(apart);
        let [of_rx, of_bill, of_sale] = asked;
        let each = [
            (of_rx.0, of_rx.1, &mut *prescribed),
            (of_bill.0, of_bill.1, &mut *drugs),
            (of_sale.0, of_sale.1, &mut *sold_drugs),
        ];
        self.paid_on_each((person.poolarea_no, ctx.now), each).await?;
        let basket = basket_of(content, &prescribed);
        let (basket, lines) = (&basket, &*lines);
        let laid = Laid { basket, content, sold, sold_drugs: &sold_drugs, lines, drugs: &drugs, prics: &prics };
        let till = Till::lay(&laid).map_err(Failure::from_refusal)?;
        let reminders = self.ask_settle(ctx, command, about, &laid, (&till, &known, &counter))?;
        if !fees.is_empty() {
            return refused(PurchaseRefusal::DeliveryFee);
        }
        let purse = purse?;
        let shares = purse.shares(
            ctx.now.day(),
            command.medfee_sumamt,
            command.acct_used_flag,
            till.settle_lines(ctx.now.day()),
        )?;
        let Purse { accum_key, accum, pots, acct, .. } = purse;
        let (rx, person) = (Some(rx.clone()), person.clone());
        let at_counter = counter.kept(&command.stated);
        let paper = None;
        Ok(Answer { reply: Priced { rx, paper, person, shares, accum_key, accum, pots, acct, at_counter }, reminders })
    }

    fn admissible(command: &Command) -> Result<HiRxno, Failure> {
        lf_vocab::covers!("JX-3.1a");
        if command.acct_used_flag == AcctUsedFlag::Family {
            return refused(PurchaseRefusal::FamilyAccount);
        }
        if command.paper.is_some() {
            return refused(PaperRefusal::Mixed);
        }
        one_rxno(command.lines.iter().map(|line| line.rxno.as_deref().filter(|_| line.rx_circ_flag)))
    }

    fn ask_settle(
        &self,
        ctx: &Ctx,
        command: &Command,
        about: &Papers,
        laid: &Laid<'_>,
        (till, known, counter): (&Till<'_>, &KnownAtTill, &KnownAtCounter),
    ) -> Result<Vec<Refusal>, Failure> {
        lf_vocab::covers!("GX-2.2f");
        let left = laid.sold.lines.iter().map(|line| line.stoout_time).max().unwrap_or(ctx.now);
        let head = &laid.content.head;
        let mut facts = Facts::new();
        facts
            .set(Field::SetlTime, ctx.now)
            .set(Field::PrscTime, head.prsc_time)
            .set(Field::StooutTime, left)
            .set(Field::PharFixmedinsCode, ctx.code().as_str())
            .set(Field::IssPoolareaNo, about.rx.hi_rxno.poolarea_no().to_string())
            .set(Field::PharPoolareaNo, ctx.caller.fixmedins.poolarea_no.as_str())
            .set(Field::PharOppoolFlag, ctx.caller.fixmedins.oppool)
            .set(Field::PharDualchnlFlag, ctx.caller.fixmedins.dualchnl)
            // What is settled here was signed, carried and sold through the center.
            .set(Field::PaperFlag, false)
            .set(Field::Insutype, command.insutype.code())
            .set(Field::MedType, command.med_type.as_str())
            .set_opt(Field::RxExraAttrCode, head.rx_exra_attr_code.as_deref())
            .set(Field::SetlCnt, 0i64)
            .set(Field::FundFlag, true)
            .set(Field::RxLineMissCnt, till.missing())
            .set(Field::RxChkStasCodg, "1")
            .set(Field::ValiEndTime, head.vali_end_time);
        counter.put(&mut facts, ctx, &command.stated);
        let dise = laid.content.mdtrtinfo.dise_codg.as_deref();
        known.put(&mut facts, ctx, (&about.person, &about.filings, dise));
        let codes = laid
            .lines
            .iter()
            .enumerate()
            .map(|(number, line)| std::iter::once(&line.med_list_codg).chain(till.prescribed(number)).collect());
        let qualified = known.qualified(&mut facts, &about.filings, codes, ctx.now.day());
        for (number, (line, drug)) in laid.lines.iter().zip(laid.drugs).enumerate() {
            let line = (line, known.says.get(number), qualified.get(number).copied().flatten());
            put_fee(&mut facts, line, drug.as_ref(), (till, number), ctx.now.day());
        }
        command.lines.iter().filter(|line| line.dlv_fee_flag).for_each(|line| put_delivery(&mut facts, line));
        gate::ask(&self.law, Gate::Settle, ctx, &facts)
    }
}

fn papers(
    ctx: &Ctx,
    command: &Command,
    person: Option<Person>,
    found: Option<(Prescription, RxContent)>,
) -> Result<Papers, Failure> {
    let Some(person) = person else { return refused(Said::from(command).cert.unknown()) };
    check_person(&person, &Said::from(command), ctx)?;
    let Some((rx, content)) = found else { return refused(RxRefusal::Unknown) };
    Ok(Papers { rx, content, person, filings: Filings::default() })
}

/// Amounts that cannot be settled, as a refusal.
pub fn amount_failure(refusal: &lf_settle::Refusal) -> Failure {
    Failure::Refused(vec![Refusal {
        code: refusal.code().to_owned(),
        source: "接口规范 2101/2102 金额勾稽关系".to_owned(),
        sentence: refusal.to_string(),
        field: None,
        provision: None,
        quote: None,
    }])
}

/// The one prescription of all lines; of a line that has none, nothing.
pub(crate) fn one_rxno<'a>(numbers: impl Iterator<Item = Option<&'a str>>) -> Result<HiRxno, Failure> {
    let Some(numbers) = numbers.collect::<Option<Vec<_>>>() else { return refused(PurchaseRefusal::NoRxno) };
    let Some(first) = numbers.first() else { return refused(PurchaseRefusal::NoRxno) };
    if numbers.iter().any(|number| number != first) {
        return refused(PurchaseRefusal::SeveralRxno);
    }
    first.parse().map_err(|_| Failure::from_refusal(RxRefusal::Unknown))
}

/// What a till says of the person whose credential it was shown.
pub(crate) struct Said<'a> {
    pub(crate) cert: MdtrtCert<'a>,
    pub(crate) psn_no: &'a PsnNo,
    pub(crate) psn_name: Option<&'a str>,
    pub(crate) certno: Option<&'a Certno>,
    pub(crate) insutype: Insutype,
}

impl<'a> From<&'a Command> for Said<'a> {
    fn from(command: &'a Command) -> Self {
        Self {
            cert: MdtrtCert::of(&command.mdtrt_cert_type, &command.mdtrt_cert_no, command.card_sn.as_ref()),
            psn_no: &command.psn_no,
            psn_name: command.psn_name.as_deref(),
            certno: command.certno.as_ref(),
            insutype: command.insutype,
        }
    }
}

pub(crate) fn check_person(person: &Person, command: &Said<'_>, ctx: &Ctx) -> Result<(), Failure> {
    command.cert.proves(person).map_err(Failure::from_refusal)?;
    if person.psn_no != *command.psn_no {
        return refused(PurchaseRefusal::PsnNoDiffers);
    }
    if command.psn_name.is_some_and(|name| *name != person.psn_name) {
        return refused(PersonRefusal::NameDiffers);
    }
    if command.certno.is_some_and(|certno| *certno != person.certno) {
        return refused(PersonRefusal::CertDiffers);
    }
    if person.insutype != command.insutype {
        return refused(PurchaseRefusal::InsutypeDiffers);
    }
    if person.insured.contains(ctx.now.day()) { Ok(()) } else { refused(PersonRefusal::NotInsured) }
}
