//! RedriveExecution.

use serde_json::{Value, json};

use super::StepFunctions;
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

/// The longest client token, in characters.
const TOKEN_LIMIT: usize = 64;

impl StepFunctions {
    pub(super) fn redrive_execution(&self, input: &Value) -> Result<Value, AwsError> {
        let token = input.get("clientToken").and_then(Value::as_str);
        if token.is_some_and(|token| !(1..=TOKEN_LIMIT).contains(&token.chars().count())) {
            let message =
                format!("Value at 'clientToken' must have 1 to {TOKEN_LIMIT} characters.");
            return Err(AwsError::validation(message));
        }
        let date = self.execution(input)?.redrive(token)?;
        Ok(json!({"redriveDate": epoch_seconds(date)}))
    }
}
