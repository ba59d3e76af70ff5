//! Runner groups of the organisation.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use crate::settings::Access;
use crate::shared::Shared;

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
            .map(|(id, name)| group(*id, name))
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
    let found = shared.look(|world, _| world.groups.get(&id).map(|name| group(id, name)));
    found.map(Json).ok_or_else(ApiError::not_found)
}

fn group(id: u64, name: &str) -> Value {
    json!({
        "id": id, "name": name, "visibility": "all", "default": id == 1, "inherited": false,
        "allows_public_repositories": true, "restricted_to_workflows": false,
        "selected_workflows": [], "workflow_restrictions_read_only": false,
    })
}
