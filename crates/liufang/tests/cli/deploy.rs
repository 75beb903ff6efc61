//! What stands in `deploy/` and `docs/operations.md` is true: commands, flags, files, times and metrics exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{Folder, ran};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// That a command line of ours can be typed: its commands are known, its flags stand in their help.
fn can_be_typed(folder: &Folder, words: &[&str]) {
    let commands: Vec<_> = words.iter().take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
    assert!(!commands.is_empty(), "{words:?}");
    // Words after the last command are its arguments: of two, the second may be one of them.
    let (code, help, _) = (1..=commands.len().min(2))
        .rev()
        .map(|many| {
            let mut args: Vec<&str> = commands[..many].iter().map(|word| **word).collect();
            args.push("--help");
            ran(folder, &args)
        })
        .find(|(code, ..)| *code == 0)
        .unwrap_or_else(|| panic!("no such command: {words:?}"));
    assert_eq!(code, 0);
    for flag in words.iter().filter(|word| word.starts_with("--")) {
        let flag = flag.split('=').next().unwrap();
        assert!(help.split([' ', '\n', '=', ',']).any(|word| word == flag), "{flag} of {words:?}");
    }
}

/// Keys and values of a unit file, comments and sections aside.
fn unit(name: &str) -> Vec<(String, String)> {
    let text = read(&format!("deploy/{name}"));
    let lines = text.lines().filter(|line| !line.starts_with(['#', '[']) && !line.trim().is_empty());
    let pair = |line: &str| line.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    lines.map(|line| pair(line).unwrap_or_else(|| panic!("{line} is no setting"))).collect()
}

fn value(unit: &[(String, String)], key: &str) -> String {
    unit.iter().find(|(found, _)| found == key).unwrap_or_else(|| panic!("{key} is not set")).1.clone()
}

#[test]
fn the_unit_names_commands_files_and_times_that_fit() {
    let folder = Folder::new();
    let unit = unit("liufang.service");
    for key in ["ExecStartPre", "ExecStart"] {
        let line = value(&unit, key);
        let words: Vec<_> = line.split(' ').collect();
        assert_eq!(words[0], "/usr/local/bin/liufang");
        can_be_typed(&folder, &words[1..]);
        assert!(words.contains(&"/etc/liufang/liufang.toml"), "{line}");
    }
    let config: toml::Table = read("deploy/liufang.toml").parse().unwrap();
    let text = |key: &str| config[key].as_str().unwrap().to_owned();
    let seconds = |key: &str| config[key].as_integer().unwrap();
    let allowed: i64 = value(&unit, "TimeoutStopSec").parse().unwrap();
    assert!(allowed > seconds("drain_seconds") + seconds("stop_seconds"), "{allowed}");
    assert_eq!(value(&unit, "KillSignal"), "SIGTERM", "the signal that `serve` waits for");
    // Where it may write is where the database is; where it may only read is where the key is.
    let state = format!("sqlite:///var/lib/{}/", value(&unit, "StateDirectory"));
    assert!(text("database").starts_with(&state));
    assert!(text("platform_key").starts_with(&format!("/etc/{}/", value(&unit, "ConfigurationDirectory"))));
    assert!(text("store_key").starts_with(&format!("/etc/{}/", value(&unit, "ConfigurationDirectory"))));
    assert!(text("listen").starts_with("127.") && text("admin_listen").starts_with("127."));
    for (key, wanted) in [
        ("User", "liufang"),
        ("Restart", "on-failure"),
        ("NoNewPrivileges", "true"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "true"),
        ("PrivateTmp", "true"),
        ("CapabilityBoundingSet", ""),
    ] {
        assert_eq!(value(&unit, key), wanted, "{key}");
    }
    let files: u64 = value(&unit, "LimitNOFILE").parse().unwrap();
    let (_, default, _) = ran(&folder, &["config", "default"]);
    let default: toml::Table = default.parse().unwrap();
    assert!(files > 2 * u64::try_from(default["connections_max"].as_integer().unwrap()).unwrap());
}

