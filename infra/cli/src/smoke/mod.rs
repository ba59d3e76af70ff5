//! The seed's test plan against a deployment in the user's own account: a
//! throw-away workflow of two parallel jobs, watched from every side, or a
//! synthetic event that never starts a task. Both end with the evidence table.
//!
//! Nothing here is an emulator's: AWS by the SDKs, GitHub by its REST API.

mod advice;
mod deployment;
mod hub;
mod live;
mod synthetic;
mod throwaway;
mod watch;

pub use synthetic::{By, Synthetic};

use crate::evidence::{Check, JobEvidence, View, checks, each, report};
use crate::output;
use crate::signals::Signals;
use crate::target::Target;
use anyhow::{Result, anyhow};
use deployment::Deployment;
use hub::Hub;
use live::Live;
use secrecy::SecretString;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use throwaway::Throwaway;
use watch::Watch;

/// What both ways are asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// The deployment.
    pub target: Target,
    /// The label that the jobs ask for, beside `self-hosted`.
    pub label: String,
    /// Print the result as JSON on standard output.
    pub json: bool,
    /// When to give up.
    pub timeout: Duration,
    /// How often all sides are looked at.
    pub poll: Duration,
}

/// A throw-away workflow in a repository.
#[derive(Debug)]
pub struct Workflow {
    /// `owner/name`.
    pub repository: String,
    /// A person's token, which may push workflows there and delete runs.
    pub token: SecretString,
    /// Leave branch and run behind.
    pub keep: bool,
}

/// Runs the workflow; success only when everything held.
///
/// # Errors
/// The deployment, the repository or GitHub cannot be reached or used.
pub async fn workflow(options: &Options, workflow: &Workflow) -> Result<ExitCode> {
    let began = Instant::now();
    let mut signals = Signals::listen()?;
    let live = Live::new(began);
    let (deployment, hub) = tokio::select! {
        found = find(options, workflow) => found?,
        () = signals.asked_to_end() => return Err(stopped("nothing had been made")),
    };
    let throwaway = Throwaway::new(&workflow.repository, &options.label);
    let observed = tokio::select! {
        observed = observe(options, &deployment, &hub, &throwaway, &live) => observed,
        () = signals.asked_to_end() => Err(stopped("see above for what it took away again")),
    };
    let removed = if workflow.keep {
        live.say(&format!(
            "Kept: the branch {} and its run.",
            throwaway.branch()
        ));
        Ok(())
    } else {
        live.say(&format!(
            "Removing the branch {} and its run.",
            throwaway.branch()
        ));
        tokio::select! {
            removed = throwaway.remove(&hub) => removed,
            () = signals.asked_to_end() => Err(throwaway.left("asked to stop once more")),
        }
    };
    let (jobs, mut checks, ended) = match observed {
        Ok(observed) => observed,
        Err(error) => {
            if let Err(left) = removed {
                eprintln!("jit-runners: {left:#}");
            }
            return Err(error);
        }
    };
    checks.push(Check {
        id: "removed",
        expected: "branch, workflow file and run are removed".to_owned(),
        observed: match (&removed, workflow.keep) {
            (Ok(()), true) => "kept, as asked".to_owned(),
            (Ok(()), false) => "removed".to_owned(),
            (Err(error), _) => error.to_string(),
        },
        holds: removed.is_ok(),
        advice: None,
    });
    finish(options, &jobs, &mut checks, ended, began)
}

/// Sends a synthetic event; success only when everything held.
///
/// # Errors
/// The deployment or its function URL cannot be reached or used.
pub async fn synthetic(options: &Options, synthetic: &Synthetic) -> Result<ExitCode> {
    let began = Instant::now();
    let mut signals = Signals::listen()?;
    let live = Live::new(began);
    let observe = async {
        let deployment = Deployment::find(&options.target).await?;
        synthetic.observe(options, &deployment, &live).await
    };
    let mut checks = tokio::select! {
        checks = observe => checks?,
        () = signals.asked_to_end() => return Err(stopped("it leaves nothing behind")),
    };
    finish(options, &[], &mut checks, true, began)
}

