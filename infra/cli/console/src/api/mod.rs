//! The routes, below [`crate::PATH`].

mod change;
mod execution;
mod fields;
mod fleet;
mod graph;
pub(crate) mod list;
mod log;
pub(crate) mod overview;
pub(crate) mod reconciled;
mod stream;

use crate::assets;
use crate::error::ApiError;
use crate::shared::Shared;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use observe::history::without_keys;
use serde::Serialize;
use std::sync::Arc;

/// What an answer is, or why there is none.
type Answer = Result<Response, ApiError>;

pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(assets::index))
        .route("/assets/{name}", get(assets::asset))
        .route("/api/fleet", get(fleet::fleet))
        .route("/api/overview", get(overview::overview))
        .route("/api/reconciled", get(reconciled::reconciled))
        .route("/api/executions", get(list::list))
        .route("/api/executions/{name}", get(execution::execution))
        .route("/api/executions/{name}/graph.svg", get(graph::graph))
        .route("/api/executions/{name}/events", get(execution::events))
        .route("/api/executions/{name}/log", get(log::log))
        .route("/api/executions/{name}/cancel", post(change::cancel))
        .route("/api/redrive", post(change::redrive))
        .route("/api/operations/{id}", get(change::operation))
        .route("/api/events", get(stream::stream))
        .fallback(async || ApiError::NotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
}

/// JSON, and no hand-over key in it, wherever it may have come from.
fn json(value: &impl Serialize) -> Answer {
    let text = serde_json::to_string(value).map_err(|error| {
        ApiError::InvalidRequest(format!("This cannot be written as JSON: {error}."))
    })?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, without_keys(&text)).into_response())
}
