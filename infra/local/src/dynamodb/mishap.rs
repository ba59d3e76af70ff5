//! What ordered faults do to calls of DynamoDB.

use serde_json::{Value, json};

use super::DynamoDb;
use crate::AwsFault;
use crate::server::error::AwsError;

/// Calls that work with items: only these go wrong.
const OF_ITEMS: [&str; 6] = [
    "PutItem",
    "GetItem",
    "UpdateItem",
    "DeleteItem",
    "Scan",
    "Query",
];

impl DynamoDb {
    /// Performs a call, or does to it what a fault says.
    pub(super) fn perform_or_fail(
        &self,
        operation: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        match self.mishap(operation, input) {
            None => self.perform(operation, input),
            Some(AwsFault::TableThrottled {}) => Err(throttled()),
            Some(AwsFault::ConditionFails {}) => Err(self.condition_failed(input)),
            Some(AwsFault::TableAnswerLost {}) => {
                // What the caller did wrong is still answered.
                self.perform(operation, input)?;
                Err(internal())
            }
            Some(AwsFault::ItemGone {}) => {
                let key = json!({"TableName": input["TableName"], "Key": input["Key"]});
                self.perform("DeleteItem", &key)?;
                self.perform(operation, input)
            }
            Some(_) => Err(internal()),
        }
    }

    fn mishap(&self, operation: &str, input: &Value) -> Option<AwsFault> {
        if !OF_ITEMS.contains(&operation) {
            return None;
        }
        let table = input.get("TableName").and_then(Value::as_str)?;
        let name = table.rsplit('/').next().unwrap_or(table);
        let has = |field: &str| input.get(field).is_some();
        self.faults.strike(&[name, operation], |fault| match fault {
            AwsFault::TableThrottled {}
            | AwsFault::TableInternalError {}
            | AwsFault::TableAnswerLost {} => true,
            AwsFault::ConditionFails {} => has("ConditionExpression"),
            AwsFault::ItemGone {} => has("Key"),
            _ => false,
        })
    }

    /// As for a condition that does not hold, with the item where it was asked for.
    fn condition_failed(&self, input: &Value) -> AwsError {
        let error = AwsError::new(
            "ConditionalCheckFailedException",
            "The conditional request failed",
        );
        let wanted = input.get("ReturnValuesOnConditionCheckFailure");
        if wanted.is_none_or(|wanted| wanted != "ALL_OLD") || input.get("Key").is_none() {
            return error;
        }
        let key = json!({"TableName": input["TableName"], "Key": input["Key"]});
        match self.perform("GetItem", &key) {
            Ok(mut found) if found.get("Item").is_some() => {
                error.with("Item", found["Item"].take())
            }
            _ => error,
        }
    }
}

fn throttled() -> AwsError {
    AwsError::new(
        "ThrottlingException",
        "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.",
    )
}

fn internal() -> AwsError {
    AwsError::new("InternalServerError", "Internal server error").with_status(500)
}
