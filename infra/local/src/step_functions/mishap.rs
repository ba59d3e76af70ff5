//! The faults of executions that have names, as what tests order by state.
//!
//! A stop has to be known before the step that enters its state, so the plan is asked
//! what it would do, and told afterwards which states were entered.

use asl::HistoryEvent;
use serde_json::Value;

use super::fault::{Fault, Faults};
use crate::AwsFault;

/// The cause of whatever an ordered fault fails.
const CAUSE: &str = "An ordered fault.";

fn is_stop(fault: &AwsFault) -> bool {
    *fault == AwsFault::ExecutionStopped {}
}

impl Faults {
    /// What goes wrong with a task of this state.
    pub(super) fn mishap(&self, state: &str) -> Option<Fault> {
        let fault = self.hook.strike(&[state], |fault| {
            matches!(
                fault,
                AwsFault::StateTaskFails { .. } | AwsFault::StateTaskAnswerLost { .. }
            )
        });
        let cause = CAUSE.to_owned();
        match fault? {
            AwsFault::StateTaskFails { error } => Some(Fault::FailBefore { error, cause }),
            AwsFault::StateTaskAnswerLost { error } => Some(Fault::FailAfter { error, cause }),
            _ => None,
        }
    }

    /// The states of a definition at whose next entry an execution is to stop.
    pub(super) fn planned_stops(&self, definition: &str) -> Vec<String> {
        if !self.hook.any(is_stop) {
            return Vec::new();
        }
        let definition: Value = serde_json::from_str(definition).unwrap_or_default();
        let states = definition.get("States").and_then(Value::as_object);
        let names = states.into_iter().flat_map(|states| states.keys());
        names
            .filter(|name| self.hook.would_strike(&[name], is_stop))
            .cloned()
            .collect()
    }

    /// These states were entered: each counts for the stops that fit it.
    pub(super) fn count_entries(&self, events: &[HistoryEvent]) {
        if !self.hook.any(is_stop) {
            return;
        }
        for event in events
            .iter()
            .filter(|event| event.kind.ends_with("StateEntered"))
        {
            let details = event.details();
            let name = details
                .as_ref()
                .and_then(|(_, details)| details.get("name"));
            if let Some(name) = name.and_then(Value::as_str) {
                // What strikes was known before, and has halted the execution.
                let _ = self.hook.strike(&[name], is_stop);
            }
        }
    }
}
