//! The item that tells the fleet until when GitHub is not to be called.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "fake/config.rs"]
mod config;
mod fake;

use aws::limits::Limits;
use fake::{Answer, Fake};
use serde_json::json;

#[tokio::test]
async fn a_limit_is_only_ever_moved_to_a_later_time() {
    let fake = Fake::start(|call, n| match (call.name.as_str(), n) {
        ("UpdateItem", 0) => Answer::Json(200, json!({})),
        // A later time stands there: that is no failure.
        ("UpdateItem", _) => Answer::aws("ConditionalCheckFailedException"),
        (_, 0) => Answer::Json(200, json!({})),
        _ => Answer::Json(200, json!({"Item": {"until": {"N": "1030"}}})),
    })
    .await;
    let config = config::at(&fake.url).await;
    let limits = Limits::new(&config, "c", 5);
    assert_eq!(limits.until().await.unwrap(), None);
    limits.note(1030, 1000).await.unwrap();
    limits.note(1020, 1000).await.unwrap();
    assert_eq!(limits.until().await.unwrap(), Some(1030));
    for call in fake.calls() {
        assert_eq!(call.body["Key"]["pk"]["S"], "github#limit#5");
    }
    let sent = fake.calls()[1].body.clone();
    assert!(sent["UpdateExpression"].as_str().unwrap().contains(":seen"));
    let condition = sent["ConditionExpression"].as_str().unwrap();
    assert_eq!(condition, "attribute_not_exists(#until) OR #until < :until");
    assert_eq!(
        sent["ExpressionAttributeValues"][":until"],
        json!({"N": "1030"})
    );
}
