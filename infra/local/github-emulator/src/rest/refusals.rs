//! The answers that ordered faults give, with GitHub's own words and headers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};

use super::error::ApiError;
use super::gate::put;
use crate::github_fault::GitHubFault;

const SECONDARY: &str =
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

/// The answer to a request that has no effect; nothing for faults of another kind.
pub(super) fn refusal(fault: &GitHubFault, now: DateTime<Utc>) -> Option<Response> {
    let error = |status, message: &str| ApiError::new(status, message).into_response();
    let waiting = |mut response: Response, seconds: u64| {
        put(&mut response, "retry-after", &seconds.to_string());
        response
    };
    Some(match fault {
        GitHubFault::Unauthorized {} => ApiError::unauthorized("Bad credentials").into_response(),
        GitHubFault::Forbidden {} => {
            ApiError::forbidden("Resource not accessible by integration").into_response()
        }
        GitHubFault::RateLimited { seconds } => {
            let message = "API rate limit exceeded for installation.";
            let mut response = ApiError::forbidden(message).into_response();
            let seconds = TimeDelta::seconds(i64::try_from(*seconds).unwrap_or(0));
            for (name, value) in [
                ("x-ratelimit-limit", "5000".to_owned()),
                ("x-ratelimit-used", "5000".to_owned()),
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", (now + seconds).timestamp().to_string()),
                ("x-ratelimit-resource", "core".to_owned()),
            ] {
                put(&mut response, name, &value);
            }
            response
        }
        GitHubFault::SecondaryRateLimited { seconds } => {
            waiting(ApiError::forbidden(SECONDARY).into_response(), *seconds)
        }
        GitHubFault::TooManyRequests { seconds } => {
            waiting(error(StatusCode::TOO_MANY_REQUESTS, SECONDARY), *seconds)
        }
        GitHubFault::NotFound {} => ApiError::not_found().into_response(),
        GitHubFault::Conflict {} => error(StatusCode::CONFLICT, "Conflict"),
        GitHubFault::Unprocessable {} => {
            ApiError::unprocessable("Validation Failed", vec!["Ordered by a fault.".to_owned()])
                .into_response()
        }
        GitHubFault::ServerError {} => error(StatusCode::INTERNAL_SERVER_ERROR, "Server Error"),
        GitHubFault::BadGateway {} => StatusCode::BAD_GATEWAY.into_response(),
        _ => return None,
    })
}
