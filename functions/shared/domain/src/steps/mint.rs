//! Step Mint: one JIT runner for one queued job.

use serde::{Deserialize, Serialize};

use super::{ClaimRef, Job, Limits, Version};
use crate::ids::RunnerId;
use crate::names::closed_enum;

/// What Mint is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MintInput {
    /// 1.
    pub version: Version,
    /// The job that waits.
    pub job: Job,
    /// The claim to renew and to write the runner into.
    pub claim: ClaimRef,
    /// How long this runner may live: the claim is renewed for that long.
    pub limits: Limits,
}

/// What Mint answers; fields that an outcome does not use are empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MintOutput {
    /// 1.
    pub version: Version,
    /// What happened.
    pub outcome: MintOutcome,
    /// Seconds to wait before the next call; 0 unless the outcome is `wait`.
    pub seconds: u64,
    /// GitHub's status of the job, where it was asked.
    pub job_status: String,
    /// GitHub's conclusion of the job; empty while it has none.
    pub job_conclusion: String,
    /// The runner; id 0 and an empty name where none was minted.
    pub runner: RunnerRef,
    /// Key of the hand-over item; not a secret without the table.
    pub handover_key: String,
}

impl MintOutput {
    /// An answer with everything empty but the outcome.
    pub fn new(outcome: MintOutcome) -> Self {
        Self {
            version: Version,
            outcome,
            seconds: 0,
            job_status: String::new(),
            job_conclusion: String::new(),
            runner: RunnerRef::default(),
            handover_key: String::new(),
        }
    }
}

/// A runner's registration at GitHub.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerRef {
    /// GitHub's id; 0 where there is none.
    pub id: RunnerId,
    /// Its name, see [`crate::runner_name`].
    pub name: String,
}

closed_enum! {
    /// How a mint ended.
    MintOutcome {
        /// A runner is registered and its JIT config lies in the hand-over table.
        Minted = "minted",
        /// The job no longer waits; `job_status` says what it does.
        JobNotQueued = "job_not_queued",
        /// Another execution owns the claim.
        ClaimLost = "claim_lost",
        /// GitHub asks for patience, or the job's end was told meanwhile: call
        /// again after `seconds`.
        Wait = "wait",
        /// The claim still holds a runner that nobody verified gone.
        Leftover = "leftover",
    }
}
