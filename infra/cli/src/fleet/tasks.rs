//! The cluster and the task definition of the runner.

use super::{CLUSTER, HANDOVER, Settings, refused};
use anyhow::Result;
use local::Place;
use serde_json::{Value, json};

/// The family of the runner's task definition.
pub const FAMILY: &str = "jit-runners";

/// Creates the cluster; answers its ARN.
pub(super) fn create_cluster(place: &Place) -> Result<String> {
    let input = json!({
        "clusterName": CLUSTER,
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
    });
    let answer = place.ecs().call("CreateCluster", input).map_err(refused)?;
    Ok(text(&answer["cluster"]["clusterArn"]))
}

/// Registers the task definition; answers its ARN.
pub(super) fn register(place: &Place, settings: &Settings) -> Result<String> {
    let input = json!({
        "family": FAMILY,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "containerDefinitions": [match &settings.image {
            None => process(settings),
            Some(image) => container(image),
        }],
    });
    let answer = place
        .ecs()
        .call("RegisterTaskDefinition", input)
        .map_err(refused)?;
    Ok(text(&answer["taskDefinition"]["taskDefinitionArn"]))
}

/// The programs themselves.
fn process(settings: &Settings) -> Value {
    let binaries = &settings.binaries;
    let runner = json!([binaries.runner, "run"]).to_string();
    json!({
        "name": "runner",
        "image": "local-process",
        "essential": true,
        "entryPoint": [binaries.entrypoint],
        "stopTimeout": 120,
        "environment": [
            {"name": "HANDOVER_TABLE", "value": HANDOVER},
            {"name": "RUNNER_PROGRAM", "value": runner},
        ],
    })
}

/// An image with the programs inside, its own user, and no capability: this
/// machine is not the job's alone, as a Fargate task's is.
fn container(image: &str) -> Value {
    json!({
        "name": "runner",
        "image": image,
        "essential": true,
        "stopTimeout": 120,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        "environment": [{"name": "HANDOVER_TABLE", "value": HANDOVER}],
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
