//! What an answer says when it is no success: a status, a stable name, and one
//! sentence about what to do.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use observe::cancel::CancelError;
use observe::fleet::ReadError;
use observe::graph::GraphError;
use serde_json::json;

/// Why something was not answered. Names are part of the interface.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error(
        "This console is not served under the name that it was asked by: open the address that it printed, or allow the name with --allow-host."
    )]
    HostNotAllowed,
    #[error(
        "This console asks for a token: open the whole address that it printed when it was started."
    )]
    TokenMissing,
    #[error("The request did not come from this console's own page: load the page again.")]
    ForbiddenOrigin,
    #[error("This console only shows: start it without --read-only to redrive and cancel.")]
    ReadOnly,
    #[error("There is nothing at this address: begin at the console's first page.")]
    NotFound,
    #[error("This address does not take this method: reading is GET, changing is POST.")]
    MethodNotAllowed,
    #[error("The body is larger than {0} bytes: name fewer executions at once.")]
    BodyTooLarge(usize),
    #[error("{0}")]
    InvalidRequest(String),
    #[error(
        "There is no execution of this name: the list shows those that AWS still knows, 90 days after their end."
    )]
    NoExecution,
    #[error("There is no such operation: it belongs to a console that has ended, or is long over.")]
    NoOperation,
    #[error("{0} pages are open already: close some of them.")]
    TooManyPages(usize),
    #[error("{0} redrives are under way already: wait until one has ended.")]
    TooManyOperations(usize),
    #[error(transparent)]
    Cancel(CancelError),
    #[error(transparent)]
    Read(ReadError),
    #[error("{0}")]
    Unreadable(String),
    #[error("The graph cannot be drawn: {0}.")]
    NoGraph(#[from] GraphError),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::HostNotAllowed => StatusCode::MISDIRECTED_REQUEST,
            Self::TokenMissing => StatusCode::UNAUTHORIZED,
            Self::ForbiddenOrigin | Self::ReadOnly => StatusCode::FORBIDDEN,
            Self::NotFound | Self::NoExecution | Self::NoOperation => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::InvalidRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooManyPages(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooManyOperations(_) => StatusCode::CONFLICT,
            Self::NoGraph(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unreadable(_) => StatusCode::BAD_GATEWAY,
            Self::Cancel(CancelError::Call(error)) | Self::Read(error) => match error {
                ReadError::NoExecution(_) | ReadError::NoLog(_) => StatusCode::NOT_FOUND,
                _ => StatusCode::BAD_GATEWAY,
            },
            Self::Cancel(_) => StatusCode::CONFLICT,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::HostNotAllowed => "HostNotAllowed",
            Self::TokenMissing => "TokenMissing",
            Self::ForbiddenOrigin => "ForbiddenOrigin",
            Self::ReadOnly => "ReadOnly",
            Self::NotFound => "NotFound",
            Self::MethodNotAllowed => "MethodNotAllowed",
            Self::BodyTooLarge(_) => "BodyTooLarge",
            Self::InvalidRequest(_) => "InvalidRequest",
            Self::NoExecution => "NoExecution",
            Self::NoOperation => "NoOperation",
            Self::TooManyPages(_) => "TooManyPages",
            Self::TooManyOperations(_) => "TooManyOperations",
            Self::NoGraph(_) => "NoGraph",
            Self::Unreadable(_) => "Unreadable",
            Self::Cancel(error) => error.name(),
            Self::Read(ReadError::NoFleet(_)) => "NoFleet",
            Self::Read(ReadError::NoExecution(_)) => "NoExecution",
            Self::Read(ReadError::NoLog(_)) => "NoLog",
            Self::Read(ReadError::NoCredentials(_)) => "NoCredentials",
            Self::Read(ReadError::Unreachable { .. }) => "Unreachable",
            Self::Read(ReadError::Call { .. }) => "CallFailed",
        }
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let name = self.name();
        if self.status().is_server_error() || self.status() == StatusCode::FORBIDDEN {
            tracing::warn!(error = name, "a request was not answered");
        }
        let message = observe::history::without_keys(&self.to_string());
        (
            self.status(),
            Json(json!({"error": name, "message": message})),
        )
            .into_response()
    }
}
