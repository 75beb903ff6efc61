//! The public pages over a real socket: who has a drug, the 单独支付 lists, and what a caller may not do.

use std::sync::Arc;
use std::time::Duration;

use lf_http::{PUBLIC_BURST, PUBLIC_CONNECTIONS, PUBLIC_PEER_CONNECTIONS, PUBLIC_UNDER_WAY, Sockets, public_sockets};
use lf_ports::lists::{Designation, DsgnType, TagList, TaggedDrug};
use lf_ports::{
    ChangeSet, Edition, EditionChange, EditionOf, Item, Lists, MoveBody, Site, StockChange, StockLot, StockMove,
    Store as _,
};
use lf_stock::{DataType, Goods, Lot, Measure};
use lf_vocab::{Moment, Span};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Semaphore;

use crate::messages as m;
use crate::router::{Raw, exchange, serve_with};
use crate::support::World;

const POOL: &str = "360900";

/// Three packs of a drug on the pharmacy's shelf, as it uploaded at the world's beginning.
fn shelf(taken: Moment) -> ChangeSet {
    let (code, lotno) = (m::PHARMACY.parse().unwrap(), "L1".to_owned());
    let day = taken.day();
    let goods = Goods {
        med_list_codg: m::AMLODIPINE.parse().unwrap(),
        fixmedins_hilist_id: "G".to_owned(),
        fixmedins_hilist_name: "药".to_owned(),
        rx_flag: true,
        manu_lotnum: None,
        manu_date: day,
        expy_end: day.plus(300),
    };
    let lot = Lot { bought: 3, ..Lot::new(goods, Measure::Packs(1)) };
    let lot = StockLot {
        fixmedins_code: m::PHARMACY.parse().unwrap(),
        fixmedins_bchno: lotno.clone(),
        poolarea_no: POOL.parse().unwrap(),
        seq: 1,
        lot,
    };
    let moved = StockMove {
        fixmedins_code: m::PHARMACY.parse().unwrap(),
        fixmedins_bchno: lotno,
        seq: 1,
        data_type: DataType::Purchase,
        doc_no: "1".to_owned(),
        units: 3,
        mdtrt_sn: None,
        hi_rxno: None,
        psn_no: None,
        at: taken,
        taken,
        void_seq: 0,
        digest: [0; 32],
        body: MoveBody::default(),
    };
    let stock = StockChange {
        fixmedins_code: code,
        lots: vec![(0, lot)],
        voids: vec![],
        moves: vec![moved],
        codes: vec![],
        leads: vec![],
    };
    ChangeSet { stock: Some(stock), ..ChangeSet::default() }
}

