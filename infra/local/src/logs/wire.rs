//! `Logs_20140328.*`: DescribeLogGroups, DescribeLogStreams, GetLogEvents,
//! FilterLogEvents (its `filterPattern` is a plain substring here).
//!
//! Timestamps of this service are epoch milliseconds.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Logs;
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

impl Logs {
    /// Answers one call.
    ///
    /// # Errors
    /// AWS's own, e.g. `ResourceNotFoundException` for an unknown group.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        match operation {
            "DescribeLogGroups" => Ok(self.describe_groups(&input)),
            "DescribeLogStreams" => self.describe_streams(&input),
            "GetLogEvents" => self.get_events(&input),
            "FilterLogEvents" => self.filter_events(&input),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    fn describe_groups(&self, input: &Value) -> Value {
        let prefix = text(input, "logGroupNamePrefix").unwrap_or_default();
        let groups: BTreeSet<String> = self
            .streams()
            .into_iter()
            .map(|(group, _)| group)
            .filter(|group| group.starts_with(prefix))
            .collect();
        let groups: Vec<Value> = groups
            .iter()
            .map(|group| json!({"logGroupName": group, "arn": group_arn(group)}))
            .collect();
        json!({"logGroups": groups})
    }

    fn describe_streams(&self, input: &Value) -> Result<Value, AwsError> {
        let group = self.group(input)?;
        let prefix = text(input, "logStreamNamePrefix").unwrap_or_default();
        let streams = self.lock();
        let found: Vec<Value> = streams
            .iter()
            .filter(|((of, stream), _)| *of == group && stream.starts_with(prefix))
            .map(|((_, stream), lines)| {
                json!({
                    "logStreamName": stream,
                    "arn": format!("{}:log-stream:{stream}", group_arn(&group)),
                    "creationTime": lines.first().map(|(at, _)| at.timestamp_millis()),
                    "firstEventTimestamp": lines.first().map(|(at, _)| at.timestamp_millis()),
                    "lastEventTimestamp": lines.last().map(|(at, _)| at.timestamp_millis()),
                })
            })
            .collect();
        Ok(json!({"logStreams": found}))
    }

    fn get_events(&self, input: &Value) -> Result<Value, AwsError> {
        let group = self.group(input)?;
        let stream = text(input, "logStreamName").unwrap_or_default();
        let streams = self.lock();
        let Some(lines) = streams.get(&(group, stream.to_owned())) else {
            return Err(not_found("stream"));
        };
        let wanted = Window::of(input);
        // A token is a position: `f/N` is everything from line N on.
        let from = text(input, "nextToken")
            .and_then(|token| token.strip_prefix("f/")?.parse().ok())
            .unwrap_or(0);
        let events: Vec<Value> = lines
            .iter()
            .skip(from)
            .filter(|(at, _)| wanted.holds(*at))
            .map(|(at, line)| json!({"timestamp": at.timestamp_millis(), "ingestionTime": at.timestamp_millis(), "message": line}))
            .collect();
        Ok(json!({
            "events": events,
            "nextForwardToken": format!("f/{}", lines.len()),
            "nextBackwardToken": "b/0",
        }))
    }

    fn filter_events(&self, input: &Value) -> Result<Value, AwsError> {
        let group = self.group(input)?;
        let pattern = text(input, "filterPattern")
            .unwrap_or_default()
            .trim_matches('"');
        let names: Option<Vec<&str>> = input
            .get("logStreamNames")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect());
        let prefix = text(input, "logStreamNamePrefix").unwrap_or_default();
        let wanted = Window::of(input);
        let streams = self.lock();
        let mut found: Vec<(DateTime<Utc>, Value)> = Vec::new();
        for ((of, stream), lines) in streams.iter() {
            let named = names
                .as_ref()
                .is_none_or(|names| names.contains(&stream.as_str()));
            if *of != group || !named || !stream.starts_with(prefix) {
                continue;
            }
            for (number, (at, line)) in lines.iter().enumerate() {
                if wanted.holds(*at) && line.contains(pattern) {
                    let event = json!({
                        "logStreamName": stream,
                        "timestamp": at.timestamp_millis(),
                        "ingestionTime": at.timestamp_millis(),
                        "message": line,
                        "eventId": format!("{stream}/{number}"),
                    });
                    found.push((*at, event));
                }
            }
        }
        found.sort_by_key(|(at, _)| *at);
        let events: Vec<Value> = found.into_iter().map(|(_, event)| event).collect();
        Ok(json!({"events": events, "searchedLogStreams": []}))
    }

    /// The group that the input names, if there is such a group.
    fn group(&self, input: &Value) -> Result<String, AwsError> {
        let named = text(input, "logGroupName").or_else(|| {
            // An ARN may stand for a name: arn:aws:logs:REGION:ACCOUNT:log-group:NAME[:*]
            let identifier = text(input, "logGroupIdentifier")?;
            Some(
                identifier
                    .split(":log-group:")
                    .last()?
                    .trim_end_matches(":*"),
            )
        });
        let named = named.ok_or_else(|| {
            AwsError::new("InvalidParameterException", "logGroupName is missing.")
        })?;
        if self.lock().keys().any(|(group, _)| group == named) {
            Ok(named.to_owned())
        } else {
            Err(not_found("group"))
        }
    }
}

/// `startTime` (inclusive) to `endTime` (exclusive), epoch milliseconds.
struct Window {
    start: i64,
    end: i64,
}

impl Window {
    fn of(input: &Value) -> Self {
        let number = |name| input.get(name).and_then(Value::as_i64);
        Self {
            start: number("startTime").unwrap_or(i64::MIN),
            end: number("endTime").unwrap_or(i64::MAX),
        }
    }

    fn holds(&self, at: DateTime<Utc>) -> bool {
        (self.start..self.end).contains(&at.timestamp_millis())
    }
}

fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

fn group_arn(group: &str) -> String {
    format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}")
}

fn not_found(what: &str) -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        format!("The specified log {what} does not exist."),
    )
}
