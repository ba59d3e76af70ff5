//! The page that installs the App on the organisation, and where it leads.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::create::redirect;
use super::page::{escape, not_found, page};
use crate::shared::Shared;

/// `GET /apps/{slug}/installations/new`
pub(super) async fn asked(State(shared): State<Arc<Shared>>, Path(slug): Path<String>) -> Response {
    let found = shared.look(|world, _| {
        (world.app_record.slug == slug).then(|| {
            (
                world.app_record.name.clone(),
                world.settings.organization.clone(),
            )
        })
    });
    let Some((name, organization)) = found else {
        return not_found();
    };
    let body = format!(
        "<p>Install on your organization {}</p>\
         <form method=\"post\" action=\"/apps/{}/installations\">\
         <p><label><input type=\"radio\" checked> All repositories</label></p>\
         <button type=\"submit\">Install</button></form>",
        escape(&organization),
        escape(&slug)
    );
    page(StatusCode::OK, &format!("Install {name}"), &body)
}

/// The page's button.
pub(super) async fn confirmed(
    State(shared): State<Arc<Shared>>,
    Path(slug): Path<String>,
) -> Response {
    let installed = shared.change(|world, _| {
        (world.app_record.slug == slug).then(|| {
            world.app_record.installed = true;
            let id = world.settings.app.installation_id;
            (id, world.app_record.setup_url.clone())
        })
    });
    match installed {
        None => not_found(),
        Some((id, Some(setup))) => redirect(
            &setup,
            &format!("installation_id={id}&setup_action=install"),
        ),
        Some((id, None)) => page(
            StatusCode::OK,
            "Installed",
            &format!("<p>The installation has the id {id}.</p>"),
        ),
    }
}
