//! `events:putEvents`.

use serde_json::{Value, json};

use super::{Failure, TaskServices, cause};

/// Puts the entries; a detail may be an object here. One refused entry fails the task.
pub(super) fn put(services: &TaskServices, arguments: &Value) -> Result<Value, Failure> {
    let mut input = arguments.clone();
    let entries = input.get_mut("Entries").and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        if let Some(detail) = entry.get_mut("Detail").filter(|detail| !detail.is_string()) {
            *detail = Value::from(detail.to_string());
        }
    }
    let answer = services.events.call("PutEvents", input).map_err(|error| {
        Failure::new(
            format!("EventBridge.{}", error.code),
            cause(&error.message, "EventBridge", error.status),
        )
    })?;
    if answer.get("FailedEntryCount") == Some(&json!(0)) {
        return Ok(answer);
    }
    Err(Failure::new("EventBridge.FailedEntry", answer.to_string()))
}
