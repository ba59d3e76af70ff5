//! What can go wrong at AWS, by name: for files, tests and seeded runs.
//!
//! docs/faults.md lists the names with what each is compared with.

use serde::{Deserialize, Serialize};

/// Something that goes wrong at AWS. The names are those of a file, in kebab-case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AwsFault {
    /// Lambda: the environment crashes before the function has any effect.
    FunctionCrash {},
    /// Lambda: the function has its effect, then its environment crashes.
    FunctionCrashAfterEffect {},
    /// Lambda: the function's time is up before it has any effect.
    FunctionTimeout {},
    /// Lambda: the function has its effect, then its time is up.
    FunctionTimeoutAfterEffect {},
    /// Lambda: the call is throttled.
    FunctionThrottled {},
    /// ECS: RunTask is not allowed to do this.
    RunTaskAccessDenied {},
    /// ECS: RunTask's parameters are refused, as with a subnet that does not exist.
    RunTaskInvalidParameter {},
    /// ECS: RunTask is throttled.
    RunTaskThrottled {},
    /// ECS: RunTask answers with a server's error.
    RunTaskServerError {},
    /// ECS: there is no capacity.
    CapacityUnavailable {},
    /// ECS: the task never leaves PROVISIONING until somebody stops it.
    StuckInProvisioning {},
    /// ECS: the image cannot be pulled.
    ImagePullFailure {},
    /// ECS: Spot capacity is taken back.
    SpotInterruption {
        /// From RUNNING on.
        #[serde(default)]
        milliseconds: u64,
    },
    /// ECS: the container is killed for its memory use.
    OutOfMemory {
        /// From RUNNING on.
        #[serde(default)]
        milliseconds: u64,
    },
    /// ECS: the container is killed without a word.
    TaskKilled {
        /// From RUNNING on.
        #[serde(default)]
        milliseconds: u64,
    },
    /// ECS: the container ends with this exit code, whatever it was doing.
    TaskExits {
        /// The exit code.
        code: i32,
        /// From RUNNING on.
        #[serde(default)]
        milliseconds: u64,
    },
    /// EventBridge: PutEvents is throttled as a whole.
    PutEventsThrottled {},
    /// EventBridge: PutEvents fails as a whole.
    PutEventsFails {},
    /// EventBridge: PutEvents takes the other entries and refuses this one.
    PutEventsEntryRefused {},
    /// EventBridge: a rule's target gets the event twice.
    EventDeliveredTwice {},
    /// EventBridge: the first attempts to reach the target fail.
    TargetUnavailable {
        /// How many.
        #[serde(default = "three")]
        attempts: u32,
    },
    /// EventBridge: the event cannot be delivered and goes to the dead-letter queue.
    EventUndeliverable {},
    /// Step Functions: a state's task fails without having been performed.
    StateTaskFails {
        /// The error's name.
        #[serde(default = "service_exception")]
        error: String,
    },
    /// Step Functions: a state's task is performed, and fails all the same.
    StateTaskAnswerLost {
        /// The error's name.
        #[serde(default = "service_exception")]
        error: String,
    },
    /// Step Functions: the execution is stopped as it enters the state.
    ExecutionStopped {},
    /// DynamoDB: the call is throttled.
    TableThrottled {},
    /// DynamoDB: a condition fails that would have held.
    ConditionFails {},
    /// DynamoDB: an internal error, without effect.
    TableInternalError {},
    /// DynamoDB: the call has its effect, and its answer is an internal error.
    TableAnswerLost {},
    /// DynamoDB: the item is gone just before the call.
    ItemGone {},
}

fn three() -> u32 {
    3
}

fn service_exception() -> String {
    "Lambda.ServiceException".to_owned()
}
