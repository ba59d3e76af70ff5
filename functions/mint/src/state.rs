//! What one process keeps: clients, settings, the installation's token.

use aws::Config;
use aws::claims::Claims;
use aws::handover::Handover;
use aws::repositories::Repositories;
use domain::clock::Clock;
use github::{Client, GitHubSettings, Http};
use github_gate::Gate;
use handler::{Settings, SettingsInvalid};

use crate::keys::Keys;

/// Built once, kept while the process lives.
#[derive(Debug)]
pub struct State {
    claims: Claims,
    repositories: Repositories,
    handover: Handover,
    github: Client,
    settings: GitHubSettings,
    gate: Gate,
    clock: Clock,
    keys: Keys,
}

impl State {
    /// All from the process's environment.
    pub async fn from_env() -> Result<Self, SettingsInvalid> {
        let config = Config::from_env().await;
        Self::new(handler::environment(), &config, Clock::system(), None)
    }

    /// From `CLAIMS_TABLE`, `HANDOVER_TABLE` and GitHub's settings. GitHub is
    /// reached through `http` where given. Within a tokio runtime.
    pub fn new(
        mut settings: Settings,
        config: &Config,
        clock: Clock,
        http: Option<Http>,
    ) -> Result<Self, SettingsInvalid> {
        let claims = settings.required("CLAIMS_TABLE");
        let handover = settings.required("HANDOVER_TABLE");
        let github = GitHubSettings::read(&mut settings);
        settings.finish()?;
        let installation = github.installation.installation_id;
        Ok(Self {
            repositories: Repositories::new(config, claims.clone()),
            gate: Gate::new(config, claims.clone(), installation, clock.clone()),
            claims: Claims::new(config, claims),
            handover: Handover::new(config, handover),
            github: app_key::connect(&github, config, &clock, http)?,
            settings: github,
            clock,
            keys: Keys::default(),
        })
    }

    /// The same with another source of hand-over keys.
    #[must_use]
    pub fn with_keys(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// A new hand-over key.
    pub(crate) fn new_key(&self) -> String {
        self.keys.next()
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(crate) fn repositories(&self) -> &Repositories {
        &self.repositories
    }

    pub(crate) fn handover(&self) -> &Handover {
        &self.handover
    }

    pub(crate) fn github(&self) -> &Client {
        &self.github
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    pub(crate) fn settings(&self) -> &GitHubSettings {
        &self.settings
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }
}
