//! What an execution is told, and what it asks its driver to do.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Status;

/// One attempt at a task. Unique within its execution; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskId(pub(crate) u64);

/// One timer. Unique within its execution; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TimerId(pub(crate) u64);

impl TaskId {
    /// The number, for logs and tokens.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl TimerId {
    /// The number, for logs.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// What happened. Events of tasks and timers that the execution no longer
/// waits for are ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The execution begins. Ignored when it has begun already.
    Start,
    /// The service took the task up.
    TaskStarted {
        /// The task.
        task: TaskId,
    },
    /// The activity exists, and its task waits for a worker.
    ActivityScheduled {
        /// The task.
        task: TaskId,
    },
    /// There is no such activity: nobody can ever do the task.
    ActivityMissing {
        /// The task.
        task: TaskId,
    },
    /// A worker took the activity's task up.
    ActivityStarted {
        /// The task.
        task: TaskId,
        /// The name that the worker gave itself.
        worker: Option<String>,
    },
    /// Whoever does the task is still at it.
    TaskHeartbeat {
        /// The task.
        task: TaskId,
    },
    /// A `.sync` or `.waitForTaskToken` service answered the call; the task itself goes on.
    TaskSubmitted {
        /// The task.
        task: TaskId,
        /// The service's answer to the call.
        output: Value,
    },
    /// The task is done.
    TaskSucceeded {
        /// The task.
        task: TaskId,
        /// Its result.
        output: Value,
    },
    /// The task failed.
    TaskFailed {
        /// The task.
        task: TaskId,
        /// The name that Retry and Catch match.
        error: String,
        /// The explanation.
        cause: String,
    },
    /// The task could not be started at all.
    TaskStartFailed {
        /// The task.
        task: TaskId,
        /// The name that Retry and Catch match.
        error: String,
        /// The explanation.
        cause: String,
    },
    /// A `.sync` or `.waitForTaskToken` service refused the call.
    TaskSubmitFailed {
        /// The task.
        task: TaskId,
        /// The name that Retry and Catch match.
        error: String,
        /// The explanation.
        cause: String,
    },
    /// A timer's time has come.
    TimerFired {
        /// The timer.
        timer: TimerId,
    },
    /// Someone stopped the execution.
    Stop {
        /// The error named by whoever stopped it.
        error: Option<String>,
        /// The cause named by whoever stopped it.
        cause: Option<String>,
    },
    /// Someone redrove the execution. Ignored when it is not eligible: ask
    /// [`crate::Execution::redrive_eligibility`] first.
    Redrive,
}

/// What the driver has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Start a task and report on it with events that carry its id.
    StartTask {
        /// The id for the events.
        task: TaskId,
        /// The state that asks.
        state: String,
        /// The `Resource` of the state, as the definition has it.
        resource: String,
        /// The evaluated arguments.
        arguments: Value,
        /// What `SendTaskSuccess` and the like name the task by: for an activity,
        /// which is to be answered with [`Event::ActivityScheduled`], and for
        /// `.waitForTaskToken`, whose call is only the task's beginning.
        token: Option<String>,
    },
    /// Stop a task; nobody waits for it any longer.
    CancelTask {
        /// The task.
        task: TaskId,
    },
    /// Send [`Event::TimerFired`] at that time, or as soon as possible after it.
    SetTimer {
        /// The timer.
        timer: TimerId,
        /// When.
        at: chrono::DateTime<chrono::Utc>,
    },
    /// Forget a timer.
    CancelTimer {
        /// The timer.
        timer: TimerId,
    },
    /// The execution has ended, until a redrive.
    Ended {
        /// How.
        status: Status,
    },
}
