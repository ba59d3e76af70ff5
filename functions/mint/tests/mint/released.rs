//! A job whose end is told while its runner is minted.

use crate::fake::Answer;
use crate::script::{POST, at, claim, run, unconfirmed};
use domain::steps::MintOutcome;
use serde_json::{Value, json};

/// The claim after GitHub's word of the job's end reached it.
fn told(mut claim: Value) -> Value {
    claim["releases"] = json!({"N": "1"});
    claim["released_at"] = json!({"N": "999990"});
    claim
}

#[tokio::test]
async fn a_job_whose_end_is_told_before_the_registration_is_asked_about_again() {
    let (answer, fake) = run(|call, n| match call.name.as_str() {
        "UpdateItem" if n == 1 => Some(Answer::aws("ConditionalCheckFailedException")),
        "GetItem" => Some(Answer::Json(200, json!({"Item": told(claim())}))),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!((answer.outcome, answer.seconds), (MintOutcome::Wait, 1));
    assert!(fake.of(POST).is_empty());
}

#[tokio::test]
async fn a_job_whose_end_is_told_after_the_registration_takes_it_back() {
    let (answer, fake) = run(|call, n| match call.name.as_str() {
        "UpdateItem" if n == 2 => Some(Answer::aws("ConditionalCheckFailedException")),
        "GetItem" => Some(Answer::Json(200, json!({"Item": told(unconfirmed())}))),
        "DELETE /orgs/acme/actions/runners/9" => Some(Answer::no_content()),
        _ => None,
    })
    .await;
    let answer = answer.unwrap();
    assert_eq!((answer.outcome, answer.seconds), (MintOutcome::Wait, 1));
    assert_eq!(fake.of("DeleteItem").len(), 1);
    assert_eq!(fake.of("DELETE /orgs/acme/actions/runners/9").len(), 1);
}

#[tokio::test]
async fn a_word_of_the_end_from_before_the_question_stops_no_mint() {
    // GitHub says that the job waits: the word was wrong, or of another place.
    let (answer, fake) = run(|call, n| {
        (at(call, "UpdateItem") && n == 0)
            .then(|| Answer::Json(200, json!({"Attributes": told(claim())})))
    })
    .await;
    assert_eq!(answer.unwrap().outcome, MintOutcome::Minted);
    for write in &fake.of("UpdateItem")[1..3] {
        let condition = write.body["ConditionExpression"].as_str().unwrap();
        assert!(condition.contains("releases = :releases"), "{condition}");
        assert_eq!(
            write.body["ExpressionAttributeValues"][":releases"]["N"],
            "1"
        );
    }
}
