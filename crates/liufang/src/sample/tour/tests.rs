//! Every file of `examples/` is sent over HTTP to a real center on a real database, in all three dialects.

use std::collections::BTreeMap;
use std::path::Path;

use lf_gm::Signer;
use lf_ports::Clock as _;
use lf_vocab::FixmedinsKind;
use lf_wire::client::Dialect;
use serde_json::Value;

use super::{STEPS, Tour};
use crate::client::http;
use crate::edge::SystemClock;
use crate::ground::{Ground, prepare};
use crate::serve::{Migrate, start};

fn texts() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let files = STEPS.iter().map(|step| step.file).chain(["parts/7102-signed-fields.json"]);
    files.map(|file| (file.to_owned(), std::fs::read_to_string(folder.join(file)).unwrap())).collect()
}

async fn travel(ground: &Ground, rest_base: &str, dialect: Dialect, serial: u64) {
    let http = http();
    let client = |code: &str| ground.client(&code.parse().unwrap(), &http, rest_base, dialect).unwrap();
    // The two apps that examples/README.md names.
    let (hospital, pharmacy) = (client("H36090200101"), client("P36090200106"));
    let mut tour = Tour::new(texts(), SystemClock.now(), serial);
    while let Some((step, body)) = tour.message().unwrap() {
        let app = if step.sender == FixmedinsKind::Hospital { &hospital } else { &pharmacy };
        let data = serde_json::to_vec(&body).unwrap();
        let opened = app.call(step.infno, &data, SystemClock.now().millis()).await.unwrap();
        assert_eq!(opened.code, 0, "{} in dialect {}: {}", step.file, dialect.letter(), opened.message);
        let reply: Value = serde_json::from_slice(&opened.data).unwrap();
        tour.answered(&reply).unwrap();
    }
}

#[tokio::test]
async fn every_example_is_accepted_in_every_dialect() {
    let folder = std::env::temp_dir().join(format!("liufang-examples-{}", std::process::id()));
    let ground = prepare(&folder, None, &[]).await.unwrap();
    let config = ground.config("127.0.0.1:0".parse().unwrap()).unwrap();
    let served = start(&config, Signer::new(&ground.platform.private_key), Migrate::Yes).await.unwrap();
    for (turn, dialect) in (0u64..).zip(Dialect::ALL) {
        travel(&ground, &served.rest_base(), dialect, 100 + 10 * turn).await;
    }
    let report = lf_testkit::audit::audit(served.store.as_ref()).await.unwrap();
    assert!(report.passes(), "{report}");
    served.stop().await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
}
