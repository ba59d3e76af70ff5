//! Faults that tests inject into states, each a number of times.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::hook::Hook;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The task is not performed, and reported as failed.
    FailBefore {
        /// The error's name.
        error: String,
        /// Its cause.
        cause: String,
    },
    /// The task is performed, its answer is thrown away, and it is reported as failed.
    FailAfter {
        /// The error's name.
        error: String,
        /// Its cause.
        cause: String,
    },
    /// The execution is aborted when it enters the state, whatever its type.
    StopExecutionOnEnter,
}

/// The faults yet to come, by state.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: Mutex<BTreeMap<String, Vec<(Fault, u32)>>>,
    /// The faults that have names.
    pub(super) hook: Hook,
}

impl Faults {
    pub(super) fn add(&self, state: &str, fault: Fault, times: u32) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting
            .entry(state.to_owned())
            .or_default()
            .push((fault, times));
    }

    /// The fault for a task that is about to start, used up by this.
    pub(super) fn take_for_task(&self, state: &str) -> Option<Fault> {
        self.take(state, |fault| *fault != Fault::StopExecutionOnEnter)
            .or_else(|| self.mishap(state))
    }

    /// Uses up one stop at this state.
    pub(super) fn take_stop(&self, state: &str) {
        self.take(state, |fault| *fault == Fault::StopExecutionOnEnter);
    }

    /// The states at which an execution of this definition is to stop.
    pub(super) fn stops(&self, definition: &str) -> Vec<String> {
        let mut planned = self.planned_stops(definition);
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let stops = |faults: &[(Fault, u32)]| {
            faults
                .iter()
                .any(|(fault, times)| *times > 0 && *fault == Fault::StopExecutionOnEnter)
        };
        let ordered = waiting.iter().filter(|(_, faults)| stops(faults));
        planned.extend(ordered.map(|(state, _)| state.clone()));
        planned
    }

    fn take(&self, state: &str, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let faults = waiting.get_mut(state)?;
        let (fault, times) = faults
            .iter_mut()
            .find(|(fault, times)| *times > 0 && wanted(fault))?;
        *times -= 1;
        Some(fault.clone())
    }
}
