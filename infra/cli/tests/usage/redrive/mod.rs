//! `jit-runners redrive` by the real binary: what it refuses, what it leaves
//! out, what it asks and what it shows.

mod many;

use crate::fleet::{ENVIRONMENT, json, refuse_mints, run, shows_no_secret, the_only_one, words};
use crate::program::run as run_alone;
use crate::program::{Ended, alone};
use nix::pty::openpty;
use serde_json::Value;
use std::io::Write as _;
use std::process::Stdio;
use support::{World, workflows};

const REPOSITORY: &str = "foo-organisation/jit-fargate-test";

/// A world whose jobs' executions have failed, since GitHub refused their mints.
async fn failed(jobs: usize) -> World {
    let world = World::start().await;
    fail_more(&world, jobs, 0).await;
    world
}

async fn fail_more(world: &World, jobs: usize, before: usize) {
    refuse_mints(world, u32::try_from(jobs).unwrap());
    // Each with a label of its own: runners of one label may get each other's
    // jobs, and the last of them would idle for a minute.
    let labels: Vec<String> = (1..=jobs).map(|number| number.to_string()).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    world.commit(&workflows::jobs(&labels, "echo served"));
    world.executions_have_ended(before + jobs).await;
}

async fn statuses(world: &World) -> Vec<String> {
    let executions = world.executions().await;
    executions.into_iter().map(|one| one.status).collect()
}

