//! Choice, Wait, Succeed and Fail, and an execution's own end.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Event, Status};
use serde_json::{Value, json};
use support::Run;

fn jsonata(states: &Value) -> Value {
    json!({"QueryLanguage": "JSONata", "StartAt": "S", "States": states})
}

#[test]
fn a_choice_takes_the_first_rule_that_holds() {
    let definition = jsonata(&json!({
        "S": {"Type": "Choice", "Default": "Low", "Choices": [
            {"Condition": "{% $states.input.n > 10 %}", "Next": "High"},
            {"Condition": "{% $states.input.n > 5 %}", "Next": "Middle", "Output": "middle"},
            {"Condition": "{% $states.input.n > 1 %}", "Next": "High"},
        ]},
        "High": {"Type": "Succeed", "Output": "high"},
        "Middle": {"Type": "Succeed"},
        "Low": {"Type": "Succeed", "Output": "low"},
    }));
    assert_eq!(
        Run::start(&definition, json!({"n": 11})).output(),
        json!("high")
    );
    assert_eq!(
        Run::start(&definition, json!({"n": 6})).output(),
        json!("middle")
    );
    assert_eq!(
        Run::start(&definition, json!({"n": 0})).output(),
        json!("low")
    );
}

#[test]
fn a_choice_without_a_way_out_fails() {
    let run = Run::start(
        &jsonata(&json!({
            "S": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "E"}]},
            "E": {"Type": "Succeed"},
        })),
        json!({}),
    );
    assert_eq!(run.execution.error(), Some("States.Runtime"));
}

#[test]
fn a_condition_must_be_true_or_false() {
    let run = Run::start(
        &jsonata(&json!({
            "S": {"Type": "Choice", "Default": "E", "Choices": [{"Condition": "{% $states.input.n %}", "Next": "E"}]},
            "E": {"Type": "Succeed"},
        })),
        json!({"n": 3}),
    );
    assert_eq!(run.execution.error(), Some("States.QueryEvaluationError"));
    assert_eq!(
        run.execution.cause(),
        Some(
            "An error occurred while executing the state 'S' (entered at the event id #2). The JSONata expression '$states.input.n' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 3"
        )
    );
}

#[test]
fn a_wait_waits_for_seconds_or_for_a_time() {
    let mut run = Run::start(
        &jsonata(&json!({
            "S": {"Type": "Wait", "Seconds": "{% $states.input.seconds %}", "Next": "Until"},
            "Until": {"Type": "Wait", "Timestamp": "2026-01-01T13:00:00+01:00", "Next": "Later"},
            "Later": {"Type": "Wait", "Timestamp": "2026-01-01T12:01:00Z", "End": true},
        })),
        json!({"seconds": 20}),
    );
    assert_eq!(run.wait(), 20.0);
    // The second one's time has passed.
    assert_eq!(run.wait(), 40.0);
    assert_eq!(run.output(), json!({"seconds": 20}));
}

#[test]
fn a_fail_state_may_evaluate_its_error_and_cause() {
    let run = Run::start(
        &jsonata(
            &json!({"S": {"Type": "Fail", "Error": "{% 'No' & $states.input %}", "Cause": "so it is"}}),
        ),
        json!("Way"),
    );
    assert_eq!(
        run.last("ExecutionFailed"),
        json!({"error": "NoWay", "cause": "so it is"})
    );
}

#[test]
fn an_execution_has_a_time_limit_of_its_own() {
    let mut definition = jsonata(&json!({
        "S": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true},
    }));
    definition["TimeoutSeconds"] = json!(90);
    let mut run = Run::start(&definition, json!({}));
    let task = run.task().task;
    assert_eq!(run.wait(), 90.0);
    assert_eq!(run.status(), Status::TimedOut);
    assert_eq!(run.cancelled, [task]);
    assert_eq!(run.kinds().last(), Some(&"ExecutionTimedOut"));
    assert_eq!(run.ended, [Status::TimedOut]);
}

#[test]
fn a_stopped_execution_cancels_what_it_waits_for() {
    let mut run = Run::start(
        &jsonata(&json!({"S": {"Type": "Wait", "Seconds": 60, "End": true}})),
        json!({}),
    );
    run.on(Event::Stop {
        error: Some("Enough".into()),
        cause: None,
    });
    assert!(run.timers.is_empty());
    assert_eq!(run.status(), Status::Aborted);
    assert_eq!(run.last("ExecutionAborted"), json!({"error": "Enough"}));
    assert_eq!(run.execution.stop_date(), Some(run.now));
}

#[test]
fn it_begins_once() {
    let mut run = Run::start(
        &jsonata(&json!({"S": {"Type": "Wait", "Seconds": 60, "End": true}})),
        json!({}),
    );
    run.on(Event::Start);
    assert_eq!(run.kinds(), ["ExecutionStarted", "WaitStateEntered"]);
}

#[test]
fn an_endless_loop_ends_with_a_full_history() {
    let run = Run::start(
        &jsonata(&json!({
            "S": {"Type": "Pass", "Next": "T"},
            "T": {"Type": "Pass", "Next": "S"},
        })),
        json!({}),
    );
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(run.execution.error(), Some("States.Runtime"));
    assert!(run.execution.history().len() <= 25_000);
    assert!(run.execution.redrive_eligibility(run.now).is_err());
}

#[test]
fn wire_events_have_their_time_in_seconds() {
    let run = Run::start(&jsonata(&json!({"S": {"Type": "Succeed"}})), json!({}));
    let wire = run.execution.history()[0].to_wire();
    assert_eq!(wire["timestamp"], json!(1_767_268_800.0));
    assert_eq!(wire["type"], "ExecutionStarted");
    assert_eq!(
        wire["executionStartedEventDetails"]["inputDetails"],
        json!({"truncated": false})
    );
}
