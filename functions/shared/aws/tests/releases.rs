//! What the function release writes into a claim and what a mint makes of it,
//! and the repositories that were seen lately: against a scripted DynamoDB.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "fake/config.rs"]
mod config;
mod fake;

use aws::claims::{Claim, ClaimError, Claims, Try};
use aws::repositories::Repositories;
use domain::ids::RunnerId;
use domain::steps::ClaimRef;
use fake::{Answer, Fake};
use serde_json::{Value, json};

fn ours() -> ClaimRef {
    ClaimRef {
        pk: "job#1#1".into(),
        owner: "arn:me".into(),
    }
}

fn read(releases: u64) -> Claim {
    Claim {
        owner: "arn:me".into(),
        handover_key: Some("k".into()),
        releases,
        ..Claim::default()
    }
}

fn next() -> Try {
    Try {
        seq: 1,
        runner_name: "n".into(),
        handover_key: "k".into(),
    }
}

/// Refuses every write; the claim is `owner`'s and was told of `releases` ends.
async fn refusing(owner: &'static str, releases: u64) -> (Claims, Fake) {
    let fake = Fake::start(move |call, _| match call.name.as_str() {
        "GetItem" => Answer::Json(
            200,
            json!({"Item": {"owner": {"S": owner}, "state": {"S": "active"}, "handover_key": {"S": "k"},
                "releases": {"N": releases.to_string()}}}),
        ),
        _ => Answer::aws("ConditionalCheckFailedException"),
    })
    .await;
    (Claims::new(&config::at(&fake.url).await, "c"), fake)
}

#[tokio::test]
async fn a_mint_is_told_apart_that_lost_its_claim_or_its_job() {
    for (owner, before, after, released) in [
        ("arn:me", 0, 1, true),
        ("arn:me", 1, 2, true),
        // The word came before the mint began: something else refused the write.
        ("arn:me", 1, 1, false),
        ("arn:other", 0, 1, false),
    ] {
        let (claims, _) = refusing(owner, after).await;
        let written = claims
            .set_runner(&ours(), "k", RunnerId(7), before, 1)
            .await;
        let begun = claims
            .begin_try(
                &ours(),
                &read(before),
                &Try {
                    handover_key: "k2".into(),
                    ..next()
                },
                1,
            )
            .await;
        for answer in [written, begun] {
            match answer {
                Err(ClaimError::Released) => assert!(released),
                Err(ClaimError::Lost) => assert!(!released),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_claim_that_changed_under_a_release_is_looked_at_again() {
    let (claims, fake) = refusing("arn:other", 0).await;
    let told = claims.release("job#1#1", &read(0), 1000).await;
    assert!(matches!(told, Err(ClaimError::Lost)), "{told:?}");
    assert_eq!(fake.names(), ["UpdateItem"]);
}

#[tokio::test]
async fn a_release_counts_up_and_returns_what_the_claim_holds_now() {
    let now = json!({"Attributes": {"owner": {"S": "arn:me"}, "handover_key": {"S": "k"}, "runner_id": {"N": "7"},
        "releases": {"N": "2"}, "released_at": {"N": "1000"}, "task_size": {"S": "256/512/20/X86_64"}}});
    let fake = Fake::start(move |_, _| Answer::Json(200, now.clone())).await;
    let claims = Claims::new(&config::at(&fake.url).await, "c");
    let told = claims.release("job#1#1", &read(1), 1000).await.unwrap();
    assert_eq!((told.releases, told.released_at), (2, Some(1000)));
    assert_eq!(told.runner_id, Some(RunnerId(7)));
    assert_eq!(told.task_size.as_deref(), Some("256/512/20/X86_64"));
    let sent = &fake.calls()[0].body;
    assert_eq!(
        sent["UpdateExpression"],
        "SET released_at = :now ADD releases :one"
    );
    let values: Value = sent["ExpressionAttributeValues"].clone();
    assert_eq!(
        values,
        json!({":me": {"S": "arn:me"}, ":key": {"S": "k"}, ":now": {"N": "1000"}, ":one": {"N": "1"}})
    );
}

#[tokio::test]
async fn a_repository_is_written_once_an_hour() {
    let fake = Fake::start(|_, n| match n {
        // Another process has noted it.
        1 => Answer::aws("ConditionalCheckFailedException"),
        _ => Answer::Json(200, json!({})),
    })
    .await;
    let repositories = Repositories::new(&config::at(&fake.url).await, "c");
    for (now, calls) in [
        (10_000, 1),
        (13_600, 1),
        (13_601, 2),
        (13_700, 2),
        (20_000, 3),
    ] {
        repositories.note("acme/r", now).await.unwrap();
        assert_eq!(fake.calls().len(), calls, "{now}");
    }
    let sent = &fake.calls()[0].body;
    assert_eq!(sent["Key"], json!({"pk": {"S": "repo#acme/r"}}));
    assert_eq!(
        sent["ExpressionAttributeValues"],
        json!({":now": {"N": "10000"}, ":expires": {"N": "614800"}, ":before": {"N": "6400"}})
    );
}

#[tokio::test]
async fn a_note_that_failed_is_tried_again() {
    let fake = Fake::start(|_, n| match n {
        0..3 => Answer::aws("ThrottlingException"),
        _ => Answer::Json(200, json!({})),
    })
    .await;
    let repositories = Repositories::new(&config::at(&fake.url).await, "c");
    let failed = repositories.note("acme/r", 10_000).await.unwrap_err();
    assert_eq!(failed.name(), "StoreUnavailable");
    repositories.note("acme/r", 10_001).await.unwrap();
}

#[tokio::test]
async fn the_repositories_seen_lately_are_read_page_by_page() {
    let fake = Fake::start(|_, n| match n {
        0 => Answer::Json(
            200,
            json!({"Items": [{"pk": {"S": "repo#acme/z"}}], "LastEvaluatedKey": {"pk": {"S": "repo#acme/z"}}}),
        ),
        _ => Answer::Json(200, json!({"Items": [{"pk": {"S": "repo#acme/a"}}]})),
    })
    .await;
    let repositories = Repositories::new(&config::at(&fake.url).await, "c");
    let seen = repositories.seen_since(500).await.unwrap();
    assert_eq!(seen, ["acme/a", "acme/z"]);
    let [first, second] = &fake.calls()[..] else {
        panic!("two pages");
    };
    assert_eq!(
        first.body["FilterExpression"],
        "begins_with(pk, :prefix) AND seen_at >= :cutoff"
    );
    assert_eq!(
        second.body["ExclusiveStartKey"],
        json!({"pk": {"S": "repo#acme/z"}})
    );
}
