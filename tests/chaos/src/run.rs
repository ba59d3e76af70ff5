//! One seeded run, from the first commit to the last leftover.

use crate::check::{self, Report};
use crate::faults::Kind;
use crate::operator::{self, Duty, Operator};
use crate::scenario::Scenario;
use crate::stopper::{self, Stopped};
use crate::trace::Event;
use crate::world::World;
use anyhow::Result;
use github_emulator::JobStatus;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How often the run is looked at.
const ROUND: Duration = Duration::from_secs(300);
/// How long faults go on behind the last job.
const STORM: Duration = Duration::from_secs(2 * 3600);
/// Longer than any healing takes: GitHub forgets an offline runner after a day.
const LONGEST: Duration = Duration::from_secs(72 * 3600);

/// Faults that a run has by default: all.
pub fn usual() -> Vec<Kind> {
    Kind::ALL.to_vec()
}

/// A run and all that happened in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The verdict.
    pub report: Report,
    /// The trace.
    pub trace: Vec<Event>,
}

/// Runs a seed in this thread.
///
/// # Errors
/// The system could not be set up.
pub fn run(seed: u64, jobs: usize, kinds: &[Kind]) -> Result<Run> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(play(seed, jobs, kinds))
}

async fn play(seed: u64, jobs: usize, kinds: &[Kind]) -> Result<Run> {
    let world = Arc::new(World::new(seed, true).await?);
    let scenario = Scenario::new(seed, jobs);
    let stopped = Stopped::default();
    world.faults.roll(kinds.iter().copied());
    scenario.play(&world);
    let stopper = stopper::stop_now_and_then(Arc::clone(&world), stopped.clone());
    let stopper = tokio::spawn(stopper);
    let mut operator = Operator::new(Duty::Misconfiguration);
    loop {
        tokio::time::sleep(ROUND).await;
        let now = world.time.elapsed();
        operator.look(&world);
        if now < scenario.end() {
            continue;
        }
        if now > scenario.end() + STORM {
            world.faults.calm();
        }
        if now > LONGEST || is_over(&world) {
            break;
        }
    }
    stopper.abort();
    tell_ends(&world);
    let report = check::judge(&world, &scenario, &stopped);
    Ok(Run {
        report,
        trace: world.trace.events(),
    })
}

/// How each execution ended, for whoever reads the trace.
fn tell_ends(world: &World) {
    for arn in world.stage.place.step_functions().executions() {
        let execution = world.execution(&arn);
        let output = execution["output"].as_str().unwrap_or_default();
        let output: Value = serde_json::from_str(output).unwrap_or_default();
        let words = [
            &execution["status"],
            &execution["error"],
            &output["outcome"],
            &output["detail"],
        ];
        let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
        let redrives = execution["redriveCount"].as_u64().unwrap_or_default();
        let text = format!("{}, {redrives} redrives", words.join(", "));
        world
            .trace
            .note("execution", operator::job(&execution), text);
    }
}

/// Every job is completed, no execution runs, and nothing is left.
fn is_over(world: &World) -> bool {
    let jobs = world.stage.github.jobs();
    jobs.iter().all(|job| job.status == JobStatus::Completed)
        && stopper::running(world).is_empty()
        && check::leftovers(world).values().all(Vec::is_empty)
}
