//! `jit-runners cancel` by the real binary, wherever the job has come to: no
//! running job is ended unless that is asked for, and a redrive serves what was
//! cancelled.

use crate::fleet::{answer_mints, json, name, run, the_only_one};
use crate::program::alone;
use crate::program::run as run_alone;
use github_emulator::JobStatus;
use jit_runners::fleet::{CLAIMS, HANDOVER};
use local::ecs::EcsFault;
use serde_json::{Value, json};
use support::{World, workflows};

/// The time limit of the wait that a mint's 429 leads to: seconds, by the place's
/// faster clock of waits.
const WAITS: &str = "1600";

/// The status of a task, as ECS has it now.
fn task_status(world: &World) -> String {
    let tasks = world.tasks();
    let task = tasks.last().unwrap_or(&Value::Null);
    task["lastStatus"].as_str().unwrap_or_default().to_owned()
}

async fn in_state(world: &World, state: &str) {
    world
        .until(&format!("an execution is in {state}"), || async {
            let executions = world.executions().await;
            executions
                .iter()
                .any(|one| one.states.last().is_some_and(|last| last == state))
        })
        .await;
}

async fn the_job_runs(world: &World) {
    world
        .until("the job runs", || async {
            let jobs = world.stage.github.jobs();
            jobs.iter().any(|job| job.status == JobStatus::InProgress)
        })
        .await;
}

/// The execution ended as cancelled, and its claim may be taken over.
async fn is_cancelled(world: &World, execution: &str) {
    let executions = world.executions().await;
    let found = executions.iter().find(|one| name(&one.arn) == execution);
    let found = found.unwrap();
    assert_eq!(found.status, "ABORTED");
    assert_eq!(found.error.as_deref(), Some("Cancelled"));
    let cause = found.cause.as_deref().unwrap();
    assert!(cause.contains("jit-runners cancel"), "{cause}");
    let mut items = world.items(CLAIMS);
    items.retain(|item| {
        let pk = item["pk"]["S"].as_str();
        pk.is_some_and(|pk| pk.starts_with("job#"))
    });
    let claim = items.remove(0);
    let expires: i64 = claim["expires_at"]["N"].as_str().unwrap().parse().unwrap();
    assert!(expires < chrono::Utc::now().timestamp(), "{claim}");
    assert!(world.items(HANDOVER).is_empty());
}

/// What GitHub told the fleet to wait is compared with the real clock, which no
/// test turns on.
fn the_time_that_github_named_is_over(world: &World) {
    let mut limits = world.items(CLAIMS);
    limits.retain(|item| {
        let pk = item["pk"]["S"].as_str();
        pk.is_some_and(|pk| pk.starts_with("github#limit"))
    });
    let key = &limits.remove(0)["pk"];
    let input = serde_json::json!({"TableName": CLAIMS, "Key": {"pk": key}});
    let deleted = world.stage.place.dynamodb().call("DeleteItem", input);
    deleted.unwrap();
}

