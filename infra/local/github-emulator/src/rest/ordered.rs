//! Requests that go wrong because a test, a demo or a seeded run ordered it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::headers::{Bare, bare, put};
use super::{gate, kind, refusals};
use crate::faults::{self, FaultKind};
use crate::github_fault::GitHubFault;
use crate::shared::Shared;

/// Lets a request go wrong, where a test ordered that.
pub(super) async fn faults(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let (method, path) = (
        request.method().to_string(),
        request.uri().path().to_owned(),
    );
    let fault = shared.note(|world, _| faults::take(&mut world.faults, &method, &path));
    match fault {
        None => mishaps(&shared, &method, &path, request, next).await,
        Some(FaultKind::Delay(time)) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Some(FaultKind::LoseAnswer) => {
            let _lost = next.run(request).await;
            bare(StatusCode::BAD_GATEWAY)
        }
        Some(FaultKind::Status(code, headers, body)) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = (status, body).into_response();
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json; charset=utf-8"),
            );
            for (name, value) in headers {
                put(&mut response, &name, &value);
            }
            // What a test orders comes as it was ordered.
            response.extensions_mut().insert(Bare);
            response
        }
    }
}

/// Lets a request go wrong in one of the ways that have a name.
async fn mishaps(
    shared: &Arc<Shared>,
    method: &str,
    path: &str,
    request: Request,
    next: Next,
) -> Response {
    let Some(kind) = kind::kind(method, path) else {
        return next.run(request).await;
    };
    let fault = shared
        .faults
        .strike(&[kind, method, path], GitHubFault::is_of_rest);
    match fault {
        None => next.run(request).await,
        Some(GitHubFault::AnswerLost {}) => {
            let _lost = next.run(request).await;
            bare(StatusCode::BAD_GATEWAY)
        }
        Some(GitHubFault::SlowAnswer { seconds }) => {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            next.run(request).await
        }
        Some(GitHubFault::NoAnswer { seconds }) => {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            bare(StatusCode::GATEWAY_TIMEOUT)
        }
        Some(other) => {
            let refused = gate::refused(shared, &request);
            match refusals::refusal(&other, &refused) {
                Some(response) => response,
                None => next.run(request).await,
            }
        }
    }
}
