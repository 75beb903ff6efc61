//! A PostgreSQL server of our own, with its defaults (`fsync` on), that may be killed. It ends with this program, and its
//! folder is thrown away at the next start.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use tokio::process::{Child, Command};

/// A socket's path has 107 bytes at most, and the server adds a name of 17 to its folder.
const FOLDER_MAX: usize = 90;
/// How long a server may take to recover, looked after 0.1 s apart.
const LOOKS: u32 = 600;
/// How long it may take to stop.
const STOP_MAX: Duration = Duration::from_secs(30);
const MISSING: &str =
    "PostgreSQL's programs are missing: install the package `postgresql`, or name a database with --database";

/// A running server.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    server: Child,
}

impl Cluster {
    /// Makes one below this folder and starts it.
    pub async fn start(below: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(below).with_context(|| format!("cannot make {}", below.display()))?;
        let folder = std::path::absolute(below)?.join("cluster");
        ensure!(
            folder.as_os_str().len() <= FOLDER_MAX,
            "{} is too long a path for a socket; work in a folder nearer to the root",
            folder.display()
        );
        refuse_running(&folder)?;
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", folder.display()));
            }
            _ => std::fs::create_dir(&folder)?,
        }
        let user = (std::fs::metadata(&folder)?.uid() == 0).then(unprivileged).transpose()?;
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let programs = programs()?;
        let mut initdb = command(&programs.join("initdb"), user);
        initdb.arg("-D").arg(folder.join("data")).args(["-U", "postgres", "-A", "trust", "-E", "UTF8"]);
        let made = initdb.args(["--locale=C.UTF-8", "--no-sync"]).output().await.context("cannot start initdb")?;
        if !made.status.success() {
            bail!("initdb in {}: {}", folder.display(), String::from_utf8_lossy(&made.stderr).trim());
        }
        let server = serve(&folder, &programs, user)?;
        let mut cluster = Self { folder, programs, user, server };
        cluster.ready().await?;
        Ok(cluster)
    }

    /// The URL of its empty database.
    pub fn url(&self) -> String {
        let host = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/postgres")
    }

    /// Ends the server with SIGKILL, starts it again, and waits until it has recovered.
    pub async fn kill_and_recover(&mut self) -> anyhow::Result<()> {
        self.server.kill().await.context("cannot end PostgreSQL")?;
        self.server = serve(&self.folder, &self.programs, self.user)?;
        self.ready().await
    }

    /// Ends the server in good order, so that nothing of it stays in the system's shared memory.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(pid) = self.server.id() {
            Command::new("kill").args(["-INT", &pid.to_string()]).status().await.context("cannot start kill")?;
        }
        tokio::time::timeout(STOP_MAX, self.server.wait()).await.context("PostgreSQL does not stop")??;
        Ok(())
    }

    /// Until it takes connections. A start right after a kill fails while the dead one's children still leave, so it
    /// is tried again.
    async fn ready(&mut self) -> anyhow::Result<()> {
        for _ in 0..LOOKS {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.arg("-q").arg("-h").arg(&self.folder).stderr(Stdio::null());
            if ask.status().await.context("cannot start pg_isready")?.success() {
                return Ok(());
            }
            if self.server.try_wait()?.is_some() {
                self.server = serve(&self.folder, &self.programs, self.user)?;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("PostgreSQL does not come up; see {}", self.folder.join("log").display())
    }
}

fn serve(folder: &Path, programs: &Path, user: Option<(u32, u32)>) -> anyhow::Result<Child> {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log"))?;
    let mut server = command(&programs.join("postgres"), user);
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    server.args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
    server.stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
    server.spawn().context("cannot start PostgreSQL")
}

fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).current_dir("/");
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

/// One that a killed torture left behind is not overwritten under its feet.
fn refuse_running(folder: &Path) -> anyhow::Result<()> {
    let Ok(text) = std::fs::read_to_string(folder.join("data/postmaster.pid")) else { return Ok(()) };
    let pid = text.lines().next().unwrap_or_default().trim();
    let ours = std::fs::read_to_string(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.contains(&*folder.to_string_lossy()));
    ensure!(!ours, "a PostgreSQL server still runs in {}: end process {pid} first", folder.display());
    Ok(())
}

/// Debian's newest version, or what stands on the path.
fn programs() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|entry| entry.path().join("bin")).collect();
    found.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    found.retain(|folder| ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).exists()));
    found.sort_by_key(|folder| folder.to_string_lossy().split('/').find_map(|part| part.parse::<u32>().ok()));
    found.pop().context(MISSING)
}

/// User and group for a server that refuses to run as root.
fn unprivileged() -> anyhow::Result<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
    let of = |name: &str| {
        let fields: Vec<_> = users.lines().find(|line| line.split(':').next() == Some(name))?.split(':').collect();
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    of("postgres").or_else(|| of("nobody")).context("neither a user postgres nor nobody; run as another user than root")
}
