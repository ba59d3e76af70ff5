//! From facts to the one outcome that the machine branches on. Pure: the table
//! in tests/classify.rs is its specification.
//!
//! The runner comes first (while it is busy nothing else counts), then GitHub's
//! word on the job, and only for a job that still waits the end of the task.

use aws::handover::Taken;
use chrono::{DateTime, TimeDelta, Utc};
use domain::names::exit_code;
use domain::steps::{Capacity, Outcome};

use crate::end::{End, TaskEnd};
use crate::facts::{Facts, RanOn, RunnerState, Status};
use crate::interruption::{Interruption, is_spot_stop};
use crate::reasons;

/// An outcome, when to look again (0: not at all), and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The word for the machine.
    pub outcome: Outcome,
    /// Seconds to wait before the next look.
    pub seconds: u64,
    /// A sentence for people.
    pub detail: String,
}

/// How long GitHub may need to notice that a runner is gone.
const PATIENCE: TimeDelta = TimeDelta::minutes(45);
/// In this time after a task's end GitHub's answers change by the second.
const FRESH: TimeDelta = TimeDelta::seconds(60);
/// A job that a runner has just finished may still be called queued.
const LAG: TimeDelta = TimeDelta::seconds(15);
const SOON: u64 = 5;
const LATER: u64 = 30;

/// Decides.
pub fn classify(facts: &Facts) -> Verdict {
    if facts.runner == RunnerState::Busy
        && let Some(verdict) = busy(facts)
    {
        return verdict;
    }
    match facts.job.status {
        Status::Completed => completed(facts),
        Status::Gone => done(
            Outcome::ServedElsewhere,
            "GitHub no longer knows the job: its run was deleted.",
        ),
        Status::Waiting => done(
            Outcome::Waiting,
            "The job waits for something else than a runner; its next queued event begins anew.",
        ),
        Status::InProgress => in_progress(facts),
        Status::Queued => queued(facts),
        Status::Unknown => done(
            Outcome::Unexpected,
            format!(
                "GitHub gives the job an unknown status: {:?}.",
                facts.job.word
            ),
        ),
    }
}

/// A busy registration is never given up while its task may live or GitHub may
/// just be late.
fn busy(facts: &Facts) -> Option<Verdict> {
    if facts.task_alive {
        let seconds = if facts.job.status == Status::Completed {
            SOON
        } else {
            LATER
        };
        return Some(look_again(
            Outcome::RunnerBusy,
            seconds,
            "The runner has a job and its task lives: it is left alone.",
        ));
    }
    match since_end(facts) {
        Some(age) if age > PATIENCE => None,
        Some(age) if age > FRESH => Some(look_again(
            Outcome::Wait,
            LATER,
            "The task has ended and GitHub still calls the runner busy.",
        )),
        Some(_) => Some(look_again(
            Outcome::Wait,
            SOON,
            "The task has just ended and GitHub still calls the runner busy.",
        )),
        None => Some(look_again(
            Outcome::RunnerBusy,
            LATER,
            "GitHub calls the runner busy and its task is unknown here: it is left alone.",
        )),
    }
}

fn completed(facts: &Facts) -> Verdict {
    let conclusion = facts.job.conclusion.as_str();
    match facts.job.ran_on {
        RanOn::Ours if conclusion == "success" => done(
            Outcome::Served,
            "The job ran on its runner and ended with success.",
        ),
        RanOn::Ours => match taken_down(facts) {
            Some(verdict) => verdict,
            None => done(
                Outcome::Served,
                format!("The job ran on its runner and ended with {conclusion}."),
            ),
        },
        _ if conclusion == "cancelled" => done(Outcome::Cancelled, "The job was cancelled."),
        RanOn::Other => done(
            Outcome::ServedElsewhere,
            format!("Another runner took the job; it ended with {conclusion}."),
        ),
        RanOn::Nobody => done(
            Outcome::ServedElsewhere,
            format!("The job ended with {conclusion} without a runner."),
        ),
    }
}

/// Whether the host, not the job, is to blame for a job's bad end.
fn taken_down(facts: &Facts) -> Option<Verdict> {
    let task = facts.end.task()?;
    if task.exit_code == Some(exit_code::TIME_OVER) {
        return Some(time_over());
    }
    let interruption = Interruption::of(task)?;
    Some(done(
        Outcome::Interrupted,
        interruption.sentence(Some(task)),
    ))
}

fn in_progress(facts: &Facts) -> Verdict {
    if facts.job.ran_on == RanOn::Other {
        return done(Outcome::ServedElsewhere, "Another runner has the job.");
    }
    if facts.task_alive {
        return look_again(
            Outcome::RunnerBusy,
            LATER,
            "The job runs and its task lives: it is left alone.",
        );
    }
    let age = since_end(facts).or_else(|| Some(facts.now - facts.job.started_at?));
    match age {
        Some(age) if age <= FRESH => look_again(
            Outcome::Wait,
            SOON,
            "The task has just ended and GitHub still calls the job running.",
        ),
        Some(age) if age <= PATIENCE => look_again(
            Outcome::Wait,
            LATER,
            "The task has ended and GitHub still calls the job running.",
        ),
        _ => taken_down(facts)
            .unwrap_or_else(|| done(Outcome::Interrupted, Interruption::TaskLost.sentence(None))),
    }
}

