//! PutEvents: entries are checked one by one, and each gets its own answer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::delivery::{Delivery, Outcome};
use super::rules::Target;
use super::{Events, bus_name, optional, rule_arn};
use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

/// Most entries of one call.
const ENTRIES: usize = 10;
/// Most bytes of one call's entries (AWS raised it from 256 KB).
const TOTAL_SIZE: usize = 1024 * 1024;

/// An event that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutRecord {
    /// The event's id, also `id` of the envelope.
    pub event_id: String,
    /// The bus it was put on.
    pub bus: String,
    /// `Source`.
    pub source: String,
    /// `DetailType`.
    pub detail_type: String,
    /// The names of the rules that matched.
    pub rules: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Events {
    pub(super) fn put_events(self: &Arc<Self>, input: &Value) -> Result<Value, AwsError> {
        let entries = input
            .get("Entries")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        if entries.is_empty() || entries.len() > ENTRIES {
            let message = format!(
                "Value at 'entries' failed to satisfy constraint: 1 to {ENTRIES} entries are allowed."
            );
            return Err(AwsError::validation(message));
        }
        if entries.iter().map(size).sum::<usize>() > TOTAL_SIZE {
            return Err(AwsError::validation(
                "Total size of the entries in the request is over the limit.",
            ));
        }
        self.refuse_all()?;
        let answers: Vec<Value> = entries
            .iter()
            .map(|entry| match self.check(entry) {
                Ok(detail) => json!({"EventId": self.accept(entry, &detail)}),
                Err((code, message)) => json!({"ErrorCode": code, "ErrorMessage": message}),
            })
            .collect();
        let failed = answers
            .iter()
            .filter(|answer| answer.get("ErrorCode").is_some())
            .count();
        Ok(json!({"FailedEntryCount": failed, "Entries": answers}))
    }

    /// The entry's detail, or (ErrorCode, ErrorMessage).
    fn check(&self, entry: &Value) -> Result<Value, (&'static str, String)> {
        let detail = check(entry)?;
        let text = |field| optional(entry, field).unwrap_or_default();
        if self.refuses(bus_name(entry), text("Source"), text("DetailType")) {
            let message = "An internal error occurred: an ordered fault.";
            return Err(("InternalFailure", message.to_owned()));
        }
        Ok(detail)
    }

    fn accept(self: &Arc<Self>, entry: &Value, detail: &Value) -> String {
        let now = self.clock.now();
        let id = self.ids.uuid().to_string();
        let given = entry
            .get("Time")
            .and_then(Value::as_f64)
            .map(|seconds| (seconds * 1000.0) as i64);
        let time = given
            .and_then(DateTime::from_timestamp_millis)
            .unwrap_or(now);
        let (bus, source) = (
            bus_name(entry),
            optional(entry, "Source").unwrap_or_default(),
        );
        let detail_type = optional(entry, "DetailType").unwrap_or_default();
        let envelope = json!({
            "version": "0",
            "id": id,
            "detail-type": detail_type,
            "source": source,
            "account": ACCOUNT,
            "time": time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": entry.get("Resources").cloned().unwrap_or_else(|| json!([])),
            "detail": detail,
        });
        let mut state = self.lock();
        self.forget_old(&mut state, now);
        let Some(rules) = state.buses.get(bus) else {
            // AWS takes an event for a bus that does not exist, and nothing happens.
            tracing::warn!(
                bus,
                event_id = id,
                "an event was put on a bus that does not exist"
            );
            return id;
        };
        let mut matched = Vec::new();
        let mut targets = Vec::new();
        for rule in rules
            .values()
            .filter(|rule| rule.enabled && rule.pattern.matches(&envelope))
        {
            matched.push(rule.name.clone());
            targets.extend(
                rule.targets
                    .values()
                    .map(|target| (rule.name.clone(), target.clone())),
            );
        }
        let put = PutRecord {
            event_id: id.clone(),
            bus: bus.to_owned(),
            source: source.to_owned(),
            detail_type: detail_type.to_owned(),
            rules: matched,
            at: now,
        };
        let _whole = self.shelf.whole();
        self.keep_put(state.puts.next(), &put);
        state.puts.push(put);
        let mishaps = |(rule, target): (String, Target)| {
            let mishaps = self.mishaps(&rule, &target.id, detail_type);
            mishaps
                .into_iter()
                .map(move |mishap| (rule.clone(), target.clone(), mishap))
        };
        for (rule, target, mishap) in targets.into_iter().flat_map(mishaps) {
            let number = state.deliveries.next();
            state.deliveries.push(Delivery {
                event_id: id.clone(),
                at: now,
                bus: bus.to_owned(),
                rule_arn: rule_arn(bus, &rule),
                rule,
                target_id: target.id.clone(),
                target_arn: target.arn.clone(),
                attempts: 0,
                outcome: Outcome::Pending,
                dead_letter: false,
            });
            self.keep_pending(number, &state, &target, &envelope);
            tokio::spawn(Arc::clone(self).deliver(number, target, envelope.clone(), 0, mishap));
        }
        id
    }
}

/// The entry's detail, or (ErrorCode, ErrorMessage).
fn check(entry: &Value) -> Result<Value, (&'static str, String)> {
    for field in ["Source", "DetailType", "Detail"] {
        if optional(entry, field).is_none_or(str::is_empty) {
            let message =
                format!("Parameter {field} is not valid. Reason: {field} is a required argument.");
            return Err(("InvalidArgument", message));
        }
    }
    if optional(entry, "Source").is_some_and(|source| source.starts_with("aws.")) {
        return Err((
            "NotAuthorizedForSourceException",
            "Not authorized for the source.".to_owned(),
        ));
    }
    match serde_json::from_str(optional(entry, "Detail").unwrap_or_default()) {
        Ok(detail @ Value::Object(_)) => Ok(detail),
        _ => Err(("MalformedDetail", "Detail is malformed.".to_owned())),
    }
}

/// An entry's size as AWS counts it: 14 bytes for a time, and the texts.
fn size(entry: &Value) -> usize {
    let texts: usize = ["Source", "DetailType", "Detail"]
        .iter()
        .filter_map(|name| optional(entry, name))
        .map(str::len)
        .sum();
    let resources = entry.get("Resources").and_then(Value::as_array);
    let resources: usize = resources
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::len)
        .sum();
    texts + resources + if entry.get("Time").is_some() { 14 } else { 0 }
}
