//! GitHub's REST API, as far as Apps and self-hosted runners use it; also
//! below `/api/v3`, where GitHub Enterprise Server has it.

mod app;
mod auth;
mod conditional;
mod deliveries;
mod error;
mod extract;
mod gate;
mod git;
mod git_shapes;
mod groups;
mod headers;
mod hook;
mod jobs;
mod jwt;
mod kind;
mod limited;
mod operation;
mod ordered;
mod page;
mod rate_limit;
mod refusals;
mod run;
mod runners;
mod runs;
mod served;
mod storage;
mod tokens;

use std::sync::Arc;

use axum::routing::get;
use axum::{Router, middleware};

use crate::protocol;
use crate::register;
use crate::shared::Shared;
pub(crate) use app::registration;
pub(crate) use error::ApiError;
pub(crate) use extract::Path;
pub use kind::request_kinds;
pub use operation::Operation;
pub use served::operations;

/// The whole server: API, runner protocol, job pages.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = served::routes();
    Router::new()
        .nest("/api/v3", api.clone())
        .merge(api)
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            gate::checks,
        ))
        .merge(protocol::routes())
        .merge(register::routes())
        .route(storage::ROUTE, get(storage::log))
        .route(
            "/{owner}/{repo}/actions/runs/{run}/job/{id}",
            get(jobs::page),
        )
        .fallback(error::nothing_here)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            ordered::faults,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            gate::answers,
        ))
        .with_state(shared)
}
