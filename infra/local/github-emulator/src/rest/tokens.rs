//! Installation tokens: `POST /app/installations/{installation_id}/access_tokens`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::{self, Path};
use super::{app, auth};
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::payload::time;
use crate::world::World;

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
    app::known(&shared, id)?;
    if shared.look(|world, _| world.suspended_at.is_some()) {
        return Err(ApiError::forbidden("This installation has been suspended"));
    }
    let narrowing: Narrowing = extract::body(&body)?;
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
