//! TLS to a PostgreSQL server, where its URL asks for it.
//!
//! Serves every start. Invariants: a connection that is encrypted is also verified, chain and host name, whatever the word in the
//! URL (`require` or `verify-full`): who does not verify talks to anybody; a URL that asks for TLS never goes on without.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::history::OpenError;

/// How a URL spells its own options, which the driver does not know in full.
const MODE: &str = "sslmode=";
const ROOT: &str = "sslrootcert=";

/// What a URL asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// TLS, or a plain connection.
    pub encrypted: bool,
    /// The certificates to trust instead of the system's, a PEM file.
    root: Option<PathBuf>,
}

/// Takes the TLS options out of a URL; answers the rest of it. The error names the option and never the URL.
pub(super) fn split(url: &str) -> Result<(String, Wanted), String> {
    let Some((before, options)) = url.split_once('?') else { return Ok((url.to_owned(), Wanted::default())) };
    let mut wanted = Wanted::default();
    let mut rest = Vec::new();
    for option in options.split('&') {
        if let Some(mode) = option.strip_prefix(MODE) {
            wanted.encrypted = match mode {
                "disable" => false,
                "require" | "verify-full" => true,
                _ => return Err("sslmode must be disable, require or verify-full".to_owned()),
            };
        } else if let Some(path) = option.strip_prefix(ROOT) {
            wanted.root = Some(PathBuf::from(path.replace("%2F", "/")));
        } else {
            rest.push(option);
        }
    }
    if wanted.root.is_some() && !wanted.encrypted {
        return Err("sslrootcert is given without sslmode=verify-full".to_owned());
    }
    let rest = if rest.is_empty() { before.to_owned() } else { format!("{before}?{}", rest.join("&")) };
    Ok((rest, wanted))
}

impl Wanted {
    /// What makes the connections. Where no TLS is asked for it trusts nobody and is not used.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, OpenError> {
        let roots = if self.encrypted { self.roots()? } else { RootCertStore::empty() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| OpenError::Tls(error.to_string()))?;
        Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
    }

    fn roots(&self) -> Result<RootCertStore, OpenError> {
        let mut roots = RootCertStore::empty();
        match &self.root {
            Some(path) => {
                let failed = |why: String| OpenError::Tls(format!("sslrootcert {}：{why}", path.display()));
                let all = CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
                for certificate in all {
                    let certificate = certificate.map_err(|error| failed(error.to_string()))?;
                    roots.add(certificate).map_err(|error| failed(error.to_string()))?;
                }
                if roots.is_empty() {
                    return Err(failed("no certificate in it".to_owned()));
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        Ok(roots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_tls_are_taken_out_and_the_rest_is_left() {
        let plain = Wanted::default();
        let encrypted = Wanted { encrypted: true, root: None };
        for (url, rest, wanted) in [
            ("postgres://u@h/d", "postgres://u@h/d", &plain),
            ("postgres://u@h/d?sslmode=disable", "postgres://u@h/d", &plain),
            ("postgres://u@h/d?sslmode=require", "postgres://u@h/d", &encrypted),
            ("postgres://u@h/d?a=1&sslmode=verify-full&b=2", "postgres://u@h/d?a=1&b=2", &encrypted),
            ("postgres://u:pa?ss@h/d", "postgres://u:pa?ss@h/d", &plain),
        ] {
            assert_eq!(split(url), Ok((rest.to_owned(), wanted.clone())), "{url}");
        }
        let (_, wanted) = split("postgres://u@h/d?sslmode=verify-full&sslrootcert=%2Fa/b.pem").unwrap();
        assert_eq!(wanted.root, Some(PathBuf::from("/a/b.pem")));
        for wrong in ["sslmode=prefer", "sslmode=allow", "sslmode=verify-ca", "sslmode=", "sslrootcert=a.pem"] {
            let error = split(&format!("postgres://u:geheim@h/d?{wrong}")).unwrap_err();
            assert!(error.contains("ssl") && !error.contains("geheim"), "{wrong}: {error}");
        }
    }
}
