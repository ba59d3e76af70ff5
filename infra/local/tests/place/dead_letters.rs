//! What EventBridge cannot deliver: retried as the target's policy says, then kept in
//! its dead-letter queue.

use std::time::Duration;

use local::events::Outcome;
use local::{EventRule, Place};
use serde_json::{Value, json};

use crate::virtual_time::{place, wait};

const GONE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:gone";

fn rule(place: &Place, target_arn: &str, retries: Option<u32>) -> String {
    place.create_queue("letters").unwrap();
    let rule = EventRule {
        bus: "default",
        name: "all",
        pattern: &json!({"source": ["github.com"]}),
        target_arn,
        retries,
        queue_arn: &local::sqs::arn("letters"),
    };
    place.create_event_rule_with_dead_letters(rule).unwrap()
}

fn put(place: &Place, detail: &Value) {
    let entry =
        json!({"Source": "github.com", "DetailType": "workflow_job", "Detail": detail.to_string()});
    let answer = place
        .events()
        .call("PutEvents", json!({"Entries": [entry]}));
    assert_eq!(answer.unwrap()["FailedEntryCount"], 0);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_does_not_pass_goes_to_the_queue_at_once() {
    let place = place(1.0).await;
    let rule_arn = rule(&place, GONE, None);
    put(&place, &json!({"action": "queued"}));
    wait(Duration::from_millis(1)).await;
    let letters = place.sqs().messages("letters");
    let (body, attributes) = &letters[0];
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!(event["detail"], json!({"action": "queued"}));
    assert_eq!(event["detail-type"], "workflow_job");
    assert_eq!(attributes["RULE_ARN"], rule_arn);
    assert_eq!(attributes["TARGET_ARN"], GONE);
    assert_eq!(attributes["ERROR_CODE"], "NO_RESOURCE");
    assert!(attributes["ERROR_MESSAGE"].contains("gone"));
    assert_eq!(attributes["RETRY_ATTEMPTS"], "0");
    assert!(!attributes.contains_key("EXHAUSTED_RETRY_CONDITION"));
    let delivery = place.events().deliveries().remove(0);
    assert!(delivery.dead_letter);
    assert_eq!(delivery.attempts, 1);
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_letter_without_a_queue_is_lost() {
    let place = place(1.0).await;
    rule(&place, GONE, None);
    let url = place.create_queue("letters").unwrap();
    let delete = json!({"QueueUrl": url});
    place.sqs().call("DeleteQueue", delete).await.unwrap();
    put(&place, &json!({}));
    wait(Duration::from_millis(1)).await;
    let delivery = place.events().deliveries().remove(0);
    assert!(matches!(delivery.outcome, Outcome::Failed { .. }));
    assert!(!delivery.dead_letter);
    place.shutdown().await;
}

#[tokio::test]
async fn a_rule_knows_its_queue_and_its_policy_and_refuses_bad_ones() {
    let place = Place::start(local::Settings::default()).await.unwrap();
    rule(&place, GONE, Some(3));
    let listed = place
        .events()
        .call("ListTargetsByRule", json!({"Rule": "all"}));
    let target = &listed.unwrap()["Targets"][0];
    assert_eq!(
        target["DeadLetterConfig"]["Arn"],
        local::sqs::arn("letters")
    );
    assert_eq!(target["RetryPolicy"]["MaximumRetryAttempts"], 3);
    for bad in [
        json!({"DeadLetterConfig": {"Arn": "arn:aws:sns:us-east-1:1:topic"}}),
        json!({"DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:1:queue.fifo"}}),
        json!({"RetryPolicy": {"MaximumRetryAttempts": 186}}),
        json!({"RetryPolicy": {"MaximumEventAgeInSeconds": 59}}),
    ] {
        let mut target = json!({"Id": "target", "Arn": GONE});
        target
            .as_object_mut()
            .unwrap()
            .extend(bad.as_object().unwrap().clone());
        let targets = json!({"Rule": "all", "Targets": [target]});
        let refused = place.events().call("PutTargets", targets).unwrap_err();
        assert_eq!(refused.code, "ValidationException", "{bad}");
    }
    place.shutdown().await;
}
