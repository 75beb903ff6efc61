//! The commands as a stranger meets them: output, errors, exit codes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("liufang-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn liufang(folder: &Folder, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_liufang")).args(args).current_dir(&folder.0).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit code, standard output, standard error.
fn ran(folder: &Folder, args: &[&str]) -> (i32, String, String) {
    let output = liufang(folder, args);
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_command_has_help() {
    let folder = Folder::new();
    for command in ["serve", "demo", "call", "keys", "law", "audit", "gm", "bench", "migrate", "config"] {
        let (code, out, _) = ran(&folder, &[command, "--help"]);
        assert_eq!(code, 0, "{command}");
        assert!(out.contains("Usage:"), "{command}");
    }
    assert_eq!(ran(&folder, &["nonsense"]).0, 2);
}

#[test]
fn keys_are_made_once_for_their_owner_and_never_shown() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let (code, out, _) = ran(&folder, &["keys", "new", "app.key.toml", "--app"]);
    assert_eq!(code, 0);
    let file = std::fs::read_to_string(folder.join("app.key.toml")).unwrap();
    let private = file.lines().find_map(|line| line.strip_prefix("private_key = \"")).unwrap().trim_end_matches('"');
    assert!(!out.contains(private));
    assert_eq!(std::fs::metadata(folder.join("app.key.toml")).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, _, error) = ran(&folder, &["keys", "new", "app.key.toml"]);
    assert_eq!(code, 2, "an existing file is not overwritten");
    assert!(error.contains("app.key.toml"));
    let (code, out, _) = ran(&folder, &["keys", "show", "app.key.toml"]);
    assert_eq!(code, 0);
    assert!(out.contains("public_key") && !out.contains(private));
    assert_eq!(ran(&folder, &["keys", "new", "x.toml", "--app", "lower"]).0, 2);
    assert_eq!(ran(&folder, &["keys", "show", "missing.toml"]).0, 2);
}

#[test]
fn a_configuration_is_checked_by_name() {
    let folder = Folder::new();
    ran(&folder, &["keys", "new", "platform.key.toml"]);
    let check = |config: &str| {
        std::fs::write(folder.join("c.toml"), config).unwrap();
        ran(&folder, &["config", "check", "c.toml"])
    };
    let (code, default, _) = ran(&folder, &["config", "default"]);
    assert_eq!((code, check(&default).0), (0, 0));
    for (config, word) in [
        ("listne = \"x\"", "listne"),
        ("listen = \"nowhere\"", "listen"),
        ("database = \"mysql://x\"", "database"),
        ("token_minutes = 0", "token_minutes"),
        ("body_max_bytes = 1", "body_max_bytes"),
        ("timestamp_window_seconds = 1", "timestamp_window_seconds"),
        ("platform_key = \"missing.toml\"", "missing.toml"),
        ("law = \"missing\"", "missing"),
        ("not toml", "c.toml"),
    ] {
        let (code, _, error) = check(config);
        assert_eq!(code, 2, "{config}");
        assert!(error.contains(word), "{config}: {error}");
    }
}

#[test]
fn the_law_is_measured_explained_and_asked() {
    let folder = Folder::new();
    let (code, out, _) = ran(&folder, &["law", "check", "--on", "2026-11-22"]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = ran(&folder, &["law", "check", "--json"]);
    assert_eq!(code, 0);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["survivors"], serde_json::json!([]));
    let (code, out, _) = ran(&folder, &["law", "explain", "360900", "rx.vali_days_max", "--on", "2026-11-22"]);
    assert_eq!(code, 0);
    assert!(out.contains("电子处方流转有效期3天") && out.contains("赣医保字〔2024〕9号"), "{out}");
    assert_eq!(ran(&folder, &["law", "explain", "360900", "no.such"]).0, 2);
    assert_eq!(ran(&folder, &["law", "explain", "36", "rx.vali_days_max"]).0, 2);
    assert_eq!(ran(&folder, &["law", "check", "--on", "yesterday"]).0, 2);
    std::fs::write(folder.join("facts.json"), r#"{"gate":"refund","admdvs":"360900","facts":{"retn_time":"2026-11-22 10:00:00","orig_setl_time":"2026-11-21 10:00:00","orig_route_flag":false,"phar_fixmedins_code":"P36090200106"}}"#).unwrap();
    let (code, out, error) = ran(&folder, &["law", "decide", "--facts", "facts.json"]);
    assert_eq!(code, 1, "{out}{error}");
    assert!(out.contains("REFUND-ROUTE") && out.contains("原路退回"), "{out}");
    std::fs::write(folder.join("facts.json"), r#"{"gate":"refund","admdvs":"360900","facts":{"no_such":1}}"#).unwrap();
    let (code, _, error) = ran(&folder, &["law", "decide", "--facts", "facts.json"]);
    assert_eq!(code, 2);
    assert!(error.contains("no_such"), "{error}");
}

#[test]
fn vectors_are_checked_and_a_wrong_one_is_an_exit_code() {
    let folder = Folder::new();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wire/tests/data/vectors.json");
    let vectors = std::fs::read_to_string(&file).unwrap();
    let (code, out, _) = ran(&folder, &["gm", "vectors", &file.display().to_string()]);
    assert_eq!(code, 0, "{out}");
    let wrong = vectors.replacen("7dDyYptTP85", "7dDyYptTP86", 1);
    assert_ne!(wrong, vectors);
    std::fs::write(folder.join("wrong.json"), wrong).unwrap();
    let (code, out, _) = ran(&folder, &["gm", "vectors", "wrong.json"]);
    assert_eq!(code, 1);
    assert!(out.contains("FAIL"), "{out}");
    assert_eq!(ran(&folder, &["gm", "vectors", "missing.json"]).0, 2);
}

/// A demo that keeps serving, ended when dropped.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Demo {
    fn start(folder: &Folder) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_liufang"))
            .args(["demo", "--credentials", "credentials.json"])
            .current_dir(&folder.0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        assert!(lines.any(|line| line.starts_with("继续服务于")), "the demo does not come to serving");
        Self(child)
    }
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name).display().to_string()
}

