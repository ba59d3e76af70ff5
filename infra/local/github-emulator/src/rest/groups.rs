//! Runner groups of the organisation.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use super::extract::{Path, Query};
use super::page::Page;
use crate::runner_group::RunnerGroup;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::repository;
use crate::world::World;

const PERMISSION: &str = "organization_self_hosted_runners";

/// The query of the list; a repository leaves only the groups that it may use.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    visible_to_repository: Option<String>,
    #[serde(flatten)]
    page: Page,
}

type Listing = Result<(HeaderMap, Json<Value>), ApiError>;

/// `GET /orgs/{org}/actions/runner-groups`
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Path(org): Path<String>,
    Query(filter): Query<Filter>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Listing {
    auth::organization(&shared, &headers, &org, PERMISSION, Access::Read)?;
    let page = filter.page;
    Ok(shared.look(|world, _| {
        let wanted = filter.visible_to_repository.as_deref();
        let groups = world.groups.iter().filter(|(_, group)| {
            let may = |name| {
                world
                    .repository(name)
                    .is_some_and(|one| group.is_for(one.private, &one.name))
            };
            wanted.is_none_or(may)
        });
        let groups: Vec<Value> = groups.map(|(id, group)| shown(world, *id, group)).collect();
        let total = groups.len();
        let links = page.links(total, &world.base_url, &uri);
        let body = json!({"total_count": total, "runner_groups": page.of(groups)});
        (links, Json(body))
    }))
}

/// `GET /orgs/{org}/actions/runner-groups/{runner_group_id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path((org, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::organization(&shared, &headers, &org, PERMISSION, Access::Read)?;
    let found = shared.look(|world, _| world.groups.get(&id).map(|group| shown(world, id, group)));
    found.map(Json).ok_or_else(ApiError::not_found)
}

/// `GET /orgs/{org}/actions/runner-groups/{runner_group_id}/repositories`
pub(super) async fn repositories(
    State(shared): State<Arc<Shared>>,
    Path((org, id)): Path<(String, u64)>,
    Query(page): Query<Page>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Listing {
    auth::organization(&shared, &headers, &org, PERMISSION, Access::Read)?;
    let found = shared.look(|world, _| {
        let group = world.groups.get(&id)?;
        let selected = group.selected_repositories.iter().flatten();
        let shown = selected
            .filter_map(|name| world.repository(name))
            .map(|found| repository::listed(world, found));
        let all: Vec<Value> = shown.collect();
        let total = all.len();
        let links = page.links(total, &world.base_url, &uri);
        let body = json!({"total_count": total, "repositories": page.of(all)});
        Some((links, Json(body)))
    });
    found.ok_or_else(ApiError::not_found)
}

fn shown(world: &World, id: u64, group: &RunnerGroup) -> Value {
    let login = &world.settings.organization;
    let url = format!("{}/orgs/{login}/actions/runner-groups/{id}", world.base_url);
    let mut shown = json!({
        "id": id, "name": group.name, "visibility": group.visibility(), "default": id == 1,
        "runners_url": format!("{url}/runners"), "hosted_runners_url": format!("{url}/hosted-runners"),
        "inherited": false, "allows_public_repositories": group.allows_public_repositories,
        "restricted_to_workflows": false, "selected_workflows": [],
        "workflow_restrictions_read_only": false,
    });
    if group.selected_repositories.is_some() {
        shown["selected_repositories_url"] = format!("{url}/repositories").into();
    }
    shown
}
