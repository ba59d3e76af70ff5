//! The policy: who may have runners, of which sizes, for how long.
//!
//! It is a TOML text in the words of the labels: `cpu` in vCPU, `mem` in GB,
//! `disk` in GiB. Unknown keys are refused, and so is whatever could only fail
//! later (a profile above the maximum, a size that Fargate has not).

mod check;
mod deployed;
mod file;
mod repositories;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::steps::{Architecture, Limits, Size};

pub use deployed::{deployed, hash};
pub use repositories::Repositories;

/// The longest total limit, seconds: GitHub ends a self-hosted job after 5 days.
pub const MAX_TOTAL_SECONDS: u64 = 5 * 24 * 3600;

/// Limits where the policy sets none: 10 minutes to start, 10 idle, and
/// half an hour more than GitHub's own 6 hours for a job.
pub const DEFAULT_LIMITS: Limits = Limits {
    start_seconds: 600,
    idle_seconds: 600,
    total_seconds: 6 * 3600 + 1800,
};

/// A policy that was read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The size where labels leave it open.
    pub default: Size,
    /// Named sizes; names in lower case.
    pub profiles: BTreeMap<String, Size>,
    /// The largest size that labels may ask for.
    pub maximum: Maximum,
    /// Whether labels may ask for Spot capacity.
    pub spot_allowed: bool,
    /// The processors that runners may have; never empty.
    pub architectures: Vec<Architecture>,
    /// What may change when Fargate has no room again and again.
    pub capacity_fallback: CapacityFallback,
    /// What becomes of jobs without a label of ours.
    pub other_labels: OtherLabels,
    /// Which repositories may have runners.
    pub repositories: Repositories,
    /// Every runner's limits.
    pub limits: Limits,
    /// SHA-256 of the text, hex.
    pub hash: String,
}

/// The upper bounds of a runner's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maximum {
    /// CPU units.
    pub cpu: u32,
    /// Memory, MiB.
    pub memory_mib: u32,
    /// Storage, GiB.
    pub storage_gib: u32,
}

/// What becomes of `[self-hosted, …]` jobs without a label of ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherLabels {
    /// They are somebody else's.
    #[default]
    Ignore,
    /// They get a runner of the default size.
    DefaultSize,
}

/// What the next try may change where Fargate had no room for those before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapacityFallback {
    /// Nothing of the size.
    #[default]
    None,
    /// The processor, where neither a label nor a profile chose it.
    Architecture,
}

/// The policy's text cannot be used; the sentence names the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The policy cannot be used: {0}")]
pub struct PolicyInvalid(pub String);

impl Policy {
    /// Reads a policy. The empty text is one: everything by default.
    ///
    /// # Errors
    /// Not TOML, an unknown key, or a value that could never be obeyed.
    pub fn parse(text: &str) -> Result<Self, PolicyInvalid> {
        let file = file::read(text)?;
        check::check(file, hex::encode(Sha256::digest(text)))
    }

    /// The policy where runners exist for `deployed` only.
    ///
    /// # Errors
    /// It asks for a processor that is not among them, or allows none of them.
    pub fn deployed_for(mut self, deployed: &[Architecture]) -> Result<Self, PolicyInvalid> {
        self.architectures.retain(|one| deployed.contains(one));
        check::architectures(&self)?;
        self.hash = hash(&self.hash, deployed);
        Ok(self)
    }

    /// The profiles' names, for messages.
    pub fn profile_names(&self) -> String {
        if self.profiles.is_empty() {
            return "it has no profiles".to_owned();
        }
        let names: Vec<_> = self.profiles.keys().map(String::as_str).collect();
        format!("it has {}", names.join(", "))
    }
}
