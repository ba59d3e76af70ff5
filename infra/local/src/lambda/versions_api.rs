//! Lambda's REST API for versions and aliases.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::Value;

use super::Lambda;
use crate::server::error::AwsError;
use crate::server::rest;

const FUNCTION: &str = "/2015-03-31/functions/{name}";

pub(super) fn routes() -> Router<Arc<Lambda>> {
    Router::new()
        .route(
            &format!("{FUNCTION}/versions"),
            post(publish_version).get(list_versions),
        )
        .route(
            &format!("{FUNCTION}/aliases"),
            post(create_alias).get(list_aliases),
        )
        .route(
            &format!("{FUNCTION}/aliases/{{alias}}"),
            get(get_alias).put(update_alias).delete(delete_alias),
        )
}

fn respond(status: StatusCode, answer: Result<Value, AwsError>) -> Response {
    match answer {
        Ok(answer) => (status, Json(answer)).into_response(),
        Err(error) => rest::refuse(&error),
    }
}

async fn publish_version(State(lambda): State<Arc<Lambda>>, Path(name): Path<String>) -> Response {
    let published = lambda.publish(&name);
    respond(
        StatusCode::CREATED,
        published.map(|version| version.describe()),
    )
}

async fn list_versions(State(lambda): State<Arc<Lambda>>, Path(name): Path<String>) -> Response {
    respond(StatusCode::OK, lambda.list_versions(&name))
}

async fn create_alias(
    State(lambda): State<Arc<Lambda>>,
    Path(name): Path<String>,
    Json(input): Json<Value>,
) -> Response {
    respond(StatusCode::CREATED, lambda.create_alias(&name, &input))
}

async fn list_aliases(State(lambda): State<Arc<Lambda>>, Path(name): Path<String>) -> Response {
    respond(StatusCode::OK, lambda.list_aliases(&name))
}

async fn get_alias(
    State(lambda): State<Arc<Lambda>>,
    Path((name, alias)): Path<(String, String)>,
) -> Response {
    respond(StatusCode::OK, lambda.get_alias(&name, &alias))
}

async fn update_alias(
    State(lambda): State<Arc<Lambda>>,
    Path((name, alias)): Path<(String, String)>,
    Json(input): Json<Value>,
) -> Response {
    respond(StatusCode::OK, lambda.update_alias(&name, &alias, &input))
}

async fn delete_alias(
    State(lambda): State<Arc<Lambda>>,
    Path((name, alias)): Path<(String, String)>,
) -> Response {
    match lambda.delete_alias(&name, &alias) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => rest::refuse(&error),
    }
}
