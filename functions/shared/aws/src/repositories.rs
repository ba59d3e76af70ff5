//! The repositories whose jobs were seen lately, in the claims table beside the
//! claims: GitHub has no list of an organisation's queued jobs, so whoever
//! looks for forgotten ones needs to know where.
//!
//! Items have the key `repo#<owner/name>`, `seen_at` and `expires_at` (epoch
//! seconds). They are written once an hour at most, and a process that has just
//! noted one does not even ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::conditional::written;
use crate::config::Config;
use crate::error::{StoreError, failed};

/// What the keys begin with.
const PREFIX: &str = "repo#";
/// A repository that was seen so lately is not written again, seconds.
pub const ONCE_IN: i64 = 3600;
/// A repository without a job for so long is forgotten, seconds.
pub const KEPT: i64 = 7 * 24 * 3600;

/// The table's client.
#[derive(Debug, Clone)]
pub struct Repositories {
    client: Client,
    table: String,
    /// When this process last noted which, epoch seconds.
    noted: Arc<Mutex<HashMap<String, i64>>>,
}

impl Repositories {
    /// A client for the claims table named `table`.
    pub fn new(config: &Config, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            table: table.into(),
            noted: Arc::default(),
        }
    }

    /// Notes that a job of `repository` (`owner/name`) was seen at `now` (epoch
    /// seconds).
    pub async fn note(&self, repository: &str, now: i64) -> Result<(), StoreError> {
        let before = now.saturating_sub(ONCE_IN);
        if self.noted(repository).is_some_and(|at| at >= before) {
            return Ok(());
        }
        self.write(repository, now, before).await?;
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.retain(|_, at| *at >= before);
        noted.insert(repository.to_owned(), now);
        Ok(())
    }

    fn noted(&self, repository: &str) -> Option<i64> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.get(repository).copied()
    }

    async fn write(&self, repository: &str, now: i64, before: i64) -> Result<(), StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(format!("{PREFIX}{repository}")))
            .update_expression("SET seen_at = :now, expires_at = :expires")
            .condition_expression("attribute_not_exists(seen_at) OR seen_at < :before")
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":expires", number(now.saturating_add(KEPT)))
            .expression_attribute_values(":before", number(before))
            .send()
            .await;
        written("UpdateItem", sent).map(drop)
    }

    /// The repositories seen at `cutoff` (epoch seconds) or later, sorted.
    pub async fn seen_since(&self, cutoff: i64) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .client
                .scan()
                .table_name(&self.table)
                .projection_expression("pk")
                .filter_expression("begins_with(pk, :prefix) AND seen_at >= :cutoff")
                .expression_attribute_values(":prefix", AttributeValue::S(PREFIX.to_owned()))
                .expression_attribute_values(":cutoff", number(cutoff))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| failed!("Scan", error))?;
            let keys = page.items.unwrap_or_default();
            found.extend(keys.iter().filter_map(|item| match item.get("pk") {
                Some(AttributeValue::S(pk)) => pk.strip_prefix(PREFIX).map(str::to_owned),
                _ => None,
            }));
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                break;
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
