//! The network of a run: requests reach routers of this process after a moment,
//! or something goes wrong with them.

pub mod aws;
pub mod github;
pub mod webhook;

use axum::Router;
use bytes::Bytes;
use github_emulator::transport::{self, Transport, Undelivered};
use http::{Request, Response, StatusCode, header};
use std::future::ready;
use std::sync::{Arc, Weak};

/// Everything that answers at `router` while it lives, at once and without faults.
/// Weak, since whoever answers holds on to those who ask.
pub fn to(router: &Arc<Router>) -> Transport {
    let router: Weak<Router> = Arc::downgrade(router);
    Arc::new(move |request| match router.upgrade() {
        Some(router) => transport::to(Router::clone(&router))(request),
        None => Box::pin(ready(Err(Undelivered::Unreachable))),
    })
}

/// An answer of JSON.
fn json(status: u16, body: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    let json = header::HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// `POST /path`, without the query.
fn name(request: &Request<Bytes>) -> String {
    format!("{} {}", request.method(), request.uri().path())
}
