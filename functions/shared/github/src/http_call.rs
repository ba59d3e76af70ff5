//! One request to GitHub through octocrab, without its retries (they would also
//! send a POST again; the feature is not compiled in) and without its auth: the
//! ready bearer token rides in the request, so the connection pool outlives
//! every token. The whole answer is read, for its headers matter.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::clock::Clock;
use http::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue, LOCATION, USER_AGENT};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use octocrab::service::middleware::base_uri::BaseUriLayer;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use tower::Service;

use crate::error::{self, GitHubError};
use crate::signer::KeyError;

/// One call, from connecting to the last byte.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("jit-runners/", env!("CARGO_PKG_VERSION"));
const MEDIA_TYPE: &str = "application/vnd.github+json";

/// A GitHub server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    base: Uri,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            base: Uri::from_static("https://api.github.com"),
        }
    }
}

impl Server {
    /// A server by the address of its API: `https://api.github.com`, or
    /// `https://HOST/api/v3` for GitHub Enterprise Server. The error is a sentence.
    pub fn new(api_url: &str) -> Result<Self, String> {
        let base: Uri = api_url
            .trim_end_matches('/')
            .parse()
            .map_err(|error| format!("{api_url:?} is not an address: {error}"))?;
        match (base.scheme_str(), base.authority()) {
            (Some("https" | "http"), Some(_)) => Ok(Self { base }),
            _ => Err(format!(
                "{api_url:?} is not an address such as https://api.github.com"
            )),
        }
    }
}

/// The connection to one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    octocrab: Octocrab,
    clock: Clock,
}

/// An answer with status 2xx.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A text, or where it is.
#[derive(Debug)]
pub(crate) enum Text {
    /// It came at once.
    Here(String),
    /// At this address, which wants no bearer.
    At(String),
}

impl Http {
    /// Over TCP, with TLS for `https`. Within a tokio runtime.
    pub fn new(server: &Server, clock: Clock) -> Result<Self, GitHubError> {
        let mut builder = Octocrab::builder()
            .base_uri(server.base.clone())
            .map_err(|error| unusable(&error))?
            .set_connect_timeout(Some(CALL_TIMEOUT))
            .set_read_timeout(Some(CALL_TIMEOUT))
            .set_write_timeout(Some(CALL_TIMEOUT));
        for (name, value) in headers() {
            builder = builder.add_header(name, value.to_owned());
        }
        let octocrab = builder.build().map_err(|error| unusable(&error))?;
        Ok(Self { octocrab, clock })
    }

