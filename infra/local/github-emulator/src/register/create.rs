//! The page that shows what a manifest asks for, and the button that creates
//! the App and leads back with a code.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::manifest::{self, Manifest};
use super::page::{escape, not_found, page};
use crate::shared::Shared;

/// The query of the first request.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    state: Option<String>,
}

/// Its form.
#[derive(Debug, Deserialize)]
pub(super) struct ManifestForm {
    manifest: String,
}

/// GitHub's own form.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    manifest: String,
    name: String,
    #[serde(default)]
    state: String,
}

/// `POST /organizations/{org}/settings/apps/new`
pub(super) async fn asked(
    State(shared): State<Arc<Shared>>,
    Path(org): Path<String>,
    Query(asked): Query<Asked>,
    Form(form): Form<ManifestForm>,
) -> Response {
    if !shared.look(|world, _| world.is_organization(&org)) {
        return not_found();
    }
    match manifest::parse(&form.manifest) {
        Err(problem) => invalid(&problem),
        Ok(manifest) => {
            let state = asked.state.unwrap_or_default();
            form_page(&org, &form.manifest, &manifest, &state, None)
        }
    }
}

/// GitHub's sentence about a manifest that is none.
fn invalid(problem: &str) -> Response {
    let body = format!(
        "<p>The configuration does not appear to be a valid GitHub App manifest.</p><p>Error: {}</p>",
        escape(problem)
    );
    page(
        StatusCode::UNPROCESSABLE_ENTITY,
        "Invalid GitHub App configuration",
        &body,
    )
}

fn form_page(
    org: &str,
    text: &str,
    manifest: &Manifest,
    state: &str,
    problem: Option<&str>,
) -> Response {
    let org = escape(org);
    let problem = problem.map_or_else(String::new, |problem| {
        format!("<p role=\"alert\">{}</p>", escape(problem))
    });
    let body = format!(
        "{problem}<form method=\"post\" action=\"/organizations/{org}/settings/apps/manifest\">\
         <input type=\"hidden\" name=\"manifest\" value=\"{}\">\
         <input type=\"hidden\" name=\"state\" value=\"{}\">\
         <p><label for=\"name\">GitHub App name</label><br>\
         <input id=\"name\" name=\"name\" value=\"{}\"></p>\
         <button type=\"submit\">Create GitHub App for {org}</button></form>",
        escape(text),
        escape(state),
        escape(&manifest.name),
    );
    let status = if problem.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page(status, &format!("Create GitHub App for {org}"), &body)
}

/// The button of the form above: the App exists from here on.
pub(super) async fn confirmed(
    State(shared): State<Arc<Shared>>,
    Path(org): Path<String>,
    Form(form): Form<Confirmed>,
) -> Response {
    if !shared.look(|world, _| world.is_organization(&org)) {
        return not_found();
    }
    let manifest = match manifest::parse(&form.manifest) {
        Ok(manifest) => manifest,
        Err(problem) => return invalid(&problem),
    };
    if let Some(problem) = manifest::name_problem(&form.name) {
        return form_page(&org, &form.manifest, &manifest, &form.state, Some(&problem));
    }
    if manifest.redirect_url.is_empty() {
        return invalid("\"redirect_url\" wasn't supplied.");
    }
    // Making an RSA key takes its time.
    let key = tokio::task::spawn_blocking(crate::app_key::AppKey::generate).await;
    let Ok(key) = key else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let back = manifest.redirect_url.clone();
    let code = shared.change(|world, now| world.create_app(manifest, &form.name, key, now));
    let mut query = format!("code={code}");
    if !form.state.is_empty() {
        query.push_str("&state=");
        query.push_str(&encode(&form.state));
    }
    redirect(&back, &query)
}

/// Sends the browser back, as GitHub does, with 302.
pub(super) fn redirect(to: &str, query: &str) -> Response {
    let mark = if to.contains('?') { '&' } else { '?' };
    (
        StatusCode::FOUND,
        [(header::LOCATION, format!("{to}{mark}{query}"))],
    )
        .into_response()
}

/// Percent-encoding of everything but letters, digits and `-._~`.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
