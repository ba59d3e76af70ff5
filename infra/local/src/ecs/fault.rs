//! Failures to order: what AWS does on a bad day, for tests and drills.

use std::collections::VecDeque;
use std::time::Duration;

/// Something that shall go wrong with the next RunTask calls, or with the
/// tasks that they start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EcsFault {
    /// RunTask answers with this error.
    RefuseRunTask {
        /// The exception's name, e.g. `ThrottlingException`.
        code: String,
        /// Its message.
        message: String,
    },
    /// RunTask answers without a task and with this reason in `failures`.
    Failure {
        /// E.g. `RESOURCE:FARGATE` or `Capacity is unavailable at this time…`.
        reason: String,
    },
    /// The task never leaves PROVISIONING until somebody stops it.
    StuckInProvisioning,
    /// The task stops with `TaskFailedToStart`.
    FailToStart {
        /// E.g. `CannotPullContainerError: …`.
        reason: String,
    },
    /// Spot capacity is taken away: SIGTERM, after the stop timeout SIGKILL.
    SpotInterruption {
        /// Time from RUNNING on.
        after: Duration,
    },
    /// The container is killed for its memory use (exit code 137).
    OutOfMemory {
        /// Time from RUNNING on.
        after: Duration,
    },
    /// The container is killed and counts as having ended with this exit code.
    Exit {
        /// The exit code.
        code: i32,
        /// Time from RUNNING on.
        after: Duration,
    },
    /// The container is killed without a word (exit code 137).
    Kill {
        /// Time from RUNNING on.
        after: Duration,
    },
}

/// Faults in the order in which they were ordered.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<(EcsFault, usize)>);

impl Faults {
    pub(super) fn add(&mut self, fault: EcsFault, times: usize) {
        if times > 0 {
            self.0.push_back((fault, times));
        }
    }

    /// The fault for one RunTask call, used up by it.
    pub(super) fn take(&mut self) -> Option<EcsFault> {
        let (fault, times) = self.0.front_mut()?;
        let fault = fault.clone();
        *times -= 1;
        if *times == 0 {
            self.0.pop_front();
        }
        Some(fault)
    }
}
