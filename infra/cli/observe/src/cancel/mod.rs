//! Cancels an execution: its job is served no more, and no running job is ended
//! unless that is asked for.
//!
//! **Take before stop.** Whoever deletes the hand-over item owns the start of
//! the container. If it was still there, the container can no longer start, and
//! stopping is safe. If it was gone and a task lives, a job may run on it.
//!
//! The claim stays the execution's, and expires: a new event of the job may
//! take it up at once, and a redrive of the execution goes on where it was
//! stopped. (A claim marked `failed` would turn a redrive away at Mint.)
//!
//! Between the last look and the stop a runner may still be minted, but not
//! started: a container needs seconds, two calls do not.

mod handover;

use crate::fleet::{Execution, Fleet, ReadError};
use crate::history::{End, Timeline};
use crate::job::Job;
use crate::row::Row;
use domain::claim;
use domain::ids::JobId;
use domain::names::state;
use handover::{Held, Taken, hide};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// The error that a cancelled execution ends with.
pub const ERROR: &str = domain::names::stop::CANCELLED_BY_OPERATOR;

/// How often, and how far apart, the end is looked for after the stop.
const LOOKS: usize = 10;
const BETWEEN: Duration = Duration::from_millis(300);

/// How to cancel.
#[derive(Debug, Clone)]
pub struct Options {
    /// Also where a runner may be at work: its job is ended with it.
    pub even_if_running: bool,
    /// What asked for it, for the execution's cause, for example `jit-runners cancel`.
    pub by: String,
}

/// Why nothing was cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// It has ended.
    #[error("The execution {name} does not run ({status}): there is nothing to cancel.")]
    NotRunning {
        /// The execution's name.
        name: String,
        /// Its status.
        status: String,
    },
    /// The container has taken its hand-over, so its job may be running.
    #[error(
        "The runner {runner} may be at work on {task}: cancelling would end its job. Let it end, cancel the run at GitHub, or say that it is to be ended (--even-if-running)."
    )]
    RunnerMayBeAtWork {
        /// The runner's name.
        runner: String,
        /// The task's ARN, or that it is not known yet.
        task: String,
    },
    /// A call failed.
    #[error(transparent)]
    Call(#[from] ReadError),
}

impl CancelError {
    /// A stable name for callers that branch.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotRunning { .. } => "NotRunning",
            Self::RunnerMayBeAtWork { .. } => "RunnerMayBeAtWork",
            Self::Call(ReadError::NoExecution(_)) => "NoExecution",
            Self::Call(ReadError::NoFleet(_)) => "NoFleet",
            Self::Call(_) => "CallFailed",
        }
    }
}

/// What was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cancelled {
    /// The execution's ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The job that is served no more.
    pub job: Option<Job>,
    /// The runner that was minted for it and not verified gone.
    pub runner: Option<String>,
    /// The task that was asked to stop.
    pub task: Option<String>,
    /// Whether a job may have been running on it.
    pub ended_a_running_job: bool,
    /// What is left behind, and who removes it: one sentence each.
    pub left: Vec<String>,
}

/// Cancels the execution that a person named: an ARN, or a name.
///
/// # Errors
/// It does not run, a runner may be at work, or a call failed. Nothing was
/// stopped then.
pub async fn cancel(
    fleet: &Fleet,
    named: &str,
    options: &Options,
) -> Result<Cancelled, CancelError> {
    let arn = fleet.arn(named).await?;
    let execution = fleet.execution(&arn).await?;
    still_running(&execution.row)?;
    let claim = claim_of(&execution);

    let mut keys: BTreeSet<String> = handover::last_key(fleet, &arn).await?.into_iter().collect();
    let held = handover::held(fleet, claim.as_deref(), &arn).await?;
    keys.extend(held.key.clone());
    let taken = handover::take(fleet, &keys).await?;
    let alive = alive(fleet, &execution.timeline).await?;
    let starting = asked_for_a_task(&execution.timeline);
    let at_work = taken == Taken::Lost && (!alive.is_empty() || starting);
    if at_work && !options.even_if_running {
        return Err(CancelError::RunnerMayBeAtWork {
            runner: runner(&execution, &held).unwrap_or_else(|| "(unknown)".to_owned()),
            task: alive
                .first()
                .cloned()
                .unwrap_or_else(|| "a task that is just being started".to_owned()),
        });
    }

    stop(fleet, &arn, &cause(options, taken, at_work), &keys).await?;
    stopped_by_us(fleet, &arn).await?;
    let mut left = Vec::new();
    for task in &alive {
        if let Err(error) = stop_task(fleet, task).await {
            left.push(format!("The task {task} was not stopped by us: {error}"));
        }
    }
    // A mint that was under way may have ended meanwhile.
    let held = handover::held(fleet, claim.as_deref(), &arn).await?;
    handover::take(fleet, &held.key.iter().cloned().collect()).await?;
    if let Some(claim) = &claim {
        handover::let_go(fleet, claim, &arn).await?;
    }
    let runner = runner(&execution, &held).filter(|_| held.key.is_some());
    if let Some(runner) = &runner {
        left.push(format!(
            "The runner {runner} stays registered at GitHub: a redrive removes it, or GitHub within a day."
        ));
    }
    Ok(Cancelled {
        job: execution.row.job().cloned(),
        name: execution.row.name,
        arn,
        runner,
        task: alive.into_iter().next(),
        ended_a_running_job: at_work,
        left,
    })
}

