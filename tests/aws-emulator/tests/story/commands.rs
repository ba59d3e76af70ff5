//! Our own commands against the deployment, as a person gives them.

use anyhow::{Context as _, Result, ensure};
use aws_emulator::{Deployed, FLEET, Report};
use jit_runners::stage::REPOSITORY;
use tokio::process::Command;

pub(crate) async fn smoke_passes_with_a_synthetic_event(
    deployed: &Deployed,
    report: &Report,
) -> Result<()> {
    let claims = deployed.count(&deployed.names.claims_table()).await?;
    let repository = format!("foo-organisation/{REPOSITORY}");
    // AWS's name of the function URL is none of this machine's.
    let mut arguments = vec!["smoke", "--synthetic", "--repository", &repository];
    arguments.extend(["--webhook-url", &deployed.webhook_url]);
    arguments.extend(["--poll", "0.2", "--timeout", "120"]);
    let output = Command::new(support::binaries().join("jit-runners"))
        .args(arguments)
        .args([
            "--fleet",
            FLEET,
            "--endpoint-url",
            &deployed.account.endpoint,
        ])
        .env_remove("AWS_PROFILE")
        .envs(deployed.account.environment())
        .output()
        .await
        .context("jit-runners can be started")?;
    let said = String::from_utf8_lossy(&output.stdout);
    report.line(format!("jit-runners smoke --synthetic:\n{said}"));
    ensure!(
        output.status.success(),
        "smoke: {}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        deployed.count(&deployed.names.claims_table()).await?,
        claims
    );
    Ok(())
}
