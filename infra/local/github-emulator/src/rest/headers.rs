//! The headers that every answer of the API has, and GitHub's demands on those
//! of a request: `User-Agent`, `X-GitHub-Api-Version`, `Accept`.
//!
//! Source: docs.github.com, "Getting started with the REST API", "API Versions",
//! "Troubleshooting the REST API".

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::ApiError;

/// The API versions that GitHub serves, the default one last.
pub(super) const VERSIONS: [&str; 2] = ["2026-03-10", "2022-11-28"];

/// The first version that has no fields which were deprecated for years.
const WITHOUT_OLD_FIELDS: &str = "2026-03-10";

/// Removes a field that the version which is asked for has no more.
///
/// Source: docs.github.com, "Breaking changes".
pub(super) fn without_old(asked: &HeaderMap, field: &str, mut shown: Value) -> Value {
    if let (WITHOUT_OLD_FIELDS, Value::Object(fields)) =
        (text(asked, "x-github-api-version"), &mut shown)
    {
        fields.remove(field);
    }
    shown
}

/// An answer of what stands before GitHub's API: it has none of its headers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bare;

/// A status alone, as a load balancer gives it.
pub(super) fn bare(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Bare);
    response
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

pub(super) fn put(response: &mut Response, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// What is wrong with the headers of a request, if anything is.
pub(super) fn refusal(asked: &HeaderMap) -> Option<Response> {
    if text(asked, "user-agent").is_empty() {
        return Some(without_user_agent());
    }
    let version = text(asked, "x-github-api-version");
    if !version.is_empty() && !VERSIONS.contains(&version) {
        let [newest, default] = VERSIONS;
        let problem = format!(
            "The version you specified in the \"X-GitHub-API-Version\" request header, \"{version}\", \
             is not a supported version. The following versions are currently supported: \
             \"{newest}\" (most recent) and \"{default}\"."
        );
        let error = ApiError {
            errors: problem.into(),
            ..ApiError::bad_request("Bad Request")
        };
        return Some(error.into_response());
    }
    let accept = text(asked, "accept");
    (!takes_json(accept)).then(|| {
        let message =
            format!("Unsupported 'Accept' header: '{accept}'. Must accept 'application/json'.");
        ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into_response()
    })
}

/// GitHub's proxy says it, in plain words.
fn without_user_agent() -> Response {
    let words = "\r\nRequest forbidden by administrative rules. Please make sure your request has a \
                 User-Agent header (https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#user-agent-required). \
                 Check https://developer.github.com for other possible causes.\r\n";
    let kind = [(header::CONTENT_TYPE, "text/html")];
    let mut response = (StatusCode::FORBIDDEN, kind, words).into_response();
    response.extensions_mut().insert(Bare);
    response
}

/// Whether JSON is among what the client takes; so it is where it says nothing.
fn takes_json(accept: &str) -> bool {
    accept.split(',').any(|one| {
        let kind = one.split(';').next().unwrap_or_default().trim();
        ["", "*/*", "application/*", "application/json"].contains(&kind)
            || kind.starts_with("application/vnd.github")
    })
}

/// An id as GitHub writes them, the time at its end.
pub(super) fn request_id(number: u64, at: DateTime<Utc>) -> String {
    let low = number & 0xFFFF;
    let spread = number.wrapping_mul(0x9E37_79B9) & 0xFF_FFFF;
    let seconds = at.timestamp() & 0xFFFF_FFFF;
    format!(
        "{low:04X}:{spread:06X}:{number:06X}:{:06X}:{seconds:08X}",
        number + 1
    )
}

/// Adds what every answer of the API has.
pub(super) fn dress(response: &mut Response, asked: &HeaderMap, request_id: &str) {
    let [.., default] = VERSIONS;
    let version = text(asked, "x-github-api-version");
    let selected = VERSIONS.iter().find(|one| **one == version);
    let found =
        response.status() == StatusCode::OK || response.status() == StatusCode::NOT_MODIFIED;
    let mut all = vec![
        ("x-github-request-id", request_id),
        ("x-github-media-type", "github.v3; format=json"),
        ("x-content-type-options", "nosniff"),
        (
            "vary",
            "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With",
        ),
    ];
    if version.is_empty() || selected.is_some() {
        all.push((
            "x-github-api-version-selected",
            selected.unwrap_or(&default),
        ));
    }
    if text(response.headers(), "content-type") == "application/json" {
        all.push(("content-type", "application/json; charset=utf-8"));
    }
    if found && response.headers().contains_key(header::ETAG) {
        all.push(("cache-control", "private, max-age=60, s-maxage=60"));
    }
    for (name, value) in all {
        put(response, name, value);
    }
}
