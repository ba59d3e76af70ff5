//! One job's evidence, put together from GitHub, the bus, Step Functions, ECS,
//! the logs and the tables.

use super::execution::{self, Execution, RunResult};
use crate::clients::Clients;
use crate::fleet::{FAMILY, Fleet};
use crate::names::{DEFAULT_FLEET, Names};
use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use github_emulator::{Emulator, Job, JobStatus};
use local::Place;
use serde::Serialize;

/// Everything that was seen of one job.
#[derive(Debug, Clone, Serialize)]
pub struct JobEvidence {
    /// GitHub's id of the job.
    pub job_id: u64,
    /// Its name, as GitHub shows it.
    pub name: String,
    /// Its `runs-on`.
    pub labels: Vec<String>,
    /// When GitHub showed it as queued.
    pub queued_at: Option<DateTime<Utc>>,
    /// The statuses that its `queued` deliveries were answered with.
    pub delivery_statuses: Vec<u16>,
    /// The rule that matched its event.
    pub rule: Option<String>,
    /// The execution that answers for it.
    pub execution_arn: Option<String>,
    /// That execution's status.
    pub execution_status: Option<String>,
    /// The outcome that it ended with.
    pub outcome: Option<String>,
    /// The error that it ended with, and its cause.
    pub error: Option<(String, String)>,
    /// When it was started and when it ended.
    pub execution_times: Option<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// The states that it entered, in order.
    pub states: Vec<String>,
    /// GitHub's id of its runner.
    pub runner_id: Option<u64>,
    /// Its runner's name.
    pub runner_name: Option<String>,
    /// The runner that ran the job, as GitHub says: it may have given our job
    /// another runner of the same labels.
    pub ran_on: Option<String>,
    /// The task that the runner was in.
    pub task_arn: Option<String>,
    /// The statuses that the task went through, in order.
    pub task_statuses: Vec<String>,
    /// When ECS says that the task had started.
    pub task_started_at: Option<DateTime<Utc>>,
    /// The task's CPU units and MiB, as ECS says.
    pub task_size: Option<(String, String)>,
    /// What RunRunner gave back.
    pub run_result: Option<RunResult>,
    /// The container's exit code.
    pub exit_code: Option<i32>,
    /// How GitHub says the job ended.
    pub conclusion: Option<String>,
    /// GitHub knows no runner of that name any more.
    pub runner_removed: bool,
    /// The claim is gone.
    pub claim_released: bool,
    /// The hand-over items of all its mints are gone.
    pub handover_consumed: bool,
    /// The log of the task that ran the job.
    #[serde(skip)]
    pub task_log: Vec<String>,
    /// The job's log at GitHub.
    #[serde(skip)]
    pub job_log: String,
}

/// Gathers the evidence of every job that asks for a runner, in GitHub's order.
///
/// # Errors
/// A call to the place failed.
pub async fn gather(
    place: &Place,
    github: &Emulator,
    clients: &Clients,
    fleet: &Fleet,
) -> Result<Vec<JobEvidence>> {
    let executions = execution::all(&clients.executions, &fleet.state_machine).await?;
    let mut all = Vec::new();
    for job in github.jobs() {
        let ours: Vec<&Execution> = executions
            .iter()
            .filter(|execution| execution.job_id == job.id.0)
            .collect();
        // Of several, the one that minted answered for the job.
        let execution = ours
            .iter()
            .find(|execution| execution.runner_name.is_some())
            .or(ours.last())
            .copied();
        let mut evidence = one(place, github, clients, &job, execution).await?;
        evidence.task_log = executions
            .iter()
            .find(|execution| {
                execution.runner_name.is_some() && execution.runner_name == evidence.ran_on
            })
            .and_then(|execution| execution.tasks.last())
            .map(|task| task_log(place, task))
            .unwrap_or_default();
        all.push(evidence);
    }
    Ok(all)
}

async fn one(
    place: &Place,
    github: &Emulator,
    clients: &Clients,
    job: &Job,
    execution: Option<&Execution>,
) -> Result<JobEvidence> {
    let task = execution.and_then(|execution| execution.tasks.last());
    let runner_name = execution.and_then(|execution| execution.runner_name.as_ref());
    let delivery_statuses = github
        .deliveries()
        .iter()
        .filter(|delivery| delivery.job_id == Some(job.id))
        .filter(|delivery| delivery.action.as_deref() == Some("queued"))
        .map(|delivery| delivery.status_code)
        .collect();
    let seen = SeenJob {
        job_id: job.id.0,
        run_attempt: job.run_attempt,
        name: job.name.clone(),
        labels: job.labels.clone(),
        queued_at: job
            .transitions
            .iter()
            .find(|transition| transition.status == JobStatus::Queued)
            .map(|transition| transition.at),
        delivery_statuses,
        rule: execution.and_then(|execution| rule(place, &execution.arn)),
        runner_removed: runner_name
            .is_some_and(|name| github.runners().iter().all(|runner| runner.name != *name)),
        task_statuses: task
            .map(|task| {
                place
                    .ecs()
                    .statuses(task)
                    .into_iter()
                    .map(|(status, _)| status)
                    .collect()
            })
            .unwrap_or_default(),
        conclusion: job
            .conclusion
            .map(|conclusion| conclusion.name().to_owned()),
        ran_on: job.runner.as_ref().map(|runner| runner.name.clone()),
        task_log: Vec::new(),
        job_log: github.job_log(job.id).unwrap_or_default(),
    };
    put_together(clients, &Names::new(DEFAULT_FLEET), seen, execution).await
}

