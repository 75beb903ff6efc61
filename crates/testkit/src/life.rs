//! The life of one prescription, step by step: each step builds its command from what the steps before answered,
//! so that a test writes down only what is unusual.

mod clinic;
mod commands;
mod content;

use lf_center::t7101_precheck::Stated;
use lf_center::{
    Answer, Failure, t2101_quote, t2102_settle, t2103_refund, t7101_precheck, t7102_sign, t7103_upload, t7104_undo,
    t7201_authorise, t7204_download, t7205_verify, t7206_review, t7207_sell, t7208_undo_sale, t7209_deliver,
    t7210_sign_off,
};
use lf_ports::Person;
use lf_rx::RxContent;
use lf_vocab::dict::{AcctUsedFlag, HiFeesetlFlag, RxChkStasCodg};
use lf_vocab::{HiRxno, RxTraceCode};

pub use content::{Item, content};

use crate::center::TestCenter;
use crate::region::{HOSPITAL, PHARMACY};

/// Parses what a test writes down.
///
/// # Panics
/// When it is no such thing: the test is wrong then.
pub fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is not a {}", std::any::type_name::<T>()))
}

/// How far a life goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// 7101.
    Prechecked,
    /// 7102.
    Signed,
    /// 7103.
    Uploaded,
    /// 7201.
    Authorised,
    /// 7204.
    Downloaded,
    /// 7205.
    Verified,
    /// 7206, passed.
    Reviewed,
    /// 7207.
    Sold,
    /// 2102.
    Settled,
    /// 2103.
    Refunded,
}

/// One prescription, what was answered so far, and what a test may set before a step.
pub struct Life<'c> {
    /// The center.
    pub center: &'c TestCenter,
    /// The insured person.
    pub person: Person,
    /// The institution.
    pub hospital: String,
    /// The pharmacy.
    pub pharmacy: String,
    /// What the prescription says.
    pub content: RxContent,
    /// What its free fields state for the law.
    pub stated: Stated,
    /// What is stated with the upload.
    pub upload_flags: Vec<(&'static str, bool)>,
    /// What is bought; the basis of sale and settlement.
    pub items: Vec<Item>,
    /// Insured or self-paid.
    pub hi_feesetl_flag: HiFeesetlFlag,
    /// Whether the personal account pays.
    pub acct_used_flag: AcctUsedFlag,
    /// The numbers (7101).
    pub numbers: Option<(HiRxno, RxTraceCode)>,
    /// The signature (7102).
    pub sign_digest: String,
    /// The token and its number (7201).
    pub token: (String, String),
    /// 处方签名验签流水号 (7205).
    pub rx_sign_verify_sn: String,
    /// 处方审核业务流水号 (7206).
    pub rx_chk_biz_sn: String,
    /// 销售出库流水号 (7207).
    pub sel_stoout_sn: String,
    /// 结算ID and 就诊ID (2102).
    pub setl: (String, String),
    /// Makes trace codes and numbers of this life its own.
    pub number: u32,
}

impl<'c> Life<'c> {
    pub(crate) fn new(center: &'c TestCenter, person: Person, number: u32) -> Self {
        let items = vec![Item::amoxicillin()];
        let content = content(&person, center.now(), &format!("CF{number:06}"), &items);
        Self {
            center,
            person,
            hospital: HOSPITAL.to_owned(),
            pharmacy: PHARMACY.to_owned(),
            content,
            stated: Stated::default(),
            upload_flags: Vec::new(),
            items,
            hi_feesetl_flag: HiFeesetlFlag::Insured,
            acct_used_flag: AcctUsedFlag::No,
            numbers: None,
            sign_digest: String::new(),
            token: Default::default(),
            rx_sign_verify_sn: String::new(),
            rx_chk_biz_sn: String::new(),
            sel_stoout_sn: String::new(),
            setl: Default::default(),
            number,
        }
    }

