//! The end of a runner: classified, cleaned up and verified.
//!
//! Whoever wins the delete on the hand-over item owns the start of the
//! container ("take before stop"): won, the container can no longer start and
//! its task may be stopped; lost, the registration must be deleted first, which
//! GitHub refuses while a job runs. So no running job is ever killed here.
//!
//! The job is read after the clean-up, and one closed outcome is answered.

mod classify;
mod end;
mod facts;
mod interruption;
mod log;
mod reasons;
mod steps;
mod task_json;

use aws::claims::ClaimError;
use domain::steps::{Outcome, VerifyRemovalInput, VerifyRemovalOutput};
use github::calls;
use github_gate::Failure;

pub use classify::{Verdict, classify};
pub use end::{End, TaskEnd};
pub use facts::{Facts, JobView, RanOn, RunnerState, Status};
pub use removal::{Clients as State, RemovalError as VerifyError};

/// Serves Lambda's runtime API until the process ends.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_env().await, handle).await
}

/// One verification. It may be called again and again: everything it does is
/// done once. A rate limit anywhere, told to this function or to another one of
/// the fleet, is the outcome `wait`.
pub async fn handle(
    input: VerifyRemovalInput,
    state: &State,
) -> Result<VerifyRemovalOutput, VerifyError> {
    calls::counted(async {
        let answer = steps::verify(&input, state).await;
        let answer = match state.gate().settle(&input.claim.pk, answer).await {
            Err(error) => match error.wait_seconds() {
                Some(seconds) => Ok(VerifyRemovalOutput {
                    seconds,
                    ..VerifyRemovalOutput::new(Outcome::Wait, "GitHub asked this fleet to wait.")
                }),
                None => Err(error),
            },
            answer => answer,
        };
        note_calls(&input, state, &answer).await;
        log::call(&input, &answer);
        answer
    })
    .await
}

/// Where the runner is not given up yet, the calls are kept in its claim, so
/// that its last answer tells them all.
async fn note_calls(
    input: &VerifyRemovalInput,
    state: &State,
    answer: &Result<VerifyRemovalOutput, VerifyError>,
) {
    let ended = answer.as_ref().is_ok_and(|output| output.outcome.ends());
    let calls = calls::take();
    if calls == 0 || ended {
        return;
    }
    match state.claims().add_calls(&input.claim, calls).await {
        // Somebody else's now: nothing of ours is counted in it.
        Ok(()) | Err(ClaimError::Lost) => {}
        Err(ClaimError::Store(error)) => {
            tracing::warn!(claim = input.claim.pk, calls, error = %error, "calls to GitHub were not added up");
        }
    }
}
