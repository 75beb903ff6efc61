//! A whole center behind its front, in a file of its own: the store is SQLite, the law is the repository's,
//! the clock stands until it is moved, chance is seeded; so whole replies can be compared.
//!
//! Invariant: two worlds of the same script answer the same bytes.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use lf_center::{Center, Settings};
use lf_gm::{PrivateKey, Signer, Sm4Key, Verifier};
use lf_http::{Front, Limits};
use lf_law::{Law, Source};
use lf_ports::{App, AuditStore as _, Chance, ChangeSet, ClaimKind, Clock, CodeStyle, RegistryPut, Store as _};
use lf_store::{Options, Sealer, SqliteStore};
use lf_vocab::Moment;
use lf_wire::client::{ClientKeys, Dialect, open_reply, seal_members, seal_request};
use lf_wire::json;
use lf_wire::table::{Kind, Need, Table};
use lf_wire::{DefectKind, SignForm, Transaction};
use serde_json::Value;

use crate::gateway_client::Speech;
use crate::messages;

/// When every world begins.
pub const START: &str = "2026-05-11 09:30:00";
/// The path of the front; the method follows.
pub const BASE: &str = "/epc/api/fixmedins/";

/// A center, its front, and the clients that know it.
pub struct World {
    pub front: Arc<Front>,
    pub clock: Arc<StandingClock>,
    pub store: Arc<SqliteStore>,
    pub hospital: Client,
    pub pharmacy: Client,
    pub disabled: Client,
    path: PathBuf,
}

/// What a client holds.
pub struct Client {
    pub app_id: String,
    pub app_secret: String,
    pub sm4: Sm4Key,
    pub signer: Signer,
    pub platform: Verifier,
    pub public_key: String,
}

/// A reply, opened and verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub code: i64,
    pub message: String,
    /// The payload.
    pub data: Value,
    /// The same as it was sent.
    pub plain: String,
}

/// A clock that stands.
pub struct StandingClock(AtomicI64);

impl Clock for StandingClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }
}

impl StandingClock {
    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

/// SM3 of a counter: never the same twice in a world, always the same in the next world.
#[derive(Default)]
struct SeededChance(AtomicU64);

impl Chance for SeededChance {
    fn draw(&self) -> [u8; 16] {
        let at = self.0.fetch_add(1, Ordering::SeqCst);
        let hash = lf_gm::sm3(format!("chance {at}").as_bytes());
        hash[..16].try_into().unwrap()
    }
}

/// A key that depends on its name alone.
pub fn key(name: &str) -> PrivateKey {
    PrivateKey::from_seed_bytes(&lf_gm::sm3(name.as_bytes())).unwrap()
}

/// A client whose keys depend on its name alone.
pub fn client(name: &str) -> Client {
    let app_id = lf_gm::hex::upper(&lf_gm::sm3(format!("app {name}").as_bytes())[..16]);
    let app_secret = lf_gm::hex::upper(&lf_gm::sm3(format!("secret {name}").as_bytes())[..16]);
    Client {
        sm4: lf_gm::sec_key(&app_id, &app_secret).unwrap(),
        signer: Signer::new(&key(name)),
        platform: Verifier::new(&key("platform").public_key()),
        public_key: key(name).public_key().to_base64(),
        app_id,
        app_secret,
    }
}

/// The rule packs of the repository, read once.
fn law() -> Arc<Law> {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    LAW.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law");
        let mut files = Vec::new();
        read_folder(&root, &root, &mut files);
        let sources: Vec<_> = files.iter().map(|(path, text)| Source { path, text }).collect();
        Arc::new(Law::load(&sources).unwrap())
    })
    .clone()
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            files.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    files.sort();
}

impl World {
    pub async fn new() -> Self {
        Self::with(Limits::default(), |_| {}).await
    }

