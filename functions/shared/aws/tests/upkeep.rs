//! What `reconcile` reads and writes, against a scripted server: which requests
//! are sent, under which conditions, and what becomes of the answers.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "fake/config.rs"]
mod config;
mod fake;

use aws::claims::Claim;
use aws::dead_letters::DeadLetters;
use aws::executions::{Executions, Redriven};
use aws::tasks::Tasks;
use aws::upkeep::{HandoverKeys, Upkeep};
use fake::{Answer, Call, Fake};
use serde_json::{Value, json};

async fn table(script: impl Fn(&Call, usize) -> Answer + Send + Sync + 'static) -> (Upkeep, Fake) {
    let fake = Fake::start(script).await;
    (Upkeep::new(&config::at(&fake.url).await, "c"), fake)
}

fn refused() -> Answer {
    Answer::aws("ConditionalCheckFailedException")
}

#[tokio::test]
async fn a_second_period_does_not_begin_while_one_is_under_way() {
    let (upkeep, fake) = table(|_, _| refused()).await;
    assert_eq!(upkeep.begin(100, 160).await.unwrap(), None);
    let sent = &fake.of("UpdateItem")[0].body;
    assert_eq!(sent["Key"]["pk"]["S"], "reconcile#cursor");
    assert_eq!(
        sent["ConditionExpression"],
        "attribute_not_exists(lease_until) OR lease_until < :now"
    );
}

#[tokio::test]
async fn a_period_goes_on_where_the_last_one_was_and_gives_the_lease_back() {
    let (upkeep, fake) = table(|_, n| match n {
        0 => Answer::Json(200, json!({"Attributes": {"cursor": {"S": "{}"}}})),
        1 => Answer::Json(200, json!({})),
        _ => refused(),
    })
    .await;
    let begun = upkeep.begin(100, 160).await.unwrap().unwrap();
    assert_eq!(begun.cursor, "{}");
    assert!(upkeep.end(&begun, "next").await.unwrap());
    assert!(!upkeep.end(&begun, "late").await.unwrap());
    let sent = &fake.of("UpdateItem")[1].body;
    assert_eq!(sent["ConditionExpression"], "lease_until = :lease");
    assert_eq!(sent["ExpressionAttributeValues"][":lease"]["N"], "160");
}

#[tokio::test]
async fn the_table_is_read_to_its_end_and_sorted_by_what_it_holds() {
    let page = |items: Value, more: bool| {
        let mut page = json!({"Items": items});
        if more {
            page["LastEvaluatedKey"] = json!({"pk": {"S": "x"}});
        }
        Answer::Json(200, page)
    };
    let (upkeep, fake) = table(move |_, n| match n {
        0 => page(
            json!([
                {"pk": {"S": "job#7#1"}, "owner": {"S": "arn:me"}, "state": {"S": "failed"},
                 "reconcile_count": {"N": "2"}, "reconciled_at": {"N": "90"}, "policy_hash": {"S": "h"}},
                {"pk": {"S": "reconcile#cursor"}, "cursor": {"S": "{}"}},
            ]),
            true,
        ),
        _ => page(
            json!([
                {"pk": {"S": "repo#acme/r"}, "seen_at": {"N": "80"}, "expires_at": {"N": "1000"}},
                {"pk": {"S": "delivery#g"}, "attempts": {"N": "1"}, "answered": {"N": "5"}, "retried_at": {"N": "70"}, "expires_at": {"N": "99"}},
                {"pk": {"S": "github#limit#1"}, "until": {"N": "5"}, "expires_at": {"N": "50"}},
            ]),
            false,
        ),
    })
    .await;
    let contents = upkeep.contents().await.unwrap();
    assert_eq!(fake.of("Scan").len(), 2);
    assert!(contents.whole);
    let claim = &contents.claims["job#7#1"];
    assert_eq!((claim.reconcile_count, claim.reconciled_at), (2, 90));
    assert_eq!(claim.policy_hash.as_deref(), Some("h"));
    assert_eq!(contents.repositories["acme/r"], 80);
    assert_eq!(contents.deliveries["g"].answered, 5);
    assert_eq!(contents.github_until, Some(5));
    let notes: Vec<_> = contents.notes.keys().map(String::as_str).collect();
    assert_eq!(notes, ["delivery#g", "github#limit#1", "repo#acme/r"]);
}

#[tokio::test]
async fn a_claim_that_another_execution_holds_is_not_counted_in() {
    let (upkeep, fake) = table(|_, _| refused()).await;
    assert!(
        !upkeep
            .count_redrive("job#1#1", "arn:me", 9, 99)
            .await
            .unwrap()
    );
    upkeep.looked("job#1#1", "arn:me", 9).await.unwrap();
    let sent = &fake.of("UpdateItem")[0].body;
    assert_eq!(
        sent["ConditionExpression"],
        "attribute_not_exists(pk) OR #owner = :owner"
    );
    assert_eq!(
        fake.of("UpdateItem")[1].body["ConditionExpression"],
        "#owner = :owner"
    );
}

#[tokio::test]
async fn a_claim_that_was_touched_meanwhile_stays() {
    let (upkeep, fake) = table(|_, _| refused()).await;
    let claim = Claim {
        owner: "arn:me".into(),
        state: "failed".into(),
        expires_at: 5,
        ..Claim::default()
    };
    assert!(!upkeep.remove_claim("job#1#1", &claim).await.unwrap());
    let values = &fake.of("DeleteItem")[0].body["ExpressionAttributeValues"];
    assert_eq!(values[":owner"]["S"], "arn:me");
    assert_eq!(values[":state"]["S"], "failed");
    assert_eq!(values[":expires"]["N"], "5");
}

