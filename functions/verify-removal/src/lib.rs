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

use domain::steps::{Outcome, VerifyRemovalInput, VerifyRemovalOutput};
use github::GitHubError;

pub use classify::{Verdict, classify};
pub use end::{End, TaskEnd};
pub use facts::{Facts, JobView, RanOn, RunnerState, Status};
pub use removal::{Clients as State, RemovalError as VerifyError};

/// Serves Lambda's runtime API until the process ends.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_env().await, handle).await
}

/// One verification. It may be called again and again: everything it does is
/// done once. A rate limit anywhere is the outcome `wait`.
pub async fn handle(
    input: VerifyRemovalInput,
    state: &State,
) -> Result<VerifyRemovalOutput, VerifyError> {
    let answer = match steps::verify(&input, state).await {
        Err(VerifyError::GitHub(GitHubError::RateLimited { seconds })) => Ok(VerifyRemovalOutput {
            seconds,
            ..VerifyRemovalOutput::new(Outcome::Wait, "GitHub's rate limit is reached.")
        }),
        answer => answer,
    };
    log::call(&input, &answer);
    answer
}
