//! Reads the whole histories of a time's executions: AWS keeps the figures
//! nowhere else.

use super::{Cost, of};
use crate::fleet::{Fleet, ReadError};
use crate::row::Row;
use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use serde::Serialize;

/// Histories that are read at once.
const AT_ONCE: usize = 8;

/// Which executions.
#[derive(Debug, Clone, Default)]
pub struct Window {
    /// Started since; none is all that AWS still has.
    pub from: Option<DateTime<Utc>>,
    /// Started before.
    pub to: Option<DateTime<Utc>>,
    /// `owner/name`, in any case; empty is all.
    pub repository: String,
}

/// One execution and its cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// The execution's name.
    pub name: String,
    /// Its status.
    pub status: String,
    /// The outcome or the error that it ended with; empty while it runs.
    pub outcome: String,
    /// When it was started.
    pub started: DateTime<Utc>,
    /// `owner/name`; empty where the input names no job.
    pub repository: String,
    /// The workflow's name.
    pub workflow: String,
    /// The job's name.
    pub job: String,
    /// The job's id; 0 where the input names none.
    pub job_id: u64,
    /// What it cost.
    pub cost: Cost,
}

/// Reads all executions of a window, the newest first. `progress` is told how
/// many were read, of how many.
///
/// # Errors
/// A list or a history cannot be read.
pub async fn read(
    fleet: &Fleet,
    window: &Window,
    region: &str,
    mut progress: impl FnMut(usize, usize),
) -> Result<Vec<Item>, ReadError> {
    let rows = fleet
        .list(None, usize::MAX, |row| {
            window.from.is_none_or(|from| row.started >= from)
        })
        .await?;
    let arns: Vec<String> = rows
        .into_iter()
        .filter(|row| window.to.is_none_or(|to| row.started < to))
        .map(|row| row.arn)
        .collect();
    progress(0, arns.len());
    let mut items = Vec::new();
    let mut reading = stream::iter(&arns)
        .map(|arn| async move {
            let execution = fleet.execution(arn).await?;
            let cost = of(&execution.timeline, region).unwrap_or_default();
            Ok::<_, ReadError>(Item::of(execution.row, cost))
        })
        .buffered(AT_ONCE);
    let mut read = 0;
    while let Some(item) = reading.next().await {
        let item = item?;
        read += 1;
        if window.repository.is_empty() || item.repository.eq_ignore_ascii_case(&window.repository)
        {
            items.push(item);
        }
        progress(read, arns.len());
    }
    Ok(items)
}

impl Item {
    fn of(row: Row, cost: Cost) -> Self {
        let details = row.details.unwrap_or_default();
        let job = details.job.unwrap_or_default();
        Self {
            name: row.name,
            status: row.status,
            outcome: details.outcome.or(details.error).unwrap_or_default(),
            started: row.started,
            repository: job.repository,
            workflow: job.workflow,
            job: job.name,
            job_id: job.id,
            cost,
        }
    }
}
