//! Why a step does not go on.

use aws::StoreError;
use github::GitHubError;
use removal::RemovalError;

/// Only the last one is an error.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The period's calls to GitHub are used up.
    Calls,
    /// The period's time is.
    Time,
    /// GitHub asks for patience, so many seconds.
    Limited(u64),
    /// A call failed.
    Failed(RemovalError),
}

impl Stop {
    /// For the log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Time => "time",
            Self::Limited(_) => "limited",
            Self::Failed(_) => "failed",
        }
    }
}

impl From<RemovalError> for Stop {
    fn from(error: RemovalError) -> Self {
        match error {
            RemovalError::GitHub(
                GitHubError::RateLimited { seconds } | GitHubError::Closed { seconds },
            ) => Self::Limited(seconds),
            error => Self::Failed(error),
        }
    }
}

impl From<GitHubError> for Stop {
    fn from(error: GitHubError) -> Self {
        RemovalError::GitHub(error).into()
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(RemovalError::Store(error))
    }
}
