//! The rules of the state machine, read off its definition.
//!
//! Each rule has a reason in docs/architecture.md: what breaks it loses jobs
//! or makes executions that cannot be redriven.

use contract::definition::{self, arrows, list, names, reachable, states};
use serde_json::Value;

fn tasks(definition: &Value) -> impl Iterator<Item = (&String, &Value)> {
    states(definition)
        .iter()
        .filter(|(_, state)| state["Type"] == "Task")
}

#[test]
fn the_embedded_interpreter_takes_it() {
    let text = contract::repo::read("statemachine/runner.asl.json");
    if let Err(problems) = asl::Definition::parse(&text) {
        panic!("{problems:#?}");
    }
}

#[test]
fn every_state_can_be_reached_and_every_arrow_ends_at_a_state() {
    let definition = definition::load();
    let mut reached: Vec<&str> = reachable(&definition);
    reached.sort_unstable();
    let mut all: Vec<&str> = states(&definition).keys().map(String::as_str).collect();
    all.sort_unstable();
    assert_eq!(reached, all);
    for (name, state) in states(&definition) {
        for (_, to) in arrows(state) {
            assert!(states(&definition).contains_key(&to), "{name} → {to}");
        }
    }
}

#[test]
fn it_never_ends_in_a_fail_state() {
    for (name, state) in states(&definition::load()) {
        assert_ne!(state["Type"], "Fail", "{name}");
    }
}

#[test]
fn every_task_but_escalate_catches_everything_a_catcher_can_see() {
    for (name, state) in tasks(&definition::load()) {
        let caught: Vec<&str> = list(state, "Catch")
            .iter()
            .flat_map(|catcher| names(&catcher["ErrorEquals"]))
            .collect();
        if name == "Escalate" {
            assert!(caught.is_empty(), "its failure is the end");
            continue;
        }
        assert!(caught.contains(&"States.QueryEvaluationError"), "{name}");
        assert_eq!(caught.last(), Some(&"States.ALL"), "{name}");
    }
}

#[test]
fn catchers_parse_nothing() {
    for (name, state) in tasks(&definition::load()) {
        for catcher in list(state, "Catch") {
            let text = catcher.to_string();
            assert!(!text.contains("$parse"), "{name}: {text}");
            assert!(!text.contains("errorOutput.Cause."), "{name}: {text}");
        }
    }
}

#[test]
fn every_choice_has_a_default() {
    for (name, state) in states(&definition::load()) {
        if state["Type"] == "Choice" {
            assert!(state["Default"].is_string(), "{name}");
        }
    }
}

#[test]
fn every_task_has_a_timeout_and_the_execution_has_none() {
    let definition = definition::load();
    assert!(definition.get("TimeoutSeconds").is_none());
    for (name, state) in tasks(&definition) {
        assert!(state.get("TimeoutSeconds").is_some(), "{name}");
    }
}

#[test]
fn an_unavailable_github_is_retried_for_at_least_ninety_minutes() {
    let definition = definition::load();
    for name in ["Mint", "VerifyRemoval"] {
        let retrier = list(&definition["States"][name], "Retry")
            .iter()
            .find(|retrier| names(&retrier["ErrorEquals"]).contains(&"GitHubUnavailable"))
            .unwrap_or_else(|| panic!("{name} retries GitHubUnavailable"));
        let field = |name: &str| retrier[name].as_f64().unwrap();
        assert_eq!(retrier["JitterStrategy"], "NONE", "a promise, no average");
        let total: f64 = (0..field("MaxAttempts") as i32)
            .map(|n| {
                f64::min(
                    field("IntervalSeconds") * field("BackoffRate").powi(n),
                    field("MaxDelaySeconds"),
                )
            })
            .sum();
        assert!(total >= 90.0 * 60.0, "{name}: {total} s");
    }
}

#[test]
fn starting_a_task_is_retried_for_a_minute_at_most() {
    let definition = definition::load();
    let mut total = 0.0;
    for retrier in list(&definition["States"]["RunRunner"], "Retry") {
        let field = |name: &str| retrier[name].as_f64().unwrap();
        for n in 0..field("MaxAttempts") as i32 {
            total += f64::min(
                field("IntervalSeconds") * field("BackoffRate").powi(n),
                field("MaxDelaySeconds"),
            );
        }
    }
    assert!(total > 0.0 && total <= 60.0, "{total} s");
}

#[test]
fn no_operator_is_used_that_aws_does_not_know() {
    for (path, expression) in definition::expressions(&definition::load()) {
        assert!(!expression.contains("??"), "{path}: {expression}");
        assert!(!expression.contains("?:"), "{path}: {expression}");
        assert!(!expression.contains("$eval("), "{path}: {expression}");
    }
}
