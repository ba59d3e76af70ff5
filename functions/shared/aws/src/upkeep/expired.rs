//! What has expired: notes of the claims table, items of the hand-over table.
//! Of the latter only the key and the time are ever read.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Select};

use super::Upkeep;
use crate::claims::{number, text};
use crate::conditional::written;
use crate::config::Config;
use crate::error::{StoreError, failed};

/// Pages of 1 MB that are read at most.
const PAGES: usize = 10;

/// Keys of the hand-over table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HandoverKeys {
    client: Client,
    table: String,
}

impl HandoverKeys {
    /// A client for the hand-over table named `table`.
    pub fn new(config: &Config, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            table: table.into(),
        }
    }

    /// The keys of items that expired before `before` (epoch seconds).
    pub async fn expired(&self, before: i64) -> Result<Vec<String>, StoreError> {
        let mut keys = Vec::new();
        let mut start = None;
        for _ in 0..PAGES {
            let page = self
                .client
                .scan()
                .table_name(&self.table)
                .select(Select::SpecificAttributes)
                .projection_expression("pk, expires_at")
                .filter_expression("expires_at < :before")
                .expression_attribute_values(":before", number(before))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| failed!("Scan", error))?;
            for mut item in page.items.unwrap_or_default() {
                if let Some(AttributeValue::S(pk)) = item.remove("pk") {
                    keys.push(pk);
                }
            }
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                break;
            }
        }
        keys.sort();
        Ok(keys)
    }

    /// Removes the item under `key` where it expired before `before` (epoch seconds).
    pub async fn remove(&self, key: &str, before: i64) -> Result<bool, StoreError> {
        remove_expired(&self.client, &self.table, key, before).await
    }
}

impl Upkeep {
    /// Removes the note under `key` where it expired before `before` (epoch seconds).
    pub async fn remove_note(&self, key: &str, before: i64) -> Result<bool, StoreError> {
        remove_expired(&self.client, &self.table, key, before).await
    }
}

async fn remove_expired(
    client: &Client,
    table: &str,
    key: &str,
    before: i64,
) -> Result<bool, StoreError> {
    let sent = client
        .delete_item()
        .table_name(table)
        .key("pk", text(key))
        .condition_expression("expires_at < :before")
        .expression_attribute_values(":before", number(before))
        .send()
        .await;
    written("DeleteItem", sent)
}
