//! A run's faults as a file: a seed and two lists.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// The faults of a run, by who commits them. In TOML: `seed = 7`, then tables
/// `[[github]]` and `[[aws]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    bound(deserialize = "GitHub: DeserializeOwned, Aws: DeserializeOwned")
)]
pub struct FaultsFile<GitHub, Aws> {
    /// Decides the faults with a probability.
    #[serde(default)]
    pub seed: u64,
    /// What goes wrong at GitHub.
    #[serde(default = "Vec::new")]
    pub github: Vec<Fault<GitHub>>,
    /// What goes wrong at AWS.
    #[serde(default = "Vec::new")]
    pub aws: Vec<Fault<Aws>>,
}
