//! The job as the machine passes it on, assigned from Size's answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{JobId, RunId};

/// One attempt at one job. Not the truth about its state: GitHub's API is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// GitHub's id of the job.
    pub id: JobId,
    /// GitHub's id of the workflow run.
    pub run_id: RunId,
    /// 1 for the first attempt.
    pub run_attempt: u64,
    /// `owner/name`.
    pub repository: String,
    /// The repository's owner, a user's or organisation's login.
    pub owner: String,
    /// The job's display name, matrix values included.
    #[serde(default)]
    pub name: String,
    /// The workflow's name; empty where it has none.
    #[serde(default)]
    pub workflow_name: String,
    /// `runs-on`, as GitHub delivered it.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The job's page.
    #[serde(default)]
    pub html_url: String,
    /// When GitHub created the job, RFC 3339; empty where it was not said.
    #[serde(default)]
    pub created_at: String,
}

impl Job {
    /// [`Job::created_at`] as a time, where it is one.
    pub fn created(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(&self.created_at)
            .ok()
            .map(|at| at.with_timezone(&Utc))
    }

    /// The repository's name without its owner.
    pub fn repository_name(&self) -> &str {
        self.repository
            .split_once('/')
            .map_or(self.repository.as_str(), |(_, name)| name)
    }
}
