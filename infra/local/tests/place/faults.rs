//! Faults injected into states, and the redrive behind each.

use local::Fault;
use serde_json::{Value, json};

use crate::world::World;

/// Counts in a table, chooses, passes, ends.
fn states() -> Value {
    json!({
        "Count": {
            "Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Arguments": {
                "TableName": "claims", "Key": {"pk": {"S": "x"}}, "ReturnValues": "ALL_NEW",
                "UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
            "Output": "{% $states.result.Attributes.seen.N %}",
            "Retry": [{"ErrorEquals": ["Passing"], "IntervalSeconds": 30, "MaxAttempts": 2}],
            "Next": "Choose",
        },
        "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input = 'none' %}", "Next": "Done"}], "Default": "Pass"},
        "Pass": {"Type": "Pass", "Next": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 100, "Next": "Done"},
        "Done": {"Type": "Succeed"},
    })
}

async fn prepared() -> (World, String) {
    let world = World::start_fast().await;
    world.claims_table().await;
    let machine = world.machine("Count", states());
    (world, machine)
}

fn named(error: &str) -> (String, String) {
    (error.to_owned(), "injected".to_owned())
}

#[tokio::test]
async fn a_task_that_fails_before_was_not_performed() {
    let (world, machine) = prepared().await;
    let (error, cause) = named("Broken");
    world
        .place
        .step_functions()
        .inject("Count", Fault::FailBefore { error, cause }, 1);
    let execution = world.run(&machine, json!({})).await;
    let failed = world.ended(&execution).await;
    assert_eq!(
        (&failed["error"], &failed["cause"]),
        (&json!("Broken"), &json!("injected"))
    );
    world
        .states("RedriveExecution", json!({"executionArn": execution}))
        .await;
    assert_eq!(world.ended(&execution).await["output"], r#""1""#);
    world.end().await;
}

#[tokio::test]
async fn a_task_that_fails_after_was_performed() {
    let (world, machine) = prepared().await;
    let (error, cause) = named("Passing");
    world
        .place
        .step_functions()
        .inject("Count", Fault::FailAfter { error, cause }, 2);
    let execution = world.run(&machine, json!({})).await;
    let ended = world.ended(&execution).await;
    assert_eq!(
        (&ended["status"], &ended["output"]),
        (&json!("SUCCEEDED"), &json!(r#""3""#))
    );
    world.end().await;
}

#[tokio::test]
async fn an_execution_stops_at_the_entry_of_any_state_and_goes_on_when_redriven() {
    for (state, kind) in [
        ("Count", "Task"),
        ("Choose", "Choice"),
        ("Pass", "Pass"),
        ("Wait", "Wait"),
        ("Done", "Succeed"),
    ] {
        let (world, machine) = prepared().await;
        world
            .place
            .step_functions()
            .inject(state, Fault::StopExecutionOnEnter, 1);
        let execution = world.run(&machine, json!({})).await;
        let stopped = world.ended(&execution).await;
        assert_eq!(stopped["status"], "ABORTED", "{state}");
        let types = world.event_types(&execution).await;
        assert_eq!(
            types[types.len() - 2..],
            [format!("{kind}StateEntered"), "ExecutionAborted".to_owned()]
        );
        world
            .states("RedriveExecution", json!({"executionArn": execution}))
            .await;
        let ended = world.ended(&execution).await;
        assert_eq!(
            (&ended["status"], &ended["output"]),
            (&json!("SUCCEEDED"), &json!(r#""1""#)),
            "{state}"
        );
        world.end().await;
    }
}
