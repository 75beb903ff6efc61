//! `liufang audit verify`: the independent auditor over a database.

use crate::cli::{AuditArgs, AuditCommand};
use crate::config;
use crate::serve::{Migrate, open};

/// `liufang audit …`
pub async fn run(args: &AuditArgs) -> anyhow::Result<bool> {
    let AuditCommand::Verify { database, json } = &args.command;
    let store = open(&config::database(database)?, Migrate::No).await?;
    let report = lf_testkit::audit::audit(store.as_ref()).await?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.passes())
}