async fn publish(world: &World, list: Lists, item: Item) {
    let edition = Edition {
        of: EditionOf::List(list),
        edition: "一".to_owned(),
        from: "2026-01-01".parse().unwrap(),
        ver: 1,
        file_sm3: String::new(),
        row_cnt: 1,
        imported: world.now(),
    };
    let change = EditionChange { edition, ends: vec![], drugs: vec![], items: vec![item] };
    world.store.commit(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await.unwrap();
}

/// A shelf, where it stands, a drug of 单独支付 and the pharmacy that serves it.
async fn fill(world: &World) {
    world.store.commit(shelf(world.now())).await.unwrap();
    let code = m::PHARMACY.parse::<lf_vocab::FixmedinsCode>().unwrap();
    let site = Site {
        fixmedins_code: code.clone(),
        spot: Some("27.9,114.4".parse().unwrap()),
        addr: Some("<示例路>1号".to_owned()),
        tel: None,
    };
    publish(world, Lists::Site, Item::Site(site)).await;
    let tagged = TaggedDrug {
        admdvs: "360000".parse().unwrap(),
        med_list_codg: m::AMLODIPINE.parse().unwrap(),
        genname: None,
        tag: "单独支付".to_owned(),
        opsp_dise_code: None,
        hi_pay_std: None,
        enddate: None,
    };
    publish(world, Lists::Tagged(TagList::Spay), Item::Tagged(TagList::Spay, tagged)).await;
    let designation = Designation {
        poolarea_no: POOL.parse().unwrap(),
        dsgn_type: DsgnType::Spay,
        fixmedins_code: code,
        dr_code: None,
        med_list_codg: None,
        opsp_dise_code: None,
        span: Span::new("2026-01-01".parse().unwrap(), None).unwrap(),
        filing_no: "1号".to_owned(),
    };
    publish(world, Lists::Designation, Item::Designation(designation)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anyone_may_ask_and_nobody_may_ask_too_much() {
    // proves WH-1.3, WH-6.8, JX-1.6b
    let world = World::new().await;
    fill(&world).await;
    let address = serve_with(lf_http::public(world.front.clone()), Sockets::default()).await;
    let got = async |path: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        exchange(address, head, Vec::new()).await
    };
    let json = |raw: &Raw| serde_json::from_slice::<Value>(&raw.body).unwrap();
    let raw = got(&format!("/drugs.json?pool={POOL}&code={}&near=27.8,114.4", m::AMLODIPINE)).await;
    let told = json(&raw);
    assert_eq!((raw.status, told["rows"].as_array().unwrap().len()), (200, 1), "{told}");
    let row = &told["rows"][0];
    assert_eq!((&row["packs"], &row["distance_m"]), (&"3".into(), &"11119".into()), "{row}");
    let raw = got(&format!("/drugs.html?pool={POOL}&name=%E6%B0%A8%E6%B0%AF")).await;
    let page = String::from_utf8(raw.body).unwrap();
    assert!(page.contains("&lt;示例路&gt;1号") && !page.contains("<示例路>"), "{page}");
    assert!(
        page.contains("参考销售单价") && !page.contains("最近销售单价"),
        "a price of the shelf is no more than that"
    );
    assert!(raw.head.contains("content-security-policy: default-src 'none'"), "{}", raw.head);
    let listed = json(&got(&format!("/spay-drugs.json?pool={POOL}")).await);
    assert_eq!(listed["rows"][0]["med_list_codg"], m::AMLODIPINE);
    let elsewhere = json(&got("/spay-drugs.json?pool=420100").await);
    assert_eq!(elsewhere["rows"].as_array().unwrap().len(), 0, "another province's list");
    let listed = json(&got(&format!("/spay-pharmacies.json?pool={POOL}")).await);
    assert_eq!(listed["rows"][0]["fixmedins_code"], m::PHARMACY);
    assert_eq!(got("/").await.status, 200);
    for (path, status) in [
        ("/drugs.json", 400),
        ("/drugs.json?pool=360900&name=x", 400),
        ("/drugs.exe?pool=360900", 404),
        ("/elsewhere.json?pool=360900", 404),
        ("/a/b", 404),
    ] {
        assert_eq!(got(path).await.status, status, "{path}");
    }
    let post = exchange(
        address,
        "POST /drugs.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned(),
        Vec::new(),
    );
    assert_eq!(post.await.status, 405, "nothing is changed here");
    // The clock of the world stands, so what was asked so far still counts.
    let mut answered = 0;
    while got(&format!("/spay-drugs.csv?pool={POOL}")).await.status == 200 {
        answered += 1;
        assert!(answered <= PUBLIC_BURST);
    }
    let raw = got(&format!("/spay-drugs.csv?pool={POOL}")).await;
    assert_eq!((raw.status, raw.head.contains("retry-after")), (429, true));
    world.clock.forward(1);
    assert_eq!(got(&format!("/spay-drugs.csv?pool={POOL}")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_questions_are_under_way_and_no_more() {
    let world = World::new().await;
    let places = Arc::new(Semaphore::new(PUBLIC_UNDER_WAY));
    let router = lf_http::public_within(world.front.clone(), Arc::clone(&places));
    let address = serve_with(router, Sockets::default()).await;
    let asked = async || {
        let head = format!("GET /spay-drugs.json?pool={POOL} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        exchange(address, head, Vec::new()).await.status
    };
    let others = Arc::clone(&places).try_acquire_many_owned(PUBLIC_UNDER_WAY as u32 - 1).unwrap();
    assert_eq!(asked().await, 200, "the last place");
    let last = Arc::clone(&places).try_acquire_owned().unwrap();
    assert_eq!(asked().await, 503, "one past it");
    drop((others, last));
    assert_eq!(asked().await, 200);
}

/// The start page asked for over a connection that is kept; `None` when no answer comes in time, 0 when it is closed.
async fn home(stream: &mut TcpStream, wait: Duration) -> Option<usize> {
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    tokio::time::timeout(wait, stream.read(&mut [0; 4_096])).await.ok().map(|read| read.unwrap_or(0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_holds_its_share_of_the_connections_and_no_more() {
    const LONG: Duration = Duration::from_secs(10);
    let world = World::new().await;
    let address = serve_with(lf_http::public(world.front.clone()), public_sockets(Sockets::default())).await;
    let from = async |n: usize| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("127.0.0.{n}:0").parse().unwrap()).unwrap();
        socket.connect(address).await.unwrap()
    };
    let addresses = PUBLIC_CONNECTIONS / PUBLIC_PEER_CONNECTIONS;
    let mut open = Vec::new();
    for n in 1..=addresses {
        for _ in 0..PUBLIC_PEER_CONNECTIONS {
            let mut stream = from(n).await;
            assert!(home(&mut stream, LONG).await.is_some_and(|read| read > 0), "{n}: within its share");
            open.push(stream);
        }
        if n < addresses {
            assert_eq!(home(&mut from(n).await, LONG).await, Some(0), "{n}: one past its share");
        }
    }
    // All are taken: the next waits, whoever it is, and is served when one has gone.
    let mut next = from(addresses + 1).await;
    assert_eq!(home(&mut next, Duration::from_millis(500)).await, None);
    drop(open.pop());
    let mut answer = [0; 4_096];
    assert!(tokio::time::timeout(LONG, next.read(&mut answer)).await.unwrap().unwrap() > 0);
}