/// What is seen of a job from elsewhere than AWS's APIs, which differs between
/// the demo (records of the emulators) and a deployment (GitHub's API, polls).
#[derive(Debug, Clone)]
pub(crate) struct SeenJob {
    pub(crate) job_id: u64,
    pub(crate) run_attempt: u32,
    pub(crate) name: String,
    pub(crate) labels: Vec<String>,
    pub(crate) queued_at: Option<DateTime<Utc>>,
    pub(crate) delivery_statuses: Vec<u16>,
    pub(crate) rule: Option<String>,
    pub(crate) runner_removed: bool,
    pub(crate) task_statuses: Vec<String>,
    pub(crate) conclusion: Option<String>,
    pub(crate) ran_on: Option<String>,
    pub(crate) task_log: Vec<String>,
    pub(crate) job_log: String,
}

/// Joins what was seen with the execution, its task and the two tables, as
/// AWS's APIs show them.
pub(crate) async fn put_together(
    clients: &Clients,
    names: &Names,
    seen: SeenJob,
    execution: Option<&Execution>,
) -> Result<JobEvidence> {
    let task = execution.and_then(|execution| execution.tasks.last());
    let facts = match task {
        Some(task) => task_facts(&clients.tasks, names.fleet(), task).await?,
        None => TaskFacts::default(),
    };
    let claim = format!("job#{}#{}", seen.job_id, seen.run_attempt);
    Ok(JobEvidence {
        job_id: seen.job_id,
        name: seen.name,
        labels: seen.labels,
        queued_at: seen.queued_at,
        delivery_statuses: seen.delivery_statuses,
        rule: seen.rule,
        execution_arn: execution.map(|execution| execution.arn.clone()),
        execution_status: execution.map(|execution| execution.status.clone()),
        outcome: execution.and_then(|execution| execution.outcome.clone()),
        error: execution.and_then(|execution| {
            Some((
                execution.error.clone()?,
                execution.cause.clone().unwrap_or_default(),
            ))
        }),
        execution_times: execution.map(|execution| (execution.started, execution.stopped)),
        states: execution
            .map(|execution| execution.states.clone())
            .unwrap_or_default(),
        run_result: execution.and_then(|execution| execution.run_result.clone()),
        runner_id: execution.and_then(|execution| execution.runner_id),
        runner_name: execution.and_then(|execution| execution.runner_name.clone()),
        runner_removed: seen.runner_removed,
        task_arn: task.cloned(),
        task_statuses: seen.task_statuses,
        task_started_at: facts.started_at,
        task_size: facts.size,
        exit_code: facts.exit_code,
        conclusion: seen.conclusion,
        claim_released: !exists(&clients.tables, &names.claims_table(), &claim).await?,
        handover_consumed: match execution {
            Some(execution) if !execution.handover_keys.is_empty() => {
                let mut consumed = true;
                for key in &execution.handover_keys {
                    consumed &= !exists(&clients.tables, &names.handover_table(), key).await?;
                }
                consumed
            }
            _ => false,
        },
        ran_on: seen.ran_on,
        task_log: seen.task_log,
        job_log: seen.job_log,
    })
}

/// The rule whose delivery started an execution.
fn rule(place: &Place, execution: &str) -> Option<String> {
    place
        .events()
        .deliveries()
        .into_iter()
        .find(|delivery| {
            matches!(
                &delivery.outcome,
                local::events::Outcome::ExecutionStarted { execution_arn } if execution_arn == execution
            )
        })
        .map(|delivery| delivery.rule)
}

/// A task as DescribeTasks has it, after its end for an hour at least.
#[derive(Debug, Default)]
struct TaskFacts {
    exit_code: Option<i32>,
    started_at: Option<DateTime<Utc>>,
    /// CPU units and MiB.
    size: Option<(String, String)>,
}

async fn task_facts(client: &aws_sdk_ecs::Client, cluster: &str, task: &str) -> Result<TaskFacts> {
    let described = client
        .describe_tasks()
        .cluster(cluster)
        .tasks(task)
        .send()
        .await
        .context("DescribeTasks failed")?;
    let Some(task) = described.tasks().first() else {
        return Ok(TaskFacts::default());
    };
    Ok(TaskFacts {
        exit_code: task
            .containers()
            .first()
            .and_then(aws_sdk_ecs::types::Container::exit_code),
        started_at: task
            .started_at()
            .and_then(|at| DateTime::from_timestamp(at.secs(), at.subsec_nanos())),
        size: task
            .cpu()
            .zip(task.memory())
            .map(|(cpu, memory)| (cpu.to_owned(), memory.to_owned())),
    })
}

/// The lines of a task's log.
fn task_log(place: &Place, task: &str) -> Vec<String> {
    let id = task.rsplit('/').next().unwrap_or_default();
    place
        .logs()
        .lines(&format!("/ecs/{FAMILY}"), &format!("runner/runner/{id}"))
        .into_iter()
        .map(|(_, line)| line)
        .collect()
}

async fn exists(client: &aws_sdk_dynamodb::Client, table: &str, key: &str) -> Result<bool> {
    let answer = client
        .get_item()
        .table_name(table)
        .key("pk", AttributeValue::S(key.to_owned()))
        .consistent_read(true)
        .send()
        .await
        .context("GetItem failed")?;
    Ok(answer.item.is_some())
}