#[tokio::test]
async fn of_the_hand_over_table_only_keys_and_times_are_read() {
    let fake = Fake::start(|call, _| match call.name.as_str() {
        "Scan" => Answer::Json(
            200,
            json!({"Items": [{"pk": {"S": "b"}}, {"pk": {"S": "a"}}]}),
        ),
        _ => Answer::Json(200, json!({})),
    })
    .await;
    let keys = HandoverKeys::new(&config::at(&fake.url).await, "h");
    assert_eq!(keys.expired(100).await.unwrap(), ["a", "b"]);
    assert!(keys.remove("a", 100).await.unwrap());
    let scan = &fake.of("Scan")[0].body;
    assert_eq!(scan["ProjectionExpression"], "pk, expires_at");
    assert_eq!(scan["Select"], "SPECIFIC_ATTRIBUTES");
    let delete = &fake.of("DeleteItem")[0].body;
    assert_eq!(delete["ConditionExpression"], "expires_at < :before");
    assert!(delete.get("ReturnValues").is_none(), "{delete}");
}

#[tokio::test]
async fn what_ended_red_is_found_under_all_three_statuses_the_first_end_first() {
    let fake = Fake::start(|call, _| {
        let (arn, at) = match call.body["statusFilter"].as_str().unwrap() {
            "FAILED" => ("arn:f", 30.5),
            "TIMED_OUT" => ("arn:t", 10.0),
            _ => ("arn:a", 20.0),
        };
        Answer::Json(
            200,
            json!({"executions": [{"executionArn": arn, "name": "n", "stateMachineArn": "m",
                "status": call.body["statusFilter"], "startDate": 1.0, "stopDate": at}]}),
        )
    })
    .await;
    let executions = Executions::new(&config::at(&fake.url).await);
    let ended = executions.ended_since("m", 15).await.unwrap();
    let arns: Vec<_> = ended.iter().map(|one| (one.at, one.arn.as_str())).collect();
    assert_eq!(arns, [(20, "arn:a"), (30, "arn:f")]);
}

#[tokio::test]
async fn a_redrive_says_what_became_of_it() {
    for (code, expected) in [
        ("ExecutionNotRedrivable", Redriven::Refused),
        ("ExecutionDoesNotExist", Redriven::Gone),
    ] {
        let fake = Fake::start(move |_, _| Answer::aws(code)).await;
        let executions = Executions::new(&config::at(&fake.url).await);
        assert_eq!(
            executions.redrive("arn:x").await.unwrap(),
            expected,
            "{code}"
        );
    }
    let fake = Fake::start(|_, _| Answer::Json(200, json!({"redriveDate": 1.0}))).await;
    let executions = Executions::new(&config::at(&fake.url).await);
    assert_eq!(executions.redrive("arn:x").await.unwrap(), Redriven::Now);
    let fake = Fake::start(|_, _| Answer::aws("ExecutionDoesNotExist")).await;
    let executions = Executions::new(&config::at(&fake.url).await);
    assert_eq!(executions.describe("arn:x").await.unwrap(), None);
}

#[tokio::test]
async fn a_task_tells_its_runner_and_hides_its_key() {
    let fake = Fake::start(|call, _| match call.name.as_str() {
        "ListTasks" => Answer::Json(200, json!({"taskArns": ["arn:t"], "nextToken": "n"})),
        _ => Answer::Json(
            200,
            json!({"tasks": [{"taskArn": "arn:t", "lastStatus": "PROVISIONING", "createdAt": 50.0,
                "overrides": {"containerOverrides": [{"name": "runner", "environment": [
                    {"name": "HANDOVER_KEY", "value": "the-key"}, {"name": "RUNNER_NAME", "value": "jit-1-1-1"}]}]}}]}),
        ),
    })
    .await;
    let tasks = Tasks::new(&config::at(&fake.url).await, "cluster");
    let page = tasks.alive(None).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("n"));
    let task = &page.tasks[0];
    assert!(task.is_starting());
    assert_eq!(
        (task.runner_name.as_str(), task.created_at),
        ("jit-1-1-1", 50)
    );
    assert_eq!(task.handover_key, "the-key");
    assert!(!format!("{page:?}").contains("the-key"));
}

#[tokio::test]
async fn a_dead_letter_is_received_with_its_age_and_deleted_by_its_receipt() {
    let fake = Fake::start(|call, _| match call.name.as_str() {
        "ReceiveMessage" => Answer::Json(
            200,
            json!({"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": "{}",
                "Attributes": {"SentTimestamp": "1700000000123"}}]}),
        ),
        _ => Answer::Json(200, json!({})),
    })
    .await;
    let queue = DeadLetters::new(&config::at(&fake.url).await, format!("{}/q", fake.url));
    let letters = queue.receive().await.unwrap();
    assert_eq!(letters[0].sent_at, 1_700_000_000);
    queue.delete(&letters[0]).await.unwrap();
    assert_eq!(fake.of("ReceiveMessage")[0].body["MaxNumberOfMessages"], 10);
    assert_eq!(fake.of("DeleteMessage")[0].body["ReceiptHandle"], "r");
}
