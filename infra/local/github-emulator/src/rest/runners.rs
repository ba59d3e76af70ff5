//! Self-hosted runners of the organisation and of repositories.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use super::extract::{self, Path, Query};
use super::page::Page;
use crate::ids::RunnerId;
use crate::settings::Access;
use crate::shared::Shared;
use crate::world::{Registration, RegistrationError, RemovalError, RunnerRecord, Scope};

type Answer = Result<Json<Value>, ApiError>;
type Listing = Result<(HeaderMap, Json<Value>), ApiError>;

/// The query of a list; `name` finds runners whose names contain it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    name: Option<String>,
    #[serde(flatten)]
    page: Page,
}

fn org(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    org: &str,
    access: Access,
) -> Result<Scope, ApiError> {
    auth::organization(
        shared,
        headers,
        org,
        "organization_self_hosted_runners",
        access,
    )?;
    Ok(Scope::Organization)
}

fn repo(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    (owner, name): (&str, &str),
    access: Access,
) -> Result<Scope, ApiError> {
    auth::repository(shared, headers, (owner, name), "administration", access)
        .map(Scope::Repository)
}

/// `GET /orgs/{org}/actions/runners`
pub(super) async fn list_org(
    State(shared): State<Arc<Shared>>,
    Path(login): Path<String>,
    Query(filter): Query<Filter>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Listing {
    let scope = org(&shared, &headers, &login, Access::Read)?;
    Ok(list(&shared, &scope, &filter, &uri))
}

/// `GET /repos/{owner}/{repo}/actions/runners`
pub(super) async fn list_repo(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): Path<(String, String)>,
    Query(filter): Query<Filter>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Listing {
    let scope = repo(&shared, &headers, (&owner, &name), Access::Read)?;
    Ok(list(&shared, &scope, &filter, &uri))
}

fn list(shared: &Shared, scope: &Scope, filter: &Filter, uri: &Uri) -> (HeaderMap, Json<Value>) {
    let part = filter.name.as_deref().unwrap_or_default().to_lowercase();
    let all: Vec<Value> = shared.look(|world, _| {
        world
            .runners
            .values()
            .filter(|runner| runner.scope == *scope && runner.name.to_lowercase().contains(&part))
            .map(runner)
            .collect()
    });
    let total = all.len();
    let page = &filter.page;
    let links = page.links(total, &shared.look(|world, _| world.base_url.clone()), uri);
    (
        links,
        Json(json!({"total_count": total, "runners": page.of(all)})),
    )
}

/// `GET /orgs/{org}/actions/runners/{runner_id}`
pub(super) async fn show_org(
    State(shared): State<Arc<Shared>>,
    Path((login, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Answer {
    let scope = org(&shared, &headers, &login, Access::Read)?;
    show(&shared, &scope, id)
}

/// `GET /repos/{owner}/{repo}/actions/runners/{runner_id}`
pub(super) async fn show_repo(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): Path<(String, String, u64)>,
    headers: HeaderMap,
) -> Answer {
    let scope = repo(&shared, &headers, (&owner, &name), Access::Read)?;
    show(&shared, &scope, id)
}

fn show(shared: &Shared, scope: &Scope, id: u64) -> Answer {
    let found = shared.look(|world, _| world.runner_in(scope, RunnerId(id)).map(runner));
    found.map(Json).ok_or_else(ApiError::not_found)
}

/// `DELETE /orgs/{org}/actions/runners/{runner_id}`
pub(super) async fn remove_org(
    State(shared): State<Arc<Shared>>,
    Path((login, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let scope = org(&shared, &headers, &login, Access::Write)?;
    remove(&shared, &scope, id)
}

/// `DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}`
pub(super) async fn remove_repo(
    State(shared): State<Arc<Shared>>,
    Path((owner, name, id)): Path<(String, String, u64)>,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let scope = repo(&shared, &headers, (&owner, &name), Access::Write)?;
    remove(&shared, &scope, id)
}

fn remove(shared: &Arc<Shared>, scope: &Scope, id: u64) -> Result<StatusCode, ApiError> {
    match shared.change(|world, _| world.remove_runner(scope, RunnerId(id))) {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(RemovalError::Unknown) => Err(ApiError::not_found()),
        Err(busy @ RemovalError::Busy(_)) => {
            Err(ApiError::unprocessable(busy.to_string(), Vec::new()))
        }
    }
}

/// The body of `generate-jitconfig`.
#[derive(Debug, Deserialize)]
struct JitRequest {
    name: String,
    runner_group_id: u64,
    labels: Vec<String>,
    #[serde(default)]
    work_folder: Option<String>,
}

/// `POST /orgs/{org}/actions/runners/generate-jitconfig`
pub(super) async fn register_org(
    State(shared): State<Arc<Shared>>,
    Path(login): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let scope = org(&shared, &headers, &login, Access::Write)?;
    register(&shared, scope, &body)
}

/// `POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig`
pub(super) async fn register_repo(
    State(shared): State<Arc<Shared>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let scope = repo(&shared, &headers, (&owner, &name), Access::Write)?;
    register(&shared, scope, &body)
}

fn register(
    shared: &Arc<Shared>,
    scope: Scope,
    body: &Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let wanted: JitRequest = extract::body(body)?;
    let wanted = Registration {
        name: wanted.name,
        group_id: wanted.runner_group_id,
        labels: wanted.labels,
        work_folder: wanted.work_folder.unwrap_or_else(|| "_work".to_owned()),
        scope,
    };
    let made = shared.change(|world, now| {
        world.register(wanted, now).map(|(id, encoded)| {
            json!({"runner": world.runners.get(&id).map(runner), "encoded_jit_config": encoded})
        })
    });
    match made {
        Ok(body) => Ok((StatusCode::CREATED, Json(body))),
        Err(RegistrationError::Invalid(problems)) => {
            Err(ApiError::unprocessable("Validation Failed", problems))
        }
        Err(RegistrationError::UnknownGroup) => Err(ApiError::not_found()),
        Err(taken @ RegistrationError::NameTaken(_)) => {
            Err(ApiError::new(StatusCode::CONFLICT, taken.to_string()))
        }
    }
}

fn runner(runner: &RunnerRecord) -> Value {
    let labels: Vec<Value> = runner
        .labels
        .iter()
        .map(|label| json!({"id": 0, "name": label, "type": "custom"}))
        .collect();
    let os = if runner.listening_since.is_some() {
        "Linux"
    } else {
        "unknown"
    };
    json!({
        "id": runner.id, "name": runner.name, "os": os,
        "status": if runner.is_online() { "online" } else { "offline" },
        "busy": runner.job.is_some(), "labels": labels, "runner_group_id": runner.group_id,
        "ephemeral": true,
    })
}
