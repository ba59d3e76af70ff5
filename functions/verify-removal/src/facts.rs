//! What is known when the outcome is decided.

use aws::handover::Taken;
use chrono::{DateTime, Utc};
use domain::runner_name;
use domain::steps::{Capacity, Job};
use github::JobState;
use removal::Registration;

use crate::end::End;

/// Everything that the outcome depends on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// How the step before ended.
    pub end: End,
    /// Whether a task of this attempt has not stopped yet.
    pub task_alive: bool,
    /// The registration, after the clean-up.
    pub runner: RunnerState,
    /// Who got the hand-over item, in this call.
    pub handover: Taken,
    /// The job, read last.
    pub job: JobView,
    /// The capacity that the task asked for.
    pub capacity: Capacity,
    /// The present.
    pub now: DateTime<Utc>,
}

/// The registration of the runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunnerState {
    /// Deleted, or gone before.
    Gone,
    /// It has a job, so GitHub refused to delete it.
    Busy,
    /// The claim is another execution's now, so is the runner.
    NotOurs,
}

impl From<Registration> for RunnerState {
    /// A claim that names no runner has none.
    fn from(registration: Registration) -> Self {
        match registration {
            Registration::Gone | Registration::Unknown => Self::Gone,
            Registration::Busy => Self::Busy,
        }
    }
}

/// GitHub's status of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It waits for a runner.
    Queued,
    /// It waits for something else: an approval, another job.
    Waiting,
    /// It runs.
    InProgress,
    /// It has ended.
    Completed,
    /// GitHub no longer knows it.
    Gone,
    /// A word that this code does not know.
    Unknown,
}

/// Whose runner has or had the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RanOn {
    /// One that was minted for this attempt at this job.
    Ours,
    /// Somebody else's.
    Other,
    /// GitHub names none.
    Nobody,
}

/// The job as the outcome sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    /// Its status.
    pub status: Status,
    /// GitHub's word for the status.
    pub word: String,
    /// GitHub's word for the result; empty before the end.
    pub conclusion: String,
    /// Who ran it.
    pub ran_on: RanOn,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When it started.
    pub started_at: Option<DateTime<Utc>>,
}

impl JobView {
    /// GitHub's answer; `None` for a job that it no longer knows. A runner is
    /// ours by `claimed`, the claim's name for it, or by the form of its name:
    /// numbers are never used twice.
    pub fn new(state: Option<JobState>, job: &Job, prefix: &str, claimed: Option<&str>) -> Self {
        let Some(state) = state else {
            return Self {
                status: Status::Gone,
                word: "gone".to_owned(),
                conclusion: String::new(),
                ran_on: RanOn::Nobody,
                created_at: job.created(),
                started_at: None,
            };
        };
        let ran_on = match state.runner_name.as_deref().filter(|name| !name.is_empty()) {
            None => RanOn::Nobody,
            Some(name) if Some(name) == claimed => RanOn::Ours,
            Some(name) => match runner_name::parse(prefix, name) {
                Some((id, attempt, _)) if (id, attempt) == (job.id, job.run_attempt) => RanOn::Ours,
                _ => RanOn::Other,
            },
        };
        Self {
            status: match state.status.as_str() {
                "queued" => Status::Queued,
                "waiting" | "requested" | "pending" => Status::Waiting,
                "in_progress" => Status::InProgress,
                "completed" => Status::Completed,
                _ => Status::Unknown,
            },
            word: state.status,
            conclusion: state.conclusion.unwrap_or_default(),
            ran_on,
            created_at: state.created_at.or_else(|| job.created()),
            started_at: state.started_at,
        }
    }
}
