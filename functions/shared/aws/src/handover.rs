//! The hand-over table: one item a runner, holding its JIT config, readable
//! once. Whoever wins the delete owns the start of the container.
//!
//! The container takes the item with [`Handover::take`], which is never
//! retried: an answer that was lost has spent the item, and the machine mints
//! anew. Clean-up takes it with [`Handover::discard`].

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::config::Config;
use crate::error::{Effect, StoreError, failed};

/// The table's client.
#[derive(Debug, Clone)]
pub struct Handover {
    client: Client,
    /// Never retries: for the one call whose repetition would find nothing.
    once: Client,
    table: String,
}

/// Who took an item that is gone now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// We did: no container can start with it any more.
    Won,
    /// Somebody before us, or it never was: a container may be running with it.
    Lost,
}

/// Why the container has no JIT config.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Taken before, or discarded by clean-up.
    #[error(
        "the hand-over item is gone: it was taken before or discarded; a new runner must be minted"
    )]
    Gone,
    /// Its time is over; it is still there, and useless.
    #[error(
        "the hand-over item has expired: the container started too late; a new runner must be minted"
    )]
    Expired,
    /// The table could not be asked, or refused the call: nothing was taken.
    #[error("the hand-over table could not be asked, nothing was taken: {0}")]
    Unreachable(#[source] StoreError),
    /// The item may have been taken, but the answer did not arrive, or holds no JIT config.
    #[error(
        "the answer of the hand-over table was lost, so its item counts as spent: {0}; a new runner must be minted"
    )]
    LostAnswer(String),
}

impl Handover {
    /// A client for the table named `table`.
    pub fn new(config: &Config, table: impl Into<String>) -> Self {
        let once = aws_sdk_dynamodb::config::Builder::from(config.sdk())
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .build();
        Self {
            client: Client::new(config.sdk()),
            once: Client::from_conf(once),
            table: table.into(),
        }
    }

    /// Lays a JIT config down under `key` until `expires`. What lay there before is replaced.
    pub async fn put(
        &self,
        key: &str,
        jit: &SecretString,
        expires: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .item("pk", AttributeValue::S(key.to_owned()))
            .item(
                "jit_config",
                AttributeValue::S(jit.expose_secret().to_owned()),
            )
            .item(
                "expires_at",
                AttributeValue::N(expires.timestamp().to_string()),
            )
            .send()
            .await
            .map_err(|error| failed!("PutItem", error))?;
        Ok(())
    }

    /// Takes the JIT config under `key`: read and removed in one atomic call, tried once.
    pub async fn take(&self, key: &str, now: DateTime<Utc>) -> Result<SecretString, TakeError> {
        let answer = self
            .once
            .delete_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(key.to_owned()))
            .condition_expression("attribute_exists(pk) AND expires_at > :now")
            .expression_attribute_values(":now", AttributeValue::N(now.timestamp().to_string()))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(OnFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(answer) => match answer.attributes.and_then(|mut i| i.remove("jit_config")) {
                Some(AttributeValue::S(jit)) => Ok(jit.into()),
                _ => Err(TakeError::LostAnswer("it holds no jit_config".to_owned())),
            },
            Err(error) => {
                if let Some(DeleteItemError::ConditionalCheckFailedException(failed)) =
                    error.as_service_error()
                {
                    return Err(match failed.item() {
                        Some(item) if !item.is_empty() => TakeError::Expired,
                        _ => TakeError::Gone,
                    });
                }
                Err(match failed!("DeleteItem", error) {
                    StoreError::Unavailable {
                        reason,
                        effect: Effect::Unknown,
                        ..
                    } => TakeError::LostAnswer(reason),
                    nothing_taken => TakeError::Unreachable(nothing_taken),
                })
            }
        }
    }

    /// Removes the item under `key`, expired or not, and says who got it.
    ///
    /// A retry inside may turn a win into [`Taken::Lost`], never the other way
    /// round: the caller is then merely more careful than it needs to be.
    pub async fn discard(&self, key: &str) -> Result<Taken, StoreError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(key.to_owned()))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| failed!("DeleteItem", error))?;
        Ok(match answer.attributes {
            Some(item) if !item.is_empty() => Taken::Won,
            _ => Taken::Lost,
        })
    }
}
