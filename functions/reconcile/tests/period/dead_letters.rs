//! What becomes of dead letters.

use serde_json::{Value, json};

use crate::fake::Answer;
use crate::place::{NOW, Place};

#[tokio::test]
async fn a_dead_letter_goes_on_the_bus_before_it_is_deleted() {
    let letter = |detail: &Value| {
        let body = json!({"source": "github.com", "detail-type": "workflow_job", "detail": detail});
        json!({"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": body.to_string(),
            "Attributes": {"SentTimestamp": (NOW * 1000).to_string()}}]})
    };
    let fresh = letter(&json!({"action": "queued", "workflow_job": {"id": 7}}));
    let place = Place::new({
        let fresh = fresh.clone();
        move |call, n| {
            (call.name == "ReceiveMessage" && n == 0).then(|| Answer::Json(200, fresh.clone()))
        }
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.replayed, answer.left), (1, 0));
    let put = &place.fake.of("PutEvents")[0].body["Entries"][0];
    assert_eq!(put["Source"], "github.com");
    assert!(put["Detail"].as_str().unwrap().contains("\"replays\":1"));
    assert_eq!(place.fake.of("DeleteMessage").len(), 1);

    let place = Place::new(move |call, n| match call.name.as_str() {
        "ReceiveMessage" if n == 0 => Some(Answer::Json(200, fresh.clone())),
        "PutEvents" => Some(Answer::Json(
            200,
            json!({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}),
        )),
        _ => None,
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.replayed, answer.errors), (0, 1));
    assert!(place.fake.of("DeleteMessage").is_empty());
}

#[tokio::test]
async fn a_dead_letter_that_came_back_waits_and_is_left_in_the_end() {
    for (replays, age, replayed, left) in [(1, 60, 0, 0), (1, 120, 1, 0), (5, 99_999, 0, 1)] {
        let place = Place::new(move |call, n| {
            let body = json!({"source": "github.com", "detail-type": "workflow_job",
                "detail": {"replays": replays, "workflow_job": {"id": 7}}});
            let sent = ((NOW - age) * 1000).to_string();
            (call.name == "ReceiveMessage" && n == 0).then(|| {
                Answer::Json(
                    200,
                    json!({"Messages": [{"MessageId": "m", "ReceiptHandle": "r",
                        "Body": body.to_string(), "Attributes": {"SentTimestamp": sent}}]}),
                )
            })
        })
        .await;
        let answer = place.period().await.unwrap();
        assert_eq!(
            (answer.replayed, answer.left),
            (replayed, left),
            "{replays}"
        );
    }
}
