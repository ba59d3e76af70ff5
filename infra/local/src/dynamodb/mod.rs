//! DynamoDB in memory: tables, items, conditions and updates as AWS has them.
//!
//! One lock around everything makes each call atomic. Calls take and give the
//! bodies of the JSON protocol (`DynamoDB_20120810.*`); nothing here knows HTTP.
//! Secondary indexes, streams, transactions and the parameters that expressions
//! replaced (`Expected`, `AttributeUpdates`, …) are refused, not ignored.

mod expression;
mod input;
mod kept;
mod key;
mod mishap;
mod number;
mod operations;
mod schema;
mod size;
mod table;
mod value;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::clock::Clock;
use crate::hook::Hook;
use crate::server::error::AwsError;
use crate::store::Shelf;
use table::Table;

/// All tables of the place.
#[derive(Debug)]
pub struct DynamoDb {
    clock: Clock,
    tables: Mutex<Tables>,
    pub(crate) faults: Hook,
    pub(crate) shelf: Shelf,
}

/// Tables by name.
type Tables = BTreeMap<String, Table>;

impl DynamoDb {
    /// No tables yet. The clock dates the tables.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            tables: Mutex::default(),
            faults: Hook::default(),
            shelf: Shelf::default(),
        }
    }

    /// Answers one call: operation without prefix, body in, body out.
    ///
    /// # Errors
    /// AWS's own, e.g. `ConditionalCheckFailedException`;
    /// `UnknownOperationException` for an operation that is not known here.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        self.perform_or_fail(operation, &input)
    }

    fn perform(&self, operation: &str, input: &Value) -> Result<Value, AwsError> {
        let tables = &mut *self.lock();
        match operation {
            "CreateTable" => operations::create_table(tables, input, self.clock.now(), &self.shelf),
            "DescribeTable" => operations::describe_table(tables, input),
            "DescribeContinuousBackups" => operations::describe_continuous_backups(tables, input),
            "ListTables" => operations::list_tables(tables, input),
            "DeleteTable" => operations::delete_table(tables, input),
            "PutItem" => operations::put_item(tables, input),
            "GetItem" => operations::get_item(tables, input),
            "UpdateItem" => operations::update_item(tables, input),
            "DeleteItem" => operations::delete_item(tables, input),
            "Scan" => operations::scan(tables, input),
            "Query" => operations::query(tables, input),
            _ => Err(AwsError::unknown_operation(operation)),
        }
    }

    /// A panic elsewhere cannot leave a table half written: an operation changes a
    /// table by one insertion or removal at its very end.
    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