#[test]
fn prices_are_published_every_day_and_the_file_of_the_day_before_is_replaced() {
    // proves DG-4.3
    let folder = Folder::new();
    let service = unit("liufang-publish@.service");
    let config: toml::Table = read("deploy/liufang.toml").parse().unwrap();
    let mut forms = BTreeSet::new();
    for (_, line) in service.iter().filter(|(key, _)| key == "ExecStart") {
        let words: Vec<_> = line.split(' ').collect();
        assert_eq!(words[..3], ["/usr/local/bin/liufang", "publish", "prices"]);
        can_be_typed(&folder, &words[1..]);
        let after = |flag: &str| words[words.iter().position(|word| *word == flag).unwrap() + 1];
        assert_eq!(
            (after("--database"), after("--store-key")),
            (config["database"].as_str().unwrap(), config["store_key"].as_str().unwrap())
        );
        assert!(!words.contains(&"--date"), "of yesterday, whenever it runs");
        let out = format!("/var/lib/{}/prices-%i.", value(&service, "StateDirectory"));
        forms.insert(after("--out").strip_prefix(&out).unwrap().to_owned());
    }
    assert_eq!(forms.into_iter().collect::<Vec<_>>(), ["csv", "html", "json"]);
    // As the unit does it, in a folder of our own: the second day takes the place of the first, and an empty day is no failure.
    assert_eq!(ran(&folder, &["keys", "new", "store.key.toml", "--store"]).0, 0);
    assert_eq!(ran(&folder, &["migrate", "--database", "sqlite://c.db"]).0, 0);
    let publish = |date: &str| {
        let base =
            ["publish", "prices", "--pool", "441900", "--database", "sqlite://c.db", "--store-key", "store.key.toml"];
        ran(&folder, &[&base[..], &["--out", "prices.html", "--date", date]].concat())
    };
    for date in ["2026-05-11", "2026-05-12"] {
        let (code, _, error) = publish(date);
        assert_eq!(code.to_string(), value(&service, "SuccessExitStatus"), "{error}");
        let page = std::fs::read_to_string(folder.join("prices.html")).unwrap();
        assert!(page.contains(date), "{page}");
    }
    let timer = unit("liufang-publish@.timer");
    assert!(value(&timer, "OnCalendar").starts_with("*-*-* "), "every day");
    assert_eq!(
        (value(&timer, "Persistent"), value(&timer, "WantedBy")),
        ("true".to_owned(), "timers.target".to_owned())
    );
}

#[test]
fn the_packaged_configuration_is_good() {
    let folder = Folder::new();
    assert_eq!(ran(&folder, &["keys", "new", "platform.key.toml"]).0, 0);
    assert_eq!(ran(&folder, &["keys", "new", "store.key.toml", "--store"]).0, 0);
    let config = read("deploy/liufang.toml").replace("/etc/liufang/ring/", "").replace("/etc/liufang/", "");
    std::fs::write(folder.join("c.toml"), config).unwrap();
    let (code, _, error) = ran(&folder, &["config", "check", "c.toml"]);
    assert_eq!(code, 0, "{error}");
}

#[test]
fn the_container_is_built_from_what_is_there() {
    let folder = Folder::new();
    let text = read("deploy/Containerfile");
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let images: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix("FROM ")).collect();
    assert!(images.len() == 2 && images.iter().all(|image| !image.contains('/')), "plain names only: {images:?}");
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let version = manifest["workspace"]["package"]["rust-version"].as_str().unwrap();
    assert!(images[0].starts_with(&format!("rust:{version}-")), "{images:?}");
    let copies = lines.iter().filter_map(|line| line.strip_prefix("COPY ")).filter(|line| !line.starts_with("--from"));
    for source in copies.flat_map(|line| line.split(' ').rev().skip(1).collect::<Vec<_>>()) {
        assert!(root().join(source).exists(), "{source}");
    }
    let list = |start: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(start)).unwrap();
        serde_json::from_str::<Vec<String>>(line).unwrap()
    };
    assert_eq!(list("ENTRYPOINT "), ["/usr/local/bin/liufang"]);
    let command = list("CMD ");
    can_be_typed(&folder, &command.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn the_manual_of_operations_names_what_there_is() {
    let folder = Folder::new();
    let manual = read("docs/operations.md");
    let mut commands = 0;
    for line in manual.lines() {
        let direct = line.strip_prefix("$ liufang ");
        let Some(command) = direct.or_else(|| line.split_once(" -- liufang ").map(|(_, rest)| rest)) else { continue };
        let command = command.split(" #").next().unwrap();
        can_be_typed(&folder, &command.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>());
        commands += 1;
    }
    assert!(commands >= 8, "{commands} commands are shown");
    let units = ["deploy/liufang-publish@.service", "deploy/liufang-publish@.timer"];
    for name in [["deploy/liufang.service", "deploy/liufang.toml", "deploy/Containerfile"].as_slice(), &units].concat()
    {
        assert!(manual.contains(name) && root().join(name).exists(), "{name}");
    }
    let words = |text: &str| -> BTreeSet<String> {
        let is_part = |c: char| c.is_ascii_lowercase() || c == '_';
        let all = text.split(|c| !is_part(c)).filter(|word| word.starts_with("liufang_") && word.len() > 8);
        let name = |word: &str| {
            let ends = ["_total", "_info", "_bucket", "_count"];
            ends.iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word).to_owned()
        };
        all.map(name).collect()
    };
    let sources =
        ["crates/http/src/metrics.rs", "crates/store/src/figures.rs", "crates/liufang/src/serve.rs"].map(read);
    assert_eq!(words(&manual), words(&sources.concat()), "the metrics of the manual and those of the program");
    let (_, default, _) = ran(&folder, &["config", "default"]);
    let default: toml::Table = default.parse().unwrap();
    for setting in default.keys().filter(|key| key.starts_with("app_") || key.ends_with("_max")) {
        assert!(manual.contains(&format!("`{setting}`")), "{setting} is not explained");
    }
}