/// A redrive serves the job after all, and nothing is left.
async fn redriven_it_is_served(world: World, execution: &str) {
    let ended = run(&world, &["redrive", execution, "--yes", "--wait"]).await;
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.said,
        ended.complained
    );
    assert!(ended.said.contains("1 served"), "{}", ended.said);
    world.all_jobs_are_over().await;
    let job = world.stage.github.jobs().remove(0);
    assert_eq!(job.conclusion.map(|of| of.name()), Some("success"));
    world.nothing_is_left().await;
}

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    for (words, wanted) in [
        (
            &["cancel"][..],
            &["required", "see jit-runners cancel --help"][..],
        ),
        (
            &["cancel", "a"],
            &["standard input is no terminal", "--yes"],
        ),
    ] {
        run_alone(&alone(), words).await.assert_sentence(2, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_has_ended_is_said() {
    let world = World::start().await;
    let ended = run(&world, &["cancel", "no-such", "--yes"]).await;
    ended.assert_sentence(1, &["There is no execution no-such"]);
    world.commit(&workflows::one("echo served"));
    world.all_jobs_are_over().await;
    let execution = the_only_one(&world).await;
    let ended = run(&world, &["cancel", &execution, "--yes"]).await;
    ended.assert_sentence(1, &[&execution, "does not run (SUCCEEDED)"]);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_left_alone_unless_its_end_is_asked_for() {
    let world = World::with(|settings| {
        settings.github.lost_runner_after = chrono::TimeDelta::seconds(2);
    })
    .await;
    world.commit(&workflows::one("sleep 600"));
    the_job_runs(&world).await;
    let execution = the_only_one(&world).await;
    let before = world.items(CLAIMS);
    for _ in 0..2 {
        let ended = run(&world, &["cancel", &execution, "--yes"]).await;
        let runner = world.stage.github.leftovers().runners.remove(0).name;
        let task = world.tasks().remove(0);
        let task = task["taskArn"].as_str().unwrap();
        let words = [&runner, task, "may be at work", "--even-if-running"];
        ended.assert_sentence(1, &words);
    }
    assert_eq!(world.items(CLAIMS), before, "nothing was written");
    assert_eq!(world.executions().await[0].status, "RUNNING");
    assert_eq!(task_status(&world), "RUNNING");
    let job = world.stage.github.jobs().remove(0);
    assert_eq!(job.status, JobStatus::InProgress);

    let given = ["cancel", &execution, "--even-if-running", "--yes"];
    let ended = run(&world, &given).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    for words in [
        &execution,
        "its job was ended with it",
        "stays registered at GitHub",
    ] {
        assert!(ended.said.contains(words), "{words:?} in {}", ended.said);
    }
    is_cancelled(&world, &execution).await;
    world
        .until("the task has stopped and GitHub has noticed", || async {
            let jobs = world.stage.github.jobs();
            task_status(&world) == "STOPPED" && jobs[0].status == JobStatus::Completed
        })
        .await;
    // A redrive finds the job ended, and tidies up.
    let ended = run(&world, &["redrive", &execution, "--yes", "--wait"]).await;
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.said,
        ended.complained
    );
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_runner_is_minted_nothing_is_left_behind() {
    let world = World::start().await;
    answer_mints(&world, 1, 429, &[("retry-after", WAITS)]);
    world.commit(&workflows::one("echo served"));
    in_state(&world, "WaitForGitHub").await;
    let execution = the_only_one(&world).await;
    let ended = run(&world, &["cancel", &execution, "--yes", "--output", "json"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    let result = json(&ended);
    assert_eq!(result["name"], execution.as_str());
    assert_eq!(
        result["job"]["repository"],
        "foo-organisation/jit-fargate-test"
    );
    assert_eq!(result["task"], Value::Null);
    assert_eq!(result["ended_a_running_job"], false);
    is_cancelled(&world, &execution).await;
    assert!(world.tasks().is_empty());
    // Twice: it does not run any more.
    let ended = run(&world, &["cancel", &execution, "--yes"]).await;
    ended.assert_sentence(1, &["does not run (ABORTED)"]);
    the_time_that_github_named_is_over(&world);
    redriven_it_is_served(world, &execution).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_starting_cannot_start_any_more() {
    let world = World::start().await;
    world
        .stage
        .place
        .ecs()
        .inject(EcsFault::StuckInProvisioning, 1);
    world.commit(&workflows::one("echo served"));
    world
        .until("the task is being started", || async {
            task_status(&world) == "PROVISIONING"
        })
        .await;
    let execution = the_only_one(&world).await;
    let ended = run(&world, &["cancel", &execution, "--yes"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    for words in [
        "no runner of it was at work",
        "stays registered at GitHub",
        "jit-runners redrive",
    ] {
        assert!(ended.said.contains(words), "{words:?} in {}", ended.said);
    }
    is_cancelled(&world, &execution).await;
    world
        .until("the task has stopped", || async {
            task_status(&world) == "STOPPED"
        })
        .await;
    redriven_it_is_served(world, &execution).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_event_takes_a_cancelled_job_up() {
    let world = World::start().await;
    world
        .stage
        .place
        .ecs()
        .inject(EcsFault::StuckInProvisioning, 1);
    world.commit(&workflows::one("echo served"));
    world
        .until("the task is being started", || async {
            task_status(&world) == "PROVISIONING"
        })
        .await;
    let execution = the_only_one(&world).await;
    let ended = run(&world, &["cancel", &execution, "--yes"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    let deliveries = world.stage.github.deliveries();
    let queued = deliveries
        .iter()
        .find(|delivery| delivery.action.as_deref() == Some("queued"));
    assert!(world.stage.github.redeliver(queued.unwrap().id));
    world.executions_have_ended(2).await;
    let outcomes: Vec<_> = world.executions().await;
    let outcomes: Vec<_> = outcomes.iter().map(|one| one.outcome.as_deref()).collect();
    assert_eq!(outcomes, [None, Some("served")]);
    // The first one has nothing to do any more.
    let ended = run(&world, &["redrive", &execution, "--yes", "--wait"]).await;
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.said,
        ended.complained
    );
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_does_not_answer_is_told_without_the_key() {
    let world = World::start().await;
    world
        .stage
        .place
        .ecs()
        .inject(EcsFault::StuckInProvisioning, 1);
    world.commit(&workflows::one("echo served"));
    world
        .until("the task is being started", || async {
            task_status(&world) == "PROVISIONING"
        })
        .await;
    let execution = the_only_one(&world).await;
    let tables = world.stage.place.dynamodb();
    tables
        .call("DeleteTable", json!({"TableName": HANDOVER}))
        .unwrap();
    // `run` looks for the key in what is printed.
    let ended = run(&world, &["cancel", &execution, "--yes"]).await;
    ended.assert_sentence(1, &["DeleteItem failed"]);
    assert_eq!(world.executions().await[0].status, "RUNNING");
    let table = json!({
        "TableName": HANDOVER,
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    tables.call("CreateTable", table).unwrap();
    // The item is gone with its table: whether a container took it is not known.
    let ended = run(&world, &["cancel", &execution, "--yes"]).await;
    ended.assert_sentence(1, &["may be at work"]);
    let ended = run(
        &world,
        &["cancel", &execution, "--yes", "--even-if-running"],
    )
    .await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    redriven_it_is_served(world, &execution).await;
}
