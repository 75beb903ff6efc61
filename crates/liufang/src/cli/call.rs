//! The arguments of `call`.

use std::path::PathBuf;

use clap::Args;
use lf_vocab::Moment;

/// `call`.
#[derive(Args)]
pub struct CallArgs {
    /// Transaction number or method name, such as 7101 or uploadChk
    pub method: String,
    /// JSON file with the payload (the plain `data`), or - for standard input; `${now}`, `${now-60s}` and `${serial}` in
    /// it are filled in, other placeholders by --set
    #[arg(value_name = "DATA")]
    pub data: PathBuf,
    /// The file that `liufang demo --credentials` wrote: address, keys and platform in one
    #[arg(long, value_name = "FILE", requires = "as_code", conflicts_with_all = ["rest_base", "key", "platform_public_key"])]
    pub credentials: Option<PathBuf>,
    /// With --credentials: the institution to speak for, such as H36090200101
    #[arg(long = "as", value_name = "CODE", requires = "credentials")]
    pub as_code: Option<String>,
    /// Where the interface is: everything before /fixmedins/…, such as http://127.0.0.1:8080/epc/api
    #[arg(long, value_name = "URL", required_unless_present = "credentials")]
    pub rest_base: Option<String>,
    /// The app's key file
    #[arg(long, value_name = "FILE", required_unless_present = "credentials")]
    pub key: Option<PathBuf>,
    /// The platform's public key, Base64 or hexadecimal
    #[arg(long, value_name = "KEY", required_unless_present = "credentials")]
    pub platform_public_key: Option<String>,
    /// Dialect in which to speak: A (official), B (sorted texts), C (cipher text signed)
    #[arg(long, value_name = "LETTER", default_value = "A")]
    pub dialect: String,
    /// Fills the placeholder ${NAME}; a value @FILE is that file's bytes in Base64, @@FILE those of a JSON file whose own
    /// placeholders are filled first
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// The moment of ${now}, so that several calls can tell the same one [default: the moment of the call]
    #[arg(long, value_name = "yyyy-MM-dd HH:mm:ss")]
    pub now: Option<Moment>,
    /// Keep the sealed body that is sent, as `liufang gm explain` reads it; readable by its owner only
    #[arg(long, value_name = "FILE")]
    pub save_request: Option<PathBuf>,
    /// Fills ${serial}, nine digits that make a prescription's numbers its own
    #[arg(long, default_value_t = 1)]
    pub serial: u64,
}
