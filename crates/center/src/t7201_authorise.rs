//! 7201 电子处方线下流转授权: the person shows the credential, the pharmacy gets a token a prescription.
//!
//! Every call makes one batch; downloading one prescription of it lets the others lapse. Serves HB-2.2.

use futures_util::future::try_join_all;
use lf_gm::hex;
use lf_law::Gate;
use lf_ports::{BatchChange, ChangeSet, Person, PersonKey};
use lf_rx::auth::BATCH_MAX;
use lf_rx::decide::carry;
use lf_rx::event::Authorised;
use lf_rx::{AuthBatch, AuthEntry, Event, Prescription, RxContent};
use lf_vocab::{Admdvs, Certno, FixmedinsCode, FixmedinsKind, HiRxno, Moment, PsnNo};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::people::{Claimed, identified};
use crate::{Center, gate, journal};

/// Whose prescriptions are asked for.
#[derive(Debug, Clone)]
pub struct Command {
    /// The pharmacy.
    pub fixmedins_code: FixmedinsCode,
    /// Name.
    pub psn_name: String,
    /// 人员证件类型.
    pub psn_cert_type: String,
    /// 证件号码.
    pub certno: Certno,
    /// The credential's token.
    pub ec_token: Option<String>,
    /// The other way of showing oneself.
    pub reg_sn: Option<String>,
    /// Prescriptions of another place.
    pub out_flag: bool,
}

/// The prescriptions that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Newest first.
    pub list: Vec<Shown>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// 医保处方授权编号.
    pub auth_rxno: String,
    /// 电子处方访问令牌.
    pub epc_token: String,
    /// When the token lapses.
    pub expires_in: Moment,
    /// The institution.
    pub fixmedins_code: FixmedinsCode,
    /// Its name.
    pub fixmedins_name: String,
    /// When prescribed.
    pub prsc_time: Moment,
    /// Department.
    pub dept_name: String,
    /// 病种编码.
    pub dise_codg: Option<String>,
    /// 病种名称.
    pub dise_name: Option<String>,
    /// When its validity ends.
    pub vali_end_time: Moment,
    /// 处方附加属性.
    pub rx_exra_attr_code: Option<String>,
}

lf_rx::refusals! {
    /// Why nothing is shown (7201).
    AuthoriseRefusal {
        BothCredentials = "RX-7201-11", "接口规范 7201 ecToken/regSn", "电子凭证令牌和身份登记流水号只能传其一";
        NoCredential = "RX-7201-12", "接口规范 7201 ecToken/regSn", "电子凭证令牌和身份登记流水号必须传其一";
        NoManualRegister = "RX-7201-13", "接口规范 7201 regSn", "本中心尚未开通人工核验身份登记，请使用医保电子凭证";
        OtherPlace = "RX-7201-14", "接口规范 7201 outFlag", "本中心尚未开通异地处方查询";
    }
}

impl Center {
    /// 7201. Errors: [`AuthoriseRefusal`], the person's, the caller's.
    pub async fn t7201_authorise(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect(FixmedinsKind::Pharmacy, &command.fixmedins_code)?;
        match (&command.ec_token, &command.reg_sn) {
            (Some(_), Some(_)) => return refused(AuthoriseRefusal::BothCredentials),
            (None, None) => return refused(AuthoriseRefusal::NoCredential),
            (None, Some(_)) => return refused(AuthoriseRefusal::NoManualRegister),
            (Some(_), None) if command.out_flag => return refused(AuthoriseRefusal::OtherPlace),
            (Some(_), None) => {}
        }
        self.attempts(ctx, || self.try_authorise(ctx, command)).await
    }

