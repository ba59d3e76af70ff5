//! The clients that a removal needs, read from a function's settings.

use aws::Config;
use aws::claims::Claims;
use aws::executions::Executions;
use aws::handover::Handover;
use aws::repositories::Repositories;
use aws::tasks::Tasks;
use domain::clock::Clock;
use domain::settings::{Settings, SettingsInvalid};
use github::{Client, GitHubSettings, Http};
use github_gate::Gate;

/// What the environment says: `CLAIMS_TABLE`, `HANDOVER_TABLE`, `CLUSTER` and
/// GitHub's settings.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    claims: String,
    handover: String,
    cluster: String,
    github: GitHubSettings,
}

/// Built once, kept while the process lives: the installation's token with it.
#[derive(Debug)]
pub struct Clients {
    claims: Claims,
    repositories: Repositories,
    handover: Handover,
    tasks: Tasks,
    executions: Executions,
    github: Client,
    settings: GitHubSettings,
    gate: Gate,
    clock: Clock,
}

impl ClientSettings {
    /// Reads the variables; problems are noted in `settings`, whose `finish`
    /// must say yes before [`Self::connect`].
    pub fn read(settings: &mut Settings) -> Self {
        Self {
            claims: settings.required("CLAIMS_TABLE"),
            handover: settings.required("HANDOVER_TABLE"),
            cluster: settings.required("CLUSTER"),
            github: GitHubSettings::read(settings),
        }
    }

    /// The claims table's name.
    pub fn claims(&self) -> &str {
        &self.claims
    }

    /// The hand-over table's name.
    pub fn handover(&self) -> &str {
        &self.handover
    }

    /// GitHub's part.
    pub fn github(&self) -> &GitHubSettings {
        &self.github
    }

    /// The clients. GitHub is reached through `http` where given. Within a
    /// tokio runtime.
    pub fn connect(
        self,
        config: &Config,
        clock: Clock,
        http: Option<Http>,
    ) -> Result<Clients, SettingsInvalid> {
        let installation = self.github.installation.installation_id;
        Ok(Clients {
            repositories: Repositories::new(config, self.claims.clone()),
            gate: Gate::new(config, self.claims.clone(), installation, clock.clone()),
            claims: Claims::new(config, self.claims),
            handover: Handover::new(config, self.handover),
            tasks: Tasks::new(config, self.cluster),
            executions: Executions::new(config),
            github: app_key::connect(&self.github, config, &clock, http)?,
            settings: self.github,
            clock,
        })
    }
}

impl Clients {
    /// All from the process's environment.
    pub async fn from_env() -> Result<Self, SettingsInvalid> {
        let config = Config::from_env().await;
        Self::new(handler::environment(), &config, Clock::system(), None)
    }

    /// For a function that has no settings but these, see [`ClientSettings`].
    pub fn new(
        mut settings: Settings,
        config: &Config,
        clock: Clock,
        http: Option<Http>,
    ) -> Result<Self, SettingsInvalid> {
        let ours = ClientSettings::read(&mut settings);
        settings.finish()?;
        ours.connect(config, clock, http)
    }

    /// The claims table.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The repositories seen lately, in the claims table.
    pub fn repositories(&self) -> &Repositories {
        &self.repositories
    }

    /// The hand-over table.
    pub fn handover(&self) -> &Handover {
        &self.handover
    }

    /// The cluster's tasks.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// Executions' histories.
    pub fn executions(&self) -> &Executions {
        &self.executions
    }

    /// GitHub, as the installation.
    pub fn github(&self) -> &Client {
        &self.github
    }

    /// The fleet's patience with GitHub.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// GitHub's part of the settings.
    pub fn settings(&self) -> &GitHubSettings {
        &self.settings
    }

    /// The present.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}
