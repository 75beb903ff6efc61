//! The arguments of `keys` and `gm`: key files, rings, and why a signature fails.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `keys`.
#[derive(Args)]
pub struct KeysArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// `keys …`.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Draw a new key pair into a key file, or a new ring for what is stored
    New {
        /// The file; must not exist yet; readable by its owner only
        file: PathBuf,
        /// For an app with this id (32 upper-case hex digits; drawn when the value is empty), not for the platform
        #[arg(long, value_name = "APP_ID", num_args = 0..=1, default_missing_value = "")]
        app: Option<String>,
        /// A key ring that seals what is stored, not a pair; lose it and the data is lost
        #[arg(long, conflicts_with = "app")]
        store: bool,
    },
    /// Print what may be shown of a key file or of a key ring
    Show {
        /// The file
        file: PathBuf,
    },
    /// Add a version to the key ring and seal everything stored again with it, while the centers serve; an interrupted
    /// rotation goes on; exit 1 when something could not be sealed again
    Rotate(RotateArgs),
}

/// `keys rotate`.
#[derive(Args)]
pub struct RotateArgs {
    /// The key ring, the very file that the center reads
    #[arg(long, value_name = "FILE")]
    pub store_key: PathBuf,
    /// Database URL
    #[arg(long, value_name = "URL", required_unless_present = "prepare")]
    pub database: Option<String>,
    /// Only add the version to the file, where several centers have copies of it; it seals nothing until it is rotated to
    #[arg(long, conflicts_with_all = ["database", "retire"])]
    pub prepare: bool,
    /// Remove the versions that nothing is sealed by any more; after a finished rotation, only that
    #[arg(long)]
    pub retire: bool,
}

/// `gm`.
#[derive(Args)]
pub struct GmArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: GmCommand,
}

/// `gm …`.
#[derive(Subcommand)]
pub enum GmCommand {
    /// Why a received body verifies or does not: the expected sign text and what is known to go wrong
    Explain {
        /// The body as received, or - for standard input
        body: PathBuf,
        /// The file that `liufang demo --credentials` wrote
        #[arg(long, value_name = "FILE", requires = "as_code", conflicts_with_all = ["key", "platform_public_key"])]
        credentials: Option<PathBuf>,
        /// With --credentials: the institution that sent the body, such as H36090200101
        #[arg(long = "as", value_name = "CODE", requires = "credentials")]
        as_code: Option<String>,
        /// The app's key file
        #[arg(long, value_name = "FILE", required_unless_present = "credentials")]
        key: Option<PathBuf>,
        /// The platform's public key, to notice when the two were confused
        #[arg(long, value_name = "KEY")]
        platform_public_key: Option<String>,
    },
    /// Check every vector of a file; exit 1 on a failure
    Vectors {
        /// The file: `keys` and `vectors[]`
        file: PathBuf,
    },
}
