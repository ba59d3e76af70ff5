//! What every request of the API passes: GitHub's demands on headers, its limits,
//! conditions, and the headers that every answer has.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::headers::{self, Bare, put, text};
use super::limited::{self, Refused, SECONDARY_WAIT};
use super::operation::Operation;
use super::{conditional, kind, served};
use crate::shared::Shared;
use crate::world::Caller;

/// The request's id, for messages that name it.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Dresses every answer of the API.
pub(super) async fn answers(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    if kind::kind(request.method().as_str(), request.uri().path()).is_none() {
        return next.run(request).await;
    }
    let asked = request.headers().clone();
    let id = shared.note(|world, now| {
        world.api_calls += 1;
        headers::request_id(world.api_calls, now)
    });
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if response.extensions().get::<Bare>().is_some() {
        return response;
    }
    headers::dress(&mut response, &asked, &id);
    if !response.headers().contains_key("x-ratelimit-limit") {
        let usage = shared.look(|world, now| {
            let caller = world.caller(text(&asked, "authorization"), now);
            world.usage(caller, "core", now)
        });
        if let Some(usage) = usage {
            limited::tell(&mut response, &usage);
        }
    }
    response
}

pub(super) fn refused(shared: &Shared, request: &Request) -> Refused {
    let credentials = text(request.headers(), "authorization");
    let request_id = request.extensions().get::<RequestId>();
    shared.look(|world, now| {
        let caller = world.caller(credentials, now);
        Refused {
            caller,
            id: match caller {
                Caller::Installation => world.settings.app.installation_id,
                Caller::App => world.settings.app.id,
                Caller::Person | Caller::Anonymous => crate::webhooks::repository::ACCOUNT_ID,
            },
            request_id: request_id.map(|id| id.0.clone()).unwrap_or_default(),
            at: now,
        }
    })
}

/// GitHub's demands on headers, its limits, and conditional requests.
pub(super) async fn checks(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    shared.note(|world, _| world.api_requests += 1);
    if let Some(response) = headers::refusal(request.headers()) {
        return response;
    }
    let refused = refused(&shared, &request);
    let Some(operation) = operation(&request) else {
        return next.run(request).await;
    };
    let setting = shared.look(|world, _| world.settings.limit_status);
    let status = limited::status(setting);
    let caller = refused.caller;
    let endpoint = (operation.path, operation.points());
    let content = operation.makes_content();
    let opened = shared.note(|world, now| world.open(caller, endpoint, content, now));
    if let Err(limit) = opened {
        return limited::secondary(&refused, limit, SECONDARY_WAIT, status);
    }
    let _open = Open(&shared, caller);
    // Asking how much is left is free.
    let resource = operation.resource();
    let spent = if operation.path == "/rate_limit" {
        None
    } else {
        shared.note(|world, now| world.spend(caller, resource, now))
    };
    if let Some((usage, false)) = &spent {
        return limited::primary(&refused, usage, status);
    }
    let (method, asked) = (request.method().clone(), request.headers().clone());
    let response = next.run(request).await;
    let mut response = conditional::answer(&method, &asked, response).await;
    debug_assert!(
        operation.statuses.contains(&response.status().as_u16()),
        "{} {} does not declare {}",
        operation.method,
        operation.path,
        response.status(),
    );
    if !operation.permission.is_empty() {
        put(
            &mut response,
            "x-accepted-github-permissions",
            operation.permission,
        );
    }
    if let Some((mut usage, _)) = spent {
        if is_free(&asked, response.status()) {
            shared.note(|world, _| world.refund(caller, resource));
            usage.used = usage.used.saturating_sub(1);
        }
        limited::tell(&mut response, &usage);
    }
    response
}

/// What has not changed costs nothing, to who is signed in.
fn is_free(asked: &HeaderMap, status: StatusCode) -> bool {
    status == StatusCode::NOT_MODIFIED && asked.contains_key(header::AUTHORIZATION)
}

/// A request that has no answer yet.
struct Open<'a>(&'a Arc<Shared>, Caller);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.note(|world, _| world.close(self.1));
    }
}

/// Which operation the router found; nothing where the method is another one.
fn operation(request: &Request) -> Option<&'static Operation> {
    static ALL: OnceLock<Vec<(String, Operation)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let all = served::operations().into_iter();
        all.map(|one| (one.route(), one)).collect()
    });
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let path = path.strip_prefix("/api/v3").unwrap_or(path);
    let method = match request.method() {
        &Method::HEAD => Method::GET,
        other => other.clone(),
    };
    all.iter()
        .find(|(route, one)| route == path && method == one.method)
        .map(|(_, one)| one)
}
