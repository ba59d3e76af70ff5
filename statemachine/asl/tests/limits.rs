//! How large things may get: payloads, variables, the history, a Map's width.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Definition, Event, Execution, Status};
use serde_json::{Value, json};
use support::{Run, info, noon};

fn jsonata(states: Value) -> Value {
    json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": states})
}

const LARGE: &str = "{% $join([1..1000].$substring('0123456789012345678901234567890123456789012345678901234567890123456789', 0, 200)) & $states.input %}";

#[test]
fn an_output_beyond_the_limit_fails_its_state() {
    let run = Run::start(
        &jsonata(json!({"A": {"Type": "Pass", "Output": LARGE, "End": true}})),
        json!("x".repeat(250_000)),
    );
    assert_eq!(run.execution.error(), Some("States.DataLimitExceeded"));
    assert_eq!(
        run.execution.cause(),
        Some(
            "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit."
        )
    );
}

#[test]
fn what_one_assign_assigns_has_a_limit() {
    let run = Run::start(
        &jsonata(json!({"A": {"Type": "Pass", "End": true, "Assign": {
            "one": "{% $states.input %}", "two": "{% $states.input %}"}}})),
        json!("x".repeat(140_000)),
    );
    assert_eq!(run.execution.error(), Some("States.DataLimitExceeded"));
}

#[test]
fn all_variables_together_have_a_limit() {
    // 250 kB more each turn: 41 turns are within 10 MiB.
    let mut states = serde_json::Map::new();
    for turn in 0..50 {
        states.insert(
            format!("S{turn}"),
            json!({"Type": "Pass", "Next": format!("S{}", turn + 1),
                "Assign": {format!("v{turn}"): "{% $states.input %}"}}),
        );
    }
    states.insert("S50".into(), json!({"Type": "Succeed"}));
    let run = Run::start(
        &json!({"QueryLanguage": "JSONata", "StartAt": "S0", "States": states}),
        json!("x".repeat(250_000)),
    );
    assert_eq!(run.execution.error(), Some("States.DataLimitExceeded"));
    let exits = run
        .kinds()
        .iter()
        .filter(|kind| **kind == "PassStateExited")
        .count();
    assert_eq!(exits, 41);
}

#[test]
fn the_event_that_ends_a_full_history_is_the_25000th() {
    let definition = Definition::parse(
        &jsonata(json!({
            "A": {"Type": "Pass", "Next": "B"},
            "B": {"Type": "Choice", "Choices": [{"Condition": false, "Next": "A"}], "Default": "A"},
        }))
        .to_string(),
    )
    .unwrap();
    let mut execution = Execution::new(info(), json!({}), 1);
    execution.on(&definition, Event::Start, noon());
    assert_eq!(execution.status(), Status::Failed);
    assert_eq!(execution.error(), Some("States.Runtime"));
    assert_eq!(
        execution.cause(),
        Some("The execution reached the maximum number of history events (25000).")
    );
    let last = execution.history().last().unwrap();
    assert_eq!((last.id, &*last.kind), (25_000, "ExecutionFailed"));
    assert_eq!(last.previous_event_id, 24_999);
    assert_eq!(
        execution.redrive_eligibility(noon()).unwrap_err(),
        "Execution history event limit exceeded"
    );
}

#[test]
fn tasks_of_a_full_history_are_cancelled() {
    let definition = Definition::parse(
        &jsonata(
            json!({"A": {"Type": "Map", "End": true, "MaxConcurrency": 3, "ItemProcessor": {
            "StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::lambda:invoke"}}}}}),
        )
        .to_string(),
    )
    .unwrap();
    let items: Vec<u32> = (0..6000).collect();
    let mut execution = Execution::new(info(), json!(items), 1);
    let mut open = Vec::new();
    let mut commands = execution.on(&definition, Event::Start, noon());
    loop {
        for command in commands.drain(..) {
            match command {
                asl::Command::StartTask { task, .. } => open.push(task),
                asl::Command::CancelTask { task } => open.retain(|one| *one != task),
                _ => {}
            }
        }
        if execution.status() != Status::Running {
            break;
        }
        let task = open.remove(0);
        let output = json!(1);
        commands = execution.on(&definition, Event::TaskSucceeded { task, output }, noon());
    }
    assert_eq!(execution.history().len(), 25_000);
    assert_eq!(open, []);
}

#[test]
fn an_inline_map_runs_at_most_40_iterations_at_a_time() {
    let call = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true});
    for given in [json!(0), json!(1000)] {
        let items: Vec<u32> = (0..100).collect();
        let run = Run::start(
            &jsonata(
                json!({"A": {"Type": "Map", "End": true, "MaxConcurrency": given,
                "ItemProcessor": {"StartAt": "T", "States": {"T": call}}}}),
            ),
            json!(items),
        );
        assert_eq!(run.open.len(), 40);
    }
}
