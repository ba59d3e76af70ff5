//! Our own commands against the deployment, as a person gives them.

use anyhow::{Context as _, Result, ensure};
use aws_emulator::{Deployed, FLEET, Report};
use jit_runners::stage::REPOSITORY;
use serde_json::Value;
use std::process::Output;
use tokio::process::Command;

pub(crate) async fn smoke_passes_with_a_synthetic_event(
    deployed: &Deployed,
    report: &Report,
) -> Result<()> {
    let claims = deployed.claims().await?;
    let repository = format!("foo-organisation/{REPOSITORY}");
    // AWS's name of the function URL is none of this machine's.
    let mut arguments = vec!["smoke", "--synthetic", "--repository", &repository];
    arguments.extend(["--webhook-url", &deployed.webhook_url]);
    arguments.extend(["--poll", "0.2", "--timeout", "120"]);
    let output = run(deployed, &arguments).await?;
    let said = String::from_utf8_lossy(&output.stdout);
    report.line(format!("jit-runners smoke --synthetic:\n{said}"));
    ensure!(
        output.status.success(),
        "smoke: {}\n{said}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(deployed.claims().await?, claims);
    Ok(())
}

/// What is wrong with this deployment, or looks so, by check: the emulator's
/// fault in each case but the webhook's, whose URL must lead to this machine.
const AMISS: &[(&str, &str)] = &[
    // Its answer in XML leaves out what an alarm does.
    ("alarms.actions", "wrong"),
    // Left out of the stack, as `changes::EXPECTED` says.
    ("events.archive", "warning"),
    ("github.webhook", "wrong"),
    // No event tells of a deployment, so none started a build.
    ("image.build", "wrong"),
    // It keeps CloudFormation's spelling of the settings, which the API's is not.
    ("state-machine.logging", "warning"),
    // Its CloudFormation does not read the table's setting.
    ("tables.claims-backup", "warning"),
];

pub(crate) async fn doctor_finds_what_is_amiss_and_nothing_else(
    deployed: &Deployed,
    report: &Report,
) -> Result<()> {
    let output = run(deployed, &["doctor", "--output", "json"]).await?;
    let said: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let mut amiss = Vec::new();
    let mut well = 0;
    report.line("jit-runners doctor:");
    for check in said["checks"].as_array().context("doctor lists checks")? {
        let text = |name: &str| check[name].as_str().unwrap_or_default();
        let (id, status) = (text("id"), text("status"));
        let (resource, observed) = (text("resource"), text("observed"));
        report.line(format!("  {status:<8} {id} {resource}: {observed}"));
        match status {
            "ok" => well += 1,
            // The fleet has no runners of this architecture.
            _ if resource.ends_with("-arm64") => {}
            // What the emulator does not answer, nobody can judge.
            "unknown" => {}
            _ => amiss.push((id, status)),
        }
    }
    amiss.sort_unstable();
    assert_eq!(amiss, AMISS, "what doctor finds amiss");
    ensure!(well >= 50, "only {well} checks are well");
    assert_eq!(output.status.code(), Some(1), "something is wrong");
    Ok(())
}

async fn run(deployed: &Deployed, arguments: &[&str]) -> Result<Output> {
    Command::new(support::binaries().join("jit-runners"))
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
        .context("jit-runners can be started")
}
