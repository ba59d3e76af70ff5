//! RedriveExecution: who may not, and how a failed execution goes on.

use serde_json::{Value, json};

use crate::world::World;

/// Fails as long as its item is not there.
fn looking_for_an_item() -> Value {
    json!({
        "Look": {
            "Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Arguments": {
                "TableName": "claims", "Key": {"pk": {"S": "x"}}, "ConditionExpression": "attribute_exists(pk)",
                "UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
            "Output": "{% $states.context.Execution.RedriveCount %}",
            "End": true,
        }
    })
}

#[tokio::test]
async fn what_runs_or_has_succeeded_is_not_redriven() {
    let world = World::start().await;
    let machine = world.machine(
        "Choose",
        json!({
            "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input = 1 %}", "Next": "Done"}], "Default": "Long"},
            "Long": {"Type": "Wait", "Seconds": 86400, "End": true},
            "Done": {"Type": "Succeed"},
        }),
    );
    for (input, status) in [(1, "SUCCEEDED"), (2, "RUNNING")] {
        let execution = world.run(&machine, json!(input)).await;
        let (name, message) = world
            .states_refuse("RedriveExecution", json!({"executionArn": execution}))
            .await;
        assert_eq!(name, "ExecutionNotRedrivable");
        assert_eq!(
            message,
            format!("Execution is {status} and cannot be redriven")
        );
    }
    let unknown = json!({"executionArn": "arn:aws:states:us-east-1:123456789012:execution:m:none"});
    assert_eq!(
        world.states_refuse("RedriveExecution", unknown).await.0,
        "ExecutionDoesNotExist"
    );
    world.end().await;
}

#[tokio::test]
async fn a_failed_execution_goes_on_where_it_failed() {
    let world = World::start().await;
    world.claims_table().await;
    let machine = world.machine("Look", looking_for_an_item());
    let execution = world.run(&machine, json!({})).await;
    let failed = world.ended(&execution).await;
    assert_eq!(failed["status"], "FAILED");
    assert_eq!(failed["error"], "DynamoDB.ConditionalCheckFailedException");
    assert_eq!(failed["redriveStatus"], "REDRIVABLE");
    assert_eq!(failed["redriveCount"], 0);
    // The reason is still there: it fails again.
    let redriven = world
        .states(
            "RedriveExecution",
            json!({"executionArn": execution, "clientToken": "t1"}),
        )
        .await;
    let again = world.ended(&execution).await;
    assert_eq!(
        (&again["status"], &again["redriveCount"]),
        (&json!("FAILED"), &json!(1))
    );
    // The same token is the same redrive.
    let same = world
        .states(
            "RedriveExecution",
            json!({"executionArn": execution, "clientToken": "t1"}),
        )
        .await;
    assert_eq!(same, redriven);
    assert_eq!(world.describe(&execution).await["redriveCount"], 1);
    let put = json!({"TableName": "claims", "Item": {"pk": {"S": "x"}}});
    world.call("DynamoDB_20120810.PutItem", put).await.unwrap();
    world
        .states("RedriveExecution", json!({"executionArn": execution}))
        .await;
    let done = world.ended(&execution).await;
    assert_eq!(
        (&done["status"], &done["output"], &done["redriveCount"]),
        (&json!("SUCCEEDED"), &json!("2"), &json!(2))
    );
    assert!(done["redriveDate"].is_f64());
    let types = world.event_types(&execution).await;
    assert_eq!(
        types
            .iter()
            .filter(|kind| *kind == "ExecutionRedriven")
            .count(),
        2
    );
    assert_eq!(
        types
            .iter()
            .filter(|kind| *kind == "TaskStateEntered")
            .count(),
        1
    );
    let redriven = json!({"stateMachineArn": machine, "redriveFilter": "REDRIVEN"});
    assert_eq!(
        world.states("ListExecutions", redriven).await["executions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    world.end().await;
}
