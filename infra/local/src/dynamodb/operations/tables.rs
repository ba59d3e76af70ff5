//! CreateTable, DescribeTable, DescribeContinuousBackups, ListTables, DeleteTable.
//!
//! A table is ACTIVE as soon as it is created, and gone as soon as it is deleted.

use std::collections::btree_map::Entry;
use std::ops::Bound;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::schema::Schema;
use super::super::table::Table;
use super::super::{Tables, input};
use crate::server::error::AwsError;
use crate::store::Shelf;

/// Creates a table.
pub(crate) fn create_table(
    tables: &mut Tables,
    input: &Value,
    now: DateTime<Utc>,
    shelf: &Shelf,
) -> Result<Value, AwsError> {
    let name = input::table_name(input)?;
    input::refuse(input, &["GlobalSecondaryIndexes", "LocalSecondaryIndexes"])?;
    let mode = input::one_of(input, "BillingMode", &["PROVISIONED", "PAY_PER_REQUEST"])?;
    let on_demand = mode == "PAY_PER_REQUEST";
    let throughput = &input["ProvisionedThroughput"];
    if on_demand && !throughput.is_null() {
        return Err(AwsError::validation(
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
        ));
    }
    if !on_demand && throughput.is_null() {
        return Err(AwsError::validation(
            "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
        ));
    }
    let schema = Schema::read(input)?;
    match tables.entry(name.to_owned()) {
        Entry::Occupied(_) => Err(AwsError::new(
            "ResourceInUseException",
            format!("Table already exists: {name}"),
        )),
        Entry::Vacant(place) => {
            let table = place.insert(Table::new(name, schema, now, on_demand));
            table.keep(shelf);
            Ok(json!({ "TableDescription": table.describe("ACTIVE") }))
        }
    }
}

/// Describes a table.
pub(crate) fn describe_table(tables: &Tables, input: &Value) -> Result<Value, AwsError> {
    let name = input::table_name(input)?;
    let table = tables.get(name).ok_or_else(|| not_found(name))?;
    Ok(json!({ "Table": table.describe("ACTIVE") }))
}

/// Says that there are no point-in-time backups: the place keeps nothing.
pub(crate) fn describe_continuous_backups(
    tables: &Tables,
    input: &Value,
) -> Result<Value, AwsError> {
    let name = input::table_name(input)?;
    if !tables.contains_key(name) {
        let message = format!("Table not found: {name}");
        return Err(AwsError::new("TableNotFoundException", message));
    }
    Ok(json!({"ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }}))
}

/// Deletes a table and its items.
pub(crate) fn delete_table(tables: &mut Tables, input: &Value) -> Result<Value, AwsError> {
    let name = input::table_name(input)?;
    let table = tables.remove(name).ok_or_else(|| not_found(name))?;
    table.forget();
    Ok(json!({ "TableDescription": table.describe("DELETING") }))
}

/// Lists names, up to 100 a page.
pub(crate) fn list_tables(tables: &Tables, input: &Value) -> Result<Value, AwsError> {
    let limit = input::positive(input, "Limit")?.unwrap_or(100);
    if limit > 100 {
        return Err(input::constraint(
            "Limit",
            &format!("'{limit}'"),
            "Member must have value less than or equal to 100",
        ));
    }
    let start = match input::text(input, "ExclusiveStartTableName")? {
        Some(name) => Bound::Excluded(name),
        None => Bound::Unbounded,
    };
    let mut rest = tables
        .range::<str, _>((start, Bound::Unbounded))
        .map(|(name, _)| name);
    let names: Vec<&String> = rest.by_ref().take(limit).collect();
    let mut output = json!({ "TableNames": names });
    if let (Some(_), Some(last)) = (rest.next(), names.last()) {
        output["LastEvaluatedTableName"] = json!(last);
    }
    Ok(output)
}

fn not_found(name: &str) -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        format!("Requested resource not found: Table: {name} not found"),
    )
}
