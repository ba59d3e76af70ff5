//! The manifest flow, as a person's browser and an App's maker meet it: the
//! page that creates an App, the exchange of the code, the page that installs.
//!
//! The emulator has one App at a time: one that is made here takes the place of
//! the one before. Its person is signed in and owns the organisation.
//!
//! Source: docs.github.com, "Registering a GitHub App from a manifest".

mod conversion;
mod create;
mod install;
mod manifest;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::shared::Shared;

pub(crate) use conversion::convert;
pub(crate) use manifest::{Manifest, slug};

/// What a browser visits.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route(
            "/organizations/{org}/settings/apps/new",
            post(create::asked),
        )
        // GitHub's own form posts to an address that it does not document.
        .route(
            "/organizations/{org}/settings/apps/manifest",
            post(create::confirmed),
        )
        .route("/apps/{slug}/installations/new", get(install::asked))
        .route("/apps/{slug}/installations", post(install::confirmed))
}
