//! What ECS refuses, each in AWS's own words and without leaving a task.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

mod ecs_support;

use ecs_support::{Place, definition, run_task};
use serde_json::{Value, json};

/// The definition with some members replaced.
fn changed(changes: Value) -> Value {
    let mut input = definition("true");
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

#[tokio::test]
async fn run_task_refuses_what_fargate_does_not_have() {
    let place = Place::new("true");
    let overriding = |changes: Value| json!({ "overrides": changes });
    let long = "x".repeat(8192);
    for (changes, code, message) in [
        (
            json!({ "cluster": "none" }),
            "ClusterNotFoundException",
            "Cluster not found.",
        ),
        (
            json!({ "cluster": null }),
            "ClusterNotFoundException",
            "Cluster not found.",
        ),
        (
            json!({ "taskDefinition": "none" }),
            "ClientException",
            "TaskDefinition not found.",
        ),
        (
            json!({ "taskDefinition": "runner:7" }),
            "ClientException",
            "TaskDefinition not found.",
        ),
        (
            json!({ "taskDefinition": null }),
            "ClientException",
            "TaskDefinition can not be null or empty.",
        ),
        (
            json!({ "capacityProviderStrategy": [{ "capacityProvider": "FARGATE" }] }),
            "InvalidParameterException",
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ),
        (
            json!({ "launchType": null }),
            "InvalidParameterException",
            "No Container Instances were found in your cluster.",
        ),
        (
            json!({ "launchType": null, "capacityProviderStrategy": [{ "capacityProvider": "MOON" }] }),
            "InvalidParameterException",
            "The specified capacity provider 'MOON' was not found. Specify a valid name or ARN and try again.",
        ),
        (
            json!({ "networkConfiguration": null }),
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            json!({ "networkConfiguration": { "awsvpcConfiguration": { "subnets": [] } } }),
            "InvalidParameterException",
            "subnets can not be empty.",
        ),
        (
            json!({ "count": 0 }),
            "InvalidParameterException",
            "The count must be between 1 and 10.",
        ),
        (
            json!({ "count": 11 }),
            "InvalidParameterException",
            "The count must be between 1 and 10.",
        ),
        (
            json!({ "platformVersion": "9" }),
            "PlatformUnknownException",
            "The specified platform version does not exist.",
        ),
        (
            overriding(json!({ "cpu": "512", "memory": "512" })),
            "ClientException",
            "No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid values.",
        ),
        (
            overriding(json!({ "cpu": "65536", "memory": "131072" })),
            "ClientException",
            "No Fargate configuration exists for given values: 65536 CPU, 131072 memory. See the Amazon ECS documentation for the valid values.",
        ),
        (
            overriding(json!({ "cpu": "lots" })),
            "ClientException",
            "Invalid 'cpu' setting for task.",
        ),
        (
            overriding(json!({ "ephemeralStorage": { "sizeInGiB": 20 } })),
            "InvalidParameterException",
            "EphemeralStorage size must be between 21 GiB and 200 GiB.",
        ),
        (
            overriding(json!({ "ephemeralStorage": { "sizeInGiB": 201 } })),
            "InvalidParameterException",
            "EphemeralStorage size must be between 21 GiB and 200 GiB.",
        ),
        (
            overriding(json!({ "containerOverrides": [{ "name": "other" }] })),
            "InvalidParameterException",
            "Override for container named other is not a container in the TaskDefinition.",
        ),
        (
            overriding(json!({ "containerOverrides": [{ "name": "runner", "memory": 1024 }] })),
            "ClientException",
            "The 'memory' setting for container 'runner' is greater than for the task.",
        ),
        (
            overriding(
                json!({ "containerOverrides": [{ "name": "runner", "environment": [{ "name": "A", "value": long }] }] }),
            ),
            "InvalidParameterException",
            "Container Overrides length must be at most 8192",
        ),
    ] {
        let error = place
            .call("RunTask", run_task(changes.clone()))
            .unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            (code, message),
            "{changes}"
        );
    }
    for desired in ["RUNNING", "STOPPED"] {
        let tasks = place
            .call(
                "ListTasks",
                json!({ "cluster": "runners", "desiredStatus": desired }),
            )
            .unwrap();
        assert_eq!(tasks["taskArns"], json!([]));
    }
}

