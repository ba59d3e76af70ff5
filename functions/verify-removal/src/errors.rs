//! What VerifyRemoval fails with, under the names that the state machine
//! branches on.

use std::fmt;

use aws::StoreError;
use github::GitHubError;
use handler::Named;

/// A verification that failed; it can be repeated.
#[derive(Debug)]
pub enum VerifyError {
    /// GitHub refused, or did not answer.
    GitHub(GitHubError),
    /// A table, a task, a history or a secret.
    Store(StoreError),
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GitHub(error) => match error.advice() {
                "" => write!(f, "{error}"),
                advice => write!(f, "{error}. {advice}"),
            },
            Self::Store(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for VerifyError {}

impl Named for VerifyError {
    fn name(&self) -> &'static str {
        match self {
            Self::GitHub(error) => error.name(),
            Self::Store(error) => error.name(),
        }
    }
}

impl github_gate::Failure for VerifyError {
    fn github(&self) -> Option<&GitHubError> {
        match self {
            Self::GitHub(error) => Some(error),
            _ => None,
        }
    }
}

impl From<GitHubError> for VerifyError {
    fn from(error: GitHubError) -> Self {
        Self::GitHub(error)
    }
}

impl From<StoreError> for VerifyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
