//! The App's webhook deliveries: the log, one of them, once more.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use crate::deliveries::Delivery;
use crate::ids::DeliveryId;
use crate::shared::Shared;

/// The query of the list; the cursor is the id below which to go on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    per_page: Option<usize>,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

/// `GET /app/hook/deliveries`, newest first.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Result<(HeaderMap, Json<Value>), ApiError> {
    auth::app(&shared, &headers)?;
    let size = filter.per_page.unwrap_or(30).clamp(1, 100);
    let cursor = filter
        .cursor
        .as_deref()
        .and_then(|text| text.strip_prefix("v1_"));
    let below: u64 = cursor
        .and_then(|text| text.parse().ok())
        .unwrap_or(u64::MAX);
    let wanted = |delivery: &Delivery| match filter.status.as_deref() {
        Some("success") => (200..400).contains(&delivery.status_code),
        Some("failure") => !(200..400).contains(&delivery.status_code),
        _ => true,
    };
    let (mut found, base) = shared.look(|world, _| {
        let found = world
            .deliveries
            .iter()
            .filter(|one| one.id.0 < below && wanted(one));
        let installation = world.settings.app.installation_id;
        let found = found.map(|one| (one.id.0, summary(one, installation)));
        (found.collect::<Vec<_>>(), world.base_url.clone())
    });
    found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let more = found.len() > size;
    found.truncate(size);
    let mut link = HeaderMap::new();
    if let (true, Some((last, _))) = (more, found.last()) {
        let next =
            format!("<{base}/app/hook/deliveries?per_page={size}&cursor=v1_{last}>; rel=\"next\"");
        if let Ok(value) = next.parse() {
            link.insert("link", value);
        }
    }
    let found: Vec<Value> = found.into_iter().map(|(_, one)| one).collect();
    Ok((link, Json(found.into())))
}

/// `GET /app/hook/deliveries/{id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    let found = shared.look(|world, _| {
        let one = world
            .deliveries
            .iter()
            .find(|delivery| delivery.id.0 == id)?;
        let mut whole = summary(one, world.settings.app.installation_id);
        let payload: Value = serde_json::from_str(&one.request_payload).unwrap_or_default();
        whole["url"] = one.url.clone().into();
        whole["request"] = json!({"headers": one.request_headers, "payload": payload});
        whole["response"] =
            json!({"headers": one.response_headers, "payload": one.response_payload});
        Some(whole)
    });
    found.map(Json).ok_or_else(ApiError::not_found)
}

/// `POST /app/hook/deliveries/{id}/attempts`
pub(super) async fn redeliver(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    auth::app(&shared, &headers)?;
    if shared.change(|world, now| world.redeliver(DeliveryId(id), now)) {
        Ok((StatusCode::ACCEPTED, Json(json!({}))))
    } else {
        Err(ApiError::not_found())
    }
}

fn summary(one: &Delivery, installation: u64) -> Value {
    json!({
        "id": one.id, "guid": one.guid, "delivered_at": one.delivered_at.to_rfc3339(),
        "redelivery": one.redelivery, "duration": one.duration, "status": one.status,
        "status_code": one.status_code, "event": one.event, "action": one.action,
        "installation_id": installation, "repository_id": one.repository_id, "throttled_at": null,
    })
}
