//! A message, and how a receiver sees it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::attributes::{self, Attributes};
use crate::ACCOUNT;

/// A message of a queue.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Message {
    /// Its number among all messages of its queue.
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) body: String,
    pub(super) attributes: Attributes,
    pub(super) sent: DateTime<Utc>,
    /// Nobody receives it before.
    pub(super) visible_at: DateTime<Utc>,
    /// How often it was received.
    pub(super) received: u64,
    pub(super) first_received: Option<DateTime<Utc>>,
}

impl Message {
    /// The last receipt's handle: the only one that settles the message. AWS may or may
    /// not take an older one; nobody can rely on that.
    pub(super) fn handle(&self) -> String {
        format!("{}.{}", self.id, self.received)
    }

    /// Whether the handle is one that this message was ever received with.
    pub(super) fn has_handle(&self, handle: &str) -> bool {
        let receipt = handle
            .rsplit_once('.')
            .filter(|(id, _)| *id == self.id)
            .and_then(|(_, receipt)| receipt.parse::<u64>().ok());
        receipt.is_some_and(|receipt| (1..=self.received).contains(&receipt))
    }

    /// Received, and its time is not over.
    pub(super) fn is_in_flight(&self, now: DateTime<Utc>) -> bool {
        self.received > 0 && self.visible_at > now
    }

    /// As ReceiveMessage gives it.
    pub(super) fn to_wire(&self, system: &[&str], own: &[&str]) -> Value {
        let mut wire = json!({
            "MessageId": self.id,
            "ReceiptHandle": self.handle(),
            "MD5OfBody": attributes::digest_of_body(&self.body),
            "Body": self.body,
        });
        let first = self.first_received.unwrap_or(self.sent);
        let all = [
            ("SenderId", ACCOUNT.to_owned()),
            ("SentTimestamp", self.sent.timestamp_millis().to_string()),
            ("ApproximateReceiveCount", self.received.to_string()),
            (
                "ApproximateFirstReceiveTimestamp",
                first.timestamp_millis().to_string(),
            ),
        ];
        let asked = |name: &str| system.contains(&"All") || system.contains(&name);
        let shown: serde_json::Map<String, Value> = all
            .into_iter()
            .filter(|(name, _)| asked(name))
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect();
        if !shown.is_empty() {
            wire["Attributes"] = Value::from(shown);
        }
        let chosen = attributes::chosen(&self.attributes, own);
        if let Some(digest) = attributes::digest(&chosen) {
            wire["MD5OfMessageAttributes"] = Value::from(digest);
            wire["MessageAttributes"] = json!(chosen);
        }
        wire
    }
}
