//! A person on duty who does one thing: redrives what failed or was stopped. Each
//! execution a few times, with pauses; what the policy rejected never. Where the
//! fleet reconciles by itself, only a misconfiguration is left for a person to mend.
//! Where it does not, a failed delivery is sent again too, on GitHub's page.

use crate::world::World;
use domain::names::failure;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Redrives of one execution at most.
const MOST: u64 = 8;

/// What the person sees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Whatever is red.
    Everything,
    /// What ended under a name that tells people to mend something first.
    Misconfiguration,
}

/// Names of ends that `reconcile` leaves to people.
pub const FOR_PEOPLE: [&str; 4] = [
    failure::CONFIGURATION_REFUSED,
    failure::RUNNER_VERSION_REFUSED,
    failure::GITHUB_REFUSED,
    failure::SETTINGS_INVALID,
];

/// The person.
#[derive(Debug)]
pub struct Operator {
    duty: Duty,
    /// When an execution is looked at again.
    next: BTreeMap<String, Duration>,
    /// Deliveries that were sent again, by their GUID.
    redelivered: BTreeSet<String>,
}

impl Operator {
    /// Somebody with that duty.
    pub fn new(duty: Duty) -> Self {
        Self {
            duty,
            next: BTreeMap::new(),
            redelivered: BTreeSet::new(),
        }
    }

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
            let error = execution["error"].as_str().unwrap_or_default();
            let seen_to = match self.duty {
                Duty::Everything => error != failure::JOB_REJECTED,
                Duty::Misconfiguration => FOR_PEOPLE.contains(&error),
            };
            if !ended || redrives >= MOST || !seen_to {
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
        if self.duty == Duty::Everything {
            redriven += self.redeliver(world);
        }
        redriven
    }

    /// Sends each failed delivery once more; answers how many those were.
    fn redeliver(&mut self, world: &World) -> usize {
        let github = &world.stage.github;
        let mut sent = 0;
        for delivery in github.deliveries() {
            let failed = !(200..300).contains(&delivery.status_code);
            if failed && self.redelivered.insert(delivery.guid) {
                github.redeliver(delivery.id);
                sent += 1;
            }
        }
        sent
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
