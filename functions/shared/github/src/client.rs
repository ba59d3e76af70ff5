//! Calls in the name of the installation. What GitHub refuses with 401 is asked
//! once more: a kept token is renewed, and a new one gets a moment, since GitHub's
//! servers may not all know it yet (Octokit's `auth-app` does the same).

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

use crate::app::App;
use crate::calls;
use crate::error::GitHubError;
use crate::http_call::{Answer, Http, lost};

/// GitHub may tell of a new token or job before each of its servers knows it.
pub(crate) const KNOWN_EVERYWHERE: Duration = Duration::from_secs(1);

/// The calls that this project needs, see the modules `jobs` and `runners`.
#[derive(Debug)]
pub struct Client {
    http: Http,
    app: App,
}

impl Client {
    /// A client of one installation on one server.
    pub fn new(http: Http, app: App) -> Self {
        Self { http, app }
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, GitHubError> {
        let bearer = self.app.token(&self.http).await?;
        calls::count();
        let first = self
            .http
            .call(method.clone(), path, body, &bearer.value)
            .await;
        match first {
            Err(GitHubError::Refused { status: 401, .. }) if bearer.kept => {
                tracing::info!("GitHub no longer takes the kept token; asking for another");
                let bearer = self.app.renewed(&self.http, &bearer).await?;
                calls::count();
                self.http.call(method, path, body, &bearer.value).await
            }
            Err(GitHubError::Refused { status: 401, .. }) => {
                tracing::info!("GitHub does not take the new token yet; asking once more");
                tokio::time::sleep(KNOWN_EVERYWHERE).await;
                calls::count();
                self.http.call(method, path, body, &bearer.value).await
            }
            answer => answer,
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, GitHubError> {
        let answer = self.call(Method::GET, path, None::<&()>).await?;
        parse(&answer, "GET", path, false)
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, GitHubError> {
        let answer = self.call(Method::POST, path, Some(body)).await?;
        parse(&answer, "POST", path, true)
    }
}

/// A 2xx whose body is not what it should be is as good as no answer.
pub(crate) fn parse<T: DeserializeOwned>(
    answer: &Answer,
    method: &str,
    path: &str,
    effect: bool,
) -> Result<T, GitHubError> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        // serde's sentence may quote the answer, which may hold a secret.
        let reason = format!(
            "{} with an unexpected body ({:?} error at line {}, column {})",
            answer.status.as_u16(),
            error.classify(),
            error.line(),
            error.column()
        );
        let path = path.split('?').next().unwrap_or(path);
        lost(format!("{method} {path}"), effect, reason)
    })
}
