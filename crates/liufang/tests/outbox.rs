//! Notices beside a running center, as processes: a kill in the middle of a delivery, dead ones listed, sent again and given
//! up by the operator's commands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lf_gm::RingFile;
use lf_ports::{
    App, Callback, ChangeSet, CodeStyle, Fixmedins, Letter, Next, Notice, Outbox as _, RegistryPut, RxChange,
    Store as _, StoredEvent, codec,
};
use lf_rx::event::Opened;
use lf_rx::{ChainHash, Event, Prescription, State, link};
use lf_store::{Options, Sealer, SqliteStore};
use lf_vocab::{Day, HiRxno, Moment, RxTraceCode, Span};
use serde_json::Value;

const HOSPITAL: &str = "H36090200101";
const APP_ID: &str = "57E2D561E97141A3871DEFB410ADD920";
const APP_SECRET: &str = "F30D0D261BA04063A0BCAEF19F8ADBCC";

/// A folder with a database, a platform key and a configuration; a hospital that listens.
struct Place {
    folder: PathBuf,
    hospital: TcpListener,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("liufang-outbox-{}-{name}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let place = Self { folder, hospital: TcpListener::bind("127.0.0.1:0").unwrap() };
        let config = "listen = '127.0.0.1:0'\n[callback]\nconnect_seconds = 1\nanswer_seconds = 1\nlook_seconds = 1\n";
        std::fs::write(place.folder.join("liufang.toml"), config).unwrap();
        assert_eq!(place.ran(&["keys", "new", "platform.key.toml"]).0, 0);
        assert_eq!(place.ran(&["keys", "new", "store.key.toml", "--store"]).0, 0);
        assert_eq!(place.ran(&["migrate", "--database", "sqlite://center.db"]).0, 0);
        place
    }

    fn ran(&self, args: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&self.folder).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn outbox(&self, args: &[&str]) -> (i32, String, String) {
        let (command, rest) = args.split_first().unwrap();
        self.ran(&[&["outbox", command, "--database", "sqlite://center.db"], rest].concat())
    }

    async fn store(&self) -> SqliteStore {
        let ring = std::fs::read_to_string(self.folder.join("store.key.toml")).unwrap();
        let sealer = Arc::new(Sealer::new(&RingFile::parse(&ring).unwrap()));
        let store = SqliteStore::open(self.folder.join("center.db"), Options::new(sealer)).unwrap();
        let always: Span<Day> = Span::new("2024-01-01".parse().unwrap(), None).unwrap();
        let url = format!("http://{}/cb", self.hospital.local_addr().unwrap());
        let hospital = Fixmedins {
            open_hours: None,
            medins_natu: None,
            fixmedins_code: HOSPITAL.parse().unwrap(),
            fixmedins_name: "示例医院".to_owned(),
            poolarea_no: "360900".parse().unwrap(),
            hosp_lv: None,
            agreement: always,
            circ_ready: true,
            dualchnl: false,
            oppool: true,
            consult: None,
            sign_key: None,
            sign_cert_sn: None,
            callback: Some(Callback { url: url.parse().unwrap(), app_id: APP_ID.to_owned() }),
        };
        let app = App {
            app_id: APP_ID.to_owned(),
            app_secret: APP_SECRET.to_owned(),
            public_key: lf_gm::PrivateKey::from_seed_bytes(&[7; 32]).unwrap().public_key().to_base64(),
            fixmedins_code: HOSPITAL.parse().unwrap(),
            code_style: CodeStyle::Number,
            disabled: false,
            gateway: None,
            limits: None,
        };
        let registry = vec![RegistryPut::Fixmedins(hospital), RegistryPut::App(app)];
        store.commit(ChangeSet { registry, ..ChangeSet::default() }).await.unwrap();
        store
    }

