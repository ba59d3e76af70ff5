//! Runners: minted with a JIT config, found by id or exact name, deleted unless
//! busy.
//!
//! `generate-jitconfig` registers an offline runner at once. Where its answer
//! is lost, the same name meets 409: find it by name, delete it, mint again.

use domain::ids::RunnerId;
use http::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::GitHubError;
use crate::path::{self, Scope};
use crate::runs;
use crate::secret::secret;

/// A runner to be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewRunner<'a> {
    /// At most 64 characters, unique in its scope.
    pub name: &'a str,
    /// 1 is the default group.
    pub runner_group_id: u64,
    /// 1 to 100; nothing is added by GitHub.
    pub labels: &'a [String],
    /// Where jobs work, below the runner's folder.
    pub work_folder: &'a str,
}

/// A registered runner and what makes a process into it.
#[derive(Debug, Deserialize)]
pub struct JitConfig {
    /// The registration.
    pub runner: Runner,
    /// For one start of one runner. A secret.
    #[serde(rename = "encoded_jit_config", deserialize_with = "secret")]
    pub encoded: SecretString,
}

/// A registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Runner {
    /// GitHub's id.
    pub id: RunnerId,
    /// Its name.
    pub name: String,
    /// `online` or `offline`.
    #[serde(default)]
    pub status: String,
    /// Whether it has a job right now.
    #[serde(default)]
    pub busy: bool,
}

/// What became of a registration that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It is deleted now (204).
    Now,
    /// It was gone already (404).
    Before,
    /// It has a job, so GitHub refused (422).
    Busy,
}

#[derive(Deserialize)]
struct Page {
    total_count: u64,
    runners: Vec<Runner>,
}

const PER_PAGE: u64 = 100;
/// An answer that ignores the name is read this far.
const PAGES: u64 = 20;

impl Client {
    /// Registers a runner and returns its JIT config.
    pub async fn generate_jit_config(
        &self,
        scope: &Scope,
        runner: &NewRunner<'_>,
    ) -> Result<JitConfig, GitHubError> {
        let scope = scope.path()?;
        self.post(
            &format!("{scope}/actions/runners/generate-jitconfig"),
            runner,
        )
        .await
    }

    /// A registration by its id; `None` where it is gone.
    pub async fn runner(&self, scope: &Scope, id: RunnerId) -> Result<Option<Runner>, GitHubError> {
        let scope = scope.path()?;
        match self.get(&format!("{scope}/actions/runners/{id}")).await {
            Ok(runner) => Ok(Some(runner)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A registration by its exact name (GitHub's filter need not be exact, and
    /// older servers ignore it).
    pub async fn runner_named(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Option<Runner>, GitHubError> {
        let scope = scope.path()?;
        let query = path::runner_name(name)?;
        for page in 1..=PAGES {
            let answer: Page = self
                .get(&format!(
                    "{scope}/actions/runners?name={query}&per_page={PER_PAGE}&page={page}"
                ))
                .await?;
            let last = answer.runners.is_empty() || page * PER_PAGE >= answer.total_count;
            let found = answer
                .runners
                .into_iter()
                .find(|runner| runner.name == name);
            if found.is_some() || last {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// A page (from 1) of all registrations in `scope`, a hundred at most.
    pub async fn runners(
        &self,
        scope: &Scope,
        page: u64,
    ) -> Result<runs::Page<Runner>, GitHubError> {
        let scope = scope.path()?;
        let answer: Page = self
            .get(&format!(
                "{scope}/actions/runners?per_page={PER_PAGE}&page={page}"
            ))
            .await?;
        Ok(runs::Page {
            next: runs::next(page, answer.runners.len(), answer.total_count),
            items: answer.runners,
        })
    }

    /// Deletes a registration unless it is busy.
    pub async fn delete_runner(&self, scope: &Scope, id: RunnerId) -> Result<Deleted, GitHubError> {
        let scope = scope.path()?;
        let path = format!("{scope}/actions/runners/{id}");
        match self.call(Method::DELETE, &path, None::<&()>).await {
            Ok(_) => Ok(Deleted::Now),
            Err(error) if error.is_not_found() => Ok(Deleted::Before),
            Err(error) if error.is_refusal(422) => Ok(Deleted::Busy),
            Err(error) => Err(error),
        }
    }
}
