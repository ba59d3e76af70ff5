//! One queue: its attributes and its messages.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::arn;
use super::attributes::Attributes;
use super::error::invalid;
use super::message::Message;
use crate::derived;
use crate::server::error::AwsError;
use crate::store::Shelf;

/// The attributes that may be set: name, least, most, default.
const SETTINGS: [(&str, i64, i64, i64); 5] = [
    ("DelaySeconds", 0, 900, 0),
    ("MaximumMessageSize", 1024, 1_048_576, 1_048_576),
    ("MessageRetentionPeriod", 60, 1_209_600, 345_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 20, 0),
    ("VisibilityTimeout", 0, 43_200, 30),
];

/// A queue.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) name: String,
    /// Only those that were given.
    pub(super) given: BTreeMap<String, i64>,
    /// Oldest first.
    pub(super) messages: Vec<Message>,
    pub(super) created: DateTime<Utc>,
    /// Messages ever sent.
    pub(super) sent: u64,
    /// Where it is kept.
    pub(super) shelf: Shelf,
}

impl Queue {
    pub(super) fn new(
        name: &str,
        given: BTreeMap<String, i64>,
        now: DateTime<Utc>,
        shelf: Shelf,
    ) -> Self {
        Self {
            name: name.to_owned(),
            given,
            messages: Vec::new(),
            created: now,
            sent: 0,
            shelf,
        }
    }

    /// An attribute that may be set, in its own unit (seconds or bytes).
    pub(super) fn setting(&self, name: &str) -> i64 {
        let default = SETTINGS
            .iter()
            .find(|(setting, ..)| *setting == name)
            .map_or(0, |(.., default)| *default);
        self.given.get(name).copied().unwrap_or(default)
    }

    /// Adds a message that nobody receives before `visible_at`.
    pub(super) fn push(
        &mut self,
        body: String,
        attributes: Attributes,
        now: DateTime<Utc>,
        visible_at: DateTime<Utc>,
    ) -> &Message {
        self.sent += 1;
        let id = derived::id(
            "message",
            &format!("{}@{}", self.name, self.created),
            self.sent,
        );
        self.messages.push(Message {
            number: self.sent,
            id: id.to_string(),
            body,
            attributes,
            sent: now,
            visible_at,
            received: 0,
            first_received: None,
        });
        let message = &self.messages[self.messages.len() - 1];
        self.keep_message(message);
        self.keep();
        message
    }

    /// Forgets what is older than the retention period.
    pub(super) fn forget_old(&mut self, now: DateTime<Utc>) {
        let kept = TimeDelta::seconds(self.setting("MessageRetentionPeriod"));
        self.retain(|message| now - message.sent < kept);
    }

    /// All attributes, as GetQueueAttributes writes them.
    pub(super) fn attributes(&self, now: DateTime<Utc>) -> BTreeMap<&'static str, String> {
        let count = |wanted: &dyn Fn(&Message) -> bool| {
            self.messages
                .iter()
                .filter(|message| wanted(message))
                .count()
                .to_string()
        };
        let created = self.created.timestamp().to_string();
        let mut all = BTreeMap::from([
            ("QueueArn", arn(&self.name)),
            ("CreatedTimestamp", created.clone()),
            ("LastModifiedTimestamp", created),
            ("SqsManagedSseEnabled", "true".to_owned()),
            (
                "ApproximateNumberOfMessages",
                count(&|message| message.visible_at <= now),
            ),
            (
                "ApproximateNumberOfMessagesNotVisible",
                count(&|message| message.is_in_flight(now)),
            ),
            (
                "ApproximateNumberOfMessagesDelayed",
                count(&|message| message.received == 0 && message.visible_at > now),
            ),
        ]);
        all.extend(SETTINGS.map(|(name, ..)| (name, self.setting(name).to_string())));
        all
    }
}

/// One attribute of CreateQueue.
pub(super) fn read_setting(name: &str, value: &str) -> Result<i64, AwsError> {
    let Some((_, least, most, _)) = SETTINGS.iter().find(|(setting, ..)| *setting == name) else {
        let message = if name.starts_with("Fifo") || name == "ContentBasedDeduplication" {
            "The place has standard queues only: leave FIFO attributes out.".to_owned()
        } else {
            format!("Unknown Attribute {name}.")
        };
        return Err(AwsError::new("InvalidAttributeName", message));
    };
    let number = value.parse().ok();
    number
        .filter(|number| (least..=most).contains(&number))
        .ok_or_else(|| {
            AwsError::new(
                "InvalidAttributeValue",
                format!("Invalid value for the parameter {name}."),
            )
        })
}

/// A body that SQS takes: not empty, not over the queue's size.
pub(super) fn check_body(
    queue: &Queue,
    body: &str,
    attributes: &Attributes,
) -> Result<(), AwsError> {
    let most = queue.setting("MaximumMessageSize");
    let of_attributes: usize = attributes
        .iter()
        .map(|(name, value)| {
            let fields = value.as_object().into_iter().flatten();
            name.len()
                + fields
                    .filter_map(|(_, text)| text.as_str())
                    .map(str::len)
                    .sum::<usize>()
        })
        .sum();
    if i64::try_from(body.len() + of_attributes).unwrap_or(i64::MAX) > most {
        return Err(invalid(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
        )));
    }
    let allowed = |one: char| matches!(one, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if body.is_empty() || !body.chars().all(allowed) {
        return Err(AwsError::new(
            "InvalidMessageContents",
            "The message is empty or contains characters outside the allowed set.",
        ));
    }
    Ok(())
}
