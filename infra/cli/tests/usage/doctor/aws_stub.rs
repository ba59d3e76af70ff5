//! AWS in front of the place: answers of the services that only AWS has, in
//! their service models' shape, and everything else from the place, without
//! the header by which the place is known.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// What is answered to an operation.
#[derive(Clone)]
pub(super) enum Reply {
    Json(Value),
    Xml(String),
    /// Status, the error's name, its message, in JSON.
    Refused(u16, &'static str, &'static str),
    /// The same as the query protocols have it.
    RefusedXml(u16, &'static str, &'static str),
    /// The place's answer, changed.
    Patched(fn(&mut Value)),
}

pub(super) type Replies = BTreeMap<&'static str, Reply>;

pub(super) struct Stub {
    pub(super) endpoint: String,
    server: JoinHandle<()>,
}

struct Shared {
    place: String,
    replies: Replies,
    http: reqwest::Client,
}

impl Stub {
    pub(super) async fn start(place: String, replies: Replies) -> Self {
        let shared = Shared {
            place,
            replies,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        };
        let router = Router::new().fallback(answer).with_state(Arc::new(shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { endpoint, server }
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    // Every call is signed for a region and a service.
    let signed = head.headers["authorization"].to_str().unwrap();
    assert!(
        signed.contains("/us-east-1/") && signed.contains("Signature="),
        "{signed}"
    );
    let operation = match head.headers.get("x-amz-target") {
        Some(target) => target
            .to_str()
            .unwrap()
            .rsplit('.')
            .next()
            .unwrap()
            .to_owned(),
        None if head.uri.path().contains("/aliases/") => "GetAlias".to_owned(),
        None => action(&body),
    };
    match shared.replies.get(operation.as_str()) {
        Some(Reply::Json(value)) => value.to_string().into_response(),
        Some(Reply::Xml(text)) => text.clone().into_response(),
        Some(Reply::Refused(status, code, message)) => {
            let body = json!({"__type": code, "message": message}).to_string();
            (StatusCode::from_u16(*status).unwrap(), body).into_response()
        }
        Some(Reply::RefusedXml(status, code, message)) => {
            let body = format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            );
            (StatusCode::from_u16(*status).unwrap(), body).into_response()
        }
        Some(Reply::Patched(patch)) => forward(&shared, head, body, Some(*patch)).await,
        None => forward(&shared, head, body, None).await,
    }
}

fn action(body: &Bytes) -> String {
    let text = String::from_utf8_lossy(body);
    let action = text
        .split('&')
        .find_map(|pair| pair.strip_prefix("Action="));
    action.unwrap_or_default().to_owned()
}

async fn forward(
    shared: &Shared,
    head: axum::http::request::Parts,
    body: Bytes,
    patch: Option<fn(&mut Value)>,
) -> Response {
    let path = head.uri.path_and_query().unwrap().as_str();
    let mut request = shared
        .http
        .request(head.method, format!("{}{path}", shared.place));
    for name in ["x-amz-target", "content-type"] {
        if let Some(value) = head.headers.get(name) {
            request = request.header(name, value);
        }
    }
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status();
    let kind = answer.headers().get("x-amzn-errortype").cloned();
    let mut text = answer.text().await.unwrap();
    if let Some(patch) = patch {
        let mut value = serde_json::from_str(&text).unwrap();
        patch(&mut value);
        text = value.to_string();
    }
    let mut response = (status, text).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("x-amzn-errortype", kind);
    }
    response
}
