//! The listener's calls to GitHub.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request, Response, StatusCode, header};
use hmac::{Hmac, Mac};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::config::Config;
use crate::protocol::wire;
use crate::transport::{self, Transport};

/// Longer than the server keeps a question open.
const PATIENCE: Duration = Duration::from_secs(100);
/// Tries of a call that did not get through.
const TRIES: u32 = 5;

/// Why a call did not work.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error("GitHub answered {0}")]
    Refused(StatusCode),
    #[error("GitHub cannot be reached")]
    Unreachable,
}

impl CallError {
    pub(super) fn is(&self, status: StatusCode) -> bool {
        matches!(self, Self::Refused(refused) if *refused == status)
    }
}

/// A connection with a session, once there is one.
#[derive(Clone)]
pub(super) struct Client {
    transport: Transport,
    server: Arc<str>,
    token: Arc<str>,
}

impl Client {
    /// Proves the key and opens a session.
    pub(super) async fn open(config: &Config) -> Result<Self, CallError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .map_err(|_| CallError::Unreachable)?;
        Self::open_through(config, transport::over(http)).await
    }

    /// The same through a transport of the caller's.
    pub(super) async fn open_through(
        config: &Config,
        transport: Transport,
    ) -> Result<Self, CallError> {
        let mut client = Self {
            transport,
            server: config.server.as_str().into(),
            token: "".into(),
        };
        let nonce: wire::Nonce = client.call(Method::POST, "/nonce", None::<&()>).await?;
        let mut mac = Hmac::<Sha256>::new_from_slice(config.key.expose_secret())
            .expect("HMAC takes a key of any length");
        mac.update(nonce.nonce.as_bytes());
        let asked = wire::OpenSession {
            client_id: config.client_id.clone(),
            nonce: nonce.nonce,
            proof: hex::encode(mac.finalize().into_bytes()),
            version: super::VERSION.to_owned(),
        };
        let session: wire::Session = client.call(Method::POST, "/session", Some(&asked)).await?;
        client.token = session.token.into();
        Ok(client)
    }

    /// Waits for an offer; None after a while without one.
    pub(super) async fn message(&self) -> Result<Option<wire::Offer>, CallError> {
        let response = self.send(Method::GET, "/message", None::<&()>).await?;
        if response.status() == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        read(&response).map(Some)
    }

    pub(super) async fn acquire(&self, job: u64) -> Result<wire::JobMessage, CallError> {
        self.call(Method::POST, &format!("/jobs/{job}/acquire"), None::<&()>)
            .await
    }

    pub(super) async fn log(&self, job: u64, lines: Vec<String>) -> Result<(), CallError> {
        self.tell(&format!("/jobs/{job}/log"), &wire::LogLines { lines })
            .await
    }

    pub(super) async fn step(&self, job: u64, report: &wire::StepReport) -> Result<(), CallError> {
        self.tell(&format!("/jobs/{job}/steps"), report).await
    }

    /// Waits until the job is cancelled; false after a while without that.
    pub(super) async fn cancellation(&self, job: u64) -> Result<bool, CallError> {
        let path = format!("/jobs/{job}/cancellation");
        let answer: wire::Cancellation = self.call(Method::GET, &path, None::<&()>).await?;
        Ok(answer.cancelled)
    }

    pub(super) async fn complete(&self, job: u64, end: &wire::Completion) -> Result<(), CallError> {
        self.tell(&format!("/jobs/{job}/complete"), end).await
    }

    pub(super) async fn close(&self) {
        let _ = self.attempt(&Method::DELETE, "/session", None::<&()>).await;
    }

    async fn tell(&self, path: &str, body: &impl Serialize) -> Result<(), CallError> {
        self.send(Method::POST, path, Some(body)).await.map(|_| ())
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, CallError> {
        let response = self.send(method, path, body).await?;
        read(&response)
    }

    /// Tries again where GitHub could not be reached or failed.
    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response<Bytes>, CallError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.attempt(&method, path, body).await {
                Err(error) if tries < TRIES && may_pass(&error) => {
                    tokio::time::sleep(Duration::from_millis(100 << tries)).await;
                }
                other => return other,
            }
        }
    }

    async fn attempt(
        &self,
        method: &Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response<Bytes>, CallError> {
        let agent = format!("GitHubActionsRunner-linux-x64/{}", super::VERSION);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server))
            .header(header::USER_AGENT, agent);
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        let content = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                serde_json::to_vec(body).map_err(|_| CallError::Unreachable)?
            }
            None => Vec::new(),
        };
        let request = request.body(Bytes::from(content));
        let sent = (self.transport)(request.map_err(|_| CallError::Unreachable)?);
        let response = tokio::time::timeout(PATIENCE, sent).await;
        let response = response.map_or(Err(CallError::Unreachable), |answer| {
            answer.map_err(|_| CallError::Unreachable)
        })?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(CallError::Refused(response.status()))
        }
    }
}

fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, CallError> {
    serde_json::from_slice(response.body()).map_err(|_| CallError::Unreachable)
}

fn may_pass(error: &CallError) -> bool {
    match error {
        CallError::Unreachable => true,
        CallError::Refused(status) => status.is_server_error(),
    }
}
