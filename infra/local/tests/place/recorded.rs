//! The executions that AWS ran, once more over the wire: created, started and
//! polled by HTTP, their tasks done by a function that answers as recorded.
//!
//! `shared/asl-cases` beside the repository holds them; without that folder
//! there is nothing to compare. What tells of one exchange with AWS alone
//! (`SdkHttpMetadata`, `SdkResponseMetadata`) is left out on both sides.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::recording::{as_recorded, masked, parsed, same};
use crate::world::World;

/// Recordings that do not come out the same over the wire, each with the reason.
const NOT_YET: &[(&str, &str)] = &[];

#[tokio::test]
async fn every_execution_recorded_on_aws_comes_out_the_same_over_the_wire() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/asl-cases");
    let Ok(entries) = fs::read_dir(&folder) else {
        eprintln!("no recordings at hand: skipped");
        return;
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    let (mut exact, mut wrong) = (0, Vec::new());
    for path in &files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let excused = NOT_YET.iter().find(|(listed, _)| *listed == name);
        match (replay(&fs::read_to_string(path).unwrap()).await, excused) {
            (Ok(()), None) => exact += 1,
            (Ok(()), Some(_)) => wrong.push(format!("{name}: is exact now, take it off the list")),
            (Err(_), Some((_, reason))) => eprintln!("not yet: {name}: {reason}"),
            (Err(difference), None) => wrong.push(format!("{name}:\n{difference}")),
        }
    }
    eprintln!(
        "{exact} of {} recorded executions exact over the wire",
        files.len()
    );
    assert!(
        wrong.is_empty(),
        "{} differ\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// Runs one case in a place of its own and names the first difference.
async fn replay(text: &str) -> Result<(), String> {
    // The place's account and the function's name, which the recorder masked.
    let text = text
        .replace("111111111111", local::ACCOUNT)
        .replace("<lambda-function-name>", "recorded")
        .replace("lambda_function_name", "recorded");
    let case: Value = serde_json::from_str(&text).unwrap();
    let world = World::start_fast().await;
    let tasks = case["mocked_tasks"].as_array().unwrap();
    if !tasks.is_empty() {
        let answers: Vec<Value> = tasks.iter().map(answer).collect();
        world.function_with("recorded", |settings| {
            settings.concurrency = 1;
            let answers = Value::from(answers).to_string();
            settings.environment.insert("ANSWERS".to_owned(), answers);
        });
    }
    let definition = case["definition"].to_string();
    let machine = world.place.create_state_machine("machine", &definition);
    let execution = world
        .run(
            &machine.map_err(|error| error.to_string())?,
            case["input"].clone(),
        )
        .await;
    let described = world.ended(&execution).await;
    let events = world.events(&execution).await;
    world.end().await;
    compare(&case, &described, &events)
}

/// What the function answers: the payload of a `lambda:invoke`'s result, the
/// whole result of a function that is called by its ARN.
fn answer(task: &Value) -> Value {
    let outcome = &task["outcome"];
    match outcome.get("result") {
        Some(result) if task["resource"] == "invoke" => json!({"result": result["Payload"]}),
        Some(result) => json!({"result": result}),
        None => outcome.clone(),
    }
}

fn compare(case: &Value, described: &Value, events: &[Value]) -> Result<(), String> {
    same("status", &described["status"], &case["expected_status"])?;
    let output = described["output"]
        .as_str()
        .map_or(Value::Null, as_recorded);
    same(
        "output",
        &lean(&masked(&output, &case["expected_output"])),
        &lean(&case["expected_output"]),
    )?;
    same("error", &described["error"], &case["expected_error"])?;
    same("cause", &described["cause"], &case["expected_cause"])?;
    let expected = case["expected_events"].as_array().unwrap();
    for (event, expected) in events.iter().zip(expected) {
        let mut event = event.clone();
        event["timestamp"] = json!("timestamp");
        if let Some(role) = event.pointer_mut("/executionStartedEventDetails/roleArn") {
            *role = json!("snf_role_arn");
        }
        let ours = lean(&masked(&parsed(&event, true), expected));
        same(&format!("event {}", event["id"]), &ours, &lean(expected))?;
    }
    same(
        "number of events",
        &json!(events.len()),
        &json!(expected.len()),
    )
}

/// Without what tells of one exchange with AWS.
fn lean(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "SdkHttpMetadata" | "SdkResponseMetadata"))
            .map(|(name, value)| (name.clone(), lean(value)))
            .collect(),
        other => other.clone(),
    }
}
