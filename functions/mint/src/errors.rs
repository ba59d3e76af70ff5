//! What Mint fails with, under the names that the state machine branches on.

use std::fmt;

use aws::StoreError;
use aws::claims::ClaimError;
use domain::names::function_error;
use github::GitHubError;
use handler::Named;

/// A mint that failed.
#[derive(Debug)]
pub enum MintError {
    /// GitHub refused, or did not answer.
    GitHub(GitHubError),
    /// A table or a secret.
    Store(StoreError),
    /// Several names in a row were taken at GitHub.
    NamesTaken {
        /// The last one.
        name: String,
    },
    /// Another execution answers for the job; an outcome, not a failure.
    ClaimLost,
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitHub(error) => match error.advice() {
                "" => write!(f, "{error}"),
                advice => write!(f, "{error}. {advice}"),
            },
            Self::Store(error) => write!(f, "{error}"),
            Self::NamesTaken { name } => write!(
                f,
                "GitHub has runners under all the names that were tried, the last one {name}. Check that no other stack uses the same RUNNER_NAME_PREFIX."
            ),
            Self::ClaimLost => f.write_str("another execution answers for this job"),
        }
    }
}

impl std::error::Error for MintError {}

impl Named for MintError {
    fn name(&self) -> &'static str {
        match self {
            Self::GitHub(error) => error.name(),
            Self::Store(error) => error.name(),
            Self::NamesTaken { .. } => function_error::GITHUB_REFUSED,
            Self::ClaimLost => function_error::STORE_UNAVAILABLE,
        }
    }
}

impl github_gate::Failure for MintError {
    fn github(&self) -> Option<&GitHubError> {
        match self {
            Self::GitHub(error) => Some(error),
            _ => None,
        }
    }
}

impl From<GitHubError> for MintError {
    fn from(error: GitHubError) -> Self {
        Self::GitHub(error)
    }
}

impl From<StoreError> for MintError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ClaimError> for MintError {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Lost => Self::ClaimLost,
            ClaimError::Store(error) => Self::Store(error),
        }
    }
}
