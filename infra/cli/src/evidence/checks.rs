//! The article's expected results, each against what was observed.

use super::job::JobEvidence;
use serde::Serialize;

/// One expected result.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Its name, the same in every command and in docs/unverified.md.
    pub id: &'static str,
    /// What was expected.
    pub expected: String,
    /// What was observed.
    pub observed: String,
    /// Whether that is what was expected.
    pub holds: bool,
    /// What to do where it is not, where the caller knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// The statuses of a task that ran, in their order.
const LIFE: [&str; 5] = [
    "PROVISIONING",
    "PENDING",
    "RUNNING",
    "DEPROVISIONING",
    "STOPPED",
];

/// How much of a task's life can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Every status that it went through, from the place's own records.
    Everything,
    /// What DescribeTasks said each time it was asked: statuses between two
    /// questions are not seen, and ECS keeps no record of them.
    Polled,
}

/// The expected results of the whole run. `step_output` is a text per job that
/// its steps write, where the caller knows it.
pub fn checks(
    jobs: &[JobEvidence],
    view: View,
    step_output: &dyn Fn(&JobEvidence) -> Option<String>,
) -> Vec<Check> {
    let mut checks = vec![
        each(jobs, "queued", "each job was shown as queued", |job| {
            (
                job.queued_at.is_some(),
                job.queued_at.map_or("never".to_owned(), |at| {
                    at.format("%H:%M:%S%.3f").to_string()
                }),
            )
        }),
        each(
            jobs,
            "delivered",
            "each webhook delivery was accepted",
            |job| {
                (
                    job.delivery_statuses.first() == Some(&202),
                    format!("{:?}", job.delivery_statuses),
                )
            },
        ),
        each(
            jobs,
            "rule",
            "the rule matched and started an execution",
            |job| {
                (
                    job.rule.is_some(),
                    job.rule.clone().unwrap_or_else(|| "no rule".to_owned()),
                )
            },
        ),
    ];
    checks.extend(same_time(jobs));
    checks.extend([
        each(
            jobs,
            "task-statuses",
            "each task went through its statuses in order",
            |job| match view {
                View::Everything => whole_life(job),
                View::Polled => polled_life(job),
            },
        ),
        each(
            jobs,
            "ran-in-container",
            "each job ran in its container",
            |job| {
                let started = job
                    .task_log
                    .iter()
                    .any(|line| line.contains("Running job: "));
                let ended = job
                    .task_log
                    .iter()
                    .find_map(|line| line.split("completed with result: ").nth(1));
                let matches = matches!(
                    (ended, job.conclusion.as_deref()),
                    (Some("Succeeded"), Some("success"))
                        | (Some("Failed"), Some("failure"))
                        | (Some("Canceled" | "Cancelled"), Some("cancelled"))
                );
                (
                    started && matches,
                    format!("result {}", ended.unwrap_or("not in the log")),
                )
            },
        ),
        each(
            jobs,
            "output-at-github",
            "the steps' output is in GitHub's log, not in the container's",
            |job| {
                let wanted = step_output(job);
                let (at_github, in_container) = match &wanted {
                    Some(text) => (
                        job.job_log.contains(text),
                        job.task_log.iter().any(|line| line.contains(text)),
                    ),
                    None => (!job.job_log.trim().is_empty(), false),
                };
                (
                    at_github && !in_container,
                    wanted.unwrap_or_else(|| format!("{} lines", job.job_log.lines().count())),
                )
            },
        ),
        each(
            jobs,
            "runner-removed",
            "each runner removed itself from GitHub",
            |job| {
                (
                    job.runner_removed,
                    job.runner_name
                        .clone()
                        .unwrap_or_else(|| "no runner".to_owned()),
                )
            },
        ),
        each(
            jobs,
            "container-stopped",
            "each container stopped by itself",
            |job| {
                (
                    job.exit_code == Some(0)
                        && job
                            .task_statuses
                            .last()
                            .is_some_and(|last| last == "STOPPED"),
                    job.exit_code
                        .map_or("no exit code".to_owned(), |code| format!("exit {code}")),
                )
            },
        ),
        each(
            jobs,
            "served",
            "each execution ended with the job served",
            |job| {
                (
                    matches!(job.outcome.as_deref(), Some("served" | "served_elsewhere"))
                        && job.execution_status.as_deref() == Some("SUCCEEDED"),
                    match &job.error {
                        Some((error, _)) => error.clone(),
                        None => job
                            .outcome
                            .clone()
                            .unwrap_or_else(|| "no outcome".to_owned()),
                    },
                )
            },
        ),
        each(
            jobs,
            "handed-over",
            "hand-over item and claim are gone",
            |job| {
                (
                    job.handover_consumed && job.claim_released,
                    match (job.handover_consumed, job.claim_released) {
                        (true, true) => "both gone",
                        (false, _) => "hand-over item not consumed",
                        (true, false) => "claim still there",
                    }
                    .to_owned(),
                )
            },
        ),
    ]);
    checks
}

