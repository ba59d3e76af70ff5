//! What GitHub told one of the fleet's functions, for all of them: an item of
//! the claims table, `github#limit#<installation id>`, that says until when
//! GitHub is not to be called. A later time replaces an earlier one, never the
//! other way round.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::rate_limit;

use crate::conditional::written;
use crate::config::Config;
use crate::error::{StoreError, failed};

/// The item of one installation.
#[derive(Debug, Clone)]
pub struct Limits {
    client: Client,
    table: String,
    key: String,
}

/// Later only: the answers of two functions may cross.
const LATER: &str = "attribute_not_exists(#until) OR #until < :until";

impl Limits {
    /// The item in the claims table `table`.
    pub fn new(config: &Config, table: impl Into<String>, installation: u64) -> Self {
        Self {
            client: Client::new(config.sdk()),
            table: table.into(),
            key: rate_limit::key(installation),
        }
    }

    /// Epoch seconds before which GitHub is not to be called; it may be past.
    /// Read consistently, so that what one function was told, the next one obeys.
    pub async fn until(&self) -> Result<Option<i64>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(self.key.clone()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| failed!("GetItem", error))?;
        let until = answer.item.as_ref().and_then(|item| item.get("until"));
        Ok(until.and_then(|until| until.as_n().ok()?.parse().ok()))
    }

    /// Writes `until` down (epoch seconds), seen at `seen_at`; nothing where a
    /// later time stands there. The table's own sweep takes the item a day later.
    pub async fn note(&self, until: i64, seen_at: i64) -> Result<(), StoreError> {
        let number = |value: i64| AttributeValue::N(value.to_string());
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(self.key.clone()))
            .update_expression("SET #until = :until, seen_at = :seen, expires_at = :expires")
            .condition_expression(LATER)
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":until", number(until))
            .expression_attribute_values(":seen", number(seen_at))
            .expression_attribute_values(
                ":expires",
                number(until.saturating_add(rate_limit::KEPT_SECONDS)),
            )
            .send()
            .await;
        written("UpdateItem", sent).map(drop)
    }
}
