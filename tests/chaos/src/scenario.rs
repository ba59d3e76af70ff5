//! What a run's people do: commits, approvals, cancellations, re-runs; and what
//! somebody else's runner does.

use crate::dice::Dice;
use crate::faults::Kind;
use crate::foreign;
use crate::trace::number;
use crate::world::World;
use github_emulator::{JobId, JobStatus};
use jit_runners::stage::REPOSITORY;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The environment whose jobs must be approved.
pub const ENVIRONMENT: &str = "production";

/// Labels of jobs: shared ones, so that runners are swapped, and some of one job.
const LABELS: [&str; 6] = [
    "[self-hosted, 1]",
    "[self-hosted, large]",
    "[self-hosted, vcpu-1024-mem-4096]",
    "[self-hosted, fargate/cpu=1/mem=2/spot=true]",
    "[self-hosted, fargate/cpu=2/mem=8/spot=true/id=UNIQUE]",
    "[self-hosted, vcpu-256-mem-512]",
];

/// One job to come.
#[derive(Debug, Clone)]
pub struct Plan {
    /// When it is committed.
    pub at: Duration,
    /// Its workflow file.
    pub workflow: String,
    /// How long its environment waits for an approval.
    pub approve_after: Option<Duration>,
    /// When somebody cancels it.
    pub cancel_after: Option<Duration>,
    /// Whether it is run again after its end.
    pub rerun: bool,
    /// The labels of a runner of somebody else that listens.
    pub foreign: Option<&'static str>,
}

/// The jobs of a run, and who was told to do what.
#[derive(Debug, Clone)]
pub struct Scenario {
    plans: Vec<Plan>,
    /// Jobs that somebody cancelled.
    cancelled: Arc<Mutex<BTreeSet<JobId>>>,
    /// When the last person goes home.
    end: Duration,
}

impl Scenario {
    /// `jobs` jobs over the virtual hours that fifty of them an hour take.
    pub fn new(seed: u64, jobs: usize) -> Self {
        let dice = Dice::new(seed, "scenario");
        let span = (jobs as u64 * 72).max(600) * 1000;
        let mut plans: Vec<Plan> = (0..jobs).map(|_| plan(&dice, span)).collect();
        plans.sort_by_key(|plan| plan.at);
        Self {
            plans,
            cancelled: Arc::default(),
            end: Duration::from_millis(span) + Duration::from_secs(3600),
        }
    }

    /// Sets everybody going.
    pub fn play(&self, world: &Arc<World>) {
        world
            .stage
            .github
            .protect_environment(REPOSITORY, ENVIRONMENT);
        for plan in &self.plans {
            tokio::spawn(play(
                Arc::clone(world),
                plan.clone(),
                Arc::clone(&self.cancelled),
            ));
        }
    }

    /// What is to come, in its order.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Cancels a job, if it is not over.
    pub fn cancel(&self, world: &World, job: JobId) {
        cancel(world, job, &self.cancelled);
    }

    /// When the last person goes home.
    pub fn end(&self) -> Duration {
        self.end
    }

    /// Jobs that somebody cancelled.
    pub fn cancelled(&self) -> BTreeSet<JobId> {
        let cancelled = self.cancelled.lock();
        cancelled.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn plan(dice: &Dice, span: u64) -> Plan {
    let labels = *dice.pick(&LABELS);
    let unique = dice.between(0, u64::MAX).to_string();
    let labels = labels.replace("UNIQUE", &unique);
    let gated = dice.chance(0.1);
    let environment = match gated {
        true => format!("    environment: {ENVIRONMENT}\n"),
        false => String::new(),
    };
    let (seconds, fails) = (dice.between(1, 900), dice.chance(0.1));
    let last = if fails { "exit 1" } else { "echo done" };
    let workflow = format!(
        "name: chaos\non: push\njobs:\n  work:\n    runs-on: {labels}\n{environment}    steps:\n      - run: sleep {seconds}\n      - run: {last}\n"
    );
    Plan {
        at: dice.millis(0, span),
        workflow,
        approve_after: gated.then(|| dice.millis(10_000, 1_800_000)),
        cancel_after: dice.chance(0.12).then(|| match dice.chance(0.7) {
            // While its runner is on the way.
            true => dice.millis(0, 90_000),
            false => dice.millis(90_000, 900_000),
        }),
        rerun: dice.chance(0.05),
        foreign: dice.chance(0.05).then_some("self-hosted,1"),
    }
}

fn cancel(world: &World, job: JobId, cancelled: &Mutex<BTreeSet<JobId>>) {
    if world.stage.github.cancel_job(job) {
        world
            .faults
            .note(Kind::JobCancelled, "by somebody", number(job));
        let mut cancelled = cancelled.lock().unwrap_or_else(PoisonError::into_inner);
        cancelled.insert(job);
    }
}

async fn play(world: Arc<World>, plan: Plan, cancelled: Arc<Mutex<BTreeSet<JobId>>>) {
    tokio::time::sleep_until(world.time.at(plan.at)).await;
    let github = &world.stage.github;
    let run = github.commit_workflow(REPOSITORY, ".github/workflows/chaos.yml", &plan.workflow);
    let Ok(run) = run else {
        world.trace.note("refused", 0, "a workflow");
        return;
    };
    let Some(job) = github.jobs_of(run).first().map(|job| job.id) else {
        return;
    };
    world.trace.note("queued", number(job), "");
    if let Some(labels) = plan.foreign {
        tokio::spawn(foreign::runner(Arc::clone(&world), number(job), labels));
    }
    let approve = async {
        if let Some(after) = plan.approve_after {
            tokio::time::sleep(after).await;
            world.trace.note("approved", number(job), "");
            github.approve(job);
        }
    };
    let cancel = async {
        if let Some(after) = plan.cancel_after {
            tokio::time::sleep(after).await;
            cancel(&world, job, &cancelled);
        }
    };
    tokio::join!(approve, cancel);
    if plan.rerun {
        while github
            .job(job)
            .is_some_and(|job| job.status != JobStatus::Completed)
        {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        let before = github.jobs_of(run).len();
        if github.rerun_job(job) {
            world.trace.note("rerun", number(job), "");
            // The new attempt is held back by its environment as the first one was.
            tokio::time::sleep(Duration::from_secs(120)).await;
            for again in github.jobs_of(run).iter().skip(before) {
                github.approve(again.id);
            }
        }
    }
}
