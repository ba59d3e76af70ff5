//! What becomes of tasks: retries, catches, time limits, stale answers.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Event, Status};
use serde_json::{Value, json};
use support::Run;

fn task(fields: Value) -> Value {
    let mut state =
        json!({"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": true});
    state
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    json!({"QueryLanguage": "JSONata", "StartAt": "T", "States": {
        "T": state,
        "Caught": {"Type": "Pass", "End": true},
    }})
}

#[test]
fn a_retry_waits_longer_each_time_up_to_its_limit() {
    let mut run = Run::start(
        &task(
            json!({"Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxDelaySeconds": 10, "MaxAttempts": 4}]}),
        ),
        json!({}),
    );
    let mut waits = Vec::new();
    for _ in 0..4 {
        run.fail("E", "again");
        waits.push(run.wait());
    }
    assert_eq!(waits, [2.0, 6.0, 10.0, 10.0]);
    run.fail("E", "enough");
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(run.execution.error(), Some("E"));
    assert_eq!(run.execution.cause(), Some("enough"));
}

#[test]
fn each_retrier_counts_for_itself() {
    let mut run = Run::start(
        &task(json!({"Retry": [
            {"ErrorEquals": ["A"], "MaxAttempts": 1},
            {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1, "IntervalSeconds": 9},
        ]})),
        json!({}),
    );
    run.fail("A", "");
    assert_eq!(run.wait(), 1.0);
    run.fail("B", "");
    assert_eq!(run.wait(), 9.0);
    // A is spent; the second entry is not asked for what the first one matches.
    run.fail("A", "");
    assert_eq!(run.status(), Status::Failed);
}

#[test]
fn full_jitter_waits_anything_up_to_the_interval_and_the_same_for_the_same_seed() {
    let waits = || {
        let mut run = Run::start(
            &task(
                json!({"Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 100, "BackoffRate": 1, "JitterStrategy": "FULL", "MaxAttempts": 5}]}),
            ),
            json!({}),
        );
        (0..5)
            .map(|_| {
                run.fail("E", "");
                run.wait()
            })
            .collect::<Vec<f64>>()
    };
    let first = waits();
    assert!(first.iter().all(|wait| (0.0..=100.0).contains(wait)));
    assert!(first.windows(2).any(|pair| pair[0] != pair[1]));
    assert_eq!(first, waits());
}

#[test]
fn arguments_are_evaluated_again_for_a_retry() {
    let mut run = Run::start(
        &task(json!({
            "Arguments": {"try": "{% $states.context.State.RetryCount %}"},
            "Retry": [{"ErrorEquals": ["States.ALL"]}],
        })),
        json!({}),
    );
    assert_eq!(run.task().arguments, json!({"try": 0}));
    run.fail("E", "");
    run.wait();
    assert_eq!(run.task().arguments, json!({"try": 1}));
}

#[test]
fn a_catch_sees_error_and_cause_and_assigns() {
    let mut run = Run::start(
        &task(json!({"Catch": [
            {"ErrorEquals": ["Other"], "Next": "T"},
            {"ErrorEquals": ["States.TaskFailed"], "Next": "Caught",
             "Assign": {"why": "{% $states.errorOutput.Cause %}"},
             "Output": "{% $states.errorOutput.Error & ' of ' & $states.input.who %}"},
        ]})),
        json!({"who": "me"}),
    );
    run.fail("E", "because");
    assert_eq!(run.status(), Status::Succeeded);
    assert_eq!(run.output(), json!("E of me"));
    assert_eq!(
        run.last("TaskStateExited")["assignedVariables"]["why"],
        "\"because\""
    );
}

#[test]
fn a_catch_without_output_hands_on_the_error() {
    let mut run = Run::start(
        &task(json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]})),
        json!({}),
    );
    run.fail("E", "because");
    assert_eq!(run.output(), json!({"Error": "E", "Cause": "because"}));
}

#[test]
fn an_error_inside_a_catch_ends_the_execution() {
    let mut run = Run::start(
        &task(
            json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught",
            "Assign": {"exit": "{% $parse($states.errorOutput.Cause).ExitCode %}"}}]}),
        ),
        json!({}),
    );
    run.fail("E", "no JSON at all");
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(run.execution.error(), Some("States.QueryEvaluationError"));
    assert_eq!(
        run.last("EvaluationFailed")["location"],
        "Catch[0]/Assign/exit"
    );
}

