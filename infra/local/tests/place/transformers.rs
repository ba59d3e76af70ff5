//! What targets get instead of the event: Input, InputPath, InputTransformer.

use serde_json::{Value, json};

use crate::world::{World, refused, text, until};

const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// Puts a rule on the default bus with one target that takes events so.
async fn target(world: &World, machine: &str, how: Value) -> Result<Value, (u16, Value)> {
    let rule = json!({"Name": "r", "EventPattern": r#"{"source": ["s"]}"#});
    world.call("AWSEvents.PutRule", rule).await.unwrap();
    let mut target = json!({"Id": "t", "Arn": machine, "RoleArn": ROLE});
    for (name, value) in how.as_object().unwrap() {
        target[name] = value.clone();
    }
    let targets = json!({"Rule": "r", "Targets": [target]});
    world.call("AWSEvents.PutTargets", targets).await
}

/// The input that the machine got of the next event.
async fn input(world: &World, machine: &str, detail: Value) -> String {
    let list = json!({"stateMachineArn": machine});
    let before = world.states("ListExecutions", list.clone()).await;
    let before = before["executions"].as_array().unwrap().len();
    let entry = json!({"Source": "s", "DetailType": "d", "Detail": detail.to_string(), "Time": 1_795_860_000});
    let put = json!({ "Entries": [entry] });
    world.call("AWSEvents.PutEvents", put).await.unwrap();
    let newest = until("an execution is started", async || {
        let listed = world.states("ListExecutions", list.clone()).await;
        let executions = listed["executions"].as_array().unwrap();
        (executions.len() > before).then(|| text(&executions[0]["executionArn"]))
    });
    let newest = newest.await;
    text(&world.describe(&newest).await["input"])
}

fn transformer(paths: impl Into<Value>, template: &str) -> Value {
    let paths = paths.into();
    json!({"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}})
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_changes_nothing() {
    let world = World::start().await;
    let machine = world.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    let many: serde_json::Map<String, Value> = (0..101)
        .map(|number| (format!("p{number}"), json!("$.id")))
        .collect();
    let long = format!("\"{}\"", "x".repeat(8191));
    let table = [
        (
            json!({"Input": "{", }),
            "JSON syntax error in input for target t",
        ),
        (
            json!({"InputPath": "detail"}),
            "Invalid InputPath for target t",
        ),
        (
            json!({"InputPath": "$.a[*]"}),
            "Invalid InputPath for target t",
        ),
        (
            json!({"Input": "{}", "InputPath": "$"}),
            "Only one of Input, InputPath, or InputTransformer must be provided for target t.",
        ),
        (
            json!({"InputTransformer": {}}),
            "'targets.1.member.inputTransformer.inputTemplate' failed to satisfy constraint: Member must not be null",
        ),
        (
            transformer(json!({}), "\"<unknown>\""),
            "<unknown> is not in InputPathsMap.",
        ),
        (
            transformer(json!({}), "\"<aws.events.unknown>\""),
            "<aws.events.unknown> is not in InputPathsMap.",
        ),
        (
            transformer(json!({"AWSx": "$"}), "\"x\""),
            "starts with AWS",
        ),
        (
            transformer(json!({"a": "b"}), "\"<a>\""),
            "Invalid InputPathsMap for target t",
        ),
        (
            transformer(json!({"a b": "$"}), "\"x\""),
            "Map keys must satisfy constraint",
        ),
        (
            transformer(json!({"a": "$"}), "{\"a\": <a>"),
            "Invalid InputTemplate for target t",
        ),
        (
            transformer(json!({"a": "$"}), "a is <a>"),
            "Invalid InputTemplate for target t",
        ),
        (
            transformer(Value::Object(many), "\"x\""),
            "Member must have length less than or equal to 100",
        ),
        (
            transformer(json!({}), &long),
            "Member must have length less than or equal to 8192",
        ),
    ];
    for (how, reason) in table {
        let (name, message) = refused(target(&world, &machine, how.clone()).await);
        assert_eq!(name, "ValidationException", "{how}");
        assert!(message.contains(reason), "{how}: {message}");
    }
    let listed = world
        .call("AWSEvents.ListTargetsByRule", json!({"Rule": "r"}))
        .await;
    assert_eq!(listed.unwrap()["Targets"], json!([]));
    world.end().await;
}

#[tokio::test]
async fn a_target_gets_what_it_asked_for() {
    let world = World::start().await;
    let machine = world.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    let detail = json!({"state": "RUNNING", "n": 7, "list": ["a", {"b": null}], "quote": "say \"hi\"\n", "a.b": true});
    let paths = json!({
        "state": "$.detail.state", "n": "$.detail.n", "list": "$.detail.list", "element": "$.detail.list[1].b",
        "quote": "$.detail.quote", "dotted": "$.detail['a.b']", "none": "$.detail.none", "detail": "$.detail",
    });
    let table = [
        (json!({"Input": r#"{"a":  1}"#}), json!({"a": 1})),
        (json!({"InputPath": "$.detail.list[0]"}), json!("a")),
        (json!({"InputPath": "$.detail"}), detail.clone()),
        (json!({"InputPath": "$.none"}), Value::Null),
        (
            transformer(paths.clone(), r#""it is <state>, <n> times <none>.""#),
            json!("it is RUNNING, 7 times ."),
        ),
        (
            transformer(paths.clone(), r#""instance \"<state>\"""#),
            json!("instance \"RUNNING\""),
        ),
        // Outside of quotes a value is JSON, inside its quotes are gone.
        (
            transformer(
                paths.clone(),
                r#"{"s": <state>, "a": [9, <n>, <element>], "d": <dotted>, "none": <none>}"#,
            ),
            json!({"s": "RUNNING", "a": [9, 7, null], "d": true, "none": ""}),
        ),
        (
            transformer(
                paths.clone(),
                r#"{"list": <list>, "text": "<list>", "quote": <quote>, "in": "<quote>!"}"#,
            ),
            json!({"list": ["a", {"b": null}], "text": "[a,{b:null}]", "quote": "say \"hi\"\n", "in": "say \"hi\"\n!"}),
        ),
        (
            transformer(
                json!({}),
                r#"{"rule": "<aws.events.rule-name>", "arn": <aws.events.rule-arn>}"#,
            ),
            json!({"rule": "r", "arn": "arn:aws:events:us-east-1:123456789012:rule/r"}),
        ),
        // What is no name is text.
        (
            transformer(json!({}), r#""1 < 2 > 0 <>""#),
            json!("1 < 2 > 0 <>"),
        ),
    ];
    for (how, wanted) in table {
        target(&world, &machine, how.clone()).await.unwrap();
        let got = input(&world, &machine, detail.clone()).await;
        let got: Value =
            serde_json::from_str(&got).unwrap_or_else(|error| panic!("{how}: {error}: {got}"));
        assert_eq!(got, wanted, "{how}");
    }
    world.end().await;
}

#[tokio::test]
async fn the_event_itself_can_stand_in_a_template() {
    let world = World::start().await;
    let machine = world.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    let template = r#"{"whole": <aws.events.event.json>, "head": <aws.events.event>, "at": "<aws.events.event.ingestion-time>"}"#;
    target(&world, &machine, transformer(json!({}), template))
        .await
        .unwrap();
    let got = input(&world, &machine, json!({"n": 1})).await;
    let mut got: Value = serde_json::from_str(&got).unwrap();
    let at: chrono::DateTime<chrono::Utc> = text(&got["at"]).parse().unwrap();
    assert!((chrono::Utc::now() - at).num_seconds() < 60);
    let mut whole = got["whole"].take();
    assert_eq!(
        (&whole["source"], &whole["detail"]),
        (&json!("s"), &json!({"n": 1}))
    );
    whole.as_object_mut().unwrap().remove("detail");
    assert_eq!(got["head"], whole);
    world.end().await;
}
