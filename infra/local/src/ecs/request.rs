//! What RunTask is asked for, as far as it can be judged without the task
//! definition: capacity, count, names, tags.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clusters::{Cluster, FARGATE, unknown_provider};
use super::input::{invalid, list, text};
use crate::server::error::AwsError;

/// Where the task shall run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Capacity {
    /// `launchType` FARGATE.
    LaunchType,
    /// A capacity provider: FARGATE or FARGATE_SPOT.
    Provider(String),
}

/// A checked request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) capacity: Capacity,
    pub(super) count: usize,
    pub(super) group: Option<String>,
    pub(super) started_by: Option<String>,
    pub(super) tags: Vec<Value>,
    pub(super) platform_version: String,
    pub(super) enable_execute_command: bool,
    /// The first subnet.
    pub(super) subnet: String,
}

impl Request {
    /// Checks a request against its cluster.
    pub(super) fn read(input: &Value, cluster: &Cluster) -> Result<Self, AwsError> {
        let count = match &input["count"] {
            Value::Null => 1,
            count => match count.as_u64().and_then(|count| usize::try_from(count).ok()) {
                Some(count @ 1..=10) => count,
                _ => return Err(invalid("The count must be between 1 and 10.")),
            },
        };
        let started_by = text(input, "startedBy")?;
        if started_by.is_some_and(|name| name.chars().count() > 128) {
            return Err(invalid("startedBy is too long: at most 128 characters."));
        }
        let tags = list(input, "tags")?.to_vec();
        if tags.len() > 50 {
            return Err(invalid("Too many tags: at most 50."));
        }
        let platform_version = match text(input, "platformVersion")? {
            None | Some("LATEST" | "1.4.0") => "1.4.0",
            Some("1.3.0") => "1.3.0",
            Some(_) => {
                return Err(AwsError::new(
                    "PlatformUnknownException",
                    "The specified platform version does not exist.",
                ));
            }
        };
        Ok(Self {
            capacity: capacity(input, cluster)?,
            count,
            group: text(input, "group")?.map(str::to_owned),
            started_by: started_by.map(str::to_owned),
            tags,
            platform_version: platform_version.to_owned(),
            enable_execute_command: input["enableExecuteCommand"] == true,
            subnet: subnet(input)?,
        })
    }
}

fn capacity(input: &Value, cluster: &Cluster) -> Result<Capacity, AwsError> {
    let launch_type = text(input, "launchType")?;
    let mut strategy = list(input, "capacityProviderStrategy")?;
    if launch_type.is_some() && !strategy.is_empty() {
        return Err(invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ));
    }
    match launch_type {
        Some("FARGATE") => return Ok(Capacity::LaunchType),
        Some("EC2" | "EXTERNAL") => {
            return Err(invalid(
                "No Container Instances were found in your cluster.",
            ));
        }
        Some(other) => return Err(invalid(format!("Invalid launch type {other}."))),
        None => {}
    }
    if strategy.is_empty() {
        strategy = &cluster.default_strategy;
    }
    // Where nobody says anything, AWS means EC2.
    let Some(first) = strategy.first() else {
        return Err(invalid(
            "No Container Instances were found in your cluster.",
        ));
    };
    for element in strategy {
        let name = text(element, "capacityProvider")?.unwrap_or_default();
        if !FARGATE.contains(&name) {
            return Err(unknown_provider(name));
        }
        let associated = &cluster.capacity_providers;
        if !associated.is_empty() && !associated.iter().any(|provider| provider == name) {
            return Err(invalid(format!(
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate {name} with the cluster and try again."
            )));
        }
    }
    // The weights spread tasks over time; one task goes where most would.
    let heaviest = strategy.iter().rev().max_by_key(|element| {
        (
            element["base"].as_u64().unwrap_or(0),
            element["weight"].as_u64().unwrap_or(0),
        )
    });
    let name = heaviest.unwrap_or(first)["capacityProvider"]
        .as_str()
        .unwrap_or_default();
    Ok(Capacity::Provider(name.to_owned()))
}

fn subnet(input: &Value) -> Result<String, AwsError> {
    let configuration = &input["networkConfiguration"]["awsvpcConfiguration"];
    if configuration.is_null() {
        return Err(invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ));
    }
    let subnets = list(configuration, "subnets")?;
    let first = match subnets.first().and_then(Value::as_str) {
        None => return Err(invalid("subnets can not be empty.")),
        Some(_) if subnets.len() > 16 => {
            return Err(invalid("subnets can have at most 16 items."));
        }
        Some(first) => first,
    };
    if list(configuration, "securityGroups")?.len() > 5 {
        return Err(invalid("securityGroups can have at most 5 items."));
    }
    let public = text(configuration, "assignPublicIp")?;
    if !matches!(public, None | Some("ENABLED" | "DISABLED")) {
        return Err(invalid("assignPublicIp must be ENABLED or DISABLED."));
    }
    Ok(first.to_owned())
}
