//! What whoever checks a deployment asks as the installation: the runner group
//! and what is left of the hour's requests.
//!
//! The fields are our own and lenient, as for jobs. Source: docs.github.com,
//! REST API, "self-hosted runner groups" and "rate limit".

use serde::Deserialize;

use crate::client::Client;
use crate::error::GitHubError;
use crate::path::Scope;

/// A runner group (`GET /orgs/{org}/actions/runner-groups/{id}`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GroupFacts {
    /// Its name.
    pub name: String,
    /// `all`, `private` or `selected`.
    #[serde(default)]
    pub visibility: String,
    /// Whether public repositories may use its runners.
    #[serde(default)]
    pub allows_public_repositories: bool,
    /// Whether only some workflows may.
    #[serde(default)]
    pub restricted_to_workflows: bool,
}

/// The hour's requests of the installation (`GET /rate_limit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct RateFacts {
    /// In all.
    pub limit: u64,
    /// Left.
    pub remaining: u64,
}

#[derive(Deserialize)]
struct Rates {
    resources: Resources,
}

#[derive(Deserialize)]
struct Resources {
    core: RateFacts,
}

#[derive(Deserialize)]
struct GroupRepositories {
    repositories: Vec<FullName>,
}

#[derive(Deserialize)]
struct FullName {
    full_name: String,
}

impl Client {
    /// A runner group of an organisation.
    pub async fn runner_group(
        &self,
        organization: &str,
        id: u64,
    ) -> Result<GroupFacts, GitHubError> {
        let owner = Scope::Organization(organization.to_owned()).path()?;
        self.get(&format!("{owner}/actions/runner-groups/{id}"))
            .await
    }

    /// The first 100 repositories (`owner/name`) of a group of visibility `selected`.
    pub async fn runner_group_repositories(
        &self,
        organization: &str,
        id: u64,
    ) -> Result<Vec<String>, GitHubError> {
        let owner = Scope::Organization(organization.to_owned()).path()?;
        let path = format!("{owner}/actions/runner-groups/{id}/repositories?per_page=100");
        let found: GroupRepositories = self.get(&path).await?;
        Ok(found
            .repositories
            .into_iter()
            .map(|one| one.full_name)
            .collect())
    }

    /// How much of the hour is left; asking is free.
    pub async fn rate_limit(&self) -> Result<RateFacts, GitHubError> {
        let rates: Rates = self.get("/rate_limit").await?;
        Ok(rates.resources.core)
    }
}
