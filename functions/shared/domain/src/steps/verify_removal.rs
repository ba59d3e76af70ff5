//! Step VerifyRemoval: the end of a runner, classified and cleaned up.

use serde::{Deserialize, Serialize};

use super::{Capacity, ClaimRef, Job, Limits, Usage, Version};
use crate::names::closed_enum;

/// What VerifyRemoval is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyRemovalInput {
    /// 1.
    pub version: Version,
    /// The job that the runner was minted for.
    pub job: Job,
    /// The claim, which names the runner and its hand-over key.
    pub claim: ClaimRef,
    /// The capacity that the task asked for.
    pub capacity: Capacity,
    /// The runner's limits.
    pub limits: Limits,
    /// This execution, whose history names the task.
    pub execution_arn: String,
    /// How the step before ended.
    pub run: RunEnd,
}

/// The raw end of Mint or RunRunner. Both empty: it comes from a `leftover`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnd {
    /// The Catch's error; empty when the task ended well.
    pub error: String,
    /// The Catch's cause, or the stopped Task as JSON text. Need not be JSON.
    pub cause: String,
}

/// What VerifyRemoval answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyRemovalOutput {
    /// 1.
    pub version: Version,
    /// The one word that the machine branches on.
    pub outcome: Outcome,
    /// Seconds to wait before the next call; 0 unless the outcome asks for it.
    pub seconds: u64,
    /// A sentence for people.
    pub detail: String,
    /// GitHub's status of the job; empty where it was not asked.
    pub job_status: String,
    /// GitHub's conclusion of the job; empty while it has none.
    pub job_conclusion: String,
    /// How long the job has been waiting, as far as it is known.
    pub queued_seconds: u64,
    /// Whether the registration is proven gone.
    pub runner_removed: bool,
    /// The task; empty where none was started.
    pub task_arn: String,
    /// The container's exit code as text; empty where it has none.
    pub exit_code: String,
    /// What the task used.
    #[serde(default)]
    pub usage: Usage,
    /// From the job's creation to its start; null unless it ran on its runner.
    #[serde(default)]
    pub queue_to_start_seconds: Option<u64>,
}

impl VerifyRemovalOutput {
    /// An answer with an outcome and a sentence, everything else empty.
    pub fn new(outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            version: Version,
            outcome,
            seconds: 0,
            detail: detail.into(),
            job_status: String::new(),
            job_conclusion: String::new(),
            queued_seconds: 0,
            runner_removed: false,
            task_arn: String::new(),
            exit_code: String::new(),
            usage: Usage::default(),
            queue_to_start_seconds: None,
        }
    }
}

closed_enum! {
    /// Every way a runner's life can end, as the definition's Route names them.
    Outcome {
        /// The job ran on this runner, whatever its result.
        Served = "served",
        /// The job ran, or runs, on another runner.
        ServedElsewhere = "served_elsewhere",
        /// The job was cancelled.
        Cancelled = "cancelled",
        /// The job waits for an approval; its next `queued` event begins anew.
        Waiting = "waiting",
        /// The host took the running job down (Spot, memory, lost host).
        Interrupted = "interrupted",
        /// The runner's total limit ended the job.
        TimeOver = "time_over",
        /// GitHub asks for patience: call again after `seconds`.
        Wait = "wait",
        /// The runner is busy: look again after `seconds`.
        RunnerBusy = "runner_busy",
        /// The runner served another job; this one still waits.
        Stolen = "stolen",
        /// No job came within the idle limit; this one still waits.
        Idle = "idle",
        /// The JIT config was gone before the container could take it.
        HandoverGone = "handover_gone",
        /// Fargate has no capacity.
        Capacity = "capacity",
        /// Spot was taken back before the job started.
        Spot = "spot",
        /// The task did not start, or ended before it could serve.
        StartFailure = "start_failure",
        /// AWS refuses the task for good.
        Configuration = "configuration",
        /// GitHub refuses the runner's version.
        RunnerVersionRefused = "runner_version_refused",
        /// None of the above; `detail` says what was seen.
        Unexpected = "unexpected",
    }
}

impl Outcome {
    /// Whether the runner's life is over: every other outcome only waits for it.
    pub fn ends(self) -> bool {
        !matches!(self, Self::Wait | Self::RunnerBusy)
    }
}
