//! `liufang audit verify`: the independent auditor over a database.

use crate::cli::{AuditArgs, AuditCommand};
use crate::serve::open_beside;

/// `liufang audit …`
pub async fn run(args: &AuditArgs) -> anyhow::Result<bool> {
    let AuditCommand::Verify { database, store_key, json } = &args.command;
    let store = open_beside(database, store_key.as_deref()).await?;
    let report = lf_testkit::audit::audit(store.as_ref()).await?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.passes())
}
