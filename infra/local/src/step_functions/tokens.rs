//! Task tokens: SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat.
//!
//! A token is known from the moment its task is started until the task has
//! ended, however it ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use asl::{Event, TaskId};
use serde_json::{Value, json};

use super::StepFunctions;
use super::names::required;
use super::record::Record;
use crate::server::error::AwsError;

/// The largest output of a task, in bytes.
const OUTPUT_LIMIT: usize = 256 * 1024;
/// The longest error name, in characters.
const ERROR_LIMIT: usize = 256;
/// The longest cause, in characters.
const CAUSE_LIMIT: usize = 32_768;
/// Digits of a token.
const TOKEN_LENGTH: usize = 64;

/// The tasks that someone else reports on, by their tokens.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<String, (Weak<Record>, TaskId)>>);

impl Tokens {
    pub(super) fn add(&self, token: &str, record: &Arc<Record>, task: TaskId) {
        let owner = (Arc::downgrade(record), task);
        self.lock().insert(token.to_owned(), owner);
    }

    pub(super) fn remove(&self, token: &str) {
        self.lock().remove(token);
    }

    /// The execution and the task of a token, as long as the task goes on.
    pub(super) fn find(&self, token: &str) -> Option<(Arc<Record>, TaskId)> {
        let (record, task) = self.lock().get(token).cloned()?;
        Some((record.upgrade()?, task))
    }

    /// Entries are whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Weak<Record>, TaskId)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StepFunctions {
    pub(super) fn send_task_success(&self, input: &Value) -> Result<Value, AwsError> {
        let text = required(input, "output")?;
        if text.len() > OUTPUT_LIMIT {
            return Err(too_long("output", OUTPUT_LIMIT));
        }
        let output: Value = serde_json::from_str(text).map_err(|error| {
            AwsError::new("InvalidOutput", format!("Invalid Output: '{error}'"))
        })?;
        self.report(input, |task| Event::TaskSucceeded { task, output })
    }

    pub(super) fn send_task_failure(&self, input: &Value) -> Result<Value, AwsError> {
        let error = optional(input, "error", ERROR_LIMIT)?;
        let cause = optional(input, "cause", CAUSE_LIMIT)?;
        self.report(input, |task| Event::TaskFailed { task, error, cause })
    }

    pub(super) fn send_task_heartbeat(&self, input: &Value) -> Result<Value, AwsError> {
        self.report(input, |task| Event::TaskHeartbeat { task })
    }

    fn report(
        &self,
        input: &Value,
        event: impl FnOnce(TaskId) -> Event,
    ) -> Result<Value, AwsError> {
        let token = required(input, "taskToken")?;
        if token.len() != TOKEN_LENGTH || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let message = "Invalid Token: 'Invalid token'";
            return Err(AwsError::new("InvalidToken", message));
        }
        let known = self.context.tokens.find(token);
        if !known.is_some_and(|(record, task)| record.report(task, event(task))) {
            let message = "Task Timed Out: 'Provided task does not exist anymore'";
            return Err(AwsError::new("TaskTimedOut", message));
        }
        Ok(json!({}))
    }
}

fn optional(input: &Value, field: &str, limit: usize) -> Result<String, AwsError> {
    let given = input.get(field).and_then(Value::as_str).unwrap_or_default();
    if given.chars().count() > limit {
        return Err(too_long(field, limit));
    }
    Ok(given.to_owned())
}

fn too_long(field: &str, limit: usize) -> AwsError {
    AwsError::validation(format!(
        "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must have length less than or equal to {limit}"
    ))
}
