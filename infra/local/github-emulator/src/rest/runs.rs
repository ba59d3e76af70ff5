//! Workflow runs: their state, their jobs, and an end to them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use super::page::Page;
use crate::ids::RunId;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::payload::{self, time};
use crate::webhooks::repository;
use crate::world::{Run, World};

type RunPath = Path<(String, String, u64)>;

fn demand(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    (owner, name, id): (&str, &str, u64),
    access: Access,
) -> Result<RunId, ApiError> {
    let name = auth::repository(shared, headers, (owner, name), "actions", access)?;
    let known = shared.look(|world, _| {
        world
            .runs
            .get(&RunId(id))
            .is_some_and(|run| run.repository == name)
    });
    if known {
        Ok(RunId(id))
    } else {
        Err(ApiError::not_found())
    }
}

/// `GET /repos/{owner}/{repo}/actions/runs/{id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): RunPath,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Read)?;
    let run = shared.look(|world, now| wire(world, world.runs.get(&id)?, now));
    run.map(Json).ok_or_else(ApiError::not_found)
}

fn wire(world: &World, run: &Run, now: DateTime<Utc>) -> Option<Value> {
    let id = run.id;
    let in_repository = world.repository(&run.repository)?;
    let (status, conclusion) = world.run_standing(run);
    let full = format!("{}/{}", world.settings.organization, run.repository);
    let url = format!("{}/repos/{full}/actions/runs/{id}", world.base_url);
    Some(json!({
        "id": id, "name": run.workflow.name, "display_title": run.workflow.name,
        "node_id": format!("WFR_kwLO{id}"), "head_branch": run.branch, "head_sha": run.head_sha,
        "path": run.workflow.path, "run_number": run.number, "run_attempt": run.attempt,
        "event": "push", "status": status, "conclusion": conclusion, "workflow_id": 1,
        "url": url, "html_url": format!("{}/{full}/actions/runs/{id}", world.base_url),
        "created_at": time(run.created_at), "updated_at": time(now),
        "run_started_at": time(run.created_at), "jobs_url": format!("{url}/jobs"),
        "logs_url": format!("{url}/logs"), "cancel_url": format!("{url}/cancel"),
        "rerun_url": format!("{url}/rerun"), "pull_requests": [],
        "actor": repository::account(world, "User"),
        "repository": repository::repository(world, in_repository, now),
    }))
}

/// Which runs, and which page of them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RunFilter {
    #[serde(default)]
    branch: Option<String>,
    /// A status (`queued`, `in_progress`, …) or a conclusion.
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    per_page: Option<usize>,
    #[serde(default)]
    page: Option<usize>,
}

/// `GET /repos/{owner}/{repo}/actions/runs`, newest first.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): Path<(String, String)>,
    Query(filter): Query<RunFilter>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let name = auth::repository(&shared, &headers, (&owner, &name), "actions", Access::Read)?;
    let (all, base): (Vec<Value>, String) = shared.look(|world, now| {
        let runs = world.runs.values().rev().filter(|run| {
            let wanted = filter.branch.as_ref();
            run.repository == name && wanted.is_none_or(|branch| *branch == run.branch)
        });
        let runs = runs.filter(|run| {
            let (status, conclusion) = world.run_standing(run);
            let wanted = filter.status.as_deref();
            wanted.is_none_or(|wanted| wanted == status || Some(wanted) == conclusion)
        });
        let runs = runs.filter_map(|run| wire(world, run, now)).collect();
        (runs, world.base_url.clone())
    });
    let total = all.len();
    let page = Page {
        per_page: filter.per_page,
        page: filter.page,
    };
    let links = page.links(total, &base, &uri);
    let body = json!({"total_count": total, "workflow_runs": page.of(all)});
    Ok((links, Json(body)))
}

/// `DELETE /repos/{owner}/{repo}/actions/runs/{id}`
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): RunPath,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Write)?;
    if shared.change(|world, _| world.delete_run(id)) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::forbidden(
            "Could not delete the workflow run: it is not completed.",
        ))
    }
}

/// Which attempts, and which page of them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    filter: Option<String>,
    #[serde(default)]
    per_page: Option<usize>,
    #[serde(default)]
    page: Option<usize>,
}

/// `GET /repos/{owner}/{repo}/actions/runs/{id}/jobs`
pub(super) async fn jobs(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): RunPath,
    Query(filter): Query<Filter>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Read)?;
    let all: Vec<Value> = shared.look(|world, _| {
        let of_run = |job: &&crate::world::JobRecord| job.facts.run_id == id;
        let superseded = |job: &crate::world::JobRecord| {
            world.jobs.values().filter(of_run).any(|other| {
                other.facts.name == job.facts.name
                    && other.facts.run_attempt > job.facts.run_attempt
            })
        };
        let all = filter.filter.as_deref() == Some("all");
        let jobs = world
            .jobs
            .values()
            .filter(of_run)
            .filter(|job| all || !superseded(job));
        jobs.filter_map(|job| payload::job(world, job.facts.id))
            .collect()
    });
    let total = all.len();
    let page = Page {
        per_page: filter.per_page,
        page: filter.page,
    };
    let links = page.links(total, &shared.look(|world, _| world.base_url.clone()), &uri);
    let body = json!({"total_count": total, "jobs": page.of(all)});
    Ok((links, Json(body)))
}

/// `POST /repos/{owner}/{repo}/actions/runs/{id}/cancel`
pub(super) async fn cancel(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): RunPath,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Write)?;
    if shared.change(|world, now| world.cancel_run(id, now)) {
        Ok((StatusCode::ACCEPTED, Json(json!({}))))
    } else {
        Err(ApiError::new(
            StatusCode::CONFLICT,
            "Cannot cancel a workflow run that is completed.",
        ))
    }
}
