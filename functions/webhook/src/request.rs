//! What the function is called with: payload format 2.0 (function URL, HTTP API)
//! or 1.0 (REST API, private ones too), told apart by `httpMethod`. Each is answered in its own
//! shape: a REST API refuses answers with members that it does not know.
//!
//! Source: API Gateway developer guide, "Lambda proxy integrations".

use std::collections::BTreeMap;

use aws_lambda_events::lambda_function_urls::{
    LambdaFunctionUrlRequest as Url, LambdaFunctionUrlResponse as UrlResponse,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Deserialize as DeriveDeserialize, Serialize};
use serde_json::Value;

/// One HTTP request, as either kind of event.
#[derive(Debug)]
pub struct Request {
    pub(crate) event: Box<Url>,
    rest: bool,
}

/// The answer in the request's own shape.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Response {
    /// Payload format 2.0.
    Url(Box<UrlResponse>),
    /// Payload format 1.0.
    Rest(RestResponse),
}

/// What a REST API takes, and nothing else.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RestResponse {
    status_code: i64,
    headers: BTreeMap<String, String>,
    body: String,
    is_base64_encoded: bool,
}

/// Payload format 1.0, as far as it matters here.
#[derive(DeriveDeserialize)]
#[serde(rename_all = "camelCase")]
struct Rest {
    http_method: String,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
    #[serde(default)]
    request_context: Context,
}

#[derive(Default, DeriveDeserialize)]
struct Context {
    #[serde(default)]
    identity: Identity,
}

#[derive(Default, DeriveDeserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(default)]
    source_ip: Option<String>,
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.get("httpMethod").is_none() {
            let event = serde_json::from_value(value).map_err(D::Error::custom)?;
            return Ok(Self { event, rest: false });
        }
        let rest: Rest = serde_json::from_value(value).map_err(D::Error::custom)?;
        Ok(Self {
            event: Box::new(rest.into()),
            rest: true,
        })
    }
}

impl From<Rest> for Url {
    fn from(rest: Rest) -> Self {
        let mut event = Self::default();
        event.headers = rest.header_map();
        event.request_context.http.method = Some(rest.http_method);
        event.request_context.http.source_ip = rest.request_context.identity.source_ip;
        event.body = rest.body;
        event.is_base64_encoded = rest.is_base64_encoded;
        event
    }
}

impl Rest {
    /// Values of one name are joined, as payload format 2.0 has them.
    fn header_map(&self) -> HeaderMap {
        let single = self.headers.iter().flatten();
        let several = self.multi_value_headers.iter().flatten();
        single
            .map(|(name, value)| (name, value.clone()))
            .chain(several.map(|(name, values)| (name, values.join(","))))
            .filter_map(|(name, value)| {
                let name = HeaderName::try_from(name.as_str()).ok()?;
                Some((name, HeaderValue::try_from(value).ok()?))
            })
            .collect()
    }
}

impl Request {
    /// The answer in this request's shape.
    pub(crate) fn shape(rest: bool, answer: UrlResponse) -> Response {
        if !rest {
            return Response::Url(Box::new(answer));
        }
        let headers = answer.headers.iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        Response::Rest(RestResponse {
            status_code: answer.status_code,
            headers: headers.collect(),
            body: answer.body.unwrap_or_default(),
            is_base64_encoded: answer.is_base64_encoded,
        })
    }

    /// The event in payload format 2.0, and whether the answer must be in 1.0.
    pub(crate) fn into_parts(self) -> (Url, bool) {
        (*self.event, self.rest)
    }
}
