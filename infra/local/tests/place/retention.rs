//! What is over for 90 days is forgotten by a place that runs on, in memory and in its
//! data folder, and nothing else is.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use local::clock::Clock;
use local::events::Outcome;
use local::{Data, Settings};
use serde_json::{Value, json};

use crate::virtual_time::{self, START, wait};
use crate::world::{World, text, until};

/// A calendar whose days are turned by hand.
#[derive(Clone, Default)]
struct Calendar(Arc<AtomicI64>);

impl Calendar {
    fn now(&self) -> DateTime<Utc> {
        START.parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(self.0.load(Ordering::SeqCst))
    }

    fn turn(&self, days: i64) {
        self.0.fetch_add(days, Ordering::SeqCst);
    }

    async fn world(&self, folder: &Path) -> World {
        let calendar = self.clone();
        World::with(Settings {
            clock: Clock::new(move || calendar.now()),
            data: Some(Data {
                folder: folder.to_owned(),
                fsync: false,
            }),
            ..Settings::default()
        })
        .await
    }
}

async fn start(world: &World, machine: &str, name: &str, rest: bool) -> String {
    let input = json!({"rest": rest}).to_string();
    let start = json!({"stateMachineArn": machine, "name": name, "input": input});
    let started = world.states("StartExecution", start).await;
    let arn = text(&started["executionArn"]);
    if !rest {
        world.ended(&arn).await;
    }
    arn
}

async fn page(world: &World, machine: &str, more: Value) -> (Vec<String>, Value) {
    let mut input = json!({"stateMachineArn": machine});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let listed = world.states("ListExecutions", input).await;
    let listed_ones = listed["executions"].as_array().unwrap();
    let names = listed_ones.iter().map(|one| text(&one["name"]));
    (names.collect(), listed["nextToken"].clone())
}

