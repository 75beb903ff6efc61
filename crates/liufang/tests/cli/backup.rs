//! Backup and restore as docs/operations.md tells them: copied while a center works, restored, verified, served again.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cluster::program;
use crate::postgres::{Database, good};
use crate::{Demo, Folder, at, example, ran};

/// A precheck with a serial; answers what identifies it, or why there is none.
fn precheck(folder: &Folder, credentials: &str, serial: u32, now: &str) -> Result<String, String> {
    let (file, serial) = (example("7101-precheck.json"), serial.to_string());
    let who = ["--credentials", credentials, "--as", "H36090200101"];
    let args = [["call", "7101", &file].as_slice(), &who, &["--serial", &serial, "--now", now]].concat();
    let (code, out, error) = ran(folder, &args);
    let reply: serde_json::Value = serde_json::from_str(&out).unwrap_or_default();
    if code == 0 { Ok(reply["hiRxno"].as_str().unwrap().to_owned()) } else { Err(error) }
}

/// Sends prechecks from several threads until told to stop.
struct Load<'f> {
    folder: &'f Folder,
    now: String,
    stop: AtomicBool,
}

impl Load<'_> {
    /// What was acknowledged: serial and number.
    fn run(&self, first: u32) -> Vec<(u32, String)> {
        let mut acknowledged = Vec::new();
        for serial in first.. {
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
            acknowledged.push((serial, precheck(self.folder, "credentials.json", serial, &self.now).unwrap()));
        }
        acknowledged
    }
}

#[test]
fn a_copy_taken_under_load_holds_what_was_acknowledged_and_serves_again() {
    let folder = Folder::new();
    let demo = Demo::start(&folder);
    let now = at(30);
    let before: Vec<_> =
        (101..=105).map(|serial| (serial, precheck(&folder, "credentials.json", serial, &now).unwrap())).collect();
    let load = Load { folder: &folder, now: now.clone(), stop: AtomicBool::new(false) };
    let written = std::thread::scope(|scope| {
        let threads = [1_000, 2_000].map(|first| {
            scope.spawn({
                let load = &load;
                move || load.run(first)
            })
        });
        for copy in ["first.db", "second.db", "third.db"] {
            let (code, out, error) =
                ran(&folder, &["backup", "--database", "sqlite://var/demo/center.db", "--to", copy]);
            assert!(code == 0 && out.contains("checked"), "{out}{error}");
        }
        load.stop.store(true, Ordering::SeqCst);
        threads.map(|thread| thread.join().unwrap()).concat()
    });
    assert!(!written.is_empty(), "there was load");
    drop(demo);
    // Disaster: the database is gone. Restore: the copy in its place, migrate, verify.
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(&format!("var/demo/center.db{end}")));
    }
    std::fs::rename(folder.join("third.db"), folder.join("var/demo/center.db")).unwrap();
    let (code, out, error) = ran(&folder, &["migrate", "--database", "sqlite://var/demo/center.db"]);
    assert!(code == 0 && out.contains("up to date"), "{out}{error}");
    for copy in ["var/demo/center.db", "first.db", "second.db"] {
        let database = format!("sqlite://{copy}");
        let verify = ["audit", "verify", "--database", &database, "--store-key", "var/demo/store.key.toml"];
        let (code, out, error) = ran(&folder, &verify);
        assert_eq!(code, 0, "{copy}: {out}{error}");
    }
    // Served again, it knows what was acknowledged: the same message gets the same number.
    let served = crate::watch::Center::start(
        &folder,
        "database = \"sqlite://var/demo/center.db\"\nplatform_key = \"var/demo/platform.key.toml\"\nstore_key = \"var/demo/store.key.toml\"\n",
    );
    let credentials = std::fs::read_to_string(folder.join("credentials.json")).unwrap();
    let mut credentials: serde_json::Value = serde_json::from_str(&credentials).unwrap();
    credentials["rest_base"] = format!("http://{}/epc/api", served.address).into();
    std::fs::write(folder.join("restored.json"), credentials.to_string()).unwrap();
    for (serial, hi_rxno) in before {
        assert_eq!(precheck(&folder, "restored.json", serial, &now), Ok(hi_rxno), "{serial}");
    }
}

