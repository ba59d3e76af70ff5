//! What the functions are called with, as the state machine would.

use github_emulator::Job;
use jit_runners::stage::{ORGANIZATION, REPOSITORY};
use serde_json::{Value, json};

const OWNER: &str = "arn:aws:states:us-east-1:123456789012:execution:jit-runners:11111111-2222-3333-4444-555555555555";

/// Size's event for `job`.
pub(crate) fn size_input(job: &Job) -> Value {
    json!({"version": 1, "detail": {
        "action": "queued", "version": 1,
        "workflow_job": {"id": job.id, "run_id": job.run_id, "run_attempt": 1, "labels": job.labels},
        "repository": {"full_name": repository(), "private": true, "owner": {"login": ORGANIZATION}},
    }})
}

/// An active claim, in DynamoDB's form. The number stands for the execution.
pub(crate) fn claim(job: &Job, number: u32) -> Value {
    json!({
        "pk": {"S": key(job, number)}, "owner": {"S": OWNER}, "state": {"S": "active"},
        // Other numbers, other runner names.
        "seq": {"N": number.to_string()}, "wakes": {"N": "0"}, "expires_at": {"N": "4000000000"},
    })
}

/// Mint's event under [`claim`].
pub(crate) fn mint_input(job: &Job, number: u32) -> Value {
    json!({
        "version": 1, "claim": {"pk": key(job, number), "owner": OWNER},
        "job": {
            "id": job.id, "run_id": job.run_id, "run_attempt": 1, "owner": ORGANIZATION,
            "repository": repository(), "labels": job.labels, "name": job.name,
            "workflow_name": job.workflow_name,
        },
        "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23400},
    })
}

/// VerifyRemoval's event under [`claim`]: the task ended idle.
pub(crate) fn verify_input(job: &Job, number: u32) -> Value {
    let task = json!({
        "TaskArn": "arn:aws:ecs:us-east-1:123456789012:task/jit-runners/1", "LastStatus": "STOPPED",
        "StopCode": "EssentialContainerExited", "Containers": [{"Name": "runner", "ExitCode": 82}],
    });
    let mut input = mint_input(job, number);
    input["capacity"] = json!("on_demand");
    input["execution_arn"] = json!(OWNER);
    input["run"] = json!({"error": "", "cause": task.to_string()});
    input
}

/// Escalate's event after a redrive: it does not fail then.
pub(crate) fn escalate_input() -> Value {
    json!({"version": 1, "redrive_count": 1, "failed_at_redrive": 0, "failure": {"name": "TriesExhausted"}})
}

fn key(job: &Job, number: u32) -> String {
    format!("job#{}#{number}", job.id)
}

fn repository() -> String {
    format!("{ORGANIZATION}/{REPOSITORY}")
}
