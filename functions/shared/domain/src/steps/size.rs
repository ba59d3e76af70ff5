//! Step Size: the trimmed event in, a decision and a Fargate size out.

use serde::{Deserialize, Serialize};

use super::{Job, Version};
use crate::event::Trimmed;
use crate::names::closed_enum;

/// What Size is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SizeInput {
    /// 1.
    pub version: Version,
    /// The `detail` of the EventBridge envelope.
    pub detail: Trimmed,
}

/// What Size answers. `size` and `limits` hold defaults where the job is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeOutput {
    /// 1.
    pub version: Version,
    /// Whether this job gets a runner.
    pub decision: Decision,
    /// A sentence for people; empty when accepted.
    pub reason: String,
    /// The job as all later steps see it.
    pub job: Job,
    /// SHA-256 (hex) of the policy that decided.
    pub policy_hash: String,
    /// The task's size.
    pub size: Size,
    /// [`Architecture`]'s word for another processor that the task may have when
    /// Fargate has no room again and again; empty where it may not.
    #[serde(default)]
    pub fallback_architecture: String,
    /// How long things may take.
    pub limits: Limits,
}

closed_enum! {
    /// Whether a job gets a runner.
    Decision {
        /// It does.
        Accepted = "accepted",
        /// It asks for something that the policy forbids, or that does not exist.
        Rejected = "rejected",
        /// It carries none of our labels: somebody else's job.
        NotForUs = "not_for_us",
    }
}

/// A size that Fargate offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// CPU units, 1024 to the vCPU.
    pub cpu: u32,
    /// Memory, MiB.
    pub memory_mib: u32,
    /// Ephemeral storage, GiB; 20 is free and must be left out of the override.
    pub storage_gib: u32,
    /// The processor.
    pub architecture: Architecture,
    /// Whether the task may be interrupted.
    pub capacity: Capacity,
}

closed_enum! {
    /// A task definition's CPU architecture, in ECS's words.
    Architecture {
        /// Intel and AMD.
        X86_64 = "X86_64",
        /// Graviton.
        Arm64 = "ARM64",
    }
}

closed_enum! {
    /// How the capacity is bought.
    Capacity {
        /// Never interrupted.
        OnDemand = "on_demand",
        /// Cheaper, may be taken back with two minutes' notice.
        Spot = "spot",
    }
}

/// Time limits of one runner, seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// From RunTask until the container runs.
    pub start_seconds: u64,
    /// From the container's start until a job begins.
    pub idle_seconds: u64,
    /// The container's whole life.
    pub total_seconds: u64,
}
