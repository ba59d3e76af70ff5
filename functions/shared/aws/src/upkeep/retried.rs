//! Notes on what was tried again, so that it is not tried for ever.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

use super::{DELIVERY, START, Upkeep};
use crate::claims::{number, text};
use crate::error::{StoreError, failed};

impl Upkeep {
    /// Writes down that the failed attempt `answered` of the delivery `guid`
    /// was answered with one more at `now`; the note expires at `expires`
    /// (epoch seconds).
    pub async fn note_redelivery(
        &self,
        guid: &str,
        answered: u64,
        now: i64,
        expires: i64,
    ) -> Result<(), StoreError> {
        let key = format!("{DELIVERY}{guid}");
        self.note(&key, answered, now, expires).await
    }

    /// Writes down that the event of the job with the claim `claim` was put on
    /// the bus again at `now`; the note expires at `expires` (epoch seconds).
    pub async fn note_start(&self, claim: &str, now: i64, expires: i64) -> Result<(), StoreError> {
        self.note(&format!("{START}{claim}"), 0, now, expires).await
    }

    async fn note(
        &self,
        key: &str,
        answered: u64,
        now: i64,
        expires: i64,
    ) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(key))
            .update_expression(
                "SET answered = :answered, retried_at = :now, expires_at = :expires ADD attempts :one",
            )
            .expression_attribute_values(":answered", number(answered))
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":one", number(1))
            .send()
            .await
            .map_err(|error| failed!("UpdateItem", error))?;
        Ok(())
    }
}
