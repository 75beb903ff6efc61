//! The region shows what it was made for: cases that are lawful go the whole way, the others stop where they should.

use lf_gm::Signer;
use lf_ports::Clock as _;
use lf_vocab::Qty;
use lf_wire::client::Dialect;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::archive_cmd::unsigned;
use crate::client::http;
use crate::edge::SystemClock;
use crate::ground::{Ground, prepare};
use crate::journey::Journey;
use crate::paper_cmd::record;
use crate::sample::{Case, Unit, rx_pdf};
use crate::serve::{Migrate, Served, start};

struct Stage {
    ground: Ground,
    served: Served,
}

impl Stage {
    async fn set(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("liufang-{name}-{}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        let ground = prepare(&folder, None, &[]).await.unwrap();
        let config = ground.config("127.0.0.1:0".parse().unwrap()).unwrap();
        let served = start(&config, Signer::new(&ground.platform.private_key), Migrate::Yes).await.unwrap();
        Self { ground, served }
    }

    async fn clear(self) {
        self.served.stop().await.unwrap();
        std::fs::remove_dir_all(&self.ground.folder).unwrap();
    }

    fn case(&self, serial: u64) -> Case<'_> {
        Case::new(&self.ground.region, SystemClock.now(), serial).unwrap()
    }

    /// The whole way; the transaction that refused, and what it said.
    async fn live(&self, case: Case<'_>) -> Result<(), String> {
        let (http, now) = (http(), SystemClock.now());
        let client = |institution: &crate::region::Institution| {
            let code = &institution.fixmedins.fixmedins_code;
            self.ground.client(code, &http, &self.served.rest_base(), Dialect::Official).unwrap()
        };
        let (hospital, pharmacy) = (client(case.hospital), client(case.pharmacy));
        let rx_file = BASE64_STANDARD.encode(rx_pdf("处方笺", &[], 2_000));
        let journey = Journey { hospital: &hospital, pharmacy: &pharmacy, case, rx_file };
        let live = async {
            let (_, issued) = journey.precheck(now).await?;
            let digest = journey.sign(&issued, now).await?.text("signDigest")?;
            journey.upload(&issued, &digest, now).await?;
            let (_, carried) = journey.authorise(now).await?;
            let file = journey.download(&carried, now).await?.text("rxFile")?;
            let sn = journey.verify(&issued, &file, &carried, now).await?.text("rxSignVerifySn")?;
            let sn = journey.review(&issued.hi_rxno, &carried, &sn, now).await?.text("rxChkBizSn")?;
            journey.sell(&issued.hi_rxno, &sn, now).await?;
            journey.settle(&issued.hi_rxno, now).await.map(|_| ())
        };
        live.await.map_err(|error: anyhow::Error| format!("{error:#}"))
    }

    async fn stops(&self, case: Case<'_>, infno: &str, because: &str) {
        let said = self.live(case).await.unwrap_err();
        assert!(said.starts_with(infno) && said.contains(because), "expected {infno} {because}, got {said}");
    }
}

