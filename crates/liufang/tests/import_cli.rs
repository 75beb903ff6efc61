//! A region from nothing, as a bureau would set it up: migrate, import, add an app, serve, and a vendor's first call.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder with a new database, gone afterwards.
struct Region {
    folder: PathBuf,
    database: String,
}

impl Region {
    fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("liufang-import-{}-{number}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let database = format!("sqlite://{}", folder.join("center.db").display());
        let region = Self { folder, database };
        let ring = liufang(&["keys", "new", &region.path("store.key.toml"), "--store"]).output().unwrap();
        assert_eq!(ring.status.code(), Some(0), "{ring:?}");
        assert_eq!(region.ran(&["migrate"]).0, 0);
        region
    }

    /// Exit code, standard output, standard error, of a command on the database.
    fn ran(&self, args: &[&str]) -> (i32, String, String) {
        let output = liufang(args).args(["--database", &self.database]).current_dir(&self.folder).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn liufang(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liufang"));
    command.args(args);
    command
}

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/import").join(name).display().to_string()
}

/// A serving center, ended with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(region: &Region) -> (Serving, String) {
    let mut command = liufang(&["serve", "--database", &region.database, "--listen", "127.0.0.1:0"]);
    command.args(["--platform-key", &region.path("platform.key.toml")]);
    command.args(["--store-key", &region.path("store.key.toml")]);
    let mut child = command.current_dir(&region.folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base = line.trim().strip_prefix("serving on ").unwrap().trim_end_matches("/fixmedins/<method>").to_owned();
    (Serving(child), base)
}

fn value<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim()
}

#[test]
fn a_region_from_nothing_serves_its_first_vendor() {
    let region = Region::new();
    let (code, out, error) = region.ran(&[
        "import",
        "drug",
        &sample("drug.xlsx"),
        "--edition",
        "2026",
        "--from",
        "2026-01-01",
        "--heading-row",
        "2",
        "--progress",
    ]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("version 1, 7 rows") && out.ends_with("committed\n"), "{out}");
    assert!(error.contains("reading\n") && error.contains("writing\n"), "{error}");
    let (code, out, _) = region.ran(&["import", "fixmedins", &sample("fixmedins.csv")]);
    assert_eq!((code, value(&out, "sign keys")), (0, "1 drawn"));
    assert_eq!(liufang(&["keys", "new", &region.path("platform.key.toml")]).output().unwrap().status.code(), Some(0));

    let key = region.path("his.key.toml");
    let platform = region.path("platform.key.toml");
    let add =
        ["app", "add", "--fixmedins", "H36090200001", "--out", &key, "--gateway", "tif", "--platform-key", &platform];
    let (code, out, error) = region.ran(&add);
    assert_eq!(code, 0, "{error}");
    let app_id = value(&out, "app_id").to_owned();
    let platform_public_key = value(&out, "platform public key").to_owned();
    for file in ["his.key.toml", "his.key.toml.gateway.toml"] {
        let path = region.path(file);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        let text = std::fs::read_to_string(&path).unwrap();
        let secrets = ["private_key = \"", "app_secret = \"", "secret_key = \""];
        let secrets = secrets.iter().filter_map(|name| text.lines().find_map(|line| line.strip_prefix(name)));
        let secrets: Vec<&str> = secrets.map(|secret| secret.trim_end_matches('"')).collect();
        assert!(!secrets.is_empty() && secrets.iter().all(|secret| !out.contains(secret)), "{file}");
    }
    assert_eq!(region.ran(&add).0, 2, "a key file is never overwritten");
    let (_, out, _) = region.ran(&["app", "list"]);
    assert!(out.lines().nth(1).unwrap().ends_with("H36090200001  enabled  tif"), "{out}");
    assert_eq!(out.lines().count(), 2, "the refused one was not registered");

    let (_serving, base) = serve(&region);
    let payload =
        region.write("7211.json", r#"{"fixmedinsCode":"H36090200001","drugName":"氨氯地平","pageNum":1,"pageSize":9}"#);
    let call = || {
        let mut command = liufang(&["call", "7211", &payload, "--rest-base", &base, "--key", &key]);
        let output = command.args(["--platform-public-key", &platform_public_key]).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, out) = call();
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("XC08CAA133A001010100002"), "{out}");
    let (code, out, _) = region.ran(&["app", "limits", &app_id, "--body-max", "1"]);
    assert_eq!((code, value(&out, "bytes of a body"), value(&out, "under way")), (0, "1", "as configured"));
    assert_ne!(call().0, Some(0), "a body of more than one byte is too large for it");
    assert_eq!(region.ran(&["app", "limits", &app_id]).0, 0);
    assert_eq!(call().0, Some(0), "as configured for all again");
    assert_eq!(region.ran(&["app", "limits", "NOBODY"]).0, 1);
    let (code, out, _) = region.ran(&["app", "disable", &app_id]);
    assert_eq!((code, out.contains("disabled")), (0, true));
    assert_ne!(call().0, Some(0), "a disabled app is refused at its next message");
    assert_eq!(region.ran(&["app", "disable", "NOBODY"]).0, 1);
}

