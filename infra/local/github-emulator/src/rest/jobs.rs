//! Jobs of a repository: their state, log, and a second try.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::Path;
use super::{auth, storage};
use crate::ids::JobId;
use crate::jobs::JobStatus;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::payload;
use crate::world::{JobRecord, RerunError};

type JobPath = Path<(String, String, u64)>;

/// Demands the permission `actions` and a job of that very repository.
fn demand(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    (owner, name, id): (&str, &str, u64),
    access: Access,
) -> Result<JobId, ApiError> {
    let name = auth::repository(shared, headers, (owner, name), "actions", access)?;
    let known = shared.look(|world, _| {
        world
            .jobs
            .get(&JobId(id))
            .is_some_and(|job| job.facts.repository == name)
    });
    if known {
        Ok(JobId(id))
    } else {
        Err(ApiError::not_found())
    }
}

/// `GET /repos/{owner}/{repo}/actions/jobs/{job_id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): JobPath,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Read)?;
    shared.tick();
    shared
        .look(|world, _| payload::job(world, id))
        .map(Json)
        .ok_or_else(ApiError::not_found)
}

/// `GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs`, which GitHub has once
/// the job has ended: it leads to a storage.
pub(super) async fn logs(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): JobPath,
    headers: HeaderMap,
) -> Result<(StatusCode, [(header::HeaderName, String); 1]), ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Read)?;
    let address = shared.look(|world, now| {
        let over = |job: &&JobRecord| job.facts.status == JobStatus::Completed;
        world.jobs.get(&id).filter(over)?;
        Some(storage::address(world, id, now))
    });
    let address = address.ok_or_else(ApiError::not_found)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, address)]))
}

pub(super) fn text(job: &JobRecord) -> String {
    job.log.iter().map(|line| format!("{line}\n")).collect()
}

/// `POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun`
pub(super) async fn rerun(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): JobPath,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Write)?;
    match shared.change(|world, now| world.rerun_job(id, now)) {
        Ok(()) => Ok((StatusCode::CREATED, Json(json!({})))),
        Err(RerunError::Unknown) => Err(ApiError::not_found()),
        Err(running @ RerunError::Running) => Err(ApiError::forbidden(running.to_string())),
    }
}

/// What a job's `html_url` shows: its state and its log, as plain text, to
/// whoever asks on this machine.
pub(super) async fn page(
    State(shared): State<Arc<Shared>>,
    Path((_, _, _, id)): Path<(String, String, u64, u64)>,
) -> Result<String, ApiError> {
    let page = shared.look(|world, _| {
        let job = world.jobs.get(&JobId(id))?;
        let conclusion = job
            .facts
            .conclusion
            .map_or("", |conclusion| conclusion.name());
        let (workflow, name) = (&job.facts.workflow_name, &job.facts.name);
        let status = job.facts.status.name();
        Some(format!(
            "{workflow} / {name}\n{status} {conclusion}\n\n{}",
            text(job)
        ))
    });
    page.ok_or_else(ApiError::not_found)
}
