//! Which job goes to which runner.

use chrono::TimeDelta;
use github_emulator::{Conclusion, JobStatus};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{RunnerProcess, story};

fn workflow(runs_on: &str) -> String {
    format!("on: push\njobs: {{build: {{runs-on: {runs_on}, steps: [{{run: echo hi}}]}}}}")
}

fn signal(runner: &RunnerProcess, signal: Signal) {
    let id = i32::try_from(runner.child.id().unwrap()).unwrap();
    kill(Pid::from_raw(id), signal).unwrap();
}

#[tokio::test]
async fn a_job_whose_labels_nobody_has_stays_queued() {
    let story = story().await;
    let run = story.commit(&workflow("[self-hosted, large]"));
    let _runner = story.runner("jit-1", &["self-hosted", "small"]).await;
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    assert_eq!(story.emulator.jobs_of(run)[0].status, JobStatus::Queued);
    assert_eq!(story.emulator.runners()[0].job, None);
}

#[tokio::test]
async fn a_runner_is_not_pinned_and_takes_the_oldest_job_that_asks_for_less() {
    let story = story().await;
    let small = story.commit(&workflow("SELF-HOSTED"));
    story.clock.forward(TimeDelta::seconds(1));
    let large = story.commit(&workflow("[self-hosted, large]"));
    let minted_for_large = story.runner("jit-1", &["self-hosted", "large"]).await;
    assert_eq!(minted_for_large.end().await.0, 0);
    let served = &story.emulator.jobs_of(small)[0];
    assert_eq!(served.conclusion, Some(Conclusion::Success));
    assert_eq!(served.runner.as_ref().unwrap().name, "jit-1");
    assert_eq!(story.emulator.jobs_of(large)[0].status, JobStatus::Queued);
}

#[tokio::test]
async fn a_job_of_a_group_waits_for_a_runner_of_that_group() {
    let story = story().await;
    let run = story.commit(&workflow("{group: large ones, labels: [self-hosted]}"));
    let _runner = story.runner("jit-1", &["self-hosted"]).await;
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    assert_eq!(story.emulator.jobs_of(run)[0].status, JobStatus::Queued);
}

#[tokio::test]
async fn a_job_that_is_not_begun_within_a_minute_goes_to_another_runner() {
    let story = story().await;
    let stuck = story.runner("jit-1", &["self-hosted"]).await;
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    signal(&stuck, Signal::SIGSTOP);
    let run = story.commit(&workflow("self-hosted"));
    let job = story.emulator.jobs_of(run)[0].id;
    story
        .until(|github| github.runners()[0].job == Some(job))
        .await;
    let next = story.runner("jit-2", &["self-hosted"]).await;
    story
        .until(|github| {
            github
                .runners()
                .iter()
                .any(|one| one.name == "jit-2" && one.online)
        })
        .await;
    assert_eq!(story.emulator.job(job).unwrap().status, JobStatus::Queued);
    story.clock.forward(TimeDelta::seconds(61));
    assert_eq!(next.end().await.0, 0);
    let taken = story.emulator.job(job).unwrap();
    assert_eq!(taken.conclusion, Some(Conclusion::Success));
    assert_eq!(taken.runner.unwrap().name, "jit-2");

    // The one that was stuck finds the job gone and listens on.
    signal(&stuck, Signal::SIGCONT);
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    let second = story.commit(&workflow("self-hosted"));
    assert_eq!(stuck.end().await.0, 0);
    assert_eq!(
        story.emulator.jobs_of(second)[0].conclusion,
        Some(Conclusion::Success)
    );
    assert!(story.emulator.leftovers().is_empty());
}

#[tokio::test]
async fn a_job_that_nobody_takes_within_a_day_fails() {
    let story = story().await;
    let run = story.commit(&workflow("self-hosted"));
    story.clock.forward(TimeDelta::hours(24));
    story.emulator.tick();
    assert_eq!(
        story.emulator.jobs_of(run)[0].conclusion,
        Some(Conclusion::Failure)
    );
}
