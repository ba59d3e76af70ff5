//! EventBridge Scheduler: what it refuses over the wire, and when it fires, without
//! waiting for it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::virtual_time::{inputs, machine, place, wait};
use crate::world::World;

const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
const ROLE: &str = "arn:aws:iam::123456789012:role/scheduler";

fn schedule(expression: &str, target: &str) -> Value {
    json!({
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": expression,
        "Target": {"Arn": target, "RoleArn": ROLE},
    })
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let world = World::start().await;
    let at = |name: &str| format!("{}/schedules/{name}", world.place.endpoint());
    let good = schedule("rate(1 day)", MACHINE);
    let with = |path: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let more = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let created = world
        .http
        .post(at("taken"))
        .json(&good)
        .send()
        .await
        .unwrap();
    assert_eq!(created.status(), 200);
    let created: Value = created.json().await.unwrap();
    assert_eq!(
        created["ScheduleArn"],
        "arn:aws:scheduler:us-east-1:123456789012:schedule/default/taken"
    );
    let table = [
        ("taken", good.clone(), 409, "ConflictException"),
        ("a%20b", good.clone(), 400, "ValidationException"),
        ("a", json!({}), 400, "ValidationException"),
        (
            "a",
            with("/ScheduleExpression", json!("rate(0 days)")),
            400,
            "ValidationException",
        ),
        (
            "a",
            with("/ScheduleExpression", json!("cron(* * L * ? *)")),
            400,
            "ValidationException",
        ),
        (
            "a",
            with("/FlexibleTimeWindow/Mode", json!("FLEXIBLE")),
            400,
            "ValidationException",
        ),
        (
            "a",
            with("/Target/Arn", json!("arn:aws:sqs:us-east-1:1:q")),
            400,
            "ValidationException",
        ),
        (
            "a",
            with("/Target/RoleArn", Value::Null),
            400,
            "ValidationException",
        ),
        (
            "a",
            more("State", json!("SLEEPING")),
            400,
            "ValidationException",
        ),
        (
            "a",
            more("ScheduleExpressionTimezone", json!("Europe/Rome")),
            400,
            "ValidationException",
        ),
        (
            "a",
            more("GroupName", json!("other")),
            404,
            "ResourceNotFoundException",
        ),
        (
            "a",
            with(
                "/Target",
                json!({"Arn": MACHINE, "RoleArn": ROLE, "RetryPolicy": {"MaximumRetryAttempts": 186}}),
            ),
            400,
            "ValidationException",
        ),
        (
            "a",
            with(
                "/Target",
                json!({"Arn": MACHINE, "RoleArn": ROLE, "DeadLetterConfig": {"Arn": "arn:aws:sns:x"}}),
            ),
            400,
            "ValidationException",
        ),
    ];
    for (name, body, status, wanted) in table {
        let answer = world.http.post(at(name)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
        assert_eq!(answer.headers()["x-amzn-errortype"], wanted, "{body}");
    }
    for answer in [
        world.http.get(at("none")).send(),
        world.http.delete(at("none")).send(),
        world.http.put(at("none")).json(&good).send(),
    ] {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 404);
        assert_eq!(
            answer.headers()["x-amzn-errortype"],
            "ResourceNotFoundException"
        );
    }
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_rate_fires_at_once_and_then_in_its_rhythm_until_it_is_disabled() {
    let place = place(1.0).await;
    let machine = machine(&place, "m");
    place
        .create_schedule("r", "rate(5 minutes)", &machine, &json!({"tier": 1}))
        .unwrap();
    wait(Duration::from_secs(1)).await;
    assert_eq!(inputs(&place), [json!({"tier": 1})]);
    wait(Duration::from_secs(598)).await;
    assert_eq!(inputs(&place).len(), 2);
    wait(Duration::from_secs(2)).await;
    assert_eq!(inputs(&place).len(), 3);
    let times: Vec<String> = place
        .scheduler()
        .invocations()
        .iter()
        .map(|fired| fired.scheduled.format("%H:%M:%S").to_string())
        .collect();
    assert_eq!(times, ["10:00:00", "10:05:00", "10:10:00"]);
    let mut disabled = schedule("rate(5 minutes)", &machine);
    disabled["State"] = json!("DISABLED");
    place.scheduler().update_schedule("r", &disabled).unwrap();
    let described = place.scheduler().get_schedule("r", None).unwrap();
    assert_eq!(described["State"], "DISABLED");
    assert_eq!(
        described["Target"]["RetryPolicy"]["MaximumRetryAttempts"],
        185
    );
    wait(Duration::from_secs(3600)).await;
    assert_eq!(inputs(&place).len(), 3, "a disabled schedule does not fire");
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_faster_place_fires_sooner_and_tells_the_scheduled_time() {
    let place = place(60.0).await;
    let machine = machine(&place, "m");
    let input =
        json!({"at": "<aws.scheduler.scheduled-time>", "try": "<aws.scheduler.attempt-number>"});
    place
        .create_schedule("r", "cron(0/30 * * * ? *)", &machine, &input)
        .unwrap();
    // Half an hour takes 30 seconds.
    wait(Duration::from_secs(31)).await;
    let seen = inputs(&place);
    assert_eq!(seen[0], json!({"at": "2026-11-28T10:00:00Z", "try": "1"}));
    assert_eq!(seen[1]["at"], "2026-11-28T10:30:00Z");
    assert_eq!(seen.len(), 2);
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_single_time_fires_once_with_the_schedulers_own_event_and_is_deleted() {
    let place = place(1.0).await;
    let machine = machine(&place, "m");
    let mut once = schedule("at(2026-11-28T10:01:00)", &machine);
    once["ActionAfterCompletion"] = json!("DELETE");
    place.scheduler().create_schedule("once", &once).unwrap();
    wait(Duration::from_secs(59)).await;
    assert_eq!(inputs(&place).len(), 0);
    wait(Duration::from_secs(3600)).await;
    let seen = inputs(&place);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["detail-type"], "Scheduled Event");
    assert_eq!(seen[0]["time"], "2026-11-28T10:01:00Z");
    let left = place.scheduler().list_schedules(None, None, None).unwrap();
    assert_eq!(left["Schedules"], json!([]));
    place.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_target_that_is_gone_leaves_a_dead_letter_and_the_next_time_comes() {
    let place = place(1.0).await;
    place.create_queue("letters").unwrap();
    let mut lost = schedule("rate(1 hour)", MACHINE);
    lost["Target"]["DeadLetterConfig"] = json!({"Arn": local::sqs::arn("letters")});
    lost["Target"]["Input"] = json!("{}");
    place.scheduler().create_schedule("lost", &lost).unwrap();
    wait(Duration::from_secs(3601)).await;
    let letters = place.sqs().messages("letters");
    assert_eq!(letters.len(), 2);
    let (body, attributes) = &letters[1];
    assert_eq!(body, "{}");
    assert_eq!(attributes["ERROR_CODE"], "NO_RESOURCE");
    assert_eq!(attributes["RETRY_ATTEMPTS"], "0");
    assert_eq!(attributes["SCHEDULED_TIME"], "2026-11-28T11:00:00Z");
    assert_eq!(attributes["TARGET_ARN"], MACHINE);
    assert!(!attributes.contains_key("EXHAUSTED_RETRY_CONDITION"));
    let fired = place.scheduler().invocations();
    assert!(fired[0].result.as_ref().unwrap().is_err());
    place.shutdown().await;
}
