//! A server far away: what a command costs is counted in round trips, so a relay in between holds every byte back.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lf_ports::{ChangeSet, ClaimKind, CommitError, PersonKey, RegistryPut, Store as _};
use lf_store::{Options, PostgresStore, postgres};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::unbounded_channel;

use crate::PostgresGround;
use crate::conformance::fixture as f;

/// How long a byte is under way, each way.
const ONE_WAY: Duration = Duration::from_millis(100);

/// A socket behind which the ground's server seems far away.
struct Relay {
    folder: PathBuf,
}

impl Relay {
    fn before(ground: &PostgresGround) -> Self {
        let folder = std::env::temp_dir().join(format!("lf-relay-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        let near = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
        let far = ground.socket();
        tokio::spawn(async move {
            while let Ok((client, _)) = near.accept().await {
                let server = UnixStream::connect(&far).await.unwrap();
                let ((client_out, client_in), (server_out, server_in)) = (client.into_split(), server.into_split());
                tokio::spawn(carry(client_out, server_in));
                tokio::spawn(carry(server_out, client_in));
            }
        });
        Self { folder }
    }

    fn url(&self, ground: &PostgresGround) -> postgres::Url {
        let host = self.folder.display().to_string().replace('/', "%2F");
        let url = ground.url().to_string();
        let name = url.rsplit('/').next().unwrap();
        format!("postgres://postgres@{host}/{name}").parse().unwrap()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Every piece arrives later, but none waits for the one before it.
#[allow(clippy::disallowed_methods, reason = "the distance is time")]
async fn carry(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin + Send + 'static) {
    let (sender, mut underway) = unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((arrives, piece)) = underway.recv().await {
            tokio::time::sleep_until(arrives.into()).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if sender.send((Instant::now() + ONE_WAY, buffer[..length].to_vec())).is_err() {
            return;
        }
    }
}

/// Round trips that something took, to the nearest.
#[allow(clippy::disallowed_methods, reason = "the distance is time")]
async fn trips<T>(command: impl Future<Output = T>) -> (u128, T) {
    let begun = Instant::now();
    let done = command.await;
    ((begun.elapsed() + ONE_WAY / 2).as_millis() / (2 * ONE_WAY).as_millis(), done)
}

fn command(serial: u64) -> ChangeSet {
    let mut rx = f::open(serial);
    rx.file = Some(f::file());
    ChangeSet {
        idem: Some(f::idem(&format!("m{serial}"), 1)),
        claims: vec![f::claim(&format!("c{serial}"), "o")],
        setl: Some(f::setl(&format!("S{serial}"), None)),
        ..f::rx_only(rx)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_reads_in_one_round_trip_and_writes_in_one() {
    let ground = PostgresGround::new();
    let relay = Relay::before(&ground);
    let options = Options { readers: 1, writers: 1, ..f::options() };
    let store = PostgresStore::open(&relay.url(&ground), options).await.unwrap();
    let ask = async |serial| {
        let (number, key) = (f::number(serial), f::idem(&format!("m{serial}"), 1).key);
        let token = PersonKey::EcToken("token-1".to_owned());
        let found = tokio::try_join!(
            store.idem(&key),
            store.rx(&number),
            store.rx_content(&number),
            store.rx_file(&number),
            store.claim(ClaimKind::DrugTracCodg, "c1"),
            store.person(&token),
        );
        let (_, rx, .., person) = found.unwrap();
        rx.is_some() && person.is_some()
    };
    // The first of each connects and prepares.
    let person = RegistryPut::Person(f::person());
    store.commit(ChangeSet { registry: vec![person], ..command(1) }).await.unwrap();
    assert!(ask(1).await);
    store.commit(command(3)).await.unwrap();
    assert_eq!(trips(ask(1)).await, (1, true), "six questions");
    assert_eq!(trips(store.commit(command(2))).await, (1, Ok(())), "nine statements in a transaction");
    assert_eq!(trips(ask(2)).await, (1, true));
    // What stands against it costs two more, one of them to take back; the first time also prepares the questions.
    let told = Err(CommitError::Repeated(Box::new(f::idem("m2", 1))));
    assert_eq!(store.commit(command(2)).await, told);
    assert_eq!(trips(store.commit(command(2))).await, (3, told));
}
