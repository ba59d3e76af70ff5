//! Removes the runner of a job that has ended without it.
//!
//! GitHub tells of a job's end (`workflow_job`, action `completed`). Where the
//! job never came to its runner (it was cancelled, or somebody else's runner
//! had it), that runner would wait until its idle limit: it is removed by "take
//! before stop" ([`removal`]), so that a job at work is never ended here. What
//! happens is written into the claim first: a mint that is under way sees it
//! and takes its runner back.
//!
//! Events come late, twice and out of order: each call looks at the claim as it
//! is now, and everything it does is done once. The execution itself finds its
//! runner gone, asks GitHub about the job, and ends.

mod decide;
mod errors;
mod log;
mod remove;

use aws::claims::{Claim, ClaimError};
use domain::claim;
use domain::event::Trimmed;
use domain::steps::{ReleaseInput, ReleaseOutcome, ReleaseOutput};

use decide::{Action, decide};
pub use errors::ReleaseError;
pub use removal::Clients as State;

/// The action that this function is for.
const COMPLETED: &str = "completed";
/// How often a claim may change between being read and being written.
const LOOKS: usize = 4;

/// Serves Lambda's runtime API until the process ends.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_env().await, handle).await
}

/// One event. It may come again and again.
pub async fn handle(input: ReleaseInput, state: &State) -> Result<ReleaseOutput, ReleaseError> {
    let event = &input.detail;
    let answer = if event.action == COMPLETED {
        note(event, state).await;
        release(event, state).await
    } else {
        Ok(ReleaseOutput::new(ReleaseOutcome::NotEnded))
    };
    log::call(event, &answer);
    answer
}

async fn release(event: &Trimmed, state: &State) -> Result<ReleaseOutput, ReleaseError> {
    let job = &event.workflow_job;
    let pk = claim::key(job.id, job.run_attempt);
    for _ in 0..LOOKS {
        let found = state.claims().read(&pk).await?;
        let action = decide(job, found.as_ref(), &state.settings().name_prefix);
        let (Action::Tell | Action::Remove, Some(found)) = (&action, &found) else {
            let outcome = left_alone(event, state, &action, found.as_ref()).await?;
            return Ok(ReleaseOutput::new(outcome));
        };
        // Whoever is minting for this claim learns of it by this write.
        let told = match state
            .claims()
            .release(&pk, found, state.clock().epoch_seconds())
            .await
        {
            Ok(told) => told,
            Err(ClaimError::Lost | ClaimError::Released) => continue,
            Err(ClaimError::Store(error)) => return Err(error.into()),
        };
        return match action {
            Action::Remove => remove::remove(event, state, &pk, &told).await,
            _ => Ok(ReleaseOutput::new(ReleaseOutcome::NoRunner)),
        };
    }
    Err(ReleaseError::Restless)
}

/// Nothing is removed; a swap is made visible.
async fn left_alone(
    event: &Trimmed,
    state: &State,
    action: &Action,
    own: Option<&Claim>,
) -> Result<ReleaseOutcome, ReleaseError> {
    Ok(match action {
        Action::LeaveOwn => ReleaseOutcome::OwnRunner,
        Action::LeaveSwapped(other) => {
            let pk = claim::key(other.job_id, other.run_attempt);
            let theirs = state.claims().read(&pk).await?;
            log::swapped(event, other, own, theirs.as_ref());
            ReleaseOutcome::Swapped
        }
        Action::NoClaim | Action::Tell | Action::Remove => ReleaseOutcome::NoClaim,
    })
}

/// A note that failed costs a look at one repository, not a runner.
async fn note(event: &Trimmed, state: &State) {
    let repository = &event.repository.full_name;
    let now = state.clock().epoch_seconds();
    if let Err(error) = state.repositories().note(repository, now).await {
        tracing::warn!(repository, error = %error, "repository not noted");
    }
}
