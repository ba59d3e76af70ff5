//! PutItem.

use serde_json::{Value, json};

use super::super::expression::Placeholders;
use super::super::size::{MAX_ITEM_BYTES, item_size};
use super::super::value::{attributes_from_wire, attributes_to_wire};
use super::super::{Tables, input};
use super::conditional::{LEGACY, WriteCondition, wants_old_item};
use crate::server::error::AwsError;

/// Writes a whole item.
pub(crate) fn put_item(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    input::refuse(input, &LEGACY)?;
    let wire = input::required(input, "Item")?;
    let old_wanted = wants_old_item(input)?;
    let item = attributes_from_wire(wire)?;
    let mut placeholders = Placeholders::read(input, &["ConditionExpression"])?;
    let condition = WriteCondition::read(input, &mut placeholders)?;
    placeholders.finish()?;
    if item_size(&item) > MAX_ITEM_BYTES {
        return Err(AwsError::validation(
            "Item size has exceeded the maximum allowed size",
        ));
    }
    let table = super::table(tables, input)?;
    let key = table.schema.key_of_item(&item)?;
    condition.check(table.items.get(&key))?;
    let old = table.insert(key, item);
    Ok(match old {
        Some(old) if old_wanted => json!({ "Attributes": attributes_to_wire(&old) }),
        _ => json!({}),
    })
}