#[test]
fn a_backup_says_why_it_is_none() {
    let folder = Folder::new();
    assert_eq!(ran(&folder, &["migrate", "--database", "sqlite://a.db"]).0, 0);
    let backup = |url: &str, to: &str| {
        let (code, _, error) = ran(&folder, &["backup", "--database", url, "--to", to]);
        (code, error)
    };
    let (code, error) = backup("postgres://liufang:geheim@db.example/center", "b.db");
    assert!(code == 2 && error.contains("pg_basebackup") && !error.contains("geheim"), "{error}");
    assert_eq!(backup("sqlite://a.db", "b.db").0, 0);
    let (code, error) = backup("sqlite://a.db", "b.db");
    assert!(code == 2 && error.contains("b.db exists already"), "{error}");
    assert_eq!(backup("sqlite://missing.db", "c.db").0, 2);
    assert!(!folder.join("c.db").exists() && !folder.join("missing.db").exists());
    assert_eq!(backup("sqlite://a.db", "no/such/folder.db").0, 2);
}

/// A server on a copied folder, ended and removed at the end.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = program("pg_ctl").arg("-D").arg(&self.0).args(["-m", "immediate", "stop"]).output();
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_base_backup_of_postgresql_is_a_center_again() {
    let (folder, database) = (Folder::new(), Database::new());
    let _demo = Demo::start_with(&folder, &["--database", &database.url()], "off");
    let now = at(30);
    let number = precheck(&folder, "credentials.json", 101, &now).unwrap();
    let copy = Copy(std::env::temp_dir().join(format!("lf-pg-copy-{}", std::process::id())));
    // A process of this number may have been killed before.
    let _ = std::fs::remove_dir_all(&copy.0);
    let load = Load { folder: &folder, now: now.clone(), stop: AtomicBool::new(false) };
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| load.run(1_000));
        let mut tool: Command = database.tool("pg_basebackup");
        good(tool.arg("-D").arg(&copy.0).args(["--wal-method=stream", "--checkpoint=fast"]));
        load.stop.store(true, Ordering::SeqCst);
        assert!(!thread.join().unwrap().is_empty(), "there was load");
    });
    let options = format!("-k {} -c listen_addresses=", copy.0.display());
    good(
        program("pg_ctl")
            .arg("-D")
            .arg(&copy.0)
            .args(["-o", &options, "-w", "-t", "120", "-l"])
            .arg(copy.0.join("log"))
            .arg("start"),
    );
    let url = format!("postgres://postgres@{}/{}", copy.0.display().to_string().replace('/', "%2F"), database.name);
    let (code, out, error) = ran(&folder, &["migrate", "--database", &url]);
    assert!(code == 0 && out.contains("up to date"), "{out}{error}");
    let (code, out, error) =
        ran(&folder, &["audit", "verify", "--database", &url, "--store-key", "var/demo/store.key.toml"]);
    assert_eq!(code, 0, "{out}{error}");
    let keys = "platform_key = \"var/demo/platform.key.toml\"\nstore_key = \"var/demo/store.key.toml\"\n";
    let config = format!("database = \"{url}\"\n{keys}");
    let served = crate::watch::Center::start(&folder, &config);
    let credentials = std::fs::read_to_string(folder.join("credentials.json")).unwrap();
    let mut credentials: serde_json::Value = serde_json::from_str(&credentials).unwrap();
    credentials["rest_base"] = format!("http://{}/epc/api", served.address).into();
    std::fs::write(folder.join("restored.json"), credentials.to_string()).unwrap();
    assert_eq!(precheck(&folder, "restored.json", 101, &now), Ok(number));
}
