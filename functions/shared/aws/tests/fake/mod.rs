//! A scripted HTTP server on a random loopback port: it writes down every call
//! and answers what a closure says. It shares no types with the clients, and
//! knows nothing but status, headers and JSON.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::{Value, json};

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The operation of an AWS call (`DeleteItem`), else `METHOD path`.
    pub name: String,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

/// What the server does.
#[derive(Debug, Clone)]
pub enum Answer {
    Json(u16, Value),
    With(u16, Vec<(&'static str, String)>, Value),
    /// Breaks the connection in the middle of the answer.
    Lost,
}

impl Answer {
    /// An AWS service's error.
    pub fn aws(code: &str) -> Self {
        let body =
            json!({"__type": format!("com.amazonaws#{code}"), "message": "the fake says no"});
        Self::With(400, vec![("x-amzn-errortype", code.to_owned())], body)
    }

    /// 204, as GitHub answers a DELETE.
    pub fn no_content() -> Self {
        Self::Json(204, Value::Null)
    }
}

type Script = dyn Fn(&Call, usize) -> Answer + Send + Sync;

#[derive(Clone)]
pub struct Fake {
    pub url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
    script: Arc<Script>,
}

impl Fake {
    /// Answers each call by `script`, which is also told how often the same
    /// name was called before.
    pub async fn start(script: impl Fn(&Call, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            calls: Arc::default(),
            counts: Arc::default(),
            script: Arc::new(script),
        };
        let router = Router::new().fallback(answer).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    /// An address where nobody listens.
    pub async fn nobody() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The names of all calls in order.
    pub fn names(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.name).collect()
    }

    /// The calls of one name.
    pub fn of(&self, name: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.name == name);
        calls
    }

    /// How many calls of one name there were, those that are forgotten included.
    pub fn count(&self, name: &str) -> usize {
        self.counts.lock().unwrap().get(name).copied().unwrap_or(0)
    }

    /// Keeps no more than the counts of what was called: for very many calls.
    pub fn forget(&self) {
        self.calls.lock().unwrap().clear();
    }

    /// Writes a call down; how often its name was called before.
    fn note(&self, call: &Call) -> usize {
        self.calls.lock().unwrap().push(call.clone());
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(call.name.clone()).or_default();
        *count += 1;
        *count - 1
    }
}

async fn answer(
    State(fake): State<Fake>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let headers: BTreeMap<String, String> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
        .collect();
    let path = uri.to_string();
    let name = match headers.get("x-amz-target") {
        Some(target) => target.rsplit('.').next().unwrap().to_owned(),
        None => format!("{method} {path}"),
    };
    let call = Call {
        method: method.to_string(),
        path,
        name,
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let before = fake.note(&call);
    let (status, extra, body) = match (fake.script)(&call, before) {
        Answer::Json(status, body) => (status, Vec::new(), body),
        Answer::With(status, headers, body) => (status, headers, body),
        Answer::Lost => {
            let broken = futures::stream::once(async { Err::<Bytes, _>("cut") });
            return Response::builder()
                .header("content-length", "1000")
                .body(Body::from_stream(broken))
                .unwrap();
        }
    };
    let mut response = Response::builder().status(status);
    for (name, value) in extra {
        response = response.header(name, value);
    }
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    response
        .header("content-type", "application/x-amz-json-1.0")
        .body(Body::from(text))
        .unwrap()
}
