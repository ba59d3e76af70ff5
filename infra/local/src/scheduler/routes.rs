//! The Scheduler's REST API: `/schedules` and `/schedules/{name}`.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::Scheduler;
use crate::server::error::AwsError;
use crate::server::rest;

pub(crate) fn routes(scheduler: Arc<Scheduler>) -> Router {
    let one = get(fetch).post(create).put(update).delete(remove);
    Router::new()
        .route("/schedules", get(list))
        .route("/schedules/{name}", one)
        .with_state(scheduler)
}

#[derive(Deserialize)]
struct Group {
    #[serde(rename = "groupName")]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    schedule_group: Option<String>,
    name_prefix: Option<String>,
    state: Option<String>,
}

type Served = State<Arc<Scheduler>>;
type Body = Result<Bytes, BytesRejection>;

async fn create(State(scheduler): Served, Path(name): Path<String>, body: Body) -> Response {
    answer(parse(body).and_then(|body| scheduler.create_schedule(&name, &body)))
}

async fn update(State(scheduler): Served, Path(name): Path<String>, body: Body) -> Response {
    answer(parse(body).and_then(|body| scheduler.update_schedule(&name, &body)))
}

async fn fetch(
    State(scheduler): Served,
    Path(name): Path<String>,
    Query(group): Query<Group>,
) -> Response {
    answer(scheduler.get_schedule(&name, group.name.as_deref()))
}

async fn remove(
    State(scheduler): Served,
    Path(name): Path<String>,
    Query(group): Query<Group>,
) -> Response {
    answer(scheduler.delete_schedule(&name, group.name.as_deref()))
}

async fn list(State(scheduler): Served, Query(filter): Query<Filter>) -> Response {
    let enabled = filter.state.as_deref().map(|state| state == "ENABLED");
    answer(scheduler.list_schedules(
        filter.schedule_group.as_deref(),
        filter.name_prefix.as_deref(),
        enabled,
    ))
}

fn parse(body: Body) -> Result<Value, AwsError> {
    let body = body.map_err(|_| {
        AwsError::new("RequestEntityTooLarge", "The request is too large.").with_status(413)
    })?;
    serde_json::from_slice(&body).map_err(|error| {
        AwsError::new(
            "SerializationException",
            format!("The body is not JSON: {error}"),
        )
    })
}

fn answer(result: Result<Value, AwsError>) -> Response {
    match result {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => rest::refuse(&error),
    }
}
