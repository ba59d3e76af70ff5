//! The life of an execution: started, listed, described, told by its history,
//! stopped, redriven.

use crate::world::World;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sfn::types::{ExecutionRedriveStatus, ExecutionStatus, HistoryEventType};
use serde_json::{Value, json};

#[tokio::test]
async fn a_stopped_execution_says_who_stopped_it_and_why() {
    let world = World::start().await;
    let states = json!({"Long": {"Type": "Wait", "Seconds": 86400, "End": true}});
    let machine = world.machine("m", "Long", states).await;
    let execution = world.run(&machine, &json!({})).await;
    let stopped = world.executions.stop_execution().execution_arn(&execution);
    let stopped = stopped
        .error("Operator")
        .cause("no longer needed")
        .send()
        .await
        .unwrap();
    let ended = world.ended(&execution).await;
    assert_eq!(ended.status, ExecutionStatus::Aborted);
    assert_eq!(ended.error(), Some("Operator"));
    assert_eq!(ended.cause(), Some("no longer needed"));
    assert_eq!(ended.stop_date, Some(stopped.stop_date));
    let history = world
        .executions
        .get_execution_history()
        .execution_arn(&execution);
    let history = history
        .reverse_order(true)
        .max_results(1)
        .send()
        .await
        .unwrap();
    let last = &history.events[0];
    assert_eq!(last.r#type, HistoryEventType::ExecutionAborted);
    let details = last.execution_aborted_event_details().unwrap();
    assert_eq!(details.error(), Some("Operator"));
    assert_eq!(details.cause(), Some("no longer needed"));
    world.end().await;
}

#[tokio::test]
async fn a_failed_execution_is_redriven_where_it_failed() {
    let world = World::start().await;
    world.table("claims").await;
    let states = json!({
        "First": {"Type": "Pass", "Next": "Look"},
        "Look": {
            "Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem",
            "Arguments": {
                "TableName": "claims", "Key": {"pk": {"S": "x"}}, "ConditionExpression": "attribute_exists(pk)",
                "UpdateExpression": "ADD seen :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
            },
            "Output": "{% $states.context.Execution.RedriveCount %}", "End": true,
        },
    });
    let machine = world.machine("m", "First", states).await;
    let execution = world.run(&machine, &json!({})).await;
    let failed = world.ended(&execution).await;
    assert_eq!(failed.status, ExecutionStatus::Failed);
    assert_eq!(
        failed.error(),
        Some("DynamoDB.ConditionalCheckFailedException")
    );
    assert_eq!(
        failed.redrive_status(),
        Some(&ExecutionRedriveStatus::Redrivable)
    );
    assert_eq!(failed.redrive_count(), Some(0));
    let item = world.tables.put_item().table_name("claims");
    let item = item.item("pk", AttributeValue::S("x".to_owned()));
    item.send().await.unwrap();
    let redriven = world
        .executions
        .redrive_execution()
        .execution_arn(&execution);
    let redriven = redriven.client_token("once").send().await.unwrap();
    let ended = world.ended(&execution).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded);
    assert_eq!(ended.output(), Some("1"));
    assert_eq!(ended.redrive_count(), Some(1));
    assert_eq!(ended.redrive_date, Some(redriven.redrive_date));
    assert_eq!(
        ended.redrive_status(),
        Some(&ExecutionRedriveStatus::NotRedrivable)
    );
    assert!(ended.redrive_status_reason().is_some());
    let history = world
        .executions
        .get_execution_history()
        .execution_arn(&execution);
    let history = history.send().await.unwrap();
    let redriven: Vec<_> = history
        .events()
        .iter()
        .skip_while(|event| event.r#type != HistoryEventType::ExecutionRedriven)
        .collect();
    let details = redriven[0].execution_redriven_event_details().unwrap();
    assert_eq!(details.redrive_count(), Some(1));
    // First is not entered again; Look's task is scheduled anew.
    assert!(
        redriven
            .iter()
            .any(|event| event.r#type == HistoryEventType::TaskSucceeded)
    );
    assert!(
        redriven
            .iter()
            .all(|event| event.r#type != HistoryEventType::PassStateEntered)
    );
    world.end().await;
}

#[tokio::test]
async fn the_history_is_read_page_by_page_without_gap_or_repetition() {
    let world = World::start().await;
    let names: Vec<String> = (1..=10).map(|number| format!("S{number:02}")).collect();
    let mut states = serde_json::Map::new();
    for pair in names.windows(2) {
        states.insert(pair[0].clone(), json!({"Type": "Pass", "Next": pair[1]}));
    }
    states.insert("S10".to_owned(), json!({"Type": "Succeed"}));
    let machine = world.machine("m", "S01", Value::Object(states)).await;
    let execution = world.run(&machine, &json!({"n": 1})).await;
    world.ended(&execution).await;
    let mut pages = world
        .executions
        .get_execution_history()
        .execution_arn(&execution)
        .into_paginator()
        .page_size(3)
        .send();
    let mut events = Vec::new();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.events.len());
        events.extend(page.events);
    }
    // ExecutionStarted and -Succeeded, and each state entered and exited.
    assert_eq!(sizes, [3, 3, 3, 3, 3, 3, 3, 1]);
    let ids: Vec<i64> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids, (1..=22).collect::<Vec<_>>());
    // As on AWS, the first state follows no event, and each later one the last.
    let before: Vec<i64> = events.iter().map(|event| event.previous_event_id).collect();
    assert_eq!(before[..3], [0, 0, 2]);
    assert!(
        events[2..]
            .iter()
            .all(|event| event.previous_event_id == event.id - 1)
    );
    assert_eq!(events[0].r#type, HistoryEventType::ExecutionStarted);
    let started = events[0].execution_started_event_details().unwrap();
    assert_eq!(started.input(), Some(r#"{"n":1}"#));
    let entered: Vec<&str> = events
        .iter()
        .filter_map(|event| event.state_entered_event_details())
        .map(|details| details.name())
        .collect();
    assert_eq!(entered, names);
    assert_eq!(events[21].r#type, HistoryEventType::ExecutionSucceeded);
    world.end().await;
}

#[tokio::test]
async fn executions_are_listed_newest_first_and_by_status() {
    let world = World::start().await;
    let states = json!({
        "Choose": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.fail %}", "Next": "Bad"}], "Default": "Good"},
        "Bad": {"Type": "Fail", "Error": "Bad", "Cause": "asked to"},
        "Good": {"Type": "Succeed"},
    });
    let machine = world.machine("listed", "Choose", states).await;
    let mut all = Vec::new();
    for fail in [true, false, true, false, true] {
        let execution = world.run(&machine, &json!({"fail": fail})).await;
        world.ended(&execution).await;
        all.insert(0, execution);
    }
    let list = || {
        world
            .executions
            .list_executions()
            .state_machine_arn(&machine)
    };
    let listed: Vec<String> = list()
        .into_paginator()
        .page_size(2)
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap()
        .into_iter()
        .map(|item| item.execution_arn)
        .collect();
    assert_eq!(listed, all);
    let failed = list()
        .status_filter(ExecutionStatus::Failed)
        .send()
        .await
        .unwrap();
    assert_eq!(failed.executions.len(), 3);
    assert!(
        failed
            .executions
            .iter()
            .all(|item| item.status == ExecutionStatus::Failed && item.stop_date.is_some())
    );
    let described = world
        .executions
        .describe_state_machine()
        .state_machine_arn(&machine);
    let described = described.send().await.unwrap();
    assert_eq!(described.name, "listed");
    assert!(described.definition.contains("asked to"));
    let machines = world.executions.list_state_machines().send().await.unwrap();
    assert_eq!(machines.state_machines[0].state_machine_arn, machine);
    world.end().await;
}
