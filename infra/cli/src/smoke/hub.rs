//! GitHub as smoke sees it: in a person's name for the repository, in the
//! App's name for its deliveries, in the installation's for its runners.

use super::deployment::Deployment;
use anyhow::{Result, anyhow, bail};
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use github::{AppClient, Client, GitHubError, Http, Scope, UserClient};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// All three.
pub(super) struct Hub {
    pub(super) user: UserClient,
    app: AppClient,
    installation: Client,
    scope: Scope,
    /// `owner/name`, as it is written at GitHub.
    repository: String,
    /// Delivery to the job that it is about, so that each is read once.
    about: Mutex<BTreeMap<u64, Option<u64>>>,
}

impl Hub {
    /// Checks the token and the repository.
    pub(super) async fn connect(
        deployment: &Deployment,
        repository: &str,
        token: &SecretString,
    ) -> Result<Self> {
        let http = Http::new(&deployment.github.server, Clock::system())
            .map_err(|error| anyhow!("{error}"))?;
        let user = UserClient::new(http, token.clone());
        let found = user.repository(repository).await.map_err(|error| match error {
            GitHubError::Refused { status: 401, .. } => anyhow!(
                "GitHub does not take the token: set GITHUB_TOKEN to one that is valid"
            ),
            error if error.is_not_found() => anyhow!(
                "there is no repository {repository} that the token can see: check its name, and give the token access to it"
            ),
            error => anyhow!("the repository {repository} cannot be read: {error}"),
        })?;
        if found.archived {
            bail!(
                "{repository} is archived, so nothing can be pushed to it: give another repository"
            );
        }
        let scope = deployment.github.scope_of(&found.full_name);
        Ok(Self {
            app: deployment.as_app().await?,
            installation: deployment.as_installation().await?,
            scope,
            repository: found.full_name,
            user,
            about: Mutex::default(),
        })
    }

    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    /// The statuses that the `queued` deliveries of each job were answered with
    /// since a moment, the first attempt first.
    pub(super) async fn deliveries(
        &self,
        since: DateTime<Utc>,
    ) -> Result<BTreeMap<u64, Vec<u16>>, GitHubError> {
        let mut answers: BTreeMap<u64, Vec<u16>> = BTreeMap::new();
        let mut all = self.app.deliveries(100).await?;
        all.reverse();
        for delivery in all {
            let queued =
                delivery.event == "workflow_job" && delivery.action.as_deref() == Some("queued");
            if !queued || delivery.delivered_at < since {
                continue;
            }
            if let Some(job) = self.job_of(delivery.id).await? {
                answers.entry(job).or_default().push(delivery.status_code);
            }
        }
        Ok(answers)
    }

    async fn job_of(&self, delivery: u64) -> Result<Option<u64>, GitHubError> {
        let known = self.about().get(&delivery).copied();
        if let Some(job) = known {
            return Ok(job);
        }
        let payload = self.app.delivered_payload(delivery).await?;
        let job = payload["workflow_job"]["id"].as_u64();
        self.about().insert(delivery, job);
        Ok(job)
    }

    fn about(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Option<u64>>> {
        // What is in it is whole, whoever panicked.
        self.about.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether GitHub knows no runner of that name.
    pub(super) async fn runner_is_gone(&self, name: &str) -> Result<bool, GitHubError> {
        let found = self.installation.runner_named(&self.scope, name).await?;
        Ok(found.is_none())
    }
}
