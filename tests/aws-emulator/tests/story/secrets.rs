//! Where no secret may be: histories and logs.

use anyhow::{Result, ensure};
use aws_emulator::Deployed;
use secrecy::ExposeSecret as _;

pub(crate) async fn no_secret_is_in_history_or_logs(deployed: &Deployed) -> Result<()> {
    let mut seen = String::new();
    for execution in deployed.executions().await? {
        let call = ["stepfunctions", "get-execution-history", "--execution-arn"];
        let history = deployed
            .account
            .aws(&[&call[..], &[&execution.arn]].concat())
            .await?;
        seen.push_str(&history.to_string());
    }
    for handler in [
        "webhook",
        "size",
        "mint",
        "verify-removal",
        "escalate",
        "release",
    ] {
        let group = deployed.names.function_log_group(handler);
        let call = ["logs", "filter-log-events", "--log-group-name", &group];
        let events = deployed.account.aws(&call).await?;
        ensure!(
            events["events"]
                .as_array()
                .is_some_and(|events| !events.is_empty()),
            "{group} has no line: nothing was looked at"
        );
        seen.push_str(&events.to_string());
    }
    let mut secrets: Vec<_> = deployed.github.issued_secrets();
    ensure!(!secrets.is_empty(), "GitHub has given out secrets");
    for secret in secrets.drain(..) {
        ensure!(
            !seen.contains(secret.value.expose_secret()),
            "a secret of kind {:?} is in a history or a log",
            secret.kind
        );
    }
    ensure!(
        !seen.contains(deployed.webhook_secret.expose_secret()),
        "the webhook's secret is in a history or a log"
    );
    Ok(())
}
