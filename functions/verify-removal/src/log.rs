//! The log lines that figures, alarms and prices are computed from. Their
//! messages and fields are an interface: metric filters and queries name them,
//! so they change by addition only.
//!
//! `attempt ended`, once for each attempt that is judged (a call that is repeated
//! after a lost answer may say it again): `repository`, `job_id`, `run_id`,
//! `run_attempt`, `execution_arn`, `outcome`, `job_status`, `job_conclusion`,
//! `task_arn` (empty: no task), `exit_code` (text), the figures of
//! [`domain::steps::Usage`] (`cpu`, `memory_mib`, `storage_gib`, `architecture`,
//! `capacity`, `billed_seconds`, `github_calls`) and `queue_to_start_seconds`, which is absent
//! unless the job ran on its runner.
//!
//! `job interrupted`, beside it where the job's host took it down: `reason` is
//! `spot`, `out_of_memory`, `host_lost` or `task_lost`.
//!
//! `verify-removal`, for every call: what it found and did.

use domain::steps::{Outcome, VerifyRemovalInput, VerifyRemovalOutput};
use github::calls;

use crate::VerifyError;
use crate::interruption::Interruption;

/// One call.
pub(crate) fn call(input: &VerifyRemovalInput, answer: &Result<VerifyRemovalOutput, VerifyError>) {
    let (job_id, claim) = (input.job.id.0, input.claim.pk.as_str());
    match answer {
        Ok(output) => tracing::info!(
            job_id,
            claim,
            outcome = output.outcome.as_str(),
            seconds = output.seconds,
            job_status = output.job_status,
            job_conclusion = output.job_conclusion,
            runner_removed = output.runner_removed,
            task_arn = output.task_arn,
            exit_code = output.exit_code,
            queued_seconds = output.queued_seconds,
            github_calls = calls::made(),
            "verify-removal"
        ),
        Err(error) => tracing::warn!(
            job_id,
            claim,
            github_calls = calls::made(),
            error = %error,
            "verify-removal failed"
        ),
    }
}

/// The end of an attempt; nothing while it is still looked at.
pub(crate) fn end(
    input: &VerifyRemovalInput,
    output: &VerifyRemovalOutput,
    interruption: Option<Interruption>,
) {
    if !output.outcome.ends() {
        return;
    }
    let (job, usage) = (&input.job, &output.usage);
    tracing::info!(
        repository = job.repository,
        job_id = job.id.0,
        run_id = job.run_id.0,
        run_attempt = job.run_attempt,
        execution_arn = input.execution_arn,
        outcome = output.outcome.as_str(),
        job_status = output.job_status,
        job_conclusion = output.job_conclusion,
        task_arn = output.task_arn,
        exit_code = output.exit_code,
        cpu = usage.cpu,
        memory_mib = usage.memory_mib,
        storage_gib = usage.storage_gib,
        architecture = usage.architecture,
        capacity = usage.capacity,
        billed_seconds = usage.billed_seconds,
        github_calls = usage.github_calls,
        queue_to_start_seconds = output.queue_to_start_seconds,
        "attempt ended"
    );
    if output.outcome == Outcome::Interrupted {
        tracing::warn!(
            repository = job.repository,
            job_id = job.id.0,
            run_id = job.run_id.0,
            run_attempt = job.run_attempt,
            task_arn = output.task_arn,
            reason = interruption.unwrap_or(Interruption::TaskLost).as_str(),
            exit_code = output.exit_code,
            cpu = usage.cpu,
            memory_mib = usage.memory_mib,
            capacity = usage.capacity,
            "job interrupted"
        );
    }
}
