//! The demo's result: for people as a table with the task logs in short, for
//! programs as JSON.

use crate::evidence::{Check, JobEvidence};
use anyhow::Result;
use serde_json::{Value, json};
use std::time::Duration;

/// How many lines of a task's log are shown at most.
const LOG_LINES: usize = 20;

/// Prints everything for people.
pub(super) fn text(jobs: &[JobEvidence], checks: &[Check], held: bool, took: Duration) {
    for job in jobs {
        println!(
            "\nTask log of {} ({})",
            job.name,
            short(job.task_arn.as_deref())
        );
        for line in job.task_log.iter().take(LOG_LINES) {
            println!("  {line}");
        }
        if job.task_log.len() > LOG_LINES {
            println!("  … {} lines more", job.task_log.len() - LOG_LINES);
        }
        if let Some((error, cause)) = &job.error {
            println!("  The execution ended with {error}: {}", message(cause));
        }
    }
    let width = checks
        .iter()
        .map(|check| check.expected.chars().count())
        .max()
        .unwrap_or(0);
    println!("\nExpected and observed");
    for check in checks {
        let mark = if check.holds { "ok" } else { "MISSING" };
        println!("  {mark:<8}{:<width$}  {}", check.expected, check.observed);
    }
    let holding = checks.iter().filter(|check| check.holds).count();
    println!(
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
}

/// Prints everything for programs.
pub(super) fn json(
    jobs: &[JobEvidence],
    checks: &[Check],
    held: bool,
    took: Duration,
) -> Result<()> {
    let result = json!({
        "held": held,
        "seconds": took.as_secs_f64(),
        "jobs": jobs,
        "checks": checks,
    });
    println!("{}", serde_json::to_string_pretty(&result)?);
    Ok(())
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
