//! Workflow runs: their state, their jobs, and an end to them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::{Path, Query};
use super::page::Page;
use super::{auth, run};
use crate::ids::RunId;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::payload;

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

/// `GET /repos/{owner}/{repo}/actions/runs/{run_id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): RunPath,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let id = demand(&shared, &headers, (&owner, &name, id), Access::Read)?;
    let run = shared.look(|world, _| run::shown(world, world.runs.get(&id)?));
    run.map(Json).ok_or_else(ApiError::not_found)
}

/// Which runs, and which page of them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RunFilter {
    #[serde(default)]
    actor: Option<String>,
    #[serde(default)]
    branch: Option<String>,
    #[serde(default)]
    event: Option<String>,
    #[serde(default)]
    head_sha: Option<String>,
    /// A status (`queued`, `in_progress`, …) or a conclusion.
    #[serde(default)]
    status: Option<String>,
    #[serde(flatten)]
    page: Page,
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
    let (all, base): (Vec<Value>, String) = shared.look(|world, _| {
        let runs = world.runs.values().rev().filter(|run| {
            let fits = |wanted: &Option<String>, is: &str| {
                wanted.as_deref().is_none_or(|wanted| wanted == is)
            };
            run.repository == name
                && fits(&filter.actor, &world.settings.organization)
                && fits(&filter.branch, &run.branch)
                && fits(&filter.event, "push")
                && fits(&filter.head_sha, &run.head_sha)
        });
        let runs = runs.filter(|run| {
            let (status, conclusion) = world.run_standing(run);
            let wanted = filter.status.as_deref();
            wanted.is_none_or(|wanted| wanted == status || Some(wanted) == conclusion)
        });
        let runs = runs.filter_map(|run| run::shown(world, run)).collect();
        (runs, world.base_url.clone())
    });
    let total = all.len();
    let page = &filter.page;
    let links = page.links(total, &base, &uri);
    let body = json!({"total_count": total, "workflow_runs": page.of(all)});
    Ok((links, Json(body)))
}

/// `DELETE /repos/{owner}/{repo}/actions/runs/{run_id}`
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
    #[serde(flatten)]
    page: Page,
}

/// `GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs`
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
    let page = &filter.page;
    let links = page.links(total, &shared.look(|world, _| world.base_url.clone()), &uri);
    let body = json!({"total_count": total, "jobs": page.of(all)});
    Ok((links, Json(body)))
}

/// `POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel`
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
