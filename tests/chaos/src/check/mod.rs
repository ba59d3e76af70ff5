//! Then: what became of every job, and what is left.

mod fate;
mod leftovers;

pub use fate::Fate;
pub use leftovers::leftovers;

use crate::faults::Kind;
use crate::scenario::Scenario;
use crate::stopper::Stopped;
use crate::world::World;
use domain::names::handler;
use std::collections::BTreeMap;
use std::time::Duration;

/// Calls of GitHub's API that a run may make for each job: the happy path's.
const CALLS_A_JOB: u64 = 4;
/// For each hour: two functions renew their token.
const CALLS_AN_HOUR: u64 = 2;
/// For each fault, whatever it was. Most take none, one that costs a runner takes
/// four; over a run it was 1.35 at most in twenty seeds.
const CALLS_A_FAULT: u64 = 2;

/// The schedule of `reconcile`, and its own limit of calls for each period.
const PERIOD_SECONDS: u64 = 120;
const CALLS_A_PERIOD: u64 = 60;

/// The verdict on a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How many jobs there were, re-runs included.
    pub jobs: u64,
    /// Jobs by what became of them.
    pub fates: BTreeMap<Fate, u64>,
    /// Jobs that were lost, started twice, or had two runners at once; in words.
    pub lost: Vec<String>,
    /// See `lost`.
    pub doubled: Vec<String>,
    /// Jobs at work that we stopped.
    pub killed: Vec<String>,
    /// What is left, by kind.
    pub leftovers: BTreeMap<&'static str, Vec<String>>,
    /// Faults that struck.
    pub faults: BTreeMap<Kind, u64>,
    /// Calls of GitHub's API for jobs.
    pub calls: u64,
    /// Calls of GitHub's API by the function `reconcile`.
    pub upkeep: u64,
    /// The run's length, in virtual time.
    pub lasted: Duration,
}

impl Report {
    /// How many calls the run might make.
    pub fn budget(&self) -> u64 {
        let faults: u64 = self.faults.values().sum();
        let hours = self.lasted.as_secs().div_ceil(3600);
        self.jobs * CALLS_A_JOB + hours * CALLS_AN_HOUR + faults * CALLS_A_FAULT
    }

    /// How many calls `reconcile` might make.
    pub fn upkeep_budget(&self) -> u64 {
        (self.lasted.as_secs() / PERIOD_SECONDS + 1) * CALLS_A_PERIOD
    }

    /// Whether everything is as it has to be.
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty()
            && self.doubled.is_empty()
            && self.killed.is_empty()
            && self.leftovers.values().all(Vec::is_empty)
            && self.calls <= self.budget()
            && self.upkeep <= self.upkeep_budget()
    }
}

/// Judges a run that is over.
pub fn judge(world: &World, scenario: &Scenario, stopped: &Stopped) -> Report {
    let records = world.containers.records();
    let mut calls = world.github.calls();
    let upkeep = calls.remove(handler::RECONCILE).unwrap_or_default();
    let cancelled = scenario.cancelled();
    let mut report = Report {
        seed: world.seed,
        faults: world.faults.struck(),
        calls: calls.values().sum(),
        upkeep,
        leftovers: leftovers(world),
        lasted: world.time.elapsed(),
        ..Report::default()
    };
    for job in world.stage.github.jobs() {
        report.jobs += 1;
        let fate = fate::of(&job, &records, &cancelled, stopped);
        if let Fate::Lost = fate {
            let number = crate::trace::number(job.id);
            let end = job.conclusion.map_or(job.status.name(), |end| end.name());
            report.lost.push(format!("job {number}: {end}"));
        }
        *report.fates.entry(fate).or_default() += 1;
    }
    report.doubled = fate::doubled(&records);
    report.killed = fate::killed(world, &records, stopped);
    report
}
