//! Periods against a scripted AWS and GitHub: what goes wrong, and what goes on
//! all the same.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../../shared/aws/tests/fake/app_key.rs"]
mod app_key;
#[path = "../../../shared/aws/tests/fake/config.rs"]
mod config;
mod dead_letters;
#[path = "../../../shared/aws/tests/fake/mod.rs"]
mod fake;
#[path = "../../../shared/aws/tests/fake/fleet.rs"]
mod fleet;
mod place;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::DateTime;
use domain::clock::Clock;
use fake::{Answer, Fake};
use handler::{Named, Settings};
use place::{DELIVERIES, NOW, Place, QUEUED, RUNNERS, standing};
use reconcile::State;
use serde_json::{Value, json};

fn failed_delivery(id: u64, guid: &str) -> Value {
    let at = DateTime::from_timestamp(NOW - 100, 0).unwrap().to_rfc3339();
    json!({"id": id, "guid": guid, "delivered_at": at, "redelivery": false, "status": "timed out",
        "status_code": 0, "event": "workflow_job", "action": "queued"})
}

#[tokio::test]
async fn another_period_under_way_is_left_alone() {
    let place = Place::new(|call, _| {
        (call.name == "UpdateItem").then(|| Answer::aws("ConditionalCheckFailedException"))
    })
    .await;
    let answer = place.period().await.unwrap();
    assert!(answer.busy);
    assert_eq!(place.fake.names(), ["UpdateItem"]);
}

#[tokio::test]
async fn a_table_that_cannot_be_read_fails_the_period_and_gives_the_lease_back() {
    let place = Place::new(|call, _| {
        (call.name == "Scan").then(|| Answer::aws("ResourceNotFoundException"))
    })
    .await;
    let error = place.period().await.unwrap_err();
    assert_eq!(error.name(), "SettingsInvalid");
    assert_eq!(place.fake.of("UpdateItem").len(), 2);
}

#[tokio::test]
async fn an_error_in_one_step_stops_no_other() {
    let place = Place::new(|call, _| match call.name.as_str() {
        "ListTasks" | "ReceiveMessage" => Some(Answer::aws("AccessDeniedException")),
        DELIVERIES => Some(Answer::Json(500, json!({"message": "broken"}))),
        _ => None,
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.errors, answer.cut_short), (3, 0));
    assert!(place.asked().contains(&RUNNERS.to_owned()));
    assert!(place.asked().contains(&QUEUED.to_owned()));
}

#[tokio::test]
async fn an_idle_period_asks_for_deliveries_runners_and_in_its_turn_for_runs() {
    let place = Place::new(|_, _| None).await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.github_calls, answer.repaired()), (4, 0));
    assert_eq!(place.asked()[..3], [DELIVERIES, RUNNERS, QUEUED]);
}

#[tokio::test]
async fn the_budget_of_calls_is_kept_and_the_next_period_goes_on() {
    let place = Place::with(
        &[("RECONCILE_GITHUB_CALLS", "3")],
        standing(),
        |call, n| match call.name.as_str() {
            QUEUED => Some(Answer::Json(
                200,
                json!({"total_count": 2, "workflow_runs": [{"id": 9}, {"id": 8}]}),
            )),
            "UpdateItem" if n == 0 => Some(Answer::Json(200, json!({}))),
            _ => None,
        },
    )
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.github_calls, answer.cut_short), (3, 1));
    let cursor: Value = serde_json::from_str(&place.cursor()).unwrap();
    let part = &cursor["repositories"]["part"];
    assert_eq!(part["repository"], "acme/r");
    assert_eq!(part["list"], 0);
    assert_eq!(cursor["repositories"]["done"], false);
}

#[tokio::test]
async fn a_period_ends_well_before_the_function_s_own_time() {
    // Each look at the clock costs ten seconds.
    let seconds = Arc::new(AtomicI64::new(NOW));
    let clock = Clock::new(move || {
        DateTime::from_timestamp(seconds.fetch_add(10, Ordering::SeqCst), 0).unwrap()
    });
    let place = Place::with(&[], clock, |_, _| None).await;
    let answer = place.period().await.unwrap();
    assert!(answer.cut_short > 0, "{answer:?}");
    assert_eq!(answer.errors, 0);
}

#[tokio::test]
async fn a_limit_of_github_ends_its_part_of_the_period() {
    let place = Place::new(|call, _| {
        (call.name == DELIVERIES).then(|| {
            Answer::With(
                429,
                vec![("retry-after", "30".to_owned())],
                json!({"message": "slow down"}),
            )
        })
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.github_calls, answer.errors), (1, 0));
    assert_eq!(answer.cut_short, 3);
    assert_eq!(place.fake.of("ListTasks").len(), 1);
    // The other functions are told.
    let told = place.fake.of("UpdateItem").into_iter();
    let told: Vec<_> = told
        .filter(|call| call.body["Key"]["pk"]["S"] == "github#limit#5")
        .collect();
    let until = &told[0].body["ExpressionAttributeValues"][":until"]["N"];
    assert_eq!(until, &(NOW + 30).to_string());
}

