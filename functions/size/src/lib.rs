//! Step Size: the trimmed event in; a decision, a Fargate size and the limits
//! out. The rules are [`domain::sizing`]'s; this function holds the policy.
//!
//! It has no permission at AWS and calls nobody.

mod state;

use std::convert::Infallible;

use domain::steps::{SizeInput, SizeOutput};

pub use state::State;

/// Serves Lambda's runtime API with a state built from the environment.
///
/// # Errors
/// The runtime API cannot be reached.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_settings(handler::environment()), handle).await
}

/// Decides over one event. Never fails: a job against the rules is an answer.
///
/// # Errors
/// None.
pub async fn handle(input: SizeInput, state: &State) -> Result<SizeOutput, Infallible> {
    let answer = domain::sizing::size(&state.policy, &input.detail);
    tracing::info!(
        job_id = answer.job.id.0,
        run_attempt = answer.job.run_attempt,
        repository = answer.job.repository,
        decision = answer.decision.as_str(),
        cpu = answer.size.cpu,
        memory_mib = answer.size.memory_mib,
        reason = answer.reason,
        "sized"
    );
    Ok(answer)
}
