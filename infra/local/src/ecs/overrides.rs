//! The overrides of RunTask: checked, and laid over the task definition.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::Ecs;
use super::definitions::{Definition, check_storage};
use super::input::{client, invalid, list, text, texts};
use super::launcher::{ContainerSpec, LogSink, Mount, TaskSpec};
use super::sizes::Size;
use super::task::Task;
use crate::server::error::AwsError;

/// All overrides of a task together, as JSON.
const MAX_CHARACTERS: usize = 8192;

/// Checks the overrides; returns the size that the task will have.
pub(super) fn check(overrides: &Value, definition: &Definition) -> Result<Size, AwsError> {
    if overrides.to_string().chars().count() > MAX_CHARACTERS {
        return Err(invalid(format!(
            "Container Overrides length must be at most {MAX_CHARACTERS}"
        )));
    }
    check_storage(&overrides["ephemeralStorage"])?;
    let chosen = |name: &str| -> Result<String, AwsError> {
        let value = match text(overrides, name)? {
            Some(value) => value,
            None => definition.wire[name].as_str().unwrap_or_default(),
        };
        Ok(value.to_owned())
    };
    let size = Size::read(&chosen("cpu")?, &chosen("memory")?)
        .map_err(|error| client(error.to_string()))?;
    for container in list(overrides, "containerOverrides")? {
        let name = text(container, "name")?.unwrap_or_default();
        let Some(defined) = definition
            .containers()
            .iter()
            .find(|defined| defined["name"] == name)
        else {
            return Err(invalid(format!(
                "Override for container named {name} is not a container in the TaskDefinition."
            )));
        };
        texts(container, "command")?;
        for variable in list(container, "environment")? {
            text(variable, "name")?;
            text(variable, "value")?;
        }
        for (member, of_task) in [("cpu", size.cpu), ("memory", size.memory)] {
            let own = container[member]
                .as_u64()
                .or_else(|| defined[member].as_u64());
            if own.is_some_and(|own| own > u64::from(of_task)) {
                return Err(client(format!(
                    "The '{member}' setting for container '{name}' is greater than for the task."
                )));
            }
        }
    }
    Ok(size)
}

impl Ecs {
    /// What the launcher is to start.
    pub(super) fn spec(&self, task: &Task, definition: &Definition) -> TaskSpec {
        let containers = definition
            .containers()
            .iter()
            .map(|container| {
                let name = container["name"].as_str().unwrap_or_default();
                let overriding = task.overrides["containerOverrides"]
                    .as_array()
                    .and_then(|all| all.iter().find(|overriding| overriding["name"] == name))
                    .unwrap_or(&Value::Null);
                self.container(task, definition, container, overriding)
            })
            .collect();
        TaskSpec {
            task_id: task.id.clone(),
            task_arn: task.arn.clone(),
            family: definition.family.clone(),
            cpu: task.size.cpu,
            memory: task.size.memory,
            volumes: names(&definition.wire["volumes"], "name"),
            containers,
        }
    }

    fn container(
        &self,
        task: &Task,
        definition: &Definition,
        defined: &Value,
        overriding: &Value,
    ) -> ContainerSpec {
        let name = defined["name"].as_str().unwrap_or_default();
        let command = match &overriding["command"] {
            Value::Null => strings(&defined["command"]),
            other => strings(other),
        };
        let word = |member: &str| {
            let text = defined[member].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let mut environment = variables(&defined["environment"]);
        environment.extend(variables(&overriding["environment"]));
        let options = &defined["logConfiguration"]["options"];
        let group = match options["awslogs-group"].as_str() {
            Some(group) => group.to_owned(),
            None => format!("/ecs/{}", definition.family),
        };
        let prefix = options["awslogs-stream-prefix"].as_str().unwrap_or(name);
        ContainerSpec {
            name: name.to_owned(),
            image: defined["image"].as_str().unwrap_or_default().to_owned(),
            entry_point: strings(&defined["entryPoint"]),
            command,
            environment,
            user: word("user"),
            working_directory: word("workingDirectory"),
            read_only: defined["readonlyRootFilesystem"] == true,
            mounts: mounts(&defined["mountPoints"]),
            drop_capabilities: strings(&defined["linuxParameters"]["capabilities"]["drop"]),
            essential: defined["essential"] != false,
            stop_timeout: defined["stopTimeout"]
                .as_u64()
                .map_or(self.settings.stop_timeout, Duration::from_secs),
            log: LogSink::new(
                self.logs.clone(),
                self.clock.clone(),
                group,
                format!("{prefix}/{name}/{}", task.id),
            ),
        }
    }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|element| element.as_str().map(str::to_owned))
        .collect()
}

fn names(list: &Value, member: &str) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|element| element[member].as_str().map(str::to_owned))
        .collect()
}

fn mounts(list: &Value) -> Vec<Mount> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|mount| {
            Some(Mount {
                volume: mount["sourceVolume"].as_str()?.to_owned(),
                path: mount["containerPath"].as_str()?.to_owned(),
                read_only: mount["readOnly"] == true,
            })
        })
        .collect()
}

fn variables(list: &Value) -> BTreeMap<String, String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|variable| {
            let name = variable["name"].as_str()?;
            // A process cannot be given these; a container could not either.
            let valid = !name.is_empty() && !name.contains(['=', '\0']);
            let value = variable["value"].as_str().unwrap_or_default();
            (valid && !value.contains('\0')).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}
