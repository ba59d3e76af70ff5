//! CloudWatch Logs: what functions and tasks print, in memory.
//!
//! Groups and streams come into being with their first line. `wire` answers
//! the few calls that the `aws logs` command and the console make.

mod wire;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

/// One printed line and when it was printed.
type Line = (DateTime<Utc>, String);
/// The lines of a stream by (group, stream).
type Streams = BTreeMap<(String, String), Vec<Line>>;

/// All log groups of the place.
#[derive(Debug, Default)]
pub struct Logs {
    streams: Mutex<Streams>,
}

impl Logs {
    /// No groups yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line (without its line feed) to a stream.
    pub fn append(&self, group: &str, stream: &str, now: DateTime<Utc>, line: &str) {
        self.lock()
            .entry((group.to_owned(), stream.to_owned()))
            .or_default()
            .push((now, line.to_owned()));
    }

    /// All lines of a stream in order; none for a stream that does not exist.
    #[must_use]
    pub fn lines(&self, group: &str, stream: &str) -> Vec<(DateTime<Utc>, String)> {
        self.lock()
            .get(&(group.to_owned(), stream.to_owned()))
            .cloned()
            .unwrap_or_default()
    }

    /// Every (group, stream) there is, in order of their names.
    #[must_use]
    pub fn streams(&self) -> Vec<(String, String)> {
        self.lock().keys().cloned().collect()
    }

    /// A panic elsewhere leaves whole lines behind, so the poison is ignored.
    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
