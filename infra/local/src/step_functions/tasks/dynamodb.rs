//! `dynamodb:getItem`, `putItem`, `updateItem`, `deleteItem`.
//!
//! Arguments and results are DynamoDB's own wire shapes.

use serde_json::{Value, json};

use super::{Failure, TaskServices, cause};

pub(super) fn call(
    services: &TaskServices,
    operation: &str,
    arguments: Value,
) -> Result<Value, Failure> {
    let operation = match operation {
        "getItem" => "GetItem",
        "putItem" => "PutItem",
        "updateItem" => "UpdateItem",
        "deleteItem" => "DeleteItem",
        other => {
            let message = format!("The place cannot perform dynamodb:{other}.");
            return Err(Failure::new("States.Runtime", message));
        }
    };
    match services.dynamodb.call(operation, arguments) {
        Ok(mut answer) => {
            if let Value::Object(answer) = &mut answer {
                answer.insert("SdkHttpMetadata".to_owned(), json!({"HttpStatusCode": 200}));
                let request = uuid::Uuid::new_v4().to_string();
                answer.insert(
                    "SdkResponseMetadata".to_owned(),
                    json!({"RequestId": request}),
                );
            }
            Ok(answer)
        }
        Err(error) => {
            // `ValidationException` is the one that AWS reports under another name.
            let name = if error.code == "ValidationException" {
                "AmazonDynamoDBException"
            } else {
                &error.code
            };
            Err(Failure::new(
                format!("DynamoDB.{name}"),
                cause(&error.message, "DynamoDb", error.status),
            ))
        }
    }
}