    /// Prescribes (and buys) other things.
    pub fn of(mut self, items: Vec<Item>) -> Self {
        self.content = content(&self.person, self.center.now(), &self.content.head.hosp_rxno, &items);
        self.items = items;
        self
    }

    /// Runs the steps from the first to this one.
    ///
    /// # Panics
    /// When one of them is refused.
    pub async fn up_to(mut self, step: Step) -> Self {
        macro_rules! run {
            ($($at:ident $method:ident),+ $(,)?) => {
                $(if step >= Step::$at {
                    if let Err(failure) = self.$method().await {
                        panic!("{}: {failure:?}", stringify!($method));
                    }
                })+
            };
        }
        run!(
            Prechecked precheck, Signed sign, Uploaded upload, Authorised authorise, Downloaded download,
            Verified verify, Reviewed review, Sold sell, Settled settle, Refunded refund,
        );
        self
    }

    /// The number of the prescription.
    ///
    /// # Panics
    /// Before 7101.
    pub fn hi_rxno(&self) -> HiRxno {
        match &self.numbers {
            Some((hi_rxno, _)) => hi_rxno.clone(),
            None => panic!("7101 has not been answered yet"),
        }
    }

    /// 7101.
    ///
    /// # Errors
    /// The use case's.
    pub async fn precheck(&mut self) -> Result<Answer<t7101_precheck::Reply>, Failure> {
        let command = self.precheck_command();
        let ctx = self.ctx(&self.hospital, &command).await;
        let answer = self.center.center.t7101_precheck(&ctx, &command).await?;
        self.numbers = Some((answer.reply.hi_rxno.clone(), answer.reply.rx_trace_code.clone()));
        Ok(answer)
    }

    /// 7102.
    ///
    /// # Errors
    /// The use case's.
    pub async fn sign(&mut self) -> Result<Answer<t7102_sign::Reply>, Failure> {
        let command = self.sign_command();
        let ctx = self.ctx(&self.hospital, &command).await;
        let answer = self.center.center.t7102_sign(&ctx, &command).await?;
        self.sign_digest.clone_from(&answer.reply.sign_digest);
        Ok(answer)
    }

    /// 7103.
    ///
    /// # Errors
    /// The use case's.
    pub async fn upload(&mut self) -> Result<Answer<t7103_upload::Reply>, Failure> {
        let command = self.upload_command();
        let ctx = self.ctx(&self.hospital, &command).await;
        self.center.center.t7103_upload(&ctx, &command).await
    }

    /// 7104.
    ///
    /// # Errors
    /// The use case's.
    pub async fn undo(&mut self) -> Result<Answer<t7104_undo::Reply>, Failure> {
        let command = self.undo_command();
        let ctx = self.ctx(&self.hospital, &command).await;
        self.center.center.t7104_undo(&ctx, &command).await
    }

    /// 7201; remembers the token of this prescription.
    ///
    /// # Errors
    /// The use case's.
    pub async fn authorise(&mut self) -> Result<Answer<t7201_authorise::Reply>, Failure> {
        let command = self.authorise_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        let answer = self.center.center.t7201_authorise(&ctx, &command).await?;
        // Prescriptions are shown without their number; the one of this life is told by its moment and order.
        let batch_no = answer.reply.list.first().and_then(|shown| shown.epc_token.get(6..38)).unwrap_or_default();
        let batch =
            lf_ports::Store::batch(self.center.store.as_ref(), ctx.caller.fixmedins.poolarea_no, batch_no).await?;
        let entries = batch.map(|batch| batch.entries).unwrap_or_default();
        if let Some(entry) =
            entries.into_iter().find(|entry| Some(&entry.hi_rxno) == self.numbers.as_ref().map(|n| &n.0))
        {
            self.token = (entry.epc_token, entry.auth_rxno);
        }
        Ok(answer)
    }