/// Every status of a task that ran, in order.
fn whole_life(job: &JobEvidence) -> (bool, String) {
    let expected = LIFE
        .iter()
        .filter(|status| job.task_statuses.iter().any(|seen| seen == *status));
    (
        expected.count() == LIFE.len() && in_order(&job.task_statuses),
        job.task_statuses.join(" → "),
    )
}

/// Required are the end, the order of what was seen, and that ECS says the task
/// had started. A status that went by between two questions is only told.
fn polled_life(job: &JobEvidence) -> (bool, String) {
    let stopped = job
        .task_statuses
        .last()
        .is_some_and(|last| last == "STOPPED");
    let started = job.task_started_at.is_some();
    let missed: Vec<&str> = LIFE
        .iter()
        .filter(|status| job.task_statuses.iter().all(|seen| seen != *status))
        .copied()
        .collect();
    let mut observed = job.task_statuses.join(" → ");
    if observed.is_empty() {
        observed.push_str("no task");
    } else if !missed.is_empty() {
        observed.push_str(&format!(
            " (not required, not seen between polls: {})",
            missed.join(", ")
        ));
    }
    if stopped && !started {
        observed.push_str(", never started");
    }
    (stopped && started && in_order(&job.task_statuses), observed)
}

/// A check that holds when it holds for every job; shows them all.
pub(crate) fn each(
    jobs: &[JobEvidence],
    id: &'static str,
    expected: &str,
    look: impl Fn(&JobEvidence) -> (bool, String),
) -> Check {
    let looks: Vec<(bool, String)> = jobs.iter().map(look).collect();
    let mut seen: Vec<&str> = Vec::new();
    for (_, text) in &looks {
        if !seen.contains(&text.as_str()) {
            seen.push(text);
        }
    }
    Check {
        id,
        expected: expected.to_owned(),
        advice: None,
        observed: seen.join("; "),
        holds: !looks.is_empty() && looks.iter().all(|(holds, _)| *holds),
    }
}

/// Whether some moment lay within the executions of all jobs that were queued
/// before the first one ended; nothing where that is a single job.
fn same_time(jobs: &[JobEvidence]) -> Option<Check> {
    let first_stop = jobs.iter().filter_map(|job| job.execution_times?.1).min()?;
    let starts: Vec<_> = jobs
        .iter()
        .filter(|job| job.queued_at.is_some_and(|at| at < first_stop))
        .map(|job| job.execution_times.map(|(start, _)| start))
        .collect();
    if starts.len() < 2 {
        return None;
    }
    let last_start = starts.iter().max().copied().flatten();
    let together = match last_start {
        Some(start) if starts.iter().all(Option::is_some) => {
            (first_stop - start).num_milliseconds()
        }
        _ => 0,
    };
    Some(Check {
        id: "same-time",
        advice: None,
        expected: "the executions ran at the same time".to_owned(),
        observed: format!("{} executions, {together} ms together", starts.len()),
        holds: together > 0,
    })
}

/// Whether the statuses stand in the order of a task's life, none twice.
fn in_order(statuses: &[String]) -> bool {
    const ALL: [&str; 8] = [
        "PROVISIONING",
        "PENDING",
        "ACTIVATING",
        "RUNNING",
        "DEACTIVATING",
        "STOPPING",
        "DEPROVISIONING",
        "STOPPED",
    ];
    let places: Vec<Option<usize>> = statuses
        .iter()
        .map(|status| ALL.iter().position(|known| known == status))
        .collect();
    places.iter().all(Option::is_some) && places.windows(2).all(|pair| pair[0] < pair[1])
}
