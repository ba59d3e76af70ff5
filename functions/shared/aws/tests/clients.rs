//! Each client against a scripted server: what is sent, and what becomes of
//! answers that nobody wants.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "fake/config.rs"]
mod config;
mod fake;

use std::time::Duration;

use aws::claims::{Claim, ClaimError, Claims, Try};
use aws::error::{Effect, StoreError};
use aws::events::Events;
use aws::executions::Executions;
use aws::handover::{Handover, TakeError, Taken};
use aws::secrets::Secrets;
use aws::tasks::Tasks;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::ids::RunnerId;
use domain::steps::ClaimRef;
use fake::{Answer, Fake};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_000, 0).unwrap()
}

async fn take(script: Answer) -> (Result<String, TakeError>, Fake) {
    let fake = Fake::start(move |_, _| script.clone()).await;
    let handover = Handover::new(&config::at(&fake.url).await, "h");
    let taken = handover.take("k", now()).await;
    (taken.map(|jit| jit.expose_secret().to_owned()), fake)
}

#[tokio::test]
async fn a_lost_answer_to_take_counts_as_spent_and_is_not_asked_again() {
    let (taken, fake) = take(Answer::Lost).await;
    assert!(matches!(taken, Err(TakeError::LostAnswer(_))), "{taken:?}");
    assert_eq!(fake.names(), ["DeleteItem"]);
}

