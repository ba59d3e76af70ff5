//! `GET /rate_limit`: asking costs nothing. Without limits it is what GitHub
//! Enterprise Server answers where they are switched off.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Map, Value, json};

use super::auth;
use super::error::ApiError;
use super::headers::{text, without_old};
use crate::shared::Shared;
use crate::world::{RESOURCES, Usage};

/// `GET /rate_limit`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::anybody(&shared, &headers)?;
    let usages = shared.look(|world, now| {
        let caller = world.caller(text(&headers, "authorization"), now);
        let names = RESOURCES.iter().map(|(name, _)| *name);
        let names = std::iter::once("core").chain(names);
        let usages = names.map(|name| world.usage(caller, name, now));
        usages.collect::<Option<Vec<Usage>>>()
    });
    let disabled = || ApiError {
        message: "Rate limiting is not enabled.".to_owned(),
        ..ApiError::not_found()
    };
    let usages = usages.ok_or_else(disabled)?;
    let shown = |usage: &Usage| {
        json!({
            "limit": usage.limit, "used": usage.used, "remaining": usage.remaining(),
            "reset": usage.reset,
        })
    };
    let resources: Map<String, Value> = usages
        .iter()
        .map(|usage| (usage.resource.to_owned(), shown(usage)))
        .collect();
    let shown = json!({"rate": resources["core"], "resources": resources});
    Ok(Json(without_old(&headers, "rate", shown)))
}
