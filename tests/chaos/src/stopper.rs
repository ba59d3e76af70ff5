//! Somebody who stops executions, whatever they are doing.

use crate::faults::Kind;
use crate::operator;
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The jobs whose executions were stopped, by number.
#[derive(Debug, Clone, Default)]
pub struct Stopped(Arc<Mutex<BTreeSet<u64>>>);

impl Stopped {
    /// Notes one.
    pub fn add(&self, job: u64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(job);
    }

    /// Whether this job's execution was stopped.
    pub fn has(&self, job: u64) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&job)
    }
}

/// Stops an execution now and then, for as long as the dice may.
pub async fn stop_now_and_then(world: Arc<World>, stopped: Stopped) {
    loop {
        let dice = world.faults.dice();
        tokio::time::sleep(dice.millis(60_000, 900_000)).await;
        if !world.faults.chosen(Kind::ExecutionStopped, "any") {
            continue;
        }
        let running = running(&world);
        if running.is_empty() {
            continue;
        }
        let arn = dice.pick(&running).clone();
        stop(&world, &arn, &stopped);
    }
}

/// Stops one execution.
pub fn stop(world: &World, arn: &str, stopped: &Stopped) {
    let execution = world.execution(arn);
    let job = operator::job(&execution);
    stopped.add(job);
    world
        .faults
        .note(Kind::ExecutionStopped, "by somebody", job);
    world.step_functions(
        "StopExecution",
        json!({"executionArn": arn, "cause": "stopped by somebody"}),
    );
}

/// ARNs of the executions that run, newest first.
pub fn running(world: &World) -> Vec<String> {
    let machine = &world.stage.fleet.state_machine;
    let answer = world.step_functions(
        "ListExecutions",
        json!({"stateMachineArn": machine, "statusFilter": "RUNNING", "maxResults": 1000}),
    );
    let listed = answer["executions"].as_array();
    let arn = |one: &Value| one["executionArn"].as_str().map(str::to_owned);
    listed.into_iter().flatten().filter_map(arn).collect()
}
