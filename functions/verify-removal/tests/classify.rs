//! The table of ends, runners and jobs, and the outcome of each.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

use aws::handover::Taken;
use chrono::{DateTime, TimeDelta, Utc};
use domain::steps::Capacity::{self, OnDemand, Spot};
use domain::steps::Outcome;
use verify_removal::RanOn::{Nobody, Other, Ours};
use verify_removal::RunnerState::{Busy, Gone};
use verify_removal::Status::{Completed, InProgress, Queued, Unknown, Waiting};
use verify_removal::{End, Facts, JobView, RanOn, RunnerState, Status, TaskEnd, classify};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_000_000, 0).unwrap()
}

/// A task that ended with `code` so many seconds ago.
fn exited(code: i32, ago: i64) -> End {
    End::Task(TaskEnd {
        arn: "arn:t".into(),
        stop_code: "EssentialContainerExited".into(),
        exit_code: Some(code),
        stopped_at: Some(now() - TimeDelta::seconds(ago)),
        ..TaskEnd::default()
    })
}

/// A task that ended an hour ago with a stop code and a sentence of ECS.
fn stopped(stop_code: &str, reason: &str, code: Option<i32>) -> End {
    End::Task(TaskEnd {
        arn: "arn:t".into(),
        stop_code: stop_code.into(),
        stopped_reason: reason.into(),
        exit_code: code,
        stopped_at: Some(now() - TimeDelta::hours(1)),
        ..TaskEnd::default()
    })
}

fn failed(error: &str, cause: &str) -> End {
    End::Failed {
        error: error.into(),
        cause: cause.into(),
    }
}

fn job(status: Status, conclusion: &str, ran_on: RanOn) -> JobView {
    JobView {
        status,
        word: format!("{status:?}"),
        conclusion: conclusion.into(),
        ran_on,
        created_at: None,
        started_at: None,
    }
}

fn waits() -> JobView {
    job(Queued, "", Nobody)
}

#[test]
fn a_runner_that_release_removed_is_said_to_be() {
    for (job, outcome, what) in [
        (
            job(Completed, "cancelled", Nobody),
            Outcome::Cancelled,
            "The job was cancelled.",
        ),
        (
            job(Completed, "success", Other),
            Outcome::ServedElsewhere,
            "Another runner took the job",
        ),
    ] {
        let mut facts = case(failed("States.TaskFailed", ""), job).0;
        facts.released_at = Some(now());
        let verdict = classify(&facts);
        assert_eq!(verdict.outcome, outcome);
        assert!(verdict.detail.starts_with(what), "{}", verdict.detail);
        let told = "GitHub said so at 1970-01-12T13:46:40Z, and its runner was removed.";
        assert!(verdict.detail.ends_with(told), "{}", verdict.detail);
    }
}

struct Case(Facts);

fn case(end: End, job: JobView) -> Case {
    Case(Facts {
        end,
        task_alive: false,
        runner: Gone,
        handover: Taken::Lost,
        job,
        capacity: OnDemand,
        released_at: None,
        now: now(),
    })
}

impl Case {
    fn alive(mut self) -> Self {
        self.0.task_alive = true;
        self
    }

    fn runner(mut self, runner: RunnerState) -> Self {
        self.0.runner = runner;
        self
    }

    fn on(mut self, capacity: Capacity) -> Self {
        self.0.capacity = capacity;
        self
    }

    fn is(&self, outcome: Outcome, seconds: u64) {
        let verdict = classify(&self.0);
        let seen = (verdict.outcome, verdict.seconds);
        assert_eq!(
            seen,
            (outcome, seconds),
            "{:#?}\n{}",
            self.0,
            verdict.detail
        );
        assert!(!verdict.detail.is_empty());
    }
}

#[test]
fn a_busy_runner_is_left_alone_whatever_the_job_says() {
    let timeout = || failed("States.Timeout", "");
    for view in [
        waits(),
        job(InProgress, "", Ours),
        job(InProgress, "", Other),
        job(Waiting, "", Nobody),
    ] {
        case(timeout(), view)
            .alive()
            .runner(Busy)
            .is(Outcome::RunnerBusy, 30);
    }
    let done = job(Completed, "success", Ours);
    case(timeout(), done)
        .alive()
        .runner(Busy)
        .is(Outcome::RunnerBusy, 5);
    case(End::Leftover, waits())
        .runner(Busy)
        .is(Outcome::RunnerBusy, 30);
}

