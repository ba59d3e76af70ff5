//! Jobs: the truth about one, asked by id.
//!
//! The fields are our own and lenient: octocrab's model closes the lists of
//! statuses and conclusions and keeps runner ids in 32 bits, so a new word at
//! GitHub would look like an outage.

use chrono::{DateTime, Utc};
use domain::ids::{JobId, RunnerId};
use serde::Deserialize;

use crate::client::{Client, KNOWN_EVERYWHERE};
use crate::error::GitHubError;
use crate::path;

/// What GitHub says about a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct JobState {
    /// GitHub's id.
    pub id: JobId,
    /// `queued`, `in_progress`, `completed`, `waiting`, `requested` or `pending`.
    pub status: String,
    /// `success`, `failure`, `cancelled`, …; none before the end.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// When it was created.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it started; GitHub also fills this in before that.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
    /// The runner that has it, or had it.
    #[serde(default)]
    pub runner_id: Option<RunnerId>,
    /// That runner's name.
    #[serde(default)]
    pub runner_name: Option<String>,
}

impl Client {
    /// One job of `repository` (`owner/name`). 404 is [`GitHubError::Refused`]; it is
    /// believed only when it comes twice, a second apart.
    pub async fn job(&self, repository: &str, job: JobId) -> Result<JobState, GitHubError> {
        let path = format!("{}/actions/jobs/{job}", path::repository(repository)?);
        match self.get(&path).await {
            Err(error) if error.is_not_found() => {
                tokio::time::sleep(KNOWN_EVERYWHERE).await;
                self.get(&path).await
            }
            answer => answer,
        }
    }
}
