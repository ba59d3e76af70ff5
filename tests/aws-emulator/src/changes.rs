//! What the emulator lacks of the product's template. infra/cdk/test/emulator.ts
//! makes the changes and writes them down; here they are expected, one by one.

use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::path::Path;

/// One change of the template.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Change {
    /// The construct's path in the stack.
    pub resource: String,
    /// The CloudFormation type.
    pub r#type: String,
    /// What was done.
    pub change: String,
    /// Why.
    pub why: String,
}

/// Resource and change of all that is expected: no more, no less.
pub const EXPECTED: &[(&str, &str)] = &[
    ("Fleet/Events/Archive", "left out"),
    ("Fleet/Network/FlowLog", "left out"),
    ("Fleet/StateMachine/Version", "left out"),
    ("Fleet/StateMachine/Live", "left out"),
    (
        "Fleet/Alarms/executions-failed/Resource",
        "watches its first metric only",
    ),
    (
        "Fleet/Alarms/vcpu-quota/Resource",
        "watches its first metric only",
    ),
    ("Fleet/Dashboard/Cost/Resource", "left out"),
    ("Fleet/Dashboard/Usage/Resource", "left out"),
    ("Fleet/StateMachine/StateMachine", "RedriveCount is 0"),
    (
        "Fleet/StateMachine/StateMachine",
        "RunRunner's TimeoutSeconds is left out",
    ),
    (
        "Fleet/StateMachine/StateMachine",
        "RunRunner's result is read as DescribeTasks' answer",
    ),
    (
        "Fleet/StateMachine/StateMachine",
        "NotForUs, Duplicate, Superseded, Done end as Pass states",
    ),
];

/// Reads what the app wrote.
pub(crate) fn read(path: &Path) -> Result<Vec<Change>> {
    let text = std::fs::read(path).context("the app writes what it changed")?;
    serde_json::from_slice(&text).context("the app's changes are not of the expected form")
}
