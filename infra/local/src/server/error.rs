//! The error every service of the place answers with.
//!
//! Services name the exception and its message; the wire layer adds what the
//! protocol wants around it (`__type` with DynamoDB's namespace, the request id).

use serde_json::{Map, Value};

/// An AWS error before it is put on the wire.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct AwsError {
    /// HTTP status, 400 for most.
    pub status: u16,
    /// The exception's name without a namespace, e.g. `ResourceNotFoundException`.
    pub code: String,
    /// What AWS's `message` field would say.
    pub message: String,
    /// Further fields of the error document, e.g. `Item` or `reason`.
    pub extra: Box<Map<String, Value>>,
}

impl AwsError {
    /// A client error (400).
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code: code.into(),
            message: message.into(),
            extra: Box::default(),
        }
    }

    /// `ValidationException` (400).
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// The answer to an operation that the place does not know (400).
    #[must_use]
    pub fn unknown_operation(operation: &str) -> Self {
        Self::new(
            "UnknownOperationException",
            format!("The operation {operation} is not known here."),
        )
    }

    /// The same error under another HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same error with one more field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }
}
