//! Runner groups of the organisation.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use crate::runner_group::RunnerGroup;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::repository;

const PERMISSION: &str = "organization_self_hosted_runners";

/// `GET /orgs/{org}/actions/runner-groups`
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Path(org): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::organization(&shared, &headers, &org, PERMISSION, Access::Read)?;
    let groups: Vec<Value> = shared.look(|world, _| {
        world
            .groups
            .iter()
            .map(|(id, group)| shown(*id, group))
            .collect()
    });
    Ok(Json(
        json!({"total_count": groups.len(), "runner_groups": groups}),
    ))
}

/// `GET /orgs/{org}/actions/runner-groups/{id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((org, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::organization(&shared, &headers, &org, PERMISSION, Access::Read)?;
    let found = shared.look(|world, _| world.groups.get(&id).map(|group| shown(id, group)));
    found.map(Json).ok_or_else(ApiError::not_found)
}

/// `GET /orgs/{org}/actions/runner-groups/{id}/repositories`
pub(super) async fn repositories(
    State(shared): State<Arc<Shared>>,
    Path((org, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::organization(&shared, &headers, &org, PERMISSION, Access::Read)?;
    let found = shared.look(|world, now| {
        let group = world.groups.get(&id)?;
        let selected = group.selected_repositories.iter().flatten();
        let shown = selected
            .filter_map(|name| world.repository(name))
            .map(|found| repository::repository(world, found, now));
        Some(shown.collect::<Vec<Value>>())
    });
    let found = found.ok_or_else(ApiError::not_found)?;
    Ok(Json(
        json!({"total_count": found.len(), "repositories": found}),
    ))
}

fn shown(id: u64, group: &RunnerGroup) -> Value {
    json!({
        "id": id, "name": group.name, "visibility": group.visibility(), "default": id == 1,
        "inherited": false, "allows_public_repositories": group.allows_public_repositories,
        "restricted_to_workflows": false, "selected_workflows": [],
        "workflow_restrictions_read_only": false,
    })
}