    /// A world with other limits, or with registers changed before they are written.
    pub async fn with(limits: Limits, change: impl FnOnce(&mut Vec<RegistryPut>)) -> Self {
        static WORLDS: AtomicU64 = AtomicU64::new(0);
        // First, so that a pack that does not load leaves no file behind.
        let law = law();
        let name = format!("lf-http-{}-{}.db", std::process::id(), WORLDS.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        remove(&path);
        let start: Moment = START.parse().unwrap();
        let ring = Sealer::new(&lf_gm::RingFile::new(START, [7; 32]).unwrap());
        let options = Options { migrate_at: Some(start), readers: 1, ..Options::new(Arc::new(ring)) };
        let store = Arc::new(SqliteStore::open(&path, options).unwrap());
        let [hospital, pharmacy, disabled] = ["hospital", "pharmacy", "disabled"].map(client);
        let mut registry = messages::registry();
        registry.push(app(&hospital, messages::HOSPITAL, CodeStyle::Number, false));
        registry.push(app(&pharmacy, messages::PHARMACY, CodeStyle::Text, false));
        registry.push(app(&disabled, messages::HOSPITAL, CodeStyle::Number, true));
        change(&mut registry);
        let changes = ChangeSet { registry, acct: messages::accounts(), ..ChangeSet::default() };
        store.commit(changes).await.unwrap();
        let clock = Arc::new(StandingClock(AtomicI64::new(start.micros())));
        let center = Center::new(store.clone(), law, Arc::new(SeededChance::default()), Settings::default());
        let front = Arc::new(Front::new(center, clock.clone(), Signer::new(&key("platform")), limits));
        Self { front, clock, store, hospital, pharmacy, disabled, path }
    }

    /// Seals, sends and opens as the client of the transaction's side; the clock moves a second.
    pub async fn call(&self, speech: impl Into<Speech>, transaction: Transaction, data: &Value) -> Answer {
        let dialect = match speech.into() {
            Speech::Rest(dialect) => dialect,
            other => return self.call_gateway(other, transaction, data).await,
        };
        let client = self.client_of(transaction);
        let body = client.seal(dialect, self.now_ms(), &data.to_string());
        self.clock.forward(1);
        self.send(client, transaction.method(), &body).await
    }

    /// The same, and it must succeed with a payload as the interface documents it.
    pub async fn good(&self, dialect: impl Into<Speech>, transaction: Transaction, data: &Value) -> Answer {
        let answer = self.call(dialect, transaction, data).await;
        assert_eq!(answer.code, 0, "{transaction}: {}", answer.message);
        assert_eq!(undocumented(transaction, &answer), Vec::<String>::new(), "{transaction}");
        answer
    }

    /// Sends a body and opens the reply, which must be sealed and signed.
    pub async fn send(&self, client: &Client, method: &str, body: &[u8]) -> Answer {
        let reply = self.front.answer(&format!("{BASE}{method}"), body).await;
        client.open(&reply)
    }

    /// The client that a transaction belongs to.
    pub fn client_of(&self, transaction: Transaction) -> &Client {
        use Transaction::{T7101, T7102, T7103, T7104, T7105, T7106, T7107};
        let hospital = matches!(transaction, T7101 | T7102 | T7103 | T7104 | T7105 | T7106 | T7107);
        if hospital { &self.hospital } else { &self.pharmacy }
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }

    /// That the independent auditor finds nothing: chains, states, amounts, balances, claims.
    pub async fn audited(&self) {
        let report = lf_testkit::audit::audit(self.store.as_ref()).await.unwrap();
        assert!(report.passes(), "{report:?}");
    }

    /// Replaces rows of the registers while the front runs.
    pub async fn register(&self, registry: Vec<RegistryPut>) {
        self.store.commit(ChangeSet { registry, ..ChangeSet::default() }).await.unwrap();
    }

    /// What stands in the files of the database: whoever writes a row, or only sets serials aside, changes it.
    pub fn written(&self) -> Written {
        let file = |end: &str| {
            let bytes = std::fs::read(format!("{}{end}", self.path.display())).unwrap_or_default();
            let mut hasher = DefaultHasher::new();
            bytes.hash(&mut hasher);
            (bytes.len(), hasher.finish())
        };
        Written([file(""), file("-wal")])
    }

    /// All that the ports tell of what is stored, by kind: to compare two worlds.
    pub async fn rows(&self) -> BTreeMap<&'static str, Vec<String>> {
        let (store, pool) = (self.store.as_ref(), "360900".parse().unwrap());
        let mut rows = BTreeMap::<_, Vec<String>>::new();
        for rx in store.scan_rx(pool, None, 100).await.unwrap() {
            let events = store.rx_events(&rx.hi_rxno).await.unwrap();
            let content = store.rx_content(&rx.hi_rxno).await.unwrap();
            rows.entry("rx").or_default().push(format!("{rx:?} {events:?} {content:?}"));
        }
        for setl in store.scan_setl(pool, None, 100).await.unwrap() {
            rows.entry("setl").or_default().push(format!("{setl:?}"));
        }
        for accum in store.scan_accum(pool, None, 100).await.unwrap() {
            rows.entry("accum").or_default().push(format!("{accum:?}"));
        }
        for claim in store.scan_claims(ClaimKind::DrugTracCodg, None, 100).await.unwrap() {
            rows.entry("claim").or_default().push(format!("{claim:?}"));
        }
        for acct in store.scan_acct(pool, None, 100).await.unwrap() {
            rows.entry("acct").or_default().push(format!("{acct:?}"));
        }
        rows
    }
}