#[tokio::test]
async fn a_failing_table_may_have_taken_the_item() {
    let (taken, fake) = take(Answer::Json(500, json!({"__type": "InternalServerError"}))).await;
    assert!(matches!(taken, Err(TakeError::LostAnswer(_))), "{taken:?}");
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_refused_or_throttled_take_took_nothing() {
    for code in [
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ThrottlingException",
    ] {
        let (taken, fake) = take(Answer::aws(code)).await;
        assert!(
            matches!(taken, Err(TakeError::Unreachable(_))),
            "{code}: {taken:?}"
        );
        assert_eq!(fake.calls().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_table_that_nobody_serves_took_nothing() {
    let handover = Handover::new(&config::at(&Fake::nobody().await).await, "h");
    let taken = handover.take("k", now()).await;
    assert!(matches!(taken, Err(TakeError::Unreachable(_))), "{taken:?}");
}

#[tokio::test]
async fn gone_and_expired_are_told_apart() {
    let (taken, _) = take(Answer::aws("ConditionalCheckFailedException")).await;
    assert!(matches!(taken, Err(TakeError::Gone)), "{taken:?}");
    let expired =
        json!({"__type": "x#ConditionalCheckFailedException", "Item": {"pk": {"S": "k"}}});
    let (taken, _) = take(Answer::Json(400, expired)).await;
    assert!(matches!(taken, Err(TakeError::Expired)), "{taken:?}");
}

#[tokio::test]
async fn take_is_one_conditional_delete_that_returns_the_item() {
    let item = json!({"Attributes": {"pk": {"S": "k"}, "jit_config": {"S": "jit"}}});
    let (taken, fake) = take(Answer::Json(200, item)).await;
    assert_eq!(taken.unwrap(), "jit");
    let sent = &fake.calls()[0].body;
    assert_eq!(sent["Key"], json!({"pk": {"S": "k"}}));
    assert_eq!(sent["ReturnValues"], "ALL_OLD");
    assert_eq!(
        sent["ConditionExpression"],
        "attribute_exists(pk) AND expires_at > :now"
    );
    assert_eq!(
        sent["ExpressionAttributeValues"],
        json!({":now": {"N": "1000"}})
    );
}

#[tokio::test]
async fn discard_says_who_got_the_item() {
    let fake = Fake::start(|_, n| match n {
        0 => Answer::Json(200, json!({"Attributes": {"pk": {"S": "k"}}})),
        _ => Answer::Json(200, json!({})),
    })
    .await;
    let handover = Handover::new(&config::at(&fake.url).await, "h");
    assert_eq!(handover.discard("k").await.unwrap(), Taken::Won);
    assert_eq!(handover.discard("k").await.unwrap(), Taken::Lost);
}

fn claim_ref() -> ClaimRef {
    ClaimRef {
        pk: "job#1#1".into(),
        owner: "arn:me".into(),
    }
}

#[tokio::test]
async fn a_claim_of_somebody_else_is_lost_and_not_a_failure() {
    let fake = Fake::start(|call, _| match call.name.as_str() {
        "GetItem" => Answer::Json(200, json!({})),
        _ => Answer::aws("ConditionalCheckFailedException"),
    })
    .await;
    let claims = Claims::new(&config::at(&fake.url).await, "c");
    let renewed = claims.renew(&claim_ref(), 5).await;
    assert!(matches!(renewed, Err(ClaimError::Lost)), "{renewed:?}");
    let written = claims
        .set_runner(&claim_ref(), "k", RunnerId(7), 0, 1)
        .await;
    assert!(matches!(written, Err(ClaimError::Lost)), "{written:?}");
}

#[tokio::test]
async fn a_throttled_claim_is_told_apart_from_a_dead_table() {
    let fake = Fake::start(|_, _| Answer::aws("ProvisionedThroughputExceededException")).await;
    let claims = Claims::new(&config::at(&fake.url).await, "c");
    let read = claims.read("job#1#1").await.unwrap_err();
    assert!(matches!(read, StoreError::Throttled { .. }), "{read}");
    assert_eq!(read.name(), "StoreUnavailable");

    let claims = Claims::new(&config::at(&Fake::nobody().await).await, "c");
    let read = claims.read("job#1#1").await.unwrap_err();
    assert!(
        matches!(
            read,
            StoreError::Unavailable {
                effect: Effect::None,
                ..
            }
        ),
        "{read}"
    );
}

#[tokio::test]
async fn a_missing_table_is_a_setting_to_mend() {
    let fake = Fake::start(|_, _| Answer::aws("ResourceNotFoundException")).await;
    let claims = Claims::new(&config::at(&fake.url).await, "c");
    let error = claims.read("job#1#1").await.unwrap_err();
    assert_eq!(error.name(), "SettingsInvalid");
    assert!(
        error.to_string().contains("ResourceNotFoundException"),
        "{error}"
    );
}

#[tokio::test]
async fn a_try_is_written_under_the_claim_as_it_was_read() {
    let fake = Fake::start(|_, _| Answer::Json(200, json!({}))).await;
    let claims = Claims::new(&config::at(&fake.url).await, "c");
    let before = Claim {
        seq: 2,
        ..Claim::default()
    };
    let next = Try {
        seq: 3,
        runner_name: "jit-1-1-3".into(),
        handover_key: "key".into(),
    };
    claims
        .begin_try(&claim_ref(), &before, &next, 1)
        .await
        .unwrap();
    let sent = fake.calls()[0].body.clone();
    let condition = sent["ConditionExpression"].as_str().unwrap();
    let begins = "#owner = :me AND #state = :active AND attribute_not_exists(releases)";
    assert!(condition.starts_with(begins), "{condition}");
    assert!(condition.contains("seq = :seq"), "{condition}");
    assert!(
        condition.ends_with("attribute_not_exists(handover_key)"),
        "{condition}"
    );
    assert_eq!(sent["ExpressionAttributeValues"][":seq"], json!({"N": "2"}));
    assert_all_used(&sent);
}

#[tokio::test]
async fn a_try_whose_answer_was_lost_and_that_was_repeated_is_still_ours() {
    for (key, ours) in [("key", true), ("another", false)] {
        let item = json!({"Item": {"owner": {"S": "arn:me"}, "state": {"S": "active"}, "handover_key": {"S": key}}});
        let fake = Fake::start(move |call, n| match (call.name.as_str(), n) {
            ("UpdateItem", 0) => Answer::Lost,
            ("UpdateItem", _) => Answer::aws("ConditionalCheckFailedException"),
            _ => Answer::Json(200, item.clone()),
        })
        .await;
        let claims = Claims::new(&config::at(&fake.url).await, "c");
        let next = Try {
            seq: 1,
            runner_name: "jit-1-1-1".into(),
            handover_key: "key".into(),
        };
        let begun = claims
            .begin_try(&claim_ref(), &Claim::default(), &next, 1)
            .await;
        assert_eq!(begun.is_ok(), ours, "{begun:?}");
        assert_eq!(fake.names(), ["UpdateItem", "UpdateItem", "GetItem"]);
    }
}

/// DynamoDB refuses placeholders that no expression uses, and the reverse.
fn assert_all_used(sent: &Value) {
    let expressions = format!(
        "{} {}",
        sent["UpdateExpression"], sent["ConditionExpression"]
    );
    for part in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        for name in sent[part].as_object().unwrap().keys() {
            assert!(
                expressions.contains(name),
                "{name} is not used in {expressions}"
            );
        }
    }
}

#[tokio::test]
async fn every_write_of_a_claim_uses_all_its_placeholders() {
    let item = json!({"Attributes": {
        "owner": {"S": "arn:me"}, "state": {"S": "active"}, "seq": {"N": "4"},
        "runner_id": {"N": "9"}, "handover_key": {"S": "k"}, "expires_at": {"N": "77"},
    }});
    let fake = Fake::start(move |_, _| Answer::Json(200, item.clone())).await;
    let claims = Claims::new(&config::at(&fake.url).await, "c");
    let claim = claims.renew(&claim_ref(), 77).await.unwrap();
    assert_eq!((claim.seq, claim.runner_id), (4, Some(RunnerId(9))));
    assert_eq!(claim.expires_at, 77);
    claims
        .set_runner(&claim_ref(), "k", RunnerId(9), 0, 1)
        .await
        .unwrap();
    claims.clear_runner(&claim_ref(), "k").await.unwrap();
    claims.add_calls(&claim_ref(), 2).await.unwrap();
    let before = claim;
    let next = Try {
        seq: 5,
        runner_name: "n".into(),
        handover_key: "k2".into(),
    };
    claims
        .begin_try(&claim_ref(), &before, &next, 1)
        .await
        .unwrap();
    for call in fake.calls() {
        assert_all_used(&call.body);
    }
}

#[tokio::test]
async fn an_entry_that_the_bus_refused_is_an_error() {
    let fake = Fake::start(|_, n| {
        Answer::Json(
            200,
            match n {
                0 => json!({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "m"}]}),
                1 => json!({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "MalformedDetail"}]}),
                2 => json!({"FailedEntryCount": 0, "Entries": []}),
                _ => json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}),
            },
        )
    })
    .await;
    let events = Events::new(&config::at(&fake.url).await, "bus");
    let put = || events.put("github.com", "workflow_job", "{}".to_owned());
    assert!(matches!(put().await, Err(StoreError::Throttled { .. })));
    assert!(matches!(put().await, Err(StoreError::Refused { .. })));
    assert!(matches!(put().await, Err(StoreError::Unavailable { .. })));
    assert_eq!(put().await.unwrap(), "e");
}

