//! The headers that answers must have, as GitHub documents them.

use crate::stage::{Answer, Why};

/// What is wrong with an answer's headers.
pub(crate) fn problems(answer: &Answer, limited: bool) -> Vec<String> {
    let mut problems = Vec::new();
    // What stands before the API answers without its headers.
    let by_the_proxy = answer.why == Why::Gate && answer.header("content-type") == "text/html";
    if by_the_proxy || [502, 504].contains(&answer.status) {
        if answer.headers.contains_key("x-github-request-id") {
            problems.push("a load balancer knows no request id".to_owned());
        }
        return problems;
    }
    let mut want = |name: &str, holds: &dyn Fn(&str) -> bool| {
        let value = answer.header(name);
        if !holds(value) {
            problems.push(format!("{name}: {value:?}"));
        }
    };
    want("x-github-request-id", &is_request_id);
    want("x-github-media-type", &|value| {
        value == "github.v3; format=json"
    });
    want("x-content-type-options", &|value| value == "nosniff");
    want("vary", &|value| value.starts_with("Accept, Authorization"));
    let refused_version = answer.status == 400 && answer.why == Why::Gate;
    let selected = if refused_version { "" } else { "2022-11-28" };
    want("x-github-api-version-selected", &|value| value == selected);
    let reads = answer.operation.method == "GET" && [200, 304].contains(&answer.status);
    want("etag", &|value| {
        is_tag(value) == reads && (reads || value.is_empty())
    });
    let cached = if reads {
        "private, max-age=60, s-maxage=60"
    } else {
        ""
    };
    want("cache-control", &|value| value == cached);
    let kind = if answer.text.is_empty() {
        ""
    } else {
        "application/json; charset=utf-8"
    };
    want("content-type", &|value| value == kind);
    let itself = answer.why == Why::Itself;
    let permission = if itself {
        answer.operation.permission
    } else {
        ""
    };
    want("x-accepted-github-permissions", &|value| {
        value == permission
    });
    if limited {
        for name in ["limit", "remaining", "reset", "used"] {
            want(&format!("x-ratelimit-{name}"), &|value| {
                value.parse::<i64>().is_ok()
            });
        }
        want("x-ratelimit-resource", &|value| !value.is_empty());
    }
    problems
}

/// Five hexadecimal numbers, as in `B646:3E30C6:703151:87B13E:69A9546A`.
fn is_request_id(value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    let hex = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.len() == 5 && parts.iter().all(hex)
}

/// A hash in quotes, weak or not.
fn is_tag(value: &str) -> bool {
    let hash = value.trim_start_matches("W/").trim_matches('"');
    value.ends_with('"') && hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}
