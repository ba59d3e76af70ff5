//! An execution's history, as `GetExecutionHistory` shows it.
//!
//! Ids count from 1. `previous_event_id` follows one thread of control; the
//! first state's entry points at 0, as on AWS. The details keep the JSON texts
//! that the execution already holds, and become JSON only in `to_wire`.

mod details;
mod kind;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use details::{Details, Service};
pub use kind::Kind;

/// One event of the history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryEvent {
    /// Counts from 1.
    pub id: u64,
    /// The event before this one in the same thread of control; 0 for none.
    pub previous_event_id: u64,
    /// When it happened.
    pub timestamp: DateTime<Utc>,
    /// The event's type.
    pub kind: Kind,
    pub(crate) details: Details,
}

impl HistoryEvent {
    /// The details under their key, for example
    /// `("stateEnteredEventDetails", {"name": …, "input": …})`.
    pub fn details(&self) -> Option<(String, Value)> {
        self.details
            .to_wire()
            .map(|details| (self.details_key(), Value::Object(details)))
    }

    /// The event in `GetExecutionHistory`'s form; the time in epoch seconds.
    pub fn to_wire(&self) -> Value {
        #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 fit a double exactly
        let seconds = self.timestamp.timestamp_millis() as f64 / 1000.0;
        let mut wire = Map::new();
        wire.insert("timestamp".into(), json!(seconds));
        wire.insert("type".into(), json!(self.kind.0));
        wire.insert("id".into(), json!(self.id));
        wire.insert("previousEventId".into(), json!(self.previous_event_id));
        if let Some((key, details)) = self.details() {
            wire.insert(key, details);
        }
        Value::Object(wire)
    }

    fn details_key(&self) -> String {
        match &self.details {
            Details::Entered { .. } => "stateEnteredEventDetails".to_owned(),
            Details::Exited { .. } => "stateExitedEventDetails".to_owned(),
            _ => {
                let mut key = self.kind.0.to_owned();
                key[..1].make_ascii_lowercase();
                key.push_str("EventDetails");
                key
            }
        }
    }
}
