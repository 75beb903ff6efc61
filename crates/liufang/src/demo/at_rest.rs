//! What a thief of the database finds after a whole demo: no name, certificate number, token or secret of the region.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_ports::codec;
use lf_rx::Event;
use lf_store::Engine;
use lf_wire::client::Dialect;

use super::walk;
use crate::client::http;
use crate::ground::{self, Ground};
use crate::serve::{self, Migrate};

#[path = "../../../store/tests/cluster.rs"]
mod cluster;

/// A folder that is gone afterwards.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn folder(name: &str) -> Folder {
    let folder = std::env::temp_dir().join(format!("liufang-at-rest-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    Folder(folder)
}

/// Everything that may stand nowhere in clear, with what it is.
fn secrets(ground: &Ground) -> Vec<(&'static str, String)> {
    let mut secrets = Vec::new();
    for person in ground.region.patients.iter().map(|patient| &patient.person) {
        secrets.push(("name of a person", person.psn_name.clone()));
        secrets.push(("certificate of a person", person.certno.as_str().to_owned()));
        secrets.push(("token of a person", person.ec_token.clone()));
        if let Some(card) = &person.card {
            secrets.push(("card of a person", card.sscno.as_str().to_owned()));
            secrets.push(("卡识别码 of a person", card.card_sn.as_str().to_owned()));
        }
    }
    let doctors = ground.region.doctors.iter().map(|doctor| &doctor.practitioner);
    for one in doctors.chain(ground.region.pharmacists.iter().map(|one| &one.practitioner)) {
        secrets.push(("name of a practitioner", one.prac_name.clone()));
        secrets.extend(one.certno.iter().map(|certno| ("certificate of a practitioner", certno.as_str().to_owned())));
        secrets.extend(one.ec_token.iter().map(|token| ("token of a practitioner", token.clone())));
    }
    for app in &ground.keys.apps {
        secrets.push(("secret of an app", app.app_secret.clone()));
        secrets.extend(app.sign_key.iter().map(|key| ("key of an institution", key.to_base64().to_string())));
    }
    secrets.push(("a prescription file", "JVBERi0x".to_owned()));
    secrets.retain(|(_, secret)| !secret.is_empty());
    assert!(secrets.len() > 60, "{}", secrets.len());
    secrets
}

/// The tokens of the walk, which no register knows.
async fn tokens(store: &dyn Engine) -> Vec<(&'static str, String)> {
    let mut tokens = Vec::new();
    for pool in store.pools().await.unwrap() {
        for rx in store.scan_rx(pool, None, 100).await.unwrap() {
            for event in store.rx_events(&rx.hi_rxno).await.unwrap() {
                if let Event::Downloaded(downloaded) = codec::decode(&event.body, "rx_event", "body", "").unwrap() {
                    tokens.push(("token of a prescription", downloaded.epc_token));
                }
            }
        }
    }
    assert!(!tokens.is_empty());
    tokens
}

/// Which of the secrets stand in something: as they are, in hexadecimal, or inside a longer text's Base64, wherever they
/// begin there.
fn found(haystack: &[u8], secrets: &[(&'static str, String)]) -> BTreeSet<&'static str> {
    const START: usize = 6;
    let mut starts: HashMap<[u8; START], Vec<(&'static str, String)>> = HashMap::new();
    for (what, secret) in secrets {
        for needle in spellings(secret) {
            let start = *needle.as_bytes().first_chunk().expect("a secret of six bytes at least");
            starts.entry(start).or_default().push((what, needle));
        }
    }
    let mut found = BTreeSet::new();
    for at in 0..haystack.len().saturating_sub(START - 1) {
        let Some(needles) = haystack[at..].first_chunk().and_then(|start| starts.get(start)) else { continue };
        let here = |needle: &str| haystack[at..].starts_with(needle.as_bytes());
        found.extend(needles.iter().filter(|(_, needle)| here(needle)).map(|(what, _)| *what));
    }
    found
}

fn spellings(secret: &str) -> Vec<String> {
    let mut needles = vec![secret.to_owned(), lf_gm::hex::lower(secret.as_bytes())];
    for (lead, shared) in [(0, 0), (1, 2), (2, 3)] {
        let text = [&vec![0; lead][..], secret.as_bytes()].concat();
        let whole = text.len() * 8 / 6;
        needles.push(BASE64_STANDARD.encode(&text)[shared..whole].to_owned());
    }
    needles
}

#[test]
fn the_search_finds_what_is_wrapped() {
    let wrapped = |lead: &str| BASE64_STANDARD.encode(format!("{lead}张三{lead}"));
    let stands = |haystack: &str, secret: &str| !found(haystack.as_bytes(), &[("name", secret.to_owned())]).is_empty();
    assert!(["", "x", "xx", "xxx"].iter().all(|lead| stands(&wrapped(lead), "张三")));
    assert!(stands(&lf_gm::hex::lower("x张三".as_bytes()), "张三") && stands("x张三", "张三"));
    assert!(!stands(&wrapped("x"), "张四"));
}

fn nothing_stands_in(haystack: &[u8], secrets: &[(&'static str, String)], ground: &Ground) {
    // What is meant to stand there is found the same way, so that the search is one.
    let mut sought = secrets.to_vec();
    sought.push(("number of a person", ground.region.patients[0].person.psn_no.as_str().to_owned()));
    sought.push(("name of a drug", ground.region.drugs[0].drug.genname.clone()));
    assert_eq!(found(haystack, &sought), BTreeSet::from(["name of a drug", "number of a person"]));
}

async fn walk(ground: &Ground) -> serve::Served {
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let served = serve::start(&ground.config(listen).unwrap(), ground.signer(), Migrate::No).await.unwrap();
    walk::run(ground, &http(), &served.rest_base(), Dialect::Official, served.store.as_ref()).await.unwrap();
    served
}

fn files(folder: &Path) -> Vec<u8> {
    let read = |end: &str| std::fs::read(folder.join(format!("{}{end}", ground::DATABASE))).unwrap_or_default();
    [read(""), read("-wal"), read("-journal")].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_files_hold_nothing_in_clear() {
    let folder = folder("sqlite");
    let ground = ground::prepare(&folder.0, None, &[]).await.unwrap();
    let served = walk(&ground).await;
    let mut secrets = secrets(&ground);
    secrets.extend(tokens(served.store.as_ref()).await);
    assert!(std::fs::metadata(folder.0.join("center.db-wal")).unwrap().len() > 0, "the log is looked at too");
    nothing_stands_in(&files(&folder.0), &secrets, &ground);
    served.stop().await.unwrap();
    nothing_stands_in(&files(&folder.0), &secrets, &ground);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_rows_hold_nothing_in_clear() {
    let (cluster, folder) = (cluster::Cluster::shared(), folder("postgres"));
    let name = format!("at_rest_{}", std::process::id());
    let admin = connect(&cluster.url("postgres")).await;
    // A process of this number may have been killed before.
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let ground = ground::prepare(&folder.0, Some(&cluster.url(&name)), &[]).await.unwrap();
    let served = walk(&ground).await;
    let link = connect(&cluster.url(&name)).await;
    let mut secrets = secrets(&ground);
    secrets.extend(tokens(served.store.as_ref()).await);
    let mut dump = String::new();
    let tables = "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    for table in link.query(tables, &[]).await.unwrap() {
        let rows = format!("SELECT t::text FROM {} t", table.get::<_, String>(0));
        link.query(&rows, &[]).await.unwrap().iter().for_each(|row| dump.push_str(row.get(0)));
    }
    nothing_stands_in(dump.as_bytes(), &secrets, &ground);
    served.stop().await.unwrap();
    drop(link);
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