fn still_running(row: &Row) -> Result<(), CancelError> {
    if row.running() {
        return Ok(());
    }
    Err(CancelError::NotRunning {
        name: row.name.clone(),
        status: row.status.clone(),
    })
}

/// An execution that ended by itself just before the stop keeps its own end.
/// What AWS still shows as running is on its way to the end that it accepted.
async fn stopped_by_us(fleet: &Fleet, arn: &str) -> Result<(), CancelError> {
    for _ in 0..LOOKS {
        let row = fleet.row(arn).await?;
        match row.status.as_str() {
            "ABORTED" => return Ok(()),
            "RUNNING" => tokio::time::sleep(BETWEEN).await,
            _ => return still_running(&row),
        }
    }
    Ok(())
}

/// The key of the job's claim.
fn claim_of(execution: &Execution) -> Option<String> {
    let job = execution.row.job()?;
    Some(claim::key(JobId(job.id), u64::from(job.run_attempt)))
}

/// The tasks that it started and that have not stopped. ECS forgets stopped
/// tasks, so one that it does not know has ended.
async fn alive(fleet: &Fleet, timeline: &Timeline) -> Result<Vec<String>, ReadError> {
    let tasks: Vec<String> = timeline
        .visits
        .iter()
        .flat_map(|visit| &visit.tries)
        .filter_map(|one| {
            let submitted: serde_json::Value =
                serde_json::from_str(one.submitted.as_deref()?).ok()?;
            Some(submitted["Tasks"][0]["TaskArn"].as_str()?.to_owned())
        })
        .collect();
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let statuses = fleet.task_statuses(&tasks).await?;
    Ok(tasks
        .into_iter()
        .rev()
        .filter(|task| statuses.get(task).is_some_and(|status| status != "STOPPED"))
        .collect())
}

/// Whether it has asked for a task whose ARN is not in its history yet.
fn asked_for_a_task(timeline: &Timeline) -> bool {
    timeline.current().is_some_and(|visit| {
        visit.state == state::RUN_RUNNER
            && visit
                .tries
                .last()
                .is_some_and(|one| one.end == End::Running && one.submitted.is_none())
    })
}

fn runner(execution: &Execution, held: &Held) -> Option<String> {
    let details = execution.row.details.as_ref();
    held.runner
        .clone()
        .or_else(|| details.and_then(|details| details.runner.clone()))
}

/// The cause that the execution ends with.
fn cause(options: &Options, taken: Taken, at_work: bool) -> String {
    let by = &options.by;
    let state = match (at_work, taken) {
        (true, _) => "its runner may have been at work, and its job was ended, as asked",
        (false, Taken::Won) => "its runner had not started and cannot start any more",
        (false, _) => "no runner of it was at work",
    };
    format!("Cancelled by {by}: {state}. A redrive serves the job, if it still waits.")
}

async fn stop(
    fleet: &Fleet,
    arn: &str,
    cause: &str,
    keys: &BTreeSet<String>,
) -> Result<(), ReadError> {
    fleet.limits().change.take().await;
    let sent = fleet
        .clients()
        .executions
        .stop_execution()
        .execution_arn(arn)
        .error(ERROR)
        .cause(cause)
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| hide(ReadError::call("StopExecution", error), keys))
}

/// Step Functions asks for the same, as well as it can.
async fn stop_task(fleet: &Fleet, task: &str) -> Result<(), ReadError> {
    fleet.limits().tasks.take().await;
    let sent = fleet
        .clients()
        .tasks
        .stop_task()
        .cluster(fleet.names().fleet())
        .task(task)
        .reason("Its execution was cancelled")
        .send()
        .await;
    sent.map(drop)
        .map_err(|error| ReadError::call("StopTask", error))
}
