//! Events that no target took: the dead-letter queue of the bus's rules. A
//! message's body is the event as the rule matched it.
//!
//! Source: EventBridge user guide, "Using dead-letter queues to process
//! undelivered events".

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::MessageSystemAttributeName as Attribute;

use crate::config::Config;
use crate::error::{StoreError, failed};

/// The most that one call gives.
const BATCH: i32 = 10;
/// How long a message is nobody else's, seconds: longer than a period works.
const HIDDEN_SECONDS: i32 = 90;

/// A client for one queue. Cheap to clone.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: Client,
    url: String,
}

/// A message. It is there again after 90 s, unless it is deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadLetter {
    /// SQS's id.
    pub id: String,
    /// What deletes it.
    pub receipt: String,
    /// The event, JSON.
    pub body: String,
    /// When it came into the queue, epoch seconds.
    pub sent_at: i64,
}

impl DeadLetters {
    /// A client for the queue at `url`.
    pub fn new(config: &Config, url: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            url: url.into(),
        }
    }

    /// Ten messages at most; none means that the queue is empty or nearly so.
    pub async fn receive(&self) -> Result<Vec<DeadLetter>, StoreError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(BATCH)
            .visibility_timeout(HIDDEN_SECONDS)
            .message_system_attribute_names(Attribute::SentTimestamp)
            .send()
            .await
            .map_err(|error| failed!("ReceiveMessage", error))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .map(|message| DeadLetter {
                sent_at: message
                    .attributes
                    .as_ref()
                    .and_then(|all| all.get(&Attribute::SentTimestamp))
                    .and_then(|milliseconds| milliseconds.parse::<i64>().ok())
                    .map_or(0, |milliseconds| milliseconds / 1000),
                id: message.message_id.unwrap_or_default(),
                receipt: message.receipt_handle.unwrap_or_default(),
                body: message.body.unwrap_or_default(),
            })
            .collect())
    }

    /// Removes a message that was received.
    pub async fn delete(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        self.client
            .delete_message()
            .queue_url(&self.url)
            .receipt_handle(&letter.receipt)
            .send()
            .await
            .map_err(|error| failed!("DeleteMessage", error))?;
        Ok(())
    }
}
