//! State machines and executions: refusals first, then a life from start to end.

use serde_json::{Value, json};

use crate::world::{World, text, until};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

fn waiting() -> Value {
    json!({"Long": {"Type": "Wait", "Seconds": 86400, "End": true}})
}

#[tokio::test]
async fn definitions_that_are_not_valid_are_refused_with_the_path() {
    let world = World::start().await;
    let create = |definition: &str| json!({"name": "m", "roleArn": ROLE, "definition": definition});
    for definition in [
        "null",
        "{}",
        r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass"}}}"#,
    ] {
        let (name, message) = world
            .states_refuse("CreateStateMachine", create(definition))
            .await;
        assert_eq!(name, "InvalidDefinition");
        assert!(
            message.starts_with("Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: "),
            "{message}"
        );
    }
    world.end().await;
}

#[tokio::test]
async fn names_and_arns_are_checked() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let definition =
        json!({"QueryLanguage": "JSONata", "StartAt": "Long", "States": waiting()}).to_string();
    let long = "x".repeat(81);
    for bad in ["", "a b", "a/b", "a*", "a:b", long.as_str()] {
        // Lengths are the model's affair, characters the service's.
        let wanted = if (1..=80).contains(&bad.len()) {
            "InvalidName"
        } else {
            "ValidationException"
        };
        let input = json!({"name": bad, "roleArn": ROLE, "definition": definition});
        let (name, _) = world.states_refuse("CreateStateMachine", input).await;
        assert_eq!(name, wanted, "{bad:?}");
        let input = json!({"name": bad, "stateMachineArn": machine});
        let (name, _) = world.states_refuse("StartExecution", input).await;
        assert_eq!(name, wanted, "{bad:?}");
    }
    let express =
        json!({"name": "e", "roleArn": ROLE, "definition": definition, "type": "EXPRESS"});
    assert_eq!(
        world.states_refuse("CreateStateMachine", express).await.0,
        "StateMachineTypeNotSupported"
    );
    let other =
        json!({"name": "m", "roleArn": "arn:aws:iam::1:role/other", "definition": definition});
    assert_eq!(
        world.states_refuse("CreateStateMachine", other).await.0,
        "StateMachineAlreadyExists"
    );
    let table = [
        (
            "StartExecution",
            json!({"stateMachineArn": "m"}),
            "InvalidArn",
        ),
        ("StartExecution", json!({}), "ValidationException"),
        (
            "StartExecution",
            json!({"stateMachineArn": machine.replace(":m", ":n")}),
            "StateMachineDoesNotExist",
        ),
        (
            "DescribeStateMachine",
            json!({"stateMachineArn": machine.replace(":m", ":n")}),
            "StateMachineDoesNotExist",
        ),
        (
            "UpdateStateMachine",
            json!({"stateMachineArn": machine}),
            "MissingRequiredParameter",
        ),
        (
            "DescribeExecution",
            json!({"executionArn": "e"}),
            "InvalidArn",
        ),
        (
            "DescribeExecution",
            json!({"executionArn": "arn:aws:states:us-east-1:123456789012:execution:m:none"}),
            "ExecutionDoesNotExist",
        ),
    ];
    for (operation, input, wanted) in table {
        assert_eq!(
            world.states_refuse(operation, input).await.0,
            wanted,
            "{operation}"
        );
    }
    world.end().await;
}

#[tokio::test]
async fn an_input_must_be_json_of_at_most_256_kib() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let large = json!("x".repeat(256 * 1024)).to_string();
    for (bad, wanted) in [
        ("{", "InvalidExecutionInput"),
        (&large, "ValidationException"),
    ] {
        let input = json!({"stateMachineArn": machine, "input": bad});
        let (name, _) = world.states_refuse("StartExecution", input).await;
        assert_eq!(name, wanted);
    }
    world.end().await;
}