#[test]
fn a_stranger_calls_the_demo_with_an_example() {
    let folder = Folder::new();
    let _demo = Demo::start(&folder);
    let precheck = example("7101-precheck.json");
    let call = |more: &[&str]| {
        let mut args = vec!["call", "7101", &precheck, "--credentials", "credentials.json"];
        args.extend_from_slice(more);
        ran(&folder, &args)
    };
    let (code, out, error) = call(&["--as", "H36090200101", "--serial", "900"]);
    assert_eq!(code, 0, "{error}");
    let reply: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(reply["hiRxno"].as_str().unwrap().len(), 30);
    assert_eq!(reply.as_object().unwrap().len(), 2, "uploadChk answers its two fields");
    let (code, _, error) = call(&["--as", "P36090200106", "--serial", "901"]);
    assert_eq!(code, 1);
    assert!(error.contains("RX-0000-01"), "{error}");
    let (code, _, error) = call(&["--as", "X"]);
    assert_eq!(code, 2);
    assert!(error.contains("H36090200101"), "the known codes are named: {error}");
    let query = example("7105-query.json");
    let (code, _, error) =
        ran(&folder, &["call", "7105", &query, "--credentials", "credentials.json", "--as", "H36090200101"]);
    assert_eq!(code, 2);
    assert!(error.contains("hi_rxno") && error.contains("--set"), "{error}");
    let (code, out, _) = ran(&folder, &["audit", "verify"]);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn a_demo_once_shows_every_step_and_passes_the_audit() {
    let folder = Folder::new();
    let (code, out, error) = ran(&folder, &["demo", "--once", "--data", "d"]);
    assert_eq!(code, 0, "{out}{error}");
    for step in [
        "7101", "7102", "7103", "7105", "7201", "7204", "7205", "7206", "7106", "7207", "2101", "2102", "7107", "2103",
        "7104",
    ] {
        assert!(out.contains(&format!("√ {step} ")), "{step} is not shown");
    }
    let audit = |database: &str| ran(&folder, &["audit", "verify", "--database", database]);
    assert_eq!(audit("sqlite://d/center.db").0, 0);
    assert_eq!(audit("sqlite://missing.db").0, 2);
    assert_eq!(audit("postgres://x/y").0, 2);
    assert_eq!(ran(&folder, &["demo", "--once", "--data", "d"]).0, 2, "a used folder is not overwritten");
    assert_eq!(ran(&folder, &["migrate", "--database", "sqlite://d/center.db"]).0, 0);
}

#[test]
fn explain_tells_why_a_signature_fails() {
    let folder = Folder::new();
    assert_eq!(ran(&folder, &["keys", "new", "app.key.toml", "--app"]).0, 0);
    let mut file = std::fs::File::create(folder.join("body.json")).unwrap();
    file.write_all(br#"{"appId":"X","timestamp":1,"encType":"SM4","signType":"SM2","encData":"00","signData":"AA=="}"#)
        .unwrap();
    let (code, out, _) = ran(&folder, &["gm", "explain", "body.json", "--key", "app.key.toml"]);
    assert_eq!(code, 1);
    assert!(out.contains("验签不通过") && out.contains("encData"), "{out}");
}