#[test]
fn a_runner_that_is_busy_after_its_end_is_waited_for_45_minutes() {
    let done = || job(Completed, "success", Ours);
    case(exited(0, 10), done())
        .runner(Busy)
        .is(Outcome::Wait, 5);
    case(exited(0, 600), done())
        .runner(Busy)
        .is(Outcome::Wait, 30);
    case(exited(0, 2701), done())
        .runner(Busy)
        .is(Outcome::Served, 0);
}

#[test]
fn a_job_that_ended_on_our_runner_is_served_whatever_its_result() {
    for conclusion in [
        "success",
        "failure",
        "cancelled",
        "timed_out",
        "startup_failure",
    ] {
        case(exited(0, 100), job(Completed, conclusion, Ours)).is(Outcome::Served, 0);
    }
    // The job was through before the host went.
    let spot = stopped("SpotInterruption", "", Some(143));
    case(spot, job(Completed, "success", Ours)).is(Outcome::Served, 0);
    case(End::Leftover, job(Completed, "failure", Ours)).is(Outcome::Served, 0);
}

#[test]
fn a_job_that_its_host_took_down_is_interrupted() {
    let ended = || job(Completed, "failure", Ours);
    case(stopped("SpotInterruption", "", Some(143)), ended()).is(Outcome::Interrupted, 0);
    case(stopped("TerminationNotice", "", None), ended()).is(Outcome::Interrupted, 0);
    case(stopped("InfrastructureHealth", "", None), ended()).is(Outcome::Interrupted, 0);
    case(exited(137, 100), ended()).is(Outcome::Interrupted, 0);
    case(exited(87, 100), ended()).is(Outcome::Interrupted, 0);
    case(exited(83, 100), ended()).is(Outcome::TimeOver, 0);
}

/// What people are told about a job that failed on a task of 512 MiB.
fn told(code: i32, reason: &str) -> String {
    let End::Task(mut task) = exited(code, 100) else {
        unreachable!("a task");
    };
    task.container_reason = reason.into();
    (task.usage.cpu, task.usage.memory_mib) = (256, 512);
    let Case(facts) = case(End::Task(task), job(Completed, "failure", Ours));
    classify(&facts).detail
}

#[test]
fn a_job_out_of_memory_is_told_its_size_and_the_label_that_helps() {
    let certain = "The job ran out of memory and was killed; its size was 512 MiB: ask for more memory by its label, e.g. vcpu-256-mem-1024.";
    assert_eq!(told(87, ""), certain);
    let reason = "OutOfMemoryError: Container killed due to memory usage";
    assert_eq!(told(137, reason), certain);
    assert_eq!(told(0, reason), certain);
    assert!(told(137, "").contains("most likely out of memory; its size was 512 MiB"));
}

#[test]
fn a_job_that_ended_elsewhere_needs_nothing_more() {
    case(exited(0, 100), job(Completed, "success", Other)).is(Outcome::ServedElsewhere, 0);
    case(exited(82, 100), job(Completed, "cancelled", Nobody)).is(Outcome::Cancelled, 0);
    case(exited(82, 100), job(Completed, "cancelled", Other)).is(Outcome::Cancelled, 0);
    case(exited(82, 100), job(Completed, "failure", Nobody)).is(Outcome::ServedElsewhere, 0);
    case(exited(82, 100), job(Status::Gone, "", Nobody)).is(Outcome::ServedElsewhere, 0);
    case(exited(0, 1), job(InProgress, "", Other)).is(Outcome::ServedElsewhere, 0);
}