/// Lengths and hashes of the database's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written([(usize, u64); 2]);

/// The register's row of a client.
pub fn app(client: &Client, fixmedins_code: &str, code_style: CodeStyle, disabled: bool) -> RegistryPut {
    RegistryPut::App(App {
        app_id: client.app_id.clone(),
        app_secret: client.app_secret.clone(),
        public_key: client.public_key.clone(),
        fixmedins_code: fixmedins_code.parse().unwrap(),
        code_style,
        disabled,
        gateway: Some(crate::gateway_client::registered(client)),
        limits: None,
    })
}

impl Client {
    pub fn keys(&self) -> ClientKeys<'_> {
        ClientKeys {
            app_id: &self.app_id,
            app_secret: &self.app_secret,
            sm4: &self.sm4,
            signer: &self.signer,
            platform: &self.platform,
        }
    }

    pub fn seal(&self, dialect: Dialect, now_ms: i64, data: &str) -> Vec<u8> {
        seal_request(dialect, self.keys(), now_ms, data.as_bytes()).unwrap()
    }

    /// Seals bytes that need not be JSON. The signature covers the cipher text, so it is right whatever they are.
    pub fn seal_bytes(&self, now_ms: i64, plain: &[u8]) -> Vec<u8> {
        let enc_data = self.sm4.seal_hex_upper(plain);
        let text = format!(
            "appId={}&data={enc_data}&encType=SM4&signType=SM2&timestamp={now_ms}&key={}",
            self.app_id, self.app_secret
        );
        let sign_data = self.signer.sign(text.as_bytes()).to_base64();
        format!(
            r#"{{"appId":"{}","timestamp":{now_ms},"encType":"SM4","signType":"SM2","encData":"{enc_data}","signData":"{sign_data}"}}"#,
            self.app_id
        )
        .into_bytes()
    }

    /// Seals an envelope of any fields.
    pub fn seal_fields(&self, fields: &Value, data: &str) -> Vec<u8> {
        let text = fields.to_string();
        let json::Value::Object(members) = json::Value::parse(text.as_bytes()).unwrap() else { panic!("no object") };
        seal_members(members, SignForm::Object, self.keys(), data.as_bytes()).unwrap()
    }

    pub fn open(&self, reply: &[u8]) -> Answer {
        let opened = open_reply(self.keys(), reply)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(reply)));
        let plain = String::from_utf8(opened.data).unwrap();
        Answer { code: opened.code, message: opened.message, data: serde_json::from_str(&plain).unwrap(), plain }
    }
}

/// Where a payload differs from its output table: required names that are not there, names that the table does
/// not have, values of another kind. A required text that is not known is sent empty.
fn undocumented(transaction: Transaction, answer: &Answer) -> Vec<String> {
    let output = transaction.spec().output;
    let mut found = Vec::new();
    walk(output, "", &answer.data, &mut found);
    let plain = json::Value::parse(answer.plain.as_bytes()).unwrap();
    if let Err(defects) = lf_wire::validate_table(output, &plain) {
        let wrong = defects.list().iter().filter(|defect| defect.kind != DefectKind::Missing);
        found.extend(wrong.map(ToString::to_string));
    }
    found
}

fn walk(table: &Table, path: &str, value: &Value, found: &mut Vec<String>) {
    let members = value.as_object().unwrap();
    for key in members.keys() {
        if !table.fields.iter().any(|field| field.wire == key || field.also.contains(&key.as_str())) {
            found.push(format!("{path}{key} is not in the table"));
        }
    }
    for field in table.fields {
        let path = format!("{path}{}", field.wire);
        match (members.get(field.wire), field.kind) {
            (None, _) if matches!(field.need, Need::Required) => found.push(format!("{path} is missing")),
            (Some(child), Kind::Node(table)) => walk(table, &format!("{path}."), child, found),
            (Some(Value::Array(rows)), Kind::List { of, .. }) => {
                rows.iter().for_each(|row| walk(of, &format!("{path}[]."), row, found));
            }
            _ => {}
        }
    }
}

/// The fields of an envelope before they are opened.
pub fn envelope(reply: &[u8]) -> Value {
    serde_json::from_slice(reply).unwrap()
}

impl Drop for World {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        // What is not there needs no removing.
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}
