//! How the step before ended, read from the raw error and cause of the machine.
//! A cause need not be JSON, and JSON need not be a task.

use chrono::{DateTime, Utc};
use domain::steps::{RunEnd, Usage};

use crate::task_json;

/// The end of Mint or RunRunner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// A task stopped; its end says why.
    Task(TaskEnd),
    /// An error without a stopped task.
    Failed {
        /// `States.Timeout`, `ECS.…`, a function's error name, …
        error: String,
        /// Any text.
        cause: String,
    },
    /// Nobody knows: the claim held a runner that a former pass left.
    Leftover,
}

/// A stopped task, as far as its end matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskEnd {
    /// Its ARN.
    pub arn: String,
    /// `EssentialContainerExited`, `SpotInterruption`, …; empty where unknown.
    pub stop_code: String,
    /// ECS's sentence.
    pub stopped_reason: String,
    /// ECS's word on the container's end.
    pub container_reason: String,
    /// What the container's first process ended with.
    pub exit_code: Option<i32>,
    /// When the task had ended.
    pub stopped_at: Option<DateTime<Utc>>,
    /// Whether its capacity was Spot, where that is known.
    pub spot: bool,
    /// What it used.
    pub usage: Usage,
}

impl End {
    /// Reads the raw end.
    pub fn parse(run: &RunEnd) -> Self {
        if let Some(task) = task_json::parse(&run.cause) {
            return Self::Task(task);
        }
        if run.error.is_empty() && run.cause.is_empty() {
            return Self::Leftover;
        }
        Self::Failed {
            error: run.error.clone(),
            cause: run.cause.clone(),
        }
    }

    /// The stopped task, where there is one.
    pub fn task(&self) -> Option<&TaskEnd> {
        match self {
            Self::Task(task) => Some(task),
            _ => None,
        }
    }

    /// The container's exit code, where it has one.
    pub fn exit_code(&self) -> Option<i32> {
        self.task()?.exit_code
    }

    /// Whether RunTask itself failed, so that there is no task to look for.
    pub fn never_ran(&self) -> bool {
        match self {
            Self::Failed { error, .. } => {
                error.starts_with("ECS.") || error.starts_with("AmazonECS.")
            }
            _ => false,
        }
    }
}

/// The container in the task definition.
pub(crate) const CONTAINER: &str = "runner";

impl From<aws::tasks::Task> for TaskEnd {
    fn from(task: aws::tasks::Task) -> Self {
        let ours = task.containers.iter().position(|c| c.name == CONTAINER);
        let container = task.containers.get(ours.unwrap_or(0));
        Self {
            exit_code: container.and_then(|c| c.exit_code),
            container_reason: container.map(|c| c.reason.clone()).unwrap_or_default(),
            usage: Usage {
                cpu: task.cpu,
                memory_mib: task.memory_mib,
                storage_gib: task.storage_gib,
                architecture: Usage::architecture_of(&task.architecture),
                capacity: Usage::capacity_of(&task.capacity_provider, &task.launch_type),
                billed_seconds: Usage::billed(task.pull_started_at, task.stopped_at),
                ..Usage::default()
            },
            stop_code: task.stop_code,
            stopped_reason: task.stopped_reason,
            stopped_at: task.stopped_at,
            spot: task.capacity_provider == "FARGATE_SPOT",
            arn: task.arn,
        }
    }
}
