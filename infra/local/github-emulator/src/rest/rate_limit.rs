//! `GET /rate_limit`: asking costs nothing. Without limits it is what GitHub
//! Enterprise Server answers where they are switched off.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::error::ApiError;
use super::gate;
use crate::shared::Shared;

/// `GET /rate_limit`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let who = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let usage = gate::usage(&shared, who)
        .ok_or_else(|| ApiError::new(StatusCode::NOT_FOUND, "Rate limiting is not enabled."))?;
    let core = json!({
        "limit": usage.limit, "used": usage.used, "reset": usage.reset,
        "remaining": usage.limit.saturating_sub(usage.used),
    });
    Ok(Json(
        json!({"resources": {"core": core.clone()}, "rate": core}),
    ))
}
