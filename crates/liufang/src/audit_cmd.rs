//! `liufang audit verify`: the independent auditor over a database.

use crate::cli::{AuditArgs, AuditCommand};
use crate::serve::{Migrate, open};
use crate::{config, ring};

/// `liufang audit …`
pub async fn run(args: &AuditArgs) -> anyhow::Result<bool> {
    let AuditCommand::Verify { database, store_key, json } = &args.command;
    let database = config::database(database)?;
    let sealer = ring::sealer(&store_key.clone().unwrap_or_else(|| ring::beside(&database)))?;
    let store = open(&database, Migrate::No, sealer).await?;
    let report = lf_testkit::audit::audit(store.as_ref()).await?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.passes())
}
