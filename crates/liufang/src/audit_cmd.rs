//! `liufang audit verify`: the independent auditor over a database.

use crate::beside::with_store;
use crate::cli::{AuditArgs, AuditCommand};

/// `liufang audit …`
pub async fn run(args: &AuditArgs) -> anyhow::Result<bool> {
    let AuditCommand::Verify { beside, json } = &args.command;
    let report = with_store(beside, async |store| Ok(lf_testkit::audit::audit(store.as_ref()).await?)).await?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    Ok(report.passes())
}
