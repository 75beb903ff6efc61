//! 7202: what a person chose in a channel opens one pharmacy's way to it, for that channel and for a while.

use expect_test::expect;
use lf_center::t7202_online::{Choice, Chosen, Command, OnlineRefusal};
use lf_center::{Ctx, Failure};
use lf_rx::auth::{BATCH_MAX, TokenRefusal};
use lf_rx::refusal::Refused as _;
use lf_testkit::region::{OTHER_PHARMACY, PHARMACY};
use lf_testkit::{Life, Step, TestCenter};
use lf_vocab::HiRxno;

use crate::said::{Said, code, send, with};

/// The app in which people of these tests choose.
const CHANNEL: &str = "CHANNEL1";

async fn channel(life: &Life<'_>) -> Ctx {
    let mut ctx = life.center.ctx(PHARMACY, "choice").await;
    ctx.caller.app_id = CHANNEL.to_owned();
    ctx
}

async fn choose(life: &Life<'_>, hi_rxno: Vec<HiRxno>) -> Result<Chosen, Failure> {
    let choice = Choice { ec_token: life.person.ec_token.clone(), hi_rxno };
    life.center.center.authorise_online(&channel(life).await, &choice).await
}

/// The message of the pharmacy that the person of this life chose.
pub async fn asked(life: &Life<'_>) -> Command {
    let auth_circ_biz_sn = match choose(life, vec![life.hi_rxno()]).await {
        Ok(chosen) => chosen.auth_circ_biz_sn,
        // An agreement that ended lets nobody choose, and its pharmacy asks in vain.
        Err(_) => "0".repeat(38),
    };
    command(life, auth_circ_biz_sn)
}

fn command(life: &Life<'_>, auth_circ_biz_sn: String) -> Command {
    Command {
        hi_rxno: life.hi_rxno(),
        fixmedins_code: PHARMACY.parse().unwrap(),
        auth_circ_biz_sn,
        epc_chnl_id: CHANNEL.to_owned(),
    }
}

#[tokio::test]
async fn what_was_chosen_online_is_fetched_reviewed_sold_and_delivered() {
    let center = TestCenter::new().await;
    let mut life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let message = asked(&life).await;
    assert_eq!(message.auth_circ_biz_sn.len(), 38);
    let answer = send!(life, t7202_online, pharmacy, message.clone()).unwrap().reply;
    // Asked again it is the same token: nothing is written.
    assert_eq!(send!(life, t7202_online, pharmacy, message).unwrap().reply, answer);
    life.token = (answer.epc_token, answer.auth_rxno);
    life.download().await.unwrap();
    life.verify().await.unwrap();
    life.review().await.unwrap();
    life.sell().await.unwrap();
    life.settle().await.unwrap();
    assert!(center.audit().await.passes());
}

