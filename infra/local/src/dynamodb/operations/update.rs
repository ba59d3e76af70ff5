//! UpdateItem: changes an item, or makes one where there is none.

use serde_json::{Value, json};

use super::super::expression::{self, Placeholders, project};
use super::super::size::{MAX_ITEM_BYTES, item_size};
use super::super::value::{Attributes, attributes_from_wire, attributes_to_wire};
use super::super::{Tables, input};
use super::conditional::{LEGACY, WriteCondition, return_values};
use crate::server::error::AwsError;

/// Applies an update expression under a condition.
pub(crate) fn update_item(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    input::refuse(input, &LEGACY)?;
    let wire = input::required(input, "Key")?;
    let wanted = return_values(input)?;
    let key_attributes = attributes_from_wire(wire)?;
    let mut placeholders = Placeholders::read(input, &["UpdateExpression", "ConditionExpression"])?;
    let update = input::text(input, "UpdateExpression")?
        .map(|text| expression::update(text, &mut placeholders))
        .transpose()?;
    let condition = WriteCondition::read(input, &mut placeholders)?;
    placeholders.finish()?;

    let table = super::table(tables, input)?;
    let key = table.schema.key(&key_attributes)?;
    let paths = update
        .as_ref()
        .map(expression::Update::paths)
        .unwrap_or_default();
    if let Some(path) = paths.iter().find(|path| table.schema.has(path.head())) {
        return Err(AwsError::validation(format!(
            "One or more parameter values were invalid: Cannot update attribute {}. This attribute is part of the key",
            path.head()
        )));
    }
    let old = table.items.get(&key);
    condition.check(old)?;
    let new = match &update {
        Some(update) => update
            .apply(old.unwrap_or(&key_attributes))
            .map_err(AwsError::validation)?,
        None => old.unwrap_or(&key_attributes).clone(),
    };
    if item_size(&new) > MAX_ITEM_BYTES {
        return Err(AwsError::validation(
            "Item size to update has exceeded the maximum allowed size",
        ));
    }
    let attributes = match wanted {
        "ALL_OLD" => old.cloned(),
        "UPDATED_OLD" => old.map(|old| project(old, &paths)),
        "ALL_NEW" => Some(new.clone()),
        "UPDATED_NEW" => Some(project(&new, &paths)),
        _ => None,
    };
    table.insert(key, new);
    Ok(match attributes {
        Some(attributes) if !Attributes::is_empty(&attributes) => {
            json!({ "Attributes": attributes_to_wire(&attributes) })
        }
        _ => json!({}),
    })
}
