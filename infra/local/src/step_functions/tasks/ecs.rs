//! `ecs:runTask` and `ecs:runTask.sync`.
//!
//! Arguments come in PascalCase; the result of `.sync` is the one stopped task in
//! PascalCase, of plain `runTask` the call's answer.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::super::casing::{to_camel, to_pascal};
use super::{Failure, Reports, TaskServices, cause};
use crate::server::error::AwsError;

/// How often the task is looked at even if no change was told: a safety net.
const LOOK: Duration = Duration::from_secs(60);

/// Calls RunTask and does not wait for the task.
pub(super) fn run_task(services: &TaskServices, arguments: &Value) -> Result<Value, Failure> {
    let mut input = to_camel(arguments);
    if input.get("startedBy").is_none() {
        input["startedBy"] = json!("AWS Step Functions");
    }
    let answer = services
        .ecs
        .call("RunTask", input)
        .map_err(|error| refused(&error))?;
    let failed = answer
        .get("failures")
        .and_then(Value::as_array)
        .is_some_and(|failures| !failures.is_empty());
    let answer = to_pascal(&answer);
    if failed {
        return Err(Failure::new("AmazonECS.Unknown", answer.to_string()));
    }
    Ok(answer)
}

/// Calls RunTask and waits until the task has stopped. A cancelled task is stopped.
pub(super) async fn run_task_to_its_end(
    services: &TaskServices,
    reports: &Reports,
    arguments: &Value,
    cancel: &Notify,
) -> Result<Value, Failure> {
    let mut arguments = arguments.clone();
    arguments["StartedBy"] = json!("AWS Step Functions");
    let answer = {
        // A task that runs and is not known to its execution would run twice.
        let _whole = reports.whole();
        reports.started();
        let answer = run_task(services, &arguments).map_err(Failure::submitting)?;
        reports.submitted(answer.clone());
        answer
    };
    follow(services, &answer, cancel).await
}

/// Waits until the task of RunTask's answer has stopped.
pub(super) async fn follow(
    services: &TaskServices,
    answer: &Value,
    cancel: &Notify,
) -> Result<Value, Failure> {
    // Before the first look, so that no change is missed.
    let mut changes = services.ecs.changes();
    let task = answer.pointer("/Tasks/0").cloned().unwrap_or_default();
    let arn = task
        .get("TaskArn")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let cluster = task.get("ClusterArn").cloned().unwrap_or_default();
    let mut stopping = false;
    loop {
        let Some(task) = services.ecs.task(&arn) else {
            return Err(Failure::new(
                "States.TaskFailed",
                format!("Task {arn} is not known any more."),
            ));
        };
        if task
            .get("lastStatus")
            .is_some_and(|status| status == "STOPPED")
        {
            return ended(&task);
        }
        tokio::select! {
            biased;
            () = cancel.notified(), if !stopping => {
                stopping = true;
                let stop = json!({
                    "cluster": cluster,
                    "task": arn,
                    "reason": "The execution that started the task was stopped, or its time was over.",
                });
                if let Err(error) = services.ecs.call("StopTask", stop) {
                    tracing::warn!(task = arn, %error, "a task could not be stopped");
                }
            }
            () = changed(&mut changes, &arn) => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Waits until this task may have changed: told so, or too slow to be told.
async fn changed(changes: &mut Receiver<Value>, arn: &str) {
    loop {
        match changes.recv().await {
            Ok(task) if task.get("taskArn").is_some_and(|other| other == arn) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// A task succeeded when every container ran and ended with 0.
fn ended(task: &Value) -> Result<Value, Failure> {
    let containers = task
        .get("containers")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    let clean = containers
        .iter()
        .all(|container| container.get("exitCode").and_then(Value::as_i64) == Some(0));
    let started = task
        .get("stopCode")
        .is_none_or(|code| code != "TaskFailedToStart");
    let task = to_pascal(task);
    if clean && started {
        Ok(task)
    } else {
        Err(Failure::new("States.TaskFailed", task.to_string()))
    }
}

fn refused(error: &AwsError) -> Failure {
    let throttled =
        error.code == "ThrottlingException" || error.message.contains("Capacity is unavailable");
    let name = if throttled || error.status >= 500 {
        "AmazonECSException"
    } else {
        error.code.as_str()
    };
    Failure::new(
        format!("ECS.{name}"),
        cause(&error.message, "AmazonECS", error.status),
    )
}
