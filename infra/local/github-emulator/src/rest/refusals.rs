//! The answers that ordered faults give, with GitHub's own words and headers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::headers::bare;
use super::limited::{self, Refused};
use crate::github_fault::GitHubFault;
use crate::world::{Secondary, Usage};

const UNAVAILABLE: &str = "No server is currently available to service your request. Sorry about that. Please try resubmitting your request and contact us if the problem persists.";

/// The answer to a request that has no effect; nothing for faults of another kind.
pub(super) fn refusal(fault: &GitHubFault, refused: &Refused) -> Option<Response> {
    let error = |status, message: &str| ApiError::new(status, message).into_response();
    let secondary =
        |seconds, status| limited::secondary(refused, Secondary::Requests, seconds, status);
    Some(match fault {
        GitHubFault::Unauthorized {} => ApiError::unauthorized("Bad credentials").into_response(),
        GitHubFault::Forbidden {} => {
            ApiError::forbidden("Resource not accessible by integration").into_response()
        }
        GitHubFault::RateLimited { seconds } => {
            let seconds = i64::try_from(*seconds).unwrap_or(0);
            let usage = Usage {
                resource: "core",
                limit: 5000,
                used: 5000,
                reset: refused.at.timestamp().saturating_add(seconds),
            };
            limited::primary(refused, &usage, StatusCode::FORBIDDEN)
        }
        GitHubFault::SecondaryRateLimited { seconds } => secondary(*seconds, StatusCode::FORBIDDEN),
        GitHubFault::TooManyRequests { seconds } => {
            secondary(*seconds, StatusCode::TOO_MANY_REQUESTS)
        }
        GitHubFault::NotFound {} => ApiError::not_found().into_response(),
        GitHubFault::Conflict {} => error(StatusCode::CONFLICT, "Conflict"),
        GitHubFault::Unprocessable {} => {
            error(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed")
        }
        GitHubFault::ServerError {} => error(StatusCode::INTERNAL_SERVER_ERROR, "Server Error"),
        GitHubFault::BadGateway {} => bare(StatusCode::BAD_GATEWAY),
        GitHubFault::ServiceUnavailable {} => error(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
        _ => return None,
    })
}
