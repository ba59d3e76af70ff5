//! Redrive, by what must hold for any definition and any failures.
//!
//! Definitions are made up of nested Parallel and Map states, tasks with Retry
//! and Catch, waits and choices; tasks fail, time out and are stopped at any
//! point, and the execution is redriven each time it has ended badly. Nobody
//! has recordings of that, so the proof is in four sentences:
//!
//! 1. Once no more goes wrong, it ends as one that never failed.
//! 2. What was completed is not done again.
//! 3. Its history is well-formed.
//! 4. Storing it and reading it back, at any point, changes nothing.
//!
//! `PROPERTY_CASES` asks for another number of cases than 256.

#![allow(clippy::unwrap_used, clippy::needless_pass_by_value)] // a test may

mod definitions;
mod run;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use asl::{Definition, Execution, Status};
use definitions::{Writer, pieces};
use proptest::prelude::*;
use run::{Run, moves};
use serde_json::{Value, json};

/// Ids count from 1; each event follows an earlier one; no state is left more
/// often than entered; only a redrive follows an end.
fn well_formed(execution: &Execution, redrives: u32) -> Result<(), TestCaseError> {
    let ends = [
        "ExecutionFailed",
        "ExecutionAborted",
        "ExecutionTimedOut",
        "ExecutionSucceeded",
    ];
    let history = execution.history();
    let mut open: BTreeMap<String, i64> = BTreeMap::new();
    let mut redriven = 0;
    for (index, event) in history.iter().enumerate() {
        prop_assert_eq!(event.id, index as u64 + 1);
        prop_assert!(event.previous_event_id < event.id);
        let name = || {
            event.details().unwrap().1["name"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        if event.kind.ends_with("StateEntered") {
            *open.entry(name()).or_default() += 1;
        } else if event.kind.ends_with("StateExited") {
            let open = open.entry(name()).or_default();
            *open -= 1;
            prop_assert!(*open >= 0, "{} is left more often than entered", name());
        }
        let after_end = index > 0 && ends.contains(&&*history[index - 1].kind);
        prop_assert_eq!(after_end, event.kind == "ExecutionRedriven");
        if after_end {
            redriven += 1;
            prop_assert_eq!(
                &event.details().unwrap().1,
                &json!({"redriveCount": redriven})
            );
        }
    }
    prop_assert_eq!(redriven, redrives);
    prop_assert_eq!(execution.redrive_count(), redrives);
    prop_assert!(ends.contains(&&*history[history.len() - 1].kind));
    Ok(())
}

fn config() -> ProptestConfig {
    let asked = std::env::var("PROPERTY_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(256),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_redriven_execution_ends_as_one_that_never_failed(
        pieces in pieces(), moves in moves(), store_every in 1..40_u32,
    ) {
        let mut writer = Writer::default();
        let mut definition = writer.machine(&pieces);
        definition.insert("QueryLanguage".into(), json!("JSONata"));
        definition.insert("TimeoutSeconds".into(), json!(86_400));
        let definition = Definition::parse(&Value::Object(definition).to_string()).unwrap();

        let mut clean = Run::start(&definition, 0);
        clean.finish();
        prop_assert_eq!(clean.execution.status(), Status::Succeeded);

        let mut run = Run::start(&definition, store_every);
        let mut redrives = 0;
        for step in &moves {
            run.make(step);
            match run.execution.status() {
                Status::Running => {}
                Status::Succeeded => break,
                _ => {
                    run.redrive();
                    redrives += 1;
                }
            }
        }
        run.finish();
        // A limit that passed in the end, or a spent Retry, is one more failure.
        while run.execution.status() != Status::Succeeded {
            run.redrive();
            redrives += 1;
            run.finish();
        }

        if run.is_comparable() {
            prop_assert_eq!(run.execution.output(), clean.execution.output());
            for (task, times) in &run.done {
                if !writer.repeatable.contains(&task.0) {
                    prop_assert_eq!(*times, 1, "{:?} was done again", task);
                }
            }
        }
        well_formed(&run.execution, redrives)?;
        well_formed(&clean.execution, 0)?;
        let wire = |execution: &Execution| -> Vec<Value> {
            execution.history().iter().map(asl::HistoryEvent::to_wire).collect()
        };
        prop_assert_eq!(wire(&run.execution), wire(run.stored.as_ref().unwrap()));
    }
}
