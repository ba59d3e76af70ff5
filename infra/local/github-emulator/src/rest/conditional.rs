//! Conditional requests: every JSON that is read has an `ETag`, a repository
//! `Last-Modified`, too, and who has it already gets 304.
//!
//! As GitHub's, an `ETag` is weak where the client takes compressed answers, and
//! differs with `Accept` and `Authorization`: a new token makes the old one
//! useless. It is nothing but a hash of the three, so that equal worlds have
//! equal ones.
//!
//! Source: docs.github.com, "Best practices for using the REST API".

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// A day and time as HTTP writes it.
pub(super) const HTTP_TIME: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// Adds the `ETag` to what was read; 304 without a body where it is known.
pub(super) async fn answer(method: &Method, asked: &HeaderMap, response: Response) -> Response {
    let reads = *method == Method::GET || *method == Method::HEAD;
    if !reads || response.status() != StatusCode::OK {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(tag) = HeaderValue::try_from(tag(asked, &body)) {
        head.headers.insert(header::ETAG, tag);
    }
    if is_known(asked, &head.headers) {
        head.status = StatusCode::NOT_MODIFIED;
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
            head.headers.remove(name);
        }
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(body))
}

fn tag(asked: &HeaderMap, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for name in [header::ACCEPT, header::AUTHORIZATION] {
        let value = asked.get(name).map(HeaderValue::as_bytes);
        hash.update(value.unwrap_or_default());
        hash.update([0]);
    }
    hash.update(body);
    let hash = hex::encode(hash.finalize());
    let compressed = text(asked, &header::ACCEPT_ENCODING).contains("gzip");
    let weak = if compressed { "W/" } else { "" };
    format!("{weak}\"{hash}\"")
}

/// `If-None-Match` is compared weakly; without it, `If-Modified-Since` counts.
fn is_known(asked: &HeaderMap, answered: &HeaderMap) -> bool {
    let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = text(asked, &header::IF_NONE_MATCH);
    if !known.is_empty() {
        let tag = strong(text(answered, &header::ETAG));
        return known
            .split(',')
            .any(|one| one.trim() == "*" || strong(one) == tag);
    }
    let since = time(text(asked, &header::IF_MODIFIED_SINCE));
    let modified = time(text(answered, &header::LAST_MODIFIED));
    matches!((since, modified), (Some(since), Some(modified)) if modified <= since)
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn time(text: &str) -> Option<chrono::NaiveDateTime> {
    chrono::NaiveDateTime::parse_from_str(text, HTTP_TIME).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{is_known, tag};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_tag_is_of_body_and_token_and_weak_for_who_takes_compressed_answers() {
        let plain = tag(&headers(&[]), b"{}");
        assert!(plain.starts_with('"') && plain.len() == 66, "{plain}");
        assert_eq!(tag(&headers(&[]), b"{}"), plain);
        assert_ne!(tag(&headers(&[]), b"[]"), plain);
        assert_ne!(tag(&headers(&[("authorization", "token a")]), b"{}"), plain);
        let compressed = tag(&headers(&[("accept-encoding", "gzip, br")]), b"{}");
        assert_eq!(compressed, format!("W/{plain}"));
    }

    #[test]
    fn a_tag_is_known_whether_weak_or_not_and_wins_over_the_time() {
        let modified = "Mon, 23 Nov 2026 17:44:59 GMT";
        let answered = headers(&[("etag", "W/\"a\""), ("last-modified", modified)]);
        for (asked, known) in [
            (headers(&[("if-none-match", "\"a\"")]), true),
            (headers(&[("if-none-match", "\"b\", W/\"a\"")]), true),
            (headers(&[("if-none-match", "*")]), true),
            (
                headers(&[("if-none-match", "\"b\""), ("if-modified-since", modified)]),
                false,
            ),
            (headers(&[("if-modified-since", modified)]), true),
            (
                headers(&[("if-modified-since", "Mon, 23 Nov 2026 17:44:58 GMT")]),
                false,
            ),
            (headers(&[("if-modified-since", "yesterday")]), false),
            (headers(&[]), false),
        ] {
            assert_eq!(is_known(&asked, &answered), known, "{asked:?}");
        }
    }
}
