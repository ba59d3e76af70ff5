//! What is not served, and says so.

use super::{Who, commit, ended};
use anyhow::{Result, ensure};
use aws_emulator::Deployed;

pub(crate) async fn a_forged_delivery_starts_nothing(deployed: &Deployed) -> Result<()> {
    let answer = reqwest::Client::new()
        .post(&deployed.webhook_url)
        .header("content-type", "application/json")
        .header("x-github-event", "workflow_job")
        .header("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        .header("x-hub-signature-256", format!("sha256={}", "0".repeat(64)))
        .body(r#"{"action":"queued"}"#)
        .send()
        .await?;
    ensure!(
        answer.status() == 401,
        "a forged delivery: {}",
        answer.status()
    );
    ensure!(
        deployed.executions().await?.is_empty(),
        "nothing was started"
    );
    Ok(())
}

pub(crate) async fn a_job_beyond_fargate_fails_visibly(deployed: &Deployed) -> Result<()> {
    let job = commit(deployed, "vcpu-65536-mem-131072")?;
    let execution = ended(deployed, job, Who::Owner).await?;
    assert_eq!(execution.status, "FAILED");
    assert_eq!(execution.error.as_deref(), Some("JobRejected"));
    assert_eq!(
        execution.states,
        [
            "Size",
            "Sized",
            "Claim",
            "Claimed",
            "MarkFailed",
            "Escalate"
        ]
    );
    let cause = execution.cause.unwrap_or_default();
    ensure!(cause.contains("Fargate offers at most 32 vCPU"), "{cause}");
    ensure!(deployed.running_tasks().await?.is_empty(), "a task runs");
    // The record stays: a redrive takes the job up again.
    assert_eq!(deployed.claims().await?, 1);
    deployed.github.cancel_job(job);
    Ok(())
}
