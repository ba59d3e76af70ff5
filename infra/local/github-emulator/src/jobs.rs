//! Jobs as they are seen from outside: state, conclusion, history.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{JobId, RunId, RunnerId};

/// Where a job is, by GitHub's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Waits for a runner.
    Queued,
    /// Waits for an approval of its environment.
    Waiting,
    /// A runner works on it.
    InProgress,
    /// Over; it has a conclusion.
    Completed,
}

impl JobStatus {
    /// GitHub's name, as in the API and as the action of `workflow_job`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Waiting => "waiting",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }
}

/// How a job or a step ended, by GitHub's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// All went well.
    Success,
    /// A step failed, or the runner was lost.
    Failure,
    /// Somebody or something cancelled it.
    Cancelled,
    /// Its condition did not hold, it never ran.
    Skipped,
}

impl Conclusion {
    /// GitHub's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }
}

/// When a job came into a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// The status it came into.
    pub status: JobStatus,
    /// By the emulator's clock.
    pub at: DateTime<Utc>,
}

/// One step of a job, as GitHub lists them.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Its name, or `Run …`.
    pub name: String,
    /// `in_progress` or `completed`.
    pub status: JobStatus,
    /// Once completed.
    pub conclusion: Option<Conclusion>,
    /// From 1.
    pub number: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
}

/// The runner that took a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenBy {
    /// The runner's id.
    pub id: RunnerId,
    /// The runner's name.
    pub name: String,
    /// The id of its group.
    pub group_id: u64,
    /// The name of its group.
    pub group_name: String,
}

/// A job of a run, at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The run it belongs to.
    pub run_id: RunId,
    /// Which attempt of the run, from 1.
    pub run_attempt: u32,
    /// The repository's name, without its owner.
    pub repository: String,
    /// The workflow's name.
    pub workflow_name: String,
    /// Its key in the workflow file.
    pub key: String,
    /// Its name as GitHub shows it: `run-it (1)`.
    pub name: String,
    /// What it asks of a runner.
    pub labels: Vec<String>,
    /// Where it is.
    pub status: JobStatus,
    /// How it ended.
    pub conclusion: Option<Conclusion>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When a runner began with it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// Who took it; also after its end.
    pub runner: Option<TakenBy>,
    /// Its steps, as far as they began.
    pub steps: Vec<Step>,
    /// Every status it came into, in order.
    pub transitions: Vec<Transition>,
}
