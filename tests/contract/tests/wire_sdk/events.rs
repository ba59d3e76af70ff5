//! EventBridge: refusals as the SDK's error types, and the way of an event
//! from PutEvents to an execution's input.

use crate::world::{World, until};
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, RuleState, Target};
use aws_sdk_sfn::types::ExecutionStatus;
use serde_json::{Value, json};

fn entry(source: &str, detail: &str) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .event_bus_name("jobs")
        .source(source)
        .detail_type("workflow_job")
        .detail(detail)
        .build()
}

#[tokio::test]
async fn a_bus_that_is_not_there_and_a_pattern_that_is_none_are_refused() {
    let world = World::start().await;
    let rule = || {
        world
            .events
            .put_rule()
            .name("queued")
            .event_bus_name("jobs")
    };
    let pattern = json!({"source": ["github.com"]}).to_string();
    let error = rule().event_pattern(&pattern).send().await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    world
        .events
        .create_event_bus()
        .name("jobs")
        .send()
        .await
        .unwrap();
    let error = world.events.create_event_bus().name("jobs").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_resource_already_exists_exception(), "{error:?}");
    let wrong = json!({"source": "github.com"}).to_string();
    let error = rule().event_pattern(wrong).send().await.unwrap_err();
    let error = error.into_service_error();
    assert!(error.is_invalid_event_pattern_exception(), "{error:?}");
    let error = world
        .events
        .list_targets_by_rule()
        .rule("queued")
        .event_bus_name("jobs");
    let error = error.send().await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn each_entry_is_answered_by_itself() {
    let world = World::start().await;
    world
        .events
        .create_event_bus()
        .name("jobs")
        .send()
        .await
        .unwrap();
    let put = world
        .events
        .put_events()
        .entries(entry("github.com", "not JSON"))
        .entries(entry("github.com", r#"{"fine":true}"#))
        .entries(entry("aws.ecs", "{}"))
        .send()
        .await
        .unwrap();
    assert_eq!(put.failed_entry_count(), 2);
    let [malformed, taken, denied] = put.entries() else {
        panic!("{put:?}");
    };
    assert_eq!(malformed.error_code(), Some("MalformedDetail"));
    assert!(malformed.event_id().is_none());
    assert!(taken.event_id().is_some());
    assert_eq!(denied.error_code(), Some("NotAuthorizedForSourceException"));
    world.end().await;
}

#[tokio::test]
async fn a_matching_event_starts_an_execution_with_its_envelope() {
    let world = World::start().await;
    let states = json!({"Done": {"Type": "Succeed"}});
    let machine = world.machine("m", "Done", states).await;
    world
        .events
        .create_event_bus()
        .name("jobs")
        .send()
        .await
        .unwrap();
    let pattern = json!({"source": ["github.com"], "detail": {"action": ["queued"]}});
    let rule = world
        .events
        .put_rule()
        .name("queued")
        .event_bus_name("jobs");
    rule.event_pattern(pattern.to_string())
        .send()
        .await
        .unwrap();
    let target = Target::builder()
        .id("machine")
        .arn(&machine)
        .build()
        .unwrap();
    let targets = world
        .events
        .put_targets()
        .rule("queued")
        .event_bus_name("jobs");
    let targets = targets.targets(target).send().await.unwrap();
    assert_eq!(targets.failed_entry_count(), 0);
    let described = world
        .events
        .describe_rule()
        .name("queued")
        .event_bus_name("jobs");
    assert_eq!(
        described.send().await.unwrap().state(),
        Some(&RuleState::Enabled)
    );
    let put = world
        .events
        .put_events()
        .entries(entry("github.com", r#"{"action":"completed"}"#))
        .entries(entry("github.com", r#"{"action":"queued","id":7}"#))
        .send()
        .await
        .unwrap();
    assert_eq!(put.failed_entry_count(), 0);
    let list = || {
        world
            .executions
            .list_executions()
            .state_machine_arn(&machine)
    };
    let started = until("an execution is started", || async {
        let listed = list().send().await.unwrap();
        listed.executions.into_iter().next()
    })
    .await;
    let ended = world.ended(&started.execution_arn).await;
    assert_eq!(ended.status, ExecutionStatus::Succeeded);
    let input: Value = serde_json::from_str(ended.input().unwrap()).unwrap();
    assert_eq!(input["detail"], json!({"action": "queued", "id": 7}));
    assert_eq!(input["detail-type"], "workflow_job");
    assert_eq!(input["source"], "github.com");
    assert_eq!(input["id"].as_str(), put.entries()[1].event_id());
    assert_eq!(list().send().await.unwrap().executions.len(), 1);
    world.end().await;
}
