//! The seeded runs of tests/chaos, smaller, through real processes and sockets: the
//! same people and jobs, faults by their names, `reconcile` as the only help.
//!
//! Another seed: `STORM_SEED=7 cargo test -p e2e --test storm -- --nocapture`.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]
#![allow(clippy::print_stdout, reason = "the figures are for people")]

use chaos::operator::FOR_PEOPLE;
use chaos::scenario::{ENVIRONMENT, Plan, Scenario};
use chrono::TimeDelta;
use faults::Fault;
use github_emulator::{Conclusion, GitHubFault, Job, JobId, JobStatus};
use jit_runners::stage::{REPOSITORY, Settings};
use local::AwsFault;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::World;
use tokio::time::sleep;

/// How many jobs; re-runs come on top.
const JOBS: usize = 20;
/// How much faster than in virtual time people and jobs are.
const SPEED: u32 = 200;
/// Seconds, in the order of the fleet's own, that a machine with two processors keeps.
const RECONCILE: [(&str, &str); 5] = [
    ("RECONCILE_PAUSE_SECONDS", "1"),
    ("RECONCILE_SETTLE_SECONDS", "5"),
    ("RECONCILE_START_SECONDS", "20"),
    ("RECONCILE_QUEUED_SECONDS", "5"),
    ("RECONCILE_ROTATION_SECONDS", "5"),
];

fn settings(settings: &mut Settings) {
    let limits = RECONCILE.map(|(name, value)| (name.to_owned(), value.to_owned()));
    settings.reconcile.extend(limits);
    let github = &mut settings.github;
    github.lost_runner_after = TimeDelta::seconds(10);
    github.offline_removal = TimeDelta::seconds(30);
    github.idle_removal = Some(TimeDelta::seconds(30));
}

/// What goes wrong at GitHub, and how often.
fn at_github() -> Vec<Fault<GitHubFault>> {
    use GitHubFault as F;
    vec![
        Fault::sometimes(F::WebhookFailed { status: 502 }, 0.06),
        Fault::sometimes(F::WebhookNeverSent {}, 0.03),
        Fault::sometimes(F::WebhookDelayed { seconds: 1 }, 0.05),
        Fault::sometimes(F::WebhookRepeated { copies: 1 }, 0.06),
        Fault::sometimes(F::WebhookReordered { seconds: 2 }, 0.04),
        Fault::sometimes(F::Unauthorized {}, 0.01),
        Fault::sometimes(F::SecondaryRateLimited { seconds: 1 }, 0.02),
        Fault::sometimes(F::TooManyRequests { seconds: 1 }, 0.02),
        Fault::sometimes(F::ServerError {}, 0.02),
        Fault::sometimes(F::BadGateway {}, 0.01),
        Fault::sometimes(F::AnswerLost {}, 0.02),
        Fault::sometimes(F::Conflict {}, 0.05).on("mint-runner"),
        Fault::sometimes(F::RunnerTakenBySibling {}, 0.03),
    ]
}

/// What goes wrong at AWS.
fn at_aws() -> Vec<Fault<AwsFault>> {
    use AwsFault as F;
    vec![
        Fault::sometimes(F::FunctionCrash {}, 0.02),
        Fault::sometimes(F::FunctionCrashAfterEffect {}, 0.02),
        Fault::sometimes(F::FunctionThrottled {}, 0.02),
        Fault::sometimes(F::RunTaskThrottled {}, 0.04),
        Fault::sometimes(F::CapacityUnavailable {}, 0.04),
        Fault::sometimes(F::ImagePullFailure {}, 0.03),
        Fault::sometimes(F::StuckInProvisioning {}, 0.02),
        Fault::sometimes(F::TaskKilled { milliseconds: 1500 }, 0.04),
        Fault::sometimes(F::OutOfMemory { milliseconds: 900 }, 0.02),
        Fault::sometimes(F::PutEventsThrottled {}, 0.03),
        Fault::sometimes(F::PutEventsEntryRefused {}, 0.03),
        Fault::sometimes(F::EventDeliveredTwice {}, 0.05),
        Fault::sometimes(F::EventUndeliverable {}, 0.02),
        Fault::sometimes(F::TableThrottled {}, 0.01),
        Fault::sometimes(F::TableAnswerLost {}, 0.01),
        Fault::sometimes(F::ItemGone {}, 0.02).on("handover DeleteItem"),
        Fault::sometimes(F::ExecutionStopped {}, 0.02).on("RunRunner"),
    ]
}

/// What may take down a job at work.
const DEADLY: [&str; 3] = ["task-killed", "out-of-memory", "execution-stopped"];

