//! One event on the bus. PutEvents answers 200 even where it took nothing, so
//! a refused entry is made an error here.

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use crate::config::Config;
use crate::error::{Effect, StoreError, failed};

/// A client for one bus.
#[derive(Debug, Clone)]
pub struct Events {
    client: Client,
    bus: String,
}

impl Events {
    /// A client for the bus named `bus` (name or ARN).
    pub fn new(config: &Config, bus: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            bus: bus.into(),
        }
    }

    /// Puts one event with `detail` (JSON text) and returns its id.
    pub async fn put(
        &self,
        source: &str,
        detail_type: &str,
        detail: String,
    ) -> Result<String, StoreError> {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(source)
            .detail_type(detail_type)
            .detail(detail)
            .build();
        let answer = self
            .client
            .put_events()
            .entries(entry)
            .send()
            .await
            .map_err(|error| failed!("PutEvents", error))?;
        let entry = answer.entries.unwrap_or_default().into_iter().next();
        match entry.and_then(|entry| {
            entry
                .event_id
                .ok_or((entry.error_code, entry.error_message))
                .map_or_else(|refused| Some(Err(refused)), |id| Some(Ok(id)))
        }) {
            Some(Ok(id)) if answer.failed_entry_count == 0 => Ok(id),
            Some(Err((code, message))) => Err(refused(code, message)),
            _ => Err(refused(None, None)),
        }
    }
}

fn refused(code: Option<String>, message: Option<String>) -> StoreError {
    let code = code.unwrap_or_else(|| "no code".to_owned());
    let reason = format!("{code}: {}", message.unwrap_or_default());
    match code.as_str() {
        "ThrottlingException" => StoreError::Throttled {
            operation: "PutEvents",
            reason,
        },
        "InternalFailure" | "InternalException" | "no code" => StoreError::Unavailable {
            operation: "PutEvents",
            reason,
            effect: Effect::None,
        },
        _ => StoreError::Refused {
            operation: "PutEvents",
            code,
            reason,
        },
    }
}
