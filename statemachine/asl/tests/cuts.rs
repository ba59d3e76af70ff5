//! What the history tells of branches and iterations that are cut short
//! because the one beside them failed. As measured on AWS: in their order, each
//! with the state it was in, all following the failure's own event.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Event, Status};
use serde_json::{Value, json};
use support::Run;

const INVOKE: &str = "arn:aws:states:::lambda:invoke";

fn call() -> Value {
    json!({"Type": "Task", "Resource": INVOKE, "End": true})
}

fn branch(name: &str, state: Value) -> Value {
    json!({"StartAt": name, "States": {name: state}})
}

fn run(state: Value, input: Value) -> Run {
    Run::start(
        &json!({"QueryLanguage": "JSONata", "StartAt": "S", "States": {
            "S": state, "Caught": {"Type": "Pass", "End": true}}}),
        input,
    )
}

/// Types and the events that they follow, from the event `from` on.
fn tail(run: &Run, from: usize) -> Vec<(String, u64)> {
    let events = &run.execution.history()[from - 1..];
    events
        .iter()
        .map(|event| (event.kind.to_string(), event.previous_event_id))
        .collect()
}

fn told(events: &[(&str, u64)]) -> Vec<(String, u64)> {
    events
        .iter()
        .map(|(kind, previous)| ((*kind).to_owned(), *previous))
        .collect()
}

#[test]
fn every_branch_that_is_cut_tells_the_state_it_was_in() {
    let mut run = run(
        json!({"Type": "Parallel", "End": true, "Branches": [
            branch("Long", json!({"Type": "Wait", "Seconds": 99, "End": true})),
            branch("Call", call()),
            branch("Done", json!({"Type": "Pass", "End": true})),
        ]}),
        json!({}),
    );
    run.fail("E", "of Call");
    let failed = run
        .execution
        .history()
        .iter()
        .find(|e| e.kind == "TaskFailed")
        .unwrap()
        .id;
    assert_eq!(
        tail(&run, failed as usize + 1),
        told(&[
            ("WaitStateAborted", failed),
            ("TaskStateAborted", failed),
            ("ParallelStateFailed", failed),
            ("ExecutionFailed", failed + 3),
        ])
    );
}

#[test]
fn iterations_are_told_in_the_order_of_their_items() {
    let mut run = run(
        json!({"Type": "Map", "End": true, "ItemProcessor": branch("Call", call())}),
        json!([1, 2, 3]),
    );
    let task = run.open[1].task;
    run.on(Event::TaskFailed {
        task,
        error: "E".into(),
        cause: String::new(),
    });
    let failed = run
        .execution
        .history()
        .iter()
        .find(|e| e.kind == "TaskFailed")
        .unwrap()
        .id;
    assert_eq!(
        tail(&run, failed as usize + 1),
        told(&[
            ("MapIterationAborted", failed),
            ("TaskStateAborted", failed),
            ("MapIterationFailed", failed),
            ("TaskStateAborted", failed),
            ("MapIterationAborted", failed),
            ("TaskStateAborted", failed),
            ("MapStateFailed", failed),
            ("ExecutionFailed", failed + 7),
        ])
    );
}

#[test]
fn what_is_nested_is_told_from_the_inside() {
    let inner = json!({"Type": "Map", "Items": [1], "End": true,
        "ItemProcessor": branch("Deep", call())});
    let mut run = run(
        json!({"Type": "Parallel", "End": true, "Branches": [
            branch("Call", call()), branch("Inner", inner)]}),
        json!({}),
    );
    run.fail("E", "");
    let kinds = run.kinds();
    assert_eq!(
        kinds[kinds.len() - 6..],
        [
            "TaskStateAborted",
            "MapIterationAborted",
            "TaskStateAborted",
            "MapStateAborted",
            "ParallelStateFailed",
            "ExecutionFailed"
        ]
    );
}

#[test]
fn a_state_that_is_retried_has_not_failed_yet() {
    let boom = branch("Boom", json!({"Type": "Fail", "Error": "E"}));
    let mut run = run(
        json!({"Type": "Parallel", "Branches": [boom], "End": true,
            "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]}),
        json!({}),
    );
    run.wait();
    assert_eq!(
        tail(&run, 2),
        told(&[
            ("ParallelStateEntered", 0),
            ("ParallelStateStarted", 2),
            ("FailStateEntered", 3),
            ("ParallelStateStarted", 4),
            ("FailStateEntered", 5),
            ("ParallelStateFailed", 6),
            ("ExecutionFailed", 7),
        ])
    );
}

#[test]
fn a_failure_in_a_catch_tells_the_states_failure_again() {
    let boom = branch("Boom", json!({"Type": "Fail", "Error": "E"}));
    let run = run(
        json!({"Type": "Parallel", "Branches": [boom], "End": true, "Catch": [
            {"ErrorEquals": ["Other"], "Next": "Caught"},
            {"ErrorEquals": ["States.ALL"], "Output": {"v": "{% $states.input.missing %}"}, "Next": "Caught"}]}),
        json!({}),
    );
    assert_eq!(
        tail(&run, 4),
        told(&[
            ("FailStateEntered", 3),
            ("ParallelStateFailed", 4),
            ("EvaluationFailed", 4),
            ("ParallelStateFailed", 6),
            ("ExecutionFailed", 7),
        ])
    );
    assert_eq!(
        run.last("EvaluationFailed")["location"],
        "Catch[1]/Output/v"
    );
}

#[test]
fn what_must_end_the_execution_passes_through_without_a_word() {
    let stuck = json!({"Type": "Choice", "Choices": [{"Condition": false, "Next": "Never"}]});
    let inner = json!({"StartAt": "Stuck", "States": {
        "Stuck": stuck, "Never": {"Type": "Succeed"}}});
    let run = run(
        json!({"Type": "Parallel", "End": true,
            "Branches": [branch("Long", json!({"Type": "Wait", "Seconds": 9, "End": true})), inner],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}),
        json!({}),
    );
    assert_eq!(run.execution.error(), Some("States.Runtime"));
    assert_eq!(
        tail(&run, 4),
        told(&[
            ("WaitStateEntered", 3),
            ("ChoiceStateEntered", 3),
            ("ExecutionFailed", 5),
        ])
    );
    assert!(run.timers.is_empty());
}

#[test]
fn a_stop_and_the_time_limit_cut_without_a_word() {
    let state = json!({"Type": "Parallel", "End": true, "Branches": [branch("Call", call())]});
    let mut stopped = run(state.clone(), json!({}));
    stopped.on(Event::Stop {
        error: None,
        cause: None,
    });
    assert_eq!(stopped.kinds().last(), Some(&"ExecutionAborted"));
    let mut late = Run::start(
        &json!({"QueryLanguage": "JSONata", "StartAt": "S", "TimeoutSeconds": 5, "States": {"S": state}}),
        json!({}),
    );
    late.wait();
    assert_eq!(late.status(), Status::TimedOut);
    for run in [stopped, late] {
        assert!(
            !run.kinds()
                .iter()
                .any(|kind| kind.ends_with("StateAborted"))
        );
    }
}
