//! Parallel and inline Map: threads, their scopes and their ends.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::Status;
use serde_json::{Value, json};
use support::Run;

const INVOKE: &str = "arn:aws:states:::lambda:invoke";

fn state(fields: Value) -> Value {
    json!({"QueryLanguage": "JSONata", "StartAt": "S", "States": {
        "S": fields,
        "Caught": {"Type": "Pass", "End": true},
    }})
}

fn two_branches(more: Value) -> Value {
    let mut fields = json!({"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "P", "States": {"P": {"Type": "Task", "Resource": INVOKE, "End": true}}},
        {"StartAt": "Q", "States": {"Q": {"Type": "Task", "Resource": INVOKE, "End": true}}},
    ]});
    fields
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    state(fields)
}

#[test]
fn branches_run_side_by_side_and_join_in_order() {
    let mut run = Run::start(
        &two_branches(
            json!({"Arguments": {"n": "{% $states.input * 2 %}"}, "Output": "{% {'r': $states.result} %}"}),
        ),
        json!(21),
    );
    assert_eq!(run.open.len(), 2);
    assert!(
        run.open
            .iter()
            .all(|open| open.arguments == json!({"n": 42}))
    );
    run.open.reverse();
    run.succeed(json!("q"));
    assert_eq!(run.status(), Status::Running);
    run.succeed(json!("p"));
    assert_eq!(run.output(), json!({"r": ["p", "q"]}));
    let kinds = run.kinds();
    assert_eq!(
        kinds[kinds.len() - 3..],
        [
            "ParallelStateSucceeded",
            "ParallelStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[test]
fn the_first_branch_that_fails_stops_the_others() {
    let mut run = Run::start(
        &two_branches(json!({"Catch": [{"ErrorEquals": ["E"], "Next": "Caught"}]})),
        json!({}),
    );
    let other = run.open[1].task;
    run.fail("E", "of P");
    assert_eq!(run.cancelled, [other]);
    assert_eq!(run.output(), json!({"Error": "E", "Cause": "of P"}));
}

#[test]
fn a_parallel_state_is_retried_as_a_whole() {
    let mut run = Run::start(
        &two_branches(json!({"Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}]})),
        json!({}),
    );
    run.succeed(json!("p"));
    run.fail("E", "");
    run.wait();
    assert_eq!(run.open.len(), 2);
    run.succeed(json!("p2"));
    run.succeed(json!("q2"));
    assert_eq!(run.output(), json!(["p2", "q2"]));
}

#[test]
fn a_branch_sees_outer_variables_and_keeps_its_own() {
    let definition = json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "S"},
        "S": {"Type": "Parallel", "Next": "Z", "Branches": [
            {"StartAt": "P", "States": {
                "P": {"Type": "Pass", "Assign": {"inner": "{% $outer + 1 %}"}, "Next": "R"},
                "R": {"Type": "Pass", "Output": "{% $inner + $outer %}", "End": true}}},
        ]},
        "Z": {"Type": "Pass", "Output": "{% {'r': $states.input, 'seen': $exists($inner)} %}", "End": true},
    }});
    assert_eq!(
        Run::start(&definition, json!({})).output(),
        json!({"r": [3], "seen": false})
    );
}

fn map(more: Value) -> Value {
    let mut fields = json!({"Type": "Map", "End": true, "ItemProcessor": {
        "StartAt": "P", "States": {"P": {"Type": "Task", "Resource": INVOKE, "End": true}}}});
    fields
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    state(fields)
}

#[test]
fn a_map_runs_so_many_iterations_at_a_time() {
    let mut run = Run::start(&map(json!({"MaxConcurrency": 2})), json!([1, 2, 3]));
    assert_eq!(run.open.len(), 2);
    run.open.reverse();
    run.succeed(json!("second"));
    assert_eq!(run.open.len(), 2);
    run.succeed(json!("first"));
    run.succeed(json!("third"));
    assert_eq!(run.output(), json!(["first", "second", "third"]));
}

#[test]
fn a_map_without_a_limit_runs_all_at_once() {
    let run = Run::start(&map(json!({})), json!([1, 2, 3, 4]));
    assert_eq!(run.open.len(), 4);
}

#[test]
fn a_map_over_nothing_is_done() {
    let run = Run::start(&map(json!({"Items": []})), json!({}));
    assert_eq!(run.output(), json!([]));
}

#[test]
fn a_map_shows_item_and_index() {
    let run = Run::start(
        &map(json!({"ItemSelector": {
            "at": "{% $states.context.Map.Item.Index %}",
            "of": "{% $states.input.name %}",
            "is": "{% $states.context.Map.Item.Value.v %}"},
            "Items": "{% $states.input.list %}"})),
        json!({"name": "n", "list": [{"v": "x"}, {"v": "y"}]}),
    );
    assert_eq!(
        run.open[1].arguments,
        json!({"at": 1, "of": "n", "is": "y"})
    );
}

#[test]
fn a_map_may_tolerate_failures() {
    let mut run = Run::start(&map(json!({"ToleratedFailureCount": 1})), json!([1, 2, 3]));
    run.fail("E", "");
    run.succeed(json!(2));
    run.succeed(json!(3));
    assert_eq!(run.output(), json!([2, 3]));

    let mut run = Run::start(&map(json!({"ToleratedFailureCount": 1})), json!([1, 2, 3]));
    run.fail("E", "");
    run.fail("F", "");
    assert_eq!(run.execution.error(), Some("F"));
}

#[test]
fn maps_nest() {
    let definition = state(
        json!({"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "M", "States": {
        "M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "P", "States": {
            "P": {"Type": "Pass", "End": true, "Output": "{% $states.input * 10 %}"}}}}}}}),
    );
    let run = Run::start(&definition, json!([[1, 2], [], [3]]));
    assert_eq!(run.output(), json!([[10, 20], [], [30]]));
}

#[test]
fn an_error_inside_a_catch_ends_the_branch_and_can_be_caught_outside() {
    let mut run = Run::start(
        &state(json!({"Type": "Parallel", "End": true,
            "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Caught"}],
            "Branches": [{"StartAt": "P", "States": {
                "P": {"Type": "Task", "Resource": INVOKE, "End": true, "Catch": [
                    {"ErrorEquals": ["States.ALL"], "Next": "Q", "Output": "{% $none %}"}]},
                "Q": {"Type": "Pass", "End": true}}}]})),
        json!({}),
    );
    run.fail("E", "");
    assert_eq!(run.output()["Error"], "States.QueryEvaluationError");
}
