//! `ecs:runTask.sync`: what a state machine sees of a task.

use std::time::Duration;

use local::Settings;
use local::ecs::EcsSettings;
use serde_json::{Value, json};

use crate::world::{World, text, until};

/// A cluster, and a definition that runs `script`; the machine runs it once.
async fn prepared(script: &str, limit: u32) -> (World, String) {
    let ecs = EcsSettings {
        provisioning: Duration::from_millis(5),
        pending: Duration::from_millis(5),
        deprovisioning: Duration::from_millis(5),
        ..EcsSettings::default()
    };
    let world = World::with(Settings {
        ecs,
        ..Settings::default()
    })
    .await;
    let definition = json!({
        "family": "runner", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
        "cpu": "256", "memory": "512", "executionRoleArn": "arn:aws:iam::123456789012:role/r",
        "containerDefinitions": [{
            "name": "runner", "image": "none", "essential": true, "entryPoint": ["/bin/sh", "-c"], "command": [script],
        }],
    });
    let target = "AmazonEC2ContainerServiceV20141113";
    world
        .call(
            &format!("{target}.CreateCluster"),
            json!({"clusterName": "runners"}),
        )
        .await
        .unwrap();
    world
        .call(&format!("{target}.RegisterTaskDefinition"), definition)
        .await
        .unwrap();
    let machine = world.machine(
        "Run",
        json!({
            "Run": {
                "Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "TimeoutSeconds": limit,
                "Arguments": {
                    "Cluster": "runners", "TaskDefinition": "runner", "LaunchType": "FARGATE",
                    "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}},
                    "Overrides": {"Cpu": "512", "Memory": "1024", "ContainerOverrides": [
                        {"Name": "runner", "Environment": [{"Name": "JOB_ID", "Value": "7"}]}
                    ]},
                },
                "End": true,
            }
        }),
    );
    (world, machine)
}

/// The ARN of the task that the execution has submitted.
async fn submitted(world: &World, execution: &str) -> String {
    until("the task is submitted", async || {
        let events = world.events(execution).await;
        let event = events
            .iter()
            .find(|event| event["type"] == "TaskSubmitted")?;
        let output: Value =
            serde_json::from_str(event["taskSubmittedEventDetails"]["output"].as_str()?).ok()?;
        Some(text(&output["Tasks"][0]["TaskArn"]))
    })
    .await
}

async fn until_stopped(world: &World, task: &str) -> Value {
    until("the task has stopped", async || {
        world
            .place
            .ecs()
            .task(task)
            .filter(|task| task["lastStatus"] == "STOPPED")
    })
    .await
}

#[tokio::test]
async fn a_task_that_ends_badly_fails_the_state_with_the_task_as_cause() {
    let (world, machine) = prepared("exit 82", 60).await;
    let execution = world.run(&machine, json!({})).await;
    let failed = world.ended(&execution).await;
    assert_eq!(failed["error"], "States.TaskFailed");
    let task: Value = serde_json::from_str(failed["cause"].as_str().unwrap()).unwrap();
    assert_eq!(task["Containers"][0]["ExitCode"], 82);
    assert_eq!(task["StopCode"], "EssentialContainerExited");
    world.end().await;
}

#[tokio::test]
async fn a_call_that_is_refused_is_a_submission_that_failed() {
    let (world, machine) = prepared("true", 60).await;
    let definition = json!({
        "QueryLanguage": "JSONata", "StartAt": "Run", "States": {"Run": {
            "Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true,
            "Arguments": {"Cluster": "nowhere", "TaskDefinition": "runner", "LaunchType": "FARGATE"},
        }}
    });
    let input = json!({"stateMachineArn": machine, "definition": definition.to_string()});
    world.states("UpdateStateMachine", input).await;
    let execution = world.run(&machine, json!({})).await;
    assert_eq!(
        world.ended(&execution).await["error"],
        "ECS.ClusterNotFoundException"
    );
    assert!(
        world
            .event_types(&execution)
            .await
            .contains(&"TaskSubmitFailed".to_owned())
    );
    world.end().await;
}

#[tokio::test]
async fn a_stopped_execution_stops_its_task() {
    let (world, machine) = prepared("sleep 600", 600).await;
    let execution = world.run(&machine, json!({})).await;
    let task = submitted(&world, &execution).await;
    world
        .states("StopExecution", json!({"executionArn": execution}))
        .await;
    assert_eq!(
        until_stopped(&world, &task).await["stopCode"],
        "UserInitiated"
    );
    world.end().await;
}

#[tokio::test]
async fn a_state_whose_time_is_over_stops_its_task() {
    let (world, machine) = prepared("sleep 600", 1).await;
    let execution = world.run(&machine, json!({})).await;
    let task = submitted(&world, &execution).await;
    assert_eq!(world.ended(&execution).await["error"], "States.Timeout");
    assert_eq!(
        until_stopped(&world, &task).await["stopCode"],
        "UserInitiated"
    );
    world.end().await;
}

#[tokio::test]
async fn a_task_that_ends_well_is_the_states_result() {
    let (world, machine) = prepared("test $JOB_ID = 7", 60).await;
    let execution = world.run(&machine, json!({})).await;
    let ended = world.ended(&execution).await;
    assert_eq!(ended["status"], "SUCCEEDED", "{ended}");
    let task: Value = serde_json::from_str(ended["output"].as_str().unwrap()).unwrap();
    assert_eq!(task["TaskArn"], submitted(&world, &execution).await);
    assert_eq!(task["LastStatus"], "STOPPED");
    assert_eq!(task["StartedBy"], "AWS Step Functions");
    assert_eq!(
        (&task["Cpu"], &task["Memory"]),
        (&json!("512"), &json!("1024"))
    );
    assert!(task["CreatedAt"].is_i64());
    assert_eq!(
        world.event_types(&execution).await,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitted",
            "TaskSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded",
        ]
    );
    world.end().await;
}
