//! The demo's own path from the webhook's delivery to RunTask, split by step.
//!
//! Everything runs for real, one job after the other. Times are those that the
//! parts wrote down themselves: GitHub's record of the delivery, and the
//! execution's history. Cold is the first job, for which every function's
//! process is started; all others are warm.

use crate::spread::Spread;
use anyhow::{Context as _, Result};
use github_emulator::{Delivery, JobId};
use jit_runners::evidence::Execution;
use jit_runners::stage::{Settings, Stage};
use serde_json::{Value, json};
use support::{World, workflows};

/// What is measured, in the order of the path.
pub const STEPS: [&str; 7] = [
    "delivery sent to answered",
    "delivery sent to execution started",
    "Size",
    "Claim",
    "Mint",
    "RunRunner entered to task submitted",
    "delivery sent to task submitted",
];

/// Milliseconds of each of [`STEPS`].
pub type Steps = [f64; STEPS.len()];

/// The figures of all jobs.
#[derive(Debug, Clone)]
pub struct Path {
    /// The first job.
    pub cold: Steps,
    /// All others, one spread a step.
    pub warm: Vec<Spread>,
}

/// Lets `jobs` jobs (two at least) take the path on a stage of its own.
///
/// # Errors
/// The stage does not start, or a job takes another path.
pub async fn measure(settings: Settings, jobs: usize) -> Result<Path> {
    let world = World {
        stage: Stage::start(settings).await?,
    };
    let mut all = Vec::new();
    for _ in 0..jobs.max(2) {
        let run = world.commit(&workflows::one("true"));
        world.all_jobs_are_over().await;
        let job = world.stage.github.jobs_of(run).into_iter().next();
        all.push(steps(&world, job.context("a run has a job")?.id).await?);
    }
    world.nothing_is_left().await;
    let warm = (0..STEPS.len())
        .map(|step| Spread::of(all[1..].iter().map(|job| job[step])))
        .collect::<Option<_>>();
    Ok(Path {
        cold: all[0],
        warm: warm.context("two jobs at least")?,
    })
}

async fn steps(world: &World, job: JobId) -> Result<Steps> {
    let delivery: Delivery = world
        .stage
        .github
        .deliveries()
        .into_iter()
        .find(|one| one.job_id == Some(job) && one.action.as_deref() == Some("queued"))
        .context("the delivery was written down")?;
    let sent = delivery.delivered_at.timestamp_micros() as f64 / 1e6;
    let executions: Vec<Execution> = world.executions().await;
    let execution = executions
        .iter()
        .find(|one| one.job_id == job.0)
        .context("the job has an execution")?;
    let history = history(world, &execution.arn)?;
    let started = at(&history, "ExecutionStarted", None)?;
    let state = |name: &str| -> Result<f64> {
        let entered = at(&history, "TaskStateEntered", Some(name))?;
        Ok(at(&history, "TaskStateExited", Some(name))? - entered)
    };
    let submitted = at(&history, "TaskSubmitted", None)?;
    let run_runner = at(&history, "TaskStateEntered", Some("RunRunner"))?;
    let seconds = [
        delivery.duration,
        started - sent,
        state("Size")?,
        state("Claim")?,
        state("Mint")?,
        submitted - run_runner,
        submitted - sent,
    ];
    Ok(seconds.map(|seconds| seconds * 1e3))
}

fn history(world: &World, arn: &str) -> Result<Vec<Value>> {
    let input = json!({"executionArn": arn, "maxResults": 1000});
    let answer = world
        .stage
        .place
        .step_functions()
        .call("GetExecutionHistory", input)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(answer["events"].as_array().cloned().unwrap_or_default())
}

/// When the first event of this kind happened, epoch seconds; in this state
/// where one is named.
fn at(history: &[Value], kind: &str, state: Option<&str>) -> Result<f64> {
    let named = |event: &Value| {
        let details = ["stateEnteredEventDetails", "stateExitedEventDetails"];
        state.is_none_or(|state| details.iter().any(|key| event[key]["name"] == state))
    };
    history
        .iter()
        .find(|event| event["type"] == kind && named(event))
        .and_then(|event| event["timestamp"].as_f64())
        .with_context(|| format!("the history has no {kind} of {state:?}"))
}
