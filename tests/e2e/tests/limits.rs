//! GitHub's patience and everybody's mistakes: what one function was told the
//! fleet obeys, and what only a person can mend fails at once.

use github_emulator::{Fault, FaultKind};
use jit_runners::fleet::CLAIMS;
use local::ecs::EcsFault;
use serde_json::Value;
use std::time::{Duration, Instant};
use support::{World, workflows};

/// A failure that a person must mend has to be seen within this, waits and
/// pauses at the speed of tests and a slow machine included.
const AT_ONCE: Duration = Duration::from_secs(60);
/// More than any test makes: what is left of it counts the calls.
const MANY: u32 = 1000;

fn fault(method: &str, path: &str, times: u32, kind: FaultKind) -> Fault {
    Fault {
        method: method.to_owned(),
        path_contains: path.to_owned(),
        times,
        kind,
    }
}

fn status(status: u16, headers: &[(&str, &str)], message: &str) -> FaultKind {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let body = serde_json::json!({ "message": message }).to_string();
    FaultKind::Status(status, headers.collect(), body)
}

/// How many requests an open-ended fault has met.
fn met(world: &World) -> u32 {
    let left = world.stage.github.pending_faults();
    MANY - left.first().map_or(0, |fault| fault.times)
}

/// Epoch seconds until when the fleet was told to wait.
fn told(world: &World) -> Option<i64> {
    let items = world.items(CLAIMS);
    let limit = |item: &&Value| {
        let key = item["pk"]["S"].as_str().unwrap_or_default();
        key.starts_with("github#limit#")
    };
    items.iter().find(limit)?["until"]["N"]
        .as_str()?
        .parse()
        .ok()
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// Mints of the job that had to wait and called nobody.
fn waits(world: &World, job: u64) -> usize {
    let lines = world.function_log("mint").into_iter();
    lines
        .filter(|line| line["message"] == "mint" && line["job_id"] == job)
        .filter(|line| line["outcome"] == "wait" && line["github_calls"] == 0)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_job_s_mint_was_told_another_job_s_mint_obeys() {
    let world = World::start().await;
    let limit = status(429, &[("retry-after", "12")], "slow down");
    world
        .stage
        .github
        .inject(fault("POST", "/generate-jitconfig", 1, limit));
    world.commit(&workflows::one("echo first"));
    world
        .until("the first mint was told to wait", || async {
            told(&world).is_some()
        })
        .await;
    let until = told(&world).expect("it was told");
    assert!((1..=12).contains(&(until - now())), "{until}");

    // Whoever calls GitHub now uses this up.
    let unharmed = FaultKind::Delay(Duration::ZERO);
    world.stage.github.inject(fault("", "", 1, unharmed));
    world.commit(&workflows::one("echo second"));
    let second = world
        .stage
        .github
        .jobs()
        .iter()
        .map(|job| job.id.0)
        .max()
        .expect("there are jobs");
    world
        .until("the second job's mint waits", || async {
            waits(&world, second) > 0 || now() >= until
        })
        .await;
    assert!(now() < until, "the machine was too slow for this test");
    assert_eq!(world.stage.github.pending_faults().len(), 1);
    assert!(waits(&world, second) > 0);

    world.all_jobs_are_over().await;
    assert!(now() >= until, "GitHub was called before its time");
    assert_eq!(world.failed().await, None);
    world.nothing_is_left().await;
}

/// The only execution's failure: its error, its sentence, and that nothing was
/// tried again.
async fn fails_at_once(world: &World, began: Instant, error: &str, sentence: &[&str]) {
    world.executions_have_ended(1).await;
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    let execution = world.executions().await.remove(0);
    assert_eq!(execution.status, "FAILED", "{execution:?}");
    assert_eq!(execution.error.as_deref(), Some(error));
    let cause = execution.cause.expect("a failed execution has a cause");
    for part in sentence {
        assert!(cause.contains(part), "{part:?} is not in {cause}");
    }
    for waits in ["Backoff", "WaitForGitHub", "WaitForRunner"] {
        assert!(
            !execution.states.iter().any(|state| state == waits),
            "{waits}: {:?}",
            execution.states
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_ecs_cannot_assume_fails_at_once_and_is_named() {
    let world = World::start().await;
    let role = "arn:aws:iam::111122223333:role/fleet-task";
    world.stage.place.ecs().inject(
        EcsFault::RefuseRunTask {
            code: "ClientException".to_owned(),
            message: format!(
                "ECS was unable to assume the role '{role}' that was provided for this task."
            ),
        },
        usize::MAX,
    );
    let began = Instant::now();
    world.commit(&workflows::one("echo never"));
    let sentence = [role, "ecs-tasks.amazonaws.com"];
    fails_at_once(&world, began, "ConfigurationRefused", &sentence).await;
    let execution = world.executions().await.remove(0);
    let entered = |name: &str| {
        execution
            .states
            .iter()
            .filter(|state| *state == name)
            .count()
    };
    assert_eq!((entered("Mint"), entered("RunRunner")), (1, 1));
    assert!(world.tasks().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_runner_group_fails_after_one_mint() {
    let world = World::start().await;
    world.stage.github.inject(fault(
        "POST",
        "/generate-jitconfig",
        MANY,
        status(404, &[], "Not Found"),
    ));
    let began = Instant::now();
    world.commit(&workflows::one("echo never"));
    let sentence = [
        "generate-jitconfig with 404",
        "RUNNER_GROUP_ID",
        "Runner groups",
    ];
    fails_at_once(&world, began, "GitHubRefused", &sentence).await;
    assert_eq!(met(&world), 1, "one mint, and no other");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_fails_after_one_mint() {
    let world = World::start().await;
    let permission = "organization_self_hosted_runners";
    world.stage.github.set_permission(permission, None);
    let began = Instant::now();
    world.commit(&workflows::one("echo never"));
    let sentence = ["403", "organization_self_hosted_runners: write"];
    fails_at_once(&world, began, "GitHubRefused", &sentence).await;
    let mints = world.function_log("mint");
    let failed = mints.iter().filter(|line| line["message"] == "mint failed");
    assert_eq!(failed.count(), 1);
    world.nothing_is_left().await;
}