#[tokio::test]
async fn lawful_cases_go_the_whole_way() {
    let stage = Stage::set("lawful").await;
    let region = &stage.ground.region;
    for (serial, patient) in (1..).zip(&region.patients[..8]) {
        stage.live(Case { patient, ..stage.case(serial) }).await.unwrap();
    }
    stage.live(Case::herbs(region, SystemClock.now(), 20).unwrap()).await.unwrap();
    stage.live(Case { internet: true, ..stage.case(21) }).await.unwrap();
    let mut long = Case { long_rx: true, days: 28, drugs: Vec::new(), ..stage.case(22) };
    long.order(region.drug("苯磺酸氨氯地平片").unwrap()).unwrap();
    stage.live(long).await.unwrap();
    let mut packs = stage.case(23);
    packs.drugs.iter_mut().for_each(|drug| (drug.unit, drug.cnt) = (Unit::Pack, Qty::new(10_000)));
    stage.live(packs).await.unwrap();
    let mut elsewhere = stage.case(24);
    elsewhere.prescribed_by(region, &region.doctors[6]).unwrap();
    elsewhere.bought_at(region, &region.institutions[4]).unwrap();
    stage.live(elsewhere).await.unwrap();
    let (store, code) = (stage.served.store.as_ref(), &stage.case(25).pharmacy.fixmedins.fixmedins_code);
    let today = SystemClock.now().day();
    // proves JX-3.6: whoever has not signed is a finding, of that pharmacy and those days
    assert!(!unsigned(store, code, (today.plus(-1), today.plus(2))).await.unwrap());
    assert!(unsigned(store, code, (today.plus(-9), today.plus(-8))).await.unwrap());
    let setls = store.setls_of(code, (today.plus(-1).start(), ""), today.plus(2).start(), 1).await.unwrap();
    // proves JX-3.4.3b: the center's own print stands in the history
    let hi_rxno = setls[0].hi_rxno.as_ref().unwrap();
    let before = store.rx_events(hi_rxno).await.unwrap().len();
    record(hi_rxno, store).await.unwrap();
    assert_eq!(store.rx_events(hi_rxno).await.unwrap().len(), before + 1);
    stage.clear().await;
}

#[tokio::test]
async fn the_others_stop_where_they_should() {
    // proves JX-2.6.3, JX-2.5b, JX-2.5d, JX-2.5e, JX-3.1a, JX-3.2a, JX-3.3, JX-4.2c
    let stage = Stage::set("unlawful").await;
    let region = &stage.ground.region;
    let with = |serial, name: &str| {
        let mut case = stage.case(serial);
        case.drugs.clear();
        case.order(region.drug(name).unwrap()).unwrap();
        case
    };
    let mut lapsed = stage.case(1);
    lapsed.prescribed_by(region, &region.doctors[5]).unwrap();
    stage.stops(lapsed, "7101", "DR-NOT-REGISTERED").await;
    let mut six = stage.case(2);
    for name in ["缬沙坦胶囊", "盐酸二甲双胍片", "格列美脲片", "硫酸氢氯吡格雷片"] {
        six.order(region.drug(name).unwrap()).unwrap();
    }
    stage.stops(six, "7101", "RX-DRUGS-MAX").await;
    let mut mixed = stage.case(3);
    mixed.order(region.drug("黄芪").unwrap()).unwrap();
    stage.stops(mixed, "7101", "RX-TCM-APART").await;
    stage.stops(Case { vali_days: 4, ..stage.case(4) }, "7101", "RX-VALI-DAYS").await;
    let unlicensed = region.pharmacists.iter().find(|one| !one.practitioner.licensed).unwrap();
    stage.stops(Case { pharmacist: unlicensed, ..stage.case(5) }, "7206", "PHAR-NOT-REGISTERED").await;
    let mut closed = stage.case(6);
    closed.bought_at(region, &region.institutions[6]).unwrap();
    stage.stops(closed, "2102", "未开通门诊统筹").await;
    stage.stops(Case { patient: &region.patients[8], ..stage.case(7) }, "2102", "尚未形成规则").await;
    stage.stops(with(8, "他达拉非片"), "7101", "RX-NOT-LISTED").await;
    stage.stops(with(9, "小儿布洛芬栓"), "7101", "RX-CHILD-DRUG").await;
    let sleepless = Case { long_rx: true, days: 28, ..with(10, "艾司唑仑片") };
    stage.stops(sleepless, "7101", "RX-LONG-EXCLUDED").await;
    let mut dual = Case { rx_exra_attr_code: "01".to_owned(), ..with(11, "丁苯酞软胶囊") };
    dual.bought_at(region, &region.institutions[5]).unwrap();
    stage.stops(dual, "2102", "双通道").await;
    stage.clear().await;
}
