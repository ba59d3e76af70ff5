//! What the three writing operations share: their condition, and how a failed
//! one is told.

use serde_json::Value;

use super::super::expression::{self, Condition, Placeholders};
use super::super::input;
use super::super::value::{Attributes, attributes_to_wire};
use crate::server::error::AwsError;

/// Parameters that expressions replaced, and which would change an answer.
pub(super) const LEGACY: [&str; 3] = ["Expected", "ConditionalOperator", "AttributeUpdates"];

/// The condition of a write and what to answer when it fails.
#[derive(Debug)]
pub(super) struct WriteCondition {
    condition: Option<Condition>,
    returns_item: bool,
}

impl WriteCondition {
    /// Reads `ConditionExpression` and `ReturnValuesOnConditionCheckFailure`.
    pub(super) fn read(input: &Value, placeholders: &mut Placeholders) -> Result<Self, AwsError> {
        let on_failure = input::one_of(
            input,
            "ReturnValuesOnConditionCheckFailure",
            &["NONE", "ALL_OLD"],
        )?;
        let condition = input::text(input, "ConditionExpression")?
            .map(|text| expression::condition("ConditionExpression", text, placeholders))
            .transpose()?;
        Ok(Self {
            condition,
            returns_item: on_failure == "ALL_OLD",
        })
    }

    /// Holds the condition against the item as it is; none is an empty one.
    pub(super) fn check(&self, current: Option<&Attributes>) -> Result<(), AwsError> {
        let empty = Attributes::new();
        let item = current.unwrap_or(&empty);
        let fulfilled = self
            .condition
            .as_ref()
            .is_none_or(|condition| expression::holds(condition, item));
        if fulfilled {
            return Ok(());
        }
        let error = AwsError::new(
            "ConditionalCheckFailedException",
            "The conditional request failed",
        );
        Err(match current {
            Some(item) if self.returns_item => error.with("Item", attributes_to_wire(item)),
            _ => error,
        })
    }
}

/// `ReturnValues` of PutItem and DeleteItem: whether the old item is wanted.
pub(super) fn wants_old_item(input: &Value) -> Result<bool, AwsError> {
    let chosen = return_values(input)?;
    match chosen {
        "NONE" => Ok(false),
        "ALL_OLD" => Ok(true),
        _ => Err(AwsError::validation("Return values set to invalid value")),
    }
}

/// `ReturnValues`, any of the five.
pub(super) fn return_values(input: &Value) -> Result<&str, AwsError> {
    input::one_of(
        input,
        "ReturnValues",
        &["NONE", "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "UPDATED_NEW"],
    )
}