fn queued(facts: &Facts) -> Verdict {
    if facts.task_alive {
        return look_again(
            Outcome::Wait,
            SOON,
            "The task that is to be stopped has not stopped yet.",
        );
    }
    match &facts.end {
        End::Task(task) => after_task(facts, task),
        End::Failed { error, .. } if error == "States.Timeout" => done(
            Outcome::StartFailure,
            match facts.handover {
                Taken::Won => "The task did not start within its limit; it was stopped.",
                Taken::Lost => "The task did not come to its end within its limit; it was stopped.",
            },
        ),
        End::Failed { error, cause } => {
            let outcome = on_spot(facts, false, reasons::of_error(error, cause));
            done(outcome, with_fix(outcome, explain(error, cause), cause))
        }
        End::Leftover => done(
            Outcome::StartFailure,
            "A former pass left a runner behind; the job still waits.",
        ),
    }
}

/// The job still waits though a task came to its end.
fn after_task(facts: &Facts, task: &TaskEnd) -> Verdict {
    match task.exit_code {
        Some(exit_code::HANDOVER_GONE) => done(
            Outcome::HandoverGone,
            "The container found no JIT config: it was taken before or had expired.",
        ),
        Some(exit_code::IDLE) => done(
            Outcome::Idle,
            "The runner listened for its idle limit and no job came.",
        ),
        Some(exit_code::RUNNER_VERSION_REFUSED | exit_code::LISTENER_VERSION_DEPRECATED) => done(
            Outcome::RunnerVersionRefused,
            "GitHub no longer takes this version of the runner: rebuild the image.",
        ),
        Some(code @ (exit_code::SETTINGS_INVALID | exit_code::PROGRAM_NOT_STARTED)) => done(
            Outcome::Configuration,
            format!(
                "The container ended with {code}: its settings or its image are wrong; its log says which."
            ),
        ),
        Some(exit_code::HANDOVER_UNREACHABLE) => done(
            Outcome::StartFailure,
            "The container could not reach the hand-over table.",
        ),
        Some(exit_code::TIME_OVER) => done(
            Outcome::Stolen,
            "The runner spent its time on another job; this one still waits.",
        ),
        Some(exit_code::OUT_OF_MEMORY) => done(
            Outcome::Stolen,
            "The runner served another job, which ran out of memory; this one still waits.",
        ),
        Some(exit_code::LISTENER_OK) => {
            if since(task, facts.now).is_some_and(|age| age <= LAG) {
                look_again(
                    Outcome::Wait,
                    SOON,
                    "The runner has just ended well and GitHub still calls the job queued.",
                )
            } else {
                done(
                    Outcome::Stolen,
                    "The runner served another job; this one still waits.",
                )
            }
        }
        _ if is_spot_stop(task) => done(
            Outcome::Spot,
            "Spot capacity was taken back before the job started.",
        ),
        Some(code) => done(
            Outcome::StartFailure,
            format!("The runner ended with {code} before it had the job."),
        ),
        None => {
            let reason = format!("{} {}", task.stopped_reason, task.container_reason);
            let outcome = on_spot(facts, task.spot, reasons::of_failed_start(&reason));
            let detail = explain("The task did not start", reason.trim());
            done(outcome, with_fix(outcome, detail, &reason))
        }
    }
}

/// Missing capacity has two names, so that the next try can be on demand.
fn on_spot(facts: &Facts, spot: bool, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Capacity if spot || facts.capacity == Capacity::Spot => Outcome::Spot,
        outcome => outcome,
    }
}

fn since_end(facts: &Facts) -> Option<TimeDelta> {
    since(facts.end.task()?, facts.now)
}

fn since(task: &TaskEnd, now: DateTime<Utc>) -> Option<TimeDelta> {
    Some(now - task.stopped_at?)
}

fn time_over() -> Verdict {
    done(
        Outcome::TimeOver,
        "The runner's total limit ended the job: raise the limit in the policy or split the job.",
    )
}

/// AWS's own words, short enough for a sentence.
fn explain(what: &str, why: &str) -> String {
    const LONGEST: usize = 500;
    let why: String = why.chars().take(LONGEST).collect();
    match (what.is_empty(), why.is_empty()) {
        (true, _) => format!("It failed: {why}."),
        (_, true) => format!("{what}."),
        _ => format!("{what}: {why}"),
    }
}

/// What a person must mend is told with the fix.
fn with_fix(outcome: Outcome, detail: String, reason: &str) -> String {
    match reasons::advice(reason) {
        fix if outcome == Outcome::Configuration && !fix.is_empty() => format!("{detail} {fix}"),
        _ => detail,
    }
}

fn done(outcome: Outcome, detail: impl Into<String>) -> Verdict {
    Verdict {
        outcome,
        seconds: 0,
        detail: detail.into(),
    }
}

fn look_again(outcome: Outcome, seconds: u64, detail: &str) -> Verdict {
    Verdict {
        outcome,
        seconds,
        detail: detail.to_owned(),
    }
}
