//! What GitHub says when a limit is reached, whether it is counted or ordered
//! by a fault.
//!
//! Source: docs.github.com, "Rate limits for the REST API", and the words of
//! api.github.com itself.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use super::error::ApiError;
use super::headers::put;
use crate::limits::LimitStatus;
use crate::world::{Caller, Secondary, Usage};

/// How long GitHub asks to wait after a secondary limit, in seconds.
pub(super) const SECONDARY_WAIT: u64 = 60;

const PRIMARY_DOCUMENTATION: &str =
    "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";
const SECONDARY_DOCUMENTATION: &str = "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits";

/// The request that is refused.
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) caller: Caller,
    /// The id of the installation or the App.
    pub(super) id: u64,
    pub(super) request_id: String,
    pub(super) at: DateTime<Utc>,
}

impl Refused {
    fn for_support(&self) -> String {
        format!(
            "If you reach out to GitHub Support for help, please include the request ID {} and timestamp {}.",
            self.request_id,
            self.at.format("%Y-%m-%d %H:%M:%S UTC")
        )
    }
}

pub(super) fn status(setting: LimitStatus) -> StatusCode {
    match setting {
        LimitStatus::Forbidden => StatusCode::FORBIDDEN,
        LimitStatus::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// The hour's requests are used up: no `retry-after`, but the limit's headers.
pub(super) fn primary(refused: &Refused, usage: &Usage, status: StatusCode) -> Response {
    let whose = match refused.caller {
        Caller::Installation => format!("installation ID {}", refused.id),
        Caller::App => format!("app ID {}", refused.id),
        Caller::Person => format!("user ID {}", refused.id),
        Caller::Anonymous => "127.0.0.1".to_owned(),
    };
    let more = match refused.caller {
        Caller::Anonymous => "(But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)".to_owned(),
        _ => refused.for_support(),
    };
    let error = ApiError {
        documentation_url: PRIMARY_DOCUMENTATION,
        ..ApiError::new(
            status,
            format!("API rate limit exceeded for {whose}. {more}"),
        )
    };
    let mut response = error.into_response();
    tell(&mut response, usage);
    response
}

/// A secondary limit is reached: `retry-after`, and nothing about which one.
pub(super) fn secondary(
    refused: &Refused,
    limit: Secondary,
    seconds: u64,
    status: StatusCode,
) -> Response {
    let message = match limit {
        Secondary::Requests => {
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        }
        Secondary::Content => {
            "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later."
        }
    };
    let error = ApiError {
        documentation_url: SECONDARY_DOCUMENTATION,
        ..ApiError::new(status, format!("{message} {}", refused.for_support()))
    };
    let mut response = error.into_response();
    put(&mut response, "retry-after", &seconds.to_string());
    response
}

/// The headers of the primary limit, which every answer has.
pub(super) fn tell(response: &mut Response, usage: &Usage) {
    for (name, value) in [
        ("x-ratelimit-limit", usage.limit.to_string()),
        ("x-ratelimit-remaining", usage.remaining().to_string()),
        ("x-ratelimit-reset", usage.reset.to_string()),
        ("x-ratelimit-resource", usage.resource.to_owned()),
        ("x-ratelimit-used", usage.used.to_string()),
    ] {
        put(response, name, &value);
    }
}
