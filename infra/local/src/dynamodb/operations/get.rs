//! GetItem; every read is consistent here.

use serde_json::{Value, json};

use super::super::expression::{self, Placeholders, project};
use super::super::value::{attributes_from_wire, attributes_to_wire};
use super::super::{Tables, input};
use crate::server::error::AwsError;

/// Reads an item, or the parts of it that a projection names.
pub(crate) fn get_item(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    input::refuse(input, &["AttributesToGet"])?;
    let key = attributes_from_wire(input::required(input, "Key")?)?;
    input::flag(input, "ConsistentRead")?;
    let mut placeholders = Placeholders::read(input, &["ProjectionExpression"])?;
    let projection = input::text(input, "ProjectionExpression")?
        .map(|text| expression::projection(text, &mut placeholders))
        .transpose()?;
    placeholders.finish()?;
    let table = super::table(tables, input)?;
    let key = table.schema.key(&key)?;
    Ok(match (table.items.get(&key), projection) {
        (None, _) => json!({}),
        (Some(item), None) => json!({ "Item": attributes_to_wire(item) }),
        (Some(item), Some(paths)) => json!({ "Item": attributes_to_wire(&project(item, &paths)) }),
    })
}
