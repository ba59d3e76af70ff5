//! ReceiveMessage: takes what is visible, or waits for it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Sqs;
use super::error::number;
use super::queues::texts;
use crate::server::error::AwsError;

/// What one look at a queue saw.
enum Look {
    Messages(Vec<Value>),
    /// Nothing is visible; the next message will be in this time, if any.
    Nothing(Option<Duration>),
}

impl Sqs {
    pub(super) async fn receive_message(&self, input: &Value) -> Result<Value, AwsError> {
        let wait = self.with_queue(input, |queue| {
            let default = queue.setting("ReceiveMessageWaitTimeSeconds");
            number(input, "WaitTimeSeconds", 0, 20, default)
        })?;
        let patience = Duration::from_secs(wait.unsigned_abs());
        let end = Instant::now() + patience;
        loop {
            // Asked for before the look, so that nothing sent in between is missed.
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let next = match self.look(input)? {
                // AWS leaves the field out where there is nothing.
                Look::Messages(messages) => return Ok(json!({"Messages": messages})),
                Look::Nothing(next) => next,
            };
            if Instant::now() >= end || self.closing.load(Ordering::SeqCst) {
                return Ok(json!({}));
            }
            let until = next.map_or(end, |next| end.min(Instant::now() + next));
            tokio::select! {
                biased;
                () = news => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    fn look(&self, input: &Value) -> Result<Look, AwsError> {
        let system = [
            texts(input, "AttributeNames"),
            texts(input, "MessageSystemAttributeNames"),
        ]
        .concat();
        let own = texts(input, "MessageAttributeNames");
        let most = number(input, "MaxNumberOfMessages", 1, 10, 1)?;
        let now = self.clock.now();
        self.with_queue(input, |queue| {
            let default = queue.setting("VisibilityTimeout");
            let hidden = number(input, "VisibilityTimeout", 0, 43_200, default)?;
            queue.forget_old(now);
            let most = usize::try_from(most).unwrap_or(1);
            let mut messages = Vec::new();
            queue.change(
                most,
                |message| message.visible_at <= now,
                |message| {
                    message.received += 1;
                    message.first_received.get_or_insert(now);
                    message.visible_at = now + TimeDelta::seconds(hidden);
                    messages.push(message.to_wire(&system, &own));
                },
            );
            if messages.is_empty() {
                let next = queue
                    .messages
                    .iter()
                    .map(|message| message.visible_at)
                    .min();
                return Ok(Look::Nothing(next.map(|at| until(now, at))));
            }
            Ok(Look::Messages(messages))
        })
    }
}

/// At least a millisecond: timers have no finer steps.
fn until(now: DateTime<Utc>, at: DateTime<Utc>) -> Duration {
    let wait = (at - now).to_std().unwrap_or_default();
    wait.max(Duration::from_millis(1))
}
