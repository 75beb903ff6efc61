//! A PostgreSQL database of a test's own, on the throw-away server of the store's tests.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::cluster::{Cluster, program};
use crate::text;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An empty database, dropped at the end.
pub struct Database {
    pub cluster: Cluster,
    pub name: String,
}

/// Runs a program to its good end.
pub fn good(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
}

impl Database {
    pub fn new() -> Self {
        let name = format!("cli{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let database = Self { cluster: Cluster::shared(), name };
        // A process of this number may have been killed before.
        good(database.tool("dropdb").args(["--force", "--if-exists", &database.name]));
        good(database.tool("createdb").arg(&database.name));
        database
    }

    /// A tool of the server's, pointed at it.
    pub fn tool(&self, name: &str) -> Command {
        let mut tool = program(name);
        tool.arg("-h").arg(self.cluster.folder()).args(["-U", "postgres"]);
        tool
    }

    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.tool("dropdb").args(["--force", "--if-exists", &self.name]).output();
    }
}
