//! RegisterTaskDefinition, DescribeTaskDefinition, ListTaskDefinitions.
//!
//! A definition is kept as it was given, with what AWS adds to it; only what
//! running a task needs is looked into.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Ecs;
use super::input::{client, invalid, list, paging, text, texts, with_next};
use super::references::family_and_revision;
use super::sizes::Size;
use super::state::{State, page};
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// A registered revision.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Definition {
    pub(super) arn: String,
    pub(super) family: String,
    /// As DescribeTaskDefinition shows it.
    pub(super) wire: Value,
    tags: Vec<Value>,
}

impl Definition {
    /// `containerDefinitions`, never empty.
    pub(super) fn containers(&self) -> &[Value] {
        self.wire["containerDefinitions"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }
}

impl State {
    /// The revision that a reference names.
    pub(super) fn definition(&self, reference: &str) -> Option<&Arc<Definition>> {
        let (family, revision) = family_and_revision(reference)?;
        let revisions = self.definitions.get(family)?;
        match revision.checked_sub(1) {
            None => revisions.last(),
            Some(index) => revisions.get(index),
        }
    }
}

impl Ecs {
    pub(super) fn register_task_definition(&self, input: &Value) -> Result<Value, AwsError> {
        let family = check_family(input)?;
        check_containers(input)?;
        check_fargate(input)?;
        check_storage(&input["ephemeralStorage"])?;
        let tags = list(input, "tags")?.to_vec();
        let mut state = self.state();
        let revisions = state.definitions.entry(family.to_owned()).or_default();
        let revision = revisions.len() + 1;
        let arn = self
            .settings
            .arn(&format!("task-definition/{family}:{revision}"));
        let mut wire = input.clone();
        if let Some(object) = wire.as_object_mut() {
            object.remove("tags");
            for (name, value) in [
                ("taskDefinitionArn", json!(arn)),
                ("revision", json!(revision)),
                ("status", json!("ACTIVE")),
                ("compatibilities", json!(["EC2", "FARGATE"])),
                ("registeredAt", json!(epoch_seconds(self.clock.now()))),
                ("requiresAttributes", json!([])),
            ] {
                object.insert(name.to_owned(), value);
            }
            for name in ["volumes", "placementConstraints"] {
                object.entry(name).or_insert_with(|| json!([]));
            }
        }
        let definition = Definition {
            arn,
            family: family.to_owned(),
            wire: wire.clone(),
            tags: tags.clone(),
        };
        self.keep_definition(&definition, revision);
        revisions.push(Arc::new(definition));
        Ok(json!({ "taskDefinition": wire, "tags": tags }))
    }

    pub(super) fn describe_task_definition(&self, input: &Value) -> Result<Value, AwsError> {
        let reference = text(input, "taskDefinition")?
            .ok_or_else(|| client("TaskDefinition can not be null or empty."))?;
        let state = self.state();
        let definition = state
            .definition(reference)
            .ok_or_else(|| client("Unable to describe task definition."))?;
        let tags = texts(input, "include")?.contains(&"TAGS");
        Ok(json!({
            "taskDefinition": definition.wire,
            "tags": if tags { definition.tags.clone() } else { Vec::new() },
        }))
    }

