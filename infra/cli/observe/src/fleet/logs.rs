//! Logs: of a task, or of a function, read forward from where the last read ended.

use super::{Fleet, ReadError};
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeSet;

/// Where lines come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The task with this ARN or id.
    Task(String),
    /// The function with this handler setting, for example `mint`.
    Function(String),
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Its text, as it was written: escape it before it is shown.
    pub text: String,
    /// The log stream.
    pub stream: String,
}

/// Reads a log bit by bit: each call gives what came since the last one.
#[derive(Debug)]
pub struct Tail {
    fleet: Fleet,
    group: String,
    prefix: Option<String>,
    pattern: Option<String>,
    /// Epoch milliseconds: nothing before it.
    from: i64,
    /// Events of the last millisecond that were given already.
    given: BTreeSet<String>,
}

/// CloudWatch takes up to a few seconds to show a line: look that far back again.
const LAG_MILLISECONDS: i64 = 10_000;

impl Tail {
    /// From `since` on; `pattern` is a CloudWatch Logs filter pattern.
    #[must_use]
    pub fn new(
        fleet: &Fleet,
        source: &Source,
        since: DateTime<Utc>,
        pattern: Option<String>,
    ) -> Self {
        let (group, prefix) = match source {
            Source::Task(task) => {
                let id = task.rsplit('/').next().unwrap_or(task);
                (
                    fleet.names().task_log_group(),
                    Some(format!("runner/runner/{id}")),
                )
            }
            Source::Function(handler) => (fleet.names().function_log_group(handler), None),
        };
        Self {
            fleet: fleet.clone(),
            group,
            prefix,
            pattern,
            from: since.timestamp_millis(),
            given: BTreeSet::new(),
        }
    }

    /// What has come since the last call, in order of time.
    ///
    /// # Errors
    /// [`ReadError::NoLog`] where there is no such log group, or a call failed.
    pub async fn next(&mut self) -> Result<Vec<Line>, ReadError> {
        let mut lines = Vec::new();
        let mut next = None;
        let mut newest = self.from;
        let mut seen = BTreeSet::new();
        loop {
            self.fleet.limits().logs.take().await;
            let answer = self
                .fleet
                .clients()
                .logs
                .filter_log_events()
                .log_group_name(&self.group)
                .set_log_stream_name_prefix(self.prefix.clone())
                .set_filter_pattern(self.pattern.clone())
                .start_time(self.from)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| {
                    let missing = error
                        .as_service_error()
                        .is_some_and(aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsError::is_resource_not_found_exception);
                    if missing {
                        ReadError::NoLog(self.group.clone())
                    } else {
                        ReadError::call("FilterLogEvents", error)
                    }
                })?;
            for event in answer.events() {
                newest = newest.max(event.timestamp().unwrap_or(0));
                let id = identity(event);
                if !self.given.contains(&id) && !seen.contains(&id) {
                    lines.push(line(event));
                }
                seen.insert(id);
            }
            next = answer.next_token;
            if next.is_none() {
                break;
            }
        }
        self.given = seen;
        self.from = self.from.max(newest - LAG_MILLISECONDS);
        lines.sort_by_key(|line| line.at);
        Ok(lines)
    }
}

fn identity(event: &FilteredLogEvent) -> String {
    event.event_id().map_or_else(
        || format!("{:?}{:?}", event.timestamp(), event.message()),
        str::to_owned,
    )
}

fn line(event: &FilteredLogEvent) -> Line {
    Line {
        at: event
            .timestamp()
            .and_then(DateTime::from_timestamp_millis)
            .unwrap_or_default(),
        text: crate::history::without_keys(event.message().unwrap_or_default().trim_end()),
        stream: event.log_stream_name().unwrap_or_default().to_owned(),
    }
}
