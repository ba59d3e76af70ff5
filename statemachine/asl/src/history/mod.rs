//! An execution's history, as `GetExecutionHistory` shows it.
//!
//! Ids count from 1. `previous_event_id` follows one thread of control; the
//! first state's entry points at 0, as on AWS. The details keep the JSON texts
//! that the execution already holds, and become JSON only in `to_wire`.

use std::{fmt, ops::Deref};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::text::Text;

/// An event's type, for example `TaskStateEntered`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub(crate) &'static str);

impl Deref for Kind {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl PartialEq<&str> for Kind {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<str> for Kind {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        KINDS
            .iter()
            .find(|kind| **kind == name)
            .map(|kind| Kind(kind))
            .ok_or_else(|| serde::de::Error::custom(format!("unknown history event type {name}")))
    }
}

/// Every type this interpreter writes.
const KINDS: &[&str] = &[
    "ChoiceStateEntered",
    "ChoiceStateExited",
    "EvaluationFailed",
    "ExecutionAborted",
    "ExecutionFailed",
    "ExecutionRedriven",
    "ExecutionStarted",
    "ExecutionSucceeded",
    "ExecutionTimedOut",
    "FailStateEntered",
    "LambdaFunctionFailed",
    "LambdaFunctionScheduled",
    "LambdaFunctionStartFailed",
    "LambdaFunctionStarted",
    "LambdaFunctionSucceeded",
    "LambdaFunctionTimedOut",
    "MapIterationAborted",
    "MapIterationFailed",
    "MapIterationStarted",
    "MapIterationSucceeded",
    "MapStateEntered",
    "MapStateExited",
    "MapStateFailed",
    "MapStateStarted",
    "MapStateSucceeded",
    "ParallelStateEntered",
    "ParallelStateExited",
    "ParallelStateFailed",
    "ParallelStateStarted",
    "ParallelStateSucceeded",
    "PassStateEntered",
    "PassStateExited",
    "SucceedStateEntered",
    "SucceedStateExited",
    "TaskFailed",
    "TaskScheduled",
    "TaskStartFailed",
    "TaskStarted",
    "TaskStateEntered",
    "TaskStateExited",
    "TaskSubmitFailed",
    "TaskSubmitted",
    "TaskSucceeded",
    "TaskTimedOut",
    "WaitStateEntered",
    "WaitStateExited",
];

/// One event of the history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// Counts from 1.
    pub id: u64,
    /// The event before this one in the same thread of control; 0 for none.
    pub previous_event_id: u64,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The event's type.
    pub kind: Kind,
    pub(crate) details: Details,
}

/// What an event carries besides its type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Details {
    None,
    Started {
        input: Text,
        role_arn: Text,
    },
    Redriven {
        count: u32,
    },
    Entered {
        name: Text,
        input: Text,
    },
    Exited {
        name: Text,
        output: Text,
        assigned: Vec<(Text, Text)>,
    },
    /// An output and nothing else.
    Output {
        output: Text,
    },
    /// An error and its cause, where there are any.
    Error {
        error: Option<Text>,
        cause: Option<Text>,
    },
    EvaluationFailed {
        error: Text,
        cause: Text,
        location: Option<Text>,
        state: Text,
    },
    LambdaScheduled {
        resource: Text,
        input: Text,
        timeout: Option<u64>,
    },
    TaskScheduled {
        service: Service,
        region: Text,
        parameters: Text,
        timeout: Option<u64>,
        heartbeat: Option<u64>,
    },
    Task {
        service: Service,
    },
    TaskOutput {
        service: Service,
        output: Text,
    },
    TaskError {
        service: Service,
        error: Text,
        cause: Option<Text>,
    },
    MapStarted {
        length: usize,
    },
    Iteration {
        name: Text,
        index: usize,
    },
}

/// The service that a task's events name: `ecs` and `runTask.sync`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Service {
    pub(crate) resource_type: Text,
    pub(crate) resource: Text,
}

impl HistoryEvent {
    /// The details under their key, for example
    /// `("stateEnteredEventDetails", {"name": …, "input": …})`.
    pub fn details(&self) -> Option<(String, Value)> {
        self.details
            .to_wire()
            .map(|details| (self.details_key(), Value::Object(details)))
    }

    /// The event in `GetExecutionHistory`'s form; the time in epoch seconds.
    pub fn to_wire(&self) -> Value {
        #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 fit a double exactly
        let seconds = self.timestamp.timestamp_millis() as f64 / 1000.0;
        let mut wire = Map::new();
        wire.insert("timestamp".into(), json!(seconds));
        wire.insert("type".into(), json!(self.kind.0));
        wire.insert("id".into(), json!(self.id));
        wire.insert("previousEventId".into(), json!(self.previous_event_id));
        if let Some((key, details)) = self.details() {
            wire.insert(key, details);
        }
        Value::Object(wire)
    }