#[test]
fn states_all_does_not_catch_what_must_end_the_execution() {
    for error in ["States.Runtime", "States.DataLimitExceeded"] {
        let mut run = Run::start(
            &task(json!({
                "Retry": [{"ErrorEquals": ["States.ALL"]}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            })),
            json!({}),
        );
        run.fail(error, "");
        assert_eq!(run.status(), Status::Failed, "{error}");
    }
}

#[test]
fn a_failed_evaluation_can_be_caught() {
    let run = Run::start(
        &task(json!({
            "Arguments": {"x": "{% $nothing %}"},
            "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Caught"}],
        })),
        json!({}),
    );
    assert_eq!(run.status(), Status::Succeeded);
    assert_eq!(run.output()["Error"], "States.QueryEvaluationError");
    assert_eq!(run.last("EvaluationFailed")["location"], "Arguments/x");
}

#[test]
fn a_failed_assign_after_a_good_result_can_be_caught() {
    let mut run = Run::start(
        &task(json!({
            "Assign": {"x": "{% $states.result.missing %}"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
        })),
        json!({}),
    );
    run.succeed(json!({}));
    assert_eq!(run.output()["Error"], "States.QueryEvaluationError");
}

#[test]
fn a_time_limit_cancels_the_task_and_fails_the_state() {
    let mut run = Run::start(
        &task(json!({"TimeoutSeconds": "{% $states.input.limit * 2 %}"})),
        json!({"limit": 30}),
    );
    let task = run.task().task;
    run.on(Event::TaskStarted { task });
    run.on(Event::TaskSubmitted {
        task,
        output: json!({"TaskArn": "t"}),
    });
    assert_eq!(run.wait(), 60.0);
    assert_eq!(run.cancelled, [task]);
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(run.execution.error(), Some("States.Timeout"));
    assert_eq!(
        run.kinds()[2..],
        [
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitted",
            "TaskTimedOut",
            "ExecutionFailed"
        ]
    );
    assert_eq!(run.last("TaskScheduled")["timeoutInSeconds"], 60);
    // What the task says now is too late.
    let events = run.execution.history().len();
    run.on(Event::TaskSucceeded {
        task,
        output: json!({}),
    });
    assert_eq!(run.execution.history().len(), events);
}

#[test]
fn task_failed_does_not_catch_a_timeout() {
    let mut run = Run::start(
        &task(json!({"TimeoutSeconds": 5, "Catch": [
            {"ErrorEquals": ["States.TaskFailed"], "Next": "T"},
            {"ErrorEquals": ["States.Timeout"], "Next": "Caught"},
        ]})),
        json!({}),
    );
    run.wait();
    assert_eq!(
        run.output(),
        json!({"Error": "States.Timeout", "Cause": ""})
    );
}

#[test]
fn a_task_that_ends_in_time_leaves_no_timer() {
    let mut run = Run::start(&task(json!({"TimeoutSeconds": 5})), json!({}));
    run.succeed(json!(1));
    assert!(run.timers.is_empty());
    assert_eq!(run.ended, [Status::Succeeded]);
}

#[test]
fn a_task_can_fail_to_start_or_to_be_submitted() {
    let mut run = Run::start(&task(json!({"Retry": [{"ErrorEquals": ["A"]}]})), json!({}));
    let task = run.open.remove(0).task;
    run.on(Event::TaskStartFailed {
        task,
        error: "A".into(),
        cause: "x".into(),
    });
    run.wait();
    let task = run.open.remove(0).task;
    run.on(Event::TaskStarted { task });
    run.on(Event::TaskSubmitFailed {
        task,
        error: "B".into(),
        cause: "y".into(),
    });
    assert_eq!(
        run.kinds()[2..],
        [
            "TaskScheduled",
            "TaskStartFailed",
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitFailed",
            "ExecutionFailed"
        ]
    );
    assert_eq!(
        run.last("TaskSubmitFailed"),
        json!({"resourceType": "ecs", "resource": "runTask.sync", "error": "B", "cause": "y"})
    );
}

#[test]
fn a_result_beyond_the_limit_fails_the_task() {
    let mut run = Run::start(&task(json!({})), json!({}));
    run.succeed(json!("x".repeat(300_000)));
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(run.execution.error(), Some("States.DataLimitExceeded"));
    assert_eq!(
        run.last("TaskFailed")["cause"],
        "The state/task 'ecs' returned a result with a size exceeding the maximum number of bytes service limit."
    );

    // As recorded on AWS, against the developer guide's words.
    let mut run = Run::start(
        &task(json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]})),
        json!({}),
    );
    run.succeed(json!("x".repeat(300_000)));
    assert_eq!(run.output()["Error"], "States.DataLimitExceeded");
}

#[test]
fn a_task_without_arguments_gets_the_input() {
    let run = Run::start(&task(json!({})), json!({"a": [1, "two", null]}));
    assert_eq!(run.task().arguments, json!({"a": [1, "two", null]}));
    assert_eq!(run.task().resource, "arn:aws:states:::ecs:runTask.sync");
}
