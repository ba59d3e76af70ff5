//! The App's webhook: `GET` and `PATCH /app/hook/config`.
//!
//! Source: docs.github.com, "REST API endpoints for GitHub App webhooks". The
//! secret is only ever shown as eight stars.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use super::extract;
use crate::settings::Webhook;
use crate::shared::Shared;
use crate::world::World;

/// `GET /app/hook/config`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    Ok(Json(shared.look(|world, _| shown(world))))
}

/// What may be changed. `insecure_ssl` is a text or a number at GitHub.
#[derive(Debug, Deserialize)]
struct Change {
    url: Option<String>,
    content_type: Option<String>,
    secret: Option<String>,
    insecure_ssl: Option<Value>,
}

/// `PATCH /app/hook/config`
pub(super) async fn update(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    let change: Change = extract::body(&body)?;
    if let Some(kind) = &change.content_type
        && !["json", "form"].contains(&kind.as_str())
    {
        let problem = format!("content_type {kind} is neither json nor form");
        return Err(ApiError::unprocessable("Validation Failed", vec![problem]));
    }
    Ok(Json(shared.change(|world, _| {
        apply(world, change);
        shown(world)
    })))
}

fn apply(world: &mut World, change: Change) {
    if change.url.is_some() || change.secret.is_some() {
        let before = world.webhook.take();
        let (url, secret) = before.map_or_else(
            || (String::new(), String::new().into()),
            |hook| (hook.url, hook.secret),
        );
        world.webhook = Some(Webhook {
            url: change.url.unwrap_or(url),
            secret: change.secret.map_or(secret, Into::into),
        });
    }
    if let Some(kind) = change.content_type {
        world.hook_content_type = kind;
    }
    if let Some(insecure) = change.insecure_ssl {
        world.hook_insecure_ssl = insecure == json!("1") || insecure == json!(1);
    }
}

fn shown(world: &World) -> Value {
    let Some(webhook) = &world.webhook else {
        return json!({});
    };
    json!({
        "content_type": world.hook_content_type,
        "insecure_ssl": if world.hook_insecure_ssl { "1" } else { "0" },
        "secret": "********",
        "url": webhook.url,
    })
}
