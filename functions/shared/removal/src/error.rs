//! What a removal fails with, under the names that the state machine and the
//! alarms know.

use std::fmt;

use aws::StoreError;
use github::GitHubError;
use handler::Named;

/// A removal that failed; it can be repeated.
#[derive(Debug)]
pub enum RemovalError {
    /// GitHub refused, or did not answer.
    GitHub(GitHubError),
    /// A table, a task, a history or a secret.
    Store(StoreError),
}

impl fmt::Display for RemovalError {
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

impl std::error::Error for RemovalError {}

impl Named for RemovalError {
    fn name(&self) -> &'static str {
        match self {
            Self::GitHub(error) => error.name(),
            Self::Store(error) => error.name(),
        }
    }
}

impl github_gate::Failure for RemovalError {
    fn github(&self) -> Option<&GitHubError> {
        match self {
            Self::GitHub(error) => Some(error),
            Self::Store(_) => None,
        }
    }
}

impl From<GitHubError> for RemovalError {
    fn from(error: GitHubError) -> Self {
        Self::GitHub(error)
    }
}

impl From<StoreError> for RemovalError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
