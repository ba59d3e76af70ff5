//! The tasks that state machines can start, by their `Resource`.

mod dynamodb;
mod ecs;
mod events;
mod lambda;
mod sqs;

use std::sync::Arc;

use asl::{Event, TaskId};
use serde_json::Value;
use tokio::sync::Notify;

use super::TaskServices;
use super::record::Record;
use crate::store::Whole;

/// Optimised integrations.
const INTEGRATION: &str = "arn:aws:states:::";

/// Where a task tells how far it is.
pub(super) struct Reports {
    pub(super) record: Arc<Record>,
    pub(super) task: TaskId,
}

impl Reports {
    /// The service was called.
    pub(super) fn started(&self) {
        self.record.apply(Event::TaskStarted { task: self.task });
    }

    /// The call is over, and the task goes on until someone reports by its token.
    pub(super) fn called(&self, output: Value) {
        self.record.called(self.task, output);
    }

    /// The changes until this is dropped are kept together.
    fn whole(&self) -> Whole {
        self.record.context.shelf.whole()
    }

    /// The service took a job that goes on.
    fn submitted(&self, output: Value) {
        self.record.apply(Event::TaskSubmitted {
            task: self.task,
            output,
        });
    }
}

/// How a task failed.
#[derive(Debug)]
pub(super) struct Failure {
    stage: Stage,
    error: String,
    cause: String,
}

#[derive(Debug)]
enum Stage {
    Started,
    Submitting,
}

impl Failure {
    fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self {
            stage: Stage::Started,
            error: error.into(),
            cause: cause.into(),
        }
    }

    pub(super) fn submitting(mut self) -> Self {
        self.stage = Stage::Submitting;
        self
    }

    pub(super) fn event(self, task: TaskId) -> Event {
        let Self {
            stage,
            error,
            cause,
        } = self;
        match stage {
            Stage::Started => Event::TaskFailed { task, error, cause },
            Stage::Submitting => Event::TaskSubmitFailed { task, error, cause },
        }
    }
}

/// The call inside a resource whose task goes on until someone reports by its token.
pub(super) fn callback(resource: &str) -> Option<&str> {
    resource.strip_suffix(".waitForTaskToken")
}

/// Whether a task is over with the call itself: nothing but the place takes part in it.
pub(super) fn is_at_once(resource: &str, arguments: &Value) -> bool {
    match service(resource) {
        Some(("dynamodb" | "events" | "sqs", _) | ("ecs", "runTask")) => true,
        Some(("lambda", "invoke")) => arguments
            .get("InvocationType")
            .is_some_and(|kind| kind == "Event"),
        _ => false,
    }
}

/// Goes on with a task of another service's that was submitted before a restart of the
/// place; nothing where there are no such tasks.
pub(super) async fn follow(
    services: &TaskServices,
    resource: &str,
    submitted: &Value,
    cancel: &Notify,
) -> Option<Result<Value, Failure>> {
    match service(resource) {
        Some(("ecs", "runTask.sync")) => Some(ecs::follow(services, submitted, cancel).await),
        _ => None,
    }
}

/// The failure of a task that was under way when the place was killed: nobody knows
/// what became of it. AWS's own name for a call without an answer, which retriers list.
pub(super) fn unknown_outcome(resource: &str) -> Failure {
    let service = match service(resource) {
        Some(("dynamodb", _)) => "DynamoDB",
        Some(("ecs", _)) => "ECS",
        Some(("events", _)) => "EventBridge",
        Some(("sqs", _)) => "SQS",
        _ => "Lambda",
    };
    Failure::new(
        format!("{service}.SdkClientException"),
        "The place was ended before the answer came: whether the call was carried out is not known.",
    )
}

/// Service and operation of a resource.
fn service(resource: &str) -> Option<(&str, &str)> {
    let call = callback(resource).unwrap_or(resource);
    call.strip_prefix(INTEGRATION)?.split_once(':')
}

/// Performs a task to its end, or up to the end of the call where a token is waited for.
pub(super) async fn perform(
    services: &TaskServices,
    reports: &Reports,
    resource: &str,
    arguments: Value,
    cancel: &Notify,
) -> Result<Value, Failure> {
    if resource.contains(":lambda:") && resource.contains(":function:") {
        reports.started();
        return lambda::call(services, resource, &arguments).await;
    }
    match service(resource) {
        Some(("lambda", "invoke")) => {
            reports.started();
            lambda::invoke(services, &arguments).await
        }
        Some(("dynamodb", operation)) => {
            reports.started();
            dynamodb::call(services, operation, arguments)
        }
        Some(("ecs", "runTask")) => {
            reports.started();
            ecs::run_task(services, &arguments)
        }
        Some(("ecs", "runTask.sync")) => {
            ecs::run_task_to_its_end(services, reports, &arguments, cancel).await
        }
        Some(("events", "putEvents")) => {
            reports.started();
            events::put(services, &arguments)
        }
        Some(("sqs", "sendMessage")) => {
            reports.started();
            sqs::send(services, &arguments).await
        }
        _ => Err(Failure::new(
            "States.Runtime",
            format!("The place cannot perform the resource {resource}."),
        )),
    }
}

/// The tail that AWS puts behind a service's message in a cause.
fn cause(message: &str, service: &str, status: u16) -> String {
    let request = uuid::Uuid::new_v4();
    format!("{message} (Service: {service}, Status Code: {status}, Request ID: {request})")
}
