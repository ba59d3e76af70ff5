//! Upgrades of a live fleet: executions live for days and can be redriven for two weeks,
//! so those of the last release must end under this one, and the way back must be
//! open. `releases/` keeps the last release's definition and the payloads that it
//! gave to the functions.

use domain::steps::{EscalateInput, MintInput, SizeInput, VerifyRemovalInput};
use github_emulator::JobStatus;
use jit_runners::fleet::{Calls, Release, make_live};
use local::ecs::EcsFault;
use serde_json::{Value, json};
use std::path::PathBuf;
use support::{World, workflows};

/// The last release's folder in `releases/`.
macro_rules! last_release {
    ($file:literal) => {
        include_str!(concat!("../releases/0.1.0/", $file))
    };
}

fn last_release(calls: Calls) -> Release {
    Release {
        name: "the last one".to_owned(),
        definition: last_release!("runner.asl.json").to_owned(),
        calls,
    }
}

async fn fleet_of(release: Release) -> World {
    World::with(|settings| settings.release = release).await
}

/// A job that runs until it is told to end.
struct Held {
    folder: tempfile::TempDir,
}

impl Held {
    /// Commits it and waits until it runs.
    async fn start(world: &World) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let held = Self { folder };
        let end = held.end();
        let run = format!("while [ ! -e {} ]; do sleep 0.05; done", end.display());
        world.commit(&workflows::one(&run));
        world
            .until("the job runs", || async {
                let jobs = world.stage.github.jobs();
                jobs.last()
                    .is_some_and(|job| job.status == JobStatus::InProgress)
            })
            .await;
        held
    }

    fn end(&self) -> PathBuf {
        self.folder.path().join("end")
    }

    /// Lets it end, and waits for its execution.
    async fn finish(self, world: &World) {
        std::fs::write(self.end(), "").expect("the file is written");
        world.all_jobs_are_over().await;
    }
}

/// The execution that was started last, as DescribeExecution tells it.
async fn newest(world: &World) -> Value {
    let execution = world.executions().await.pop().expect("an execution");
    let states = world.stage.place.step_functions();
    states
        .call("DescribeExecution", json!({"executionArn": execution.arn}))
        .expect("it is known")
}

/// It ended well, its job served, and it was started by `live` at that version.
async fn the_newest_was_served_by(world: &World, version: &str) {
    let execution = newest(world).await;
    assert_eq!(execution["status"], "SUCCEEDED", "{execution}");
    assert_eq!(execution["stateMachineVersionArn"], version);
    let live = format!("{}:live", world.stage.fleet.state_machine);
    assert_eq!(execution["stateMachineAliasArn"], json!(live));
    let jobs = world.evidence().await;
    let newest = jobs.last().expect("a job");
    assert_eq!(newest.outcome.as_deref(), Some("served"));
    assert_eq!(newest.conclusion.as_deref(), Some("success"));
}

/// Whether VerifyRemoval has run in that version.
fn verified_by(world: &World, version: &str) -> bool {
    let mark = format!("/[{version}]");
    let streams = world.stage.place.logs().streams();
    streams.iter().any(|(group, stream)| {
        group == "/aws/lambda/jit-runners-verify-removal" && stream.contains(&mark)
    })
}

#[test]
fn the_payloads_of_the_last_release_are_still_taken() {
    let recorded: Value = serde_json::from_str(last_release!("payloads.json")).expect("JSON");
    let recorded = recorded.as_array().expect("a list");
    let mut functions = Vec::new();
    for call in recorded {
        let (function, payload) = (call["function"].as_str(), call["payload"].clone());
        let taken = match function.expect("a name") {
            "size" => serde_json::from_value::<SizeInput>(payload).map(drop),
            "mint" => serde_json::from_value::<MintInput>(payload).map(drop),
            "verify-removal" => serde_json::from_value::<VerifyRemovalInput>(payload).map(drop),
            "escalate" => serde_json::from_value::<EscalateInput>(payload).map(drop),
            other => panic!("there is no function {other}"),
        };
        assert!(taken.is_ok(), "{call}: {taken:?}");
        functions.extend(function);
    }
    functions.sort_unstable();
    functions.dedup();
    assert_eq!(functions, ["escalate", "mint", "size", "verify-removal"]);
}

