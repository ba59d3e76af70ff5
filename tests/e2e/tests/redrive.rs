//! A failure in any state, then a redrive: the job is served all the same.
//!
//! Every state of the definition is failed once: a task before and after its
//! effect, and any state by stopping the execution as it is entered. The list
//! of states is the definition's own, so that a new one cannot be forgotten.

mod rows;

use local::Fault;
use rows::{Row, rows};
use support::World;

/// Fails one state once, redrives, and sees the job served.
async fn strike(row: &Row, fault: Fault) {
    eprintln!("{} {fault:?}", row.state);
    let world = World::start().await;
    world
        .stage
        .place
        .step_functions()
        .inject(row.state, fault.clone(), 1);
    (row.on_the_way)(&world);
    world.commit(&row.workflow());
    if row.twice {
        rows::deliver_once_more(&world).await;
    }

    let mut redriven = 0;
    loop {
        world
            .until("an execution fails, or all is over", || async {
                world.failed().await.is_some() || world.is_over().await
            })
            .await;
        let Some(execution) = world.failed().await else {
            break;
        };
        redriven += 1;
        assert!(redriven <= 2, "{}: one fault, one failure", row.state);
        world.redrive(&execution).await;
    }
    if fault == Fault::StopExecutionOnEnter {
        assert_eq!(redriven, 1, "{}: it was stopped", row.state);
    } else {
        assert!(world.has_met(FAULT).await, "{}: it failed", row.state);
    }
    world.all_jobs_are_over().await;

    let entered = world
        .executions()
        .await
        .iter()
        .any(|execution| execution.states.iter().any(|state| state == row.state));
    assert!(entered, "{} was on the way", row.state);
    for job in world.stage.github.jobs() {
        let conclusion = job.conclusion.map(|conclusion| conclusion.name());
        assert_eq!(conclusion, Some("success"), "{}", row.state);
    }
    for execution in world.executions().await {
        assert_eq!(execution.status, "SUCCEEDED", "{}", row.state);
    }
    world.nothing_is_left().await;
}

/// No Retry of the definition names it.
const FAULT: &str = "Injected.Fault";

fn failure() -> (String, String) {
    (FAULT.to_owned(), "A test ordered this failure.".to_owned())
}

#[test]
fn every_state_is_in_the_table() {
    let mut states: Vec<&str> = rows().iter().map(|row| row.state).collect();
    // They end an execution that never had a job of ours to serve.
    states.extend(["NotForUs", "Superseded"]);
    states.sort_unstable();
    let mut all = domain::names::state::ALL.to_vec();
    all.sort_unstable();
    assert_eq!(states, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_fails_before_its_effect() {
    for row in rows().iter().filter(|row| row.task) {
        let (error, cause) = failure();
        strike(row, Fault::FailBefore { error, cause }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_fails_after_its_effect() {
    for row in rows().iter().filter(|row| row.task) {
        let (error, cause) = failure();
        strike(row, Fault::FailAfter { error, cause }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_is_stopped_in_a_task() {
    for row in rows().iter().filter(|row| row.task) {
        strike(row, Fault::StopExecutionOnEnter).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_is_stopped_in_a_choice_a_wait_or_at_its_end() {
    for row in rows().iter().filter(|row| !row.task) {
        strike(row, Fault::StopExecutionOnEnter).await;
    }
}
