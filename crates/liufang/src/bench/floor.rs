//! The floor of `bench lifecycle`: what nobody can leave out. For every message of a recorded life the client's and
//! the server's SM2, SM3 and SM4 with the library in use, for every transaction that changes something one durable
//! commit of the size of what it must keep; no JSON, no law, no HTTP.

#![allow(clippy::float_arithmetic, reason = "figures of a measurement, never money")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_gm::{Signer, Sm4Key, Verifier, sec_key};
use lf_ports::{Chance as _, ChangeSet, Clock as _, IdemKey, IdemRow};
use lf_store::{Database, Engine, Sealer};
use lf_vocab::FixmedinsCode;

use crate::edge::{OsChance, SystemClock};
use crate::ground::DATABASE;
use crate::keys_cmd::private_key;
use crate::ring::{self, STORE_KEY};
use crate::serve::{Migrate, open};

/// The payloads of one life, and its file.
pub struct Recorded {
    messages: Vec<(Vec<u8>, Vec<u8>)>,
    file: Vec<u8>,
}

impl Recorded {
    /// Nothing yet.
    pub fn new(rx_file: &str) -> Self {
        Self { messages: Vec::new(), file: BASE64_STANDARD.decode(rx_file).unwrap_or_default() }
    }

    /// A request's payload and its reply's.
    pub fn add(&mut self, request: &[u8], reply: &[u8]) {
        self.messages.push((request.to_vec(), reply.to_vec()));
    }
}

struct Work {
    recorded: Recorded,
    sm4: Sm4Key,
    app: (Signer, Verifier),
    platform: (Signer, Verifier),
    institution: (Signer, Verifier),
    store: Arc<dyn Engine>,
    fixmedins_code: FixmedinsCode,
    stopping: AtomicBool,
    lives: AtomicU64,
    serial: AtomicU64,
}

/// Lifecycles a second that nothing but the unavoidable allows, with as many tasks as the measurement had clients.
#[allow(clippy::disallowed_methods, reason = "the bench measures time")]
pub async fn run(folder: &Path, recorded: &Recorded, clients: usize, time: Duration) -> anyhow::Result<f64> {
    std::fs::create_dir_all(folder)?;
    let pair = || -> anyhow::Result<(Signer, Verifier)> {
        let key = private_key(&OsChance)?;
        Ok((Signer::new(&key), Verifier::new(&key.public_key())))
    };
    let secret = lf_gm::hex::upper(&OsChance.draw());
    let sealer = Arc::new(Sealer::new(&ring::new(&folder.join(STORE_KEY), &OsChance)?));
    let work = Arc::new(Work {
        recorded: Recorded { messages: recorded.messages.clone(), file: recorded.file.clone() },
        sm4: sec_key(&secret, &secret)?,
        app: pair()?,
        platform: pair()?,
        institution: pair()?,
        store: open(&Database::Sqlite(folder.join(DATABASE)), Migrate::Yes, sealer).await?,
        fixmedins_code: "H36090200101".parse()?,
        stopping: AtomicBool::new(false),
        lives: AtomicU64::new(0),
        serial: AtomicU64::new(0),
    });
    let began = Instant::now();
    let tasks: Vec<_> = (0..clients.max(1)).map(|_| tokio::spawn(keep_working(work.clone()))).collect();
    tokio::time::sleep(time).await;
    let (lives, seconds) = (work.lives.load(Ordering::Relaxed), began.elapsed().as_secs_f64());
    work.stopping.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    work.store.close().await;
    Ok(lives as f64 / seconds)
}

async fn keep_working(work: Arc<Work>) -> anyhow::Result<()> {
    while !work.stopping.load(Ordering::Relaxed) {
        for (at, (request, reply)) in work.recorded.messages.iter().enumerate() {
            one_way(&work, request, &work.app);
            of_the_institution(&work, at);
            commit(&work, at).await?;
            one_way(&work, reply, &work.platform);
        }
        work.lives.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Seal and sign at one end, open and verify at the other. The sign text is the payload and some 200 bytes.
fn one_way(work: &Work, payload: &[u8], (signer, verifier): &(Signer, Verifier)) {
    let sealed = work.sm4.seal_hex_upper(payload);
    let signature = signer.sign(payload);
    let opened = work.sm4.open_hex(sealed.as_bytes());
    std::hint::black_box((opened.is_ok(), verifier.verify(payload, &signature)));
}

/// 7102 signs text and file, 7103 and 7205 hash the file, 7205 verifies both.
fn of_the_institution(work: &Work, at: usize) {
    let (signer, verifier) = &work.institution;
    if !matches!(at, 1 | 2 | 5) {
        return;
    }
    let file_sm3 = lf_gm::sm3(&work.recorded.file);
    if at == 1 {
        std::hint::black_box((signer.sign(&file_sm3), signer.sign(&work.recorded.messages[1].0[..2_000])));
    }
    if at == 5 {
        let signature = signer.sign(&file_sm3);
        std::hint::black_box((verifier.verify(&file_sm3, &signature), verifier.verify(&file_sm3, &signature)));
    }
}

/// What the transaction must keep: the reply, and in 7102 the file.
async fn commit(work: &Work, at: usize) -> anyhow::Result<()> {
    let serial = work.serial.fetch_add(1, Ordering::Relaxed);
    let (request, reply) = &work.recorded.messages[at];
    let kept = match at {
        0 | 1 => request.clone(),
        4 => Vec::new(),
        _ => reply.clone(),
    };
    let key = IdemKey { fixmedins_code: work.fixmedins_code.clone(), infno: "floor", key: serial.to_string() };
    let idem = Some(IdemRow { key, digest: [0; 32], reply: kept, at: SystemClock.now() });
    work.store.commit(ChangeSet { idem, ..ChangeSet::default() }).await?;
    Ok(())
}
