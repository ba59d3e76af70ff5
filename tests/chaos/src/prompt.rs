//! How soon a thing is set right, in virtual time: what a cancelled job leaves, and
//! what an event that was lost delays. Each is measured in a world without other
//! faults, for many jobs at different moments of a period.

use crate::operator;
use crate::trace::number;
use crate::world::World;
use ::faults::Fault;
use anyhow::{Context as _, Result};
use github_emulator::{GitHubFault, JobId, JobStatus};
use jit_runners::fleet::CLUSTER;
use jit_runners::stage::REPOSITORY;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often something is looked at.
const LOOK: Duration = Duration::from_millis(400);
/// Between two jobs: no whole part of a period, so that they meet it everywhere.
const APART: Duration = Duration::from_millis(17_300);
/// Longer than any of this takes.
const LONGEST: Duration = Duration::from_secs(6 * 3600);

/// One cancelled job.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// From its commit to its cancellation.
    pub after: Duration,
    /// Whether a runner had been assigned to it by then.
    pub assigned: bool,
    /// From the event to the moment since when nothing of it was there: no
    /// registration, no task that should run, no container. Nothing where no event came.
    pub gone_within: Option<Duration>,
    /// Whether there was anything.
    pub had_any: bool,
}

/// Cancels one job after the other, each `step` later than the one before it.
///
/// # Errors
/// The system could not be set up, or something never came.
pub fn cancellations(jobs: u32, step: Duration) -> Result<Vec<Cancelled>> {
    in_virtual_time(async move {
        let world = Arc::new(World::new(11, false).await?);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut each = Vec::new();
        for count in 0..jobs {
            let job = commit(&world, REPOSITORY, count)?;
            let (world, seen) = (Arc::clone(&world), Arc::clone(&seen));
            each.push(tokio::spawn(async move {
                let after = step * count;
                tokio::time::sleep(after).await;
                let one = cancel(&world, job, after).await;
                seen.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(one);
            }));
            tokio::time::sleep(APART).await;
        }
        for one in each {
            one.await?;
        }
        settle(&world).await?;
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(seen)
    })
}

/// How long an event's loss delays the execution of its job, for each of `jobs` jobs
/// that are spread over `repositories`; from the commit to the execution's start.
///
/// # Errors
/// The system could not be set up, or something never came.
pub fn delays(fault: GitHubFault, jobs: u32, repositories: u32) -> Result<Vec<Duration>> {
    in_virtual_time(async move {
        let world = World::new(12, true).await?;
        let github = &world.stage.github;
        let names: Vec<String> = (0..repositories.max(1))
            .map(|one| format!("service-{one}"))
            .collect();
        // Each repository is known by a job that went well.
        for (count, name) in (0..).zip(&names) {
            github.create_repository(name, true);
            commit(&world, name, count)?;
        }
        settle(&world).await?;
        github
            .faults()
            .add(Fault::always(fault).on("workflow_job queued first"));
        let mut committed = BTreeMap::new();
        for count in 0..jobs {
            let name = &names[count as usize % names.len()];
            let job = commit(&world, name, 1000 + count)?;
            committed.insert(number(job), world.time.now());
            tokio::time::sleep(APART).await;
        }
        settle(&world).await?;
        let struck: u64 = github
            .faults()
            .struck()
            .values()
            .map(|one| one.struck)
            .sum();
        anyhow::ensure!(struck == u64::from(jobs), "{struck} events were lost");
        let mut delays = Vec::new();
        for arn in world.stage.place.step_functions().executions() {
            let execution = world.execution(&arn);
            let Some(committed) = committed.remove(&operator::job(&execution)) else {
                continue;
            };
            let started = execution["startDate"].as_f64().context("a start")?;
            let committed = committed.timestamp_micros() as f64 / 1e6;
            delays.push(Duration::from_secs_f64((started - committed).max(0.0)));
        }
        anyhow::ensure!(committed.is_empty(), "no execution for {committed:?}");
        Ok(delays)
    })
}

fn in_virtual_time<T>(what: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(what)
}

/// A job of a minute that only its own runner fits.
fn commit(world: &World, repository: &str, count: u32) -> Result<JobId> {
    let text = format!(
        "name: prompt\non: push\njobs:\n  work:\n    runs-on: [self-hosted, fargate/cpu=1/mem=2/id=n{count}]\n    steps:\n      - run: sleep 60\n"
    );
    let github = &world.stage.github;
    let run = github.commit_workflow(repository, ".github/workflows/prompt.yml", &text)?;
    let jobs = github.jobs_of(run);
    jobs.first().map(|job| job.id).context("a job")
}

async fn cancel(world: &World, job: JobId, after: Duration) -> Cancelled {
    let github = &world.stage.github;
    let found = |job: JobId| github.jobs().into_iter().find(|one| one.id == job);
    let assigned = found(job).is_some_and(|job| job.runner.is_some());
    github.cancel_job(job);
    let (mut event, mut last, mut had_any) = (None, Duration::ZERO, false);
    let until = world.time.elapsed() + Duration::from_secs(40);
    while world.time.elapsed() < until {
        let there = is_there(world, job);
        had_any |= there;
        event = event.or_else(|| told(world, job));
        if there {
            last = world.time.elapsed() + LOOK;
        }
        tokio::time::sleep(LOOK).await;
    }
    Cancelled {
        after,
        assigned,
        gone_within: event.map(|event: Duration| last.saturating_sub(event)),
        had_any,
    }
}

/// When the event of the job's end arrived.
fn told(world: &World, job: JobId) -> Option<Duration> {
    let number = number(job);
    let events = world.trace.events();
    let mut events = events.iter().rev();
    events
        .find(|event| event.kind == "event" && event.job == number && event.detail == "completed")
        .map(|event| event.at)
}

/// Whether anything was made for a job and is not gone.
fn is_there(world: &World, job: JobId) -> bool {
    let registered = world.stage.github.leftovers().runners;
    let registered = registered
        .iter()
        .any(|runner| runner.name.contains(&job.0.to_string()));
    let records = world.containers.records();
    let mut records = records.iter();
    let runs = records.any(|one| one.intended == number(job) && one.over_at.is_none());
    registered
        || runs
        || wanted_tasks(world).any(|task| task.to_string().contains(&job.0.to_string()))
}

/// Tasks that ECS is to run.
fn wanted_tasks(world: &World) -> impl Iterator<Item = Value> {
    let ecs = world.stage.place.ecs();
    let input = json!({"cluster": CLUSTER, "desiredStatus": "RUNNING"});
    let listed = ecs.call("ListTasks", input).unwrap_or_default();
    let arns = listed["taskArns"].as_array().cloned().unwrap_or_default();
    arns.into_iter()
        .filter_map(move |arn| arn.as_str().and_then(|arn| ecs.task(arn)))
}

/// Until every job is over and every execution has ended; nothing is left then.
async fn settle(world: &World) -> Result<()> {
    loop {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let jobs = world.stage.github.jobs();
        let over = jobs.iter().all(|job| job.status == JobStatus::Completed);
        let left = crate::check::leftovers(world);
        if over && left.values().all(Vec::is_empty) {
            return Ok(());
        }
        anyhow::ensure!(world.time.elapsed() < LONGEST, "never over: {left:?}");
    }
}
