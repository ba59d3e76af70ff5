//! Who may ask for what: the right Host (against DNS rebinding), the token where
//! there is one, and, for changes, only the console's own page. Every answer
//! leaves with headers that keep everything else out.

use crate::error::ApiError;
use crate::shared::Shared;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// The cookie that a visitor with the right token gets.
const COOKIE: &str = "jit-runners-console";
/// The header that a page's changes carry.
const CSRF: &str = "x-csrf-token";
const FETCH_SITE: &str = "sec-fetch-site";

const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Puts the guard around all routes, those that do not exist included.
pub(crate) fn around(router: Router<Arc<Shared>>, shared: &Arc<Shared>) -> Router {
    router
        .layer(middleware::from_fn_with_state(Arc::clone(shared), guard))
        .with_state(Arc::clone(shared))
}

/// The same for what is beside [`crate::PATH`]: it shows nothing, so nobody
/// needs a token.
pub(crate) fn beside(router: Router, shared: &Arc<Shared>) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::clone(shared), gate))
}

async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    // Without the query: it may hold the token.
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let answer = with_headers(match admit(&shared, &request) {
        Ok(None) => next.run(request).await,
        Ok(Some(answer)) => answer,
        Err(error) => error.into_response(),
    });
    tracing::debug!(%method, path, status = answer.status().as_u16(), "answered");
    answer
}

async fn gate(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    with_headers(match host(&shared, &request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    })
}

fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Nothing where the request may go on; an answer where it needs no more.
fn admit(shared: &Shared, request: &Request) -> Result<Option<Response>, ApiError> {
    let headers = request.headers();
    host(shared, request)?;
    if let Some(token) = &shared.settings.token {
        let wanted = cookie_value(token.expose_secret());
        if let Some(given) = token_in(request) {
            return if same(&cookie_value(&given), &wanted) {
                Ok(Some(welcome(&wanted)))
            } else {
                Err(ApiError::TokenMissing)
            };
        }
        if !cookies(headers).any(|given| same(given, &wanted)) {
            return Err(ApiError::TokenMissing);
        }
    }
    let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    match *request.method() {
        Method::GET | Method::HEAD => {
            // Another site's page could keep streams open, if it reads nothing.
            let elsewhere = matches!(site, Some(b"cross-site" | b"same-site"));
            if elsewhere && request.uri().path().starts_with("/api/") {
                return Err(ApiError::ForbiddenOrigin);
            }
        }
        Method::POST => change(shared, headers, site)?,
        // Refused by every route.
        _ => {}
    }
    Ok(None)
}

/// What a change has to bring along.
fn change(shared: &Shared, headers: &HeaderMap, site: Option<&[u8]>) -> Result<(), ApiError> {
    if shared.settings.read_only {
        return Err(ApiError::ReadOnly);
    }
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json")
        });
    let own_page = headers
        .get(CSRF)
        .and_then(|given| given.to_str().ok())
        .is_some_and(|given| same(given, shared.csrf.expose_secret()));
    // A proxy may speak TLS for us, so the scheme is not compared.
    let own_origin = headers.get(header::ORIGIN).is_none_or(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let origin = origin.split_once("://").map(|(_, authority)| authority);
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
    });
    let own_site = site.is_none_or(|site| site == b"same-origin");
    if json && own_page && own_origin && own_site {
        Ok(())
    } else {
        Err(ApiError::ForbiddenOrigin)
    }
}

/// Every name that the request gives for this server has to be an allowed one.
fn host(shared: &Shared, request: &Request) -> Result<(), ApiError> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    let first = first
        .and_then(|host| host.to_str().ok())
        .and_then(|host| host.parse::<Authority>().ok());
    let in_line = request.uri().authority();
    let allowed = |authority: &Authority| {
        let host = authority.host();
        !authority.as_str().contains('@')
            && (["127.0.0.1", "localhost", "[::1]"].contains(&host.to_ascii_lowercase().as_str())
                || shared
                    .settings
                    .allowed_hosts
                    .iter()
                    .any(|allowed| allowed.eq_ignore_ascii_case(host)))
    };
    if second.is_none() && first.is_some_and(|host| allowed(&host)) && in_line.is_none_or(allowed) {
        Ok(())
    } else {
        Err(ApiError::HostNotAllowed)
    }
}

/// The token in the address of a first visit.
fn token_in(request: &Request) -> Option<String> {
    if request.method() != Method::GET || request.uri().path() != "/" {
        return None;
    }
    form_urlencoded::parse(request.uri().query()?.as_bytes())
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
}

/// Takes the token out of the address bar, and out of what is shared from it.
fn welcome(value: &str) -> Response {
    let cookie = format!("{COOKIE}={value}; HttpOnly; SameSite=Strict");
    let headers = [
        // Relative: a proxy may put the console elsewhere.
        (header::LOCATION, "./".to_owned()),
        (header::SET_COOKIE, cookie),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// What the cookie holds: enough to come in, not the token itself, which may be
/// used elsewhere and may hold what no cookie may.
fn cookie_value(token: &str) -> String {
    hex::encode(Sha256::digest(format!("{COOKIE}:{token}")))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

/// Compares without telling by its time how much was right.
fn same(given: &str, wanted: &str) -> bool {
    given.as_bytes().ct_eq(wanted.as_bytes()).into()
}