#[tokio::test]
async fn a_name_starts_one_execution() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let start = |input: &str| json!({"stateMachineArn": machine, "name": "once", "input": input});
    let first = world.states("StartExecution", start(r#"{"a":1}"#)).await;
    assert_eq!(
        first["executionArn"],
        "arn:aws:states:us-east-1:123456789012:execution:m:once"
    );
    let again = world.states("StartExecution", start(r#"{"a": 1}"#)).await;
    assert_eq!(again, first);
    assert_eq!(
        world.states_refuse("StartExecution", start("{}")).await.0,
        "ExecutionAlreadyExists"
    );
    world
        .states(
            "StopExecution",
            json!({"executionArn": first["executionArn"]}),
        )
        .await;
    assert_eq!(
        world
            .states_refuse("StartExecution", start(r#"{"a":1}"#))
            .await
            .0,
        "ExecutionAlreadyExists"
    );
    world.end().await;
}

#[tokio::test]
async fn a_stopped_execution_is_aborted_with_the_reasons_given() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let execution = world.run(&machine, json!({})).await;
    let running = world.describe(&execution).await;
    assert_eq!(running["status"], "RUNNING");
    assert_eq!(running["redriveStatus"], "NOT_REDRIVABLE");
    assert_eq!(
        running["redriveStatusReason"],
        "Execution is RUNNING and cannot be redriven"
    );
    world
        .states(
            "StopExecution",
            json!({"executionArn": execution, "error": "E", "cause": "C"}),
        )
        .await;
    let stopped = world.describe(&execution).await;
    assert_eq!(
        (&stopped["status"], &stopped["error"], &stopped["cause"]),
        (&json!("ABORTED"), &json!("E"), &json!("C"))
    );
    assert!(stopped["stopDate"].as_f64().unwrap() >= stopped["startDate"].as_f64().unwrap());
    world.end().await;
}

#[tokio::test]
async fn executions_are_listed_newest_first_page_by_page() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let mut started = Vec::new();
    for _ in 0..5 {
        started.push(world.run(&machine, json!({})).await);
    }
    started.reverse();
    let mut seen = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({"stateMachineArn": machine, "maxResults": 2});
        if !token.is_null() {
            input["nextToken"] = token;
        }
        let page = world.states("ListExecutions", input).await;
        // A new execution does not shift the pages that follow.
        world.run(&machine, json!({})).await;
        seen.extend(
            page["executions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| text(&one["executionArn"])),
        );
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, started);
    world
        .states("StopExecution", json!({"executionArn": started[0]}))
        .await;
    let aborted = json!({"stateMachineArn": machine, "statusFilter": "ABORTED"});
    let aborted = world.states("ListExecutions", aborted).await;
    assert_eq!(aborted["executions"].as_array().unwrap().len(), 1);
    let bad = json!({"stateMachineArn": machine, "nextToken": "bad"});
    assert_eq!(
        world.states_refuse("ListExecutions", bad).await.0,
        "InvalidToken"
    );
    world.end().await;
}

#[tokio::test]
async fn filters_and_pages_that_aws_does_not_know_are_refused() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    for (field, value) in [
        ("statusFilter", json!("BROKEN")),
        ("redriveFilter", json!("SOMETIMES")),
        ("maxResults", json!(1001)),
        ("maxResults", json!(-1)),
    ] {
        let mut input = json!({"stateMachineArn": machine});
        input[field] = value;
        let (name, message) = world.states_refuse("ListExecutions", input).await;
        assert_eq!(name, "ValidationException");
        assert!(message.contains(&format!("at '{field}'")), "{message}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_filtered_list_follows_what_becomes_of_the_executions() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let mut arns = Vec::new();
    for _ in 0..6 {
        arns.push(world.run(&machine, json!({})).await);
    }
    for arn in &arns[..4] {
        let stop = json!({"executionArn": arn});
        world.states("StopExecution", stop).await;
    }
    let redrive = json!({"executionArn": arns[1]});
    world.states("RedriveExecution", redrive).await;
    let list = async |filter: &str, wanted: &str| {
        let mut seen = Vec::new();
        let mut input = json!({"stateMachineArn": machine, "maxResults": 2});
        input[filter] = json!(wanted);
        loop {
            let page = world.states("ListExecutions", input.clone()).await;
            let items = page["executions"].as_array().unwrap();
            // No page is empty but one of an empty list.
            assert!(!items.is_empty());
            seen.extend(items.iter().map(|one| text(&one["executionArn"])));
            if page["nextToken"].is_null() {
                return seen;
            }
            input["nextToken"] = page["nextToken"].clone();
        }
    };
    let of = |numbers: &[usize]| -> Vec<String> {
        numbers.iter().map(|number| arns[*number].clone()).collect()
    };
    assert_eq!(list("statusFilter", "ABORTED").await, of(&[3, 2, 0]));
    assert_eq!(list("statusFilter", "RUNNING").await, of(&[5, 4, 1]));
    assert_eq!(list("redriveFilter", "REDRIVEN").await, of(&[1]));
    assert_eq!(
        list("redriveFilter", "NOT_REDRIVEN").await,
        of(&[5, 4, 3, 2, 0])
    );
    let none = json!({"stateMachineArn": machine, "statusFilter": "PENDING_REDRIVE"});
    let none = world.states("ListExecutions", none).await;
    assert_eq!(none, json!({"executions": []}));
    world.end().await;
}

#[tokio::test]
async fn an_update_is_for_new_executions_only() {
    let world = World::start().await;
    let machine = world.machine("Long", waiting());
    let before = world.run(&machine, json!({})).await;
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}).to_string();
    world
        .states(
            "UpdateStateMachine",
            json!({"stateMachineArn": machine, "definition": definition}),
        )
        .await;
    assert_eq!(
        world
            .states("DescribeStateMachine", json!({"stateMachineArn": machine}))
            .await["definition"],
        definition
    );
    let old = world
        .states(
            "DescribeStateMachineForExecution",
            json!({"executionArn": before}),
        )
        .await;
    assert!(text(&old["definition"]).contains("Long"));
    let after = world.run(&machine, json!({})).await;
    assert_eq!(world.ended(&after).await["status"], "SUCCEEDED");
    world
        .states("DeleteStateMachine", json!({"stateMachineArn": machine}))
        .await;
    assert_eq!(world.describe(&before).await["status"], "ABORTED");
    let listed = world.states("ListStateMachines", json!({})).await;
    assert_eq!(listed["stateMachines"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn thousands_of_executions_wait_cheaply() {
    let world = World::start_fast().await;
    let machine = world.machine(
        "Wait",
        json!({"Wait": {"Type": "Wait", "Seconds": 1000, "End": true}}),
    );
    for _ in 0..3000 {
        world
            .place
            .step_functions()
            .call("StartExecution", json!({"stateMachineArn": machine}))
            .unwrap();
    }
    until("all have ended", async || {
        let running =
            json!({"stateMachineArn": machine, "statusFilter": "RUNNING", "maxResults": 1});
        world.states("ListExecutions", running).await["executions"]
            .as_array()
            .unwrap()
            .is_empty()
            .then_some(())
    })
    .await;
    assert_eq!(world.place.step_functions().executions().len(), 3000);
    world.end().await;
}
