//! Runners that come to a bad end, and what becomes of their jobs.
//!
//! Each end is brought about for real: by ECS, by GitHub, by a limit, or by
//! taking the hand-over item away.

use github_emulator::FaultKind;
use jit_runners::evidence::{Execution, JobEvidence};
use jit_runners::fleet::{BUS, COMPLETED_RULE, HANDOVER};
use local::ecs::EcsFault;
use serde_json::json;
use std::time::Duration;
use support::{World, workflows};

/// The one execution and the one job, once both are over.
async fn the_end(world: &World) -> (Execution, JobEvidence) {
    world.all_jobs_are_over().await;
    let executions = world.executions().await;
    assert_eq!(executions.len(), 1);
    let job = world.evidence().await.remove(0);
    (executions.into_iter().next().expect("one"), job)
}

fn times(execution: &Execution, state: &str) -> usize {
    let entered = execution.states.iter().filter(|name| *name == state);
    entered.count()
}

fn limits(policy: &str, limits: &str) -> String {
    format!("{policy}\n[limits]\n{limits}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_never_starts_is_stopped_and_another_serves_the_job() {
    let world = World::with(|settings| {
        settings.policy = limits(&settings.policy, "start_seconds = 1\ntotal_seconds = 8");
        settings.end_margin_seconds = 1;
    })
    .await;
    world
        .stage
        .place
        .ecs()
        .inject(EcsFault::StuckInProvisioning, 1);
    world.commit(&workflows::one("echo served"));
    let (execution, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("served"));
    assert_eq!(job.conclusion.as_deref(), Some("success"));
    assert_eq!(times(&execution, "RunRunner"), 2);
    assert_eq!(execution.tasks.len(), 2);
    let stuck = world
        .stage
        .place
        .ecs()
        .task(&execution.tasks[0])
        .expect("known");
    assert_eq!(stuck["lastStatus"], "STOPPED");
    assert!(stuck["startedAt"].is_null(), "it never ran");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mint_whose_answer_was_lost_leaves_no_second_runner() {
    let world = World::start().await;
    world.stage.github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 1,
        kind: FaultKind::LoseAnswer,
    });
    world.commit(&workflows::one("echo served"));
    let (execution, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("served"));
    assert_eq!(execution.failures, ["GitHubUnavailable"]);
    // The same name again, after the first registration under it was deleted.
    assert!(job.runner_name.expect("a runner").ends_with("-1"));
    assert_eq!(execution.tasks.len(), 1);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_end_nobody_tells_costs_no_more_than_the_idle_limit() {
    let world = World::with(|settings| {
        settings.policy = limits(&settings.policy, "idle_seconds = 1");
        settings.place.ecs.pending = Duration::from_millis(700);
    })
    .await;
    let rule = json!({"Name": COMPLETED_RULE, "EventBusName": BUS});
    let disabled = world.stage.place.events().call("DisableRule", rule);
    disabled.expect("the rule is there");
    world.commit(&workflows::one("echo never"));
    world
        .until("the task was submitted", || async {
            !world.tasks().is_empty()
        })
        .await;
    let job = world.stage.github.jobs().remove(0);
    assert!(world.stage.github.cancel_job(job.id));
    let (_, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("cancelled"));
    assert_eq!(job.exit_code, Some(82), "the idle limit");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_over_its_total_limit_is_stopped_and_reported_as_such() {
    let world = World::with(|settings| {
        settings.policy = limits(&settings.policy, "total_seconds = 3");
    })
    .await;
    world.commit(&workflows::one("sleep 600"));
    let (_, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("time_over"));
    assert_eq!(job.exit_code, Some(83));
    assert_eq!(job.conclusion.as_deref(), Some("cancelled"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_host_is_killed_is_interrupted() {
    let world = World::with(|settings| {
        settings.github.lost_runner_after = chrono::TimeDelta::seconds(2);
    })
    .await;
    world.stage.place.ecs().inject(
        EcsFault::Kill {
            after: Duration::from_millis(1500),
        },
        1,
    );
    world.commit(&workflows::one("sleep 600"));
    let (_, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("interrupted"));
    assert_eq!(job.exit_code, Some(137));
    assert_eq!(job.conclusion.as_deref(), Some("failure"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_spot_capacity_the_next_runner_is_on_demand() {
    let world = World::start().await;
    world.stage.place.ecs().inject(
        EcsFault::Failure {
            reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone".to_owned(),
        },
        1,
    );
    world.commit(&workflows::jobs(
        &["fargate/cpu=1/mem=2/spot=true"],
        "echo served",
    ));
    let (execution, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("served"));
    assert_eq!(times(&execution, "Backoff"), 1);
    let task = world.tasks().remove(0);
    assert_eq!(task["launchType"], "FARGATE");
    assert!(task["capacityProviderName"].is_null(), "{task}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_ecs_refuses_for_good_is_not_retried() {
    let world = World::start().await;
    world.stage.place.ecs().inject(
        EcsFault::RefuseRunTask {
            code: "ClientException".to_owned(),
            message: "ECS was unable to assume the role 'runner' that was provided for this task."
                .to_owned(),
        },
        1,
    );
    world.commit(&workflows::one("echo never"));
    world.executions_have_ended(1).await;
    let execution = world.executions().await.remove(0);
    assert_eq!(execution.error.as_deref(), Some("ConfigurationRefused"));
    assert_eq!(times(&execution, "RunRunner"), 1);
    let cause = execution.cause.expect("a cause");
    assert!(cause.contains("unable to assume the role"), "{cause}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_version_that_github_refuses_is_named() {
    let world = World::start().await;
    world.stage.github.refuse_runner_version(true);
    world.commit(&workflows::one("echo never"));
    world.executions_have_ended(1).await;
    let execution = world.executions().await.remove(0);
    assert_eq!(execution.error.as_deref(), Some("RunnerVersionRefused"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_without_its_hand_over_item_makes_room_for_another() {
    let world = World::with(|settings| {
        settings.place.ecs.pending = Duration::from_millis(700);
    })
    .await;
    world.commit(&workflows::one("echo served"));
    world
        .until("the task was submitted", || async {
            !world.tasks().is_empty()
        })
        .await;
    for item in world.items(HANDOVER) {
        let input = json!({"TableName": HANDOVER, "Key": {"pk": item["pk"]}});
        let deleted = world.stage.place.dynamodb().call("DeleteItem", input);
        deleted.expect("the item can be deleted");
    }
    let (execution, job) = the_end(&world).await;
    assert_eq!(job.outcome.as_deref(), Some("served"));
    assert_eq!(times(&execution, "Mint"), 2);
    let first = world
        .stage
        .place
        .ecs()
        .task(&execution.tasks[0])
        .expect("known");
    assert_eq!(first["containers"][0]["exitCode"], 81);
    // A name is never used twice.
    assert!(job.runner_name.expect("a runner").ends_with("-2"));
    world.nothing_is_left().await;
}
