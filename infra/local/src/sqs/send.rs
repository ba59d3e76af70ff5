//! SendMessage.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Sqs;
use super::attributes;
use super::error::{number, required};
use super::queue::check_body;
use crate::server::error::AwsError;

impl Sqs {
    pub(super) fn send_message(&self, input: &Value) -> Result<Value, AwsError> {
        let body = required(input, "MessageBody")?;
        let attributes = attributes::read(input)?;
        let now = self.clock.now();
        let answer = self.with_queue(input, |queue| {
            check_body(queue, body, &attributes)?;
            let delay = number(input, "DelaySeconds", 0, 900, queue.setting("DelaySeconds"))?;
            let digest = attributes::digest(&attributes);
            let message = queue.push(
                body.to_owned(),
                attributes,
                now,
                now + TimeDelta::seconds(delay),
            );
            let mut answer = json!({
                "MessageId": message.id,
                "MD5OfMessageBody": attributes::digest_of_body(body),
            });
            if let Some(digest) = digest {
                answer["MD5OfMessageAttributes"] = Value::from(digest);
            }
            Ok(answer)
        })?;
        self.news.notify_waiters();
        Ok(answer)
    }
}
