//! DeleteMessage and ChangeMessageVisibility: what a receiver does with its message.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Sqs;
use super::error::{bad_handle, number, required};
use crate::server::error::AwsError;

impl Sqs {
    /// Deletes the message whose last handle this is; none is no error, as on AWS.
    pub(super) fn delete_message(&self, input: &Value) -> Result<Value, AwsError> {
        let handle = required(input, "ReceiptHandle")?;
        self.with_queue(input, |queue| {
            // A handle has the form that this place gives: an id and a number.
            let formed = handle
                .rsplit_once('.')
                .is_some_and(|(_, receipt)| receipt.parse::<u64>().is_ok());
            if !formed {
                return Err(bad_handle(handle));
            }
            queue.retain(|message| message.received == 0 || message.handle() != handle);
            Ok(json!({}))
        })
    }

    /// Hides the message for so many seconds from now; 0 shows it again at once.
    pub(super) fn change_message_visibility(&self, input: &Value) -> Result<Value, AwsError> {
        let handle = required(input, "ReceiptHandle")?;
        if input.get("VisibilityTimeout").is_none_or(Value::is_null) {
            return Err(AwsError::new(
                "MissingParameter",
                "The request must contain the parameter VisibilityTimeout.",
            ));
        }
        let seconds = number(input, "VisibilityTimeout", 0, 43_200, 0)?;
        let now = self.clock.now();
        self.with_queue(input, |queue| {
            let message = queue
                .messages
                .iter()
                .find(|message| message.has_handle(handle))
                .ok_or_else(|| bad_handle(handle))?;
            if message.handle() != handle || !message.is_in_flight(now) {
                let message = format!("Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.");
                return Err(AwsError::new("MessageNotInflight", message));
            }
            let id = message.id.clone();
            queue.change(1, |message| message.id == id, |message| {
                message.visible_at = now + TimeDelta::seconds(seconds);
            });
            Ok(())
        })?;
        self.news.notify_waiters();
        Ok(json!({}))
    }
}
