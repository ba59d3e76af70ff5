//! `GET api/executions/{name}` and below: one execution, its graph, its events.

use super::fleet::FUNCTIONS;
use super::list::Shown;
use super::{Answer, fields, json};
use crate::error::ApiError;
use crate::shared::Shared;
use axum::extract::{Path, RawQuery, State};
use observe::cost;
use observe::fleet::Execution;
use observe::history::Event;
use serde_json::json as value;
use std::sync::Arc;

/// Events in an answer, unless told.
const LIMIT: usize = 200;
const MOST: usize = 1000;

pub(super) async fn execution(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Answer {
    let execution = read(&shared, &name).await?;
    let timeline = &execution.timeline;
    // It is shown also where that cannot be found out.
    let current = shared.reading.is_current(&execution).await.unwrap_or(true);
    let row = &execution.row;
    let mut same_job = row
        .job()
        .map(|job| shared.board.of_job(job.id))
        .unwrap_or_default();
    same_job.retain(|other| *other != name);
    let cost = cost::of(timeline, shared.fleet().region());
    json(&value!({
        "row": Shown::of(&shared, row),
        "input": execution.input,
        "output": execution.output,
        "version": execution.version,
        "timeline": timeline,
        "states": timeline.states(),
        "taken": timeline.taken(),
        "cost": cost,
        "aws_console": shared.fleet().aws_console(&row.arn),
        "same_job": same_job,
        "definition_is_current": current,
        "functions": FUNCTIONS,
    }))
}

pub(super) async fn events(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = fields::query(query.as_deref());
    let offset = fields::number("offset", fields::one(&query, "offset"), 0)?;
    let limit = fields::number("limit", fields::one(&query, "limit"), LIMIT)?.clamp(1, MOST);
    let ascending = fields::ascending(fields::one(&query, "order"), true)?;
    let execution = read(&shared, &name).await?;
    let all = &execution.events;
    let some: Vec<&Event> = if ascending {
        all.iter().skip(offset).take(limit).collect()
    } else {
        all.iter().rev().skip(offset).take(limit).collect()
    };
    json(&value!({"total": all.len(), "events": some}))
}

pub(super) async fn read(shared: &Arc<Shared>, name: &str) -> Result<Arc<Execution>, ApiError> {
    shared.seen();
    let row = shared.board.row(name);
    shared.reading.execution(name, row.as_ref()).await
}
