//! `liufang keys rotate` as an operator runs it: beside a center that serves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const RING: &str = "var/demo/store.key.toml";
const DATABASE: &str = "sqlite://var/demo/center.db";

/// A folder with a demo that serves in it; both are gone afterwards.
struct Demo {
    folder: PathBuf,
    child: Child,
    serial: AtomicU64,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Demo {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("liufang-rotation-{}-{name}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_liufang"))
            .args(["demo", "--credentials", "credentials.json"])
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.starts_with("继续服务于")), "the demo does not come to serving");
        Self { folder, child, serial: AtomicU64::new(1_000) }
    }

    /// Exit code, standard output, standard error.
    fn ran(&self, args: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&self.folder).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    fn rotate(&self, more: &[&str]) -> (i32, String, String) {
        self.ran(&[&["keys", "rotate", "--store-key", RING, "--database", DATABASE], more].concat())
    }

    /// One prescription more.
    fn precheck(&self) {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed).to_string();
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/7101-precheck.json");
        let call = ["call", "7101", example, "--credentials", "credentials.json", "--as", "H36090200101", "--serial"];
        let (code, _, error) = self.ran(&[&call[..], &[&serial]].concat());
        assert_eq!(code, 0, "{error}");
        // An app may send 100 messages a second.
        std::thread::sleep(std::time::Duration::from_millis(25));
    }

    /// The versions in the ring.
    fn versions(&self) -> Vec<u32> {
        let (_, out, _) = self.ran(&["keys", "show", RING]);
        let versions = out.lines().filter_map(|line| line.strip_prefix("version    ")?.split(' ').next());
        versions.map(|version| version.parse().unwrap()).collect()
    }

    fn audit(&self) {
        let (code, out, error) = self.ran(&["audit", "verify"]);
        assert_eq!(code, 0, "{out}{error}");
    }
}

#[test]
fn a_ring_turns_while_the_center_serves() {
    let demo = Demo::start("serves");
    let old = std::fs::read(demo.folder.join(RING)).unwrap();
    let (turned, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !turned.load(Ordering::Relaxed) {
                    demo.precheck();
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (code, out, error) = demo.rotate(&[]);
        turned.store(true, Ordering::Relaxed);
        assert_eq!(code, 0, "{out}{error}");
        assert!(out.contains("everything is sealed by one version") && out.contains("version    2"), "{out}");
        assert!(error.contains("person_key:") && error.contains("idem:"), "{error}");
    });
    assert!(calls.load(Ordering::Relaxed) > 5, "the center served meanwhile");
    demo.audit();
    let (code, out, error) = demo.rotate(&["--retire"]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(error.contains("only retiring") && out.contains("retired    1"), "{out}{error}");
    demo.precheck();
    // The ring holds the new key alone, so whatever opens was sealed with it.
    assert_eq!(demo.versions(), [2]);
    demo.audit();
    std::fs::write(demo.folder.join("old.toml"), old).unwrap();
    let (code, _, error) = demo.ran(&["audit", "verify", "--store-key", "old.toml"]);
    assert!(code == 2 && error.contains("密钥环"), "{error}");

    // Several centers: the file goes to all of them first, and nothing is sealed with what is new in it.
    std::fs::copy(demo.folder.join(RING), demo.folder.join("second.toml")).unwrap();
    let (code, out, error) = demo.ran(&["keys", "rotate", "--store-key", RING, "--prepare"]);
    assert_eq!(code, 0, "{out}{error}");
    assert_eq!(demo.versions(), [2, 3]);
    std::thread::sleep(std::time::Duration::from_secs(3));
    demo.precheck();
    let (code, out, error) = demo.ran(&["audit", "verify", "--store-key", "second.toml"]);
    assert_eq!(code, 0, "{out}{error}");
    let (code, out, error) = demo.rotate(&["--retire"]);
    assert!(code == 0 && error.contains("version 3 was prepared"), "{out}{error}");
    assert_eq!(demo.versions(), [3]);
    demo.precheck();
    demo.audit();
}

#[test]
fn a_ring_is_made_once_for_its_owner_and_never_shown() {
    let folder = std::env::temp_dir().join(format!("liufang-ring-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let ran = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&folder).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    };
    assert_eq!(ran(&["keys", "new", "s.toml", "--store"]).0, 0);
    let mode = || std::fs::metadata(folder.join("s.toml")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    assert_eq!(ran(&["keys", "new", "s.toml", "--store"]).0, 2, "an existing ring is not overwritten");
    assert_eq!(ran(&["keys", "rotate", "--store-key", "s.toml", "--prepare"]).0, 0);
    assert_eq!((mode(), folder.join("s.toml.new").exists()), (0o600, false));
    let text = std::fs::read_to_string(folder.join("s.toml")).unwrap();
    let secrets: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("secret = \"")).collect();
    assert_eq!(secrets.len(), 2);
    let (code, shown) = ran(&["keys", "show", "s.toml"]);
    assert!(code == 0 && shown.contains("version    2"), "{shown}");
    assert!(secrets.iter().all(|secret| !shown.contains(secret.trim_end_matches('"'))));
    // Of two rotations at once the second is told.
    std::fs::write(folder.join("s.toml.new"), "").unwrap();
    let (code, told) = ran(&["keys", "rotate", "--store-key", "s.toml", "--prepare"]);
    assert!(code == 2 && told.contains("s.toml.new"), "{told}");
    assert_eq!(std::fs::read_to_string(folder.join("s.toml")).unwrap(), text);
    std::fs::write(folder.join("broken.toml"), "kind = \"store\"\n[[key]]\nversion = 1\n").unwrap();
    let (code, told) = ran(&["keys", "show", "broken.toml"]);
    assert!(code == 2 && told.contains("密钥环文件第"), "{told}");
    assert_eq!(ran(&["keys", "rotate", "--store-key", "s.toml"]).0, 2, "which database?");
    let _ = std::fs::remove_dir_all(&folder);
}
