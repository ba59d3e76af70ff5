//! Deliveries as GitHub makes them: for tools that test a webhook.

use domain::clock::Clock;
use http::header::{CONTENT_TYPE, HeaderName};
use secrecy::SecretString;

use crate::error::GitHubError;
use crate::http_call::{Http, Server};
use crate::signature;

/// A webhook's address.
#[derive(Debug)]
pub struct Hook {
    http: Http,
    path: String,
}

/// One delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `X-GitHub-Delivery`.
    pub id: String,
    /// `X-GitHub-Event`.
    pub event: &'static str,
    /// The payload, JSON.
    pub body: String,
}

impl Hook {
    /// The webhook at `url`. The error is a sentence.
    pub fn new(url: &str, clock: &Clock) -> Result<Self, String> {
        let start = url.find("://").map_or(0, |at| at + 3);
        let end = url[start..].find('/').map_or(url.len(), |at| start + at);
        let (origin, path) = url.split_at(end);
        let http = Http::new(&Server::new(origin)?, clock.clone()).map_err(|e| e.to_string())?;
        let path = if path.is_empty() { "/" } else { path };
        Ok(Self {
            http,
            path: path.to_owned(),
        })
    }

    /// Sends a delivery signed with `secret`; the status that it was answered with.
    pub async fn deliver(
        &self,
        delivery: &Delivery,
        secret: &SecretString,
    ) -> Result<u16, GitHubError> {
        let headers = [
            (CONTENT_TYPE, "application/json".to_owned()),
            (
                HeaderName::from_static("x-github-event"),
                delivery.event.to_owned(),
            ),
            (
                HeaderName::from_static("x-github-delivery"),
                delivery.id.clone(),
            ),
            (
                HeaderName::from_static(signature::HEADER),
                signature::sign(secret, delivery.body.as_bytes()),
            ),
        ];
        self.http
            .post_text(&self.path, &headers, &delivery.body)
            .await
    }
}
