//! GitHub's part of a function's settings: which server, which App, where
//! runners are registered and what they are called.

use domain::clock::Clock;
use domain::runner_name;
use domain::settings::Settings;
use domain::steps::Job;

use crate::app::{App, Installation};
use crate::client::Client;
use crate::error::GitHubError;
use crate::http_call::{Http, Server};
use crate::path::Scope;
use crate::signer::Signer;

/// Where runners are registered, as a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Organization,
    Repository,
}

/// Where the App's private key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppKey {
    /// `GITHUB_APP_KEY_SECRET`: id or ARN of the secret with the App's PEM.
    Secret(String),
    /// `GITHUB_APP_KEY_KMS`: id, ARN or alias of a KMS key that signs with it.
    Kms(String),
}

impl AppKey {
    /// Exactly one of the two.
    fn read(settings: &mut Settings) -> Self {
        let secret = settings.optional("GITHUB_APP_KEY_SECRET");
        let kms = settings.optional("GITHUB_APP_KEY_KMS");
        match (secret, kms) {
            (Some(secret), None) => return Self::Secret(secret),
            (None, Some(kms)) => return Self::Kms(kms.trim().to_owned()),
            (None, None) => settings.problem(
                "GITHUB_APP_KEY_SECRET is not set (nor is GITHUB_APP_KEY_KMS: one of them must name the App's key)",
            ),
            (Some(_), Some(_)) => settings.problem(
                "GITHUB_APP_KEY_SECRET and GITHUB_APP_KEY_KMS are both set, but only one of them may name the App's key",
            ),
        }
        Self::Secret(String::new())
    }
}

/// What the environment says about GitHub.
#[derive(Debug, Clone)]
pub struct GitHubSettings {
    /// `GITHUB_API_URL`.
    pub server: Server,
    /// `GITHUB_APP_ID` and `GITHUB_INSTALLATION_ID`.
    pub installation: Installation,
    /// `GITHUB_APP_KEY_SECRET` or `GITHUB_APP_KEY_KMS`.
    pub key: AppKey,
    /// `RUNNER_GROUP_ID`, 1 by default.
    pub runner_group_id: u64,
    /// `RUNNER_NAME_PREFIX`.
    pub name_prefix: String,
    level: Level,
}

impl GitHubSettings {
    /// Reads the variables; problems are noted in `settings`.
    pub fn read(settings: &mut Settings) -> Self {
        let url = settings.or("GITHUB_API_URL", "https://api.github.com");
        let server = Server::new(&url).unwrap_or_else(|sentence| {
            settings.problem(format!("GITHUB_API_URL: {sentence}"));
            Server::default()
        });
        let level = match settings.or("RUNNER_SCOPE", "organization").trim() {
            "organization" => Level::Organization,
            "repository" => Level::Repository,
            other => {
                settings.problem(format!(
                    "RUNNER_SCOPE is {other:?} but must be organization or repository"
                ));
                Level::Organization
            }
        };
        Self {
            server,
            installation: Installation {
                app_id: settings.required("GITHUB_APP_ID").trim().to_owned(),
                installation_id: settings.parsed("GITHUB_INSTALLATION_ID", "a number"),
            },
            key: AppKey::read(settings),
            runner_group_id: settings.parsed_or("RUNNER_GROUP_ID", 1, "a number"),
            name_prefix: settings.or("RUNNER_NAME_PREFIX", runner_name::DEFAULT_PREFIX),
            level,
        }
    }

    /// Where the runner of `job` is registered.
    pub fn scope(&self, job: &Job) -> Scope {
        match self.level {
            Level::Organization => Scope::Organization(job.owner.clone()),
            Level::Repository => Scope::Repository(job.repository.clone()),
        }
    }

    /// Where runners for a repository, given as `owner/name`, are registered.
    pub fn scope_of(&self, repository: &str) -> Scope {
        let owner = repository.split('/').next().unwrap_or(repository);
        match self.level {
            Level::Organization => Scope::Organization(owner.to_owned()),
            Level::Repository => Scope::Repository(repository.to_owned()),
        }
    }

    /// A client that signs as the App when it first needs a token. Through `http`
    /// where given, over the network else. Within a tokio runtime.
    pub fn connect(
        &self,
        clock: &Clock,
        signer: Signer,
        http: Option<Http>,
    ) -> Result<Client, GitHubError> {
        let http = match http {
            Some(http) => http,
            None => Http::new(&self.server, clock.clone())?,
        };
        let app = App::new(self.installation.clone(), signer);
        Ok(Client::new(http, app))
    }
}
