//! What may not be there once every job is over.

use crate::operator;
use crate::world::World;
use jit_runners::fleet::{CLAIMS, CLUSTER, HANDOVER};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything that is left, by kind; a kind without anything has an empty list. A
/// claim that says failed or rejected is a record, as long as no runner hangs on it.
pub fn leftovers(world: &World) -> BTreeMap<&'static str, Vec<String>> {
    let mut left = BTreeMap::from([
        ("runners", Vec::new()),
        ("tasks", Vec::new()),
        ("claims", Vec::new()),
        ("hand-over items", Vec::new()),
        ("executions", Vec::new()),
    ]);
    let mut add = |kind, what| left.entry(kind).or_insert_with(Vec::new).push(what);
    for runner in world.stage.github.leftovers().runners {
        add("runners", runner.name);
    }
    for item in items(world, CLAIMS) {
        let state = item["state"]["S"].as_str().unwrap_or_default();
        if state == "active" || item.get("runner_id").is_some() {
            let job = item["pk"]["S"].as_str().unwrap_or_default();
            add("claims", format!("{state} {job}"));
        }
    }
    for item in items(world, HANDOVER) {
        let key = item["pk"]["S"].as_str().unwrap_or_default();
        add("hand-over items", key.chars().take(8).collect());
    }
    for task in tasks(world) {
        add("tasks", task);
    }
    for arn in crate::stopper::running(world) {
        let job = operator::job(&world.execution(&arn));
        add("executions", format!("of job {job}"));
    }
    left
}

fn items(world: &World, table: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut from = Value::Null;
    loop {
        let mut input = json!({"TableName": table});
        if !from.is_null() {
            input["ExclusiveStartKey"] = from;
        }
        let Ok(mut page) = world.stage.place.dynamodb().call("Scan", input) else {
            return all;
        };
        if let Some(items) = page["Items"].as_array() {
            all.extend(items.iter().cloned());
        }
        from = page["LastEvaluatedKey"].take();
        if from.is_null() {
            return all;
        }
    }
}

/// Tasks that have not stopped.
fn tasks(world: &World) -> Vec<String> {
    let ecs = world.stage.place.ecs();
    let mut left = Vec::new();
    for status in ["RUNNING", "STOPPED"] {
        let input = json!({"cluster": CLUSTER, "desiredStatus": status});
        let listed = ecs.call("ListTasks", input).unwrap_or_default();
        for arn in listed["taskArns"].as_array().into_iter().flatten() {
            let task = arn.as_str().and_then(|arn| ecs.task(arn));
            let task = task.unwrap_or_default();
            if task["lastStatus"] != "STOPPED" {
                left.push(format!("{} {}", task["taskArn"], task["lastStatus"]));
            }
        }
    }
    left
}
