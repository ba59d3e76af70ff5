//! Payload format 2.0: an HTTP request as an event, an answer as an HTTP response.

use axum::http::request::Parts;
use axum::http::{Error, HeaderName, HeaderValue, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::REGION;

/// The event for a request to `path` below the function's URL.
pub(crate) fn request(
    function: &str,
    path: &str,
    head: &Parts,
    body: &Bytes,
    now: DateTime<Utc>,
) -> Value {
    let mut headers = Map::new();
    let mut cookies = Vec::new();
    for name in head.headers.keys() {
        let values: Vec<String> = head
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        if name == header::COOKIE {
            cookies.extend(
                values
                    .iter()
                    .flat_map(|line| line.split("; "))
                    .map(str::to_owned),
            );
        } else {
            // Names are lower-cased by the HTTP library already, as on AWS.
            headers.insert(name.as_str().to_owned(), Value::from(values.join(",")));
        }
    }
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let query = head.uri.query().unwrap_or_default();
    let domain = format!("{function}.lambda-url.{REGION}.on.aws");
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": function,
            "domainName": domain,
            "domainPrefix": function,
            "http": {
                "method": head.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": header("user-agent"),
            },
            "requestId": Uuid::new_v4().to_string(),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.format("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.timestamp_millis(),
        },
        "isBase64Encoded": false,
    });
    if !cookies.is_empty() {
        event["cookies"] = Value::from(cookies);
    }
    let parameters = query_parameters(query);
    if !parameters.is_empty() {
        event["queryStringParameters"] = Value::Object(parameters);
    }
    if !body.is_empty() {
        let text = if is_text(header("content-type")) {
            std::str::from_utf8(body).ok()
        } else {
            None
        };
        event["isBase64Encoded"] = Value::from(text.is_none());
        event["body"] = Value::from(text.map_or_else(|| STANDARD.encode(body), str::to_owned));
    }
    event
}

/// The response for a function's answer: an object with a `statusCode` says how;
/// anything else is the body of a 200.
pub(crate) fn response(payload: &Bytes) -> Result<Response<Bytes>, Error> {
    let answer: Value = serde_json::from_slice(payload).unwrap_or(Value::Null);
    let Some(status) = answer.get("statusCode").and_then(Value::as_u64) else {
        let body = match &answer {
            Value::String(text) => Bytes::from(text.clone()),
            _ => payload.clone(),
        };
        return Response::builder()
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
    };
    let status = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    let mut response = Response::builder().status(status.unwrap_or(StatusCode::BAD_GATEWAY));
    let mut typed = false;
    for (name, value) in answer
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            // The server computes these from the body itself.
            if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
                typed |= name == header::CONTENT_TYPE;
                response = response.header(name, value);
            }
        }
    }
    if !typed {
        response = response.header(header::CONTENT_TYPE, "application/json");
    }
    for cookie in answer
        .get("cookies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        response = response.header(header::SET_COOKIE, cookie);
    }
    let body = match answer.get("body") {
        Some(Value::String(text)) if answer.get("isBase64Encoded") == Some(&Value::Bool(true)) => {
            STANDARD.decode(text).map(Bytes::from).unwrap_or_default()
        }
        Some(Value::String(text)) => Bytes::from(text.clone()),
        None | Some(Value::Null) => Bytes::new(),
        Some(other) => Bytes::from(other.to_string()),
    };
    response.body(body)
}

/// Bodies of these types reach the function as text, all others in base64.
fn is_text(content_type: &str) -> bool {
    let kind = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind.as_str(),
            "application/json" | "application/xml" | "application/javascript"
        )
}

/// Decoded; values of the same name are joined by commas.
fn query_parameters(query: &str) -> Map<String, Value> {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match parameters.get_mut(name.as_ref()) {
            Some(Value::String(before)) => {
                before.push(',');
                before.push_str(&value);
            }
            _ => {
                parameters.insert(name.into_owned(), Value::from(value.as_ref()));
            }
        }
    }
    parameters
}
