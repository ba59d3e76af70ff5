//! `POST /app-manifests/{code}/conversions`: the App's key and secrets, once,
//! within an hour, to whoever has the code.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::rest::ApiError;
use crate::shared::Shared;
use crate::webhooks::payload::time;
use crate::webhooks::repository;

/// Exchanges the code.
pub(crate) async fn convert(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let answer = shared.change(|world, now| {
        let (pem, client_secret) = world.redeem(&code, now)?;
        let app = &world.settings.app;
        let registration = &world.app_record;
        let secret = world.webhook.as_ref().map(|hook| {
            use secrecy::ExposeSecret;
            hook.secret.expose_secret().to_owned()
        });
        Some(json!({
            "id": app.id, "slug": registration.slug, "node_id": format!("A_kwDO{}", app.id),
            "owner": repository::account(world, "Organization"), "name": registration.name,
            "description": registration.description, "external_url": registration.external_url,
            "html_url": format!("{}/apps/{}", world.base_url, registration.slug),
            "created_at": time(now), "updated_at": time(now), "permissions": app.permissions,
            "events": app.events, "client_id": format!("Iv23li{:014}", app.id),
            "client_secret": client_secret, "webhook_secret": secret, "pem": pem,
        }))
    });
    match answer {
        Some(app) => Ok((StatusCode::CREATED, Json(app))),
        None => Err(ApiError::not_found()),
    }
}
