//! The App and its installation, as the App itself sees them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use super::extract::{Path, Query};
use super::page::Page;
use crate::shared::Shared;
use crate::webhooks::payload::time;
use crate::webhooks::repository;
use crate::world::World;

/// `GET /app`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    Ok(Json(shared.look(|world, _| {
        let mut shown = registration(world);
        shown["installations_count"] = u8::from(world.app_record.installed).into();
        shown
    })))
}

/// The App as it is registered: also what its maker gets for the code.
pub(crate) fn registration(world: &World) -> Value {
    let (app, registration) = (&world.settings.app, &world.app_record);
    json!({
        "id": app.id, "slug": registration.slug, "node_id": format!("A_kwDO{}", app.id),
        "client_id": auth::client_id(app.id), "owner": repository::account(world, "Organization"),
        "name": registration.name, "description": registration.description,
        "external_url": registration.external_url,
        "html_url": format!("{}/apps/{}", world.base_url, registration.slug),
        "created_at": time(registration.created_at), "updated_at": time(registration.updated_at),
        "permissions": app.permissions, "events": app.events,
    })
}

/// `GET /app/installations`: the App's one, or none.
pub(super) async fn installations(
    State(shared): State<Arc<Shared>>,
    Query(page): Query<Page>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    auth::app(&shared, &headers)?;
    Ok(shared.look(|world, _| {
        let one = world.app_record.installed;
        let one = one.then(|| listed(world, world.settings.app.installation_id));
        let all: Vec<Value> = one.into_iter().collect();
        let links = page.links(all.len(), &world.base_url, &uri);
        (links, Json(page.of(all).into()))
    }))
}

/// `GET /app/installations/{installation_id}`
pub(super) async fn installation(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    known(&shared, id)?;
    Ok(Json(shared.look(|world, _| shown(world, id))))
}

/// One by itself also has the App's client id.
fn shown(world: &World, id: u64) -> Value {
    let mut shown = listed(world, id);
    shown["client_id"] = auth::client_id(world.settings.app.id).into();
    shown
}

fn listed(world: &World, id: u64) -> Value {
    let (app, login) = (&world.settings.app, &world.settings.organization);
    let url = format!("{}/app/installations/{id}", world.base_url);
    let record = &world.app_record;
    let suspended_by = world
        .suspended_at
        .map(|_| repository::account(world, "User"));
    json!({
        "id": id, "account": repository::account(world, "Organization"), "app_id": app.id,
        "app_slug": record.slug,
        "target_id": repository::ACCOUNT_ID, "target_type": "Organization",
        "repository_selection": "all", "access_tokens_url": format!("{url}/access_tokens"),
        "repositories_url": format!("{}/installation/repositories", world.base_url),
        "html_url": format!("{}/organizations/{login}/settings/installations/{id}", world.base_url),
        "permissions": app.permissions, "events": app.events,
        "created_at": time(record.created_at), "updated_at": time(record.updated_at),
        "single_file_name": null, "has_multiple_single_files": false, "single_file_paths": [],
        "suspended_by": suspended_by, "suspended_at": world.suspended_at.map(time),
    })
}

/// Demands the App's one installation.
pub(super) fn known(shared: &Shared, id: u64) -> Result<(), ApiError> {
    let here =
        |world: &World| world.app_record.installed && world.settings.app.installation_id == id;
    if shared.look(|world, _| here(world)) {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}
