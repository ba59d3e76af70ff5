//! Redrive: which states run again, with what, and when it is refused.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Event, Status};
use serde_json::{Value, json};
use support::Run;

fn jsonata(states: &Value) -> Value {
    json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": states})
}

fn two_tasks() -> Value {
    jsonata(&json!({
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
              "Assign": {"a": "{% $states.result.a %}"}, "Next": "B"},
        "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 30,
              "Arguments": {
                  "in": "{% $states.input %}", "a": "{% $a %}",
                  "redriven": "{% $states.context.Execution.RedriveCount %}",
                  "entered": "{% $states.context.State.EnteredTime %}",
                  "tries": "{% $states.context.State.RetryCount %}"},
              "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}], "End": true},
    }))
}

#[test]
fn a_task_runs_again_with_its_input_and_arguments_evaluated_anew() {
    let mut run = Run::start(&two_tasks(), json!({}));
    run.later(1);
    run.succeed(json!({"a": 1}));
    let before = run.task().arguments;
    run.fail("E", "");
    run.wait();
    run.fail("E", "gone");
    assert_eq!(run.status(), Status::Failed);

    run.later(600);
    run.on(Event::Redrive);
    assert_eq!(run.status(), Status::Running);
    assert_eq!(
        (run.execution.error(), run.execution.stop_date()),
        (None, None)
    );
    let mut expected = before;
    expected["redriven"] = json!(1);
    assert_eq!(run.task().arguments, expected);
    assert_eq!(run.last("ExecutionRedriven"), json!({"redriveCount": 1}));
    assert_eq!(run.execution.redrive_date(), Some(run.now));

    // Its retries and its time begin anew.
    run.fail("E", "");
    run.wait();
    assert_eq!(run.wait(), 30.0);
    assert_eq!(run.execution.error(), Some("States.Timeout"));

    run.on(Event::Redrive);
    run.succeed(json!("done"));
    assert_eq!(run.output(), json!("done"));
    assert_eq!(
        run.kinds()
            .iter()
            .filter(|kind| **kind == "TaskStateEntered")
            .count(),
        2
    );
    assert_eq!(run.execution.redrive_count(), 2);
}

#[test]
fn the_time_of_a_redrive_shows_only_after_one() {
    let definition = jsonata(&json!({
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
              "Arguments": "{% $exists($states.context.Execution.RedriveTime) %}"},
    }));
    let mut run = Run::start(&definition, json!({}));
    assert_eq!(run.task().arguments, json!(false));
    run.fail("E", "");
    run.on(Event::Redrive);
    assert_eq!(run.task().arguments, json!(true));
}

#[test]
fn a_choice_is_evaluated_again() {
    let definition = jsonata(&json!({
        "A": {"Type": "Choice", "Choices": [{"Condition": "{% $states.context.Execution.RedriveCount > 0 %}", "Next": "B"}]},
        "B": {"Type": "Succeed", "Output": "chosen"},
    }));
    let mut run = Run::start(&definition, json!({}));
    assert_eq!(run.execution.error(), Some("States.Runtime"));
    run.on(Event::Redrive);
    assert_eq!(run.output(), json!("chosen"));
}

#[test]
fn a_wait_whose_time_has_passed_exits() {
    let definition = jsonata(&json!({
        "A": {"Type": "Wait", "Timestamp": "2026-01-01T12:10:00Z", "End": true},
    }));
    let mut run = Run::start(&definition, json!({}));
    run.on(Event::Stop {
        error: None,
        cause: None,
    });
    run.later(60);
    run.on(Event::Redrive);
    assert_eq!(run.timers.len(), 1);
    run.on(Event::Stop {
        error: None,
        cause: None,
    });
    run.later(3600);
    run.on(Event::Redrive);
    assert_eq!(run.status(), Status::Succeeded);
}

#[test]
fn a_pass_exits_without_being_executed() {
    let definition = jsonata(&json!({
        "A": {"Type": "Pass", "Output": "{% $nothing %}", "End": true},
    }));
    let mut run = Run::start(&definition, json!({"in": 1}));
    assert_eq!(run.status(), Status::Failed);
    run.on(Event::Redrive);
    assert_eq!(run.output(), json!({"in": 1}));
}

#[test]
fn a_fail_state_fails_again() {
    let definition = jsonata(&json!({"A": {"Type": "Fail", "Error": "E"}}));
    let mut run = Run::start(&definition, json!({}));
    run.on(Event::Redrive);
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(
        run.kinds(),
        [
            "ExecutionStarted",
            "FailStateEntered",
            "ExecutionFailed",
            "ExecutionRedriven",
            "ExecutionFailed"
        ]
    );
}

#[test]
fn only_the_branch_that_failed_runs_again() {
    let definition = jsonata(&json!({
        "A": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "P", "States": {"P": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}},
            {"StartAt": "Q", "States": {"Q": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}},
            {"StartAt": "R", "States": {"R": {"Type": "Wait", "Seconds": 9, "End": true}}},
        ]},
    }));
    let mut run = Run::start(&definition, json!({}));
    run.succeed(json!("p"));
    run.fail("E", "");
    assert!(run.timers.is_empty());
    run.on(Event::Redrive);
    assert_eq!(run.task().state, "Q");
    run.succeed(json!("q"));
    run.wait();
    assert_eq!(run.output(), json!(["p", "q", {}]));
}

#[test]
fn only_the_iterations_that_did_not_end_run_again() {
    let definition = jsonata(&json!({
        "A": {"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 2, "End": true, "ItemProcessor":
            {"StartAt": "P", "States": {"P": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}},
    }));
    let mut run = Run::start(&definition, json!({}));
    run.succeed(json!("one"));
    run.fail("E", "");
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(run.cancelled.len(), 1);
    assert!(run.kinds().contains(&"MapIterationAborted"));
    run.on(Event::Redrive);
    let inputs: Vec<Value> = run.open.iter().map(|open| open.arguments.clone()).collect();
    assert_eq!(inputs, [json!(2), json!(3)]);
    run.succeed(json!("two"));
    run.succeed(json!("three"));
    assert_eq!(run.output(), json!(["one", "two", "three"]));
}

#[test]
fn what_runs_or_has_succeeded_cannot_be_redriven() {
    let mut run = Run::start(&two_tasks(), json!({}));
    let reason = |run: &Run| run.execution.redrive_eligibility(run.now).unwrap_err();
    assert_eq!(reason(&run), "Execution is RUNNING and cannot be redriven");
    run.succeed(json!({"a": 1}));
    run.succeed(json!({}));
    assert_eq!(
        reason(&run),
        "Execution is SUCCEEDED and cannot be redriven"
    );
    let events = run.execution.history().len();
    run.on(Event::Redrive);
    assert_eq!(run.execution.history().len(), events);
}

#[test]
fn after_two_weeks_it_is_too_late() {
    let mut run = Run::start(&two_tasks(), json!({}));
    run.fail("E", "");
    run.later(14 * 86_400);
    assert_eq!(run.execution.redrive_eligibility(run.now), Ok(()));
    run.later(1);
    assert!(run.execution.redrive_eligibility(run.now).is_err());
}
