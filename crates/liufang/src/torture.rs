//! `liufang torture`: what is acknowledged stays, what only one may have one gets, whatever dies meanwhile.
//!
//! The checker ([`ledger`], [`questions`], [`record`]) shares nothing with the center that it judges: it knows what clients
//! sent and what they were answered. The auditor goes through the database besides.

mod counter;
mod desk;
mod dice;
mod faults;
mod kills;
mod ledger;
mod life;
mod questions;
mod races;
mod record;
mod site;

use std::path::Path;
use std::sync::Arc;

use lf_ports::Chance as _;
use lf_store::Engine;
use lf_testkit::audit::Report;

use crate::beside::open_beside;
use crate::cli::{Place, TortureArgs, TortureCommand};
use crate::cluster::Cluster;
use crate::edge::OsChance;
use crate::ground::{self, Ground};
use crate::region::{self, Patient};
use desk::Desk;
use site::Site;

/// Where everything is left, so that it can be looked at afterwards.
const FOLDER: &str = "var/torture";

/// A message is repeated long after it was sent, and a token used long after it was given.
const SETTINGS: [(&str, i64); 2] = [("timestamp_window_seconds", 86_400), ("token_minutes", 1_440)];

/// `liufang torture …`. Whether the center kept its word.
pub async fn run(args: &TortureArgs) -> anyhow::Result<bool> {
    match &args.command {
        None => kills::run(&args.kills).await,
        Some(TortureCommand::Races(races)) => races::run(races).await,
        Some(TortureCommand::Counter(args)) => counter::run(args),
    }
}

/// Everything that a torture needs, standing.
struct Stage {
    ground: Ground,
    crowd: Vec<Patient>,
    cluster: Option<Cluster>,
    site: Site,
    desk: Arc<Desk>,
}

impl Stage {
    /// A fresh database with the region and so many persons, and the processes on it.
    async fn set(place: &Place, processes: u8, persons: u32) -> anyhow::Result<Self> {
        let folder = ground::fresh(FOLDER)?;
        let cluster = if place.cluster { Some(Cluster::start(Path::new(FOLDER)).await?) } else { None };
        let database = cluster.as_ref().map(Cluster::url).or_else(|| place.database.clone());
        let crowd = region::load()?.crowd(persons)?;
        let ground = ground::prepare(&folder, database.as_deref(), &crowd).await?;
        let site = Site::start(ground.write_config(&SETTINGS)?, usize::from(processes)).await?;
        let desk = Arc::new(Desk::new(&ground, site.addresses.clone())?);
        Ok(Self { ground, crowd, cluster, site, desk })
    }

    /// Ends the processes and has the auditor look through what they left. The store is for whoever looks further.
    async fn strike(&mut self) -> anyhow::Result<(Arc<dyn Engine>, Report)> {
        self.site.raze().await?;
        let store = open_beside(&self.ground.database, Some(&self.ground.store_key())).await?;
        let audit = lf_testkit::audit::audit(store.as_ref()).await?;
        for difference in &audit.differences {
            let kind = difference.kind.word();
            self.desk.faults.add(format!("audit: {kind} {}: {}", difference.place, difference.what));
        }
        Ok((store, audit))
    }

    /// Ends the cluster in good order. Answers the database's engine, for people.
    async fn end(self) -> anyhow::Result<&'static str> {
        if let Some(cluster) = self.cluster {
            cluster.stop().await?;
        }
        Ok(if self.ground.database.starts_with("sqlite") { "sqlite" } else { "postgres" })
    }
}

/// The seed of a run: given, or drawn and told.
fn seed_of(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| {
        let drawn = OsChance.draw();
        u64::from(u32::from_be_bytes([drawn[0], drawn[1], drawn[2], drawn[3]]))
    })
}

/// What was found, one a line, for people. Whether nothing was.
fn verdict(faults: &[String]) -> bool {
    for fault in faults {
        eprintln!("- {fault}");
    }
    faults.is_empty()
}
