//! Which of our own names a failure gets.

use domain::names::{failure, function_error};
use domain::steps::{EscalateInput, Failure, Outcome};
use handler::Named;

use crate::message;

/// The failure that the execution ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalated {
    pub(crate) name: &'static str,
    message: String,
}

impl Escalated {
    pub(crate) fn new(input: &EscalateInput) -> Self {
        let name = name_of(&input.failure);
        Self {
            name,
            message: message::compose(name, &input.failure, input.job.as_ref()),
        }
    }
}

impl std::fmt::Display for Escalated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Escalated {}

impl Named for Escalated {
    fn name(&self) -> &'static str {
        self.name
    }
}

/// The name that the machine gave, where it is one of ours; else what the
/// error says; else `StepFailed`.
fn name_of(given: &Failure) -> &'static str {
    ours(&given.name)
        .or_else(|| by_outcome(&given.name))
        .or_else(|| by_error(&given.error))
        .unwrap_or(failure::STEP_FAILED)
}

fn ours(name: &str) -> Option<&'static str> {
    failure::ALL.iter().copied().find(|known| *known == name)
}

fn by_outcome(name: &str) -> Option<&'static str> {
    match Outcome::ALL
        .iter()
        .find(|outcome| outcome.as_str() == name)?
    {
        Outcome::Configuration => Some(failure::CONFIGURATION_REFUSED),
        Outcome::RunnerVersionRefused => Some(failure::RUNNER_VERSION_REFUSED),
        _ => None,
    }
}

fn by_error(error: &str) -> Option<&'static str> {
    match error {
        function_error::GITHUB_REFUSED => Some(failure::GITHUB_REFUSED),
        function_error::SETTINGS_INVALID => Some(failure::SETTINGS_INVALID),
        _ => None,
    }
}
