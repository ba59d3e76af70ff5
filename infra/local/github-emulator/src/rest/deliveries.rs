//! Webhook deliveries of the App and of the organisation: the log of three
//! days, one of them, once more.
//!
//! Source: docs.github.com, "REST API endpoints for GitHub App webhooks" and
//! "REST API endpoints for organization webhooks".

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth;
use super::error::ApiError;
use super::extract::{Path, Query};
use super::page::{Page, linked};
use crate::deliveries::{Delivery, HookKind};
use crate::ids::DeliveryId;
use crate::settings::Access;
use crate::shared::Shared;
use crate::webhooks::ORGANIZATION_HOOK_ID;

/// How long deliveries are listed.
const KEPT: TimeDelta = TimeDelta::days(3);

/// The query of the list; the cursor is the id below which to go on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filter {
    #[serde(flatten)]
    page: Page,
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    status: Option<String>,
}

impl Filter {
    /// The delivery below which to go on; 400 for a cursor that was not given out.
    fn below(&self) -> Result<u64, ApiError> {
        let Some(cursor) = self.cursor.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(u64::MAX);
        };
        let id = cursor.strip_prefix("v1_").and_then(|id| id.parse().ok());
        id.ok_or_else(|| ApiError::bad_request("Invalid cursor"))
    }
}

/// `GET /app/hook/deliveries`, newest first.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Result<Listed, ApiError> {
    auth::app(&shared, &headers)?;
    listed(&shared, HookKind::App, "/app/hook", &filter)
}

/// `GET /orgs/{org}/hooks/{hook_id}/deliveries`, newest first.
pub(super) async fn list_of_organization(
    State(shared): State<Arc<Shared>>,
    Path((login, hook)): Path<(String, u64)>,
    Query(filter): Query<Filter>,
    headers: HeaderMap,
) -> Result<Listed, ApiError> {
    organization(&shared, &headers, &login, hook, Access::Read)?;
    let path = format!("/orgs/{login}/hooks/{hook}");
    listed(&shared, HookKind::Organization, &path, &filter)
}

type Listed = (HeaderMap, Json<Value>);

/// Demands the organisation's one webhook, and a permission for it.
fn organization(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    login: &str,
    hook: u64,
    access: Access,
) -> Result<(), ApiError> {
    auth::organization(shared, headers, login, "organization_hooks", access)?;
    let known = shared.look(|world, _| world.organization_webhook.is_some());
    if known && hook == ORGANIZATION_HOOK_ID {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}

fn listed(
    shared: &Shared,
    hook: HookKind,
    path: &str,
    filter: &Filter,
) -> Result<Listed, ApiError> {
    let (size, below) = (filter.page.size(), filter.below()?);
    let status = filter.status.as_deref();
    if status.is_some_and(|status| !["success", "failure"].contains(&status)) {
        return Err(ApiError::invalid_field("HookDelivery", "status"));
    }
    let wanted = |delivery: &Delivery| match status {
        Some("success") => (200..400).contains(&delivery.status_code),
        Some("failure") => !(200..400).contains(&delivery.status_code),
        _ => true,
    };
    let (mut found, base) = shared.look(|world, now| {
        let found = world
            .deliveries
            .iter()
            .filter(|one| one.hook == hook && one.id.0 < below && wanted(one))
            .filter(|one| now - one.delivered_at < KEPT);
        let installation = Some(world.settings.app.installation_id);
        let found = found.map(|one| (one.id.0, summary(one, installation)));
        (found.collect::<Vec<_>>(), world.base_url.clone())
    });
    found.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let more = found.len() > size;
    found.truncate(size);
    let next = found.last().filter(|_| more).map(|(last, _)| {
        let status = status.map_or(String::new(), |status| format!("&status={status}"));
        format!("<{base}{path}/deliveries?per_page={size}{status}&cursor=v1_{last}>; rel=\"next\"")
    });
    let links: Vec<String> = next.into_iter().collect();
    let found: Vec<Value> = found.into_iter().map(|(_, one)| one).collect();
    Ok((linked(&links), Json(found.into())))
}

/// `GET /app/hook/deliveries/{delivery_id}`
pub(super) async fn show(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    auth::app(&shared, &headers)?;
    shown(&shared, HookKind::App, id)
}

/// `GET /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}`
pub(super) async fn show_of_organization(
    State(shared): State<Arc<Shared>>,
    Path((login, hook, id)): Path<(String, u64, u64)>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    organization(&shared, &headers, &login, hook, Access::Read)?;
    shown(&shared, HookKind::Organization, id)
}

fn shown(shared: &Shared, hook: HookKind, id: u64) -> Result<Json<Value>, ApiError> {
    let found = shared.look(|world, _| {
        let one = world
            .deliveries
            .iter()
            .find(|delivery| delivery.id.0 == id && delivery.hook == hook)?;
        let mut whole = summary(one, Some(world.settings.app.installation_id));
        let payload: Value = serde_json::from_str(&one.request_payload).unwrap_or_default();
        whole["url"] = one.url.clone().into();
        whole["request"] = json!({"headers": one.request_headers, "payload": payload});
        whole["response"] =
            json!({"headers": one.response_headers, "payload": one.response_payload});
        Some(whole)
    });
    found.map(Json).ok_or_else(ApiError::not_found)
}

type Accepted = (StatusCode, Json<Value>);

/// `POST /app/hook/deliveries/{delivery_id}/attempts`
pub(super) async fn redeliver(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Accepted, ApiError> {
    auth::app(&shared, &headers)?;
    once_more(&shared, HookKind::App, id)
}

/// `POST /orgs/{org}/hooks/{hook_id}/deliveries/{delivery_id}/attempts`
pub(super) async fn redeliver_of_organization(
    State(shared): State<Arc<Shared>>,
    Path((login, hook, id)): Path<(String, u64, u64)>,
    headers: HeaderMap,
) -> Result<Accepted, ApiError> {
    organization(&shared, &headers, &login, hook, Access::Write)?;
    once_more(&shared, HookKind::Organization, id)
}

fn once_more(shared: &Arc<Shared>, hook: HookKind, id: u64) -> Result<Accepted, ApiError> {
    if shared.change(|world, now| world.redeliver(hook, DeliveryId(id), now)) {
        Ok((StatusCode::ACCEPTED, Json(json!({}))))
    } else {
        Err(ApiError::not_found())
    }
}

fn summary(one: &Delivery, installation: Option<u64>) -> Value {
    json!({
        "id": one.id, "guid": one.guid, "delivered_at": one.delivered_at.to_rfc3339(),
        "redelivery": one.redelivery, "duration": one.duration, "status": one.status,
        "status_code": one.status_code, "event": one.event, "action": one.action,
        "installation_id": installation.filter(|_| one.hook == HookKind::App), "repository_id": one.repository_id, "throttled_at": null,
    })
}