    /// The credential is all that is asked, wherever the person is insured: nobody carries a paper.
    async fn try_authorise(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Attempt> {
        lf_vocab::covers!("WH-4.3");
        let key = ctx.exact_key("7201");
        let cert = PersonKey::Cert(command.psn_cert_type.clone(), command.certno.clone());
        let (idem, person) = tokio::try_join!(self.store.idem(&key), self.store.person(&cert))?;
        if let Some(answer) = ctx.answered(idem)? {
            return Ok(answer);
        }
        let claimed = Claimed {
            psn_cert_type: &command.psn_cert_type,
            certno: &command.certno,
            psn_name: &command.psn_name,
            psn_no: None,
            ec_token: command.ec_token.as_deref(),
            card: None,
        };
        let person = identified(person, &claimed, ctx.now)?;
        let poolarea_no = ctx.caller.fixmedins.poolarea_no;
        let carriable = self.carriable(ctx, &person).await?;
        let (mut changes, reply) = self.show(ctx, (poolarea_no, &person.psn_no), &carriable)?;
        let answer = Answer::from(reply);
        ctx.remember(key, &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// What of a person's may flow to the calling pharmacy now, newest first, with what each says.
    pub(crate) async fn carriable(
        &self,
        ctx: &Ctx,
        person: &Person,
    ) -> Result<Vec<(Prescription, RxContent)>, Failure> {
        let poolarea_no = ctx.caller.fixmedins.poolarea_no;
        let found = self.store.rx_of_person(poolarea_no, &person.psn_no, BATCH_MAX).await?;
        // The register of the pharmacy's 统筹区 may hold the same number of another 统筹区's person.
        let own = found.into_iter().filter(|rx| rx.opened.insu_poolarea_no == person.poolarea_no);
        let own: Vec<_> = own.filter(|rx| carry::may_carry(rx, ctx.now).is_ok()).collect();
        let beside = try_join_all(own.iter().map(|rx| self.beside_carry(rx, ctx))).await?;
        let mut carriable = Vec::with_capacity(own.len());
        for (rx, (pair, content)) in own.into_iter().zip(beside) {
            // What may not be carried is not shown; a law that has no answer is told.
            match gate::ask(&self.law, Gate::Authorise, ctx, &gate::carry_facts(&rx, ctx, pair)) {
                Ok(_) => carriable.push((rx, content)),
                Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(carriable)
    }

    /// Whether the agreement stands under which a prescription was consulted, and what it says.
    pub(crate) async fn beside_carry(
        &self,
        rx: &Prescription,
        ctx: &Ctx,
    ) -> Result<(Option<bool>, RxContent), Failure> {
        let asked = tokio::try_join!(self.consulted_here(rx, ctx), self.store.rx_content(&rx.hi_rxno));
        let (pair, content) = asked?;
        let content = content.ok_or_else(|| Failure::Broken(format!("{}: content missing", rx.hi_rxno)))?;
        Ok((pair, content))
    }

    /// One batch over these prescriptions, and what the pharmacy sees of them.
    pub(crate) fn show(
        &self,
        ctx: &Ctx,
        (poolarea_no, psn_no): (Admdvs, &PsnNo),
        carriable: &[(Prescription, RxContent)],
    ) -> Result<(ChangeSet, Reply), Attempt> {
        let batch_no = hex::lower(&self.chance.draw());
        let expires_in = ctx.now.plus_seconds(self.settings.token_minutes * 60);
        let mut changes = ChangeSet::default();
        let mut list = Vec::new();
        let mut entries = Vec::new();
        for (at, (rx, content)) in carriable.iter().enumerate() {
            let entry = self.entry(poolarea_no, &batch_no, at, &rx.hi_rxno);
            let event = Event::Authorised(Authorised {
                fixmedins_code: ctx.code().clone(),
                auth_rxno: entry.auth_rxno.clone(),
                expires_in,
            });
            changes.rx.push(journal::advance(rx, &event, ctx.now)?);
            list.push(shown(rx, content, &entry, expires_in));
            entries.push(entry);
        }
        if !entries.is_empty() {
            let batch = AuthBatch {
                batch_no,
                poolarea_no,
                fixmedins_code: ctx.code().clone(),
                psn_no: psn_no.clone(),
                expires_in,
                entries,
                taken: None,
                epc_chnl_id: None,
            };
            changes.batch = Some(BatchChange { batch, new: true });
        }
        Ok((changes, Reply { list }))
    }

    /// The token begins with partition and batch, so that it can be found; its tail cannot be guessed.
    fn entry(&self, poolarea_no: Admdvs, batch_no: &str, at: usize, hi_rxno: &HiRxno) -> AuthEntry {
        let tail = hex::lower(&self.chance.draw());
        AuthEntry {
            auth_rxno: format!("{}{:02}", &batch_no[..24], at),
            epc_token: format!("{poolarea_no}{batch_no}{tail}"),
            hi_rxno: hi_rxno.clone(),
        }
    }
}

fn shown(rx: &Prescription, content: &RxContent, entry: &AuthEntry, expires_in: Moment) -> Shown {
    let visit = &content.mdtrtinfo;
    Shown {
        auth_rxno: entry.auth_rxno.clone(),
        epc_token: entry.epc_token.clone(),
        expires_in,
        fixmedins_code: rx.opened.fixmedins_code.clone(),
        fixmedins_name: visit.fixmedins_name.clone(),
        prsc_time: rx.opened.prsc_time,
        dept_name: visit.prsc_dept_name.clone(),
        dise_codg: visit.dise_codg.clone(),
        dise_name: visit.dise_name.clone(),
        vali_end_time: rx.opened.vali_end_time,
        rx_exra_attr_code: content.head.rx_exra_attr_code.clone(),
    }
}
