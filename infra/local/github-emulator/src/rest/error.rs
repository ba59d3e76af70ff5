//! Errors in GitHub's shape: `{message, documentation_url, status}`, and
//! `errors` where a field is to blame.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Where GitHub leads whom nothing more special fits.
const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Sentences, or objects with a `code`, as the operation has it.
    pub(crate) errors: Value,
    pub(crate) documentation_url: &'static str,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: Value::Null,
            documentation_url: DOCUMENTATION,
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 422, with one sentence per problem.
    pub(crate) fn unprocessable(message: impl Into<String>, problems: Vec<String>) -> Self {
        let errors = if problems.is_empty() {
            Value::Null
        } else {
            problems.into()
        };
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
        }
    }

    /// 422 for one field, where the operation's errors are objects.
    pub(crate) fn invalid_field(resource: &str, field: &str) -> Self {
        Self {
            errors: json!([{"resource": resource, "field": field, "code": "invalid"}]),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed")
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "message": self.message,
            "documentation_url": self.documentation_url,
            "status": self.status.as_u16().to_string(),
        });
        if !self.errors.is_null() {
            body["errors"] = self.errors;
        }
        (self.status, Json(body)).into_response()
    }
}

/// What is said on a path, or about a method, that does not exist.
pub(super) async fn nothing_here() -> ApiError {
    ApiError::not_found()
}
