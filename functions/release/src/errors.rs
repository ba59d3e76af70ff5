//! What release fails with. Lambda calls it again twice; after that the alarm
//! `release-failed` tells.

use std::fmt;

use aws::StoreError;
use domain::names::function_error;
use handler::Named;
use removal::RemovalError;

/// A release that failed; it can be repeated.
#[derive(Debug)]
pub enum ReleaseError {
    /// GitHub or AWS.
    Removal(RemovalError),
    /// The claim changed each time between being read and being written.
    Restless,
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Removal(error) => error.fmt(f),
            Self::Restless => f.write_str(
                "the claim changed whenever it was to be written: its execution is at work; call again later",
            ),
        }
    }
}

impl std::error::Error for ReleaseError {}

impl Named for ReleaseError {
    fn name(&self) -> &'static str {
        match self {
            Self::Removal(error) => error.name(),
            Self::Restless => function_error::STORE_UNAVAILABLE,
        }
    }
}

impl From<RemovalError> for ReleaseError {
    fn from(error: RemovalError) -> Self {
        Self::Removal(error)
    }
}

impl From<StoreError> for ReleaseError {
    fn from(error: StoreError) -> Self {
        Self::Removal(error.into())
    }
}
