//! Which claim a step works under.

use serde::{Deserialize, Serialize};

/// A claim's key and the execution that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRef {
    /// `job#<job id>#<run_attempt>`, see [`crate::claim::key`].
    pub pk: String,
    /// ARN of the owning execution.
    pub owner: String,
}
