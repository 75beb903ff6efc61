//! 零星报销: a purchase of prescribed drugs past the center, claimed with papers where the law of the insured's place lets it.
//!
//! Serves DG-3.1c and DG-4.5b. An officer takes a claim in, the law is asked at the gate `claim`, an officer decides. Invariants: a
//! prescription is paid once, by a settlement (2102, 2207) or by a claim, and an invoice by one claim; the amounts are those that 2102
//! would have given on the day of the purchase; accumulators move with the approval, so that nothing is promised twice, and stand as
//! before once it is undone; a place whose law knows no such claim is answered `NotFormalised`.

mod ageing;
mod basket;
mod law;
mod money;

use lf_ports::codec;
use lf_ports::reim::{REIM_NO_MAX, REIM_OWNER, as_copied, rx_paid};
use lf_ports::{ChangeSet, ClaimKind, CommitError, IdemKey, Person, PersonKey, ReimChange, ReimRow};
use lf_rx::{Prescription, State};
use lf_settle::reim::{
    Bought, Checked, Did, Intake, Paper, Prescribed, Refused, Reim, ReimError, ReimState, Step, Undone,
};
use lf_settle::{MAX_LINES, Shares};
use lf_vocab::{Admdvs, Fen, FixmedinsCode, FixmedinsKind, HiRxno, Moment, PaperNo, PsnNo};

pub use ageing::{Ageing, Limits, Since, ageing};

use crate::Center;
use crate::ctx::Answer;
use crate::failure::{Failure, refused};
use crate::people::PersonRefusal;
use crate::t2101_paper::takes_paper;
use crate::t7101_precheck;

lf_rx::refusals! {
    /// Why a claim is not taken in or does not go on.
    ReimRefusal {
        Unknown = "CLM-01", "本中心 零星报销", "没有该受理号的零星报销";
        Taken = "CLM-02", "本中心 零星报销", "该受理号已经用过";
        Number(usize) = "CLM-03", "本中心 零星报销", "受理号应为1至{0}个字母、数字或连字符";
        Step(String) = "CLM-04", "本中心 零星报销", "{0}";
        Lines(usize) = "CLM-05", "本中心 零星报销", "购药明细应为1至{0}行";
        Total(Fen, Fen) = "CLM-06", "本中心 零星报销", "医疗费总额{0}元与明细合计{1}元不符";
        Ahead = "CLM-07", "本中心 零星报销", "购药日期晚于受理日期，或早于开方日期";
        Pharmacy = "CLM-08", "本中心 零星报销", "没有登记该药店";
        RxUnknown = "CLM-09", "本中心 零星报销", "查无该处方，或不是该参保人的处方";
        RxInCenter(String) = "CLM-10", "本中心 零星报销", "开方机构的该编号是电子处方{0}，请以其处方编号办理";
        NotIssued = "CLM-11", "本中心 零星报销", "处方没有上传，或已撤销";
        Settled = "CLM-12", "东医保〔2024〕41号 三(一)", "处方已经结算，不能零星报销";
        Reimbursed = "CLM-13", "东医保〔2024〕41号 三(一)", "处方已由另一笔零星报销办理";
        InvoiceUsed(String) = "CLM-14", "本中心 零星报销", "发票{0}已用于另一笔零星报销";
        Changed(String) = "CLM-15", "本中心 零星报销", "审核之后情况有变，请重新审核：{0}";
        PaperNo = "CLM-16", "本中心 零星报销", "药店可以凭编号结算同一张纸质处方，请填写纸质处方的编号（paper_no）；开方机构没有登记号段、处方笺也没有印编号的，请写明（unnumbered）";
    }
}

/// What an officer takes in.
#[derive(Clone)]
pub struct Asked {
    /// 参保统筹区, which pays.
    pub poolarea_no: Admdvs,
    /// 受理号.
    pub reim_no: String,
    /// Whose.
    pub psn_no: PsnNo,
    /// To which institution the papers were brought.
    pub appy_fixmedins_code: FixmedinsCode,
    /// The prescription.
    pub rx: AskedRx,
    /// The purchase.
    pub bought: Bought,
    /// What stands behind it.
    pub papers: Vec<Paper>,
}

/// The prescription of a claim.
#[derive(Clone)]
pub enum AskedRx {
    /// An electronic one, with the situation in which it was carried as paper, if one is stated.
    InCenter(HiRxno, Option<String>),
    /// One on paper, as an officer reads it, and its 医疗类别.
    OnPaper(Box<Prescribed>, String),
}

/// Who does something, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The officer.
    pub opter_name: &'a str,
    /// Now.
    pub now: Moment,
}

