//! What one process keeps: clients, the webhook's secret, and who may deliver.

use std::time::Duration;

use aws::events::Events;
use aws::secrets::{MAX_AGE, Secrets};
use aws::{Config, StoreError};
use domain::clock::Clock;
use github::signature::{self, SignatureError};
use handler::{Settings, SettingsInvalid};
use http::HeaderMap;
use secrecy::SecretString;

use crate::answer::Answer;
use crate::source::Sources;

/// Function URLs take 6 MB; the rest is for the envelope.
const BODY_LIMIT: usize = 5 * 1024 * 1024;
/// How often a wrong signature may make us read the secret again.
const AFTER_WRONG: Duration = Duration::from_secs(60);

/// Built once, kept while the process lives.
#[derive(Debug)]
pub struct State {
    events: Events,
    secrets: Secrets,
    secret_id: String,
    owners: Vec<String>,
    sources: Sources,
    body_limit: usize,
}

impl State {
    /// All from the process's environment.
    pub async fn from_env() -> Result<Self, SettingsInvalid> {
        let config = Config::from_env().await;
        Self::new(handler::environment(), &config, Clock::system())
    }

    /// From `EVENT_BUS`, `GITHUB_WEBHOOK_SECRET`, and optionally `GITHUB_OWNERS`
    /// (logins, comma-separated; others get 403), `GITHUB_HOOK_CIDRS` (source addresses
    /// alike) and `BODY_LIMIT_BYTES`.
    pub fn new(
        mut settings: Settings,
        config: &Config,
        clock: Clock,
    ) -> Result<Self, SettingsInvalid> {
        let bus = settings.required("EVENT_BUS");
        let secret_id = settings.required("GITHUB_WEBHOOK_SECRET");
        let body_limit = settings.parsed_or("BODY_LIMIT_BYTES", BODY_LIMIT, "a number of bytes");
        let owners = settings.or("GITHUB_OWNERS", "");
        let sources = Sources::read(&mut settings);
        settings.finish()?;
        Ok(Self {
            sources,
            events: Events::new(config, bus),
            secrets: Secrets::new(config, clock, MAX_AGE),
            secret_id,
            owners: owners
                .split(',')
                .map(|login| login.trim().to_ascii_lowercase())
                .filter(|login| !login.is_empty())
                .collect(),
            body_limit,
        })
    }

    pub(crate) fn body_limit(&self) -> usize {
        self.body_limit
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.sources
    }

    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    /// Whether repositories of `login` may have runners here.
    pub(crate) fn serves(&self, login: &str) -> bool {
        self.owners.is_empty() || self.owners.contains(&login.to_ascii_lowercase())
    }

    /// Checks the signature. A wrong one may mean that the secret was changed:
    /// it is read again then, once a minute at most.
    pub(crate) async fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Answer> {
        let given = match headers.get(signature::HEADER).map(|value| value.to_str()) {
            None => None,
            Some(Ok(text)) => Some(text),
            Some(Err(_)) => return Err(denied(SignatureError::Malformed)),
        };
        if given.is_none() {
            return Err(denied(SignatureError::Missing));
        }
        let check = |secret: &SecretString| signature::verify(secret, given, body);
        let secret = self
            .secrets
            .get(&self.secret_id)
            .await
            .map_err(|error| no_secret(&error))?;
        match check(&secret) {
            Ok(()) => Ok(()),
            Err(SignatureError::Wrong) => {
                let again = self
                    .secrets
                    .no_older_than(&self.secret_id, AFTER_WRONG)
                    .await;
                match again {
                    Ok(secret) => check(&secret).map_err(denied),
                    Err(_) => Err(denied(SignatureError::Wrong)),
                }
            }
            Err(error) => Err(denied(error)),
        }
    }
}

fn denied(error: SignatureError) -> Answer {
    Answer::new(401, format!("Not accepted: {error}."))
}

fn no_secret(error: &StoreError) -> Answer {
    tracing::error!(error = %error, "the webhook's secret could not be read");
    match error {
        StoreError::Refused { .. } => Answer::new(
            500,
            "The webhook's secret is not set up here: check GITHUB_WEBHOOK_SECRET and the function's role.",
        ),
        _ => Answer::new(
            503,
            "The webhook's secret could not be read just now: redeliver later.",
        ),
    }
}
