//! TLS to a server with a certificate of its own: verified, or not connected at all.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use lf_ports::Store as _;
use lf_store::{Database, OpenError, Options, PostgresStore, postgres};

use crate::cluster::{as_server, program};
use crate::conformance::fixture as f;

/// A server of its own that speaks TLS, ended and removed at the end.
struct Server {
    folder: PathBuf,
    port: u16,
}

fn good(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What is said of the certificate: for `localhost`, and no authority.
const CERTIFICATE: &str = "[req]\ndistinguished_name = name\nx509_extensions = more\nprompt = no\n[name]\nCN = Liufang test of TLS\n\
    [more]\nsubjectAltName = DNS:localhost\nbasicConstraints = critical,CA:FALSE\n";

impl Server {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("lf-pg-tls-{}", std::process::id()));
        // A process of this number may have been killed before.
        let _ = std::fs::remove_dir_all(&folder);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };
        let initdb = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        good(program("initdb").arg("-D").arg(&server.folder).args(initdb));
        let config = std::env::temp_dir().join(format!("lf-pg-tls-{}.cnf", std::process::id()));
        std::fs::write(&config, CERTIFICATE).unwrap();
        let mut openssl = as_server(Path::new("openssl"));
        openssl.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-config"]).arg(&config);
        good(openssl.arg("-keyout").arg(server.folder.join("server.key")).arg("-out").arg(server.certificate()));
        std::fs::remove_file(&config).unwrap();
        let options = format!("-k {} -p {port} -c listen_addresses=localhost -c ssl=on", server.folder.display());
        let mut start = program("pg_ctl");
        start.arg("-D").arg(&server.folder).args(["-o", &options, "-w", "-t", "120", "-l"]);
        good(start.arg(server.folder.join("log")).arg("start"));
        server
    }

    fn certificate(&self) -> PathBuf {
        self.folder.join("server.crt")
    }

    fn url(&self, host: &str, options: &str) -> postgres::Url {
        format!("postgres://postgres@{host}:{}/postgres{options}", self.port).parse().unwrap()
    }

    /// What the server says of our connections: with TLS, without.
    fn connections(&self) -> String {
        let question = "SELECT count(*) FILTER (WHERE ssl) > 0, count(*) FILTER (WHERE NOT ssl)
            FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'liufang'";
        let mut psql = program("psql");
        psql.arg("-h").arg(&self.folder).args(["-p", &self.port.to_string(), "-U", "postgres", "-At", "-c", question]);
        good(&mut psql).trim().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = program("pg_ctl").arg("-D").arg(&self.folder).args(["-m", "immediate", "stop"]).output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_asks_for_tls_is_verified_or_not_made() {
    let server = Server::start();
    let trusted = format!("?sslmode=verify-full&sslrootcert={}", server.certificate().display());
    let url = server.url("localhost", &trusted);
    assert!(!url.to_string().contains("ssl"), "{url}");
    postgres::migrate(&url, f::at(0)).await.unwrap();
    let store = PostgresStore::open(&url, Options::new(crate::conformance::fixture::sealer())).await.unwrap();
    assert_eq!(store.app("nobody").await.unwrap(), None);
    assert_eq!(server.connections(), "t|0", "every connection is encrypted");
    let refused = async |host: &str, options: &str| match PostgresStore::open(
        &server.url(host, options),
        Options::new(crate::conformance::fixture::sealer()),
    )
    .await
    {
        Err(OpenError::Tls(why)) => why,
        Err(other) => panic!("{host}{options}: {other}"),
        Ok(_) => panic!("{host}{options}: connected"),
    };
    let why = refused("localhost", "?sslmode=require").await;
    assert!(why.contains("UnknownIssuer"), "nobody vouches for it: {why}");
    let why = refused("127.0.0.1", &trusted).await;
    assert!(why.contains("not valid for"), "it is another's: {why}");
    let why = refused("localhost", "?sslmode=require&sslrootcert=/no/such.pem").await;
    assert!(why.contains("/no/such.pem"), "{why}");
    drop(store);
}

/// A URL that cannot mean what it says is refused before anything is connected.
#[test]
fn what_cannot_be_encrypted_is_refused() {
    for (url, word) in [
        ("postgres://u:geheim@%2Frun%2Fpg/d?sslmode=require", "socket"),
        ("postgres://u:geheim@h/d?sslmode=prefer", "sslmode must be"),
    ] {
        let error = url.parse::<Database>().unwrap_err().to_string();
        assert!(error.contains(word) && !error.contains("geheim"), "{url}: {error}");
    }
}
