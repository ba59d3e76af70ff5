//! Tasks that someone else reports on by a token: activities and
//! `.waitForTaskToken`, and the heartbeats that both can be asked for.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Event, Status, TaskId};
use serde_json::{Value, json};
use support::Run;

const ACTIVITY: &str = "arn:aws:states:us-east-1:123456789012:activity:paint";
const CALLBACK: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

fn task(resource: &str, more: Value) -> Value {
    let mut fields = json!({"Type": "Task", "Resource": resource, "End": true});
    fields
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json!({"QueryLanguage": "JSONata", "StartAt": "T", "States": {
        "T": fields, "Caught": {"Type": "Pass", "End": true}}})
}

fn callback(more: Value) -> (Run, TaskId) {
    let arguments =
        json!({"FunctionName": "f", "Payload": {"token": "{% $states.context.Task.Token %}"}});
    let mut definition = task(CALLBACK, more);
    definition["States"]["T"]["Arguments"] = arguments;
    let mut run = Run::start(&definition, json!({}));
    let task = run.task().task;
    run.on(Event::TaskStarted { task });
    run.on(Event::TaskSubmitted {
        task,
        output: json!({"StatusCode": 200}),
    });
    (run, task)
}

#[test]
fn an_activity_is_scheduled_started_and_done() {
    let mut run = Run::start(&task(ACTIVITY, json!({})), json!({"wall": "red"}));
    let open = run.task();
    assert_eq!(open.resource, ACTIVITY);
    assert_eq!(open.token.unwrap().len(), 64);
    let task = open.task;
    run.on(Event::ActivityScheduled { task });
    run.on(Event::ActivityStarted {
        task,
        worker: Some("brush".into()),
    });
    run.on(Event::TaskSucceeded {
        task,
        output: json!("done"),
    });
    assert_eq!(run.output(), json!("done"));
    assert_eq!(
        run.kinds()[2..],
        [
            "ActivityScheduled",
            "ActivityStarted",
            "ActivitySucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
    assert_eq!(
        run.last("ActivityScheduled"),
        json!({"resource": ACTIVITY, "input": "{\"wall\":\"red\"}", "inputDetails": {"truncated": false}})
    );
    assert_eq!(run.last("ActivityStarted"), json!({"workerName": "brush"}));
}

#[test]
fn a_worker_without_a_name_is_not_named() {
    let mut run = Run::start(&task(ACTIVITY, json!({})), json!({}));
    let task = run.task().task;
    run.on(Event::ActivityStarted { task, worker: None });
    assert_eq!(run.last("ActivityStarted"), json!({}));
    assert!(run.kinds().contains(&"ActivityScheduled"));
}

#[test]
fn an_activity_that_is_gone_ends_the_execution() {
    let mut run = Run::start(
        &task(
            ACTIVITY,
            json!({"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}),
        ),
        json!({}),
    );
    let task = run.task().task;
    run.on(Event::ActivityMissing { task });
    assert_eq!(run.execution.error(), Some("States.Runtime"));
    assert_eq!(
        run.execution.cause(),
        Some(&*format!(
            "An error occurred while executing the state 'T' (entered at the event id #2). The activity {ACTIVITY} does not exist."
        ))
    );
    assert_eq!(
        run.kinds(),
        ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]
    );
}

#[test]
fn an_activitys_time_begins_when_a_worker_takes_it() {
    let limits = json!({"TimeoutSeconds": 60, "HeartbeatSeconds": 10});
    let mut run = Run::start(&task(ACTIVITY, limits), json!({}));
    let task = run.task().task;
    run.on(Event::ActivityScheduled { task });
    assert_eq!(run.timers, []);
    assert_eq!(run.last("ActivityScheduled")["heartbeatInSeconds"], 10);
    run.later(3600);
    run.on(Event::ActivityStarted { task, worker: None });
    assert_eq!(run.timers.len(), 2);
    assert_eq!(run.wait(), 10.0);
    assert_eq!(run.status(), Status::Failed);
    assert_eq!(
        run.last("ActivityTimedOut"),
        json!({"error": "States.Timeout"})
    );
    assert_eq!(run.timers, []);
    assert_eq!(run.cancelled, [task]);
}

#[test]
fn an_activity_fails_with_the_workers_own_words_or_none() {
    for (error, cause) in [("Paint.Empty", "no red left"), ("", "")] {
        let mut run = Run::start(&task(ACTIVITY, json!({})), json!({}));
        let task = run.task().task;
        run.on(Event::ActivityStarted { task, worker: None });
        run.on(Event::TaskFailed {
            task,
            error: error.into(),
            cause: cause.into(),
        });
        let told = run.last("ActivityFailed");
        let some = |text: &str| (!text.is_empty()).then(|| Value::from(text));
        assert_eq!(told.get("error").cloned(), some(error));
        assert_eq!(told.get("cause").cloned(), some(cause));
        assert_eq!(run.execution.error().map(Value::from), some(error));
    }
}

#[test]
fn a_callback_goes_on_until_it_is_answered() {
    let (mut run, task) = callback(json!({}));
    let open = run.task();
    assert_eq!(
        open.arguments["Payload"]["token"],
        json!(open.token.unwrap())
    );
    assert_eq!(run.status(), Status::Running);
    assert_eq!(
        run.last("TaskSubmitted")["resource"],
        "invoke.waitForTaskToken"
    );
    run.on(Event::TaskSucceeded {
        task,
        output: json!("answer"),
    });
    assert_eq!(run.output(), json!("answer"));
}

#[test]
fn each_attempt_has_a_token_of_its_own() {
    let (mut run, task) = callback(json!({"Retry": [{"ErrorEquals": ["E"]}]}));
    let first = run.task().token;
    run.on(Event::TaskFailed {
        task,
        error: "E".into(),
        cause: String::new(),
    });
    run.open.clear();
    run.wait();
    let second = run.task();
    assert_ne!(first, second.token);
    assert_eq!(
        second.arguments["Payload"]["token"],
        json!(second.token.unwrap())
    );
}

#[test]
fn a_heartbeat_begins_the_time_anew() {
    let (mut run, task) = callback(json!({"TimeoutSeconds": 25, "HeartbeatSeconds": 10}));
    for _ in 0..2 {
        run.later(9);
        run.on(Event::TaskHeartbeat { task });
        assert_eq!(run.timers.len(), 2);
    }
    assert_eq!(run.status(), Status::Running);
    // The limit of the whole task is not put off by any heartbeat.
    assert_eq!(run.wait(), 7.0);
    assert_eq!(run.execution.error(), Some("States.Timeout"));
}

#[test]
fn a_missing_heartbeat_is_caught_by_either_name() {
    for name in ["States.Timeout", "States.HeartbeatTimeout"] {
        let (mut run, _) = callback(json!({
            "TimeoutSeconds": 600, "HeartbeatSeconds": 5,
            "Catch": [{"ErrorEquals": [name], "Next": "Caught"}]}));
        assert_eq!(run.wait(), 5.0);
        assert_eq!(
            run.last("TaskTimedOut"),
            json!({"resourceType": "lambda", "resource": "invoke.waitForTaskToken", "error": "States.Timeout"})
        );
        assert_eq!(
            run.output(),
            json!({"Error": "States.Timeout", "Cause": ""})
        );
    }
}

#[test]
fn a_task_that_nobody_can_report_on_needs_no_heartbeat() {
    let definition = task(
        "arn:aws:states:::lambda:invoke",
        json!({"HeartbeatSeconds": 5}),
    );
    let run = Run::start(&definition, json!({}));
    assert_eq!(run.last("TaskScheduled")["heartbeatInSeconds"], 5);
    assert_eq!(run.timers, []);
}

#[test]
fn a_heartbeat_after_the_end_changes_nothing() {
    let (mut run, task) = callback(json!({"HeartbeatSeconds": 5}));
    run.on(Event::TaskSucceeded {
        task,
        output: json!(1),
    });
    let events = run.execution.history().len();
    run.on(Event::TaskHeartbeat { task });
    assert_eq!(run.execution.history().len(), events);
    assert_eq!(run.timers, []);
}
