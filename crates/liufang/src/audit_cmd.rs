//! `liufang audit verify`: the independent auditor over a database.

use crate::cli::{AuditArgs, AuditCommand};
use crate::config::sqlite_path;
use crate::serve::{Migrate, open};

/// `liufang audit …`
pub async fn run(args: &AuditArgs) -> anyhow::Result<bool> {
    let AuditCommand::Verify { database, json } = &args.command;
    let store = open(&sqlite_path(database)?, Migrate::No)?;
    let report = lf_testkit::audit::audit(&store).await?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.passes())
}
