//! Every message of `examples/` is sent over HTTP to a real center on a real database, in all three dialects.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lf_gm::Signer;
use lf_ports::Clock as _;
use lf_vocab::FixmedinsKind;
use lf_wire::client::Dialect;
use serde_json::Value;

use super::{STEPS, Tour};
use crate::cli::{Beside, Lawful, OnlineArgs};
use crate::client::http;
use crate::edge::SystemClock;
use crate::ground::{Ground, prepare};
use crate::law_files;
use crate::online_cmd::choose;
use crate::serve::{Migrate, Served, start};

fn texts() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let files = STEPS.iter().map(|step| step.file).chain(["parts/7102-signed-fields.json"]);
    files.map(|file| (file.to_owned(), std::fs::read_to_string(folder.join(file)).unwrap())).collect()
}

/// What the patient of the examples chooses in a channel.
async fn chosen(served: &Served, ground: &Ground, hi_rxno: &str) -> String {
    let patient = &ground.region.patients[0].person;
    let args = OnlineArgs {
        lawful: Lawful { beside: Beside { database: String::new(), store_key: None }, packs: None },
        pharmacy: "P36090200106".parse().unwrap(),
        channel: "DEMOCHANNEL".to_owned(),
        hi_rxno: vec![hi_rxno.parse().unwrap()],
        token_minutes: 30,
    };
    let store = served.store.clone();
    let law = Arc::new(law_files::load(None).unwrap());
    choose(store, law, &args, &patient.ec_token, SystemClock.now()).await.unwrap().unwrap().auth_circ_biz_sn
}

async fn travel(ground: &Ground, served: &Served, dialect: Dialect, serial: u64) {
    let rest_base = &served.rest_base();
    let http = http();
    let client = |code: &str| ground.client(&code.parse().unwrap(), &http, rest_base, dialect).unwrap();
    // The two apps that examples/README.md names.
    let (hospital, pharmacy) = (client("H36090200101"), client("P36090200106"));
    let mut tour = Tour::new(texts(), SystemClock.now(), serial);
    loop {
        if let Some(hi_rxno) = tour.chooses().map(str::to_owned) {
            tour.chosen(chosen(served, ground, &hi_rxno).await);
        }
        let Some((step, body)) = tour.message().unwrap() else { break };
        let app = if step.sender == FixmedinsKind::Hospital { &hospital } else { &pharmacy };
        let data = serde_json::to_vec(&body).unwrap();
        let opened = app.call(step.infno, &data, SystemClock.now().millis()).await.unwrap();
        assert_eq!(opened.code, 0, "{} in dialect {}: {}", step.file, dialect.letter(), opened.message);
        let reply: Value = serde_json::from_slice(&opened.data).unwrap();
        // A batch answers each row.
        assert!(!reply.to_string().contains(r#""retRslt":"0""#), "{}: {reply}", step.file);
        // What was told is found again.
        if let "3508" | "3509" | "3510" | "3511" | "3512" | "3513" = step.infno {
            assert!(reply["data"].as_array().is_some_and(|rows| !rows.is_empty()), "{}: {reply}", step.file);
        }
        tour.answered(&reply).unwrap();
    }
}

#[test]
fn no_example_stays_at_home() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for (sub, prefix) in [("", ""), ("goods", "goods/")] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".json") {
                assert!(STEPS.iter().any(|step| step.file == format!("{prefix}{name}")), "{prefix}{name} is not sent");
                assert!(readme.contains(&format!("`{name}`")), "README.md does not name {name}");
            }
        }
    }
}

#[tokio::test]
async fn every_example_is_accepted_in_every_dialect() {
    let folder = std::env::temp_dir().join(format!("liufang-examples-{}", std::process::id()));
    // A process of this number may have been killed before.
    let _ = std::fs::remove_dir_all(&folder);
    let ground = prepare(&folder, None, &[]).await.unwrap();
    let config = ground.config("127.0.0.1:0".parse().unwrap()).unwrap();
    let served = start(&config, Signer::new(&ground.platform.private_key), Migrate::Yes).await.unwrap();
    for (turn, dialect) in (0u64..).zip(Dialect::ALL) {
        travel(&ground, &served, dialect, 100 + 10 * turn).await;
    }
    let report = lf_testkit::audit::audit(served.store.as_ref()).await.unwrap();
    assert!(report.passes(), "{report}");
    served.stop().await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}
