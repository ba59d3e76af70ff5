//! GitHub's full delivery to the trimmed event.

use serde_json::Value;

use super::{Account, Repository, Trimmed, WorkflowJob};
use crate::ids::{JobId, RunId, RunnerId};
use crate::steps::Version;
use crate::text::cut;

/// GitHub gives a runner at most 100 labels. One more is kept, so that Size
/// can see that there were too many.
pub const MAX_LABELS: usize = 100;
/// GitHub's longest label, bytes. One more is kept, as above.
pub const MAX_LABEL_BYTES: usize = 256;

/// Titles, branches and pages.
const LONG: usize = 1024;
/// Names and logins (GitHub's own limits are 100 and 39).
const NAME: usize = 256;
/// Statuses, times, hashes and ids.
const WORD: usize = 128;

/// The body is JSON, but no `workflow_job` event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This is no workflow_job event: `{field}` is missing or not {expected}.")]
pub struct NotAJobEvent {
    /// The path of the field at fault.
    pub field: &'static str,
    /// What it should be.
    pub expected: &'static str,
}

/// Keeps what the machine and people need of a delivery, under GitHub's field
/// names, shorter than [`super::MAX_BYTES`] as JSON.
pub fn trim(payload: &Value, delivery_id: &str) -> Result<Trimmed, NotAJobEvent> {
    let action = text(payload, "action", WORD).ok_or(NotAJobEvent {
        field: "action",
        expected: "a string",
    })?;
    Ok(Trimmed {
        action,
        delivery_id: cut(delivery_id, WORD),
        version: Version,
        workflow_job: job(&payload["workflow_job"])?,
        repository: repository(&payload["repository"])?,
        organization: account(&payload["organization"]),
        sender: account(&payload["sender"]),
    })
}

fn job(job: &Value) -> Result<WorkflowJob, NotAJobEvent> {
    Ok(WorkflowJob {
        id: JobId(number(job, "id", "workflow_job.id")?),
        run_id: RunId(number(job, "run_id", "workflow_job.run_id")?),
        // Servers from before attempts were counted leave it out.
        run_attempt: match &job["run_attempt"] {
            Value::Null => 1,
            _ => number(job, "run_attempt", "workflow_job.run_attempt")?,
        },
        name: text(job, "name", LONG).unwrap_or_default(),
        workflow_name: text(job, "workflow_name", LONG),
        head_branch: text(job, "head_branch", LONG),
        head_sha: text(job, "head_sha", WORD).unwrap_or_default(),
        html_url: text(job, "html_url", LONG).unwrap_or_default(),
        status: text(job, "status", WORD).unwrap_or_default(),
        conclusion: text(job, "conclusion", WORD),
        created_at: text(job, "created_at", WORD),
        labels: labels(&job["labels"]),
        runner_id: job["runner_id"].as_u64().map(RunnerId),
        runner_name: text(job, "runner_name", NAME),
        runner_group_id: job["runner_group_id"].as_u64(),
    })
}

fn labels(labels: &Value) -> Vec<String> {
    let labels = labels.as_array().map_or(&[][..], Vec::as_slice);
    labels
        .iter()
        .filter_map(Value::as_str)
        .take(MAX_LABELS + 1)
        .map(|label| cut(label, MAX_LABEL_BYTES + 1))
        .collect()
}

fn repository(repository: &Value) -> Result<Repository, NotAJobEvent> {
    let missing = |field| NotAJobEvent {
        field,
        expected: "a string",
    };
    Ok(Repository {
        id: repository["id"].as_u64().unwrap_or_default(),
        name: text(repository, "name", NAME).unwrap_or_default(),
        full_name: text(repository, "full_name", NAME).ok_or(missing("repository.full_name"))?,
        private: repository["private"].as_bool().unwrap_or_default(),
        visibility: text(repository, "visibility", WORD),
        owner: account(&repository["owner"]).ok_or(missing("repository.owner.login"))?,
    })
}

fn account(account: &Value) -> Option<Account> {
    let login = text(account, "login", NAME)?;
    Some(Account { login })
}

fn text(parent: &Value, key: &str, max: usize) -> Option<String> {
    parent[key].as_str().map(|text| cut(text, max))
}

fn number(parent: &Value, key: &str, field: &'static str) -> Result<u64, NotAJobEvent> {
    parent[key].as_u64().ok_or(NotAJobEvent {
        field,
        expected: "a whole number",
    })
}
