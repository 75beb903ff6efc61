//! A throw-away PostgreSQL server for the tests: started by the first that asks, shared by the processes of one user, gone
//! a few seconds after the last. Nothing is skipped: where the server's programs are missing the test fails and says so.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What `cargo xtask setup` installs.
const MISSING: &str =
    "PostgreSQL's programs are missing: install the package `postgresql` (apt-get install postgresql)";

/// How often a start is looked after, 0.1 s apart.
const LOOKS: u32 = 600;

/// A running server; the server lives as long as somebody holds one.
pub struct Cluster {
    folder: PathBuf,
    _user: File,
}

impl Cluster {
    /// The server that all tests share.
    pub fn shared() -> Self {
        Self::named("all")
    }

    /// A server of this name.
    pub fn named(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("lf-pg-{}-{name}", user_id()));
        for _ in 0..LOOKS {
            if !folder.exists() {
                start(&folder);
            }
            if let Some(cluster) = Self::join(&folder) {
                return cluster;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("no PostgreSQL came up in {}; see its log there, then remove the folder", folder.display());
    }

    fn join(folder: &Path) -> Option<Self> {
        let user = File::open(folder.join("users")).ok()?;
        user.lock_shared().ok()?;
        // Between opening and locking the folder may have gone.
        let there = folder.join("users").exists() && answers(folder);
        there.then(|| Self { folder: folder.to_owned(), _user: user })
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        let host = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/{database}")
    }

    /// The folder of its socket.
    #[allow(dead_code, reason = "only those who use its own tools look for it")]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The socket on which the server listens.
    #[allow(dead_code, reason = "only the relay looks for it")]
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.5432")
    }

    /// Ends the server the hard way; it is started again at once.
    #[allow(dead_code, reason = "not every test kills")]
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap();
        assert!(Command::new("kill").args(["-9", pid]).status().unwrap().success());
    }
}

/// Whether the server takes connections.
fn answers(folder: &Path) -> bool {
    let mut ask = Command::new(programs().join("pg_isready"));
    ask.arg("-q").arg("-h").arg(folder).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}

/// A program of the server's, run as the user the server runs as: PostgreSQL refuses to run as root.
#[allow(dead_code, reason = "only those who use its own tools call it")]
pub fn program(name: &str) -> Command {
    as_server(&programs().join(name))
}

/// Any program, run as that user.
#[allow(dead_code, reason = "only those who use its own tools call it")]
pub fn as_server(path: &Path) -> Command {
    let mut command = if user_id() == "0" {
        let mut command = Command::new("runuser");
        command.args(["-u", unprivileged(), "--"]).arg(path);
        command
    } else {
        Command::new(path)
    };
    command.current_dir("/").stdin(Stdio::null());
    command
}

/// Starts the keeper of a cluster, as an unprivileged user where we are root.
#[allow(clippy::zombie_processes, reason = "the keeper outlives this process and is nobody's child then")]
fn start(folder: &Path) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../store/tests/cluster.sh");
    let script = std::fs::read_to_string(script).unwrap();
    let mut keeper = if user_id() == "0" {
        let mut keeper = Command::new("runuser");
        keeper.args(["-u", unprivileged(), "--", "sh"]);
        keeper
    } else {
        Command::new("sh")
    };
    keeper.args(["-c", &script, "sh"]).arg(programs()).arg(folder).current_dir("/");
    keeper.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
}

/// Debian's newest version, or what stands on the path.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    found.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    found.retain(|folder| folder.join("initdb").is_file() && folder.join("postgres").exists());
    found.sort_by_key(|folder| folder.to_string_lossy().split('/').find_map(|part| part.parse::<u32>().ok()));
    found.pop().expect(MISSING)
}

fn unprivileged() -> &'static str {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if users.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" }
}

fn user_id() -> String {
    let id = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}
