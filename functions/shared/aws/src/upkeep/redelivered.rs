//! Notes on failed deliveries that were sent once more.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;

use super::{DELIVERY, Upkeep};
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
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&format!("{DELIVERY}{guid}")))
            .update_expression(
                "SET answered = :answered, redelivered_at = :now, expires_at = :expires ADD attempts :one",
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
