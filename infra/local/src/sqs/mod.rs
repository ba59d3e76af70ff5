//! SQS's standard queues, in memory: what dead letters need and whoever replays them.
//!
//! Calls take and give the bodies of the JSON protocol (`AmazonSQS.*`). A message that
//! was received is invisible until its time is over by the place's clock; a receiver
//! that waits is woken by the next message. Messages are given oldest first.
//!
//! Source: SQS API reference; the attribute digests of its developer guide.

mod attributes;
mod error;
mod kept;
mod message;
mod queue;
mod queues;
mod receive;
mod send;
mod settle;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

pub(crate) use error::query_error;
use queue::Queue;

use crate::clock::Clock;
use crate::server::error::AwsError;
use crate::store::Shelf;
use crate::{ACCOUNT, REGION};

/// All queues of the place.
pub struct Sqs {
    clock: Clock,
    endpoint: String,
    queues: Mutex<BTreeMap<String, Queue>>,
    /// Wakes receivers: there is a message, or the place ends.
    news: Notify,
    closing: AtomicBool,
    pub(crate) shelf: Shelf,
}

impl Sqs {
    /// No queues yet. `endpoint` is the place's own address, without a slash at its end.
    #[must_use]
    pub fn new(endpoint: String, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            endpoint,
            queues: Mutex::default(),
            news: Notify::new(),
            closing: AtomicBool::new(false),
            shelf: Shelf::default(),
        })
    }

    /// Answers one call of `AmazonSQS.*`. ReceiveMessage waits for as long as it says.
    ///
    /// # Errors
    /// SQS's own, e.g. `QueueDoesNotExist`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub async fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        match operation {
            "CreateQueue" => self.create_queue(&input),
            "GetQueueUrl" => self.get_queue_url(&input),
            "GetQueueAttributes" => self.get_queue_attributes(&input),
            "ListQueues" => self.list_queues(&input),
            "PurgeQueue" => self.purge_queue(&input),
            "DeleteQueue" => self.delete_queue(&input),
            "SendMessage" => self.send_message(&input),
            "ReceiveMessage" => self.receive_message(&input).await,
            "DeleteMessage" => self.delete_message(&input),
            "ChangeMessageVisibility" => self.change_message_visibility(&input),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    /// Creates a queue with default attributes if there is none of that name; answers
    /// its URL.
    ///
    /// # Errors
    /// `InvalidParameterValue` for a name that SQS does not allow.
    pub fn create(&self, name: &str) -> Result<String, AwsError> {
        queues::check_name(name)?;
        let now = self.clock.now();
        self.lock()
            .entry(name.to_owned())
            .or_insert_with(|| self.new_queue(name, BTreeMap::new(), now));
        Ok(self.url(name))
    }

    /// Puts a message on the queue with that ARN; answers the message's id.
    ///
    /// # Errors
    /// `QueueDoesNotExist`.
    pub fn send(
        &self,
        queue_arn: &str,
        body: &str,
        attributes: &BTreeMap<String, String>,
    ) -> Result<String, AwsError> {
        let name = queue_arn.rsplit(':').next().unwrap_or(queue_arn);
        let attributes = attributes::texts(attributes);
        let now = self.clock.now();
        let mut queues = self.lock();
        let queue = queues.get_mut(name).filter(|_| queue_arn == arn(name));
        let queue = queue.ok_or_else(error::no_queue)?;
        let id = queue.push(body.to_owned(), attributes, now, now).id.clone();
        drop(queues);
        self.news.notify_waiters();
        Ok(id)
    }

    /// Bodies and attributes of all messages of a queue, visible or not, oldest first;
    /// nothing for a queue that does not exist.
    #[must_use]
    pub fn messages(&self, name: &str) -> Vec<(String, BTreeMap<String, String>)> {
        let queues = self.lock();
        let queue = queues.get(name);
        let messages = queue.into_iter().flat_map(|queue| &queue.messages);
        messages
            .map(|message| (message.body.clone(), attributes::plain(&message.attributes)))
            .collect()
    }

    /// Wakes whoever waits for a message.
    pub(crate) fn shutdown(&self) {
        self.closing.store(true, Ordering::SeqCst);
        self.news.notify_waiters();
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.endpoint)
    }

    /// Does something with the queue that `QueueUrl` names.
    fn with_queue<T>(
        &self,
        input: &Value,
        act: impl FnOnce(&mut Queue) -> Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        let url = error::required(input, "QueueUrl")?;
        let name = url.rsplit('/').next().unwrap_or(url);
        let mut queues = self.lock();
        act(queues.get_mut(name).ok_or_else(error::no_queue)?)
    }

    /// Whole values are stored under the lock, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A queue's ARN.
#[must_use]
pub fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}
