//! From an event on a bus to an execution or a function, by rules.

use local::events::Outcome;
use serde_json::{Value, json};

use crate::world::{World, refused, text, until};

fn entry(action: &str) -> Value {
    let detail = json!({"action": action}).to_string();
    json!({"Source": "github.com", "DetailType": "workflow_job", "Detail": detail, "EventBusName": "jobs"})
}

async fn put(world: &World, entries: Value) -> Value {
    world
        .call("AWSEvents.PutEvents", json!({"Entries": entries}))
        .await
        .unwrap()
}

#[tokio::test]
async fn each_bad_entry_gets_its_own_answer() {
    let world = World::start().await;
    let answer = put(
        &world,
        json!([
            {"DetailType": "d", "Detail": "{}"},
            {"Source": "s", "Detail": "{}"},
            {"Source": "s", "DetailType": "d"},
            {"Source": "s", "DetailType": "d", "Detail": "not json"},
            {"Source": "s", "DetailType": "d", "Detail": "[]"},
            {"Source": "aws.ecs", "DetailType": "d", "Detail": "{}"},
            {"Source": "s", "DetailType": "d", "Detail": "{}"},
        ]),
    )
    .await;
    assert_eq!(answer["FailedEntryCount"], 6);
    let codes: Vec<&str> = answer["Entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["ErrorCode"].as_str())
        .collect();
    let invalid = "InvalidArgument";
    let malformed = "MalformedDetail";
    assert_eq!(
        codes,
        [
            invalid,
            invalid,
            invalid,
            malformed,
            malformed,
            "NotAuthorizedForSourceException"
        ]
    );
    assert!(answer["Entries"][6]["EventId"].is_string());
    world.end().await;
}

#[tokio::test]
async fn a_call_has_one_to_ten_entries_of_a_megabyte() {
    let world = World::start().await;
    let large = json!({"Source": "s", "DetailType": "d", "Detail": json!({"x": "y".repeat(1024 * 1024)}).to_string()});
    for entries in [json!([]), json!(vec![entry("queued"); 11]), json!([large])] {
        let (name, _) = refused(
            world
                .call("AWSEvents.PutEvents", json!({"Entries": entries}))
                .await,
        );
        assert_eq!(name, "ValidationException");
    }
    world.end().await;
}

#[tokio::test]
async fn rules_and_buses_that_make_no_sense_are_refused() {
    let world = World::start().await;
    let rule = |bus: &str, pattern: &str| json!({"Name": "r", "EventBusName": bus, "EventPattern": pattern});
    let good = r#"{"source": ["x"]}"#;
    let table = [
        (
            "PutRule",
            rule("nowhere", good),
            "ResourceNotFoundException",
        ),
        (
            "PutRule",
            rule("default", r#"{"source": "x"}"#),
            "InvalidEventPatternException",
        ),
        (
            "PutRule",
            json!({"Name": "r", "ScheduleExpression": "rate(1 minute)"}),
            "ValidationException",
        ),
        (
            "PutTargets",
            json!({"Rule": "nothing", "Targets": [{"Id": "t", "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m"}]}),
            "ResourceNotFoundException",
        ),
        (
            "DescribeRule",
            json!({"Name": "nothing"}),
            "ResourceNotFoundException",
        ),
        (
            "CreateEventBus",
            json!({"Name": "default"}),
            "ResourceAlreadyExistsException",
        ),
        (
            "TestEventPattern",
            json!({"EventPattern": "{", "Event": "{}"}),
            "InvalidEventPatternException",
        ),
    ];
    for (operation, input, wanted) in table {
        let (name, _) = refused(world.call(&format!("AWSEvents.{operation}"), input).await);
        assert_eq!(name, wanted, "{operation}");
    }
    world
        .call("AWSEvents.PutRule", rule("default", good))
        .await
        .unwrap();
    let target = |target: Value| json!({"Rule": "r", "Targets": [target]});
    for bad in [
        json!({"Id": "1", "Arn": "arn:aws:sqs:us-east-1:1:q"}),
        json!({"Id": "1"}),
    ] {
        let (name, _) = refused(world.call("AWSEvents.PutTargets", target(bad)).await);
        assert_eq!(name, "ValidationException");
    }
    let arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
    world
        .call(
            "AWSEvents.PutTargets",
            target(json!({"Id": "1", "Arn": arn})),
        )
        .await
        .unwrap();
    let (name, _) = refused(
        world
            .call("AWSEvents.DeleteRule", json!({"Name": "r"}))
            .await,
    );
    assert_eq!(name, "ValidationException");
    world
        .call(
            "AWSEvents.RemoveTargets",
            json!({"Rule": "r", "Ids": ["1"]}),
        )
        .await
        .unwrap();
    world
        .call("AWSEvents.DeleteRule", json!({"Name": "r"}))
        .await
        .unwrap();
    let rules = world.call("AWSEvents.ListRules", json!({})).await.unwrap();
    assert_eq!(rules["Rules"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn a_delivery_to_a_machine_that_is_gone_is_given_up() {
    let world = World::start().await;
    world.place.create_event_bus("jobs").unwrap();
    let gone = "arn:aws:states:us-east-1:123456789012:stateMachine:gone";
    world
        .place
        .create_event_rule("jobs", "queued", &json!({"source": ["github.com"]}), gone)
        .unwrap();
    put(&world, json!([entry("queued")])).await;
    let delivery = until("the delivery is given up", async || {
        world
            .place
            .events()
            .deliveries()
            .pop()
            .filter(|delivery| delivery.outcome != Outcome::Pending)
    })
    .await;
    assert_eq!(delivery.attempts, 1);
    assert!(
        matches!(delivery.outcome, Outcome::Failed { error } if error.contains("StateMachineDoesNotExist"))
    );
    world.end().await;
}

#[tokio::test]
async fn a_matching_event_starts_an_execution_with_the_whole_envelope() {
    let world = World::start().await;
    let machine = world.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    world.place.create_event_bus("jobs").unwrap();
    let pattern = json!({"source": ["github.com"], "detail": {"action": ["queued"]}});
    let rule = world
        .place
        .create_event_rule("jobs", "queued", &pattern, &machine)
        .unwrap();
    assert_eq!(
        rule,
        "arn:aws:events:us-east-1:123456789012:rule/jobs/queued"
    );
    let answer = put(&world, json!([entry("queued"), entry("completed")])).await;
    let started = until("the execution is started", async || {
        match world.place.events().deliveries().pop()?.outcome {
            Outcome::ExecutionStarted { execution_arn } => Some(execution_arn),
            _ => None,
        }
    })
    .await;
    let puts = world.place.events().puts();
    assert_eq!(puts.len(), 2);
    assert_eq!(puts[0].rules, ["queued"]);
    assert_eq!(puts[1].rules, Vec::<String>::new());
    let delivery = world.place.events().deliveries().remove(0);
    assert_eq!(delivery.event_id, text(&answer["Entries"][0]["EventId"]));
    assert_eq!(delivery.rule, "queued");
    let ended = world.ended(&started).await;
    let envelope: Value = serde_json::from_str(ended["input"].as_str().unwrap()).unwrap();
    assert_eq!(envelope["id"], answer["Entries"][0]["EventId"]);
    assert_eq!(envelope["detail-type"], "workflow_job");
    assert_eq!(envelope["source"], "github.com");
    assert_eq!(envelope["account"], "123456789012");
    assert_eq!(envelope["region"], "us-east-1");
    assert_eq!(envelope["resources"], json!([]));
    assert_eq!(envelope["detail"], json!({"action": "queued"}));
    world.end().await;
}

#[tokio::test]
async fn a_matching_event_reaches_a_function() {
    let world = World::start().await;
    let function = world.function("echo");
    world
        .place
        .create_event_rule(
            "default",
            "all",
            &json!({"source": [{"prefix": "x"}]}),
            &function,
        )
        .unwrap();
    put(
        &world,
        json!([{"Source": "xyz", "DetailType": "d", "Detail": "{}"}]),
    )
    .await;
    until("the function has run", async || {
        let streams = world.place.logs().streams();
        let (group, stream) = streams.first()?;
        let lines = world.place.logs().lines(group, stream);
        lines
            .iter()
            .any(|(_, line)| line.starts_with("REPORT"))
            .then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test]
async fn a_disabled_rule_matches_nothing() {
    let world = World::start().await;
    let machine = world.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    world
        .place
        .create_event_rule("default", "r", &json!({"source": ["s"]}), &machine)
        .unwrap();
    world
        .call("AWSEvents.DisableRule", json!({"Name": "r"}))
        .await
        .unwrap();
    put(
        &world,
        json!([{"Source": "s", "DetailType": "d", "Detail": "{}"}]),
    )
    .await;
    assert_eq!(world.place.events().deliveries(), []);
    world.end().await;
}