#[tokio::test(flavor = "multi_thread")]
async fn every_job_is_served_once_or_ended_by_what_people_and_faults_did() {
    let seed = std::env::var("STORM_SEED").map_or(3, |seed| seed.parse().unwrap());
    let world = Arc::new(World::with(settings).await);
    let (github, place) = (&world.stage.github, &world.stage.place);
    github.protect_environment(REPOSITORY, ENVIRONMENT);
    github.faults().seed(seed);
    place.faults().seed(seed);
    github.faults().extend(at_github());
    place.faults().extend(at_aws());

    let cancelled = Arc::new(Mutex::new(BTreeSet::new()));
    let scenario = Scenario::new(seed, JOBS);
    let mut people = Vec::new();
    for plan in scenario.plans() {
        let (world, cancelled) = (Arc::clone(&world), Arc::clone(&cancelled));
        people.push(tokio::spawn(person(world, plan.clone(), cancelled)));
    }
    let help = tokio::spawn(help(Arc::clone(&world)));
    for one in people {
        one.await.unwrap();
    }
    let struck = struck(&world);
    world.stage.github.faults().clear();
    world.stage.place.faults().clear();
    world.all_jobs_are_over().await;
    world
        .until("nothing is left", || async { world.leftovers().is_empty() })
        .await;
    help.abort();
    let _ = help.await;

    let cancelled = cancelled.lock().unwrap().clone();
    let mut fates: BTreeMap<&str, usize> = BTreeMap::new();
    for job in world.stage.github.jobs() {
        *fates.entry(fate(&job, &cancelled)).or_default() += 1;
        assert!(begun(&world, job.id) <= 1, "job {} began twice", job.id.0);
    }
    println!("seed {seed}: {fates:?}; faults: {struck:?}");
    let deadly: u64 = DEADLY.iter().filter_map(|name| struck.get(*name)).sum();
    let interrupted = fates.get("interrupted").copied().unwrap_or_default();
    assert!(interrupted as u64 <= deadly, "{fates:?}, {struck:?}");
    assert!(!struck.is_empty(), "nothing went wrong");
    let world = Arc::into_inner(world).expect("nobody holds the world any more");
    world.nothing_is_left().await;
}

/// What a plan says, at this speed.
async fn person(world: Arc<World>, plan: Plan, cancelled: Arc<Mutex<BTreeSet<JobId>>>) {
    sleep(plan.at / SPEED).await;
    let run = world.commit(&quick(&plan.workflow));
    let job = world.stage.github.jobs_of(run)[0].id;
    if let Some(after) = plan.approve_after {
        sleep(after / SPEED).await;
        world.stage.github.approve(job);
    }
    if let Some(after) = plan.cancel_after {
        sleep(after / SPEED).await;
        if world.stage.github.cancel_job(job) {
            cancelled.lock().unwrap().insert(job);
        }
    }
    if plan.rerun {
        let found = || {
            let jobs = world.stage.github.jobs();
            jobs.into_iter().find(|one| one.id == job).unwrap()
        };
        while found().status != JobStatus::Completed {
            sleep(Duration::from_millis(100)).await;
        }
        world.stage.github.rerun_job(job);
        if plan.approve_after.is_some()
            && let Some(again) = world.stage.github.jobs_of(run).last()
        {
            world.stage.github.approve(again.id);
        }
    }
}

/// The workflow with its sleep divided by the speed.
fn quick(workflow: &str) -> String {
    let (before, rest) = workflow.split_once("sleep ").unwrap();
    let (seconds, after) = rest.split_once('\n').unwrap();
    let seconds = f64::from(seconds.parse::<u32>().unwrap()) / f64::from(SPEED);
    format!("{before}sleep {seconds:.3}\n{after}")
}

/// `reconcile` every other second, and a person who mends what is left to people.
async fn help(world: Arc<World>) {
    loop {
        sleep(Duration::from_secs(2)).await;
        // Faults strike it, too.
        let _ = world.try_reconcile().await;
        for execution in world.executions().await {
            let error = execution.error.as_deref().unwrap_or_default();
            if execution.status == "FAILED" && FOR_PEOPLE.contains(&error) {
                world.redrive(&execution.arn).await;
            }
        }
    }
}

fn struck(world: &World) -> BTreeMap<String, u64> {
    let (github, place) = (&world.stage.github, &world.stage.place);
    let all = github
        .faults()
        .struck()
        .into_iter()
        .chain(place.faults().struck());
    all.filter(|(_, one)| one.struck > 0)
        .map(|(name, one)| (name, one.struck))
        .collect()
}

/// How often GitHub told that a job began; repeats have the same GUID.
fn begun(world: &World, job: JobId) -> usize {
    let deliveries = world.stage.github.deliveries();
    let begun = deliveries
        .iter()
        .filter(|one| one.job_id == Some(job) && one.action.as_deref() == Some("in_progress"));
    begun.map(|one| &one.guid).collect::<BTreeSet<_>>().len()
}

fn fate(job: &Job, cancelled: &BTreeSet<JobId>) -> &'static str {
    let own_end = || {
        job.steps
            .iter()
            .any(|step| step.conclusion == Some(Conclusion::Failure))
    };
    match job.conclusion {
        Some(Conclusion::Success) => "served",
        Some(Conclusion::Cancelled) if cancelled.contains(&job.id) => "cancelled",
        Some(Conclusion::Failure) if own_end() => "served",
        Some(Conclusion::Failure | Conclusion::Cancelled) => "interrupted",
        other => panic!("job {} ended as {other:?}", job.id.0),
    }
}
