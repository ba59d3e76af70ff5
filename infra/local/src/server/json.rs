//! AWS's JSON protocols (1.0 and 1.1): `POST /` with `X-Amz-Target: Service.Operation`.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::error::AwsError;
use super::model::Model;
use super::{Services, pages, sts};
use crate::sqs;

/// The largest request that Step Functions takes (its quotas' "1 MB per request").
const STEP_FUNCTIONS_LIMIT: usize = 1024 * 1024;

/// The exceptions that belong to AWS's common layer, not to a service.
const COMMON: [&str; 3] = [
    "SerializationException",
    "UnknownOperationException",
    "RequestEntityTooLarge",
];

pub(super) async fn answer(
    State(services): State<Arc<Services>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(target) = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
    else {
        return sts::answer(body.as_deref().unwrap_or_default());
    };
    // The version of the protocol is answered in kind.
    let content_type = match headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
    {
        Some(kind) if kind.starts_with("application/x-amz-json-1.0") => {
            "application/x-amz-json-1.0"
        }
        _ => "application/x-amz-json-1.1",
    };
    let (service, operation) = target.rsplit_once('.').unwrap_or(("", target));
    let result = match body {
        Ok(body) if service == "AWSStepFunctions" && body.len() > STEP_FUNCTIONS_LIMIT => {
            Err(too_large())
        }
        Ok(body) => match object(&body) {
            Ok(input) => checked(&services, service, operation, input.into()).await,
            Err(error) => Err(error),
        },
        Err(_) => Err(too_large()),
    };
    let mut query_error = None;
    let (status, document) = match result {
        Ok(answer) => (StatusCode::OK, answer),
        Err(error) => {
            tracing::debug!(target, code = error.code, "a call was refused");
            let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
            if service == "AmazonSQS" {
                query_error = HeaderValue::try_from(sqs::query_error(&error)).ok();
            }
            (status, document(service, error))
        }
    };
    let mut response = respond(status, content_type, &document);
    if let Some(error) = query_error {
        let name = HeaderName::from_static("x-amzn-query-error");
        response.headers_mut().insert(name, error);
    }
    response
}

/// The input that a body is, in this protocol and in the REST ones; none is an empty one.
pub(super) fn object(body: &Bytes) -> Result<Map<String, Value>, AwsError> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(input)) => Ok(input),
        Ok(_) => Err(AwsError::new(
            "SerializationException",
            "Start of structure or map found where not expected.",
        )),
        Err(error) => Err(AwsError::new(
            "SerializationException",
            format!("The body is not JSON: {error}"),
        )),
    }
}

fn too_large() -> AwsError {
    AwsError::new("RequestEntityTooLarge", "The request is too large.").with_status(413)
}

/// The service's answer to an input that fits its model, in pages.
async fn checked(
    services: &Services,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, AwsError> {
    let Some(model) = Model::get().by_target(service) else {
        let target = format!("{service}.{operation}");
        return Err(AwsError::unknown_operation(&target));
    };
    model.check(operation, &input)?;
    let Some(list) = pages::of(&model.name, operation) else {
        return call(services, service, operation, input).await;
    };
    let answer = call(services, service, operation, input.clone()).await?;
    list.page(&input, answer)
}

async fn call(
    services: &Services,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, AwsError> {
    match service {
        "AWSStepFunctions" => services.step_functions.answer(operation, input).await,
        "DynamoDB_20120810" => services.dynamodb.call(operation, input),
        "AmazonEC2ContainerServiceV20141113" => services.ecs.call(operation, input),
        "AWSEvents" => services.events.call(operation, input),
        "TrentService" => services.kms.call(operation, input),
        "secretsmanager" => services.secrets.call(operation, input),
        "AmazonSQS" => services.sqs.call(operation, input).await,
        "Logs_20140328" => services.logs.call(operation, input),
        _ => Err(AwsError::unknown_operation(&format!(
            "{service}.{operation}"
        ))),
    }
}

/// The error document: `__type` (with a namespace where the service has one), message, extras.
fn document(service: &str, error: AwsError) -> Value {
    let namespace = match service {
        _ if COMMON.contains(&error.code.as_str()) => "com.amazon.coral.service#",
        "DynamoDB_20120810" | "AWSStepFunctions" if error.code == "ValidationException" => {
            "com.amazon.coral.validate#"
        }
        "AWSStepFunctions" => "com.amazonaws.swf.service.v2.model#",
        "DynamoDB_20120810" => "com.amazonaws.dynamodb.v20120810#",
        "AmazonSQS" => "com.amazonaws.sqs#",
        _ => "",
    };
    let mut document = error.extra;
    document.insert(
        "__type".to_owned(),
        Value::from(format!("{namespace}{}", error.code)),
    );
    document.insert("message".to_owned(), Value::from(error.message));
    Value::Object(*document)
}

fn respond(status: StatusCode, content_type: &'static str, document: &Value) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::try_from(Uuid::new_v4().to_string()) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
    }
    (status, headers, document.to_string()).into_response()
}
