//! What happened, in order: the events of the domain, without ids that a run
//! makes up. Two runs of one seed have the same trace, line by line.

use crate::time::Time;
use github_emulator::JobId;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// GitHub's emulator numbers jobs from here.
const FIRST_JOB: u64 = 57_800_000_000;

/// A job's number in a run, from 1.
pub fn number(job: JobId) -> u64 {
    job.0.saturating_sub(FIRST_JOB)
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Since the begin of the run.
    pub at: Duration,
    /// What kind, e.g. `started`.
    pub kind: &'static str,
    /// The job's number; 0 where there is none.
    pub job: u64,
    /// More, e.g. the runner's number.
    pub detail: String,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at.as_secs_f64();
        let job = match self.job {
            0 => String::new(),
            number => format!("job {number}"),
        };
        write!(
            f,
            "{seconds:>12.3}  {job:<9} {:<12} {}",
            self.kind, self.detail
        )
    }
}

/// Everybody writes into it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trace {
    time: Time,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Trace {
    /// An empty one.
    pub fn new(time: Time) -> Self {
        Self {
            time,
            events: Arc::default(),
        }
    }

    /// Notes an event now.
    pub fn note(&self, kind: &'static str, job: u64, detail: impl Into<String>) {
        let event = Event {
            at: self.time.elapsed(),
            kind,
            job,
            detail: detail.into(),
        };
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event);
    }

    /// All of them so far.
    pub fn events(&self) -> Vec<Event> {
        self.events
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
