//! A center as its operators see it: metrics, readiness, the drain of a stop.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::{Demo, Folder, ran};

/// `liufang serve` on a configuration, with the operators' listener.
pub struct Center {
    pub demo: Demo,
    pub address: String,
    pub admin: String,
}

impl Center {
    pub fn start(folder: &Folder, config: &str) -> Self {
        std::fs::write(folder.join("serve.toml"), format!("admin_listen = \"127.0.0.1:0\"\n{config}")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_liufang"))
            .args(["serve", "--config", "serve.toml", "--listen", "127.0.0.1:0"])
            .current_dir(&folder.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut address = || lines.next().and_then(|line| line.split('/').nth(2).map(str::to_owned));
        let (public, admin) = (address().expect("no address"), address().expect("no address of the operators"));
        Self { demo: Demo(child), address: public, admin }
    }
}

/// Status line and body of a GET, or nothing where nobody listens.
fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn operators_see_the_store_and_the_end_of_a_center() {
    let folder = Folder::new();
    assert_eq!(ran(&folder, &["keys", "new", "platform.key.toml"]).0, 0);
    assert_eq!(ran(&folder, &["keys", "new", "store.key.toml", "--store"]).0, 0);
    assert_eq!(ran(&folder, &["migrate", "--database", "sqlite://center.db"]).0, 0);
    let mut center = Center::start(&folder, "drain_seconds = 8\n");
    let metrics = get(&center.admin, "/metrics").unwrap();
    for name in [
        "liufang_store_commit_seconds_count 0",
        "liufang_store_batch_commands_count 0",
        "liufang_store_waiting 0",
        "liufang_bodies_in_flight 0",
        "process_start_time_seconds 1",
        concat!("liufang_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    for address in [&center.address, &center.admin] {
        assert!(get(address, "/readyz").unwrap().starts_with("HTTP/1.1 200"));
    }
    center.demo.terminate();
    let draining = || get(&center.admin, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 503"));
    assert!((0..300).any(|_| draining() || {
        std::thread::sleep(Duration::from_millis(20));
        false
    }));
    // A balancer is told before anybody is turned away.
    for address in [&center.address, &center.admin] {
        assert!(get(address, "/readyz").unwrap().starts_with("HTTP/1.1 503"));
        assert!(get(address, "/healthz").unwrap().starts_with("HTTP/1.1 204"));
    }
    assert_eq!(center.demo.0.wait().unwrap().code(), Some(0));
    assert_eq!(get(&center.admin, "/healthz"), None);
}
