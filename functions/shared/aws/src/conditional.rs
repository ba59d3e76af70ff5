//! Writes to DynamoDB that are done only where a condition holds.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Whether a service's error says that the write's condition does not hold.
pub(crate) fn condition_failed<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

/// Whether the write was done; false where its condition does not hold.
#[cfg(any(feature = "limits", feature = "repositories", feature = "upkeep"))]
pub(crate) fn written<T, E>(
    operation: &'static str,
    sent: Result<T, SdkError<E, HttpResponse>>,
) -> Result<bool, crate::StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match sent {
        Ok(_) => Ok(true),
        Err(error) if condition_failed(&error) => Ok(false),
        Err(error) => Err(crate::error::failed!(operation, error)),
    }
}
