//! What of SQS is kept: queues and their messages, with how often each was received.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Sqs;
use super::message::Message;
use super::queue::Queue;
use crate::store::{DataError, Records, number};

const QUEUE: &str = "sqs.queue";
const MESSAGE: &str = "sqs.message";

/// A queue without its messages.
#[derive(Serialize, Deserialize)]
struct KeptQueue {
    given: BTreeMap<String, i64>,
    created: DateTime<Utc>,
    sent: u64,
}

impl Queue {
    /// Keeps the queue as it is.
    pub(super) fn keep(&self) {
        if self.shelf.is_kept() {
            let kept = KeptQueue {
                given: self.given.clone(),
                created: self.created,
                sent: self.sent,
            };
            self.shelf.put(&[QUEUE, &self.name], &kept);
        }
    }

    pub(super) fn keep_message(&self, message: &Message) {
        if self.shelf.is_kept() {
            let key = [MESSAGE, &self.name, &number(message.number)];
            self.shelf.put(&key, message);
        }
    }

    /// Changes up to so many messages of those that fit, the oldest first.
    pub(super) fn change(
        &mut self,
        most: usize,
        fits: impl Fn(&Message) -> bool,
        mut change: impl FnMut(&mut Message),
    ) {
        let found = self.messages.iter().enumerate();
        let found = found.filter(|(_, message)| fits(message));
        let places: Vec<usize> = found.map(|(at, _)| at).take(most).collect();
        for at in places {
            change(&mut self.messages[at]);
            self.keep_message(&self.messages[at]);
        }
    }

    /// Drops the messages that do not fit.
    pub(super) fn retain(&mut self, fits: impl Fn(&Message) -> bool) {
        let (shelf, name) = (&self.shelf, &self.name);
        self.messages.retain(|message| {
            let stays = fits(message);
            if !stays {
                shelf.remove(&[MESSAGE, name, &number(message.number)]);
            }
            stays
        });
    }

    /// Keeps no more of a queue that was deleted.
    pub(super) fn forget(&mut self) {
        let _whole = self.shelf.whole();
        self.retain(|_| false);
        self.shelf.remove(&[QUEUE, &self.name]);
    }
}

impl Sqs {
    /// A new queue, kept from now on.
    pub(super) fn new_queue(
        &self,
        name: &str,
        given: BTreeMap<String, i64>,
        now: DateTime<Utc>,
    ) -> Queue {
        let queue = Queue::new(name, given, now, self.shelf.clone());
        queue.keep();
        queue
    }

    /// Fills the service with what it kept.
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut queues = self.lock();
        for (parts, kept) in records.take::<KeptQueue>(QUEUE)? {
            let name = parts.into_iter().next().unwrap_or_default();
            let mut queue = Queue::new(&name, kept.given, kept.created, self.shelf.clone());
            queue.sent = kept.sent;
            queues.insert(name, queue);
        }
        for (parts, message) in records.take::<Message>(MESSAGE)? {
            let queue = parts.first().and_then(|name| queues.get_mut(name));
            if let Some(queue) = queue {
                queue.messages.push(message);
            }
        }
        Ok(())
    }
}