#[tokio::test]
async fn a_secret_is_asked_for_once_until_it_is_too_old() {
    let fake =
        Fake::start(|_, n| Answer::Json(200, json!({"SecretString": format!("v{n}")}))).await;
    let clock = Clock::fixed(now());
    let secrets = Secrets::new(
        &config::at(&fake.url).await,
        clock,
        Duration::from_secs(300),
    );
    for _ in 0..3 {
        assert_eq!(secrets.get("s").await.unwrap().expose_secret(), "v0");
    }
    let again = secrets.no_older_than("s", Duration::ZERO).await.unwrap();
    assert_eq!(again.expose_secret(), "v1");
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn a_secret_that_is_missing_or_empty_is_a_setting_to_mend() {
    let fake = Fake::start(|_, n| match n {
        0 => Answer::aws("ResourceNotFoundException"),
        _ => Answer::Json(200, json!({"Name": "s"})),
    })
    .await;
    let secrets = Secrets::new(
        &config::at(&fake.url).await,
        Clock::fixed(now()),
        Duration::ZERO,
    );
    for _ in 0..2 {
        assert_eq!(
            secrets.get("s").await.unwrap_err().name(),
            "SettingsInvalid"
        );
    }
}

#[tokio::test]
async fn only_tasks_of_the_current_attempt_are_found_over_pages() {
    let submitted = |arn: &str| {
        let output = json!({"Tasks": [{"TaskArn": arn}]}).to_string();
        json!({"id": 9, "timestamp": 1.0, "type": "TaskSubmitted", "taskSubmittedEventDetails":
            {"resourceType": "ecs", "resource": "runTask.sync", "output": output}})
    };
    let entered = |name: &str| json!({"id": 5, "timestamp": 1.0, "type": "TaskStateEntered", "stateEnteredEventDetails": {"name": name}});
    let pages = [
        json!({"events": [entered("VerifyRemoval"), submitted("arn:2")], "nextToken": "t"}),
        json!({"events": [submitted("arn:1"), entered("RunRunner"), submitted("arn:old")]}),
    ];
    let fake = Fake::start(move |call, _| {
        let page = usize::from(call.body["nextToken"] == "t");
        Answer::Json(200, pages[page].clone())
    })
    .await;
    let executions = Executions::new(&config::at(&fake.url).await);
    let tasks = executions
        .tasks_of_attempt("arn:e", "RunRunner", Some("Mint"))
        .await;
    assert_eq!(tasks.unwrap(), ["arn:2", "arn:1"]);
    assert_eq!(fake.calls()[0].body["reverseOrder"], true);
}

#[tokio::test]
async fn stopping_a_task_that_ecs_has_forgotten_is_fine() {
    let fake = Fake::start(|_, n| match n {
        0 => Answer::aws("InvalidParameterException"),
        _ => Answer::aws("AccessDeniedException"),
    })
    .await;
    let tasks = Tasks::new(&config::at(&fake.url).await, "cluster");
    tasks.stop("arn:t", "why").await.unwrap();
    assert_eq!(
        tasks.stop("arn:t", "why").await.unwrap_err().name(),
        "SettingsInvalid"
    );
}

#[tokio::test]
async fn a_task_is_described_as_ecs_says() {
    let task = json!({"taskArn": "arn:t", "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
        "stoppedAt": 1000.5, "containers": [{"name": "runner", "exitCode": 82}]});
    let fake =
        Fake::start(move |_, _| Answer::Json(200, json!({"tasks": [task], "failures": []}))).await;
    let tasks = Tasks::new(&config::at(&fake.url).await, "cluster");
    assert_eq!(tasks.describe(&[]).await.unwrap(), []);
    let task = tasks
        .describe(&["arn:t".to_owned()])
        .await
        .unwrap()
        .remove(0);
    assert_eq!(task.stop_code, "EssentialContainerExited");
    assert_eq!(task.stopped_at.unwrap().timestamp(), 1000);
    assert_eq!(task.containers[0].exit_code, Some(82));
    assert_eq!(fake.calls().len(), 1);
}
