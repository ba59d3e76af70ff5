//! The result of demo and smoke: for people as a table with the task logs in short, for
//! programs as JSON.

use super::{Check, JobEvidence};
use anyhow::Result;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// How many lines of a task's log are shown at most.
const LOG_LINES: usize = 20;

/// Everything for people.
pub(crate) fn text(jobs: &[JobEvidence], checks: &[Check], held: bool, took: Duration) -> String {
    let mut text = String::new();
    for job in jobs {
        log(&mut text, job);
    }
    let width = checks
        .iter()
        .map(|check| check.expected.chars().count())
        .max()
        .unwrap_or(0);
    text.push_str("\nExpected and observed\n");
    for check in checks {
        let mark = if check.holds { "ok" } else { "MISSING" };
        let _ = writeln!(
            text,
            "  {mark:<8}{:<width$}  {}",
            check.expected, check.observed
        );
        if let Some(advice) = &check.advice {
            let _ = writeln!(text, "          → {advice}");
        }
    }
    let holding = checks.iter().filter(|check| check.holds).count();
    let _ = writeln!(
        text,
        "\n{} jobs, {holding} of {} expected results observed, {:.1} s: {}",
        jobs.len(),
        checks.len(),
        took.as_secs_f64(),
        if held {
            "everything held"
        } else {
            "not everything held"
        }
    );
    text
}

/// A task's log in short, and the error that the execution ended with.
fn log(text: &mut String, job: &JobEvidence) {
    let task = short(job.task_arn.as_deref());
    let _ = writeln!(text, "\nTask log of {} ({task})", job.name);
    let lines: Vec<&String> = job
        .task_log
        .iter()
        .filter(|line| !line.trim().is_empty())
        .collect();
    for line in lines.iter().take(LOG_LINES) {
        let _ = writeln!(text, "  {line}");
    }
    if lines.len() > LOG_LINES {
        let _ = writeln!(text, "  … {} lines more", lines.len() - LOG_LINES);
    }
    if let Some((error, cause)) = &job.error {
        let _ = writeln!(
            text,
            "  The execution ended with {error}: {}",
            message(cause)
        );
    }
}

/// Everything for programs.
pub(crate) fn json(
    jobs: &[JobEvidence],
    checks: &[Check],
    held: bool,
    took: Duration,
) -> Result<String> {
    let result = json!({
        "held": held,
        "seconds": took.as_secs_f64(),
        "jobs": jobs,
        "checks": checks,
    });
    Ok(serde_json::to_string_pretty(&result)? + "\n")
}

fn short(arn: Option<&str>) -> &str {
    arn.and_then(|arn| arn.rsplit('/').next())
        .unwrap_or("no task")
}

/// The sentence inside an error document, or the text as it is.
fn message(cause: &str) -> String {
    serde_json::from_str::<Value>(cause)
        .ok()
        .and_then(|document| Some(document["errorMessage"].as_str()?.to_owned()))
        .unwrap_or_else(|| cause.to_owned())
}
