//! Faults by name: each, and what a caller of the place sees of it.

use std::time::Duration;

use bytes::Bytes;
use faults::{Fault, Occurrence};
use local::{AwsFault, EventRule, Place};
use serde_json::{Value, json};

use crate::virtual_time::{inputs, machine, place, wait};
use crate::world::World;

fn order(place: &Place, fault: Fault<AwsFault>) {
    place.faults().add(fault);
}

fn table(place: &Place) {
    let table = json!({
        "TableName": "claims", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    });
    place.dynamodb().call("CreateTable", table).unwrap();
}

fn put(place: &Place, condition: Option<&str>) -> Result<Value, String> {
    let mut item = json!({"TableName": "claims", "Item": {"pk": {"S": "x"}}});
    if let Some(condition) = condition {
        item["ConditionExpression"] = json!(condition);
    }
    let answer = place.dynamodb().call("PutItem", item);
    answer.map_err(|error| error.code)
}

fn found(place: &Place) -> bool {
    let key = json!({"TableName": "claims", "Key": {"pk": {"S": "x"}}});
    let answer = place.dynamodb().call("GetItem", key).unwrap();
    answer.get("Item").is_some()
}

#[tokio::test]
async fn a_table_is_throttled_fails_and_loses_answers() {
    let place = place(1.0).await;
    table(&place);
    for (what, code, effect) in [
        (AwsFault::TableThrottled {}, "ThrottlingException", false),
        (
            AwsFault::TableInternalError {},
            "InternalServerError",
            false,
        ),
        (AwsFault::TableAnswerLost {}, "InternalServerError", true),
    ] {
        order(&place, Fault::once(what.clone()).on("claims PutItem"));
        assert!(!found(&place), "only what was ordered, {what:?}");
        assert_eq!(put(&place, None), Err(code.to_owned()));
        assert_eq!(found(&place), effect, "{what:?}");
    }
    place.shutdown().await;
}

#[tokio::test]
async fn a_condition_fails_that_holds_and_an_item_is_gone() {
    let place = place(1.0).await;
    table(&place);
    order(&place, Fault::once(AwsFault::ConditionFails {}));
    assert!(
        put(&place, None).is_ok(),
        "a call without a condition is spared"
    );
    let exists = Some("attribute_exists(pk)");
    let failed = put(&place, exists).unwrap_err();
    assert_eq!(failed, "ConditionalCheckFailedException");
    assert!(put(&place, exists).is_ok());
    order(
        &place,
        Fault::once(AwsFault::ItemGone {}).on("claims DeleteItem"),
    );
    let take = json!({
        "TableName": "claims", "Key": {"pk": {"S": "x"}}, "ReturnValues": "ALL_OLD",
        "ConditionExpression": "attribute_exists(pk)",
    });
    let taken = place.dynamodb().call("DeleteItem", take).unwrap_err();
    assert_eq!(taken.code, "ConditionalCheckFailedException");
    assert!(!found(&place));
    place.shutdown().await;
}

#[tokio::test]
async fn a_function_crashes_times_out_and_is_throttled() {
    let world = World::start().await;
    let name = "count";
    world.function_with(name, |settings| {
        settings.timeout = Duration::from_millis(300);
    });
    let call = async || {
        let called = world.place.lambda().invoke(name, Bytes::from("{}")).await;
        match called {
            Ok(invocation) => match invocation.result {
                Ok(answer) => Ok(serde_json::from_slice::<Value>(&answer).unwrap()),
                Err(error) => Err(error.error_type),
            },
            Err(error) => Err(error.code),
        }
    };
    assert_eq!(call().await.unwrap()["events"], 1);
    for (what, error, effects) in [
        (AwsFault::FunctionCrash {}, "Runtime.ExitError", 0),
        (
            AwsFault::FunctionThrottled {},
            "TooManyRequestsException",
            0,
        ),
        (AwsFault::FunctionTimeout {}, "Sandbox.Timedout", 0),
        (
            AwsFault::FunctionCrashAfterEffect {},
            "Runtime.ExitError",
            1,
        ),
        (
            AwsFault::FunctionTimeoutAfterEffect {},
            "Sandbox.Timedout",
            1,
        ),
    ] {
        let before = call().await.unwrap()["events"].as_u64().unwrap();
        order(&world.place, Fault::once(what.clone()).on(name));
        let begun = std::time::Instant::now();
        assert_eq!(call().await, Err(error.to_owned()), "{what:?}");
        if error == "Sandbox.Timedout" {
            assert!(begun.elapsed() >= Duration::from_millis(300));
        }
        let after = call().await.unwrap()["events"].as_u64().unwrap();
        assert_eq!(after - before, 1 + effects, "{what:?}");
    }
    world.end().await;
}

fn events(place: &Place, retries: u32) {
    let machine = machine(place, "m");
    place.create_queue("letters").unwrap();
    let rule = EventRule {
        bus: "default",
        name: "queued",
        pattern: &json!({"source": ["github.com"]}),
        target_arn: &machine,
        retries: Some(retries),
        queue_arn: &local::sqs::arn("letters"),
    };
    place.create_event_rule_with_dead_letters(rule).unwrap();
}

fn send(place: &Place, count: usize) -> Result<Value, String> {
    let entry = json!({"Source": "github.com", "DetailType": "workflow_job", "Detail": "{}"});
    let entries = json!({"Entries": vec![entry; count]});
    let answer = place.events().call("PutEvents", entries);
    answer.map_err(|error| error.code)
}

