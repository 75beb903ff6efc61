//! The center as its clients see it: one or two processes on one database, each somewhere, or nowhere while it is dead.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;

use crate::process::{Server, kill_at_start};

/// Where each process serves now.
#[derive(Debug, Clone)]
pub struct Addresses(Arc<Vec<Mutex<Option<String>>>>);

impl Addresses {
    fn new(processes: usize) -> Self {
        Self(Arc::new((0..processes).map(|_| Mutex::new(None)).collect()))
    }

    /// How many processes there are, dead ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Where the process in this place serves, if it lives.
    pub fn of(&self, place: usize) -> Option<String> {
        self.0[place % self.0.len()].lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, place: usize, address: Option<String>) {
        *self.0[place].lock().unwrap_or_else(PoisonError::into_inner) = address;
    }
}

/// The processes.
pub struct Site {
    config: PathBuf,
    servers: Vec<Option<Server>>,
    /// For the clients.
    pub addresses: Addresses,
}

impl Site {
    /// Starts them.
    pub async fn start(config: PathBuf, processes: usize) -> anyhow::Result<Self> {
        let servers = (0..processes).map(|_| None).collect();
        let mut site = Self { config, servers, addresses: Addresses::new(processes) };
        for place in 0..processes {
            site.raise(place).await?;
        }
        Ok(site)
    }

    /// Starts one again.
    pub async fn raise(&mut self, place: usize) -> anyhow::Result<()> {
        let server = Server::start(&self.config).await.with_context(|| format!("process {}", place + 1))?;
        self.addresses.put(place, Some(server.rest_base.clone()));
        self.servers[place] = Some(server);
        Ok(())
    }

    /// Ends one with SIGKILL; its clients find out by themselves.
    pub async fn kill(&mut self, place: usize) -> anyhow::Result<()> {
        if let Some(server) = self.servers[place].take() {
            server.kill().await?;
            self.addresses.put(place, None);
        }
        Ok(())
    }

    /// Starts one only to end it after so long.
    pub async fn still_birth(&self, after: Duration) -> anyhow::Result<()> {
        kill_at_start(&self.config, after).await
    }

    /// Ends all.
    pub async fn raze(&mut self) -> anyhow::Result<()> {
        for place in 0..self.servers.len() {
            self.kill(place).await?;
        }
        Ok(())
    }
}