#[tokio::test]
async fn executions_are_forgotten_90_days_after_their_end() {
    let (calendar, folder) = (Calendar::default(), tempfile::tempdir().unwrap());
    let world = calendar.world(folder.path()).await;
    let machine = world.machine(
        "Which",
        json!({
            "Which": {"Type": "Choice", "Default": "Done",
                "Choices": [{"Condition": "{% $states.input.rest %}", "Next": "Rest"}]},
            "Rest": {"Type": "Wait", "Seconds": 90_000_000, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        }),
    );
    let old = start(&world, &machine, "old", false).await;
    let rests = start(&world, &machine, "rests", true).await;
    start(&world, &machine, "older", false).await;
    calendar.turn(60);
    for name in ["new", "newer", "newest"] {
        start(&world, &machine, name, false).await;
    }

    // A list that was begun goes on where it was.
    calendar.turn(30);
    let (first, token) = page(&world, &machine, json!({"maxResults": 1})).await;
    assert_eq!(first, ["newest"]);
    world.describe(&old).await;
    calendar.turn(1);
    let (second, token) = page(
        &world,
        &machine,
        json!({"maxResults": 1, "nextToken": token}),
    )
    .await;
    assert_eq!(second, ["newer"]);
    let (rest, token) = page(&world, &machine, json!({"nextToken": token})).await;
    assert_eq!(
        (rest, token),
        (vec!["new".into(), "rests".into()], Value::Null)
    );

    let ask = json!({"executionArn": old});
    for operation in [
        "DescribeExecution",
        "GetExecutionHistory",
        "RedriveExecution",
    ] {
        let (name, _) = world.states_refuse(operation, ask.clone()).await;
        assert_eq!(name, "ExecutionDoesNotExist", "{operation}");
    }
    assert_eq!(world.describe(&rests).await["status"], "RUNNING");
    // Its name is free again.
    assert_eq!(start(&world, &machine, "old", false).await, old);
    world.end().await;

    let world = calendar.world(folder.path()).await;
    let (names, _) = page(&world, &machine, json!({})).await;
    assert_eq!(names, ["old", "newest", "newer", "new", "rests"]);
    world.end().await;
    // A place that was down in the meantime forgets as it starts.
    calendar.turn(91);
    let world = calendar.world(folder.path()).await;
    assert_eq!(world.place.step_functions().executions(), [rests]);
    world.end().await;
}

#[tokio::test]
async fn records_of_deliveries_are_forgotten_after_90_days() {
    let (calendar, folder) = (Calendar::default(), tempfile::tempdir().unwrap());
    let world = calendar.world(folder.path()).await;
    let machine = world.machine("Done", json!({"Done": {"Type": "Succeed"}}));
    let pattern = json!({"source": ["tests"]});
    world
        .place
        .create_event_rule("default", "all", &pattern, &machine)
        .unwrap();
    let put = async |world: &World| {
        let entry = json!({"Source": "tests", "DetailType": "t", "Detail": "{}"});
        let entries = json!({"Entries": [entry]});
        let put = world.call("AWSEvents.PutEvents", entries).await.unwrap();
        let id = text(&put["Entries"][0]["EventId"]);
        until("it is delivered", async || {
            let deliveries = world.place.events().deliveries();
            let last = deliveries.last().unwrap();
            (last.event_id == id && last.outcome != Outcome::Pending).then_some(())
        })
        .await;
        id
    };
    let told = |world: &World| -> (Vec<String>, Vec<String>) {
        let (puts, deliveries) = (
            world.place.events().puts(),
            world.place.events().deliveries(),
        );
        let puts = puts.into_iter().map(|put| put.event_id);
        let deliveries = deliveries.into_iter().map(|delivery| delivery.event_id);
        (puts.collect(), deliveries.collect())
    };
    put(&world).await;
    put(&world).await;
    calendar.turn(60);
    let young = put(&world).await;
    calendar.turn(31);
    let new = put(&world).await;
    let left = vec![young, new];
    assert_eq!(told(&world), (left.clone(), left.clone()));
    world.end().await;

    // Numbers go on after a start.
    let world = calendar.world(folder.path()).await;
    assert_eq!(told(&world), (left.clone(), left.clone()));
    let newest = put(&world).await;
    world.end().await;
    let world = calendar.world(folder.path()).await;
    let left = [left, vec![newest]].concat();
    assert_eq!(told(&world), (left.clone(), left));
    world.end().await;
}

#[tokio::test]
async fn log_lines_are_forgotten_after_90_days() {
    let (calendar, folder) = (Calendar::default(), tempfile::tempdir().unwrap());
    let world = calendar.world(folder.path()).await;
    let print = |world: &World, group: &str, stream: &str, line: &str| {
        world
            .place
            .logs()
            .append(group, stream, calendar.now(), line);
    };
    print(&world, "gone", "gone", "old");
    print(&world, "stays", "gone", "old");
    print(&world, "stays", "stays", "old");
    calendar.turn(60);
    print(&world, "stays", "stays", "new");
    calendar.turn(31);
    print(&world, "stays", "stays", "newest");
    let kept = [("stays".to_owned(), "stays".to_owned())];
    let texts = |world: &World| -> Vec<String> {
        let lines = world.place.logs().lines("stays", "stays").into_iter();
        lines.map(|(_, text)| text).collect()
    };
    assert_eq!(world.place.logs().streams(), kept);
    assert_eq!(texts(&world), ["new", "newest"]);
    let groups = world.call("Logs_20140328.DescribeLogGroups", json!({}));
    assert_eq!(groups.await.unwrap()["logGroups"][0]["retentionInDays"], 90);
    world.end().await;

    let world = calendar.world(folder.path()).await;
    assert_eq!(world.place.logs().streams(), kept);
    assert_eq!(texts(&world), ["new", "newest"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn times_that_a_schedule_fired_are_forgotten_after_90_days() {
    let place = virtual_time::place(1.0).await;
    let machine = virtual_time::machine(&place, "m");
    place
        .create_schedule("daily", "rate(1 day)", &machine, &json!({}))
        .unwrap();
    wait(Duration::from_hours(24 * 100)).await;
    let fired = place.scheduler().invocations();
    let (first, last) = (&fired[0], &fired[fired.len() - 1]);
    let kept = last.scheduled - first.scheduled;
    assert!((89..=90).contains(&kept.num_days()), "{kept}");
    assert_eq!(fired.len() as i64, kept.num_days() + 1);
    // Their executions are over for as long.
    let executions = place.step_functions().executions();
    assert!(
        (90..=92).contains(&executions.len()),
        "{}",
        executions.len()
    );
    place.shutdown().await;
}
