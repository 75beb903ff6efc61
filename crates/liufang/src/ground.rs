//! The ground on which demo, bench and torture stand: a data folder with keys, a migrated database and the region in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use lf_gm::{KeyFile, PublicKey, Signer, Verifier, sec_key};
use lf_ports::ChangeSet;
use lf_vocab::FixmedinsCode;
use lf_wire::client::Dialect;

use crate::client::{AppClient, Http};
use crate::config::{self, Config};
use crate::edge::OsChance;
use crate::keys_cmd;
use crate::region::{self, Keys, Patient, Region};
use crate::ring::{self, STORE_KEY};
use crate::serve::{Migrate, open};

/// Register rows in one commit.
const ROWS_A_COMMIT: usize = 500;

/// A data folder made ready.
pub struct Ground {
    /// The folder.
    pub folder: PathBuf,
    /// The region.
    pub region: Region,
    /// The apps' keys.
    pub keys: Keys,
    /// The platform's key.
    pub platform: KeyFile,
    /// The database's URL.
    pub database: String,
}

/// The database's file name.
pub const DATABASE: &str = "center.db";
/// The platform key's file name.
const PLATFORM_KEY: &str = "platform.key.toml";

/// Files of a ground, which a new one replaces.
const FILES: [&str; 7] =
    [DATABASE, "center.db-wal", "center.db-shm", PLATFORM_KEY, STORE_KEY, "liufang.toml", "center.db-journal"];

/// A folder of ours below the working directory, emptied of an earlier ground; nothing else in it is touched.
pub fn fresh(folder: &str) -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from(folder);
    for file in FILES {
        match std::fs::remove_file(folder.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", folder.join(file).display()));
            }
            _ => {}
        }
    }
    Ok(folder)
}

/// Makes a folder ready: keys drawn anew, database migrated, region and crowd registered. The database is a file in
/// the folder unless an empty one elsewhere is named.
pub async fn prepare(folder: &Path, database: Option<&str>, crowd: &[Patient]) -> anyhow::Result<Ground> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    if folder.join(DATABASE).exists() {
        bail!("{} holds a database already; name an empty folder with --data", folder.display());
    }
    let region = region::load()?;
    let keys = Keys::draw(&region, &OsChance)?;
    let platform = keys_cmd::draw(None, &OsChance)?;
    keys_cmd::write(&folder.join(PLATFORM_KEY), &platform)?;
    ring::new(&folder.join(STORE_KEY), &OsChance)?;
    let database = database.map_or_else(|| format!("sqlite://{}", folder.join(DATABASE).display()), str::to_owned);
    let ground = Ground { folder: folder.to_owned(), region, keys, platform, database };
    ground.register(crowd).await?;
    Ok(ground)
}

impl Ground {
    async fn register(&self, crowd: &[Patient]) -> anyhow::Result<()> {
        let store = open(&config::database(&self.database)?, Migrate::Yes, ring::sealer(&self.store_key())?).await?;
        let mut rows = self.region.registry(&self.keys)?;
        rows.extend(crowd.iter().map(|patient| lf_ports::RegistryPut::Person(patient.person.clone())));
        for part in rows.chunks(ROWS_A_COMMIT) {
            store.commit(ChangeSet { registry: part.to_vec(), ..ChangeSet::default() }).await?;
        }
        let mut accounts = self.region.accounts();
        accounts.extend(crowd.iter().map(Patient::account));
        for part in accounts.chunks(ROWS_A_COMMIT) {
            store.commit(ChangeSet { acct: part.to_vec(), ..ChangeSet::default() }).await?;
        }
        store.close().await;
        Ok(())
    }

    /// The configuration of a center on this ground.
    pub fn config(&self, listen: std::net::SocketAddr) -> anyhow::Result<Config> {
        let mut config = Config::read(None)?;
        config.listen = listen;
        config.database.clone_from(&self.database);
        config.platform_key = self.platform_key();
        config.store_key = self.store_key();
        Ok(config)
    }

    /// The ring that seals the database.
    pub fn store_key(&self) -> PathBuf {
        self.folder.join(STORE_KEY)
    }

    /// The platform's key file.
    pub fn platform_key(&self) -> PathBuf {
        self.folder.join(PLATFORM_KEY)
    }

    /// The same as a file, for a center in a process of its own, with these settings besides.
    pub fn write_config(&self, more: &[(&str, i64)]) -> anyhow::Result<PathBuf> {
        let config = self.config(std::net::SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let mut table = toml::Table::new();
        let mut set = |key: &str, value: toml::Value| drop(table.insert(key.to_owned(), value));
        set("listen", config.listen.to_string().into());
        set("database", config.database.clone().into());
        set("platform_key", config.platform_key.display().to_string().into());
        set("store_key", config.store_key.display().to_string().into());
        // Two apps send what a region's hundreds would.
        for limit in ["app_per_second", "app_burst", "app_concurrent"] {
            set(limit, 1_000_000.into());
        }
        for (key, value) in more {
            set(key, (*value).into());
        }
        let path = self.folder.join("liufang.toml");
        std::fs::write(&path, table.to_string()).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// The platform's signer.
    pub fn signer(&self) -> Signer {
        Signer::new(&self.platform.private_key)
    }

    /// The platform's public key.
    pub fn platform_public_key(&self) -> PublicKey {
        self.platform.public_key()
    }

    /// A client of one institution.
    pub fn client(
        &self,
        code: &FixmedinsCode,
        http: &Http,
        rest_base: &str,
        dialect: Dialect,
    ) -> anyhow::Result<AppClient> {
        let own = self.keys.of(code).ok_or_else(|| anyhow!("no app for {code}"))?;
        Ok(AppClient {
            http: http.clone(),
            rest_base: rest_base.to_owned(),
            app_id: own.app_id.clone(),
            app_secret: own.app_secret.clone(),
            sm4: sec_key(&own.app_id, &own.app_secret)?,
            signer: Signer::new(&own.private_key),
            platform: Arc::new(Verifier::new(&self.platform_public_key())),
            dialect,
        })
    }
}