#[test]
fn a_job_in_progress_after_our_runner_s_end_is_waited_for() {
    let running = || job(InProgress, "", Ours);
    case(exited(0, 3), running()).is(Outcome::Wait, 5);
    case(exited(0, 61), running()).is(Outcome::Wait, 30);
    case(exited(0, 2701), running()).is(Outcome::Interrupted, 0);
    case(exited(83, 2701), running()).is(Outcome::TimeOver, 0);
    case(stopped("SpotInterruption", "", None), running()).is(Outcome::Interrupted, 0);
    case(failed("States.Timeout", ""), running())
        .alive()
        .is(Outcome::RunnerBusy, 30);
    let mut started = running();
    started.started_at = Some(now() - TimeDelta::minutes(10));
    case(End::Leftover, started).is(Outcome::Wait, 30);
    case(End::Leftover, running()).is(Outcome::Interrupted, 0);
}

#[test]
fn a_job_that_waits_for_approval_is_let_go() {
    case(exited(82, 100), job(Waiting, "", Nobody)).is(Outcome::Waiting, 0);
}

#[test]
fn a_status_nobody_knows_is_unexpected() {
    case(exited(0, 100), job(Unknown, "", Nobody)).is(Outcome::Unexpected, 0);
}

#[test]
fn a_queued_job_is_judged_by_the_container_s_exit_code() {
    for (code, outcome) in [
        (81, Outcome::HandoverGone),
        (82, Outcome::Idle),
        (83, Outcome::Stolen),
        (84, Outcome::RunnerVersionRefused),
        (7, Outcome::RunnerVersionRefused),
        (80, Outcome::Configuration),
        (85, Outcome::Configuration),
        (86, Outcome::StartFailure),
        (87, Outcome::Stolen),
        (1, Outcome::StartFailure),
        (137, Outcome::StartFailure),
        (0, Outcome::Stolen),
    ] {
        case(exited(code, 100), waits()).is(outcome, 0);
    }
}

#[test]
fn a_job_that_is_queued_right_after_a_good_end_may_be_github_s_lag() {
    case(exited(0, 15), waits()).is(Outcome::Wait, 5);
    case(exited(0, 16), waits()).is(Outcome::Stolen, 0);
}

#[test]
fn a_queued_job_whose_task_did_not_start_is_judged_by_ecs_s_words() {
    let no_start = |reason: &str| stopped("TaskFailedToStart", reason, None);
    let capacity = "Capacity is unavailable at this time.";
    case(no_start(capacity), waits()).is(Outcome::Capacity, 0);
    case(no_start(capacity), waits())
        .on(Spot)
        .is(Outcome::Spot, 0);
    case(no_start("CannotPullContainerError: i/o timeout"), waits()).is(Outcome::StartFailure, 0);
    case(no_start("CannotPullContainerError: x: not found"), waits()).is(Outcome::Configuration, 0);
    case(stopped("SpotInterruption", "", Some(143)), waits()).is(Outcome::Spot, 0);
    case(stopped("TerminationNotice", "", None), waits()).is(Outcome::Spot, 0);
    case(stopped("UserInitiated", "stopped", Some(143)), waits()).is(Outcome::StartFailure, 0);
}

#[test]
fn a_queued_job_without_a_task_is_judged_by_the_error() {
    let full = || {
        failed(
            "ECS.AmazonECSException",
            "Capacity is unavailable at this time",
        )
    };
    case(full(), waits()).is(Outcome::Capacity, 0);
    case(full(), waits()).on(Spot).is(Outcome::Spot, 0);
    case(failed("ECS.AccessDeniedException", "no"), waits()).is(Outcome::Configuration, 0);
    case(failed("States.Timeout", ""), waits()).is(Outcome::StartFailure, 0);
    case(failed("States.Timeout", ""), waits())
        .alive()
        .is(Outcome::Wait, 5);
    case(failed("GitHubUnavailable", "{}"), waits()).is(Outcome::StartFailure, 0);
    case(failed("Lambda.Unknown", ""), waits()).is(Outcome::StartFailure, 0);
    case(failed("States.Runtime", "?"), waits()).is(Outcome::Unexpected, 0);
    case(End::Leftover, waits()).is(Outcome::StartFailure, 0);
}

#[test]
fn a_claim_of_somebody_else_still_gets_the_job_s_outcome() {
    let theirs = case(exited(0, 100), job(Completed, "success", Other));
    theirs
        .runner(RunnerState::NotOurs)
        .is(Outcome::ServedElsewhere, 0);
}
