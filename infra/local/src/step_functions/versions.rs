//! Versions of a state machine: numbered snapshots that never change.
//!
//! Source: Step Functions developer guide, "Manage continuous deployments with
//! versions and aliases".

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::machines::Machine;
use super::names::state_machine_arn;
use super::paging::{self, Order};
use super::{State, StepFunctions};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// A published revision.
pub(super) struct Version {
    pub(super) arn: Arc<str>,
    pub(super) machine: Arc<Machine>,
    pub(super) created: DateTime<Utc>,
}

/// All versions of one machine, the oldest first. Numbers are never used again.
#[derive(Default)]
pub(super) struct Versions {
    pub(super) kept: Vec<Version>,
    pub(super) last: u64,
}

impl StepFunctions {
    pub(super) fn publish_version(&self, input: &Value) -> Result<Value, AwsError> {
        let machine = self.machine(state_machine_arn(input, "stateMachineArn")?)?;
        let expected = input.get("revisionId").and_then(Value::as_str);
        if expected.is_some_and(|expected| expected != machine.revision) {
            return Err(AwsError::new(
                "ConflictException",
                format!(
                    "Failed to publish the State Machine version for revision {}. The current State Machine revision is {}.",
                    expected.unwrap_or_default(),
                    machine.revision
                ),
            ));
        }
        let mut state = self.lock();
        let (arn, created) = state.publish(&machine, self.clock.now());
        self.keep_versions(&state, &machine.arn);
        Ok(json!({"stateMachineVersionArn": arn, "creationDate": epoch_seconds(created)}))
    }

    pub(super) fn list_versions(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineArn")?;
        // Of a machine's absence this operation's model knows no error.
        let machine = self
            .machine(arn)
            .map_err(|_| AwsError::new("InvalidArn", format!("Invalid Arn: '{arn}'")))?;
        let state = self.lock();
        let versions = state.versions.get(&machine.arn);
        let kept = versions.map_or(&[][..], |versions| &versions.kept);
        let (page, next) = paging::page(input, 100, Order::NewestFirst, kept.len(), |at| {
            kept.get(at)
        })?;
        let items = page.into_iter().map(|version| {
            json!({"stateMachineVersionArn": &*version.arn, "creationDate": epoch_seconds(version.created)})
        });
        Ok(paging::answer(
            "stateMachineVersions",
            items.collect(),
            next,
        ))
    }

    pub(super) fn delete_version(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineVersionArn")?;
        let mut state = self.lock();
        if let Some(alias) = state.aliases.values().find(|alias| alias.leads_to(arn)) {
            return Err(AwsError::new(
                "ConflictException",
                format!(
                    "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [{}]",
                    alias.name
                ),
            ));
        }
        for versions in state.versions.values_mut() {
            versions.kept.retain(|version| *version.arn != *arn);
        }
        if let Some((machine, _)) = arn.rsplit_once(':') {
            self.keep_versions(&state, machine);
        }
        Ok(json!({}))
    }
}

impl State {
    /// Publishes the revision; one that is the latest version already stays it.
    pub(super) fn publish(
        &mut self,
        machine: &Arc<Machine>,
        now: DateTime<Utc>,
    ) -> (String, DateTime<Utc>) {
        let versions = self.versions.entry(machine.arn.clone()).or_default();
        if let Some(latest) = versions.kept.last()
            && latest.machine.revision == machine.revision
        {
            return (latest.arn.to_string(), latest.created);
        }
        versions.last += 1;
        let arn = format!("{}:{}", machine.arn, versions.last);
        versions.kept.push(Version {
            arn: arn.as_str().into(),
            machine: Arc::clone(machine),
            created: now,
        });
        (arn, now)
    }

    /// The version of that ARN.
    pub(super) fn version(&self, arn: &str) -> Option<&Version> {
        let (machine, _) = arn.rsplit_once(':')?;
        let versions = self.versions.get(machine)?;
        versions.kept.iter().find(|version| *version.arn == *arn)
    }
}
