//! The walk: a lawful prescription through every step, and beside the way what the law refuses.

use anyhow::{anyhow, ensure};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_ports::{Store, codec};
use lf_rx::Event;
use lf_vocab::HiRxno;
use lf_wire::client::Dialect;
use serde_json::Value;

use super::receiver::Inbox;
use super::{filings, goods, now, papers, told};
use crate::client::{AppClient, Http};
use crate::ground::Ground;
use crate::journey::{Answered, Journey, send};
use crate::sample::{self, Case, Issued};

/// Walks it all; an answer that is not the expected one ends the demo with an error.
pub async fn run(
    ground: &Ground,
    http: &Http,
    rest_base: &str,
    dialect: Dialect,
    store: &dyn Store,
) -> anyhow::Result<()> {
    let case = Case::new(&ground.region, now(), 1)?;
    let hospital = ground.client(&case.hospital.fixmedins.fixmedins_code, http, rest_base, dialect)?;
    let pharmacy = ground.client(&case.pharmacy.fixmedins.fixmedins_code, http, rest_base, dialect)?;
    let clients = Clients { hospital: &hospital, pharmacy: &pharmacy };
    let code = &case.hospital.fixmedins.fixmedins_code;
    let mut inbox = Inbox::start(ground.client(code, http, rest_base, dialect)?).await?;
    inbox.register(store, code, &hospital.app_id).await?;
    println!("医院回调地址 {}", inbox.url);
    filings::enter(store, &case).await?;
    title("一、法在事前：预核验拒绝不合规的处方");
    refused_prechecks(ground, &clients).await?;
    title("二、一张处方的一生");
    let (journey, issued) = issue(&clients, case).await?;
    let carried = carry(&journey, &issued, &mut inbox).await?;
    goods::buy(&journey).await?;
    filings::ask(&journey).await?;
    let setl = pay(&journey, &issued, &carried, &mut inbox).await?;
    goods::sell(&journey, &issued.hi_rxno).await?;
    let papers = papers::write(&ground.folder, store, &issued.hi_rxno).await;
    title("三、单次结算，原路退回");
    refund(&journey, &issued, &setl, &mut inbox).await?;
    goods::take_back(&journey, store).await?;
    title("四、撤销");
    revoke(ground, &clients).await?;
    title("五、处方履历（SM3 链）");
    history(store, &issued).await?;
    title("六、纸面与档案：处方笺与结算单（结算后打印），药店当日档案");
    papers::tell(&papers);
    let pharmacy = &journey.case.pharmacy.fixmedins.fixmedins_code;
    ensure!(papers::archive(ground, pharmacy).await?, "the archive does not verify");
    Ok(())
}

struct Clients<'c> {
    hospital: &'c AppClient,
    pharmacy: &'c AppClient,
}

fn title(text: &str) {
    println!("\n{text}");
}

/// What the hospital heard without asking; it must be of this prescription.
async fn called_back(inbox: &mut Inbox, issued: &Issued, want: &str, fields: &[&str]) -> anyhow::Result<()> {
    let (method, data) = inbox.next().await?;
    ensure!(method == want, "expected the callback {want}, got {method}");
    ensure!(data["hiRxno"] == issued.hi_rxno.as_str(), "{method}: of another prescription");
    let (infno, what) = if method == "rxChkInfoCallback" { ("7108", "审核结果") } else { ("7109", "结算结果") };
    println!("  √ {infno} 中心 回调医院：{what}通知（医院以平台公钥验签通过，应答success）");
    let shown: Vec<_> = fields.iter().filter_map(|field| data[*field].as_str()).collect();
    println!("      {}", shown.join("，"));
    Ok(())
}

fn expect_refusal(answered: &Answered, code: &str) -> anyhow::Result<()> {
    ensure!(
        answered.opened.code != 0 && answered.opened.message.contains(code),
        "{}: expected a refusal {code}, got {} {}",
        answered.infno,
        answered.opened.code,
        answered.opened.message
    );
    Ok(())
}

