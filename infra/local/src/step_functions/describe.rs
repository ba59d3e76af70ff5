//! How an execution is told: DescribeExecution, and an item of ListExecutions.

use asl::Execution;
use serde_json::{Map, Value, json};

use super::StepFunctions;
use super::record::Record;
use crate::clock::epoch_seconds;
use crate::server::error::AwsError;

impl StepFunctions {
    pub(super) fn describe_execution(&self, input: &Value) -> Result<Value, AwsError> {
        let record = self.execution(input)?;
        let now = self.clock.now();
        let data = match input.get("includedData").and_then(Value::as_str) {
            None | Some("ALL_DATA") => true,
            Some("METADATA_ONLY") => false,
            Some(other) => {
                return Err(AwsError::validation(format!(
                    "1 validation error detected: Value '{other}' at 'includedData' failed to satisfy constraint: Member must satisfy enum value set: [ALL_DATA, METADATA_ONLY]"
                )));
            }
        };
        Ok(record.read(|execution| {
            let mut fields = record.common(execution);
            let payloads = [
                ("input", Some(execution.input())),
                ("output", execution.output()),
            ];
            for (name, payload) in payloads {
                let Some(payload) = payload else { continue };
                if data {
                    fields.insert(name.to_owned(), json!(payload));
                }
                fields.insert(format!("{name}Details"), json!({"included": data}));
            }
            for (name, value) in [("error", execution.error()), ("cause", execution.cause())] {
                if let Some(value) = value {
                    fields.insert(name.to_owned(), json!(value));
                }
            }
            match execution.redrive_eligibility(now) {
                Ok(()) => fields.insert("redriveStatus".to_owned(), json!("REDRIVABLE")),
                Err(reason) => {
                    fields.insert("redriveStatusReason".to_owned(), json!(reason));
                    fields.insert("redriveStatus".to_owned(), json!("NOT_REDRIVABLE"))
                }
            };
            Value::Object(fields)
        }))
    }
}

impl Record {
    /// An item of ListExecutions.
    pub(super) fn list_item(&self) -> Value {
        self.read(|execution| Value::Object(self.common(execution)))
    }

    fn common(&self, execution: &Execution) -> Map<String, Value> {
        let mut fields = common(execution);
        for (name, arn) in [
            ("stateMachineVersionArn", &self.version),
            ("stateMachineAliasArn", &self.alias),
        ] {
            if let Some(arn) = arn {
                fields.insert(name.to_owned(), json!(&**arn));
            }
        }
        fields
    }
}

fn common(execution: &Execution) -> Map<String, Value> {
    let info = execution.info();
    let mut fields = Map::from_iter([
        ("executionArn".to_owned(), json!(info.arn)),
        ("stateMachineArn".to_owned(), json!(info.state_machine_arn)),
        ("name".to_owned(), json!(info.name)),
        ("status".to_owned(), json!(execution.status().as_str())),
        (
            "startDate".to_owned(),
            json!(epoch_seconds(execution.start_date())),
        ),
        ("redriveCount".to_owned(), json!(execution.redrive_count())),
    ]);
    if let Some(stopped) = execution.stop_date() {
        fields.insert("stopDate".to_owned(), json!(epoch_seconds(stopped)));
    }
    if let Some(redriven) = execution.redrive_date() {
        fields.insert("redriveDate".to_owned(), json!(epoch_seconds(redriven)));
    }
    fields
}
