//! Asynchronous events: taken at once, dealt with later, tried three times as on AWS.
//!
//! An event that was taken outlives the place where state is kept. One that a function
//! had when the place was killed is given to it once more, as AWS may do as well.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{EVENT_PAYLOAD_LIMIT, Lambda, too_large};
use crate::server::error::AwsError;

/// How long an event rests after each failure, in seconds.
const RESTS: [u64; 3] = [60, 120, 0];

/// An event on its way to a function.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(super) function: String,
    pub(super) payload: Bytes,
    pub(super) failures: usize,
}

impl Lambda {
    /// Takes an event and answers at once; a failure is tried twice more, as AWS does.
    ///
    /// # Errors
    /// Unknown function, payload too large.
    pub fn invoke_later(self: &Arc<Self>, name: &str, payload: Bytes) -> Result<String, AwsError> {
        self.function(name)?;
        if payload.len() > EVENT_PAYLOAD_LIMIT {
            return Err(too_large(EVENT_PAYLOAD_LIMIT));
        }
        let event = Event {
            function: name.to_owned(),
            payload,
            failures: 0,
        };
        let id = self.ids.uuid().to_string();
        self.keep_event(&id, &event);
        tokio::spawn(Arc::clone(self).deal_with(id.clone(), event));
        Ok(id)
    }

    /// Goes on with the events that a start has found.
    pub(crate) fn resume(self: &Arc<Self>, events: Vec<(String, Event)>) {
        for (id, event) in events {
            tokio::spawn(Arc::clone(self).deal_with(id, event));
        }
    }

    async fn deal_with(self: Arc<Self>, id: String, mut event: Event) {
        for rest in RESTS.into_iter().skip(event.failures) {
            match self.invoke(&event.function, event.payload.clone()).await {
                Ok(invocation) if invocation.result.is_ok() => return self.forget_event(&id),
                Err(error) if error.status == 404 => return self.forget_event(&id),
                _ => {}
            }
            event.failures += 1;
            self.keep_event(&id, &event);
            tokio::time::sleep(Duration::from_secs(rest)).await;
        }
        self.forget_event(&id);
        tracing::warn!(
            function = event.function,
            "an asynchronous event failed three times and was dropped"
        );
    }
}
