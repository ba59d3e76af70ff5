//! Who may ask the page for what: the right Host, the token or the state, and
//! headers that keep everything else out.

use super::{Phase, Shared, html};
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use maud::Markup;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// How long a browser waits for what the flow is doing.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/callback", get(callback))
        .route("/installed", get(installed))
        .route("/{token}", get(start))
        .fallback(async || {
            page(
                StatusCode::NOT_FOUND,
                html::sentence(
                    "Nothing is here",
                    "Open the address that jit-runners printed.",
                ),
            )
        })
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard))
        .with_state(shared)
}

/// Turns away other names for this address (DNS rebinding), and lets the page
/// load nothing and lead nowhere but to GitHub.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let mut response = if host.is_some_and(|host| host == shared.host.as_str()) {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This page is only served under its own address.\n",
        )
            .into_response()
    };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action {}; base-uri 'none'; frame-ancestors 'none'",
        html::style_hash(),
        shared.about.origin
    );
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        // The path holds the token; GitHub may know that it was asked from here.
        (header::REFERRER_POLICY, "strict-origin"),
    ] {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn start(State(shared): State<Arc<Shared>>, Path(token): Path<String>) -> Response {
    if !same(&token, &shared.token) {
        return page(
            StatusCode::NOT_FOUND,
            html::sentence(
                "Nothing is here",
                "Open the address that jit-runners printed.",
            ),
        );
    }
    let phase = shared.phase.borrow().clone();
    show(&shared, &phase)
}

/// What GitHub brings back.
#[derive(Debug, Deserialize)]
struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

async fn callback(State(shared): State<Arc<Shared>>, Query(back): Query<Back>) -> Response {
    if !same(&back.state, &shared.state) || back.code.is_empty() {
        return page(
            StatusCode::FORBIDDEN,
            html::sentence(
                "This answer belongs to another setup",
                "It does not carry what this setup gave to GitHub, so nothing was done with it. Open the address that jit-runners printed, and begin there.",
            ),
        );
    }
    let first = shared.phase.send_if_modified(|phase| {
        let asking = matches!(phase, Phase::Asking);
        if asking {
            *phase = Phase::Working;
        }
        asking
    });
    if first {
        // There is room for the first one, and only the first one comes here.
        let _ = shared.codes.try_send(back.code.into());
    }
    let phase = settled(&shared, |phase| !matches!(phase, Phase::Working)).await;
    show(&shared, &phase)
}

/// Where GitHub sends the browser after the installation. What it brings along
/// is not believed: GitHub is asked.
async fn installed(State(shared): State<Arc<Shared>>) -> Response {
    shared.woken.notify_one();
    let over = |phase: &Phase| matches!(phase, Phase::Installed | Phase::Failed(_));
    let early = matches!(*shared.phase.borrow(), Phase::Asking);
    let phase = if early {
        Phase::Asking
    } else {
        settled(&shared, over).await
    };
    if early {
        return page(
            StatusCode::CONFLICT,
            html::sentence(
                "Not yet",
                "Open the address that jit-runners printed, and begin there.",
            ),
        );
    }
    show(&shared, &phase)
}

/// The first phase that is as wanted, or what there is after a while.
async fn settled(shared: &Shared, wanted: impl Fn(&Phase) -> bool) -> Phase {
    let mut phases = shared.phase.subscribe();
    let settled = tokio::time::timeout(PATIENCE, phases.wait_for(|phase| wanted(phase))).await;
    match settled {
        Ok(Ok(phase)) => phase.clone(),
        _ => shared.phase.borrow().clone(),
    }
}

fn show(shared: &Shared, phase: &Phase) -> Response {
    let (status, markup) = match phase {
        Phase::Asking => (StatusCode::OK, html::start(&shared.about)),
        Phase::Working => (
            StatusCode::OK,
            html::sentence(
                "One moment",
                "GitHub is asked for the App's key. Load this page again.",
            ),
        ),
        Phase::Created { name, install } => {
            (StatusCode::OK, html::created(&shared.about, name, install))
        }
        Phase::Installed => {
            shared.seen.notify_one();
            (StatusCode::OK, html::installed(&shared.about))
        }
        Phase::Failed(sentence) => (
            StatusCode::BAD_GATEWAY,
            html::sentence("The setup has stopped", sentence),
        ),
    };
    page(status, markup)
}

fn page(status: StatusCode, markup: Markup) -> Response {
    (status, Html(markup.into_string())).into_response()
}

/// Compares without telling by its time how much was right.
fn same(given: &str, wanted: &str) -> bool {
    given.as_bytes().ct_eq(wanted.as_bytes()).into()
}
