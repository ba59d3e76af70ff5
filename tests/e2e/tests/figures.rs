//! The figures that prices, dashboards and alarms are computed from: the log
//! lines `attempt ended`, `job interrupted` and `escalated`, field by field.

use local::ecs::EcsFault;
use serde_json::{Value, json};
use std::time::Duration;
use support::{World, workflows};

/// The lines with this message that the function has logged.
fn lines(world: &World, function: &str, message: &str) -> Vec<Value> {
    let mut lines = world.function_log(function);
    lines.retain(|line| line["message"] == message);
    lines
}

/// The only one of them.
fn line(world: &World, function: &str, message: &str) -> Value {
    let mut lines = lines(world, function, message);
    assert_eq!(lines.len(), 1, "{message}: {lines:?}");
    lines.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_its_host_took_down_is_counted_with_what_it_used() {
    let world = World::with(|settings| {
        settings.github.lost_runner_after = chrono::TimeDelta::seconds(2);
    })
    .await;
    let after = Duration::from_millis(1500);
    world.stage.place.ecs().inject(EcsFault::Kill { after }, 1);
    world.commit(&workflows::one("sleep 600"));
    world.all_jobs_are_over().await;

    let ended = line(&world, "verify-removal", "attempt ended");
    let interrupted = line(&world, "verify-removal", "job interrupted");
    assert_eq!(ended["outcome"], "interrupted");
    assert_eq!(interrupted["reason"], "out_of_memory");
    assert_eq!(interrupted["exit_code"], "137");
    for field in [
        "repository",
        "job_id",
        "run_id",
        "task_arn",
        "cpu",
        "memory_mib",
    ] {
        assert!(!ended[field].is_null(), "{field}");
        assert_eq!(interrupted[field], ended[field], "{field}");
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_job_is_counted_and_used_nothing() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["profile=huge"], "echo never"));
    world.executions_have_ended(1).await;
    let escalated = line(&world, "escalate", "escalated");
    let job = world.stage.github.jobs().remove(0);
    assert_eq!(escalated["failure"], "JobRejected");
    assert_eq!(escalated["job_id"], json!(job.id));
    assert_eq!(escalated["repository"], "foo-organisation/jit-fargate-test");
    assert!(lines(&world, "verify-removal", "attempt ended").is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_is_one_line_with_its_task_s_figures() {
    let world = World::start().await;
    let reason = "Capacity is unavailable at this time. Please try again later.";
    world.stage.place.ecs().inject(
        EcsFault::Failure {
            reason: reason.to_owned(),
        },
        1,
    );
    let label = "fargate/cpu=1/mem=2/disk=30/spot=true";
    world.commit(&workflows::jobs(&[label], "echo served"));
    world.all_jobs_are_over().await;

    let ended = lines(&world, "verify-removal", "attempt ended");
    let outcomes: Vec<_> = ended.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["spot", "served"]);
    assert_eq!(ended[0]["task_arn"], "");
    assert_eq!(ended[0]["billed_seconds"], 0);
    assert_eq!(ended[0]["github_calls"], 4);
    assert_eq!(ended[0].get("queue_to_start_seconds"), None);
    let (served, task) = (&ended[1], world.tasks().remove(0));
    assert_eq!(served["task_arn"], task["taskArn"]);
    for (field, expected) in [
        ("cpu", json!(1024)),
        ("memory_mib", json!(2048)),
        ("storage_gib", json!(30)),
        ("architecture", json!("X86_64")),
        // The second try does not ask for Spot again.
        ("capacity", json!("on_demand")),
        ("billed_seconds", json!(60)),
        // The job, the mint, the removal, the job.
        ("github_calls", json!(4)),
        ("job_conclusion", json!("success")),
        ("repository", json!("foo-organisation/jit-fargate-test")),
    ] {
        assert_eq!(served[field], expected, "{field}");
    }
    assert!(served["queue_to_start_seconds"].is_u64(), "{served}");
    let execution = world.executions().await.remove(0);
    assert_eq!(served["execution_arn"], json!(execution.arn));
    world.nothing_is_left().await;
}