#[tokio::test]
async fn t7202_online() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let second = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let mut said = Said::default();
    let message = asked(&life).await;
    let sent = |change: fn(&mut Command)| with(message.clone(), change);
    // Neither made up nor taken from the counter's tokens.
    said.refused(send!(life, t7202_online, pharmacy, sent(|c| c.auth_circ_biz_sn = "360900".to_owned())));
    said.refused(send!(life, t7202_online, pharmacy, sent(|c| c.auth_circ_biz_sn = "长".repeat(13))));
    said.refused(send!(
        life,
        t7202_online,
        pharmacy,
        sent(|c| c.auth_circ_biz_sn = format!("360900{}", "0".repeat(32)))
    ));
    let at_counter = center.life(&center.people.active).up_to(Step::Authorised).await;
    let token = at_counter.token.0.get(..38).unwrap().to_owned();
    said.refused(send!(life, t7202_online, pharmacy, with(message.clone(), |c| c.auth_circ_biz_sn = token)));
    let other = life.center.ctx(OTHER_PHARMACY, "7202").await;
    let command = with(message.clone(), |c| c.fixmedins_code = OTHER_PHARMACY.parse().unwrap());
    said.refused(center.center.t7202_online(&other, &command).await);
    said.refused(send!(life, t7202_online, pharmacy, sent(|c| c.epc_chnl_id = "CHANNEL2".to_owned())));
    said.refused(send!(life, t7202_online, pharmacy, with(message.clone(), |c| c.hi_rxno = second.hi_rxno())));
    // After one of a choice was fetched, the others lapse as at the counter.
    let both = choose(&life, vec![life.hi_rxno(), second.hi_rxno()]).await.unwrap();
    assert_eq!(both.list.len(), 2);
    let of = |life: &Life<'_>| command_of(life, &both.auth_circ_biz_sn);
    let mut first = center.life(&center.people.active);
    first.numbers.clone_from(&life.numbers);
    let opened = send!(first, t7202_online, pharmacy, of(&life)).unwrap().reply;
    first.token = (opened.epc_token, opened.auth_rxno);
    first.download().await.unwrap();
    assert_eq!(code(&send!(life, t7202_online, pharmacy, of(&second))), TokenRefusal::OtherTaken.code());
    // To the minute.
    center.clock.advance_seconds(30 * 60 - 1);
    send!(life, t7202_online, pharmacy, message.clone()).unwrap();
    center.clock.advance_seconds(1);
    said.refused(send!(life, t7202_online, pharmacy, message));
    said.refused(choose(&life, vec![number(9)]).await.map(lf_center::Answer::from));
    said.are(
        expect![[r#"
        RX-7202-01 线上流转授权业务流水号不存在〔接口规范 7202 authCircBizSn〕
        RX-7202-01 线上流转授权业务流水号不存在〔接口规范 7202 authCircBizSn〕
        RX-7202-01 线上流转授权业务流水号不存在〔接口规范 7202 authCircBizSn〕
        RX-7202-01 线上流转授权业务流水号不存在〔接口规范 7202 authCircBizSn〕
        RX-7202-02 线上流转授权的是另一家取药机构〔接口规范 7202 fixmedinsCode〕
        RX-7202-03 渠道应用与线上流转授权时的不同〔接口规范 7202 epcChnlId〕
        RX-7202-05 处方不在本次线上流转授权内〔接口规范 7202 hiRxno〕
        RX-7202-04 线上流转授权已过期，请参保人重新授权〔接口规范 7202 expiresIn〕
        RX-7202-06 没有可以流转到该药店的处方，或所选处方不能流转〔接口规范 7202；接口规范 7201〕
    "#]],
        &[OnlineRefusal::CODES],
    );
}

fn command_of(life: &Life<'_>, auth_circ_biz_sn: &str) -> Command {
    command(life, auth_circ_biz_sn.to_owned())
}

fn number(serial: u64) -> HiRxno {
    HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), serial).unwrap()
}

#[tokio::test]
async fn a_channel_shows_only_the_persons_own_and_no_more_than_a_counter_does() {
    // proves HB-2.2: the credential opens its own person's prescriptions and nobody else's
    let center = TestCenter::new().await;
    let others = center.life(&center.people.retired).up_to(Step::Uploaded).await;
    let life = center.life(&center.people.active).up_to(Step::Uploaded).await;
    let list = choose(&life, Vec::new()).await.unwrap().list;
    assert_eq!(list.iter().map(|(hi_rxno, _)| hi_rxno.clone()).collect::<Vec<_>>(), [life.hi_rxno()]);
    assert!(matches!(choose(&life, vec![others.hi_rxno()]).await, Err(Failure::Refused(_))));
    let nobody = Choice { ec_token: "x".to_owned(), hi_rxno: Vec::new() };
    let refused = center.center.authorise_online(&channel(&life).await, &nobody).await;
    assert_eq!(code(&refused.map(lf_center::Answer::from)), "RX-0002-05");
    for _ in 0..BATCH_MAX {
        center.life(&center.people.active).up_to(Step::Uploaded).await;
    }
    assert_eq!(choose(&life, Vec::new()).await.unwrap().list.len(), BATCH_MAX, "one more is not shown");
}