#[tokio::test]
async fn definitions_that_fargate_cannot_run_are_not_registered() {
    let place = Place::new("true");
    for (changes, message) in [
        (
            json!({ "family": "" }),
            "Family should not be null or empty.",
        ),
        (
            json!({ "family": "a b" }),
            "Family contains invalid characters.",
        ),
        (
            json!({ "containerDefinitions": [] }),
            "Container list cannot be empty.",
        ),
        (
            json!({ "containerDefinitions": [{ "image": "x" }] }),
            "Container.name should not be null or empty.",
        ),
        (
            json!({ "networkMode": "host" }),
            "Fargate only supports network mode ‘awsvpc’.",
        ),
        (
            json!({ "cpu": null }),
            "Fargate requires that 'cpu' be defined at the task level.",
        ),
        (
            json!({ "cpu": "512", "memory": "512" }),
            "No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid values.",
        ),
        (
            json!({ "containerDefinitions": [{ "name": "a", "image": "x", "memory": 2048 }] }),
            "The 'memory' setting for container 'a' is greater than for the task.",
        ),
        (
            json!({ "containerDefinitions": [{ "name": "a", "image": "x", "essential": false }] }),
            "At least one essential container must be specified.",
        ),
        (
            json!({ "containerDefinitions": [{ "name": "a", "image": "x", "logConfiguration": { "logDriver": "awslogs" } }] }),
            "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
        ),
    ] {
        let error = place
            .call("RegisterTaskDefinition", changed(changes.clone()))
            .unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("ClientException", message),
            "{changes}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_missing_or_refused() {
    let place = Place::new("true");
    let code = |operation: &str, input: Value| place.call(operation, input).unwrap_err().code;
    assert_eq!(
        code("CreateService", json!({})),
        "UnknownOperationException"
    );
    assert_eq!(
        code(
            "DescribeTasks",
            json!({ "cluster": "runners", "tasks": [] })
        ),
        "InvalidParameterException"
    );
    assert_eq!(
        code("StopTask", json!({ "cluster": "runners", "task": "none" })),
        "InvalidParameterException"
    );
    assert_eq!(
        code("StopTask", json!({ "cluster": "none", "task": "none" })),
        "ClusterNotFoundException"
    );
    assert_eq!(
        code(
            "ListTasks",
            json!({ "cluster": "runners", "maxResults": 101 })
        ),
        "InvalidParameterException"
    );
    let error = place
        .call(
            "DescribeTaskDefinition",
            json!({ "taskDefinition": "none" }),
        )
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("ClientException", "Unable to describe task definition.")
    );

    let tasks = place
        .call(
            "DescribeTasks",
            json!({ "cluster": "runners", "tasks": ["abc"] }),
        )
        .unwrap();
    assert_eq!(
        tasks,
        json!({ "tasks": [], "failures": [{ "arn": "arn:aws:ecs:us-east-1:123456789012:task/runners/abc", "reason": "MISSING" }] })
    );
    let clusters = place.call("DescribeClusters", json!({})).unwrap();
    assert_eq!(clusters["failures"][0]["reason"], "MISSING");
}

#[tokio::test]
async fn revisions_count_up_and_all_their_names_are_understood() {
    let place = Place::new("true");
    let second = place
        .call("RegisterTaskDefinition", definition("false"))
        .unwrap();
    let arn = second["taskDefinition"]["taskDefinitionArn"]
        .as_str()
        .unwrap();
    assert_eq!(
        arn,
        "arn:aws:ecs:us-east-1:123456789012:task-definition/runner:2"
    );
    for name in ["runner", "runner:2", arn] {
        let described = place
            .call("DescribeTaskDefinition", json!({ "taskDefinition": name }))
            .unwrap();
        assert_eq!(described["taskDefinition"]["revision"], 2);
    }
    let listed = place
        .call(
            "ListTaskDefinitions",
            json!({ "familyPrefix": "runner", "maxResults": 1 }),
        )
        .unwrap();
    assert!(
        listed["taskDefinitionArns"][0]
            .as_str()
            .unwrap()
            .ends_with("runner:1")
    );
    let rest = place
        .call(
            "ListTaskDefinitions",
            json!({ "nextToken": listed["nextToken"] }),
        )
        .unwrap();
    assert_eq!(rest["taskDefinitionArns"], json!([arn]));
    assert_eq!(
        place.call("ListClusters", json!({})).unwrap()["clusterArns"],
        json!(["arn:aws:ecs:us-east-1:123456789012:cluster/runners"])
    );
}
