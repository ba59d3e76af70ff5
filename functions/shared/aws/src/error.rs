//! What can go wrong with a call to AWS, in the words that a caller branches on.
//!
//! Messages carry the operation and the service's own code and sentence, never
//! a request or an item.

use std::error::Error;
use std::fmt;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use domain::names::function_error;

/// A call to AWS that failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The service asks for fewer calls.
    #[error("{operation} was throttled by AWS ({reason}); call again later")]
    Throttled {
        /// The API operation.
        operation: &'static str,
        /// The service's code and sentence.
        reason: String,
    },
    /// The service could not be asked, or failed itself.
    #[error("{operation} got no usable answer from AWS ({reason}); call again later")]
    Unavailable {
        /// The API operation.
        operation: &'static str,
        /// What was seen.
        reason: String,
        /// Whether the request may have had its effect all the same.
        effect: Effect,
    },
    /// The service refuses the call for good: a name, a permission or a field is wrong.
    #[error(
        "{operation} was refused by AWS ({reason}); check the function's settings and its role"
    )]
    Refused {
        /// The API operation.
        operation: &'static str,
        /// The service's code.
        code: String,
        /// The service's code and sentence.
        reason: String,
    },
}

/// Whether a request that failed may have been carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It never reached the service.
    None,
    /// Nobody knows.
    Unknown,
}

impl StoreError {
    /// The function error that this is: a refusal does not go away by itself.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refused { .. } => function_error::SETTINGS_INVALID,
            _ => function_error::STORE_UNAVAILABLE,
        }
    }

    /// The service's code, where it refused the call.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// Codes that mean "fewer calls, please", over all services used.
const THROTTLES: &[&str] = &[
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
];

/// Codes that mean "not now" although the status may be 4xx.
const OUTAGES: &[&str] = &[
    "InternalServerError",
    "InternalServiceError",
    "InternalFailure",
    "InternalException",
    "ServerException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "TransactionConflictException",
    "ExpiredTokenException",
    "RequestExpired",
];

/// Sorts an SDK's error; `code` and `message` are the service's own, where it answered.
#[cfg_attr(
    not(any(
        feature = "claims",
        feature = "dead-letters",
        feature = "events",
        feature = "executions",
        feature = "handover",
        feature = "repositories",
        feature = "limits",
        feature = "secrets",
        feature = "signing",
        feature = "tasks"
    )),
    allow(dead_code)
)]
pub(crate) fn sort<E: Error + 'static>(
    operation: &'static str,
    error: &SdkError<E, HttpResponse>,
    code: Option<&str>,
    message: Option<&str>,
) -> StoreError {
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    if matches!(error, SdkError::ServiceError(_)) {
        let name = code.unwrap_or("no error code");
        let reason = match message {
            Some(message) => format!("{name}: {message}"),
            None => name.to_owned(),
        };
        if THROTTLES.contains(&name) || status == Some(429) {
            return StoreError::Throttled { operation, reason };
        }
        if OUTAGES.contains(&name) || code.is_none() || status.is_some_and(|status| status >= 500) {
            return StoreError::Unavailable {
                operation,
                reason,
                effect: Effect::Unknown,
            };
        }
        return StoreError::Refused {
            operation,
            code: name.to_owned(),
            reason,
        };
    }
    let effect = match error {
        SdkError::ConstructionFailure(_) => Effect::None,
        _ if never_sent(error) => Effect::None,
        _ => Effect::Unknown,
    };
    StoreError::Unavailable {
        operation,
        reason: Chain(error).to_string(),
        effect,
    }
}

/// Whether the failure proves that no byte of the request left: no credentials,
/// no address, no connection.
fn never_sent(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<CredentialsError>() || error.is::<ResolveDnsError>() {
            return true;
        }
        if let Some(client) = error.downcast_ref::<hyper_util::client::legacy::Error>()
            && client.is_connect()
        {
            return true;
        }
        if let Some(io) = error.downcast_ref::<io::Error>()
            && matches!(
                io.kind(),
                io::ErrorKind::ConnectionRefused
                    | io::ErrorKind::HostUnreachable
                    | io::ErrorKind::NetworkUnreachable
                    | io::ErrorKind::AddrNotAvailable
            )
        {
            return true;
        }
        next = error.source();
    }
    false
}

/// An error with its sources, the innermost last.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

/// `failed!("Operation", error)`: an SDK's error as a [`StoreError`].
#[allow(unused_macros)]
macro_rules! failed {
    ($operation:expr, $error:expr) => {{
        let error = $error;
        $crate::error::sort($operation, &error, error.code(), error.message())
    }};
}
#[allow(unused_imports)]
pub(crate) use failed;