/// What an officer does with a claim.
#[derive(Debug, Clone, Copy)]
pub enum Doing<'a> {
    /// Asks the law.
    Check,
    /// Gives it back to the person, who must bring more; why.
    Return(&'a str),
    /// Takes in what the person brought.
    Supply(&'a [Paper]),
    /// Promises the amounts of now, and the accumulators move; how the conditions were looked into that the center could not see.
    Approve(Option<&'a str>),
    /// Refuses it by an article, and what it held is free.
    Refuse(&'a Refused),
    /// Notes that the money left, and by which voucher.
    Pay(&'a str),
    /// Takes an approval back; the accumulators stand as before, what it held is free.
    Undo {
        /// Why.
        rea: &'a str,
        /// Voucher of the repayment, where it was paid.
        repay_no: Option<&'a str>,
    },
}

/// A claim that was checked.
pub struct Judged {
    /// As it stands.
    pub row: ReimRow,
    /// What it would be paid now, or why it has no amount.
    pub trial: Result<Shares, Failure>,
}

impl Center {
    /// Whether a counter could settle the same paper by its number: where its institution had numbers printed, and where the
    /// pharmacy's place takes paper, unless the form was seen to have none.
    async fn needs_number(&self, paper: &Prescribed, bought: &Bought, now: Moment) -> Result<bool, Failure> {
        let first = format!("{}/1", paper.fixmedins_code);
        if self.store.claim(ClaimKind::PaperRangeNo, &first).await?.is_some() {
            return Ok(true);
        }
        if paper.unnumbered {
            return Ok(false);
        }
        let Some(pharmacy) = self.store.fixmedins(&bought.phar_fixmedins_code).await? else { return Ok(false) };
        let grants = self.grants(pharmacy.poolarea_no, now).await?;
        takes_paper(&self.law, pharmacy.poolarea_no, bought.day.start(), &grants)
    }

    /// Takes a claim in: its prescription and its invoices are nobody else's from now on.
    ///
    /// # Errors
    /// [`ReimRefusal`], [`PersonRefusal`].
    pub async fn reim_add(&self, by: By<'_>, asked: &Asked) -> Result<ReimRow, Failure> {
        lf_vocab::covers!("DG-3.1c");
        check_form(asked, by.now).map_err(Failure::from_refusal)?;
        let person = self.insured(asked.poolarea_no, &asked.psn_no, &asked.bought).await?;
        let pharmacy = self.store.fixmedins(&asked.bought.phar_fixmedins_code).await?;
        if pharmacy.is_none_or(|found| found.fixmedins_code.kind() != FixmedinsKind::Pharmacy) {
            return refused(ReimRefusal::Pharmacy);
        }
        let (rx, med_type) = match &asked.rx {
            AskedRx::InCenter(hi_rxno, situ) => self.prescribed(hi_rxno, situ.as_ref(), &person).await?,
            AskedRx::OnPaper(paper, med_type) => {
                self.not_in_center(paper).await?;
                let numbered = paper.paper_no.is_some() || paper.hosp_rxno.trim().parse::<PaperNo>().is_ok();
                if !numbered && self.needs_number(paper, &asked.bought, by.now).await? {
                    return refused(ReimRefusal::PaperNo);
                }
                let hosp_rxno = as_copied(&paper.hosp_rxno);
                (Prescribed { hi_rxno: None, hosp_rxno, ..(**paper).clone() }, med_type.clone())
            }
        };
        if asked.bought.day < rx.prsc_time.day() {
            return refused(ReimRefusal::Ahead);
        }
        let intake = Intake {
            psn_no: asked.psn_no.clone(),
            appy_time: by.now,
            opter_name: by.opter_name.to_owned(),
            appy_fixmedins_code: asked.appy_fixmedins_code.clone(),
            med_type,
            rx,
            bought: asked.bought.clone(),
            papers: asked.papers.clone(),
        };
        let reim = Reim::new(intake).map_err(step_failure)?;
        let row = ReimRow { poolarea_no: asked.poolarea_no, reim_no: asked.reim_no.clone(), reim };
        let change = ReimChange { row: row.clone() };
        let changes = ChangeSet { claims: row.held(), reim: Some(change), ..ChangeSet::default() };
        match self.store.commit(changes).await {
            Ok(()) => Ok(row),
            Err(CommitError::Stale(_) | CommitError::Repeated(_)) => refused(ReimRefusal::Taken),
            Err(CommitError::Claimed(held)) => refused(match held.kind {
                ClaimKind::Invoice => ReimRefusal::InvoiceUsed(held.key.trim_start_matches('/').to_owned()),
                _ if held.owner.starts_with(REIM_OWNER) => ReimRefusal::Reimbursed,
                _ => ReimRefusal::Settled,
            }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Asks the law, and what it would be paid.
    ///
    /// # Errors
    /// [`ReimRefusal`]; `NotFormalised` where the law of the place knows no such claim.
    pub async fn reim_check(&self, by: By<'_>, place: Admdvs, reim_no: &str) -> Result<Judged, Failure> {
        let row = self.reim_do(by, place, reim_no, Doing::Check).await?;
        let trial = self.reim_price(by.now, &row).await.map(|priced| priced.shares);
        Ok(Judged { row, trial })
    }

    /// One step of a claim with what it changes besides, decided again while others move first.
    ///
    /// # Errors
    /// [`ReimRefusal`]; `NotFormalised` where the law of the place knows no such claim, or its benefits are not known.
    pub async fn reim_do(
        &self,
        by: By<'_>,
        place: Admdvs,
        reim_no: &str,
        doing: Doing<'_>,
    ) -> Result<ReimRow, Failure> {
        for _ in 0..self.settings.attempts_max {
            let Some(row) = self.store.reim(place, reim_no).await? else { return refused(ReimRefusal::Unknown) };
            let (did, changes) = match self.reim_decide(by.now, &row, doing).await {
                // An accumulator that does not fit may be one that the same step, taken twice, moved meanwhile.
                Err(Failure::Broken(_)) if self.reim_moved(&row).await? => continue,
                decided => decided?,
            };
            let step = Step { opter_name: by.opter_name.to_owned(), opt_time: by.now, did };
            let after = ReimRow { reim: row.reim.clone().then(step).map_err(step_failure)?, ..row };
            let change = ReimChange { row: after.clone() };
            match self.store.commit(ChangeSet { reim: Some(change), ..changes }).await {
                Ok(()) => return Ok(after),
                Err(CommitError::Stale(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
                Err(other) => return Err(Failure::Broken(format!("a step of a claim: {other}"))),
            }
        }
        Err(Failure::Unavailable("too many writers on the same record".to_owned()))
    }

    async fn reim_decide(&self, now: Moment, row: &ReimRow, doing: Doing<'_>) -> Result<(Did, ChangeSet), Failure> {
        let only = |did| (did, ChangeSet::default());
        let freed = || ChangeSet { releases: row.held(), ..ChangeSet::default() };
        Ok(match doing {
            Doing::Check => only(Did::Checked(self.reim_judge(now, row).await?)),
            Doing::Return(rea) => only(Did::Returned(rea.to_owned())),
            Doing::Supply(papers) => only(Did::Supplied(papers.to_vec())),
            Doing::Approve(looked_into) => {
                self.reim_still(now, row).await?;
                self.reim_price(now, row).await?.promise(looked_into, self.law.edition())?
            }
            Doing::Refuse(why) => (Did::Refused(why.clone()), freed()),
            Doing::Pay(pay_no) => only(Did::Paid(pay_no.to_owned())),
            Doing::Undo { rea, repay_no } => {
                let accum = self.reim_restored(row).await?;
                let undone = Undone { rea: rea.to_owned(), repay_no: repay_no.map(str::to_owned) };
                (Did::Undone(undone), ChangeSet { accum, ..freed() })
            }
        })
    }

    /// Whether a claim went on since it was read.
    async fn reim_moved(&self, row: &ReimRow) -> Result<bool, Failure> {
        let now = self.store.reim(row.poolarea_no, &row.reim_no).await?;
        Ok(now.is_none_or(|now| now.reim.ver() != row.reim.ver()))
    }

    /// That the law still says what the officer read: since then it may have been sold, a filing ended, the law changed.
    async fn reim_still(&self, now: Moment, row: &ReimRow) -> Result<(), Failure> {
        // From any other state the step itself is refused.
        let ReimState::Checked(read) = row.reim.state() else { return Ok(()) };
        if !read.refused.is_empty() {
            return Ok(());
        }
        let Checked { refused: forbidden, reminded, .. } = self.reim_judge(now, row).await?;
        let unread = reminded.into_iter().filter(|text| !read.reminded.contains(text));
        let news: Vec<_> = forbidden.into_iter().chain(unread).collect();
        if news.is_empty() { Ok(()) } else { refused(ReimRefusal::Changed(news.join("；"))) }
    }

    /// The person, insured on the day of the purchase.
    async fn insured(&self, place: Admdvs, psn_no: &PsnNo, bought: &Bought) -> Result<Person, Failure> {
        let found = self.store.person(&PersonKey::PsnNo(place, psn_no.clone())).await?;
        let Some(person) = found else { return refused(PersonRefusal::Unknown) };
        if person.insured.contains(bought.day) { Ok(person) } else { refused(PersonRefusal::NotInsured) }
    }

    /// A prescription of the center as a claim has it.
    async fn prescribed(
        &self,
        hi_rxno: &HiRxno,
        situ: Option<&String>,
        person: &Person,
    ) -> Result<(Prescribed, String), Failure> {
        let (rx, content) = tokio::try_join!(self.store.rx(hi_rxno), self.store.rx_content(hi_rxno))?;
        let own =
            |rx: &Prescription| rx.opened.insu_poolarea_no == person.poolarea_no && rx.opened.psn_no == person.psn_no;
        let Some((rx, content)) = rx.filter(own).zip(content) else { return refused(ReimRefusal::RxUnknown) };
        if !issued(&rx.state) {
            return refused(ReimRefusal::NotIssued);
        }
        // One that was settled before claims were known holds nothing that the commit could find.
        if matches!(rx.state, State::Settled { .. }) {
            return refused(ReimRefusal::Settled);
        }
        let lines = self.prescribed_lines(&content).await?;
        let prescribed = Prescribed {
            fixmedins_code: rx.opened.fixmedins_code.clone(),
            hosp_rxno: rx.opened.hosp_rxno.clone(),
            paper_no: None,
            unnumbered: false,
            hi_rxno: Some(hi_rxno.clone()),
            otp_ipt_flag: content.mdtrtinfo.otp_ipt_flag.clone(),
            prsc_time: rx.opened.prsc_time,
            vali_end_time: rx.opened.vali_end_time,
            rx_exra_attr_code: content.head.rx_exra_attr_code.clone(),
            dise_codg: content.mdtrtinfo.dise_codg.clone(),
            paper_situ_code: situ.cloned(),
            lines,
        };
        Ok((prescribed, content.mdtrtinfo.med_type.clone()))
    }

    /// That a paper's number is not that of an electronic prescription, which would be read and paid by its own.
    async fn not_in_center(&self, paper: &Prescribed) -> Result<(), Failure> {
        let written = paper.hosp_rxno.trim();
        for number in [written.to_owned(), as_copied(written), written.to_lowercase()] {
            let key = IdemKey { fixmedins_code: paper.fixmedins_code.clone(), infno: "7101", key: number };
            if let Some(row) = self.store.idem(&key).await? {
                let answer: Answer<t7101_precheck::Reply> = codec::decode(&row.reply, "idem", "reply", &row.key.key)?;
                return refused(ReimRefusal::RxInCenter(answer.reply.hi_rxno.to_string()));
            }
        }
        Ok(())
    }

    /// Whether a claim with papers stands for a prescription.
    pub(crate) async fn reimbursed(&self, rx: &Prescription) -> Result<bool, lf_ports::StoreError> {
        let key = rx_paid(&rx.opened.fixmedins_code, &rx.opened.hosp_rxno, "").key;
        let held = self.store.claim(ClaimKind::RxPaid, &key).await?;
        Ok(held.is_some_and(|held| held.owner.starts_with(REIM_OWNER)))
    }
}

/// Whether a prescription was uploaded, and is not taken back.
fn issued(state: &State) -> bool {
    !matches!(state, State::PreChecked | State::Signed { .. } | State::Revoked { .. })
}

/// What is wrong with a claim in itself.
fn check_form(asked: &Asked, now: Moment) -> Result<(), ReimRefusal> {
    let word = |at: char| at.is_ascii_alphanumeric() || at == '-';
    if !(1..=REIM_NO_MAX).contains(&asked.reim_no.len()) || !asked.reim_no.chars().all(word) {
        return Err(ReimRefusal::Number(REIM_NO_MAX));
    }
    if !(1..=MAX_LINES).contains(&asked.bought.lines.len()) {
        return Err(ReimRefusal::Lines(MAX_LINES));
    }
    if let AskedRx::OnPaper(paper, _) = &asked.rx
        && !(1..=MAX_LINES).contains(&paper.lines.len())
    {
        return Err(ReimRefusal::Step(format!("处方明细应为1至{MAX_LINES}行")));
    }
    let sum = Fen::sum(asked.bought.lines.iter().map(|line| line.det_item_fee_sumamt)).unwrap_or(Fen::new(i64::MAX));
    if sum != asked.bought.medfee_sumamt {
        return Err(ReimRefusal::Total(asked.bought.medfee_sumamt, sum));
    }
    if asked.bought.day > now.day() { Err(ReimRefusal::Ahead) } else { Ok(()) }
}

fn step_failure(error: ReimError) -> Failure {
    Failure::from_refusal(ReimRefusal::Step(error.to_string()))
}
