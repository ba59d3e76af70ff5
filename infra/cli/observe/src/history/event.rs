//! One event of an execution's history, in one flat shape for all its types.
//!
//! The SDK has a struct for each type of event; what people look at is the
//! same few fields. Hand-over keys are taken out of every text on the way in.

use super::redact::without_keys;
use aws_sdk_sfn::types::HistoryEvent;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;

/// An event as GetExecutionHistory gives it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Event {
    /// Its number, counted from 1.
    pub id: i64,
    /// The number of the event that led to it; 0 where none did.
    pub previous: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// AWS's word, for example `TaskStateEntered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it carries.
    #[serde(flatten)]
    pub details: Details,
}

/// What an event carries. JSON texts stay texts: they need not be whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The state, or the state of a Map's iteration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The input of the execution, a state or a function: JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The output: JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The error's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The error's cause, often JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The service of a task, for example `ecs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The call of a task, for example `runTask.sync`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What a task was called with: JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<String>,
    /// The task's time limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_in_seconds: Option<i64>,
    /// The variables that a state assigned: JSON texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_variables: Option<BTreeMap<String, String>>,
    /// How often the execution was redriven, on `ExecutionRedriven`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redrive_count: Option<i32>,
    /// Which iteration of a Map, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i32>,
    /// How many items a Map has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<i32>,
}

/// Copies the named fields, where both sides have them, as texts without keys.
macro_rules! texts {
    ($into:ident, $from:expr, $($field:ident),+) => {
        if let Some(from) = $from {
            $( $into.$field = text(from.$field()).or($into.$field.take()); )+
        }
    };
}

impl From<&HistoryEvent> for Event {
    fn from(event: &HistoryEvent) -> Self {
        Self {
            id: event.id,
            previous: event.previous_event_id,
            at: time(&event.timestamp),
            kind: event.r#type.as_str().to_owned(),
            details: details(event),
        }
    }
}

fn details(event: &HistoryEvent) -> Details {
    let mut into = Details::default();
    texts!(into, event.execution_started_event_details(), input);
    texts!(into, event.execution_succeeded_event_details(), output);
    texts!(into, event.execution_failed_event_details(), error, cause);
    texts!(into, event.execution_aborted_event_details(), error, cause);
    texts!(
        into,
        event.execution_timed_out_event_details(),
        error,
        cause
    );
    if let Some(redriven) = event.execution_redriven_event_details() {
        into.redrive_count = redriven.redrive_count();
    }
    if let Some(entered) = event.state_entered_event_details() {
        into.name = Some(entered.name().to_owned());
        into.input = text(entered.input());
    }
    if let Some(exited) = event.state_exited_event_details() {
        into.name = Some(exited.name().to_owned());
        into.output = text(exited.output());
        into.assigned_variables = exited.assigned_variables().map(|variables| {
            variables
                .iter()
                .map(|(name, value)| (name.clone(), without_keys_of(name, value)))
                .collect()
        });
    }
    task(event, &mut into);
    lambda(event, &mut into);
    map(event, &mut into);
    texts!(into, event.activity_failed_event_details(), error, cause);
    texts!(into, event.activity_timed_out_event_details(), error, cause);
    texts!(into, event.activity_succeeded_event_details(), output);
    texts!(
        into,
        event.activity_schedule_failed_event_details(),
        error,
        cause
    );
    if let Some(activity) = event.activity_scheduled_event_details() {
        into.resource = Some(activity.resource().to_owned());
        into.input = text(activity.input());
        into.timeout_in_seconds = activity.timeout_in_seconds();
    }
    texts!(into, event.evaluation_failed_event_details(), error, cause);
    into
}

fn task(event: &HistoryEvent, into: &mut Details) {
    macro_rules! service {
        ($from:expr) => {
            if let Some(from) = $from {
                into.resource_type = Some(from.resource_type().to_owned());
                into.resource = Some(from.resource().to_owned());
            }
        };
    }
    service!(event.task_scheduled_event_details());
    service!(event.task_started_event_details());
    service!(event.task_submitted_event_details());
    service!(event.task_succeeded_event_details());
    service!(event.task_failed_event_details());
    service!(event.task_timed_out_event_details());
    service!(event.task_start_failed_event_details());
    service!(event.task_submit_failed_event_details());
    if let Some(scheduled) = event.task_scheduled_event_details() {
        into.parameters = text(Some(scheduled.parameters()));
        into.timeout_in_seconds = scheduled.timeout_in_seconds();
    }
    texts!(into, event.task_submitted_event_details(), output);
    texts!(into, event.task_succeeded_event_details(), output);
    texts!(into, event.task_failed_event_details(), error, cause);
    texts!(into, event.task_timed_out_event_details(), error, cause);
    texts!(into, event.task_start_failed_event_details(), error, cause);
    texts!(into, event.task_submit_failed_event_details(), error, cause);
}

fn lambda(event: &HistoryEvent, into: &mut Details) {
    if let Some(scheduled) = event.lambda_function_scheduled_event_details() {
        into.resource = Some(scheduled.resource().to_owned());
        into.input = text(scheduled.input());
        into.timeout_in_seconds = scheduled.timeout_in_seconds();
    }
    texts!(
        into,
        event.lambda_function_succeeded_event_details(),
        output
    );
    texts!(
        into,
        event.lambda_function_failed_event_details(),
        error,
        cause
    );
    texts!(
        into,
        event.lambda_function_timed_out_event_details(),
        error,
        cause
    );
    texts!(
        into,
        event.lambda_function_start_failed_event_details(),
        error,
        cause
    );
    texts!(
        into,
        event.lambda_function_schedule_failed_event_details(),
        error,
        cause
    );
}

fn map(event: &HistoryEvent, into: &mut Details) {
    if let Some(started) = event.map_state_started_event_details() {
        into.length = Some(started.length());
    }
    for iteration in [
        event.map_iteration_started_event_details(),
        event.map_iteration_succeeded_event_details(),
        event.map_iteration_failed_event_details(),
        event.map_iteration_aborted_event_details(),
    ]
    .into_iter()
    .flatten()
    {
        into.name = iteration.name().map(str::to_owned);
        into.index = Some(iteration.index());
    }
}

fn text(of: Option<&str>) -> Option<String> {
    of.map(without_keys)
}

/// A variable's own name says that its whole value is a key.
fn without_keys_of(name: &str, value: &str) -> String {
    let named = format!("{name}{value}");
    without_keys(&named).split_off(name.len())
}

/// AWS's time as everybody else's.
pub(crate) fn time(of: &aws_smithy_types::DateTime) -> DateTime<Utc> {
    DateTime::from_timestamp(of.secs(), of.subsec_nanos()).unwrap_or_default()
}
