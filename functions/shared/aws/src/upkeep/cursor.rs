//! Where reconcile was: one item, taken by one period at a time. A period that
//! died gives it back by its lease's end.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::Upkeep;
use crate::claims::{number, text};
use crate::conditional::{condition_failed, written};
use crate::error::{StoreError, failed};

/// The item's key.
const CURSOR: &str = "reconcile#cursor";

/// A period that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the last one was; empty for the first.
    pub cursor: String,
    /// The end of this period's lease, epoch seconds.
    lease: i64,
}

impl Upkeep {
    /// Begins a period at `now`, which lasts until `lease` at most (epoch
    /// seconds). `None` where another one is under way.
    pub async fn begin(&self, now: i64, lease: i64) -> Result<Option<Begun>, StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(CURSOR))
            .update_expression("SET lease_until = :lease")
            .condition_expression("attribute_not_exists(lease_until) OR lease_until < :now")
            .expression_attribute_values(":lease", number(lease))
            .expression_attribute_values(":now", number(now))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match sent {
            Ok(answer) => {
                let cursor = answer.attributes.and_then(|mut item| item.remove("cursor"));
                Ok(Some(Begun {
                    cursor: match cursor {
                        Some(AttributeValue::S(cursor)) => cursor,
                        _ => String::new(),
                    },
                    lease,
                }))
            }
            Err(error) if condition_failed(&error) => Ok(None),
            Err(error) => Err(failed!("UpdateItem", error)),
        }
    }

    /// Ends the period and writes down where it was; false where its lease had
    /// run out and another one has begun.
    pub async fn end(&self, begun: &Begun, cursor: &str) -> Result<bool, StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(CURSOR))
            .update_expression("SET #cursor = :cursor REMOVE lease_until")
            .condition_expression("lease_until = :lease")
            .expression_attribute_names("#cursor", "cursor")
            .expression_attribute_values(":cursor", text(cursor))
            .expression_attribute_values(":lease", number(begun.lease))
            .send()
            .await;
        written("UpdateItem", sent)
    }
}
