//! The log lines that figures are computed from; their fields change by
//! addition only.
//!
//! `release`, for every call: `repository`, `job_id`, `run_attempt`,
//! `conclusion`, `runner_id` and `runner_name` as GitHub's event has them,
//! `outcome`, `tasks` (how many were asked to stop).
//!
//! `runner swapped`, where another runner of ours had the job: the job
//! (`job_id`, `run_attempt`), the runner (`runner_id`, `runner_name`), the job
//! that it was minted for (`runner_job_id`, `runner_run_attempt`), and both
//! sizes as their claims have them (`job_size`, `runner_size`; empty where the
//! claim is gone). `sizes` is `same`, `differ` or `unknown`.

use aws::claims::Claim;
use domain::event::Trimmed;
use domain::steps::ReleaseOutput;

use crate::ReleaseError;
use crate::decide::Other;

/// One call.
pub(crate) fn call(event: &Trimmed, answer: &Result<ReleaseOutput, ReleaseError>) {
    let job = &event.workflow_job;
    match answer {
        Ok(output) => tracing::info!(
            repository = event.repository.full_name,
            job_id = job.id.0,
            run_attempt = job.run_attempt,
            conclusion = job.conclusion,
            runner_id = job.runner_id.map(|id| id.0),
            runner_name = job.runner_name,
            outcome = output.outcome.as_str(),
            tasks = output.tasks.len(),
            "release"
        ),
        Err(error) => tracing::warn!(job_id = job.id.0, error = %error, "release failed"),
    }
}

/// A runner that had another job than its own.
pub(crate) fn swapped(event: &Trimmed, other: &Other, own: Option<&Claim>, theirs: Option<&Claim>) {
    let job = &event.workflow_job;
    let size = |claim: Option<&Claim>| claim.and_then(|c| c.task_size.clone()).unwrap_or_default();
    let (job_size, runner_size) = (size(own), size(theirs));
    tracing::info!(
        repository = event.repository.full_name,
        job_id = job.id.0,
        run_attempt = job.run_attempt,
        runner_id = other.runner_id.0,
        runner_name = other.runner_name,
        runner_job_id = other.job_id.0,
        runner_run_attempt = other.run_attempt,
        job_size,
        runner_size,
        sizes = compare(&job_size, &runner_size),
        "runner swapped"
    );
}

fn compare(job: &str, runner: &str) -> &'static str {
    if job.is_empty() || runner.is_empty() {
        "unknown"
    } else if job == runner {
        "same"
    } else {
        "differ"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_differ_only_where_both_are_known() {
        assert_eq!(compare("", "256/512/20/X86_64"), "unknown");
        assert_eq!(compare("256/512/20/X86_64", ""), "unknown");
        assert_eq!(compare("256/512/20/ARM64", "256/512/20/X86_64"), "differ");
        assert_eq!(compare("256/512/20/ARM64", "256/512/20/ARM64"), "same");
    }
}
