//! The stories, each on the one deployment; unhappy ones first.

mod commands;
mod jobs;
mod role;
mod secrets;
mod unhappy;

pub(crate) use commands::{
    doctor_finds_what_is_amiss_and_nothing_else, smoke_passes_with_a_synthetic_event,
};
pub(crate) use jobs::{a_duplicate_nudges_and_a_stopped_task_is_replaced, a_job_is_served};
pub(crate) use role::a_job_in_reach_of_its_role_can_do_nothing_with_it;
pub(crate) use secrets::no_secret_is_in_history_or_logs;
pub(crate) use unhappy::{a_forged_delivery_starts_nothing, a_job_beyond_fargate_fails_visibly};

use anyhow::{Context as _, Result};
use aws_emulator::{Deployed, until};
use github_emulator::JobId;
use jit_runners::evidence::Execution;
use jit_runners::stage::REPOSITORY;
use support::workflows;

/// Commits a workflow with one job; GitHub sends its event.
fn commit(deployed: &Deployed, label: &str) -> Result<JobId> {
    let workflow = workflows::jobs(&[label], "echo served");
    let run =
        deployed
            .github
            .commit_workflow(REPOSITORY, ".github/workflows/test.yml", &workflow)?;
    let job = deployed.github.jobs_of(run).into_iter().next();
    Ok(job.context("the run has a job")?.id)
}

/// Which of a job's executions.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    /// The one that answers for the job.
    Owner,
    /// The one that only nudges.
    Duplicate,
}

/// A job's execution, once there is one.
async fn of(deployed: &Deployed, job: JobId, who: Who) -> Result<Option<Execution>> {
    let all = deployed.executions().await?;
    Ok(all.into_iter().find(|execution| {
        let nudges = execution.states.iter().any(|state| state == "Nudge");
        execution.job_id == job.0 && nudges == (who == Who::Duplicate)
    }))
}

/// The owner of a job that a task was started for.
async fn owner(deployed: &Deployed, job: JobId) -> Result<Execution> {
    let owner = of(deployed, job, Who::Owner).await?;
    owner.context("an execution answers for the job")
}

/// Waits until the job's execution has ended.
async fn ended(deployed: &Deployed, job: JobId, who: Who) -> Result<Execution> {
    until(
        &format!("the {who:?} execution of job {job} ends"),
        || async {
            let execution = of(deployed, job, who).await?;
            Ok(execution.filter(|execution| execution.status != "RUNNING"))
        },
    )
    .await
}

/// Waits for a task that runs, other than `not`.
async fn task(deployed: &Deployed, not: Option<&str>) -> Result<String> {
    until("a task runs", || async {
        let tasks = deployed.running_tasks().await?;
        Ok(tasks.into_iter().find(|task| Some(task.as_str()) != not))
    })
    .await
}