async fn refused_prechecks(ground: &Ground, clients: &Clients<'_>) -> anyhow::Result<()> {
    let region = &ground.region;
    let mut mixed = Case::new(region, now(), 101)?;
    let herb = region.drugs.iter().find(|stock| stock.drug.list_type == "102");
    mixed.order(herb.ok_or_else(|| anyhow!("the region has no herbal piece"))?)?;
    let answered = send(clients.hospital, "7101", &sample::t7101(&mixed), now()).await?;
    told("医院", "西药处方中夹开中药饮片", &answered);
    ensure!(answered.opened.code == 403, "a mixed prescription was not refused: {}", answered.opened.message);
    let mut long = Case::new(region, now(), 102)?;
    long.days = 30;
    long.vali_days = 7;
    let answered = send(clients.hospital, "7101", &sample::t7101(&long), now()).await?;
    told("医院", "开30天用量、有效期7天", &answered);
    ensure!(answered.opened.code == 403, "an over-long prescription was not refused: {}", answered.opened.message);
    Ok(())
}

async fn issue<'c>(clients: &Clients<'c>, case: Case<'c>) -> anyhow::Result<(Journey<'c>, Issued)> {
    let lines = vec![format!("No. {}", case.serial)];
    let rx_file = BASE64_STANDARD.encode(sample::rx_pdf("Rx", &lines, 20_480));
    let journey = Journey { hospital: clients.hospital, pharmacy: clients.pharmacy, case, rx_file };
    let (answered, issued) = journey.precheck(now()).await?;
    told("医院", "上传预核验", &answered);
    println!("      医保处方编号 {}，处方追溯码 {}", issued.hi_rxno, issued.rx_trace_code);
    let signed = journey.sign(&issued, now()).await?;
    told("医院", "医保电子签名", &signed);
    let digest = signed.text("signDigest")?;
    println!("      签名值 {}…，证书 {}", &digest[..24], signed.text("signCertSn")?);
    let uploaded = journey.upload(&issued, &digest, now()).await?;
    told("医院", "处方上传", &uploaded);
    println!("      处方状态 {}", uploaded.text("rxStasName")?);
    let queried = send(clients.hospital, "7105", &sample::t7105(&journey.case, &issued.hi_rxno), now()).await?;
    told("医院", "查询处方", &queried.accepted()?);
    Ok((journey, issued))
}

/// What the settlement rests on.
struct Held {
    rx_chk_biz_sn: String,
}

async fn carry(journey: &Journey<'_>, issued: &Issued, inbox: &mut Inbox) -> anyhow::Result<Held> {
    let (answered, carried) = journey.authorise(now()).await?;
    told("药店", "参保人出示医保电子凭证，流转授权", &answered);
    println!("      令牌于 {} 失效", answered.text("data.0.expiresIn")?);
    let downloaded = journey.download(&carried, now()).await?;
    let rx_file = downloaded.text("rxFile")?;
    told("药店", "下载处方", &downloaded);
    println!("      处方文件 {} 字节（Base64），有效至 {}", rx_file.len(), downloaded.text("valiEndTime")?);
    let verified = journey.verify(issued, &rx_file, &carried, now()).await?;
    told("药店", "验签", &verified);
    let sn = verified.text("rxSignVerifySn")?;
    let reviewed = journey.review(&issued.hi_rxno, &carried, &sn, now()).await?;
    told("药店", "执业药师审核通过", &reviewed);
    let rx_chk_biz_sn = reviewed.text("rxChkBizSn")?;
    called_back(inbox, issued, "rxChkInfoCallback", &["rxChkStasName", "rxStasName"]).await?;
    let queried = send(journey.hospital, "7106", &sample::t7106(&journey.case, &issued.hi_rxno), now()).await?;
    told("医院", "查询审核结果", &queried.accepted()?);
    Ok(Held { rx_chk_biz_sn })
}

