//! The trimmed `workflow_job` event: what travels over the bus and is the
//! execution's input. It keeps GitHub's field names, and stays under
//! [`MAX_BYTES`] whatever a delivery holds ([`trim`]).

mod payload;
mod trim;

pub use payload::read;
pub use trim::{MAX_LABEL_BYTES, MAX_LABELS, NotAJobEvent, trim};

use serde::{Deserialize, Serialize};

use crate::ids::{JobId, RunId, RunnerId};
use crate::steps::{Job, Version};

/// The `source` of our events on the bus.
pub const SOURCE: &str = "github.com";

/// Their `detail-type`, GitHub's name of the event.
pub const DETAIL_TYPE: &str = "workflow_job";

/// No trimmed event is longer, as JSON: Step Functions takes 256 KiB in all,
/// and the execution's history repeats its input.
pub const MAX_BYTES: usize = 64 * 1024;

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Account>,
    /// Who caused the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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

impl Repository {
    /// Whether anybody can read it, and so propose changes that run in its
    /// workflows. Where the payload leaves it open, it counts as public.
    pub fn is_public(&self) -> bool {
        match self.visibility.as_deref() {
            Some("private" | "internal") => false,
            Some(_) => true,
            None => !self.private,
        }
    }
}

impl Trimmed {
    /// The job as the state machine passes it on.
    pub fn job(&self) -> Job {
        let job = &self.workflow_job;
        Job {
            id: job.id,
            run_id: job.run_id,
            run_attempt: job.run_attempt,
            repository: self.repository.full_name.clone(),
            owner: self.repository.owner.login.clone(),
            name: job.name.clone(),
            workflow_name: job.workflow_name.clone().unwrap_or_default(),
            labels: job.labels.clone(),
            html_url: job.html_url.clone(),
            created_at: job.created_at.clone().unwrap_or_default(),
        }
    }
}
