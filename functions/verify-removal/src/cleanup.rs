//! Take before stop: the hand-over item, then the registration, then the task.

use aws::claims::Claim;
use aws::handover::Taken;
use domain::steps::VerifyRemovalInput;
use github::{Deleted, Scope};

use crate::errors::VerifyError;
use crate::facts::RunnerState;
use crate::state::State;

/// What the clean-up found and did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cleaned {
    pub(crate) handover: Taken,
    pub(crate) runner: RunnerState,
}

/// Cleans up under a claim of ours. `alive`: tasks that have not stopped.
pub(crate) async fn run(
    input: &VerifyRemovalInput,
    state: &State,
    claim: &Claim,
    alive: &[String],
) -> Result<Cleaned, VerifyError> {
    let handover = match &claim.handover_key {
        Some(key) => state.handover().discard(key).await?,
        None => Taken::Lost,
    };
    let known = registration(input, state, claim).await?;
    // Won: the container cannot start any more. Deleted: no job can come to
    // it. Anything else may be a job at work.
    if handover == Taken::Won || known == Some(RunnerState::Gone) {
        for arn in alive {
            state
                .tasks()
                .stop(arn, "Its runner was removed before a job came")
                .await?;
            tracing::info!(
                job_id = input.job.id.0,
                task_arn = arn,
                "task asked to stop"
            );
        }
    }
    Ok(Cleaned {
        handover,
        runner: known.unwrap_or(RunnerState::Gone),
    })
}

/// Deletes the registration by id, or by the exact name of a mint that was
/// never confirmed. `None` where the claim names no runner.
async fn registration(
    input: &VerifyRemovalInput,
    state: &State,
    claim: &Claim,
) -> Result<Option<RunnerState>, VerifyError> {
    let scope: Scope = state.settings().scope(&input.job);
    let id = match (claim.runner_id, &claim.runner_name, &claim.handover_key) {
        (Some(id), _, _) => id,
        (None, Some(name), Some(_)) => match state.github().runner_named(&scope, name).await? {
            Some(runner) => runner.id,
            None => return Ok(Some(RunnerState::Gone)),
        },
        _ => return Ok(None),
    };
    Ok(Some(
        match state.github().delete_runner(&scope, id).await? {
            Deleted::Now | Deleted::Before => RunnerState::Gone,
            Deleted::Busy => RunnerState::Busy,
        },
    ))
}
