//! SQS: refusals as the SDK's error types, under both names, and a message's way
//! from a rule's dead letters back onto the bus.

use crate::world::{ROLE, World, until};
use aws_sdk_eventbridge::types::{
    DeadLetterConfig, PutEventsRequestEntry, RetryPolicy, Target as RuleTarget,
};
use aws_sdk_sqs::error::ProvideErrorMetadata as _;
use aws_sdk_sqs::types::{MessageAttributeValue, QueueAttributeName};

const GONE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:gone";

#[tokio::test]
async fn refusals_are_the_sdks_own_errors() {
    let world = World::start().await;
    let none = format!("{}/123456789012/none", world.place.endpoint());
    let error = world.queues.get_queue_url().queue_name("none").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
    let receive = world.queues.receive_message().queue_url(&none).send().await;
    let error = receive.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
    let create = |seconds: &str| {
        let create = world.queues.create_queue().queue_name("jobs");
        create
            .attributes(QueueAttributeName::VisibilityTimeout, seconds)
            .send()
    };
    let url = create("5").await.unwrap().queue_url.unwrap();
    let error = create("6").await.unwrap_err().into_service_error();
    assert!(error.is_queue_name_exists(), "{error:?}");
    let delete = world.queues.delete_message().queue_url(&url);
    let error = delete.receipt_handle("nonsense").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_receipt_handle_is_invalid(), "{error:?}");
    let receive = world.queues.receive_message().queue_url(&url);
    let error = receive.max_number_of_messages(11).send().await;
    let error = error.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("InvalidParameterValue"));
    world.end().await;
}

#[tokio::test]
async fn a_message_with_attributes_goes_through_a_queue() {
    let world = World::start().await;
    let queues = &world.queues;
    let url = queues.create_queue().queue_name("jobs").send().await;
    let url = url.unwrap().queue_url.unwrap();
    let found = queues.get_queue_url().queue_name("jobs").send().await;
    assert_eq!(found.unwrap().queue_url.as_ref(), Some(&url));
    let kind = MessageAttributeValue::builder()
        .data_type("String")
        .string_value("greeting");
    let sent = queues
        .send_message()
        .queue_url(&url)
        .message_body("hello")
        .message_attributes("kind", kind.build().unwrap())
        .send()
        .await
        .unwrap();
    let receive = || {
        let receive = queues
            .receive_message()
            .queue_url(&url)
            .visibility_timeout(60);
        receive.message_attribute_names("All").send()
    };
    let mut received = receive().await.unwrap().messages.unwrap();
    let message = received.remove(0);
    assert_eq!(message.message_id, sent.message_id);
    assert_eq!(
        message.md5_of_message_attributes,
        sent.md5_of_message_attributes
    );
    let attributes = message.message_attributes.unwrap();
    assert_eq!(attributes["kind"].string_value.as_deref(), Some("greeting"));
    assert!(receive().await.unwrap().messages.is_none());
    let handle = message.receipt_handle.unwrap();
    let show = queues.change_message_visibility().queue_url(&url);
    let show = show.receipt_handle(handle).visibility_timeout(0);
    show.send().await.unwrap();
    let again = receive().await.unwrap().messages.unwrap();
    let handle = again[0].receipt_handle.clone().unwrap();
    let delete = queues.delete_message().queue_url(&url);
    delete.receipt_handle(handle).send().await.unwrap();
    let look = queues.get_queue_attributes().queue_url(&url);
    let seen = look
        .attribute_names(QueueAttributeName::All)
        .send()
        .await
        .unwrap();
    let seen = seen.attributes.unwrap();
    assert_eq!(
        seen[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible],
        "0"
    );
    let listed = queues
        .list_queues()
        .queue_name_prefix("jo")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.queue_urls(), [url.as_str()]);
    queues.purge_queue().queue_url(&url).send().await.unwrap();
    queues.delete_queue().queue_url(&url).send().await.unwrap();
    assert!(
        queues
            .list_queues()
            .send()
            .await
            .unwrap()
            .queue_urls()
            .is_empty()
    );
    world.end().await;
}

#[tokio::test]
async fn what_a_rule_cannot_deliver_waits_in_its_queue() {
    let world = World::start().await;
    let url = world
        .queues
        .create_queue()
        .queue_name("letters")
        .send()
        .await;
    let url = url.unwrap().queue_url.unwrap();
    let rule = world.events.put_rule().name("all");
    rule.event_pattern(r#"{"source": ["s"]}"#)
        .send()
        .await
        .unwrap();
    let letters = DeadLetterConfig::builder()
        .arn(local::sqs::arn("letters"))
        .build();
    let target = RuleTarget::builder()
        .id("target")
        .arn(GONE)
        .role_arn(ROLE)
        .dead_letter_config(letters)
        .retry_policy(RetryPolicy::builder().maximum_retry_attempts(2).build())
        .build()
        .unwrap();
    let put = world.events.put_targets().rule("all").targets(target);
    assert_eq!(put.send().await.unwrap().failed_entry_count, 0);
    let listed = world.events.list_targets_by_rule().rule("all").send().await;
    let listed = listed.unwrap().targets.unwrap();
    let policy = listed[0].retry_policy.as_ref().unwrap();
    assert_eq!(policy.maximum_retry_attempts, Some(2));
    let entry = PutEventsRequestEntry::builder()
        .source("s")
        .detail_type("d")
        .detail("{}");
    world
        .events
        .put_events()
        .entries(entry.build())
        .send()
        .await
        .unwrap();
    let message = until("the dead letter is there", || async {
        let receive = world
            .queues
            .receive_message()
            .queue_url(&url)
            .wait_time_seconds(1);
        let received = receive.message_attribute_names("All").send().await.unwrap();
        received.messages?.pop()
    })
    .await;
    let attributes = message.message_attributes.unwrap();
    let text = |name: &str| attributes[name].string_value.as_deref().unwrap();
    assert_eq!(text("TARGET_ARN"), GONE);
    assert_eq!(
        text("RULE_ARN"),
        "arn:aws:events:us-east-1:123456789012:rule/all"
    );
    assert_eq!(text("ERROR_CODE"), "NO_RESOURCE");
    assert_eq!(text("RETRY_ATTEMPTS"), "0");
    world.end().await;
}
