//! Why a job waits, in one sentence: each reason brought about for real.

use super::{only_row, row_when, run, said};
use github_emulator::FaultKind;
use local::Fault;
use local::ecs::EcsFault;
use serde_json::Value;
use std::time::Duration;
use support::{World, workflows};

/// Waits of 30 s take 3 s: long enough to be looked at.
async fn world() -> World {
    World::with(|settings| settings.place.timer_speed = 10.0).await
}

fn github_answers(world: &World, status: u16, headers: &[(&str, &str)]) {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    world.stage.github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 1,
        kind: FaultKind::Status(
            status,
            headers,
            r#"{"message":"ordered by a test"}"#.to_owned(),
        ),
    });
}

/// The job waits for this, the list and the filter say so, and it is served.
async fn waits_then_served(world: World, kind: &str, sentence: &[&str]) {
    let row = row_when(&world, kind, |row| {
        row["details"]["waiting"]["kind"] == kind
    })
    .await;
    told(&row, sentence);
    world.all_jobs_are_over().await;
    assert_eq!(only_row(&world).await["details"]["outcome"], "served");
    world.nothing_is_left().await;
}

fn told(row: &Value, sentence: &[&str]) {
    let waiting = &row["details"]["waiting"];
    let told = waiting["sentence"].as_str().unwrap_or_default();
    for words in sentence {
        assert!(told.contains(words), "{words:?} in {told}");
    }
    assert!(!told.contains('\n') && !told.contains("{\""), "{told}");
}

/// The execution ended like this: list, filters and `show` say what and what next.
async fn failed(
    world: &World,
    status: &str,
    error: &str,
    kind: &str,
    sentence: &[&str],
    next: &str,
) {
    world.executions_have_ended(1).await;
    let row = only_row(world).await;
    assert_eq!(row["status"], status);
    assert_eq!(row["details"]["waiting"]["kind"], kind);
    told(&row, sentence);
    let table = said(world, &["jobs"]).await;
    for words in sentence.iter().chain([&status, &error]) {
        assert!(table.contains(words), "{words:?} in {table}");
    }
    let filters = [
        vec!["jobs", "--error"],
        vec!["jobs", "--waiting-for", kind],
        vec!["jobs", "--status", status],
    ];
    for words in filters {
        assert_eq!(said(world, &words).await.lines().count(), 2, "{words:?}");
    }
    let name = row["name"].as_str().unwrap();
    let shown = said(world, &["show", name]).await;
    for words in sentence.iter().chain([&next, &status]) {
        assert!(shown.contains(words), "{words:?} in {shown}");
    }
    let none = run(world, &["logs", name]).await;
    none.assert_sentence(1, &["ended without a task", "jit-runners show"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_github_to_answer() {
    let world = world().await;
    // A retry after five seconds of the place's time, then after ten, twenty, forty.
    world.stage.github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 4,
        kind: FaultKind::Status(503, Vec::new(), "{}".to_owned()),
    });
    let sentence = ["Mint failed", "GitHubUnavailable", "is tried again"];
    world.commit(&workflows::one("echo served"));
    waits_then_served(world, "github_unavailable", &sentence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_githubs_rate_limit() {
    let world = world().await;
    github_answers(&world, 429, &[("retry-after", "10")]);
    world.commit(&workflows::one("echo served"));
    let row = row_when(&world, "it is rate limited", |row| {
        row["details"]["waiting"]["kind"] == "rate_limited"
    })
    .await;
    told(&row, &["GitHub's rate limit"]);
    assert!(row["details"]["waiting"]["until"].is_string(), "{row}");
    let table = said(&world, &["jobs", "--waiting-for", "rate_limited"]).await;
    assert!(table.contains("Goes on at"), "{table}");
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_capacity() {
    let world = world().await;
    let reason = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
    world.stage.place.ecs().inject(
        EcsFault::Failure {
            reason: reason.to_owned(),
        },
        1,
    );
    world.commit(&workflows::one("echo served"));
    waits_then_served(
        world,
        "capacity",
        &[
            "after a pause after try 1",
            "Capacity is unavailable at this time",
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_its_task_to_start() {
    let world = World::with(|settings| {
        settings.place.ecs.provisioning = Duration::from_secs(4);
    })
    .await;
    world.commit(&workflows::one("echo served"));
    waits_then_served(
        world,
        "task_starting",
        &["PROVISIONING", "Fargate looks for capacity"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_redrive_after_a_rejection() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["vcpu-65536-mem-131072"], "echo never"));
    let sentence = ["The policy refuses it", "Fargate offers at most 32 vCPU"];
    failed(
        &world,
        "FAILED",
        "JobRejected",
        "rejected",
        &sentence,
        "Change the job's labels",
    )
    .await;
    assert!(only_row(&world).await["details"]["size"].is_null());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_redrive_after_a_failure() {
    let world = World::start().await;
    github_answers(&world, 403, &[]);
    world.commit(&workflows::one("echo never"));
    let sentence = ["failed with GitHubRefused", "ordered by a test"];
    let next = "Mend the App's permissions";
    failed(&world, "FAILED", "GitHubRefused", "failed", &sentence, next).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_redrive_after_somebody_stopped_it() {
    let world = World::start().await;
    let stop = Fault::StopExecutionOnEnter;
    world.stage.place.step_functions().inject("Claim", stop, 1);
    world.commit(&workflows::one("echo never"));
    let sentence = ["Somebody stopped its execution"];
    failed(
        &world,
        "ABORTED",
        "ABORTED",
        "stopped",
        &sentence,
        "Find out who stopped it",
    )
    .await;
    world.nothing_is_left().await;
}
