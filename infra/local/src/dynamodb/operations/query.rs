//! Query: one partition, the sort key possibly bounded.

use serde_json::Value;

use super::super::expression::{self, Comparator, Condition, Operand, Placeholders};
use super::super::schema::{KeyAttribute, Schema};
use super::super::value::{AttributeValue, Attributes};
use super::super::{Tables, input};
use super::scan::Page;
use crate::server::error::AwsError;

/// Reads the items of one partition in the order of the sort key.
pub(crate) fn query(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    input::refuse(
        input,
        &[
            "KeyConditions",
            "QueryFilter",
            "ConditionalOperator",
            "AttributesToGet",
        ],
    )?;
    if let Some(index) = input::text(input, "IndexName")? {
        return Err(AwsError::validation(format!(
            "The table does not have the specified index: {index}"
        )));
    }
    let Some(text) = input::text(input, "KeyConditionExpression")? else {
        return Err(AwsError::validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
        ));
    };
    let mut placeholders = Placeholders::read(
        input,
        &[
            "KeyConditionExpression",
            "FilterExpression",
            "ProjectionExpression",
        ],
    )?;
    let condition = expression::condition("KeyConditionExpression", text, &mut placeholders)?;
    let page = Page::read(input, &mut placeholders)?;
    placeholders.finish()?;
    let forward = input::flag(input, "ScanIndexForward")?.unwrap_or(true);

    let table = super::table(tables, input)?;
    check(&condition, &table.schema)?;
    let start = page
        .start
        .as_ref()
        .map(|key| table.schema.key(key))
        .transpose()?;
    let matching = table.items.iter().filter(|(key, item)| {
        let after_start = match (&start, forward) {
            (None, _) => true,
            (Some(start), true) => *key > start,
            (Some(start), false) => *key < start,
        };
        after_start && expression::holds(&condition, item)
    });
    let mut items: Vec<&Attributes> = matching.map(|(_, item)| item).collect();
    if !forward {
        items.reverse();
    }
    Ok(page.collect(items.into_iter(), &table.schema))
}

/// A key condition is `partition = value`, alone or with one condition on the
/// sort key.
fn check(condition: &Condition, schema: &Schema) -> Result<(), AwsError> {
    let parts = match condition {
        Condition::And(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    let on = |part: &Condition, attribute: &KeyAttribute| {
        subject(part).is_some_and(|name| name == attribute.name)
    };
    let Some(partition) = parts.iter().find(|part| on(part, &schema.partition)) else {
        return Err(AwsError::validation(format!(
            "Query condition missed key schema element: {}",
            schema.partition.name
        )));
    };
    if !matches!(partition, Condition::Compare(Comparator::Equal, _, _)) {
        return Err(AwsError::validation("Query key condition not supported"));
    }
    check_types(partition, &schema.partition)?;
    let rest: Vec<&Condition> = parts.iter().filter(|part| *part != partition).collect();
    match (rest.as_slice(), &schema.sort) {
        ([], _) if parts.len() == 1 => Ok(()),
        ([], _) => Err(AwsError::validation(
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
        )),
        ([condition], Some(sort)) if on(condition, sort) => check_types(condition, sort),
        ([_], Some(sort)) => Err(AwsError::validation(format!(
            "Query condition missed key schema element: {}",
            sort.name
        ))),
        _ => Err(AwsError::validation("Query key condition not supported")),
    }
}

/// The attribute that a condition of an allowed form is about.
fn subject(condition: &Condition) -> Option<&str> {
    let operand = match condition {
        Condition::Compare(comparator, operand, Operand::Value(_))
            if *comparator != Comparator::NotEqual =>
        {
            operand
        }
        Condition::Between(operand, Operand::Value(_), Operand::Value(_))
        | Condition::BeginsWith(operand, Operand::Value(_)) => operand,
        _ => return None,
    };
    match operand {
        Operand::Path(path) if path.is_top_level() => Some(path.head()),
        _ => None,
    }
}

fn check_types(condition: &Condition, attribute: &KeyAttribute) -> Result<(), AwsError> {
    let values: Vec<&AttributeValue> = match condition {
        Condition::Compare(_, _, Operand::Value(value))
        | Condition::BeginsWith(_, Operand::Value(value)) => vec![value],
        Condition::Between(_, Operand::Value(low), Operand::Value(high)) => vec![low, high],
        _ => Vec::new(),
    };
    if values.iter().all(|value| attribute.fits(value)) {
        return Ok(());
    }
    Err(AwsError::validation(
        "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ))
}
