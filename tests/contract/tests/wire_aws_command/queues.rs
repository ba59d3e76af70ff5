//! `aws sqs`: the dead letters that people look at.

use crate::command::{Story, text};

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let Some(story) = Story::start().await else {
        return;
    };
    let said = story
        .refused(&["sqs", "get-queue-url", "--queue-name", "none"])
        .await;
    assert!(
        said.contains("(AWS.SimpleQueueService.NonExistentQueue)")
            || said.contains("(QueueDoesNotExist)"),
        "{said}"
    );
    let created = story
        .aws(&["sqs", "create-queue", "--queue-name", "letters"])
        .await;
    let url = text(&created["QueueUrl"]);
    let sent = story
        .aws(&[
            "sqs",
            "send-message",
            "--queue-url",
            url,
            "--message-body",
            "hello",
        ])
        .await;
    let received = story
        .aws(&["sqs", "receive-message", "--queue-url", url])
        .await;
    let message = &received["Messages"][0];
    assert_eq!(message["MessageId"], sent["MessageId"]);
    assert_eq!(message["MD5OfBody"], sent["MD5OfMessageBody"]);
    let handle = text(&message["ReceiptHandle"]);
    let delete = [
        "sqs",
        "delete-message",
        "--queue-url",
        url,
        "--receipt-handle",
        handle,
    ];
    story.aws(&delete).await;
    let look = [
        "sqs",
        "get-queue-attributes",
        "--queue-url",
        url,
        "--attribute-names",
        "All",
    ];
    let seen = story.aws(&look).await;
    assert_eq!(
        seen["Attributes"]["ApproximateNumberOfMessagesNotVisible"],
        "0"
    );
    story.end().await;
}
