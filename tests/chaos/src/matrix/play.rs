//! Plays one row: a job, the strike, and what becomes of them.

use super::judge::{judge, waits};
use super::{Act, Row, Strike, Work};
use crate::foreign;
use crate::operator::{Duty, Operator};
use crate::scenario::Scenario;
use crate::stopper::{self, Stopped};
use crate::trace::number;
use crate::world::World;
use ::faults::Fault;
use anyhow::Result;
use github_emulator::{JobId, JobStatus};
use jit_runners::stage::REPOSITORY;
use serde_json::{Value, json};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Longer than any healing takes.
const LONGEST: Duration = Duration::from_secs(8 * 3600);
/// How often the world is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// How often an execution is looked at that shall be struck in a state.
const GLANCE: Duration = Duration::from_millis(20);
/// What a stopped or failed execution's task may need to be gone.
const SETTLE: Duration = Duration::from_secs(900);

/// What is done about a strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    LeftAlone,
    /// Somebody redrives what is red.
    Redriven,
    /// The function `reconcile` is called on its schedule.
    Reconciled,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LeftAlone => "left alone",
            Self::Redriven => "redriven",
            Self::Reconciled => "reconciled",
        })
    }
}

/// Plays a row in this thread; the error says what is not as it should be.
///
/// # Errors
/// The system could not be set up.
pub fn play(row: &Row, mode: Mode) -> Result<Result<(), String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(act(row, mode))
}

async fn act(row: &Row, mode: Mode) -> Result<Result<(), String>> {
    let world = Arc::new(World::new(1, mode == Mode::Reconciled).await?);
    let scenario = Scenario::new(1, 0);
    let stopped = Stopped::default();
    if row.work == Work::Known {
        commit(&world, Work::Plain, &scenario).await;
        tokio::time::sleep(Duration::from_secs(400)).await;
    }
    for (kind, what) in &row.before {
        world.faults.order(*kind, what, 1);
    }
    match &row.strike {
        Strike::Order(kind, what, times) => world.faults.order(*kind, what, *times),
        Strike::State(fault) => {
            let place = world.stage.place.step_functions();
            place.inject(row.state, fault.clone(), 1);
            if *fault == local::Fault::StopExecutionOnEnter {
                stopped.add(1);
            }
        }
        Strike::Event(fault, on) => {
            let github = &world.stage.github;
            github.faults().add(Fault::once(fault.clone()).on(*on));
        }
        Strike::Bus(fault, on) => {
            let place = &world.stage.place;
            place.faults().add(Fault::once(fault.clone()).on(*on));
        }
        Strike::Act(..) => {}
    }
    let job = commit(&world, row.work, &scenario).await;
    let struck = match row.strike {
        Strike::Act(act, after) => {
            strike(&world, row.state, act, after, job, &scenario, &stopped).await
        }
        _ => true,
    };
    if !struck {
        return Ok(Err(format!("{} was never entered", row.state)));
    }
    until_quiet(&world, mode, waits(row, mode)).await;
    Ok(judge(row, mode, &world, &scenario, &stopped))
}

/// Commits the work; answers the job that the row is about.
async fn commit(world: &World, work: Work, scenario: &Scenario) -> JobId {
    let labels = match work {
        Work::Spot => "[self-hosted, fargate/cpu=1/mem=2/spot=true]",
        _ => "[self-hosted, 1]",
    };
    let environment = match work {
        Work::Gated => "    environment: production\n",
        _ => "",
    };
    let text = format!(
        "name: row\non: push\njobs:\n  work:\n    runs-on: {labels}\n{environment}    steps:\n      - run: sleep 120\n"
    );
    let github = &world.stage.github;
    github.protect_environment(REPOSITORY, "production");
    let start = || {
        let run = github.commit_workflow(REPOSITORY, ".github/workflows/row.yml", &text);
        run.ok()
            .and_then(|run| github.jobs_of(run).first().map(|job| job.id))
            .unwrap_or(JobId(0))
    };
    let mut job = start();
    if work.is_two_jobs() {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let second = start();
        if work == Work::CancelledSwapped {
            job = second;
        }
    }
    if work == Work::Gated {
        tokio::time::sleep(Duration::from_secs(600)).await;
        github.approve(job);
    }
    let cancelled = match work {
        Work::CancelledAtOnce => Some(1),
        Work::CancelledOnTheWay => Some(20),
        Work::CancelledSwapped => Some(60),
        _ => None,
    };
    if let Some(seconds) = cancelled {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        scenario.cancel(world, job);
    }
    job
}

/// Waits for the state, and then does it; false if the state never comes.
async fn strike(
    world: &Arc<World>,
    state: &str,
    act: Act,
    after: u64,
    job: JobId,
    scenario: &Scenario,
    stopped: &Stopped,
) -> bool {
    let arn = loop {
        tokio::time::sleep(GLANCE).await;
        let executions = world.stage.place.step_functions().executions();
        if let Some(arn) = executions
            .into_iter()
            .find(|arn| has_entered(world, arn, state))
        {
            break arn;
        }
        if world.time.elapsed() > Duration::from_secs(600) {
            return false;
        }
    };
    tokio::time::sleep(Duration::from_secs(after)).await;
    match act {
        Act::Cancel => {
            scenario.cancel(world, job);
        }
        Act::Stop => stopper::stop(world, &arn, stopped),
        Act::Take => {
            tokio::spawn(foreign::runner(
                Arc::clone(world),
                number(job),
                "self-hosted,1",
            ));
        }
    }
    true
}

/// The events of an execution.
pub(super) fn history(world: &World, arn: &str) -> Vec<Value> {
    let answer = world.step_functions(
        "GetExecutionHistory",
        json!({"executionArn": arn, "maxResults": 1000}),
    );
    answer["events"].as_array().cloned().unwrap_or_default()
}

fn has_entered(world: &World, arn: &str, state: &str) -> bool {
    let entered = |event: &Value| event["stateEnteredEventDetails"]["name"] == state;
    history(world, arn).iter().any(entered)
}

/// Until nothing happens any more by itself.
async fn until_quiet(world: &World, mode: Mode, waits: bool) {
    let mut operator = Operator::new(Duty::Everything);
    let mut quiet_since = None;
    while world.time.elapsed() < LONGEST {
        tokio::time::sleep(LOOK).await;
        if mode == Mode::Redriven && operator.look(world) > 0 {
            quiet_since = None;
        }
        let now = world.time.elapsed();
        let jobs = world.stage.github.jobs();
        let over = jobs.iter().all(|job| job.status == JobStatus::Completed);
        let runs = !stopper::running(world).is_empty();
        if runs || (!waits && !over) {
            quiet_since = None;
            continue;
        }
        let since = *quiet_since.get_or_insert(now);
        if now - since >= SETTLE {
            return;
        }
    }
}