#[tokio::test]
async fn what_another_function_was_told_is_obeyed_without_a_call() {
    let place = Place::new(|call, _| {
        (call.name == "Scan" && call.body["TableName"] == "c").then(|| {
            let limit =
                json!({"pk": {"S": "github#limit#5"}, "until": {"N": (NOW + 9).to_string()}});
            Answer::Json(200, json!({"Items": [limit]}))
        })
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.github_calls, answer.errors), (0, 0));
    assert!(place.asked().is_empty());
}

#[tokio::test]
async fn a_delivery_that_arrived_meanwhile_is_not_sent_again() {
    let place = Place::new(|call, _| match call.name.as_str() {
        DELIVERIES => Some(Answer::Json(
            200,
            json!([failed_delivery(7, "lost"), failed_delivery(6, "arrived")]),
        )),
        name if name.contains("status=success") => {
            let mut arrived = failed_delivery(8, "arrived");
            arrived["status_code"] = 202.into();
            Some(Answer::Json(200, json!([arrived])))
        }
        "POST /app/hook/deliveries/7/attempts" => Some(Answer::Json(202, json!({}))),
        _ => None,
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.redelivered, answer.errors), (1, 0));
    let cursor: Value = serde_json::from_str(&place.cursor()).unwrap();
    assert_eq!(cursor["app_hook"]["done_until"], 7);
    let notes = place.fake.of("UpdateItem");
    let note = notes
        .iter()
        .find(|call| call.body["Key"]["pk"]["S"] == "delivery#lost");
    assert_eq!(
        note.unwrap().body["ExpressionAttributeValues"][":answered"]["N"],
        "7"
    );
}

#[tokio::test]
async fn a_redelivery_that_failed_is_open_in_the_next_period() {
    let place = Place::new(|call, _| match call.name.as_str() {
        DELIVERIES => Some(Answer::Json(200, json!([failed_delivery(7, "lost")]))),
        "POST /app/hook/deliveries/7/attempts" => {
            Some(Answer::Json(503, json!({"message": "down"})))
        }
        _ => None,
    })
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!((answer.redelivered, answer.errors), (0, 1));
    let cursor: Value = serde_json::from_str(&place.cursor()).unwrap();
    assert_eq!(cursor["app_hook"]["done_until"], 6);
}

#[tokio::test]
async fn a_backlog_is_walked_through_over_several_periods() {
    // A page for each failure, the newest has id 9; nothing may be sent again
    // for lack of calls.
    let page = |id: u64| {
        let link = format!("<https://x/y?cursor=v1_{id}>; rel=\"next\"");
        Answer::With(
            200,
            vec![("link", link)],
            json!([failed_delivery(id, &format!("g{id}"))]),
        )
    };
    let place = Place::with(
        &[("RECONCILE_GITHUB_CALLS", "1")],
        standing(),
        move |call, _| (call.name == DELIVERIES).then(|| page(9)),
    )
    .await;
    let answer = place.period().await.unwrap();
    assert_eq!(answer.redelivered, 0);
    let cursor: Value = serde_json::from_str(&place.cursor()).unwrap();
    let walk = &cursor["app_hook"]["walk"];
    assert_eq!(
        (&walk["page"], &walk["newest"]),
        (&json!("v1_9"), &json!(9))
    );
    assert_eq!(walk["oldest_open"], 9);
}

#[tokio::test]
async fn unusable_settings_are_all_named() {
    let config = config::at(&Fake::nobody().await).await;
    let settings = Settings::new([
        ("RECONCILE_GITHUB_CALLS", "many"),
        ("RECONCILE_ORG_HOOK_ID", "12"),
    ]);
    let error = State::new(settings, &config, standing(), None).unwrap_err();
    let text = error.to_string();
    for part in [
        "CLAIMS_TABLE is not set",
        "STATE_MACHINE_ARN is not set",
        "EVENT_BUS is not set",
        "RECONCILE_GITHUB_CALLS is \"many\"",
        "RECONCILE_ORG_HOOK_ID is \"12\"",
    ] {
        assert_eq!(text.matches(part).count(), 1, "{part} in {text}");
    }
    let settings = Settings::new([("POLICY", "maximumm = 1")]);
    let error = State::new(settings, &config, standing(), None).unwrap_err();
    assert!(error.to_string().contains("maximumm"), "{error}");
}