#[tokio::test(start_paused = true)]
async fn put_events_is_refused_as_a_whole_or_in_part() {
    let place = place(1.0).await;
    events(&place, 0);
    order(&place, Fault::once(AwsFault::PutEventsThrottled {}));
    assert_eq!(send(&place, 1), Err("ThrottlingException".to_owned()));
    order(&place, Fault::once(AwsFault::PutEventsFails {}));
    assert_eq!(send(&place, 1), Err("InternalException".to_owned()));
    let refused = Fault::once(AwsFault::PutEventsEntryRefused {});
    order(&place, refused.on("workflow_job").after(1));
    let answer = send(&place, 3).unwrap();
    assert_eq!(answer["FailedEntryCount"], 1);
    assert_eq!(answer["Entries"][1]["ErrorCode"], "InternalFailure");
    wait(Duration::from_millis(1)).await;
    assert_eq!(inputs(&place).len(), 2);
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_event_is_delivered_twice() {
    let place = place(1.0).await;
    events(&place, 0);
    order(
        &place,
        Fault::once(AwsFault::EventDeliveredTwice {}).on("queued"),
    );
    send(&place, 1).unwrap();
    wait(Duration::from_millis(1)).await;
    let seen = inputs(&place);
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0]["id"], seen[1]["id"], "it is one event");
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_target_that_comes_back_is_reached_by_a_retry_with_growing_pauses() {
    let place = place(1.0).await;
    events(&place, 5);
    order(
        &place,
        Fault::once(AwsFault::TargetUnavailable { attempts: 3 }),
    );
    send(&place, 1).unwrap();
    // 0.2 + 0.4 + 0.8 seconds.
    wait(Duration::from_millis(1399)).await;
    assert_eq!(inputs(&place).len(), 0);
    wait(Duration::from_millis(2)).await;
    assert_eq!(inputs(&place).len(), 1);
    assert_eq!(place.events().deliveries()[0].attempts, 4);
    assert!(place.sqs().messages("letters").is_empty());
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn retries_run_out_and_leave_a_dead_letter_that_says_so() {
    // A faster place gives up sooner.
    let place = place(10.0).await;
    events(&place, 2);
    order(
        &place,
        Fault::once(AwsFault::TargetUnavailable { attempts: 9 }),
    );
    send(&place, 1).unwrap();
    wait(Duration::from_millis(61)).await;
    let (_, attributes) = place.sqs().messages("letters").remove(0);
    assert_eq!(
        attributes["EXHAUSTED_RETRY_CONDITION"],
        "MaximumRetryAttempts"
    );
    assert_eq!(attributes["RETRY_ATTEMPTS"], "2");
    assert_eq!(attributes["ERROR_CODE"], "ERROR_FROM_TARGET");
    order(&place, Fault::once(AwsFault::EventUndeliverable {}));
    send(&place, 1).unwrap();
    wait(Duration::from_millis(1)).await;
    let (body, attributes) = place.sqs().messages("letters").remove(1);
    assert_eq!(attributes["ERROR_CODE"], "NO_PERMISSIONS");
    assert_eq!(attributes["RETRY_ATTEMPTS"], "0");
    assert!(body.contains("workflow_job"));
    assert_eq!(inputs(&place).len(), 0);
    place.shutdown().await;
}

/// Puts an item, passes, ends.
fn counting(place: &Place) -> String {
    table(place);
    let states = json!({
        "Put": {
            "Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem",
            "Arguments": {"TableName": "claims", "Item": {"pk": {"S": "x"}}}, "Next": "Pass",
        },
        "Pass": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
    });
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "Put", "States": states});
    let text = definition.to_string();
    place.create_state_machine("m", &text).unwrap()
}

async fn run(place: &Place, machine: &str) -> Value {
    let start = json!({"stateMachineArn": machine, "input": "{}"});
    let started = place
        .step_functions()
        .call("StartExecution", start)
        .unwrap();
    wait(Duration::from_secs(1)).await;
    let ask = json!({"executionArn": started["executionArn"]});
    place
        .step_functions()
        .call("DescribeExecution", ask)
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_states_task_fails_before_or_after_it_was_performed() {
    let place = place(1.0).await;
    let machine = counting(&place);
    let error = "Lambda.ServiceException".to_owned();
    let before = AwsFault::StateTaskFails { error };
    order(&place, Fault::once(before).on("Put"));
    let failed = run(&place, &machine).await;
    assert_eq!(failed["error"], "Lambda.ServiceException");
    assert!(!found(&place));
    let error = "Broken".to_owned();
    let after = AwsFault::StateTaskAnswerLost { error };
    order(&place, Fault::once(after).on("Put"));
    let failed = run(&place, &machine).await;
    assert_eq!(failed["error"], "Broken");
    assert!(found(&place));
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_stopped_at_a_state_by_count_and_by_chance() {
    let place = place(1.0).await;
    let machine = counting(&place);
    let stop = Fault::once(AwsFault::ExecutionStopped {});
    order(&place, stop.clone().on("Pass").after(1).times(2));
    let mut ends = Vec::new();
    for _ in 0..4 {
        let end = run(&place, &machine).await;
        ends.push(end["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(ends, ["SUCCEEDED", "ABORTED", "ABORTED", "SUCCEEDED"]);
    let struck = place.faults().struck()["execution-stopped"];
    assert_eq!(struck, Occurrence { seen: 4, struck: 2 });
    place.faults().clear();
    place.faults().seed(7);
    order(
        &place,
        Fault::sometimes(AwsFault::ExecutionStopped {}, 0.5).on("Done"),
    );
    let mut aborted = 0;
    for _ in 0..20 {
        let end = run(&place, &machine).await;
        aborted += u64::from(end["status"] == "ABORTED");
    }
    let struck = place.faults().struck()["execution-stopped"];
    assert_eq!(
        struck,
        Occurrence {
            seen: 20,
            struck: aborted
        }
    );
    assert!((4..=16).contains(&aborted), "{aborted} of 20");
    place.shutdown().await;
}
