//! Calls in the name of the App itself, by its JWT: what it is, where it is
//! installed, its webhook. For tools, and for `reconcile`, which looks after the
//! webhook's deliveries; the other functions act as an installation.
//!
//! Source: docs.github.com, REST API, "GitHub Apps" and "GitHub App webhooks".

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::client::parse;
use crate::error::GitHubError;
use crate::http_call::{Answer, Http};
use crate::jwt::jwt;
use crate::signer::Signer;

/// The calls that only the App itself may make.
#[derive(Debug)]
pub struct AppClient {
    http: Http,
    app_id: String,
    signer: Signer,
}

/// A person or an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// The name in addresses; empty for an enterprise, which has none.
    #[serde(default)]
    pub login: String,
}

/// `GET /app`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppInfo {
    /// The App's id.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: Account,
    /// Its page at GitHub.
    pub html_url: String,
    /// What it asks for: name to `read`, `write` or `admin`.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// The events that it subscribes to.
    #[serde(default)]
    pub events: Vec<String>,
}

/// One of `GET /app/installations`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct InstallationInfo {
    /// The installation's id.
    pub id: u64,
    /// Where it is installed.
    pub account: Account,
    /// `all` or `selected`.
    #[serde(default)]
    pub repository_selection: String,
    /// What was granted: name to `read`, `write` or `admin`.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// The events that were granted.
    #[serde(default)]
    pub events: Vec<String>,
    /// Since when it is suspended, if it is.
    #[serde(default)]
    pub suspended_at: Option<DateTime<Utc>>,
}

/// `GET /app/hook/config`. GitHub shows no secret, only stars.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HookConfig {
    /// Where events go.
    #[serde(default)]
    pub url: Option<String>,
    /// `json` or `form`.
    #[serde(default)]
    pub content_type: Option<String>,
    /// `0` or `1`, as GitHub writes it: a text or a number.
    #[serde(default)]
    pub insecure_ssl: serde_json::Value,
    /// Whether events are signed; the stars are dropped.
    #[serde(default, rename = "secret", deserialize_with = "is_there")]
    pub has_secret: bool,
}

/// One of `GET /app/hook/deliveries`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HookDelivery {
    /// Of this attempt.
    pub id: u64,
    /// `X-GitHub-Delivery`.
    pub guid: String,
    /// When it was sent.
    pub delivered_at: DateTime<Utc>,
    /// Whether it was asked for once more.
    #[serde(default)]
    pub redelivery: bool,
    /// `OK`, or what went wrong.
    pub status: String,
    /// The answer's status; 0 where none came.
    pub status_code: u16,
    /// `workflow_job`, `ping`, …
    pub event: String,
    /// The payload's action.
    #[serde(default)]
    pub action: Option<String>,
}

/// `GET /app/hook/deliveries/{id}`, as far as it is read.
#[derive(Deserialize)]
struct Delivered {
    request: DeliveredRequest,
}

#[derive(Deserialize)]
struct DeliveredRequest {
    #[serde(default)]
    payload: serde_json::Value,
}

/// A webhook's new configuration: JSON, with TLS verified.
#[derive(Serialize)]
struct HookChange<'a> {
    url: &'a str,
    content_type: &'static str,
    insecure_ssl: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

impl AppClient {
    /// The App with this id (or client id), on one server.
    pub fn new(http: Http, app_id: impl Into<String>, signer: Signer) -> Self {
        Self {
            http,
            app_id: app_id.into(),
            signer,
        }
    }

    /// The App itself: proves id and key.
    pub async fn app(&self) -> Result<AppInfo, GitHubError> {
        self.get("/app").await
    }

    /// Where it is installed, at most 100 places.
    pub async fn installations(&self) -> Result<Vec<InstallationInfo>, GitHubError> {
        self.get("/app/installations?per_page=100").await
    }

    /// One installation.
    pub async fn installation(&self, id: u64) -> Result<InstallationInfo, GitHubError> {
        self.get(&format!("/app/installations/{id}")).await
    }

    /// Where its events go.
    pub async fn hook(&self) -> Result<HookConfig, GitHubError> {
        self.get("/app/hook/config").await
    }

    /// Sends its events to `url`, as JSON, signed with `secret` where one is
    /// given (it stays as it is where not).
    pub async fn set_hook(
        &self,
        url: &str,
        secret: Option<&SecretString>,
    ) -> Result<HookConfig, GitHubError> {
        let change = HookChange {
            url,
            content_type: "json",
            insecure_ssl: "0",
            secret: secret.map(|secret| secret.expose_secret()),
        };
        self.call(Method::PATCH, "/app/hook/config", Some(&change))
            .await
    }

    /// The last `count` deliveries (100 at most), newest first.
    pub async fn deliveries(&self, count: u8) -> Result<Vec<HookDelivery>, GitHubError> {
        self.get(&format!("/app/hook/deliveries?per_page={count}"))
            .await
    }

    /// The payload that one delivery carried.
    pub async fn delivered_payload(&self, id: u64) -> Result<serde_json::Value, GitHubError> {
        let whole: Delivered = self.get(&format!("/app/hook/deliveries/{id}")).await?;
        Ok(whole.request.payload)
    }

    /// How far GitHub's clock is ahead of ours (negative: behind), by the header
    /// `Date` of an answer; none where it has no such header. Zero where the two
    /// agree as far as whole seconds can show.
    pub async fn clock_ahead(&self) -> Result<Option<TimeDelta>, GitHubError> {
        let clock = self.http.clock();
        let before = clock.now();
        let jwt = jwt(&self.app_id, &self.signer, before).await?;
        let answer = self
            .http
            .call(Method::GET, "/app", None::<&()>, &jwt)
            .await?;
        let after = clock.now();
        let date = answer
            .headers
            .get(http::header::DATE)
            .and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        Ok(date.map(|date| {
            let late = date.to_utc() - after;
            // The header's second is cut off: it was somewhere within it.
            let early = date.to_utc() + TimeDelta::seconds(1) - before;
            if late > TimeDelta::zero() {
                late
            } else if early < TimeDelta::zero() {
                early
            } else {
                TimeDelta::zero()
            }
        }))
    }

    /// Sends a delivery once more, under the same GUID.
    pub async fn redeliver(&self, id: u64) -> Result<(), GitHubError> {
        let path = format!("/app/hook/deliveries/{id}/attempts");
        let _accepted: serde::de::IgnoredAny = self.call(Method::POST, &path, None::<&()>).await?;
        Ok(())
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, GitHubError> {
        self.call(Method::GET, path, None::<&()>).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, GitHubError> {
        let name = method.to_string();
        let answer = self.answer(method, path, body).await?;
        parse(&answer, &name, path, false)
    }

    /// The whole answer, for its headers.
    pub(crate) async fn answer(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, GitHubError> {
        let jwt = jwt(&self.app_id, &self.signer, self.http.clock().now()).await?;
        self.http.call(method, path, body, &jwt).await
    }
}

/// Whether there is a text; what it says is nobody's business.
fn is_there<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Option::<serde::de::IgnoredAny>::deserialize(from).map(|text| text.is_some())
}
