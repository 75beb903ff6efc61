//! Limits of downloads and pages, and who may ask for a settlement.

use lf_center::t1301_download::{self, Catalogue, CatalogueFile, DownloadRefusal, Line};
use lf_center::t1312_hilist::{self, HilistRefusal, PAGE_MAX, Question, REACH_MAX};
use lf_center::{Settings, t5203_settlement};
use lf_ports::{ChangeSet, Drug, Edition, EditionChange, EditionOf, RegistryPut, Since, Store};
use lf_rx::decide::settle::RefundRefusal;
use lf_testkit::region::PHARMACY;
use lf_testkit::{Step, TestCenter};

use crate::said::{Said, code, with};

/// Counts its rows; what they look like is the interface's affair.
#[derive(Default)]
pub struct Counted(u64);

impl CatalogueFile for Counted {
    fn add(&mut self, line: &Line<'_>) {
        assert!(line.vali());
        self.0 += 1;
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>, String> {
        Ok(self.0.to_be_bytes().to_vec())
    }
}

async fn download(
    center: &TestCenter,
    ver: &str,
) -> Result<lf_center::Answer<t1301_download::Reply>, lf_center::Failure> {
    let command = t1301_download::Command { catalogue: Catalogue::Medicines, ver: ver.to_owned() };
    let ctx = center.ctx(PHARMACY, "1301").await;
    center.center.t1301_download(&ctx, &command, |_| Box::new(Counted::default())).await
}

#[tokio::test]
async fn a_file_has_so_many_rows_and_no_more() {
    let all = TestCenter::new().await.store.drugs_since(&Since::version(0), 1_000).await.unwrap();
    let medicines = all.iter().filter(|row| row.item.list_type == "101").count() as u64;
    for (download_rows_max, want) in [(medicines, "ok"), (medicines - 1, "RX-1301-03")] {
        let center = TestCenter::with(Settings { download_rows_max, ..Settings::default() }).await;
        let told = download(&center, "0").await;
        assert_eq!(code(&told), want);
        assert!(told.is_err() || told.unwrap().reply.data_cnt == medicines);
    }
    let center = TestCenter::new().await;
    let mut said = Said::default();
    said.refused(download(&center, "一").await);
    assert_eq!(DownloadRefusal::CODES.len(), 3);
}

/// The first rows of 1312, without any condition.
pub fn everything(center: &TestCenter) -> t1312_hilist::Command {
    t1312_hilist::Command {
        question: Question::Entries,
        query_date: None,
        code: None,
        hilist_name: None,
        drug_genname: None,
        drug_prodname: None,
        list_type: None,
        chrgitm_lv: None,
        lmt_used: None,
        family: None,
        begndate: None,
        enddate: None,
        poolarea_no: None,
        vali: None,
        not_held: vec![],
        updt_time: center.now().plus_days(-1),
        page_num: 1,
        page_size: 10,
    }
}

/// A catalogue that is larger than paging reaches, none of it named as asked.
#[tokio::test]
async fn a_page_is_looked_for_so_far_and_no_farther() {
    let center = TestCenter::new().await;
    let page = with(everything(&center), |page| {
        page.hilist_name = Some("没有这个名称".to_owned());
        page.page_size = PAGE_MAX;
    });
    let ctx = center.ctx(PHARMACY, "1312").await;
    let ask = async |page: &t1312_hilist::Command| center.center.t1312_hilist(&ctx, page).await;
    let any = with(page.clone(), |page| page.hilist_name = None);
    assert_eq!(code(&ask(&page).await), "ok");
    let one = center.store.drugs_since(&Since::version(0), 1).await.unwrap().remove(0).item;
    let there = center.store.drugs_since(&Since::version(0), 1_000).await.unwrap().len() as u64;
    let drugs: Vec<Drug> = (0..REACH_MAX - there)
        .map(|at| Drug { med_list_codg: format!("XA10BH{at:017}").parse().unwrap(), ..one.clone() })
        .collect();
    let edition = Edition {
        of: EditionOf::Drug,
        edition: "2".to_owned(),
        from: center.now().day(),
        ver: 2,
        file_sm3: String::new(),
        row_cnt: drugs.len() as u64,
        imported: center.now(),
    };
    let change = EditionChange { edition, ends: vec![], drugs, items: vec![] };
    center.put(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await;
    assert_eq!(code(&ask(&page).await), "ok", "every row was looked at");
    let one_more = Drug { med_list_codg: "XA10BH99999999999999999".parse().unwrap(), ..one };
    center.put(ChangeSet { registry: vec![RegistryPut::Drug(one_more)], ..ChangeSet::default() }).await;
    let mut said = Said::default();
    said.refused(ask(&page).await);
    said.refused(ask(&with(any.clone(), |page| page.page_num = 0)).await);
    said.refused(ask(&with(any.clone(), |page| page.page_size = PAGE_MAX + 1)).await);
    said.refused(ask(&with(any.clone(), |page| page.page_num = REACH_MAX / PAGE_MAX + 1)).await);
    said.refused(ask(&with(any.clone(), |page| page.not_held = vec!["拼音助记码"])).await);
    said.are(
        expect_test::expect![[r#"
            RX-1312-02 查询范围超过5000行，请按编码查询，或以1301等目录下载交易取得全部数据〔本中心 分页上限〕
            RX-1312-01 页码和每页数据量应从1开始，每页最多1000行〔接口规范 1312 page_num、page_size〕
            RX-1312-01 页码和每页数据量应从1开始，每页最多1000行〔接口规范 1312 page_num、page_size〕
            RX-1312-02 查询范围超过5000行，请按编码查询，或以1301等目录下载交易取得全部数据〔本中心 分页上限〕
            RX-1312-03 本中心的目录没有拼音助记码，不能按它查询〔本中心 目录〕
        "#]],
        &[HilistRefusal::CODES],
    );
    // The last page within reach is full, and a code is found wherever it stands.
    let last = with(any, |page| page.page_num = REACH_MAX / PAGE_MAX);
    assert_eq!(ask(&last).await.unwrap().reply.entries.len() as u64, PAGE_MAX);
    let found = with(page, |page| {
        page.hilist_name = None;
        page.code = Some(format!("XA10BH{:017}", REACH_MAX - there - 1).parse().unwrap());
    });
    assert_eq!(ask(&found).await.unwrap().reply.entries.len(), 1);
}

#[tokio::test]
async fn t5203_a_settlement_is_shown_to_its_pharmacy_and_person() {
    let center = TestCenter::new().await;
    let life = center.life(&center.people.active).up_to(Step::Settled).await;
    let good = t5203_settlement::Command {
        psn_no: life.person.psn_no.clone(),
        setl_id: life.setl.0.clone(),
        mdtrt_id: Some(life.setl.1.clone()),
    };
    let ask = async |command: t5203_settlement::Command| {
        let ctx = center.ctx(&life.pharmacy, "5203").await;
        center.center.t5203_settlement(&ctx, &command).await
    };
    let shown = ask(good.clone()).await.unwrap().reply;
    assert_eq!((shown.setl.setl_id.as_str(), shown.refd), (life.setl.0.as_str(), false));
    assert_eq!(code(&ask(with(good.clone(), |c| c.mdtrt_id = None)).await), "ok");
    for (change, want) in [
        ((|c| c.setl_id = "1".to_owned()) as fn(&mut t5203_settlement::Command), RefundRefusal::CODES[0]),
        (|c| c.psn_no = "9".parse().unwrap(), RefundRefusal::CODES[1]),
        (|c| c.mdtrt_id = Some("1".to_owned()), RefundRefusal::CODES[2]),
    ] {
        assert_eq!(code(&ask(with(good.clone(), change)).await), want);
    }
}
