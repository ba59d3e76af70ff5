//! The crowd that tests of volumes are run on: of the fleet's own shape, of the
//! given shares, quickly there.

#![allow(clippy::unwrap_used, reason = "helpers may do what tests may")]

use local::{Place, Settings};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use support::crowd::{Crowd, Member};
use support::{World, workflows};

/// Every path of a document with its value's type; elements of lists are alike.
fn shape(value: &Value, at: &str, paths: &mut BTreeSet<String>) {
    let kind = match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                shape(field, &format!("{at}/{name}"), paths);
            }
            "object"
        }
        Value::Array(elements) => {
            for element in elements {
                shape(element, &format!("{at}/[]"), paths);
            }
            "list"
        }
        Value::String(_) => "text",
        Value::Number(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
    };
    paths.insert(format!("{at}: {kind}"));
}

fn describe(place: &Place, arn: &str) -> Value {
    let input = json!({"executionArn": arn});
    place
        .step_functions()
        .call("DescribeExecution", input)
        .unwrap()
}

fn input_shape(place: &Place, arn: &str) -> BTreeSet<String> {
    let described = describe(place, arn);
    let input: Value = serde_json::from_str(described["input"].as_str().unwrap()).unwrap();
    let mut paths = BTreeSet::new();
    shape(&input, "", &mut paths);
    paths
}

/// A description's fields besides times and the input, which have their own tests.
fn fields(place: &Place, arn: &str) -> BTreeSet<String> {
    let described = describe(place, arn);
    described.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_inputs_are_shaped_as_the_fleets_are() {
    let world = World::start().await;
    world.commit(&workflows::one("true"));
    world.all_jobs_are_over().await;
    let real = world.executions().await.remove(0).arn;
    let place = Place::start(Settings::default()).await.unwrap();
    let crowd = Crowd {
        failed: 0.0,
        running: 0.0,
        ..Crowd::of(20)
    };
    for member in crowd.fill(&place).await {
        assert_eq!(
            input_shape(&place, &member.arn),
            input_shape(&world.stage.place, &real)
        );
        assert_eq!(
            fields(&place, &member.arn),
            fields(&world.stage.place, &real)
        );
    }
    place.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_members_are_as_they_are_said_to_be() {
    let crowd = Crowd {
        failed: 0.2,
        running: 0.1,
        ..Crowd::of(200)
    };
    let place = Place::start(Settings::default()).await.unwrap();
    let members = crowd.fill(&place).await;
    for member in &members {
        let described = describe(&place, &member.arn);
        assert_eq!(described["status"], member.status, "{described}");
        assert_eq!(described["error"].as_str(), member.error);
        assert_eq!(member.error.is_some(), member.status == "FAILED");
    }
    let of = |status: &str| members.iter().filter(|one| one.status == status).count();
    assert_eq!(
        (of("FAILED"), of("RUNNING"), of("SUCCEEDED")),
        (40, 20, 140)
    );
    place.shutdown().await;
    // The same again from the same seed, another one from another.
    let again = async |crowd: Crowd| -> Vec<Member> {
        let place = Place::start(Settings::default()).await.unwrap();
        let members = crowd.fill(&place).await;
        place.shutdown().await;
        members
    };
    assert_eq!(again(crowd).await, members);
    assert_ne!(again(Crowd { seed: 2, ..crowd }).await, members);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_are_there_within_seconds_and_listed_at_once() {
    let place = Place::start(Settings::default()).await.unwrap();
    let began = Instant::now();
    let members = Crowd::of(10_000).fill(&place).await;
    let filled = began.elapsed();
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:jit-runners";
    let list = |input: Value| {
        let answer = place
            .step_functions()
            .call("ListExecutions", input)
            .unwrap();
        let page = answer["executions"].as_array().unwrap().clone();
        (page, answer["nextToken"].clone())
    };
    let began = Instant::now();
    let failed = json!({"stateMachineArn": machine, "statusFilter": "FAILED", "maxResults": 1000});
    let (page, next) = list(failed);
    assert_eq!((page.len(), next), (500, Value::Null));
    let mut seen: Vec<Value> = Vec::new();
    let mut input = json!({"stateMachineArn": machine, "maxResults": 1000});
    loop {
        let (page, next) = list(input.clone());
        seen.extend(page.iter().map(|one| one["executionArn"].clone()));
        if next.is_null() {
            break;
        }
        input["nextToken"] = next;
    }
    let listed = began.elapsed();
    seen.reverse();
    assert!(seen.iter().eq(members.iter().map(|one| one.arn.as_str())));
    // Many times what it takes; a list that clones everything for each page takes longer.
    assert!(filled < Duration::from_secs(60), "filled in {filled:?}");
    assert!(listed < Duration::from_secs(10), "listed in {listed:?}");
    println!("10,000 executions: there in {filled:.1?}, all listed in {listed:.1?}");
    place.shutdown().await;
}
