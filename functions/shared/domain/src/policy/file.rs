//! The policy file as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CapacityFallback, OtherLabels, PolicyInvalid};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) other_labels: OtherLabels,
    pub(super) spot_allowed: Option<bool>,
    pub(super) architectures: Option<Vec<Arch>>,
    pub(super) capacity_fallback: CapacityFallback,
    pub(super) default: SizeEntry,
    pub(super) profiles: BTreeMap<String, SizeEntry>,
    pub(super) maximum: MaximumEntry,
    pub(super) repositories: RepositoriesEntry,
    pub(super) limits: LimitsEntry,
}

/// `[default]` and `[profiles.<name>]`, in the words of the compound label.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SizeEntry {
    pub(super) cpu: Option<f64>,
    pub(super) mem: Option<f64>,
    pub(super) disk: Option<u32>,
    pub(super) arch: Option<Arch>,
    pub(super) spot: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Arch {
    X64,
    Arm64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MaximumEntry {
    pub(super) cpu: Option<f64>,
    pub(super) mem: Option<f64>,
    pub(super) disk: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RepositoriesEntry {
    pub(super) allow: Option<Vec<String>>,
    pub(super) public: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitsEntry {
    pub(super) start_seconds: Option<u64>,
    pub(super) idle_seconds: Option<u64>,
    pub(super) total_seconds: Option<u64>,
}

/// TOML to [`File`], with the line in the message.
pub(super) fn read(text: &str) -> Result<File, PolicyInvalid> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        let message = error.message().trim().replace('\n', " ");
        PolicyInvalid(format!("line {line}: {message}. Correct that line."))
    })
}
