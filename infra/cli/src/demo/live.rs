//! What happens, while it happens: one line for each change of a job.
//!
//! Lines go to standard error, so that standard output holds the result alone.

use crate::evidence::{self, Execution};
use crate::stage::Stage;
use anyhow::Result;
use github_emulator::{Job, JobStatus};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How often all sides are looked at.
const PERIOD: Duration = Duration::from_millis(50);

/// Prints lines with the time since the start.
pub(super) struct Live {
    began: Instant,
}

impl Live {
    pub(super) fn new(began: Instant) -> Self {
        Self { began }
    }

    /// One line.
    pub(super) fn say(&self, line: &str) {
        eprintln!("{:>7.2}s  {line}", self.began.elapsed().as_secs_f64());
    }
}

/// Watches until every job is over or its execution has ended without it;
/// false when `timeout` came first.
pub(super) async fn watch(stage: &Stage, live: &Live, timeout: Duration) -> Result<bool> {
    let began = Instant::now();
    let mut shown: BTreeMap<u64, String> = BTreeMap::new();
    loop {
        let executions =
            evidence::executions(&stage.clients.executions, &stage.fleet.state_machine).await?;
        let jobs = stage.github.jobs();
        let mut open = executions
            .iter()
            .any(|execution| execution.status == "RUNNING");
        for job in &jobs {
            let execution = executions
                .iter()
                .rev()
                .find(|execution| execution.job_id == job.id.0);
            let line = line(stage, job, execution);
            if shown.get(&job.id.0) != Some(&line) {
                live.say(&line);
                shown.insert(job.id.0, line);
            }
            let given_up = execution.is_some_and(|execution| execution.status != "RUNNING");
            open |= job.status != JobStatus::Completed && !given_up;
        }
        if !open {
            return Ok(true);
        }
        if began.elapsed() > timeout {
            return Ok(false);
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// A job in one line: labels, execution, state, runner, task status, result.
fn line(stage: &Stage, job: &Job, execution: Option<&Execution>) -> String {
    let mut line = format!(
        "{} [{}]  {}",
        job.name,
        job.labels.join(", "),
        job.status.name()
    );
    let Some(execution) = execution else {
        return line;
    };
    let id = execution.arn.rsplit(':').next().unwrap_or_default();
    let short: String = id.chars().take(8).collect();
    let state = execution.states.last().map_or("", String::as_str);
    line.push_str(&format!("  execution {short} {state}"));
    if let Some(runner) = &execution.runner_name {
        line.push_str(&format!("  runner {runner}"));
    }
    if let Some(task) = execution.tasks.last()
        && let Some((status, _)) = stage.place.ecs().statuses(task).last()
    {
        line.push_str(&format!("  task {status}"));
    }
    if let Some(conclusion) = job.conclusion {
        line.push_str(&format!("  {}", conclusion.name()));
    }
    if let Some(error) = &execution.error {
        line.push_str(&format!("  {error}"));
    }
    line
}
