//! Replays executions that were recorded, and compares status, output, error,
//! cause and the whole history with the recording.
//!
//! `../../../shared/asl-cases` holds executions that AWS ran; its README
//! describes the files. Without that folder only our own cases in
//! `tests/cases` are replayed.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test may; the count is for people

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use asl::{Definition, Event};
use serde_json::Value;
use support::{
    Run,
    recording::{as_recorded, masked, parsed, same},
};

/// Recordings that cannot be replayed yet, each with the reason.
const NOT_YET: &[(&str, &str)] = &[];

#[test]
fn every_execution_recorded_on_aws_comes_out_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asl-cases");
    if !folder.is_dir() {
        eprintln!("no recordings at hand: skipped");
        return;
    }
    replay_all(&folder, NOT_YET);
}

#[test]
fn every_case_of_our_own_comes_out_the_same() {
    replay_all(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"),
        &[],
    );
}

fn replay_all(folder: &Path, not_yet: &[(&str, &str)]) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let (mut exact, mut wrong) = (0, Vec::new());
    for path in &files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let outcome = replay(&case);
        let excused = not_yet.iter().find(|(listed, _)| *listed == name);
        match (outcome, excused) {
            (Ok(()), None) => exact += 1,
            (Ok(()), Some(_)) => wrong.push(format!("{name}: is exact now, take it off the list")),
            (Err(_), Some((_, reason))) => eprintln!("not yet: {name}: {reason}"),
            (Err(difference), None) => wrong.push(format!("{name}:\n{difference}")),
        }
    }
    println!("{exact} of {} recorded executions exact", files.len());
    assert!(
        wrong.is_empty(),
        "{} differ\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// Runs one case and names the first difference.
fn replay(case: &Value) -> Result<(), String> {
    let text = case["definition"].to_string();
    if let Err(problems) = Definition::parse(&text) {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(problems.join("\n"));
    }
    let mut run = Run::start(&case["definition"], case["input"].clone());
    let mut answers = case["mocked_tasks"].as_array().unwrap().iter();
    let mut steps = case["steps"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter();
    for _ in 0..1000 {
        if !run.open.is_empty() {
            let Some(answer) = answers.next() else {
                return Err(format!("a task too many: {:?}", run.open));
            };
            give(&mut run, answer)?;
        } else if run.status().as_str() != "RUNNING" {
            match steps.next().and_then(Value::as_str) {
                Some("redrive") => {
                    run.later(60);
                    run.on(Event::Redrive);
                }
                Some(other) => return Err(format!("unknown step {other}")),
                None => break,
            }
        } else if run.timers.is_empty() {
            return Err(format!("it waits for nothing: {:?}", run.kinds()));
        } else {
            run.wait();
        }
    }
    compare(case, &run)
}

/// Answers the first open task.
fn give(run: &mut Run, answer: &Value) -> Result<(), String> {
    let task = run.open[0].clone();
    if task.state != answer["state"] {
        return Err(format!(
            "state {} asks, but {} was recorded",
            task.state, answer["state"]
        ));
    }
    let outcome = &answer["outcome"];
    if outcome["never"] == true {
        run.on(Event::TaskStarted { task: task.task });
        run.wait();
        return Ok(());
    }
    if let Some(output) = outcome.get("submitted") {
        run.on(Event::TaskStarted { task: task.task });
        run.on(Event::TaskSubmitted {
            task: task.task,
            output: output.clone(),
        });
    }
    if let Some(result) = outcome.get("result") {
        run.succeed(result.clone());
        return Ok(());
    }
    let cause = match &outcome["cause"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    run.fail(outcome["error"].as_str().unwrap(), &cause);
    Ok(())
}

fn compare(case: &Value, run: &Run) -> Result<(), String> {
    let execution = &run.execution;
    same(
        "status",
        &Value::from(run.status().as_str()),
        &case["expected_status"],
    )?;
    let output = execution.output().map_or(Value::Null, as_recorded);
    same(
        "output",
        &masked(&output, &case["expected_output"]),
        &case["expected_output"],
    )?;
    same(
        "error",
        &Value::from(execution.error()),
        &case["expected_error"],
    )?;
    same(
        "cause",
        &Value::from(execution.cause()),
        &case["expected_cause"],
    )?;
    let expected = case["expected_events"].as_array().unwrap();
    for (event, expected) in execution.history().iter().zip(expected) {
        let mut wire = event.to_wire();
        wire["timestamp"] = Value::from("timestamp");
        let wire = masked(&parsed(&wire, true), expected);
        same(&format!("event {}", event.id), &wire, expected)?;
    }
    same(
        "number of events",
        &execution.history().len().into(),
        &expected.len().into(),
    )
}
