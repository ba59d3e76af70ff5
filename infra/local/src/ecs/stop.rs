//! StopTask, and every other reason for which a task is made to stop.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Ecs;
use super::input::{invalid, text};
use super::references::last_part;
use super::task::Task;
use crate::server::error::AwsError;

/// Who or what stops a task. The first to come counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// StopTask, with its reason.
    User(String),
    /// Spot capacity is taken back.
    Spot,
    /// Too much memory used.
    OutOfMemory,
    /// Killed without a word.
    Kill,
    /// Killed, as if it had ended with this exit code.
    Exit(i32),
    /// The place itself ends.
    Shutdown,
}

impl Stop {
    /// Whether the containers are killed at once, without SIGTERM.
    pub(super) fn kills(&self) -> bool {
        matches!(self, Self::OutOfMemory | Self::Kill | Self::Exit(_))
    }

    /// (stop code, stopped reason), where it is not the container's own end
    /// that AWS would report.
    pub(super) fn code_and_reason(&self) -> Option<(&'static str, String)> {
        Some(match self {
            Self::User(reason) => ("UserInitiated", reason.clone()),
            Self::Spot => (
                "SpotInterruption",
                "Your Spot Task was interrupted.".to_owned(),
            ),
            Self::Shutdown => (
                "TerminationNotice",
                "The place is shutting down.".to_owned(),
            ),
            Self::OutOfMemory | Self::Kill | Self::Exit(_) => return None,
        })
    }
}

impl Ecs {
    pub(super) fn stop_task(self: &Arc<Self>, input: &Value) -> Result<Value, AwsError> {
        let cluster_arn = self.state().cluster(input)?.arn.clone();
        let reference =
            text(input, "task")?.ok_or_else(|| invalid("taskId can not be null or empty."))?;
        let reason = text(input, "reason")?.unwrap_or("Task stopped by user");
        let id = last_part(reference);
        let missing = || invalid("The referenced task was not found.");
        let here = |task: &&Task| task.cluster_arn == cluster_arn;
        self.state().task(id).filter(here).ok_or_else(missing)?;
        self.request_stop(id, Stop::User(reason.to_owned()));
        let state = self.state();
        let task = state.task(id).ok_or_else(missing)?;
        Ok(json!({ "task": task.to_wire(true) }))
    }

    /// Asks a task to stop; false if it is unknown or stopping already.
    pub(super) fn request_stop(&self, id: &str, stop: Stop) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        let Some(task) = state.task_mut(id) else {
            return false;
        };
        if task.is_stopped() {
            return false;
        }
        let shutdown = stop == Stop::Shutdown;
        if task.desired_status == "STOPPED" && !shutdown {
            return false;
        }
        if let Some((code, reason)) = stop.code_and_reason() {
            let first = task.desired_status != "STOPPED";
            task.begin_stop(code, reason, now);
            self.keep_task(task);
            if first {
                self.publish(task);
            }
        }
        task.stop.send_replace(Some(stop));
        true
    }
}
