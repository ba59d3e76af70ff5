//! What is not there, or cannot be reached: one sentence, the right exit code.

use super::{environment, run};
use crate::program::{alone, run_with};
use support::World;

/// Each command that reads, about something that is not there.
pub(super) const COMMANDS: [&[&str]; 4] = [
    &["jobs"],
    &["show", "42"],
    &["history", "2dc7c233-0570-5734"],
    &["logs", "42"],
];

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_that_is_not_there_is_named() {
    let world = World::start().await;
    for words in COMMANDS {
        let words = [words, &["--fleet", "nobody"]].concat();
        let ended = run(&world, &words).await;
        ended.assert_sentence(
            1,
            &["state machine nobody", "--fleet, --region and --profile"],
        );
    }
    let ended = run(&world, &["logs", "--function", "mint", "--fleet", "nobody"]).await;
    ended.assert_sentence(1, &["/aws/lambda/nobody-mint"]);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_or_a_job_that_is_not_there_is_named() {
    let world = World::start().await;
    let arn = world
        .stage
        .fleet
        .state_machine
        .replace(":stateMachine:", ":execution:")
        + ":gone";
    for command in ["show", "history", "logs"] {
        for (what, wanted) in [
            (
                "2dc7c233-0570-5734",
                &["no execution 2dc7c233-0570-5734", "jit-runners jobs"][..],
            ),
            ("2dc7", &["no execution 2dc7", "first 8 characters"]),
            (&arn, &["no execution gone", "90 days"]),
            ("arn:aws:nonsense", &["no execution nonsense"]),
            (
                "57800000001",
                &["no execution of the job 57800000001", "jit-runners jobs"],
            ),
            ("o/r/build", &["no execution of the job o/r/build"]),
            ("https://github.com/o/r/actions/runs/7/job/42", &["/job/42"]),
            ("o/r/\u{1b}[2J", &["o/r/\\u{1b}[2J"]),
        ] {
            run(&world, &[command, what])
                .await
                .assert_sentence(1, wanted);
        }
    }
    world.nothing_is_left().await;
}

#[tokio::test]
async fn a_region_that_nobody_named_is_said() {
    let mut environment = environment("http://127.0.0.1:9");
    environment.extend([
        ("AWS_REGION", ""),
        ("AWS_DEFAULT_REGION", ""),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", "/nonexistent"),
    ]);
    let ended = run_with(&alone(), &["jobs"], &environment).await;
    ended.assert_sentence(1, &["no AWS region is set", "--region"]);
}

#[tokio::test]
async fn wrong_words_are_wrong_usage() {
    for (words, wanted) in [
        (
            &["jobs", "--status", "done"][..],
            &["'done'", "timed_out", "see jit-runners jobs --help"][..],
        ),
        (
            &["jobs", "--since", "2 weeks"],
            &["2h", "see jit-runners jobs --help"],
        ),
        (
            &["jobs", "--waiting-for", "godot"],
            &["'godot'", "github_unavailable"],
        ),
        (
            &["jobs", "--output", "yaml"],
            &["'yaml'", "see jit-runners jobs --help"],
        ),
        (
            &["show"],
            &["<JOB|EXECUTION>", "see jit-runners show --help"],
        ),
        (
            &["history"],
            &["<EXECUTION>", "see jit-runners history --help"],
        ),
        (&["logs"], &["see jit-runners logs --help"]),
        (
            &["logs", "--function", "nope"],
            &["'nope'", "see jit-runners logs --help"],
        ),
        (
            &["completions", "tcsh"],
            &["'tcsh'", "see jit-runners completions --help"],
        ),
    ] {
        run_with(&alone(), words, &[])
            .await
            .assert_sentence(2, wanted);
    }
}