    fn details_key(&self) -> String {
        match &self.details {
            Details::Entered { .. } => "stateEnteredEventDetails".to_owned(),
            Details::Exited { .. } => "stateExitedEventDetails".to_owned(),
            _ => {
                let mut key = self.kind.0.to_owned();
                key[..1].make_ascii_lowercase();
                key.push_str("EventDetails");
                key
            }
        }
    }
}

impl Details {
    pub(crate) fn error(error: Option<&str>, cause: Option<&str>) -> Details {
        Details::Error {
            error: error.map(Text::from),
            cause: cause.map(Text::from),
        }
    }

    fn to_wire(&self) -> Option<Map<String, Value>> {
        let mut wire = Map::new();
        match self {
            Details::None => return None,
            Details::Started { input, role_arn } => {
                payload(&mut wire, "input", input);
                text(&mut wire, "roleArn", role_arn);
            }
            Details::Redriven { count } => number(&mut wire, "redriveCount", u64::from(*count)),
            Details::Entered { name, input } => {
                text(&mut wire, "name", name);
                payload(&mut wire, "input", input);
            }
            Details::Exited {
                name,
                output,
                assigned,
            } => {
                text(&mut wire, "name", name);
                payload(&mut wire, "output", output);
                if !assigned.is_empty() {
                    let variables: Map<String, Value> = assigned
                        .iter()
                        .map(|(name, value)| (name.to_string(), json!(&**value)))
                        .collect();
                    wire.insert("assignedVariables".into(), Value::Object(variables));
                    wire.insert(
                        "assignedVariablesDetails".into(),
                        json!({"truncated": false}),
                    );
                }
            }
            Details::Output { output } => payload(&mut wire, "output", output),
            Details::Error { error, cause } => {
                optional(&mut wire, "error", error.as_ref());
                optional(&mut wire, "cause", cause.as_ref());
            }
            Details::EvaluationFailed {
                error,
                cause,
                location,
                state,
            } => {
                text(&mut wire, "error", error);
                text(&mut wire, "cause", cause);
                optional(&mut wire, "location", location.as_ref());
                text(&mut wire, "state", state);
            }
            Details::LambdaScheduled {
                resource,
                input,
                timeout,
            } => {
                text(&mut wire, "resource", resource);
                payload(&mut wire, "input", input);
                if let Some(seconds) = timeout {
                    number(&mut wire, "timeoutInSeconds", *seconds);
                }
            }
            Details::TaskScheduled {
                service,
                region,
                parameters,
                timeout,
                heartbeat,
            } => {
                service_of(&mut wire, service);
                text(&mut wire, "region", region);
                text(&mut wire, "parameters", parameters);
                if let Some(seconds) = timeout {
                    number(&mut wire, "timeoutInSeconds", *seconds);
                }
                if let Some(seconds) = heartbeat {
                    number(&mut wire, "heartbeatInSeconds", *seconds);
                }
            }
            Details::Task { service } => service_of(&mut wire, service),
            Details::TaskOutput { service, output } => {
                service_of(&mut wire, service);
                payload(&mut wire, "output", output);
            }
            Details::TaskError {
                service,
                error,
                cause,
            } => {
                service_of(&mut wire, service);
                text(&mut wire, "error", error);
                optional(&mut wire, "cause", cause.as_ref());
            }
            Details::MapStarted { length } => number(&mut wire, "length", *length as u64),
            Details::Iteration { name, index } => {
                text(&mut wire, "name", name);
                number(&mut wire, "index", *index as u64);
            }
        }
        Some(wire)
    }
}

fn text(wire: &mut Map<String, Value>, key: &str, value: &str) {
    wire.insert(key.into(), value.into());
}

fn optional(wire: &mut Map<String, Value>, key: &str, value: Option<&Text>) {
    if let Some(value) = value {
        text(wire, key, value);
    }
}

fn number(wire: &mut Map<String, Value>, key: &str, value: u64) {
    wire.insert(key.into(), value.into());
}

/// A JSON text, and AWS's note beside it that it is whole.
fn payload(wire: &mut Map<String, Value>, key: &str, value: &str) {
    text(wire, key, value);
    wire.insert(format!("{key}Details"), json!({"truncated": false}));
}

fn service_of(wire: &mut Map<String, Value>, service: &Service) {
    text(wire, "resourceType", &service.resource_type);
    text(wire, "resource", &service.resource);
}
