//! GitHub's REST API, as far as Apps and self-hosted runners use it; also
//! below `/api/v3`, where GitHub Enterprise Server has it.

mod app;
mod auth;
mod deliveries;
mod error;
mod gate;
mod git;
mod groups;
mod hook;
mod jobs;
mod jwt;
mod kind;
mod page;
mod rate_limit;
mod refusals;
mod runners;
mod runs;

use std::sync::Arc;

use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};

use crate::protocol;
use crate::register;
use crate::shared::Shared;
pub(crate) use error::ApiError;
pub use kind::request_kinds;

/// The whole server: API, runner protocol, job pages.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let api = api();
    Router::new()
        .nest("/api/v3", api.clone())
        .merge(api)
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            gate::checks,
        ))
        .merge(protocol::routes())
        .merge(register::routes())
        .route(
            "/{owner}/{repo}/actions/runs/{run}/job/{id}",
            get(jobs::page),
        )
        .fallback(async || ApiError::not_found())
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            gate::faults,
        ))
        .with_state(shared)
}

fn api() -> Router<Arc<Shared>> {
    Router::new()
        .route("/app", get(app::show))
        .route("/app/installations", get(app::installations))
        .route("/app/installations/{id}", get(app::installation))
        .route(
            "/app/installations/{id}/access_tokens",
            post(app::access_token),
        )
        .route("/app-manifests/{code}/conversions", post(register::convert))
        .route("/app/hook/config", get(hook::show).patch(hook::update))
        .route("/app/hook/deliveries", get(deliveries::list))
        .route("/app/hook/deliveries/{id}", get(deliveries::show))
        .route(
            "/app/hook/deliveries/{id}/attempts",
            post(deliveries::redeliver),
        )
        .route(
            "/orgs/{org}/hooks/{hook}/deliveries",
            get(deliveries::list_of_organization),
        )
        .route(
            "/orgs/{org}/hooks/{hook}/deliveries/{id}",
            get(deliveries::show_of_organization),
        )
        .route(
            "/orgs/{org}/hooks/{hook}/deliveries/{id}/attempts",
            post(deliveries::redeliver_of_organization),
        )
        .route("/orgs/{org}/actions/runners", get(runners::list_org))
        .route(
            "/orgs/{org}/actions/runners/generate-jitconfig",
            post(runners::register_org),
        )
        .route(
            "/orgs/{org}/actions/runners/{id}",
            get(runners::show_org).delete(runners::remove_org),
        )
        .route("/orgs/{org}/actions/runner-groups", get(groups::list))
        .route("/orgs/{org}/actions/runner-groups/{id}", get(groups::show))
        .route(
            "/orgs/{org}/actions/runner-groups/{id}/repositories",
            get(groups::repositories),
        )
        .route("/rate_limit", get(rate_limit::show))
        .route(
            "/repos/{owner}/{repo}/actions/runners",
            get(runners::list_repo),
        )
        .route(
            "/repos/{owner}/{repo}/actions/runners/generate-jitconfig",
            post(runners::register_repo),
        )
        .route(
            "/repos/{owner}/{repo}/actions/runners/{id}",
            get(runners::show_repo).delete(runners::remove_repo),
        )
        .route("/repos/{owner}/{repo}/actions/jobs/{id}", get(jobs::show))
        .route(
            "/repos/{owner}/{repo}/actions/jobs/{id}/logs",
            get(jobs::logs),
        )
        .route(
            "/repos/{owner}/{repo}/actions/jobs/{id}/rerun",
            post(jobs::rerun),
        )
        .route("/repos/{owner}/{repo}", get(git::show))
        .route("/repos/{owner}/{repo}/git/trees", post(git::create_tree))
        .route(
            "/repos/{owner}/{repo}/git/commits",
            post(git::create_commit),
        )
        .route(
            "/repos/{owner}/{repo}/git/refs",
            post(git::create_reference),
        )
        .route(
            "/repos/{owner}/{repo}/git/refs/heads/{*branch}",
            delete(git::delete_branch),
        )
        .route("/repos/{owner}/{repo}/contents/{*path}", put(git::put_file))
        .route("/repos/{owner}/{repo}/actions/runs", get(runs::list))
        .route(
            "/repos/{owner}/{repo}/actions/runs/{id}",
            get(runs::show).delete(runs::delete),
        )
        .route(
            "/repos/{owner}/{repo}/actions/runs/{id}/jobs",
            get(runs::jobs),
        )
        .route(
            "/repos/{owner}/{repo}/actions/runs/{id}/cancel",
            post(runs::cancel),
        )
}
