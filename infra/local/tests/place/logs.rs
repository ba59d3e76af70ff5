//! What functions print, as CloudWatch Logs tells it.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::world::{World, refused, text};

#[tokio::test]
async fn a_group_that_is_not_there_is_not_found() {
    let world = World::start().await;
    let input = json!({"logGroupName": "/aws/lambda/nobody", "logStreamName": "none"});
    for operation in ["DescribeLogStreams", "FilterLogEvents", "GetLogEvents"] {
        let (name, _) = refused(
            world
                .call(&format!("Logs_20140328.{operation}"), input.clone())
                .await,
        );
        assert_eq!(name, "ResourceNotFoundException");
    }
    world.end().await;
}

#[tokio::test]
async fn a_functions_lines_stand_between_lambdas_own() {
    let world = World::start().await;
    world.function("echo");
    let request = world
        .place
        .lambda()
        .invoke("echo", Bytes::from_static(b"{}"))
        .await
        .unwrap()
        .request_id;
    let group = json!({"logGroupName": "/aws/lambda/echo"});
    let streams = world
        .call("Logs_20140328.DescribeLogStreams", group)
        .await
        .unwrap();
    let stream = text(&streams["logStreams"][0]["logStreamName"]);
    assert!(stream.contains("/[$LATEST]"));
    let input = json!({"logGroupName": "/aws/lambda/echo", "logStreamName": stream});
    let events = crate::world::until("all lines are read", async || {
        let events = world
            .call("Logs_20140328.GetLogEvents", input.clone())
            .await
            .unwrap();
        events
            .to_string()
            .contains("handling event")
            .then_some(events)
    })
    .await;
    let lines: Vec<String> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| text(&event["message"]))
        .collect();
    assert!(lines.contains(&format!("START RequestId: {request} Version: $LATEST")));
    assert!(lines.contains(&format!("END RequestId: {request}")));
    assert!(lines.contains(&"handling event 1 of this environment".to_owned()));
    let report = lines
        .iter()
        .find(|line| line.starts_with("REPORT"))
        .unwrap();
    assert!(
        report.contains("Memory Size: 128 MB") && report.contains("Init Duration"),
        "{report}"
    );
    let input = json!({"logGroupName": "/aws/lambda/echo", "filterPattern": "handling"});
    let found: Value = world
        .call("Logs_20140328.FilterLogEvents", input)
        .await
        .unwrap();
    assert_eq!(found["events"].as_array().unwrap().len(), 1);
    world.end().await;
}
