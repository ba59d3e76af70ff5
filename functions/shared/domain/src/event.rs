//! The trimmed `workflow_job` event: what travels over the bus and is the
//! execution's input. It keeps GitHub's field names.

use serde::{Deserialize, Serialize};

use crate::ids::{JobId, RunId, RunnerId};
use crate::steps::Version;

/// The detail of an event with source `github.com` and type `workflow_job`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trimmed {
    /// `queued`, `in_progress`, `completed` or `waiting`.
    pub action: String,
    /// `X-GitHub-Delivery`; the same again for a redelivery.
    #[serde(default)]
    pub delivery_id: String,
    /// 1.
    pub version: Version,
    /// The job.
    pub workflow_job: WorkflowJob,
    /// Its repository.
    pub repository: Repository,
    /// The organisation; absent for a user's repository.
    #[serde(default)]
    pub organization: Option<Account>,
    /// Who caused the event.
    #[serde(default)]
    pub sender: Option<Account>,
}

/// `workflow_job`, without its steps and URLs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowJob {
    /// GitHub's id of the job.
    pub id: JobId,
    /// GitHub's id of the run.
    pub run_id: RunId,
    /// 1 for the first attempt.
    pub run_attempt: u64,
    /// The job's display name.
    #[serde(default)]
    pub name: String,
    /// The workflow's name.
    #[serde(default)]
    pub workflow_name: Option<String>,
    /// The branch.
    #[serde(default)]
    pub head_branch: Option<String>,
    /// The commit.
    #[serde(default)]
    pub head_sha: String,
    /// The job's page.
    #[serde(default)]
    pub html_url: String,
    /// The status at the time of the event; ask the API for the truth.
    #[serde(default)]
    pub status: String,
    /// The result, once there is one.
    #[serde(default)]
    pub conclusion: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub created_at: Option<String>,
    /// `runs-on`.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The runner, once assigned.
    #[serde(default)]
    pub runner_id: Option<RunnerId>,
    /// Its name.
    #[serde(default)]
    pub runner_name: Option<String>,
    /// Its group.
    #[serde(default)]
    pub runner_group_id: Option<u64>,
}

/// `repository`, in short.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// GitHub's id.
    #[serde(default)]
    pub id: u64,
    /// Its name without the owner.
    #[serde(default)]
    pub name: String,
    /// `owner/name`.
    pub full_name: String,
    /// False for public ones only.
    #[serde(default)]
    pub private: bool,
    /// `private`, `internal` or `public`.
    #[serde(default)]
    pub visibility: Option<String>,
    /// Its owner.
    pub owner: Account,
}

/// A user or an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The login.
    pub login: String,
}
