//! Errors of the services with paths of their own (Lambda, credentials): REST-JSON.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use uuid::Uuid;

use super::error::AwsError;

/// The error as Lambda writes it: its name in a header, its message in the body.
pub(crate) fn refuse(error: &AwsError) -> Response {
    let mut document = error.extra.clone();
    // SDKs read either; only this one has it in capitals in Lambda's own answers.
    let field = if error.code == "ResourceNotFoundException" {
        "Message"
    } else {
        "message"
    };
    document.insert(field.to_owned(), Value::from(error.message.clone()));
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("x-amzn-errortype", error.code.clone()),
        ("x-amzn-requestid", Uuid::new_v4().to_string()),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    (status, headers, axum::Json(Value::Object(*document))).into_response()
}

/// A path that no service has.
pub(super) async fn unknown_path(uri: Uri) -> Response {
    let message = format!("The place has nothing at {}.", uri.path());
    refuse(&AwsError::new("UnknownOperationException", message).with_status(404))
}
