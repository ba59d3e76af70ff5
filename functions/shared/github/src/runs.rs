//! Workflow runs and their jobs, in pages: what a repository has in the queue.
//! GitHub has no list of an organisation's queued jobs.
//!
//! A job stays the JSON that GitHub sent beside the few fields that are looked
//! at: it becomes an event, which is trimmed like a delivery.
//! Source: docs.github.com, REST API, "Workflow runs" and "Workflow jobs".

use chrono::{DateTime, Utc};
use domain::ids::{JobId, RunId};
use serde::Deserialize;
use serde_json::Value;

use crate::client::Client;
use crate::error::GitHubError;
use crate::path;

/// The most that GitHub gives.
const PER_PAGE: u64 = 100;

/// Which runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// None of their jobs has begun.
    Queued,
    /// Some have; others may be queued.
    InProgress,
}

impl RunStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
        }
    }
}

/// One of a repository's runs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct OpenRun {
    /// GitHub's id.
    pub id: RunId,
    /// Its repository, as GitHub sent it.
    #[serde(default)]
    pub repository: Value,
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenJob {
    /// GitHub's id.
    pub id: JobId,
    /// 1 for the first attempt.
    pub run_attempt: u64,
    /// `queued`, `in_progress`, `completed`, …
    pub status: String,
    /// `runs-on`.
    pub labels: Vec<String>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// All of it, as GitHub sent it.
    pub whole: Value,
}

/// A page, and whether there are more.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The number of the next one.
    pub next: Option<u64>,
}

#[derive(Deserialize)]
struct Runs {
    total_count: u64,
    workflow_runs: Vec<OpenRun>,
}

#[derive(Deserialize)]
struct Jobs {
    total_count: u64,
    jobs: Vec<Value>,
}

#[derive(Deserialize)]
struct Fields {
    id: JobId,
    #[serde(default = "first")]
    run_attempt: u64,
    #[serde(default)]
    status: String,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    created_at: Option<DateTime<Utc>>,
}

fn first() -> u64 {
    1
}

impl Client {
    /// A page (from 1) of the runs of `repository` (`owner/name`), newest first.
    pub async fn runs(
        &self,
        repository: &str,
        status: RunStatus,
        page: u64,
    ) -> Result<Page<OpenRun>, GitHubError> {
        let repository = path::repository(repository)?;
        let status = status.as_str();
        let answer: Runs = self
            .get(&format!(
                "{repository}/actions/runs?status={status}&per_page={PER_PAGE}&page={page}"
            ))
            .await?;
        Ok(Page {
            next: next(page, answer.workflow_runs.len(), answer.total_count),
            items: answer.workflow_runs,
        })
    }

    /// A page (from 1) of the jobs of a run's last attempt. A job that cannot be
    /// read is left out.
    pub async fn jobs_of_run(
        &self,
        repository: &str,
        run: RunId,
        page: u64,
    ) -> Result<Page<OpenJob>, GitHubError> {
        let repository = path::repository(repository)?;
        let answer: Jobs = self
            .get(&format!(
                "{repository}/actions/runs/{run}/jobs?filter=latest&per_page={PER_PAGE}&page={page}"
            ))
            .await?;
        Ok(Page {
            next: next(page, answer.jobs.len(), answer.total_count),
            items: answer.jobs.into_iter().filter_map(open_job).collect(),
        })
    }
}

/// The page after `page`, where there is one.
pub(crate) fn next(page: u64, held: usize, total: u64) -> Option<u64> {
    (held > 0 && page.saturating_mul(PER_PAGE) < total).then_some(page + 1)
}

fn open_job(whole: Value) -> Option<OpenJob> {
    let fields = Fields::deserialize(&whole).ok()?;
    Some(OpenJob {
        id: fields.id,
        run_attempt: fields.run_attempt,
        status: fields.status,
        labels: fields.labels,
        created_at: fields.created_at,
        whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_is_followed_while_there_is_more() {
        assert_eq!(next(1, 100, 101), Some(2));
        assert_eq!(next(2, 1, 101), None);
        assert_eq!(next(1, 100, 100), None);
        // A list that shrank meanwhile.
        assert_eq!(next(2, 0, 400), None);
    }

    #[test]
    fn a_job_keeps_all_that_github_sent() {
        let whole = json!({"id": 7, "run_attempt": 2, "status": "queued", "labels": ["a"],
            "created_at": "2026-11-23T12:00:00Z", "head_branch": "main"});
        let job = open_job(whole.clone()).unwrap();
        assert_eq!((job.id, job.run_attempt), (JobId(7), 2));
        assert_eq!(job.whole, whole);
        assert_eq!(open_job(json!({"status": "queued"})), None);
    }
}
