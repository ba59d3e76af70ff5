//! CloudWatch Logs: what functions and tasks print, in memory.
//!
//! Groups and streams come into being with their first line. `describe` lists
//! them, `get` reads one stream, `filter` searches many (with `pattern`), each
//! with AWS's paging (`page`).

mod describe;
mod filter;
mod get;
mod input;
mod page;
mod pattern;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::retention::Retention;
use crate::server::error::AwsError;
use crate::store::{DataError, Records, Shelf, number};
use page::Position;

const LINE: &str = "logs.line";

/// One printed line.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    at: DateTime<Utc>,
    /// Counts the lines of the whole place.
    number: u64,
    text: String,
}

/// The lines of a stream, in order of their positions; never empty.
type Stream = Vec<Line>;
/// The streams of a group by name.
type Group = BTreeMap<String, Stream>;

#[derive(Debug, Default)]
struct State {
    groups: BTreeMap<String, Group>,
    lines: u64,
}

/// All log groups of the place.
#[derive(Debug, Default)]
pub struct Logs {
    state: Mutex<State>,
    retention: Retention,
    pub(crate) shelf: Shelf,
}

impl Line {
    fn position(&self) -> Position {
        Position::new(self.at.timestamp_millis(), self.number)
    }
}

impl Logs {
    /// No groups yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line (without its line feed) to a stream.
    pub fn append(&self, group: &str, stream: &str, now: DateTime<Utc>, line: &str) {
        let mut state = self.lock();
        if let Some(before) = self.retention.due(now) {
            for old in state.take_before(before) {
                self.shelf.remove(&[LINE, &number(old.number)]);
            }
        }
        state.lines += 1;
        let line = Line {
            at: now,
            number: state.lines,
            text: line.to_owned(),
        };
        if self.shelf.is_kept() {
            let key = [LINE, &number(line.number)];
            self.shelf.put(&key, &(group, stream, &line));
        }
        state.add(group, stream, line);
    }

    /// Fills the service with what it kept.
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut state = self.lock();
        for (_, (group, stream, line)) in records.take::<(String, String, Line)>(LINE)? {
            state.lines = state.lines.max(line.number);
            state.add(&group, &stream, line);
        }
        Ok(())
    }

    /// All lines of a stream in order; none for a stream that does not exist.
    #[must_use]
    pub fn lines(&self, group: &str, stream: &str) -> Vec<(DateTime<Utc>, String)> {
        let state = self.lock();
        let lines = state.groups.get(group).and_then(|group| group.get(stream));
        let lines = lines.map_or(&[][..], Vec::as_slice);
        lines
            .iter()
            .map(|line| (line.at, line.text.clone()))
            .collect()
    }

    /// Every (group, stream) there is, in order of their names.
    #[must_use]
    pub fn streams(&self) -> Vec<(String, String)> {
        let state = self.lock();
        let all = state.groups.iter().flat_map(|(group, streams)| {
            streams.keys().map(|stream| (group.clone(), stream.clone()))
        });
        all.collect()
    }

    /// Answers one call of `Logs_20140328.*`.
    ///
    /// # Errors
    /// AWS's own, e.g. `ResourceNotFoundException` for an unknown group.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        let state = self.lock();
        match operation {
            "DescribeLogGroups" => state.describe_groups(&input),
            "DescribeLogStreams" => state.describe_streams(&input),
            "GetLogEvents" => state.get_events(&input),
            "FilterLogEvents" => state.filter_events(&input),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    /// A panic elsewhere leaves whole lines behind, so the poison is ignored.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, group: &str, stream: &str, line: Line) {
        let lines = self.stream_mut(group, stream);
        // Two writers of one stream may come here in another order than they looked at the clock.
        let place = lines.partition_point(|before| before.position() < line.position());
        lines.insert(place, line);
    }

    /// Takes out the lines before that time, and what has no lines then.
    fn take_before(&mut self, time: DateTime<Utc>) -> Vec<Line> {
        let mut taken = Vec::new();
        self.groups.retain(|_, streams| {
            streams.retain(|_, lines| {
                let old = lines.partition_point(|line| line.at < time);
                taken.extend(lines.drain(..old));
                !lines.is_empty()
            });
            !streams.is_empty()
        });
        taken
    }

    fn stream_mut(&mut self, group: &str, stream: &str) -> &mut Stream {
        let streams = self.groups.entry(group.to_owned()).or_default();
        streams.entry(stream.to_owned()).or_default()
    }
}
