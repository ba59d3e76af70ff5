//! A job while it runs, and watching it.

use super::{json, row_when, said, start_at};
use nix::sys::signal::Signal;
use support::{World, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_listed_and_shown_as_such() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 8"));
    let row = row_when(&world, "the runner is up", |row| {
        row["details"]["task_status"] == "RUNNING"
    })
    .await;
    assert_eq!(row["status"], "RUNNING");
    assert_eq!(row["details"]["state"], "RunRunner");
    assert_eq!(row["details"]["waiting"]["kind"], "runner");
    let table = said(&world, &["jobs", "--status", "running"]).await;
    assert!(table.contains("RunRunner RUNNING"), "{table}");
    assert!(table.contains(" is up: the job runs"), "{table}");
    let id = row["details"]["job"]["id"].to_string();
    let shown = said(&world, &["show", &id]).await;
    for words in [
        "RUNNING, since",
        "Waits      Its runner jit-",
        "so far",
        "running",
    ] {
        assert!(shown.contains(words), "{words:?} in {shown}");
    }
    // Follows from here to the end, and ends by itself.
    let log = said(&world, &["logs", &id, "--follow"]).await;
    assert!(log.contains("completed with result: Succeeded"), "{log}");
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_shows_changes_and_ends_well_on_ctrl_c() {
    let world = World::start().await;
    let endpoint = world.stage.place.endpoint();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut watch = start_at(&endpoint, &["jobs", "--watch"]);
        if signal == Signal::SIGINT {
            watch.line("No jobs.").await;
            world.commit(&workflows::one("echo served"));
        }
        let line = watch.line("served").await;
        assert!(line.contains("job-0"), "{line}");
        watch.signal(signal);
        let ended = watch.ended().await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
        assert_eq!(ended.complained, "");
        assert!(
            !ended.said.contains('\u{1b}'),
            "plain blocks off a terminal"
        );
    }
    let mut lines = start_at(&endpoint, &["jobs", "--watch", "--output", "json"]);
    let line = lines.line("served").await;
    let jobs: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(jobs["jobs"][0]["details"]["outcome"], "served");
    lines.signal(Signal::SIGINT);
    assert_eq!(lines.ended().await.status.code(), Some(0));
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn following_ends_well_on_ctrl_c() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 5"));
    row_when(&world, "it runs", |row| row["status"] == "RUNNING").await;
    let id = json(&world, &["jobs"]).await["jobs"][0]["details"]["job"]["id"].to_string();
    let endpoint = world.stage.place.endpoint();
    let mut follow = start_at(&endpoint, &["logs", &id, "--follow"]);
    follow.line("Running job").await;
    follow.signal(Signal::SIGINT);
    let ended = follow.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}
