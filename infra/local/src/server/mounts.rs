//! Pages beside the services: routers that are mounted on the place's own port
//! once it runs. The place knows nothing of what they serve.
//!
//! A mounted router may answer without end (server-sent events). Such answers
//! end when the place closes, so that none of them outlives it.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::rest;

/// How far the place's end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Open,
    /// No new requests; streams of events end.
    Closing,
    /// What is not answered by now never will be.
    Closed,
}

/// All that is mounted, in the order in which it was.
pub(crate) struct Mounts {
    routers: RwLock<Vec<(&'static str, Router)>>,
    phase: watch::Sender<Phase>,
}

impl Mounts {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            routers: RwLock::default(),
            phase: watch::Sender::new(Phase::Open),
        })
    }

    /// Adds a router, or replaces the one at this very path.
    pub(crate) fn add(&self, path: &'static str, router: Router) {
        assert!(
            path.len() > 1 && path.starts_with('/') && !path.ends_with('/'),
            "a router is mounted at a path like /console, not at {path:?}"
        );
        let mut routers = self.routers.write().unwrap_or_else(PoisonError::into_inner);
        match routers.iter_mut().find(|(at, _)| *at == path) {
            Some(mounted) => mounted.1 = router,
            None => routers.push((path, router)),
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// The router for a path and where it is mounted; of several the longest path.
    fn at(&self, path: &str) -> Option<(&'static str, Router)> {
        let routers = self.routers.read().unwrap_or_else(PoisonError::into_inner);
        let found = routers.iter().filter(|(at, _)| {
            path.strip_prefix(at)
                .is_some_and(|below| below.is_empty() || below.starts_with('/'))
        });
        found.max_by_key(|(at, _)| at.len()).cloned()
    }

    fn first(&self) -> Option<&'static str> {
        let routers = self.routers.read().unwrap_or_else(PoisonError::into_inner);
        routers.first().map(|(at, _)| *at)
    }

    /// Resolves once the place has come this far, never if it does not.
    async fn reached(mut seen: watch::Receiver<Phase>, wanted: Phase) {
        if seen.wait_for(|phase| *phase >= wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// `GET /`: to what was mounted first. AWS's clients never ask this.
pub(super) async fn front(
    State(mounts): State<Arc<Mounts>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let aws = headers
        .keys()
        .any(|name| name.as_str().starts_with("x-amz-"))
        || headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"AWS4-"));
    match mounts.first() {
        Some(at) if !aws => redirect(&format!("{at}/"), &uri),
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response(),
    }
}

/// A path that none of the services has: one of the mounted routers', or nobody's.
pub(super) async fn serve(State(mounts): State<Arc<Mounts>>, mut request: Request) -> Response {
    let uri = request.uri().clone();
    let Some((at, router)) = mounts.at(uri.path()) else {
        return rest::unknown_path(uri).await;
    };
    let below = &uri.path()[at.len()..];
    if below.is_empty() && matches!(*request.method(), Method::GET | Method::HEAD) {
        // Links of a page are relative to its folder.
        return redirect(&format!("{at}/"), &uri);
    }
    *request.uri_mut() = with_path(if below.is_empty() { "/" } else { below }, &uri);
    let phase = mounts.phase.subscribe();
    let answer = tokio::select! {
        Ok(answer) = router.oneshot(request) => answer,
        () = Mounts::reached(phase.clone(), Phase::Closed) => {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    ending(answer, phase)
}

/// An answer of unknown length ends with the place.
fn ending(answer: Response, phase: watch::Receiver<Phase>) -> Response {
    if answer.body().size_hint().exact().is_some() {
        return answer;
    }
    let events = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    answer.map(|body| Body::from_stream(bounded(body, events, phase)))
}

/// The body's data up to the place's end: events just end, all else is cut off
/// in a way that the client can tell.
fn bounded(
    body: Body,
    events: bool,
    phase: watch::Receiver<Phase>,
) -> impl Stream<Item = io::Result<Bytes>> {
    let until = if events {
        Phase::Closing
    } else {
        Phase::Closed
    };
    let closed = Box::pin(Mounts::reached(phase, until));
    stream::unfold(
        Some((body.into_data_stream(), closed)),
        move |running| async move {
            let (mut data, mut closed) = running?;
            tokio::select! {
                biased;
                () = &mut closed => {
                    let cut = io::Error::new(io::ErrorKind::ConnectionAborted, "the place is closed");
                    (!events).then_some((Err(cut), None))
                }
                next = data.next() => {
                    let next = next?.map_err(io::Error::other);
                    Some((next, Some((data, closed))))
                }
            }
        },
    )
}

/// To another path, the query kept: it may hold a key.
fn redirect(path: &str, uri: &Uri) -> Response {
    let to = with_path(path, uri).to_string();
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
}

/// Path and query of `uri` with another path; both were part of a valid address.
fn with_path(path: &str, uri: &Uri) -> Uri {
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let path = PathAndQuery::try_from(text).unwrap_or_else(|_| PathAndQuery::from_static("/"));
    Uri::from(path)
}
