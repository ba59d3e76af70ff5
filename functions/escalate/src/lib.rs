//! Step Escalate: the last state of every failure.
//!
//! It fails under a name of our own ([`domain::names::failure`]), so that the
//! execution is red and can be redriven. After a redrive the same call answers
//! `start_over` instead, and the machine begins a new pass. The cause holds a
//! sentence and the original error and cause.
//!
//! The log line `escalated` is an interface, changed by addition only: `failure`
//! (the name), `original` (the original error's name), `repository`, `job_id`,
//! `run_id`, `run_attempt` (absent where Size never gave a job). A rejected job has the
//! failure `JobRejected`.

mod failure;
mod message;

use domain::steps::{EscalateInput, EscalateOutcome, EscalateOutput, Version};
use domain::text::cut;

pub use failure::Escalated;

/// Error names of others may be any text.
const LONGEST_ERROR: usize = 256;

/// Nothing is kept between calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct State;

/// Serves Lambda's runtime API.
///
/// # Errors
/// The runtime API cannot be reached.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(Ok(State), handle).await
}

/// Fails with the failure that it is given, unless the execution was redriven
/// since that failure.
///
/// # Errors
/// [`Escalated`], under the name that the execution shall end with.
pub async fn handle(input: EscalateInput, _: &State) -> Result<EscalateOutput, Escalated> {
    let job = input.job.as_ref();
    let job_id = job.map(|job| job.id.0);
    let repository = job.map(|job| job.repository.as_str());
    if input.redrive_count > input.failed_at_redrive {
        tracing::info!(
            repository,
            job_id,
            redrive_count = input.redrive_count,
            "redriven, starting over"
        );
        return Ok(EscalateOutput {
            version: Version,
            outcome: EscalateOutcome::StartOver,
        });
    }
    let escalated = Escalated::new(&input);
    tracing::error!(
        repository,
        job_id,
        run_id = job.map(|job| job.run_id.0),
        run_attempt = job.map(|job| job.run_attempt),
        failure = escalated.name,
        original = cut(&input.failure.error, LONGEST_ERROR),
        "escalated"
    );
    Err(escalated)
}