    fn serve(&self) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_liufang"))
            .args(["serve", "--config", "liufang.toml"])
            .current_dir(&self.folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("serving on"), "{line}");
        child
    }

    /// The next notice: its connection, path and body.
    fn heard(&self) -> (TcpStream, String, Value) {
        let (mut stream, _) = self.hospital.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut bytes = Vec::new();
        let (head, length) = loop {
            let mut some = [0; 4096];
            let count = stream.read(&mut some).unwrap();
            assert!(count > 0, "ended early");
            bytes.extend_from_slice(&some[..count]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let length: usize = length.unwrap();
            if bytes.len() >= head.len() + 4 + length {
                break (head.to_owned(), length);
            }
        };
        let body = serde_json::from_slice(&bytes[bytes.len() - length..]).unwrap();
        (stream, head.split(' ').nth(1).unwrap().to_owned(), body)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn answer(mut stream: TcpStream, body: &str) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

fn at(second: i64) -> Moment {
    "2026-11-22 08:00:00".parse::<Moment>().unwrap().plus_seconds(second)
}

fn number(serial: u64) -> HiRxno {
    HiRxno::new("360900".parse().unwrap(), at(0).day(), serial).unwrap()
}

/// A prescription's first event with a letter about it: what an outbox needs of a life.
async fn write(store: &SqliteStore, serial: u64) {
    let opened = Opened {
        rx_trace_code: RxTraceCode::new("360900".parse().unwrap(), at(0).day(), serial).unwrap(),
        hosp_rxno: format!("CF{serial}"),
        fixmedins_code: HOSPITAL.parse().unwrap(),
        dr_code: "D360902000001".parse().unwrap(),
        insu_poolarea_no: "360900".parse().unwrap(),
        psn_no: "36090000000001".parse().unwrap(),
        mdtrt_id: "M1".to_owned(),
        prsc_time: at(0),
        vali_end_time: at(0).plus_days(3),
        content_sm3: "00".repeat(32),
        law_edition: "2026".to_owned(),
        overridden: Vec::new(),
        visit: None,
    };
    let body = codec::encode(&Event::Opened(Box::new(opened.clone())));
    let hash = link(ChainHash::GENESIS, &number(serial), 1, at(0), &body);
    let rx = Prescription { hi_rxno: number(serial), opened, state: State::PreChecked, seq: 1, head: hash };
    let letter = Letter {
        hi_rxno: number(serial),
        seq: 1,
        fixmedins_code: HOSPITAL.parse().unwrap(),
        written: at(0),
        notice: Notice::settlement(&rx, at(0), Vec::new(), at(0)),
    };
    let events = vec![StoredEvent { seq: 1, at: at(0), body, hash }];
    let rx = vec![RxChange { rx, expect_seq: 0, events, content: None, file: None }];
    store.commit(ChangeSet { rx, outbox: vec![letter], ..ChangeSet::default() }).await.unwrap();
}

#[tokio::test]
async fn a_center_killed_within_a_delivery_delivers_again_after_its_restart() {
    let place = Place::new("killed");
    let store = place.store().await;
    write(&store, 1).await;
    let mut first = place.serve();
    let (unanswered, path, once) = place.heard();
    first.kill().unwrap();
    first.wait().unwrap();
    drop(unanswered);
    let mut second = place.serve();
    let (stream, again_path, again) = place.heard();
    answer(stream, r#"{"success":true}"#);
    assert_eq!((path.as_str(), again_path.as_str()), ("/cb/rxSetlInfoCallback", "/cb/rxSetlInfoCallback"));
    assert_eq!(once["encData"], again["encData"], "the same notice, sealed anew");
    for _ in 0..500 {
        if store.outbox_of(&number(1)).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(place.outbox(&["list"]), (0, "nothing waits\n".to_owned(), String::new()));
    second.kill().unwrap();
    second.wait().unwrap();
}

#[tokio::test]
async fn dead_notices_are_listed_given_up_and_sent_again() {
    let place = Place::new("dead");
    let store = place.store().await;
    assert_eq!(place.outbox(&["list", "--dead"]), (0, "nothing is dead\n".to_owned(), String::new()));
    assert_eq!(place.outbox(&["resend", "--all"]), (0, "0 notices sent again soon\n".to_owned(), String::new()));
    for serial in 1..=3 {
        write(&store, serial).await;
    }
    for claimed in store.claim_due(at(9), at(10), 10).await.unwrap() {
        let next = if claimed.letter.hi_rxno == number(3) { Next::Due(at(999_999_999)) } else { Next::Dead };
        assert!(store.failed(&claimed, next, "HTTP 500").await.unwrap());
    }
    let [one, two, three] = [1, 2, 3].map(|serial| number(serial).to_string());
    let (code, out, _) = place.outbox(&["list"]);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!((code, lines.len()), (1, 3), "{out}");
    let dead = format!("{HOSPITAL} {one} settlement of 2026-11-22 08:00:00, tried 1 times, dead: HTTP 500");
    assert_eq!(lines[0], dead);
    assert!(lines[2].starts_with(&format!("{HOSPITAL} {three} ")) && lines[2].contains(", due 2058-"), "{}", lines[2]);
    assert_eq!(place.outbox(&["list", "--dead", "--fixmedins", "H36090200218"]).0, 0, "another hospital's");
    let (code, out, _) = place.outbox(&["list", "--dead", "--json"]);
    let rows: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert_eq!((code, rows.len(), &rows[1]["hi_rxno"], &rows[1]["dead"]), (1, 2, &two.clone().into(), &true.into()));
    assert!(place.outbox(&["list", "--limit", "2"]).1.ends_with("… --limit 2 reached; there may be more\n"));

    for wrong in [["drop", "--hi-rxno", &one, "--reason", " "], ["drop", "--hi-rxno", &one, "--reason", "a\nb"]] {
        let (code, _, error) = place.outbox(&wrong);
        assert!(code == 2 && error.contains("'--reason <TEXT>': it must"), "{error}");
    }
    let (code, _, error) = place.outbox(&["drop", "--hi-rxno", &one, "--reason", &"x".repeat(201)]);
    assert!(code == 2 && error.contains("it has 201 characters, at most 200 are taken"), "{error}");
    let longest = "电".repeat(200);
    assert_eq!(place.outbox(&["drop", "--hi-rxno", &one, "--reason", &longest]).1, "1 notice given up\n");
    let nothing = (1, format!("{one}: nothing dead\n"), String::new());
    assert_eq!(place.outbox(&["drop", "--hi-rxno", &one, "--reason", "twice"]), nothing);
    let (code, out, _) = place.outbox(&["list", "--hi-rxno", &one]);
    assert!(code == 0 && out.starts_with(&format!("{one}: nothing waits\n")) && out.contains(&longest), "{out}");

    let mut center = place.serve();
    assert_eq!(place.outbox(&["resend", "--all"]), (0, "1 notice sent again soon\n".to_owned(), String::new()));
    let (stream, path, _) = place.heard();
    assert_eq!(path, "/cb/rxSetlInfoCallback");
    answer(stream, r#"{"success":true}"#);
    for _ in 0..500 {
        if store.outbox_of(&number(2)).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(place.outbox(&["resend", "--hi-rxno", &two]).0, 1, "it arrived");
    assert_eq!(place.outbox(&["list", "--dead"]).0, 0);
    center.kill().unwrap();
    center.wait().unwrap();
}
