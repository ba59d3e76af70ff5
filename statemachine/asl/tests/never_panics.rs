//! Whatever is thrown at it, the interpreter answers; it never panics and
//! never runs on for ever.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod support;

use asl::{Definition, Event, Execution, Status};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{info, noon};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(WORDS).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(WORDS), inner), 0..5).prop_map(|fields| {
                Value::Object(
                    fields
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// Words of the language, so that random definitions come close to real ones.
const WORDS: &[&str] = &[
    "A",
    "B",
    "S",
    "Type",
    "Pass",
    "Task",
    "Choice",
    "Wait",
    "Fail",
    "Map",
    "Parallel",
    "Next",
    "End",
    "StartAt",
    "States",
    "Retry",
    "Catch",
    "ErrorEquals",
    "States.ALL",
    "Choices",
    "Condition",
    "Default",
    "Seconds",
    "Timestamp",
    "Items",
    "ItemProcessor",
    "Branches",
    "Output",
    "Assign",
    "Arguments",
    "Resource",
    "arn:aws:states:::lambda:invoke",
    "QueryLanguage",
    "JSONata",
    "TimeoutSeconds",
    "{% $states.input %}",
    "{% $states.context %}",
    "{% $x %}",
    "{% $states.input.A %}",
    "{% [1..3] %}",
    "{% $random() %}",
    "{% ( %}",
    "{% $parse('[') %}",
    "2026-01-01T12:00:30Z",
];

/// A state that parses, more often than not.
fn state() -> impl Strategy<Value = Value> {
    let next = prop::sample::select(vec!["A", "B", "C", "D"]);
    let invoke = "arn:aws:states:::lambda:invoke";
    (0..8_u8, next, any_json(), any_json()).prop_map(move |(kind, next, one, two)| match kind {
        0 => json!({"Type": "Pass", "Output": one, "Assign": {"x": two}, "Next": next}),
        1 => json!({"Type": "Pass", "Next": next}),
        2 => json!({"Type": "Task", "Resource": invoke, "Arguments": one, "Next": next,
            "TimeoutSeconds": 9, "Retry": [{"ErrorEquals": ["E"]}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B", "Output": two}]}),
        3 => json!({"Type": "Choice", "Default": "D", "Choices": [
            {"Condition": "{% $random() < 0.5 %}", "Next": next, "Output": one}]}),
        4 => json!({"Type": "Wait", "Seconds": "{% $states.input %}", "Next": next}),
        5 => json!({"Type": "Fail", "Error": "{% $string($states.input) %}"}),
        6 => json!({"Type": "Succeed", "Output": one}),
        _ => json!({"Type": "Task", "Resource": invoke, "Output": "{% $states.result %}", "End": true}),
    })
}

fn machine() -> impl Strategy<Value = Value> {
    let task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true});
    (state(), state(), state(), any::<bool>()).prop_map(move |(a, b, c, map)| {
        let mut inner = task.clone();
        inner["Retry"] = json!([{"ErrorEquals": ["E"], "MaxAttempts": 1}]);
        let d = if map {
            json!({"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 2, "Next": "A",
                "ItemProcessor": {"StartAt": "I", "States": {"I": inner}}})
        } else {
            json!({"Type": "Parallel", "Next": "A", "Branches": [
                {"StartAt": "I", "States": {"I": inner}},
                {"StartAt": "J", "States": {"J": {"Type": "Wait", "Seconds": 1, "End": true}}}]})
        };
        json!({"QueryLanguage": "JSONata", "StartAt": "A", "TimeoutSeconds": 500,
            "States": {"A": a, "B": b, "C": c, "D": d}})
    })
}

#[derive(Clone, Debug)]
enum Move {
    Succeed(usize, Value),
    Fail(usize),
    Submit(usize),
    Fire(usize),
    Stop,
    Redrive,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (0..9_usize, any_json()).prop_map(|(which, output)| Move::Succeed(which, output)),
        2 => (0..9_usize).prop_map(Move::Fail),
        1 => (0..9_usize).prop_map(Move::Submit),
        3 => (0..9_usize).prop_map(Move::Fire),
        1 => Just(Move::Stop),
        2 => Just(Move::Redrive),
    ];
    prop::collection::vec(one, 0..20)
}

/// As many cases as `PROPERTY_CASES` says.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPERTY_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// One for two hundred of them: each may be a loop that only its budget ends.
fn fewer() -> ProptestConfig {
    ProptestConfig {
        cases: (config().cases / 200).max(1),
        ..config()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parse_answers_to_any_text(text in "\\PC{0,80}") {
        let _ = Definition::parse(&text);
    }

    #[test]
    fn parse_answers_to_any_json(value in any_json()) {
        let _ = Definition::parse(&value.to_string());
        let _ = Definition::parse(&json!({"QueryLanguage": "JSONata", "StartAt": "A", "States": value}).to_string());
    }

}

proptest! {
    #![proptest_config(fewer())]

    #[test]
    fn an_execution_answers_to_any_events(definition in machine(), input in any_json(), moves in moves()) {
        let Ok(definition) = Definition::parse(&definition.to_string()) else { return Ok(()) };
        let (mut now, mut tasks, mut timers) = (noon(), Vec::new(), Vec::new());
        let mut execution = Execution::new(info(), input, 1);
        let mut events = vec![Event::Start];
        for next in moves {
            for event in events.drain(..) {
                execution = serde_json::from_str(&serde_json::to_string(&execution).unwrap()).unwrap();
                for command in execution.on(&definition, event, now) {
                    match command {
                        asl::Command::StartTask { task, .. } => tasks.push(task),
                        asl::Command::SetTimer { timer, at } => timers.push((timer, at)),
                        _ => {}
                    }
                }
            }
            // Ids count from 1, each once; every event follows an earlier one.
            for (index, event) in execution.history().iter().enumerate() {
                prop_assert_eq!(event.id, index as u64 + 1);
                prop_assert!(event.previous_event_id < event.id);
            }
            prop_assert_eq!(execution.status() == Status::Running, execution.stop_date().is_none());
            // A loop has filled its history: more moves only write it out again.
            if execution.history().len() > 1000 {
                break;
            }
            let task = |which: usize| tasks.get(which % tasks.len().max(1)).copied();
            events = match next {
                Move::Succeed(which, output) => task(which).map(|task| Event::TaskSucceeded { task, output }),
                Move::Fail(which) => task(which).map(|task| Event::TaskFailed { task, error: "E".into(), cause: "c".into() }),
                Move::Submit(which) => task(which).map(|task| Event::TaskSubmitted { task, output: json!({}) }),
                Move::Fire(which) => timers.get(which % timers.len().max(1)).map(|(timer, at)| {
                    now = now.max(*at);
                    Event::TimerFired { timer: *timer }
                }),
                Move::Stop => Some(Event::Stop { error: None, cause: Some("c".into()) }),
                Move::Redrive => Some(Event::Redrive),
            }
            .into_iter()
            .collect();
        }
    }
}
