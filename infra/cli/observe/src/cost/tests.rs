//! Costs of made-up histories, against figures computed by hand.

use super::*;
use crate::history::{Attempt, Try, Visit};
use chrono::DateTime;
use serde_json::json;

/// A second of 1 vCPU and 2 GB, x86_64, with its public address.
const SECOND: f64 = (0.04048 + 2.0 * 0.004_445 + 0.005) / 3600.0;
const TRANSITION: f64 = 0.000_025;
/// Functions 6 × 0.0000002 + 0.53875 × 0.0000133334, tables, events, logs.
const AROUND: f64 = 0.000_008_383_369 + 0.000_013 + 0.000_003 + 0.000_015;

fn visit(state: &str, tries: Vec<Try>) -> Visit {
    Visit {
        state: state.to_owned(),
        kind: "Task".to_owned(),
        within: Vec::new(),
        attempt: 1,
        entered: DateTime::UNIX_EPOCH,
        ended: None,
        end: End::Succeeded,
        input: None,
        output: None,
        assigned: BTreeMap::new(),
        error: None,
        cause: None,
        tries,
        next: None,
        events: Vec::new(),
    }
}

fn one(submitted: Option<serde_json::Value>, output: Option<serde_json::Value>) -> Try {
    Try {
        attempt: 1,
        scheduled: DateTime::UNIX_EPOCH,
        ended: None,
        end: End::Succeeded,
        parameters: None,
        submitted: submitted.map(|of| of.to_string()),
        output: output.map(|of| of.to_string()),
        error: None,
        cause: None,
    }
}

fn run(task: &str) -> Visit {
    visit(
        "RunRunner",
        vec![one(Some(json!({"Tasks": [{"TaskArn": task}]})), None)],
    )
}

fn verified(task: &str, seconds: u64) -> Try {
    let usage = json!({"cpu": 1024, "memory_mib": 2048, "storage_gib": 20,
        "architecture": "X86_64", "capacity": "on_demand", "billed_seconds": seconds});
    one(
        None,
        Some(json!({"Payload": {"outcome": "served", "task_arn": task, "usage": usage}})),
    )
}

fn timeline(visits: Vec<Visit>, ends: &[End]) -> Timeline {
    let attempts = (1..).zip(ends).map(|(number, end)| Attempt {
        number,
        started: DateTime::UNIX_EPOCH,
        ended: None,
        end: *end,
        error: None,
        cause: None,
    });
    Timeline {
        attempts: attempts.collect(),
        visits,
    }
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn no_history_has_no_cost() {
    assert_eq!(of(&Timeline::default(), "us-east-1"), None);
}

#[test]
fn a_task_that_was_looked_at_twice_was_used_once() {
    let visits = vec![
        run("a"),
        visit("VerifyRemoval", vec![verified("a", 90)]),
        visit("VerifyRemoval", vec![verified("a", 100)]),
    ];
    let cost = of(&timeline(visits, &[End::Succeeded]), "us-east-1").unwrap();
    assert_eq!((cost.tasks, cost.billed_seconds), (1, 100));
    near(cost.total_usd, 100.0 * SECOND + 4.0 * TRANSITION + AROUND);
    let sum: f64 = cost.lines.iter().map(|line| line.usd).sum();
    near(sum, cost.total_usd);
    assert_eq!(
        cost.size.as_deref(),
        Some("1 vCPU, 2 GB, X86_64, on_demand")
    );
}

#[test]
fn tasks_of_every_pass_cost_and_retries_and_ends_are_transitions() {
    let failed = one(None, None);
    let visits = vec![
        run("a"),
        visit("VerifyRemoval", vec![failed, verified("a", 60)]),
        run("b"),
        visit("VerifyRemoval", vec![verified("b", 120)]),
    ];
    let ends = [End::Failed, End::Succeeded];
    let cost = of(&timeline(visits, &ends), "us-east-1").unwrap();
    assert_eq!((cost.tasks, cost.transitions), (2, 7));
    near(cost.total_usd, 180.0 * SECOND + 7.0 * TRANSITION + AROUND);
}

#[test]
fn a_task_that_nobody_told_of_is_counted_and_not_guessed() {
    let cost = of(&timeline(vec![run("a")], &[End::Aborted]), "us-east-1").unwrap();
    assert_eq!(
        (cost.tasks, cost.unknown_tasks, cost.unfinished),
        (0, 1, false)
    );
    near(cost.total_usd, 2.0 * TRANSITION);
    let cost = of(&timeline(vec![run("a")], &[End::Running]), "us-east-1").unwrap();
    assert!(cost.unfinished);
    near(cost.total_usd, TRANSITION);
}

#[test]
fn a_region_that_is_not_in_the_table_takes_the_first_one_s_prices_and_says_so() {
    let visits = || vec![run("a"), visit("VerifyRemoval", vec![verified("a", 60)])];
    let mars = of(&timeline(visits(), &[End::Succeeded]), "mars-1").unwrap();
    let first = of(&timeline(visits(), &[End::Succeeded]), "us-east-1").unwrap();
    assert!(!mars.region_known && first.region_known);
    assert_eq!(mars.prices_of, "us-east-1");
    near(mars.total_usd, first.total_usd);
}