/// Serves what is left, so that the end of a story is an empty place.
async fn tidy(world: World) {
    let ended = run(&world, &["redrive", "--failed", "--yes", "--wait"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    for (words, wanted) in [
        (
            &["redrive"][..],
            &["required", "see jit-runners redrive --help"][..],
        ),
        (
            &["redrive", "a", "--failed"],
            &["cannot be used", "--failed"],
        ),
        (
            &["redrive", "a", "--since", "2h"],
            &["cannot be used", "--since"],
        ),
        (&["redrive", "--since", "2h"], &["--failed"]),
        (
            &["redrive", "--failed", "--since", "2"],
            &["is no span of time"],
        ),
        (&["redrive", "--failed", "--timeout", "2h"], &["--wait"]),
        (&["redrive", "--failed", "--limit", "0"], &["--limit"]),
        (
            &["redrive", "--failed"],
            &["standard input is no terminal", "--yes", "--dry-run"],
        ),
    ] {
        run_alone(&alone(), words).await.assert_sentence(2, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_redriven_is_told_for_each_and_changes_nothing() {
    let world = World::start().await;
    world.commit(&workflows::one("echo served"));
    world.all_jobs_are_over().await;
    let served = the_only_one(&world).await;
    let ended = run(&world, &["redrive", &served, "no-such", &served, "--yes"]).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    for words in [
        "There is nothing to redrive.",
        &format!("Cannot be redriven: {served}: It succeeded"),
        "Cannot be redriven: no-such: There is no execution no-such",
    ] {
        assert!(ended.said.contains(words), "{words:?} in {}", ended.said);
    }
    // Found, not named: nothing to redrive is no failure.
    let ended = run(&world, &["redrive", "--failed", "--yes"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert_eq!(ended.said, "There is nothing to redrive.\n");
    assert_eq!(ended.complained, "");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_that_is_not_there_is_said() {
    let world = World::start().await;
    let ended = run(
        &world,
        &["redrive", "--failed", "--yes", "--fleet", "other"],
    )
    .await;
    ended.assert_sentence(1, &["no state machine other", "--fleet"]);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_at_the_terminal_changes_nothing() {
    let world = failed(1).await;
    let ended = at_a_terminal(&world, &["redrive", "--failed"], "n\n").await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    assert_eq!(ended.said, "");
    for words in [
        "GitHubRefused",
        "Redrive this execution? [y/N]",
        "nothing was redriven",
    ] {
        assert!(
            ended.complained.contains(words),
            "{words:?} in {}",
            ended.complained
        );
    }
    assert_eq!(statuses(&world).await, ["FAILED"]);
    // A yes does.
    let ended = at_a_terminal(&world, &["redrive", "--failed", "--wait"], "y\n").await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert!(
        ended.said.starts_with("Redriven: 1 of 1; 1 served"),
        "{}",
        ended.said
    );
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

/// The command with a terminal as its standard input, and an answer typed there.
async fn at_a_terminal(world: &World, given: &[&str], answer: &str) -> Ended {
    let terminal = openpty(None, None).unwrap();
    let mut keyboard = std::fs::File::from(terminal.master);
    keyboard.write_all(answer.as_bytes()).unwrap();
    let output = tokio::process::Command::new(alone())
        .args(words(world, given))
        .envs(ENVIRONMENT)
        .stdin(Stdio::from(terminal.slave))
        .output()
        .await
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ended = Ended {
        status: output.status,
        said: text(output.stdout),
        complained: text(output.stderr),
    };
    shows_no_secret(world, &ended).await;
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_what_would_be_and_changes_nothing() {
    let world = failed(2).await;
    let before = world.executions().await.len();
    let ended = run(&world, &["redrive", "--failed", "--dry-run"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    let lines: Vec<&str> = ended.said.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ended.said);
    assert!(lines[0].starts_with("REPOSITORY"), "{}", lines[0]);
    for line in &lines[1..3] {
        for words in [REPOSITORY, "job-", "GitHubRefused", "0×"] {
            assert!(line.contains(words), "{words:?} in {line}");
        }
    }
    assert_eq!(
        lines[3],
        "2 executions would be redriven; nothing was changed."
    );
    let result = json(
        &run(
            &world,
            &["redrive", "--failed", "--dry-run", "--output", "json"],
        )
        .await,
    );
    assert_eq!(result["dry_run"], true);
    assert_eq!(result["summary"], Value::Null);
    let eligible = result["plan"]["eligible"].as_array().unwrap();
    assert_eq!(eligible.len(), 2);
    assert_eq!(eligible[0]["repository"], REPOSITORY);
    assert_eq!(eligible[0]["error"], "GitHubRefused");
    assert_eq!(eligible[0]["redrive_count"], 0);
    assert_eq!(statuses(&world).await, ["FAILED", "FAILED"]);
    assert_eq!(world.executions().await.len(), before);
    tidy(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_leave_the_others_alone() {
    let world = failed(3).await;
    let count = async |more: &[&str]| {
        let mut given = vec!["redrive", "--failed", "--dry-run", "--output", "json"];
        given.extend(more);
        let result = json(&run(&world, &given).await);
        result["plan"]["eligible"].as_array().unwrap().len()
    };
    assert_eq!(count(&[]).await, 3);
    assert_eq!(count(&["--repo", &REPOSITORY.to_uppercase()]).await, 3);
    assert_eq!(count(&["--repo", "foo-organisation/other"]).await, 0);
    assert_eq!(count(&["--since", "1h"]).await, 3);
    assert_eq!(count(&["--since", "0s"]).await, 0);
    assert_eq!(count(&["--error", "GitHubRefused"]).await, 3);
    assert_eq!(count(&["--error", "TriesExhausted"]).await, 0);
    assert_eq!(count(&["--state", "Escalate"]).await, 3);
    assert_eq!(count(&["--state", "Mint"]).await, 0);
    assert_eq!(count(&["--limit", "2"]).await, 2);
    // Only the limit's are redriven.
    let ended = run(
        &world,
        &["redrive", "--failed", "--limit", "1", "--yes", "--wait"],
    )
    .await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert!(
        ended.said.contains("The limit was reached"),
        "{}",
        ended.said
    );
    let failed = statuses(&world).await;
    let failed = failed.iter().filter(|status| *status == "FAILED");
    assert_eq!(failed.count(), 2);
    tidy(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_jobs_are_left_out_unless_asked_for() {
    let world = failed(1).await;
    world.commit(&workflows::jobs(&["profile=huge"], "echo never"));
    world.executions_have_ended(2).await;
    let ended = run(&world, &["redrive", "--failed", "--yes", "--wait"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert!(
        ended.said.starts_with("Redriven: 1 of 1; 1 served, in "),
        "{}",
        ended.said
    );
    assert!(
        ended
            .said
            .contains("Left out: 1 execution rejected by the policy"),
        "{}",
        ended.said
    );
    // Asked for, it is rejected again: the policy has not changed.
    let given = [
        "redrive",
        "--failed",
        "--include-rejected",
        "--yes",
        "--wait",
    ];
    let ended = run(&world, &given).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    assert!(
        ended.said.starts_with("Redriven: 1 of 1; 1 failed again"),
        "{}",
        ended.said
    );
    let again = ended
        .said
        .lines()
        .find(|line| line.starts_with("Failed again: "));
    let again = again.unwrap();
    for words in [REPOSITORY, "job-0", "with JobRejected: ", "huge"] {
        assert!(again.contains(words), "{words:?} in {again}");
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_is_over_says_what_still_runs() {
    let world = World::start().await;
    refuse_mints(&world, 1);
    world.commit(&workflows::one("sleep 600"));
    world.executions_have_ended(1).await;
    let execution = the_only_one(&world).await;
    let given = [
        "redrive",
        &execution,
        "--yes",
        "--wait",
        "--timeout",
        "1s",
        "--output",
        "json",
    ];
    let ended = run(&world, &given).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    let result = json(&ended);
    assert_eq!(result["well"], false);
    assert_eq!(result["summary"]["redriven"], 1);
    assert_eq!(result["summary"]["running"][0], execution.as_str());
    // While it runs it cannot be redriven.
    let ended = run(&world, &["redrive", &execution, "--yes"]).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    assert!(ended.said.contains("It is running"), "{}", ended.said);
    let job = world.stage.github.jobs().remove(0);
    assert!(world.stage.github.cancel_job(job.id));
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}
