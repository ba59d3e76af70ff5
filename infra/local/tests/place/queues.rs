//! SQS's standard queues over the wire, and their times without waiting for them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::virtual_time::{place, wait};
use crate::world::{World, refused, text};

async fn sqs(world: &World, operation: &str, input: Value) -> Result<Value, (u16, Value)> {
    world.call(&format!("AmazonSQS.{operation}"), input).await
}

async fn queue(world: &World, name: &str) -> String {
    let made = sqs(world, "CreateQueue", json!({"QueueName": name})).await;
    text(&made.unwrap()["QueueUrl"])
}

#[tokio::test]
async fn a_refusal_has_the_new_name_in_its_document_and_the_old_one_in_its_header() {
    let world = World::start().await;
    let answer = world
        .http
        .post(world.place.endpoint())
        .header("X-Amz-Target", "AmazonSQS.GetQueueUrl")
        .header("Content-Type", "application/x-amz-json-1.0")
        .body(json!({"QueueName": "none"}).to_string());
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(
        answer.headers()["x-amzn-query-error"],
        "AWS.SimpleQueueService.NonExistentQueue;Sender"
    );
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    world.end().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let world = World::start().await;
    let url = queue(&world, "jobs").await;
    let none = format!("{}/123456789012/none", world.place.endpoint());
    let with = |more: Value| {
        let mut input = json!({"QueueUrl": url});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        input
    };
    let attribute =
        |value: Value| with(json!({"MessageBody": "x", "MessageAttributes": {"a": value}}));
    let table = [
        ("CreateQueue", json!({}), "MissingParameter"),
        (
            "CreateQueue",
            json!({"QueueName": "a b"}),
            "InvalidParameterValue",
        ),
        (
            "CreateQueue",
            json!({"QueueName": "a.fifo"}),
            "InvalidParameterValue",
        ),
        (
            "CreateQueue",
            json!({"QueueName": "a", "Attributes": {"FifoQueue": "true"}}),
            "InvalidAttributeName",
        ),
        (
            "CreateQueue",
            json!({"QueueName": "a", "Attributes": {"VisibilityTimeout": "50000"}}),
            "InvalidAttributeValue",
        ),
        (
            "CreateQueue",
            json!({"QueueName": "jobs", "Attributes": {"VisibilityTimeout": "5"}}),
            "QueueNameExists",
        ),
        (
            "GetQueueAttributes",
            with(json!({"AttributeNames": ["Colour"]})),
            "InvalidAttributeName",
        ),
        (
            "SendMessage",
            json!({"QueueUrl": none, "MessageBody": "x"}),
            "QueueDoesNotExist",
        ),
        ("SendMessage", with(json!({})), "MissingParameter"),
        (
            "SendMessage",
            with(json!({"MessageBody": ""})),
            "InvalidMessageContents",
        ),
        (
            "SendMessage",
            with(json!({"MessageBody": "\u{1}"})),
            "InvalidMessageContents",
        ),
        (
            "SendMessage",
            with(json!({"MessageBody": "x".repeat(1_048_577)})),
            "InvalidParameterValue",
        ),
        (
            "SendMessage",
            with(json!({"MessageBody": "x", "DelaySeconds": 901})),
            "InvalidParameterValue",
        ),
        (
            "SendMessage",
            attribute(json!({"DataType": "Colour"})),
            "InvalidParameterValue",
        ),
        (
            "SendMessage",
            attribute(json!({"DataType": "String"})),
            "InvalidParameterValue",
        ),
        (
            "ReceiveMessage",
            with(json!({"MaxNumberOfMessages": 11})),
            "InvalidParameterValue",
        ),
        (
            "ReceiveMessage",
            with(json!({"WaitTimeSeconds": 21})),
            "InvalidParameterValue",
        ),
        (
            "ReceiveMessage",
            with(json!({"VisibilityTimeout": -1})),
            "InvalidParameterValue",
        ),
        (
            "DeleteMessage",
            with(json!({"ReceiptHandle": "nonsense"})),
            "ReceiptHandleIsInvalid",
        ),
        (
            "ChangeMessageVisibility",
            with(json!({"ReceiptHandle": "none.1", "VisibilityTimeout": 1})),
            "ReceiptHandleIsInvalid",
        ),
        (
            "ChangeMessageVisibility",
            with(json!({"ReceiptHandle": "none.1"})),
            "MissingParameter",
        ),
        ("PurgeQueue", json!({"QueueUrl": none}), "QueueDoesNotExist"),
        (
            "DeleteQueue",
            json!({"QueueUrl": none}),
            "QueueDoesNotExist",
        ),
    ];
    for (operation, input, wanted) in table {
        let (name, _) = refused(sqs(&world, operation, input).await);
        assert_eq!(name, wanted, "{operation}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let world = World::start().await;
    let url = queue(&world, "jobs").await;
    // The digests are the ones of SQS's own documentation of the algorithm, by hand.
    let sent = sqs(
        &world,
        "SendMessage",
        json!({"QueueUrl": url, "MessageBody": "hello",
            "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "greeting"}}}),
    );
    let sent = sent.await.unwrap();
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");
    let receive =
        json!({"QueueUrl": url, "MessageAttributeNames": ["All"], "AttributeNames": ["All"]});
    let received = sqs(&world, "ReceiveMessage", receive.clone())
        .await
        .unwrap();
    let message = &received["Messages"][0];
    assert_eq!(message["Body"], "hello");
    assert_eq!(message["MessageId"], sent["MessageId"]);
    assert_eq!(
        message["MD5OfMessageAttributes"],
        sent["MD5OfMessageAttributes"]
    );
    assert_eq!(
        message["MessageAttributes"]["kind"]["StringValue"],
        "greeting"
    );
    assert_eq!(message["Attributes"]["ApproximateReceiveCount"], "1");
    let again = sqs(&world, "ReceiveMessage", receive).await.unwrap();
    assert_eq!(again, json!({}), "it is invisible to others");
    let attributes = json!({"QueueUrl": url, "AttributeNames": ["All"]});
    let seen = sqs(&world, "GetQueueAttributes", attributes.clone())
        .await
        .unwrap();
    assert_eq!(seen["Attributes"]["ApproximateNumberOfMessages"], "0");
    assert_eq!(
        seen["Attributes"]["ApproximateNumberOfMessagesNotVisible"],
        "1"
    );
    assert_eq!(seen["Attributes"]["QueueArn"], local::sqs::arn("jobs"));
    let handle = json!({"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]});
    // Deleting it twice is no error, as on AWS.
    for _ in 0..2 {
        sqs(&world, "DeleteMessage", handle.clone()).await.unwrap();
    }
    let seen = sqs(&world, "GetQueueAttributes", attributes).await.unwrap();
    assert_eq!(
        seen["Attributes"]["ApproximateNumberOfMessagesNotVisible"],
        "0"
    );
    sqs(&world, "DeleteQueue", json!({"QueueUrl": url}))
        .await
        .unwrap();
    assert_eq!(
        sqs(&world, "ListQueues", json!({})).await.unwrap(),
        json!({})
    );
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_is_visible_again_when_its_time_is_over() {
    let place = place(1.0).await;
    let url = place.create_queue("jobs").unwrap();
    let send = json!({"QueueUrl": url, "MessageBody": "hello"});
    place.sqs().call("SendMessage", send).await.unwrap();
    let receive = |seconds: u64| json!({"QueueUrl": url, "WaitTimeSeconds": seconds});
    let first = place
        .sqs()
        .call("ReceiveMessage", receive(0))
        .await
        .unwrap();
    let old = json!({"QueueUrl": url, "ReceiptHandle": first["Messages"][0]["ReceiptHandle"]});
    let nothing = place
        .sqs()
        .call("ReceiveMessage", receive(20))
        .await
        .unwrap();
    assert_eq!(nothing, json!({}), "30 seconds are not over");
    let second = place
        .sqs()
        .call("ReceiveMessage", receive(20))
        .await
        .unwrap();
    assert_eq!(second["Messages"][0]["Body"], "hello");
    // The first receipt does not settle it any more: its receiver was too slow.
    place
        .sqs()
        .call("DeleteMessage", old.clone())
        .await
        .unwrap();
    assert_eq!(place.sqs().messages("jobs").len(), 1);
    let mut show = old;
    show["VisibilityTimeout"] = json!(0);
    let refused = place
        .sqs()
        .call("ChangeMessageVisibility", show.clone())
        .await;
    assert_eq!(refused.unwrap_err().code, "MessageNotInflight");
    show["ReceiptHandle"] = second["Messages"][0]["ReceiptHandle"].clone();
    place
        .sqs()
        .call("ChangeMessageVisibility", show)
        .await
        .unwrap();
    let third = place
        .sqs()
        .call("ReceiveMessage", receive(0))
        .await
        .unwrap();
    let attributes =
        json!({"QueueUrl": url, "ReceiptHandle": third["Messages"][0]["ReceiptHandle"]});
    place.sqs().call("DeleteMessage", attributes).await.unwrap();
    assert!(place.sqs().messages("jobs").is_empty());
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_waits_is_woken_by_the_message() {
    let place = place(1.0).await;
    let url = place.create_queue("jobs").unwrap();
    let begun = tokio::time::Instant::now();
    let receive = json!({"QueueUrl": url, "WaitTimeSeconds": 20});
    let send = async {
        wait(Duration::from_secs(7)).await;
        let send = json!({"QueueUrl": url, "MessageBody": "hello", "DelaySeconds": 5});
        place.sqs().call("SendMessage", send).await.unwrap();
    };
    let (received, ()) = tokio::join!(place.sqs().call("ReceiveMessage", receive), send);
    assert_eq!(received.unwrap()["Messages"][0]["Body"], "hello");
    assert_eq!(begun.elapsed().as_secs(), 12);
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_is_forgotten_when_its_retention_is_over() {
    let place = place(1.0).await;
    let made = json!({"QueueName": "jobs", "Attributes": {"MessageRetentionPeriod": "60"}});
    let made = place.sqs().call("CreateQueue", made).await.unwrap();
    let send = json!({"QueueUrl": made["QueueUrl"], "MessageBody": "hello"});
    place.sqs().call("SendMessage", send).await.unwrap();
    wait(Duration::from_secs(60)).await;
    let receive = json!({"QueueUrl": made["QueueUrl"]});
    let received = place.sqs().call("ReceiveMessage", receive).await.unwrap();
    assert_eq!(received, json!({}));
    place.shutdown().await;
}