#[test]
fn a_file_with_defects_ends_with_one_and_writes_nothing() {
    let region = Region::new();
    let file = region.write("opsp.csv", "病种编号,病种名称\nA,甲\nB,\n");
    let edition = ["import", "opsp", &file, "--edition", "一", "--from", "2026-01-01"];
    let (code, out, error) = region.ran(&edition);
    assert_eq!(code, 1);
    assert!(error.contains("row 1, opsp_dise_code: no heading for it"), "{error}");
    assert!(out.ends_with("nothing was written\n"), "{out}");
    let mapped = [&edition[..], &["--map", "opsp_dise_code=病种编号"]].concat();
    let (code, _, error) = region.ran(&mapped);
    assert_eq!((code, error.as_str()), (1, "row 3, opsp_dise_name: is missing\n"));
    let skipped = [&mapped[..], &["--skip-defects", "--json"]].concat();
    let (code, out, _) = region.ran(&[&skipped[..], &["--dry-run"]].concat());
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, report["outcome"].as_str(), report["diff"]["added"][0].as_str()), (0, Some("ready"), Some("A")));
    assert_eq!(region.ran(&["import", "editions"]).1.lines().count(), 1, "a dry run writes nothing");
    assert_eq!(region.ran(&skipped).0, 0);
    assert!(region.ran(&["import", "editions"]).1.contains("opsp              1 2026-01-01          1"));
    let again = ["import", "opsp", &sample("opsp.csv"), "--edition", "一", "--from", "2026-01-01", "--json"];
    let (code, out, _) = region.ran(&again);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, report["outcome"].as_str()), (1, Some("refused")), "the name of an edition counts once");
}

#[test]
fn what_is_no_table_or_no_wish_is_said_plainly() {
    let region = Region::new();
    let edition = ["--edition", "一", "--from", "2026-01-01"];
    let old = region.write("old.xls", "");
    std::fs::write(&old, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").unwrap();
    let (code, _, error) = region.ran(&[&["import", "opsp", &old][..], &edition].concat());
    assert!(code == 1 && error.contains("old .xls format"), "{error}");
    let workbook = sample("drug.xlsx");
    let (code, _, error) = region.ran(&[&["import", "drug", &workbook, "--sheet", "无"][..], &edition].concat());
    assert!(code == 1 && error.contains("it has: 药品"), "{error}");
    let broken = region.write("broken.xlsx", "PK\u{3}\u{4}not a workbook");
    let (code, _, error) = region.ran(&[&["import", "drug", &broken][..], &edition].concat());
    assert!(code == 1 && error.contains("no XLSX workbook"), "{error}");
    assert_eq!(region.ran(&["import", "opsp", "missing.csv", "--edition", "一", "--from", "2026-01-01"]).0, 2);
    assert_eq!(region.ran(&["import", "opsp", &sample("opsp.csv")]).0, 1, "a list wants an edition");
    assert_eq!(region.ran(&["app", "add", "--fixmedins", "H36090299999", "--out", "x.key.toml"]).0, 2);
    let kinds = liufang(&["import", "kinds"]).output().unwrap();
    let kinds = String::from_utf8_lossy(&kinds.stdout).into_owned();
    assert!(kinds.contains("* med_list_codg") && kinds.contains("person (register)"), "{kinds}");
}
