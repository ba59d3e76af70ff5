//! What history events carry, kept small, and its form on the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::text::Text;

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
        error: Option<Text>,
        cause: Option<Text>,
    },
    ActivityScheduled {
        resource: Text,
        input: Text,
        timeout: Option<u64>,
        heartbeat: Option<u64>,
    },
    ActivityStarted {
        worker: Option<Text>,
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

impl Details {
    pub(crate) fn error(error: Option<&str>, cause: Option<&str>) -> Details {
        Details::Error {
            error: error.map(Text::from),
            cause: cause.map(Text::from),
        }
    }

    pub(super) fn to_wire(&self) -> Option<Map<String, Value>> {
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
                limits(&mut wire, *timeout, None);
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
                limits(&mut wire, *timeout, *heartbeat);
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
                optional(&mut wire, "error", error.as_ref());
                optional(&mut wire, "cause", cause.as_ref());
            }
            Details::ActivityScheduled {
                resource,
                input,
                timeout,
                heartbeat,
            } => {
                text(&mut wire, "resource", resource);
                payload(&mut wire, "input", input);
                limits(&mut wire, *timeout, *heartbeat);
            }
            Details::ActivityStarted { worker } => {
                optional(&mut wire, "workerName", worker.as_ref());
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

fn limits(wire: &mut Map<String, Value>, timeout: Option<u64>, heartbeat: Option<u64>) {
    if let Some(seconds) = timeout {
        number(wire, "timeoutInSeconds", seconds);
    }
    if let Some(seconds) = heartbeat {
        number(wire, "heartbeatInSeconds", seconds);
    }
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