async fn pay(journey: &Journey<'_>, issued: &Issued, held: &Held, inbox: &mut Inbox) -> anyhow::Result<Answered> {
    let hi_rxno = &issued.hi_rxno;
    let early = send(journey.pharmacy, "2101", &sample::t2101(&journey.case, hi_rxno, now()), now()).await?;
    told("药店", "未出库先结算", &early);
    expect_refusal(&early, "RX-2102-06")?;
    let sold = journey.sell(hi_rxno, &held.rx_chk_biz_sn, now()).await?;
    told("药店", "按追溯码出库", &sold);
    let quoted =
        send(journey.pharmacy, "2101", &sample::t2101(&journey.case, hi_rxno, now()), now()).await?.accepted()?;
    told("药店", "预结算", &quoted);
    amounts(&quoted)?;
    let settled = journey.settle(hi_rxno, now()).await?;
    told("药店", "结算", &settled);
    amounts(&settled)?;
    called_back(inbox, issued, "rxSetlInfoCallback", &["setlTime", "rxStasName", "rxUsedStasName"]).await?;
    let queried = send(journey.hospital, "7107", &sample::t7107(&journey.case, hi_rxno), now()).await?;
    told("医院", "查询取药结果", &queried.accepted()?);
    Ok(settled)
}

fn amounts(answered: &Answered) -> anyhow::Result<()> {
    let amount = |name: &str| answered.text(&format!("setlinfo.{name}"));
    println!(
        "      医疗费 {} = 基金 {} + 个人 {}（账户 {} + 现金 {}），起付线内 {}",
        amount("medfee_sumamt")?,
        amount("fund_pay_sumamt")?,
        amount("psn_part_amt")?,
        amount("acct_pay")?,
        amount("psn_cash_pay")?,
        amount("act_pay_dedc")?
    );
    if let Ok(steps) = answered.text("setldetail.0.setl_proc_info") {
        for step in steps.split('；') {
            println!("      · {step}");
        }
    }
    Ok(())
}

async fn refund(journey: &Journey<'_>, issued: &Issued, settled: &Answered, inbox: &mut Inbox) -> anyhow::Result<()> {
    let mut other = sample::t2102(&journey.case, &issued.hi_rxno, now());
    if let Some(Value::Object(info)) = other.get_mut("druginfo") {
        info.insert("invono".to_owned(), "FP-OTHER".into());
    }
    let twice = send(journey.pharmacy, "2102", &other, now()).await?;
    told("药店", "同一处方换一张发票再结算", &twice);
    expect_refusal(&twice, "RX-2102-02")?;
    let undo = send(journey.hospital, "7104", &sample::t7104(&journey.case, &issued.hi_rxno, now()), now()).await?;
    told("医院", "结算后撤销处方", &undo);
    expect_refusal(&undo, "RX-7104-04")?;
    let (setl_id, mdtrt_id) = (settled.text("setlinfo.setl_id")?, settled.text("setlinfo.mdtrt_id")?);
    let back =
        send(journey.pharmacy, "2103", &sample::t2103(&journey.case, &setl_id, &mdtrt_id), now()).await?.accepted()?;
    told("药店", "结算撤销（新的负结算）", &back);
    let amount = |name: &str| back.text(&format!("setlinfo.{name}"));
    println!(
        "      医疗费 {}，基金 {}，账户 {}，现金 {}",
        amount("medfee_sumamt")?,
        amount("fund_pay_sumamt")?,
        amount("acct_pay")?,
        amount("psn_cash_pay")?
    );
    called_back(inbox, issued, "rxSetlInfoCallback", &["setlTime", "rxStasName", "rxUsedStasName"]).await?;
    Ok(())
}

async fn revoke(ground: &Ground, clients: &Clients<'_>) -> anyhow::Result<()> {
    let (journey, issued) = issue(clients, Case::new(&ground.region, now(), 2)?).await?;
    let undone = send(clients.hospital, "7104", &sample::t7104(&journey.case, &issued.hi_rxno, now()), now())
        .await?
        .accepted()?;
    told("医院", "开方医师撤销处方", &undone);
    println!("      处方状态 {}", undone.text("rxStasName")?);
    Ok(())
}

async fn history(store: &dyn Store, issued: &Issued) -> anyhow::Result<()> {
    let hi_rxno: HiRxno = issued.hi_rxno.parse()?;
    for stored in store.rx_events(&hi_rxno).await? {
        let event: Event = codec::decode(&stored.body, "rx_event", "body", &issued.hi_rxno)?;
        println!("  {:>2} {} {:<12} {:?}", stored.seq, stored.at, event.name(), stored.hash);
    }
    Ok(())
}