    /// Through `service` instead of a network: for running everything in one
    /// process. Within a tokio runtime.
    pub fn with_service<S, B>(server: &Server, clock: Clock, service: S) -> Self
    where
        S: Service<Request<OctoBody>, Response = Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
        B: http_body::Body<Data = Bytes> + Send + Sync + 'static,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let headers = headers()
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .to_vec();
        let built = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
            .with_layer(&BaseUriLayer::new(server.base.clone()))
            .with_auth(AuthState::None)
            .build();
        let octocrab = match built {
            Ok(octocrab) => octocrab,
            Err(never) => match never {},
        };
        Self { octocrab, clock }
    }

    /// The clock by which tokens and rate limits are judged.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sends one request; anything but 2xx is an error.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        bearer: &SecretString,
    ) -> Result<Answer, GitHubError> {
        let name = path.split('?').next().unwrap_or(path);
        self.call_as(name, method, path, body, Some(bearer)).await
    }

    /// The same under another name, for a path that holds a secret; without a
    /// bearer where GitHub wants none.
    pub(crate) async fn call_as(
        &self,
        name: &str,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        bearer: Option<&SecretString>,
    ) -> Result<Answer, GitHubError> {
        let effect = method == Method::POST;
        let call = format!("{method} {name}");
        let (status, headers, body) = self.exchange(&call, method, path, body, bearer).await?;
        if status.is_success() {
            Ok(Answer {
                status,
                headers,
                body,
            })
        } else {
            Err(error::sort(
                &call,
                effect,
                status,
                &headers,
                &body,
                &self.clock,
            ))
        }
    }

    /// Reads a text, which GitHub may keep elsewhere (302).
    pub(crate) async fn text(
        &self,
        path: &str,
        bearer: Option<&SecretString>,
    ) -> Result<Text, GitHubError> {
        // An address elsewhere is signed: its query is a secret.
        let name = path.split('?').next().unwrap_or(path);
        let call = format!("GET {name}");
        let (status, headers, body) = self
            .exchange(&call, Method::GET, path, None::<&()>, bearer)
            .await?;
        let elsewhere = headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .filter(|_| status.is_redirection());
        if let Some(address) = elsewhere {
            return Ok(Text::At(address.to_owned()));
        }
        if status.is_success() {
            return Ok(Text::Here(String::from_utf8_lossy(&body).into_owned()));
        }
        Err(error::sort(
            &call,
            false,
            status,
            &headers,
            &body,
            &self.clock,
        ))
    }

    /// One request and its whole answer, whatever its status.
    async fn exchange(
        &self,
        call: &str,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        bearer: Option<&SecretString>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), GitHubError> {
        // Only a POST acts twice when it is sent twice.
        let effect = method == Method::POST;
        let mut request = Request::builder().method(method).uri(path);
        if let Some(bearer) = bearer {
            let mut token = HeaderValue::try_from(format!("Bearer {}", bearer.expose_secret()))
                .map_err(|_| KeyError::Unusable("the token has forbidden characters".to_owned()))?;
            token.set_sensitive(true);
            request = request.header(AUTHORIZATION, token);
        }
        let request = self
            .octocrab
            .build_request(request, body)
            .map_err(|error| unusable(&error))?;
        self.execute(call, effect, request).await
    }

    /// Posts a text as it stands; the answer's status, whatever it is.
    pub(crate) async fn post_text(
        &self,
        path: &str,
        headers: &[(HeaderName, String)],
        text: &str,
    ) -> Result<u16, GitHubError> {
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request
            .body(OctoBody::from(text.to_owned()))
            .map_err(|error| GitHubError::Unavailable {
                call: format!("POST {path}"),
                reason: error.to_string(),
            })?;
        let call = format!("POST {path}");
        let (status, _, _) = self.execute(&call, true, request).await?;
        Ok(status.as_u16())
    }

    async fn execute(
        &self,
        call: &str,
        effect: bool,
        request: Request<OctoBody>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), GitHubError> {
        let exchange = async {
            let answer = self.octocrab.execute(request).await?;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, octocrab::Error>((parts.status, parts.headers, body))
        };
        match tokio::time::timeout(CALL_TIMEOUT, exchange).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(broken(call.to_owned(), effect, &error)),
            Err(_) => {
                let reason = format!("no answer within {} s", CALL_TIMEOUT.as_secs());
                Err(lost(call.to_owned(), effect, reason))
            }
        }
    }
}

fn headers() -> [(HeaderName, &'static str); 2] {
    [(USER_AGENT, AGENT), (ACCEPT, MEDIA_TYPE)]
}

/// An exchange that ended without a whole answer.
fn broken(call: String, effect: bool, error: &(dyn StdError + 'static)) -> GitHubError {
    let mut reason = String::new();
    let mut never_sent = false;
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(client) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            never_sent |= client.is_connect();
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            never_sent |= io.kind() == io::ErrorKind::ConnectionRefused;
        }
        // The innermost says what happened; the outer ones only who noticed.
        reason = error.to_string();
        next = error.source();
    }
    lost(call, effect && !never_sent, reason)
}

/// Gone on the way: harmless unless the request had an effect.
pub(crate) fn lost(call: String, effect: bool, reason: String) -> GitHubError {
    if effect {
        GitHubError::LostAnswer { call, reason }
    } else {
        GitHubError::Unavailable { call, reason }
    }
}

fn unusable(error: &octocrab::Error) -> GitHubError {
    GitHubError::Unavailable {
        call: "the building of a request".to_owned(),
        reason: error.to_string(),
    }
}
