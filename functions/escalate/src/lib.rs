//! Step Escalate: the last state of every failure.
//!
//! It fails under a name of our own ([`domain::names::failure`]), so that the
//! execution is red and can be redriven. After a redrive the same call answers
//! `start_over` instead, and the machine begins a new pass. The cause holds a
//! sentence and the original error and cause.

mod failure;
mod message;

use domain::steps::{EscalateInput, EscalateOutcome, EscalateOutput, Version};

pub use failure::Escalated;

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
    let job_id = input.job.as_ref().map(|job| job.id.0);
    if input.redrive_count > input.failed_at_redrive {
        tracing::info!(
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
        job_id,
        failure = escalated.name,
        original = input.failure.error,
        "escalated"
    );
    Err(escalated)
}
