//! What the labels of ours ask for, before the policy fills in the rest.

use crate::steps::Architecture;

/// The parts that a label sets; `None` where it leaves them open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// CPU units, 1024 to the vCPU.
    pub cpu: Option<u32>,
    /// Memory, MiB.
    pub memory_mib: Option<u32>,
    /// Ephemeral storage, GiB.
    pub storage_gib: Option<u32>,
    /// The processor.
    pub architecture: Option<Architecture>,
    /// Whether Spot capacity is wanted.
    pub spot: Option<bool>,
    /// A profile's name, lower case.
    pub profile: Option<String>,
}

impl Ask {
    /// A profile and nothing else.
    pub fn profile(name: &str) -> Self {
        Self {
            profile: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// Whether it says how large the runner is to be: a job may have one
    /// such label only.
    pub fn is_size(&self) -> bool {
        self.cpu.is_some() || self.memory_mib.is_some() || self.profile.is_some()
    }
}
