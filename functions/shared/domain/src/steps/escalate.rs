//! Step Escalate: the failure to report, unless the execution was redriven.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Job, Version};
use crate::names::closed_enum;

/// What Escalate is given. Lenient where it can be: it runs when something
/// else went wrong, and must still be able to say what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalateInput {
    /// 1.
    pub version: Version,
    /// `$states.context.Execution.RedriveCount` at this call.
    #[serde(default)]
    pub redrive_count: u64,
    /// The redrive count when the failure path was entered.
    #[serde(default)]
    pub failed_at_redrive: u64,
    /// What failed.
    pub failure: Failure,
    /// The job, where Size came that far.
    #[serde(default, deserialize_with = "job_if_readable")]
    pub job: Option<Job>,
}

/// A failure as the machine knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// One of [`crate::names::failure`], or empty: then `error` decides.
    #[serde(default)]
    pub name: String,
    /// The original error's name.
    #[serde(default)]
    pub error: String,
    /// The original cause, any text.
    #[serde(default)]
    pub cause: String,
}

/// What Escalate answers when it does not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalateOutput {
    /// 1.
    pub version: Version,
    /// Always `start_over`.
    pub outcome: EscalateOutcome,
}

closed_enum! {
    /// Escalate's only good end.
    EscalateOutcome {
        /// The execution was redriven since: begin a new pass at Size.
        StartOver = "start_over",
    }
}

fn job_if_readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Job>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}
