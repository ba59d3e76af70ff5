//! App auth: the key makes a JWT of ten minutes at most, the JWT an
//! installation token of one hour, which is kept and renewed early. Callers
//! that come at the same time share one renewal.
//!
//! Source: docs.github.com, "Authenticating as a GitHub App installation".

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::error::GitHubError;
use crate::http_call::{Http, lost};
use crate::jwt::jwt;
use crate::secret::secret;
use crate::signer::Signer;

/// A token with less life than this is renewed before it is used.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// An App's installation: one per stack, from the settings, never from a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The App's id or client id.
    pub app_id: String,
    /// The installation's id.
    pub installation_id: u64,
}

/// Tokens of one installation.
#[derive(Debug)]
pub struct App {
    installation: Installation,
    signer: Signer,
    token: Mutex<Option<Token>>,
}

/// An installation token. Its length varies; nothing is assumed about it.
#[derive(Debug, Clone)]
struct Token {
    value: SecretString,
    expires_at: DateTime<Utc>,
}

/// A token for one call.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) value: SecretString,
    /// Whether it was at hand before: GitHub may have revoked it since.
    pub(crate) kept: bool,
    expires_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(deserialize_with = "secret")]
    token: SecretString,
    expires_at: DateTime<Utc>,
}

impl App {
    /// Nothing is asked before the first call.
    pub fn new(installation: Installation, signer: Signer) -> Self {
        Self {
            installation,
            signer,
            token: Mutex::default(),
        }
    }

    /// The kept token, or a new one.
    pub(crate) async fn token(&self, http: &Http) -> Result<Bearer, GitHubError> {
        let mut slot = self.token.lock().await;
        if let Some(token) = &*slot
            && http.clock().now() + MARGIN < token.expires_at
        {
            return Ok(token.bearer(true));
        }
        let token = self.create(http).await?;
        let bearer = token.bearer(false);
        *slot = Some(token);
        Ok(bearer)
    }

    /// Another token than `refused`, which GitHub did not take.
    pub(crate) async fn renewed(
        &self,
        http: &Http,
        refused: &Bearer,
    ) -> Result<Bearer, GitHubError> {
        {
            let mut slot = self.token.lock().await;
            if slot
                .as_ref()
                .is_some_and(|token| token.expires_at == refused.expires_at)
            {
                *slot = None;
            }
        }
        self.token(http).await
    }

    /// Asks for a token. Where GitHub does not take the JWT, the key may have
    /// been replaced: it is read again, once.
    async fn create(&self, http: &Http) -> Result<Token, GitHubError> {
        match self.ask(http).await {
            Err(GitHubError::Refused { status: 401, .. }) if self.signer.refresh().await? => {
                self.ask(http).await
            }
            answer => answer,
        }
    }

    async fn ask(&self, http: &Http) -> Result<Token, GitHubError> {
        let jwt = jwt(&self.installation.app_id, &self.signer, http.clock().now()).await?;
        let path = format!(
            "/app/installations/{}/access_tokens",
            self.installation.installation_id
        );
        let answer = match http.call(Method::POST, &path, None::<&()>, &jwt).await {
            // A token that nobody received does no harm.
            Err(GitHubError::LostAnswer { call, reason }) => {
                return Err(GitHubError::Unavailable { call, reason });
            }
            answer => answer?,
        };
        let answer: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|error| {
            let reason = format!("the answer is not an installation token: {error}");
            lost(format!("POST {path}"), false, reason)
        })?;
        Ok(Token {
            value: answer.token,
            expires_at: answer.expires_at,
        })
    }
}

impl Token {
    fn bearer(&self, kept: bool) -> Bearer {
        Bearer {
            value: self.value.clone(),
            kept,
            expires_at: self.expires_at,
        }
    }
}
