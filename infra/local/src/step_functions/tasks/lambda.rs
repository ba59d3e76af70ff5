//! `lambda:invoke`, and a function's plain ARN.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Failure, TaskServices, cause};
use crate::lambda::Invocation;
use crate::server::error::AwsError;

/// `arn:aws:states:::lambda:invoke` with FunctionName and Payload.
pub(super) async fn invoke(services: &TaskServices, arguments: &Value) -> Result<Value, Failure> {
    let name = arguments
        .get("FunctionName")
        .and_then(Value::as_str)
        .ok_or_else(|| {
            Failure::new(
                "States.Runtime",
                "The field 'FunctionName' is required but was missing",
            )
        })?;
    let qualified = arguments.get("Qualifier").and_then(Value::as_str);
    let qualified = qualified.map(|qualifier| format!("{name}:{qualifier}"));
    let name = qualified.as_deref().unwrap_or(name);
    let payload = arguments
        .get("Payload")
        .cloned()
        .unwrap_or_else(|| json!({}));
    let payload = Bytes::from(payload.to_string());
    if arguments
        .get("InvocationType")
        .is_some_and(|kind| kind == "Event")
    {
        let request_id = services
            .lambda
            .invoke_later(name, payload)
            .map_err(|error| refused(&error))?;
        return Ok(answer(202, &request_id, &json!("")));
    }
    let Invocation {
        request_id,
        version,
        result,
    } = services
        .lambda
        .invoke(name, payload)
        .await
        .map_err(|error| refused(&error))?;
    let mut answer = answer(200, &request_id, &result_value(result)?);
    answer["ExecutedVersion"] = json!(version);
    Ok(answer)
}

/// A function's ARN as the resource: the arguments are the event, its answer is the result.
pub(super) async fn call(
    services: &TaskServices,
    arn: &str,
    arguments: &Value,
) -> Result<Value, Failure> {
    let payload = Bytes::from(arguments.to_string());
    let invocation = services
        .lambda
        .invoke(arn, payload)
        .await
        .map_err(|error| refused(&error))?;
    result_value(invocation.result)
}

/// The cause of a function's failure is its whole error document.
fn result_value(result: Result<Bytes, crate::lambda::FunctionError>) -> Result<Value, Failure> {
    match result {
        Ok(payload) if payload.is_empty() => Ok(Value::Null),
        Ok(payload) => serde_json::from_slice(&payload).map_err(|error| {
            Failure::new(
                "Lambda.Unknown",
                format!("The function's answer is not JSON: {error}"),
            )
        }),
        Err(error) => Err(Failure::new(
            error.error_type,
            String::from_utf8_lossy(&error.document),
        )),
    }
}

/// Errors of the service itself are named `Lambda.<Exception>`.
fn refused(error: &AwsError) -> Failure {
    Failure::new(
        format!("Lambda.{}", error.code),
        cause(&error.message, "Lambda", error.status),
    )
}

fn answer(status: u16, request_id: &str, payload: &Value) -> Value {
    json!({
        "Payload": payload,
        "SdkHttpMetadata": {"HttpStatusCode": status},
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": status,
    })
}
