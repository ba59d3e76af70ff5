//! HTTP: one loopback port, routed to the services.
//!
//! AWS's JSON protocols arrive at `POST /` and are told apart by `X-Amz-Target`
//! (`json`); Lambda and the Scheduler have paths of their own, and so has the
//! credentials endpoint. Requests are checked against AWS's models first (`model`).
//! All other paths are for what is mounted (`mounts`).

pub mod error;
mod json;
pub(crate) mod model;
pub(crate) mod mounts;
mod pages;
pub(crate) mod rest;
mod sts;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{from_fn, map_response, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use faults::Faults;

use crate::AwsFault;
use crate::credentials::{self, TaskCredentials};
use crate::dynamodb::DynamoDb;
use crate::ecs::Ecs;
use crate::events::Events;
use crate::kms::Kms;
use crate::lambda::{self, Lambda};
use crate::logs::Logs;
use crate::scheduler::{self, Scheduler};
use crate::secrets::Secrets;
use crate::sqs::Sqs;
use crate::step_functions::StepFunctions;
use crate::store::Shelf;
use error::AwsError;
use mounts::Mounts;

/// The largest body of a JSON call; DynamoDB's own limit is 16 MB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// Every service of a place.
pub(crate) struct Services {
    pub(crate) credentials: Arc<TaskCredentials>,
    pub(crate) dynamodb: Arc<DynamoDb>,
    pub(crate) ecs: Arc<Ecs>,
    pub(crate) events: Arc<Events>,
    pub(crate) faults: Arc<Faults<AwsFault>>,
    pub(crate) kms: Arc<Kms>,
    pub(crate) lambda: Arc<Lambda>,
    pub(crate) logs: Arc<Logs>,
    pub(crate) scheduler: Arc<Scheduler>,
    pub(crate) secrets: Arc<Secrets>,
    /// What an answer waits for.
    pub(crate) shelf: Shelf,
    pub(crate) sqs: Arc<Sqs>,
    pub(crate) step_functions: Arc<StepFunctions>,
}

pub(crate) fn router(services: Arc<Services>, mounts: Arc<Mounts>) -> Router {
    let lambda = Arc::clone(&services.lambda);
    let shelf = services.shelf.clone();
    let credentials = Router::new()
        .route(
            &format!("{}/{{task}}", credentials::PATH),
            get(task_credentials),
        )
        .with_state(Arc::clone(&services.credentials));
    // What has paths of its own, and a model.
    let rest = scheduler::routes::routes(Arc::clone(&services.scheduler))
        .merge(lambda::invoke_api::routes(Arc::clone(&lambda)))
        .layer(from_fn(model::rest::checked));
    Router::new()
        .route("/", post(json::answer))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(services)
        .merge(
            Router::new()
                .route("/", get(mounts::front))
                .with_state(Arc::clone(&mounts)),
        )
        .merge(credentials)
        .merge(rest)
        .merge(lambda::runtime_api::routes(Arc::clone(&lambda)))
        .merge(lambda::url::routes(lambda))
        .merge(Router::new().fallback(mounts::serve).with_state(mounts))
        .layer(map_response_with_state(shelf, settled))
        .layer(map_response(signed))
}

/// No answer leaves before what it tells of is kept.
async fn settled(State(shelf): State<Shelf>, response: Response) -> Response {
    match shelf.settled().await {
        Ok(()) => response,
        Err(why) => {
            let error = AwsError::new("ServiceUnavailable", &*why).with_status(503);
            rest::refuse(&error.with("__type", "ServiceUnavailable"))
        }
    }
}

/// Every answer says who gave it, so that a client can tell the place from AWS.
async fn signed(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::SERVER, HeaderValue::from_static(crate::SERVER));
    response
}

async fn task_credentials(
    State(credentials): State<Arc<TaskCredentials>>,
    Path(task): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|token| token.to_str().ok());
    match credentials.answer(&task, token) {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => rest::refuse(&error),
    }
}
