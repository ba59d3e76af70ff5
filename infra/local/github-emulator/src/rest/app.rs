//! The App, its installation, and installation tokens.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use crate::settings::Access;
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
    Ok(Json(shared.look(|world, now| {
        let (app, registration) = (&world.settings.app, &world.app_record);
        json!({
            "id": app.id, "slug": registration.slug, "node_id": format!("A_kwDO{}", app.id),
            "client_id": format!("Iv23li{:014}", app.id), "name": registration.name, "description": registration.description,
            "owner": repository::account(world, "Organization"),
            "external_url": registration.external_url,
            "html_url": format!("{}/apps/{}", world.base_url, registration.slug),
            "created_at": time(now), "updated_at": time(now), "permissions": app.permissions,
            "events": app.events, "installations_count": u8::from(registration.installed),
        })
    })))
}

/// `GET /app/installations`: the App's one, or none.
pub(super) async fn installations(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    let all: Vec<Value> = shared.look(|world, now| {
        let one = world.app_record.installed;
        one.then(|| shown(world, world.settings.app.installation_id, now))
            .into_iter()
            .collect()
    });
    Ok(Json(all.into()))
}

/// `GET /app/installations/{id}`
pub(super) async fn installation(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    known(&shared, id)?;
    Ok(Json(shared.look(|world, now| shown(world, id, now))))
}

fn shown(world: &World, id: u64, now: DateTime<Utc>) -> Value {
    let (app, login) = (&world.settings.app, &world.settings.organization);
    let url = format!("{}/app/installations/{id}", world.base_url);
    let suspended_by = world
        .suspended_at
        .map(|_| repository::account(world, "User"));
    json!({
        "id": id, "account": repository::account(world, "Organization"), "app_id": app.id,
        "app_slug": world.app_record.slug, "target_id": 38_302_899, "target_type": "Organization",
        "repository_selection": "all", "access_tokens_url": format!("{url}/access_tokens"),
        "repositories_url": format!("{}/installation/repositories", world.base_url),
        "html_url": format!("{}/organizations/{login}/settings/installations/{id}", world.base_url),
        "permissions": app.permissions, "events": app.events, "created_at": time(now),
        "updated_at": time(now), "single_file_name": null, "has_multiple_single_files": false,
        "single_file_paths": [], "suspended_by": suspended_by,
        "suspended_at": world.suspended_at.map(time),
    })
}

fn known(shared: &Shared, id: u64) -> Result<(), ApiError> {
    let here =
        |world: &World| world.app_record.installed && world.settings.app.installation_id == id;
    if shared.look(|world, _| here(world)) {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}

/// How a token is narrowed.
#[derive(Debug, Default, Deserialize)]
struct Narrowing {
    #[serde(default)]
    repositories: Option<Vec<String>>,
    #[serde(default)]
    repository_ids: Option<Vec<u64>>,
    #[serde(default)]
    permissions: Option<BTreeMap<String, Access>>,
}

impl Narrowing {
    /// Names, also for those that were given by id; an unknown id gives a name
    /// that no repository has.
    fn names(&self, world: &World) -> Option<Vec<String>> {
        let by_id = self.repository_ids.iter().flatten().map(|id| {
            let found = world
                .repositories
                .values()
                .find(|repository| repository.id == *id);
            found.map_or_else(|| format!("#{id}"), |repository| repository.name.clone())
        });
        let names: Vec<String> = self
            .repositories
            .iter()
            .flatten()
            .cloned()
            .chain(by_id)
            .collect();
        (!names.is_empty()).then_some(names)
    }
}

/// `POST /app/installations/{id}/access_tokens`
pub(super) async fn access_token(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    auth::app(&shared, &headers)?;
    known(&shared, id)?;
    if shared.look(|world, _| world.suspended_at.is_some()) {
        return Err(ApiError::forbidden("This installation has been suspended"));
    }
    let narrowing: Narrowing = if body.is_empty() {
        Narrowing::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| ApiError::unprocessable("Invalid request.", vec![error.to_string()]))?
    };
    let issued = shared.change(|world, now| {
        let names = narrowing.names(world);
        world.issue_token(narrowing.permissions, names, now)
    });
    let (text, token) =
        issued.map_err(|error| ApiError::unprocessable(error.to_string(), Vec::new()))?;
    let selection = if token.repositories.is_some() {
        "selected"
    } else {
        "all"
    };
    let body = json!({
        "token": text, "expires_at": time(token.expires_at), "permissions": token.permissions,
        "repository_selection": selection,
    });
    Ok((StatusCode::CREATED, Json(body)))
}