/// An execution that began under the last release ends after the upgrade.
async fn upgraded_while_a_job_runs(calls: Calls, verified_in: &str) {
    let world = fleet_of(last_release(calls)).await;
    let held = Held::start(&world).await;
    let version = world
        .stage
        .upgrade(&Release::default())
        .expect("an upgrade");
    assert_ne!(version, world.stage.fleet.version);
    held.finish(&world).await;
    the_newest_was_served_by(&world, &world.stage.fleet.version).await;
    assert!(verified_by(&world, verified_in));
    assert!(!verified_by(&world, "2"), "that is the new release's own");

    world.commit(&workflows::one("echo under the new release"));
    world.executions_have_ended(2).await;
    the_newest_was_served_by(&world, &version).await;
    assert!(verified_by(&world, "2"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_of_the_last_release_ends_by_its_own_functions() {
    upgraded_while_a_job_runs(Calls::Versions, "1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_of_the_last_release_ends_by_this_release_s_functions() {
    upgraded_while_a_job_runs(Calls::Latest, "$LATEST").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_failed_under_the_last_release_is_redriven_under_this_one() {
    let world = fleet_of(last_release(Calls::Latest)).await;
    let refusal = EcsFault::RefuseRunTask {
        code: "ClientException".to_owned(),
        message: "ECS was unable to assume the role that was provided for this task.".to_owned(),
    };
    world.stage.place.ecs().inject(refusal, 1);
    world.commit(&workflows::one("echo served"));
    world.executions_have_ended(1).await;
    let failed = world.failed().await.expect("an execution failed");

    world
        .stage
        .upgrade(&Release::default())
        .expect("an upgrade");
    world.redrive(&failed).await;
    world.all_jobs_are_over().await;
    the_newest_was_served_by(&world, &world.stage.fleet.version).await;
    assert_eq!(newest(&world).await["redriveCount"], 1);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rollback_executions_of_the_new_release_end_as_they_began() {
    let world = fleet_of(last_release(Calls::Versions)).await;
    let version = world
        .stage
        .upgrade(&Release::default())
        .expect("an upgrade");
    let held = Held::start(&world).await;
    make_live(&world.stage.place, &world.stage.fleet.version).expect("the way back");
    held.finish(&world).await;
    the_newest_was_served_by(&world, &version).await;

    world.commit(&workflows::one("echo under the last release again"));
    world.executions_have_ended(2).await;
    the_newest_was_served_by(&world, &world.stage.fleet.version).await;
    assert!(verified_by(&world, "1") && verified_by(&world, "2"));
    world.nothing_is_left().await;
}

/// For a release: `cargo nextest run -E 'test(record)' --run-ignored all`, then copy what it
/// prints into `releases/`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "records what the test above reads, once a release"]
async fn record_the_payloads_of_this_release() {
    let world = World::start().await;
    let reason = "Capacity is unavailable at this time.".to_owned();
    world
        .stage
        .place
        .ecs()
        .inject(EcsFault::Failure { reason }, 1);
    world.commit(&workflows::jobs(&["1", "profile=huge"], "echo served"));
    world.executions_have_ended(2).await;
    let mut calls = Vec::new();
    for execution in world.executions().await {
        let states = world.stage.place.step_functions();
        let history = states
            .call(
                "GetExecutionHistory",
                json!({"executionArn": execution.arn}),
            )
            .expect("a history");
        for event in history["events"].as_array().expect("events") {
            let scheduled = &event["taskScheduledEventDetails"];
            let Some(text) = scheduled["parameters"].as_str() else {
                continue;
            };
            let parameters: Value = serde_json::from_str(text).expect("JSON");
            let Some(arn) = parameters["FunctionName"].as_str() else {
                continue;
            };
            let name = arn.rsplit("function:jit-runners-").next().unwrap_or(arn);
            let function = name.split(':').next().unwrap_or(name);
            calls.push(json!({"function": function, "payload": parameters["Payload"]}));
        }
    }
    eprintln!("{}", serde_json::to_string_pretty(&calls).expect("JSON"));
    world.nothing_is_left().await;
}
