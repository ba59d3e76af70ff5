//! Lambda's own refusals, as opposed to functions' failures.

use crate::server::error::AwsError;

pub(super) fn too_large(limit: usize) -> AwsError {
    let message =
        format!("Request must be smaller than {limit} bytes for the InvokeFunction operation");
    AwsError::new("RequestTooLargeException", message)
        .with_status(413)
        .with("Type", "User")
}

pub(super) fn throttled() -> AwsError {
    AwsError::new("TooManyRequestsException", "Rate Exceeded.")
        .with_status(429)
        .with("Type", "User")
        .with("Reason", "ConcurrentInvocationLimitExceeded")
}

pub(super) fn service_error() -> AwsError {
    AwsError::new("ServiceException", "The place is shutting down.")
        .with_status(500)
        .with("Type", "Service")
}
