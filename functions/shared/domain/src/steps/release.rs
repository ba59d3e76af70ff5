//! The function release: what GitHub's word of a job's end leads to. Its input
//! is the bus's envelope, the trimmed event in `detail`.

use serde::{Deserialize, Serialize};

use super::Version;
use crate::event::Trimmed;
use crate::names::closed_enum;

/// EventBridge's envelope, as far as release looks at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleaseInput {
    /// The trimmed `workflow_job` event.
    pub detail: Trimmed,
}

/// What release answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseOutput {
    /// 1.
    pub version: Version,
    /// What was done.
    pub outcome: ReleaseOutcome,
    /// Tasks that were asked to stop.
    pub tasks: Vec<String>,
}

impl ReleaseOutput {
    /// An answer without tasks.
    pub fn new(outcome: ReleaseOutcome) -> Self {
        Self {
            version: Version,
            outcome,
            tasks: Vec::new(),
        }
    }
}

closed_enum! {
    /// What became of the runner of a job that has ended.
    ReleaseOutcome {
        /// The job ran on the runner that was minted for it.
        OwnRunner = "own_runner",
        /// No execution answers for the job, or none any more.
        NoClaim = "no_claim",
        /// The claim holds no runner; Mint will see for itself that the job has ended.
        NoRunner = "no_runner",
        /// The runner was not needed any more: it and its task are removed.
        Removed = "removed",
        /// The runner has another job: it is left alone.
        Busy = "busy",
        /// Another runner of ours had the job; its own may have to serve that one's.
        Swapped = "swapped",
        /// The event tells of no end.
        NotEnded = "not_ended",
    }
}
