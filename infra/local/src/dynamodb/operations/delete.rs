//! DeleteItem: with `ALL_OLD` an atomic read-and-delete.

use serde_json::{Value, json};

use super::super::expression::Placeholders;
use super::super::value::{attributes_from_wire, attributes_to_wire};
use super::super::{Tables, input};
use super::conditional::{LEGACY, WriteCondition, wants_old_item};
use crate::server::error::AwsError;

/// Deletes an item; one that is not there is deleted all the same.
pub(crate) fn delete_item(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    input::refuse(input, &LEGACY)?;
    let wire = input::required(input, "Key")?;
    let old_wanted = wants_old_item(input)?;
    let key = attributes_from_wire(wire)?;
    let mut placeholders = Placeholders::read(input, &["ConditionExpression"])?;
    let condition = WriteCondition::read(input, &mut placeholders)?;
    placeholders.finish()?;
    let table = super::table(tables, input)?;
    let key = table.schema.key(&key)?;
    condition.check(table.items.get(&key))?;
    let old = table.remove(&key);
    Ok(match old {
        Some(old) if old_wanted => json!({ "Attributes": attributes_to_wire(&old) }),
        _ => json!({}),
    })
}
