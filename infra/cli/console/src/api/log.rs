//! `GET api/executions/{name}/log`: what the task or a function wrote.

use super::fleet::FUNCTIONS;
use super::{Answer, fields, json};
use crate::error::ApiError;
use crate::logs::Wanted;
use crate::shared::Shared;
use axum::extract::{Path, RawQuery, State};
use observe::fleet::{Execution, ReadError, Source};
use serde_json::json as value;
use std::sync::Arc;

pub(super) async fn log(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = fields::query(query.as_deref());
    let (source, after) = (fields::one(&query, "source"), fields::one(&query, "after"));
    let source = if source.is_empty() { "task" } else { source };
    if source != "task" && !FUNCTIONS.contains(&source) {
        return Err(fields::invalid(
            "source",
            source,
            "task, or the name of a function",
        ));
    }
    shared.seen();
    let row = shared.board.row(&name);
    let execution = shared.reading.execution(&name, row.as_ref()).await?;
    let answer = |lines: &[_], after: Option<&str>, note: Option<&str>| {
        json(&value!({"lines": lines, "after": after, "source": source, "note": note}))
    };
    let wanted = match wanted(&name, &execution, source) {
        Ok(wanted) => wanted,
        Err(why) => return answer(&[], None, Some(why)),
    };
    match shared.logs.read(shared.fleet(), wanted, after).await {
        Ok((lines, next)) => {
            let note =
                (lines.is_empty() && after.is_empty()).then(|| nothing_yet(&execution, source));
            answer(&lines, Some(&next), note)
        }
        Err(ReadError::NoLog(_)) => answer(&[], None, Some(nothing_yet(&execution, source))),
        Err(error) => Err(ApiError::Read(error)),
    }
}

/// What to read; or why there is nothing to read yet.
fn wanted(name: &str, execution: &Execution, source: &str) -> Result<Wanted, &'static str> {
    let row = &execution.row;
    let (source, pattern) = if source == "task" {
        let task = row
            .details
            .as_ref()
            .and_then(|details| details.task.clone());
        let none = if row.running() {
            "No task has been started for this job yet."
        } else {
            "No task was started for this job."
        };
        (Source::Task(task.ok_or(none)?), None)
    } else {
        let job = row.job().ok_or("The execution's input names no job.")?;
        // Only lines that speak of this job.
        (
            Source::Function(source.to_owned()),
            Some(format!("\"{}\"", job.id)),
        )
    };
    Ok(Wanted {
        execution: name.to_owned(),
        source,
        // The webhook wrote before the execution was started.
        since: row.started - chrono::TimeDelta::minutes(5),
        pattern,
    })
}

fn nothing_yet(execution: &Execution, source: &str) -> &'static str {
    match (source, execution.row.running()) {
        ("task", true) => "The task has written nothing yet: its container is being started.",
        ("task", false) => "The task has written nothing, or its log's retention has passed.",
        (_, true) => "The function has written nothing about this job yet.",
        (_, false) => {
            "The function has written nothing about this job, or its log's retention has passed."
        }
    }
}
