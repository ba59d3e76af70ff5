//! What may not be there at a test's end.

use crate::world::World;
use jit_runners::fleet::{CLAIMS, FAMILY, HANDOVER};
use serde_json::{Value, json};

impl World {
    /// Everything that is left and should not be, in words. A claim that says
    /// failed or rejected is a record, as long as no runner hangs on it.
    pub fn leftovers(&self) -> Vec<String> {
        let mut left = Vec::new();
        for runner in self.stage.github.leftovers().runners {
            left.push(format!("runner {} at GitHub", runner.name));
        }
        for item in self.items(HANDOVER) {
            left.push(format!("hand-over item {}…", &text(&item, "pk")[..8]));
        }
        for item in self.items(CLAIMS) {
            let state = text(&item, "state");
            if state == "active" || item.get("runner_id").is_some() {
                left.push(format!("{state} claim {}", text(&item, "pk")));
            }
        }
        for task in self.tasks() {
            let status = task["lastStatus"].as_str().unwrap_or_default();
            if status != "STOPPED" {
                left.push(format!("task {} {status}", task["taskArn"]));
            }
        }
        left
    }

    /// All items of a table.
    pub fn items(&self, table: &str) -> Vec<Value> {
        let answer = self
            .stage
            .place
            .dynamodb()
            .call("Scan", json!({"TableName": table}))
            .expect("the table can be scanned");
        answer["Items"].as_array().cloned().unwrap_or_default()
    }

    /// The lines of a task's log.
    pub fn task_log(&self, task: &Value) -> Vec<String> {
        let arn = task["taskArn"].as_str().unwrap_or_default();
        let id = arn.rsplit('/').next().unwrap_or_default();
        self.stage
            .place
            .logs()
            .lines(&format!("/ecs/{FAMILY}"), &format!("runner/runner/{id}"))
            .into_iter()
            .map(|(_, line)| line)
            .collect()
    }

    /// What a function's processes have logged: one JSON object a line, in order.
    pub fn function_log(&self, handler: &str) -> Vec<Value> {
        let logs = self.stage.place.logs();
        let group = format!("/aws/lambda/jit-runners-{handler}");
        let mut lines: Vec<_> = logs
            .streams()
            .into_iter()
            .filter(|(name, _)| *name == group)
            .flat_map(|(group, stream)| logs.lines(&group, &stream))
            .collect();
        lines.sort_by_key(|(at, _)| *at);
        let json = |(_, line): (_, String)| serde_json::from_str(&line).ok();
        lines.into_iter().filter_map(json).collect()
    }

    /// All tasks that ECS still knows.
    pub fn tasks(&self) -> Vec<Value> {
        let ecs = self.stage.place.ecs();
        let mut tasks = Vec::new();
        for status in ["RUNNING", "STOPPED"] {
            let mut next = Value::Null;
            loop {
                let mut input = json!({"cluster": "jit-runners", "desiredStatus": status});
                if !next.is_null() {
                    input["nextToken"] = next;
                }
                let page = ecs.call("ListTasks", input).expect("tasks can be listed");
                for arn in page["taskArns"].as_array().into_iter().flatten() {
                    tasks.extend(arn.as_str().and_then(|arn| ecs.task(arn)));
                }
                next = page["nextToken"].clone();
                if next.is_null() {
                    break;
                }
            }
        }
        tasks
    }
}

/// A string attribute of an item.
fn text(item: &Value, name: &str) -> String {
    item[name]["S"].as_str().unwrap_or_default().to_owned()
}
