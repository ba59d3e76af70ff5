//! A person on duty who does one thing: redrives what failed or was stopped. Each
//! execution a few times, with pauses; what the policy rejected never.

use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Redrives of one execution at most.
const MOST: u64 = 8;

/// The person.
#[derive(Debug, Default)]
pub struct Operator {
    /// When an execution is looked at again.
    next: BTreeMap<String, Duration>,
}

impl Operator {
    /// One round through all executions; answers how many were redriven.
    pub fn look(&mut self, world: &World) -> usize {
        let mut redriven = 0;
        let now = world.time.elapsed();
        for arn in world.stage.place.step_functions().executions() {
            let execution = world.execution(&arn);
            let redrives = execution["redriveCount"].as_u64().unwrap_or_default();
            let ended = matches!(
                execution["status"].as_str(),
                Some("FAILED" | "ABORTED" | "TIMED_OUT")
            );
            if !ended || redrives >= MOST || execution["error"] == "JobRejected" {
                continue;
            }
            if self.next.get(&arn).is_some_and(|next| *next > now) {
                continue;
            }
            let pause = Duration::from_secs(300 << redrives.min(6));
            self.next.insert(arn.clone(), now + pause);
            world.trace.note(
                "redrive",
                job(&execution),
                execution["error"].as_str().unwrap_or("stopped"),
            );
            world.step_functions("RedriveExecution", json!({"executionArn": arn}));
            redriven += 1;
        }
        redriven
    }
}

/// The number of the job of an execution.
pub fn job(execution: &Value) -> u64 {
    let input = execution["input"].as_str().unwrap_or_default();
    let input: Value = serde_json::from_str(input).unwrap_or_default();
    let id = input["detail"]["workflow_job"]["id"].as_u64();
    id.map(|id| crate::trace::number(github_emulator::JobId(id)))
        .unwrap_or_default()
}
