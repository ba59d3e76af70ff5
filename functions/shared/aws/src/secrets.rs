//! Secrets by id or ARN, kept for a while: a warm function asks once in five
//! minutes, and can ask again at once when a value proves wrong.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use secrecy::SecretString;
use tokio::sync::Mutex;

use crate::config::Config;
use crate::error::{StoreError, failed};

/// How long a value is good for where the caller says nothing else.
pub const MAX_AGE: Duration = Duration::from_secs(300);

/// A client that remembers.
#[derive(Debug)]
pub struct Secrets {
    client: Client,
    clock: Clock,
    max_age: Duration,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A value and when it was read. `SecretString` keeps it out of `Debug`.
#[derive(Debug, Clone)]
struct Kept {
    value: SecretString,
    read: DateTime<Utc>,
}

impl Secrets {
    /// Values are read again after `max_age`.
    pub fn new(config: &Config, clock: Clock, max_age: Duration) -> Self {
        Self {
            client: Client::new(config.sdk()),
            clock,
            max_age,
            kept: Mutex::default(),
        }
    }

    /// The current value; asked for where the kept one is too old.
    pub async fn get(&self, id: &str) -> Result<SecretString, StoreError> {
        self.no_older_than(id, self.max_age).await
    }

    /// The value as it was at most `age` ago: for a value that proved wrong.
    pub async fn no_older_than(&self, id: &str, age: Duration) -> Result<SecretString, StoreError> {
        // Held over the call, so that a burst asks once.
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        if let Some(kept) = kept.get(id)
            && (now - kept.read).to_std().is_ok_and(|old| old < age)
        {
            return Ok(kept.value.clone());
        }
        let value = self.read(id).await?;
        kept.insert(
            id.to_owned(),
            Kept {
                value: value.clone(),
                read: now,
            },
        );
        Ok(value)
    }

    async fn read(&self, id: &str) -> Result<SecretString, StoreError> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(id)
            .send()
            .await
            .map_err(|error| failed!("GetSecretValue", error))?;
        match answer.secret_string {
            Some(value) if !value.is_empty() => Ok(value.into()),
            _ => Err(StoreError::Refused {
                operation: "GetSecretValue",
                code: "NoSecretString".to_owned(),
                reason: format!("the secret {id} holds no text"),
            }),
        }
    }
}
