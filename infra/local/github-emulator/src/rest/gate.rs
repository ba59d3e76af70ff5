//! What every request passes: ordered faults, GitHub's demands on headers,
//! and the hourly limit with its headers.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use super::error::ApiError;
use super::{kind, refusals};
use crate::faults::{self, FaultKind};
use crate::github_fault::GitHubFault;
use crate::shared::Shared;

/// The API versions that GitHub serves.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// Lets a request go wrong, where a test ordered that.
pub(super) async fn faults(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (
        request.method().to_string(),
        request.uri().path().to_owned(),
    );
    let fault = shared.note(|world, _| faults::take(&mut world.faults, &method, &path));
    match fault {
        None => mishaps(&shared, &method, &path, request, next).await,
        Some(FaultKind::Delay(time)) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Some(FaultKind::LoseAnswer) => {
            let _lost = next.run(request).await;
            StatusCode::BAD_GATEWAY.into_response()
        }
        Some(FaultKind::Status(code, headers, body)) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = (status, body).into_response();
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json; charset=utf-8"),
            );
            for (name, value) in headers {
                put(&mut response, &name, &value);
            }
            response
        }
    }
}

/// Lets a request go wrong in one of the ways that have a name.
async fn mishaps(
    shared: &Arc<Shared>,
    method: &str,
    path: &str,
    request: Request,
    next: Next,
) -> Response {
    let Some(kind) = kind::kind(method, path) else {
        return next.run(request).await;
    };
    let fault = shared
        .faults
        .strike(&[kind, method, path], GitHubFault::is_of_rest);
    match fault {
        None => next.run(request).await,
        Some(GitHubFault::AnswerLost {}) => {
            let _lost = next.run(request).await;
            StatusCode::BAD_GATEWAY.into_response()
        }
        Some(GitHubFault::SlowAnswer { seconds }) => {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            next.run(request).await
        }
        Some(GitHubFault::NoAnswer { seconds }) => {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Some(other) => match refusals::refusal(&other, shared.now()) {
            Some(response) => response,
            None => next.run(request).await,
        },
    }
}

pub(super) fn put(response: &mut Response, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// GitHub's demands: a User-Agent, a version that exists, the hourly limit.
pub(super) async fn checks(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    shared.note(|world, _| world.api_requests += 1);
    let headers = request.headers().clone();
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if text("user-agent").is_empty() {
        return ApiError::forbidden(
            "Request forbidden by administrative rules. Please make sure your request has a \
             User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).",
        )
        .into_response();
    }
    let version = text("x-github-api-version");
    if !version.is_empty() && !VERSIONS.contains(&version) {
        let message = format!("The API version '{version}' is not supported.");
        return ApiError::new(StatusCode::BAD_REQUEST, message).into_response();
    }
    // Asking how much is left is free.
    let usage = if request.uri().path().ends_with("/rate_limit") {
        None
    } else {
        count(&shared, text("authorization"))
    };
    let mut response = match &usage {
        Some(usage) if usage.used > usage.limit => {
            ApiError::forbidden("API rate limit exceeded for this installation.").into_response()
        }
        _ => next.run(request).await,
    };
    if let Some(usage) = usage {
        for (name, value) in [
            ("x-ratelimit-limit", i64::from(usage.limit)),
            ("x-ratelimit-used", i64::from(usage.used)),
            (
                "x-ratelimit-remaining",
                i64::from(usage.limit.saturating_sub(usage.used)),
            ),
            ("x-ratelimit-reset", usage.reset),
        ] {
            put(&mut response, name, &value.to_string());
        }
        put(&mut response, "x-ratelimit-resource", "core");
    }
    response
}

pub(super) struct Usage {
    pub(super) limit: u32,
    pub(super) used: u32,
    pub(super) reset: i64,
}

/// How far a token's hour is used up; None where limits are off.
pub(super) fn usage(shared: &Arc<Shared>, authorization: &str) -> Option<Usage> {
    shared.look(|world, now| {
        let limit = world.settings.rate_limit?;
        let fresh = (now, 0);
        let hour = world.used_requests.get(authorization).unwrap_or(&fresh);
        let hour = if now - hour.0 >= TimeDelta::hours(1) {
            fresh
        } else {
            *hour
        };
        Some(Usage {
            limit,
            used: hour.1,
            reset: (hour.0 + TimeDelta::hours(1)).timestamp(),
        })
    })
}

/// Counts the request against its token's hour; None where limits are off.
fn count(shared: &Arc<Shared>, authorization: &str) -> Option<Usage> {
    shared.note(|world, now| {
        let limit = world.settings.rate_limit?;
        let hour = world
            .used_requests
            .entry(authorization.to_owned())
            .or_insert((now, 0));
        if now - hour.0 >= TimeDelta::hours(1) {
            *hour = (now, 0);
        }
        hour.1 += 1;
        Some(Usage {
            limit,
            used: hour.1,
            reset: (hour.0 + TimeDelta::hours(1)).timestamp(),
        })
    })
}
