//! The removal of a claim's runner.

use aws::claims::{Claim, ClaimError};
use domain::claim::ClaimState;
use domain::event::Trimmed;
use domain::names::state as names;
use domain::steps::{ClaimRef, ReleaseOutcome, ReleaseOutput};
use removal::{Registration, Runner, Taking};

use crate::{ReleaseError, State};

/// Take before stop. The tasks are looked for after the item is taken: one that
/// is submitted later finds no item and ends by itself.
pub(crate) async fn remove(
    event: &Trimmed,
    state: &State,
    pk: &str,
    claim: &Claim,
) -> Result<ReleaseOutput, ReleaseError> {
    let scope = state.settings().scope(&event.job());
    let runner = Runner::of_claim(claim, &scope);
    let taking = state
        .gate()
        .through(pk, removal::take(state, &runner))
        .await?;
    if !taking.may_stop() {
        return Ok(ReleaseOutput::new(ReleaseOutcome::Busy));
    }
    // A former runner's task is not this one's: the machine has been in Mint since.
    let tasks = removal::tasks_of_attempt(state, &claim.owner, Some(names::MINT)).await?;
    let reason = "Its job ended without it";
    taking.stop(state, &tasks.alive, reason).await?;
    if tasks.alive.is_empty() {
        forget(state, pk, claim, &taking).await?;
    }
    Ok(ReleaseOutput {
        tasks: tasks.alive,
        ..ReleaseOutput::new(ReleaseOutcome::Removed)
    })
}

/// An execution at work forgets its runner itself, in VerifyRemoval; one that
/// has failed would name a runner that is gone.
async fn forget(
    state: &State,
    pk: &str,
    claim: &Claim,
    taking: &Taking,
) -> Result<(), ReleaseError> {
    let over = claim.state != ClaimState::Active.as_str();
    let (true, Registration::Gone, Some(key)) = (over, taking.registration, &claim.handover_key)
    else {
        return Ok(());
    };
    let claim = ClaimRef {
        pk: pk.to_owned(),
        owner: claim.owner.clone(),
    };
    match state.claims().clear_runner(&claim, key).await {
        // Somebody took the job up again meanwhile, and looks for himself.
        Ok(()) | Err(ClaimError::Lost | ClaimError::Released) => Ok(()),
        Err(ClaimError::Store(error)) => Err(error.into()),
    }
}