async fn find(options: &Options, workflow: &Workflow) -> Result<(Deployment, Hub)> {
    let deployment = Deployment::find(&options.target).await?;
    let hub = Hub::connect(&deployment, &workflow.repository, &workflow.token).await?;
    Ok((deployment, hub))
}

type Observed = (Vec<JobEvidence>, Vec<Check>, bool);

async fn observe(
    options: &Options,
    deployment: &Deployment,
    hub: &Hub,
    throwaway: &Throwaway,
    live: &Live,
) -> Result<Observed> {
    live.say(&format!(
        "The fleet {} is in {}; its runners cost a few cents.",
        deployment.names.fleet(),
        deployment.region
    ));
    let mut watch = Watch::new(deployment, hub, throwaway);
    throwaway.push(hub).await?;
    live.say(&format!(
        "Pushed {} to the branch {} of {}.",
        throwaway.file(),
        throwaway.branch(),
        hub.repository()
    ));
    let ended = watch.until_over(options, live).await?;
    let jobs = watch
        .settled(options, &|jobs| all_checks(jobs, throwaway, options))
        .await?;
    let checks = all_checks(&jobs, throwaway, options);
    Ok((jobs, checks, ended))
}

/// The demo's checks, and what only a deployment can prove.
fn all_checks(jobs: &[JobEvidence], throwaway: &Throwaway, options: &Options) -> Vec<Check> {
    let mut all = checks(jobs, View::Polled, &|job| throwaway.step_output(&job.name));
    all.push(each(
        jobs,
        "states",
        "each execution went from Size to Done",
        |job| {
            let (first, last) = (job.states.first(), job.states.last());
            let whole = first.is_some_and(|state| state == "Size")
                && last.is_some_and(|state| state == "Done");
            (whole, job.states.join(" → "))
        },
    ));
    all.push(each(
        jobs,
        "task-result",
        "RunRunner's result is one task with its exit code",
        |job| {
            let Some(result) = &job.run_result else {
                return (false, "no result in the history".to_owned());
            };
            (
                result.task_arn == job.task_arn
                    && result.stop_code.is_some()
                    && result.exit_code == job.exit_code.map(i64::from),
                format!(
                    "{}, exit {}",
                    result.stop_code.as_deref().unwrap_or("no StopCode"),
                    result
                        .exit_code
                        .map_or("unknown".to_owned(), |code| code.to_string())
                ),
            )
        },
    ));
    if let Some(size) = throwaway::size_of(&options.label) {
        all.push(each(
            jobs,
            "task-size",
            "each task had the size that the label asks for",
            |job| {
                let Some((cpu, memory)) = &job.task_size else {
                    return (false, "no task".to_owned());
                };
                (
                    (cpu.parse(), memory.parse()) == (Ok(size.0), Ok(size.1)),
                    format!("{cpu} CPU units, {memory} MiB"),
                )
            },
        ));
    }
    all
}

/// Prints the result; success only where everything held.
fn finish(
    options: &Options,
    jobs: &[JobEvidence],
    checks: &mut [Check],
    ended: bool,
    began: Instant,
) -> Result<ExitCode> {
    for check in checks.iter_mut().filter(|check| !check.holds) {
        check.advice = advice::of(check.id).map(|advice| {
            format!(
                "{advice} (jit-runners doctor --fleet {} reads the deployment)",
                options.target.fleet
            )
        });
    }
    let held = ended && checks.iter().all(|check| check.holds);
    output::result(&if options.json {
        report::json(jobs, checks, held, began.elapsed())?
    } else {
        report::text(jobs, checks, held, began.elapsed())
    });
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn stopped(what: &str) -> anyhow::Error {
    anyhow!("stopped before the end; {what}")
}