    pub(super) fn list_task_definitions(&self, input: &Value) -> Result<Value, AwsError> {
        let (limit, start) = paging(input)?;
        let prefix = text(input, "familyPrefix")?;
        if matches!(
            text(input, "status")?,
            Some("INACTIVE" | "DELETE_IN_PROGRESS")
        ) {
            return Ok(json!({ "taskDefinitionArns": [] }));
        }
        let descending = text(input, "sort")? == Some("DESC");
        let state = self.state();
        let mut arns: Vec<Value> = state
            .definitions
            .iter()
            .filter(|(family, _)| prefix.is_none_or(|prefix| *family == prefix))
            .flat_map(|(_, revisions)| revisions)
            .map(|definition| json!(definition.arn))
            .collect();
        if descending {
            arns.reverse();
        }
        let (arns, next) = page(arns, start, limit);
        Ok(with_next(json!({ "taskDefinitionArns": arns }), next))
    }
}

fn check_family(input: &Value) -> Result<&str, AwsError> {
    let family =
        text(input, "family")?.ok_or_else(|| client("Family should not be null or empty."))?;
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if family.len() > 255 || !family.bytes().all(valid) {
        return Err(client("Family contains invalid characters."));
    }
    Ok(family)
}

fn check_containers(input: &Value) -> Result<(), AwsError> {
    let containers = list(input, "containerDefinitions")?;
    if containers.is_empty() {
        return Err(client("Container list cannot be empty."));
    }
    let mut names = Vec::new();
    for container in containers {
        let name = text(container, "name")?
            .ok_or_else(|| client("Container.name should not be null or empty."))?;
        if text(container, "image")?.is_none() {
            return Err(client("Container.image should not be null or empty."));
        }
        if names.contains(&name) {
            return Err(client(format!(
                "Container name '{name}' is used more than once."
            )));
        }
        names.push(name);
        for unserved in ["secrets", "environmentFiles"] {
            if !list(container, unserved)?.is_empty() {
                return Err(client(format!(
                    "This place does not serve the member {unserved} of a container definition."
                )));
            }
        }
        texts(container, "command")?;
        texts(container, "entryPoint")?;
        list(container, "environment")?;
        for mount in list(container, "mountPoints")? {
            let volume = text(mount, "sourceVolume")?.unwrap_or_default();
            let known = list(input, "volumes")?;
            if !known.iter().any(|known| known["name"] == volume) {
                return Err(client(format!("Unknown volume '{volume}'.")));
            }
        }
        if container["stopTimeout"]
            .as_i64()
            .is_some_and(|seconds| !(0..=120).contains(&seconds))
        {
            return Err(client(
                "Fargate supports a stopTimeout of at most 120 seconds.",
            ));
        }
        let awslogs = container["logConfiguration"]["logDriver"] == "awslogs";
        if awslogs && text(input, "executionRoleArn")?.is_none() {
            return Err(client(
                "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
            ));
        }
    }
    if containers
        .iter()
        .all(|container| container["essential"] == false)
    {
        return Err(client(
            "At least one essential container must be specified.",
        ));
    }
    Ok(())
}

fn check_fargate(input: &Value) -> Result<(), AwsError> {
    if !texts(input, "requiresCompatibilities")?.contains(&"FARGATE") {
        return Err(client(
            "This place runs Fargate tasks only: requiresCompatibilities must contain FARGATE.",
        ));
    }
    if text(input, "networkMode")? != Some("awsvpc") {
        return Err(client("Fargate only supports network mode ‘awsvpc’."));
    }
    let required = |name: &str| {
        text(input, name)?.ok_or_else(|| {
            client(format!(
                "Fargate requires that '{name}' be defined at the task level."
            ))
        })
    };
    let size = Size::read(required("cpu")?, required("memory")?)
        .map_err(|error| client(error.to_string()))?;
    for container in list(input, "containerDefinitions")? {
        for (member, of_task) in [("cpu", size.cpu), ("memory", size.memory)] {
            if container[member]
                .as_u64()
                .is_some_and(|own| own > u64::from(of_task))
            {
                let name = container["name"].as_str().unwrap_or_default();
                return Err(client(format!(
                    "The '{member}' setting for container '{name}' is greater than for the task."
                )));
            }
        }
    }
    Ok(())
}

/// `ephemeralStorage`: 21 to 200 GiB; the free 20 are had by leaving it out.
pub(super) fn check_storage(storage: &Value) -> Result<(), AwsError> {
    match (storage, storage["sizeInGiB"].as_u64()) {
        (Value::Null, _) | (_, Some(21..=200)) => Ok(()),
        _ => Err(invalid(
            "EphemeralStorage size must be between 21 GiB and 200 GiB.",
        )),
    }
}