    /// 7204.
    ///
    /// # Errors
    /// The use case's.
    pub async fn download(&mut self) -> Result<Answer<t7204_download::Reply>, Failure> {
        let command = self.download_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        self.center.center.t7204_download(&ctx, &command).await
    }

    /// 7205.
    ///
    /// # Errors
    /// The use case's.
    pub async fn verify(&mut self) -> Result<Answer<t7205_verify::Reply>, Failure> {
        let command = self.verify_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        let answer = self.center.center.t7205_verify(&ctx, &command).await?;
        self.rx_sign_verify_sn.clone_from(&answer.reply.rx_sign_verify_sn);
        Ok(answer)
    }

    /// 7206, passed.
    ///
    /// # Errors
    /// The use case's.
    pub async fn review(&mut self) -> Result<Answer<t7206_review::Reply>, Failure> {
        let command = self.review_command(RxChkStasCodg::Passed);
        let ctx = self.ctx(&self.pharmacy, &command).await;
        let answer = self.center.center.t7206_review(&ctx, &command).await?;
        self.rx_chk_biz_sn.clone_from(&answer.reply.rx_chk_biz_sn);
        Ok(answer)
    }

    /// 7207.
    ///
    /// # Errors
    /// The use case's.
    pub async fn sell(&mut self) -> Result<Answer<t7207_sell::Reply>, Failure> {
        let command = self.sell_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        let answer = self.center.center.t7207_sell(&ctx, &command).await?;
        self.sel_stoout_sn.clone_from(&answer.reply.sel_stoout_sn);
        Ok(answer)
    }

    /// 7208.
    ///
    /// # Errors
    /// The use case's.
    pub async fn undo_sale(&mut self) -> Result<Answer<t7208_undo_sale::Reply>, Failure> {
        let command = self.undo_sale_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        self.center.center.t7208_undo_sale(&ctx, &command).await
    }

    /// 7209.
    ///
    /// # Errors
    /// The use case's.
    pub async fn deliver(&self, command: &t7209_deliver::Command) -> Result<Answer<t7209_deliver::Reply>, Failure> {
        // Names stay out of `Debug`, so the meaning is the text that is stored.
        let ctx = self.ctx(&self.pharmacy, &serde_json::to_string(&command.step)).await;
        self.center.center.t7209_deliver(&ctx, command).await
    }

    /// 7210.
    ///
    /// # Errors
    /// The use case's.
    pub async fn sign_off(&self, command: &t7210_sign_off::Command) -> Result<Answer<t7209_deliver::Reply>, Failure> {
        let ctx = self.ctx(&self.pharmacy, &serde_json::to_string(&command.signed)).await;
        self.center.center.t7210_sign_off(&ctx, command).await
    }

    /// 2101.
    ///
    /// # Errors
    /// The use case's.
    pub async fn quote(&mut self) -> Result<Answer<t2101_quote::Reply>, Failure> {
        let command = self.settle_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        self.center.center.t2101_quote(&ctx, &command).await
    }

    /// 2102.
    ///
    /// # Errors
    /// The use case's.
    pub async fn settle(&mut self) -> Result<Answer<t2102_settle::Reply>, Failure> {
        let command = self.settle_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        let answer = self.center.center.t2102_settle(&ctx, &command).await?;
        self.setl = (answer.reply.setl.setl_id.clone(), answer.reply.setl.mdtrt_id.clone());
        Ok(answer)
    }

    /// 2103.
    ///
    /// # Errors
    /// The use case's.
    pub async fn refund(&mut self) -> Result<Answer<t2103_refund::Reply>, Failure> {
        let command = self.refund_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        self.center.center.t2103_refund(&ctx, &command).await
    }

    /// A message of this command from this institution; its text stands for its meaning. The number of the life
    /// is in it, because two lives of one person in one second would otherwise ask the very same.
    pub async fn ctx(&self, code: &str, command: &impl std::fmt::Debug) -> lf_center::Ctx {
        self.center.ctx(code, &format!("{} {command:?}", self.number)).await
    }
}
