//! What one period of the function `reconcile` is asked and answers.
//!
//! The same figures stand in its log line `reconciled`, field by field, so that
//! metric filters and the command line read what the caller is told.

use serde::{Deserialize, Serialize};

use crate::names::closed_enum;
use crate::steps::Version;

/// What the schedule sends. Nothing in it is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcileInput {
    /// 1.
    #[serde(default)]
    pub version: Version,
}

/// What was found and mended in one period, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciled {
    /// 1.
    pub version: Version,
    /// Another period was under way, so nothing was done.
    pub busy: bool,
    /// Failed webhook deliveries that GitHub was asked to send once more.
    pub redelivered: u64,
    /// Dead letters that were put on the bus again.
    pub replayed: u64,
    /// Failed executions that were redriven.
    pub redriven: u64,
    /// Tasks that were asked to stop: stuck before their start, or without an execution.
    pub tasks_stopped: u64,
    /// Registrations that no execution answers for, deleted.
    pub runners_deleted: u64,
    /// Claims whose job is over, or that expired long ago, removed.
    pub claims_removed: u64,
    /// Expired hand-over items, and other expired notes, removed.
    pub expired_removed: u64,
    /// Queued jobs that nobody answered for: their event was put on the bus.
    pub jobs_started: u64,
    /// What was given up on, or is not for a machine to mend: a person must look.
    pub left: u64,
    /// Steps that were cut short by the budget of calls, the time or GitHub's limit.
    pub cut_short: u64,
    /// Calls that failed.
    pub errors: u64,
    /// Calls that were made to GitHub.
    pub github_calls: u64,
    /// How long the period took, milliseconds.
    pub milliseconds: u64,
}

impl Reconciled {
    /// What would have been lost, or would have stayed, without this period.
    /// Removed claims and expired items are housekeeping and do not count.
    pub fn repaired(&self) -> u64 {
        self.redelivered
            + self.replayed
            + self.redriven
            + self.tasks_stopped
            + self.runners_deleted
            + self.jobs_started
    }
}

closed_enum! {
    /// The steps of a period, in their order.
    ReconcileStep {
        /// Failed webhook deliveries.
        Deliveries = "deliveries",
        /// Events that no target took.
        DeadLetters = "dead_letters",
        /// Executions that ended red.
        Executions = "executions",
        /// Tasks that do not start, or that nobody waits for.
        Tasks = "tasks",
        /// Registrations that nobody answers for.
        Runners = "runners",
        /// What has expired.
        Expired = "expired",
        /// Queued jobs that nobody answers for.
        Jobs = "jobs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_object_is_an_input() {
        for text in [
            "{}",
            r#"{"version":1}"#,
            r#"{"time":"2026-11-28T00:00:00Z"}"#,
        ] {
            assert!(
                serde_json::from_str::<ReconcileInput>(text).is_ok(),
                "{text}"
            );
        }
    }

    #[test]
    fn housekeeping_is_no_repair() {
        let idle = Reconciled {
            claims_removed: 3,
            expired_removed: 2,
            ..Reconciled::default()
        };
        assert_eq!(idle.repaired(), 0);
        let repaired = Reconciled {
            redriven: 1,
            jobs_started: 2,
            ..idle
        };
        assert_eq!(repaired.repaired(), 3);
    }
}
