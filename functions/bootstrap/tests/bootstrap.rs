//! The binary against a Lambda Runtime API of the tests' own.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// An environment as Lambda hands it to the binary, below a base path.
#[derive(Clone, Default)]
struct Runtime {
    events: Arc<Mutex<VecDeque<Value>>>,
    answers: Arc<Mutex<Vec<(String, Value)>>>,
}

async fn next(State(runtime): State<Runtime>) -> Response<Body> {
    let event = runtime.events.lock().expect("not poisoned").pop_front();
    let Some(event) = event else {
        return std::future::pending().await;
    };
    Response::builder()
        .header("lambda-runtime-aws-request-id", "r1")
        .header("lambda-runtime-deadline-ms", "4000000000000")
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
        )
        .body(Body::from(event.to_string()))
        .expect("it is a response")
}

async fn answered(
    State(runtime): State<Runtime>,
    Path((_, end)): Path<(String, String)>,
    body: String,
) -> StatusCode {
    let body = serde_json::from_str(&body).expect("it is JSON");
    runtime
        .answers
        .lock()
        .expect("not poisoned")
        .push((end, body));
    StatusCode::ACCEPTED
}

impl Runtime {
    async fn serve(events: impl IntoIterator<Item = Value>) -> (Self, SocketAddr) {
        let runtime = Self::default();
        runtime.events.lock().expect("not poisoned").extend(events);
        let router = Router::new()
            .route("/place/env1/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/place/env1/2018-06-01/runtime/invocation/{id}/{end}",
                post(answered),
            )
            .with_state(runtime.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, router).await });
        (runtime, address)
    }

    async fn answers(&self, count: usize) -> Vec<(String, Value)> {
        let begun = Instant::now();
        loop {
            let answers = self.answers.lock().expect("not poisoned").clone();
            if answers.len() >= count {
                return answers;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "only {answers:?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bootstrap"));
    command.env_clear().envs(variables.iter().copied());
    command
}

fn output(variables: &[(&str, &str)]) -> Output {
    command(variables).output().expect("it starts")
}

/// The binary, ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(handler: &str, address: SocketAddr, more: &[(&str, &str)]) -> Running {
    let mut command = command(more);
    command
        .env("_HANDLER", handler)
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            format!("http://{address}/place/env1"),
        )
        .env("AWS_LAMBDA_FUNCTION_NAME", "f")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .stdout(Stdio::null());
    Running(command.spawn().expect("it starts"))
}

fn size_event(version: u64) -> Value {
    json!({"version": version, "detail": {
        "action": "queued", "version": 1,
        "workflow_job": {"id": 1, "run_id": 2, "run_attempt": 1, "labels": ["fargate/cpu=2"]},
        "repository": {"full_name": "o/r", "private": true, "owner": {"login": "o"}},
    }})
}

#[test]
fn an_unknown_handler_is_told_with_the_known_ones() {
    for variables in [&[("_HANDLER", "sizes")][..], &[]] {
        let output = output(variables);
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap();
        for part in [
            "_HANDLER",
            "webhook, size, mint, verify-removal, escalate, release, reconcile",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn outside_of_lambda_it_says_so() {
    let output = output(&[("_HANDLER", "size")]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("AWS_LAMBDA_RUNTIME_API is not set"), "{text}");
}

#[test]
fn an_address_that_the_runtime_client_cannot_read_is_told() {
    // The client takes a path only behind a scheme.
    for address in ["127.0.0.1:1/place/env1", "not an address"] {
        let output = output(&[
            ("_HANDLER", "size"),
            ("AWS_LAMBDA_RUNTIME_API", address),
            ("AWS_LAMBDA_FUNCTION_NAME", "f"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ]);
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains("AWS_LAMBDA_RUNTIME_API is not set or not usable"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn errors_have_fixed_names_and_the_loop_goes_on() {
    let (runtime, address) = Runtime::serve([size_event(2), size_event(1)]).await;
    let _running = start("size", address, &[]);
    let answers = runtime.answers(2).await;
    let (end, body) = &answers[0];
    assert_eq!(
        (end.as_str(), &body["errorType"]),
        ("error", &json!("InputInvalid"))
    );
    let (end, body) = &answers[1];
    assert_eq!(
        (end.as_str(), &body["decision"]),
        ("response", &json!("accepted"))
    );
    assert_eq!(body["size"]["cpu"], 2048);
}

#[tokio::test]
async fn unusable_settings_are_answered_not_crashed_on() {
    let (runtime, address) = Runtime::serve([size_event(1), size_event(1)]).await;
    let _running = start("size", address, &[("POLICY", "cpus = 1")]);
    for (end, body) in runtime.answers(2).await {
        assert_eq!(
            (end.as_str(), &body["errorType"]),
            ("error", &json!("SettingsInvalid"))
        );
        assert!(
            body["errorMessage"].as_str().unwrap().contains("`cpus`"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn escalate_fails_under_its_own_name() {
    let event = json!({"version": 1, "redrive_count": 0, "failed_at_redrive": 0,
                       "failure": {"name": "TriesExhausted", "error": "e", "cause": "c"}, "job": {}});
    let (runtime, address) = Runtime::serve([event]).await;
    let _running = start("escalate", address, &[]);
    let answers = runtime.answers(1).await;
    assert_eq!(answers[0].1["errorType"], "TriesExhausted");
}

#[tokio::test]
async fn functions_without_their_settings_name_all_that_is_missing() {
    for handler in ["mint", "verify-removal"] {
        let (runtime, address) = Runtime::serve([json!({"version": 1})]).await;
        let _running = start(handler, address, &[("AWS_REGION", "us-east-1")]);
        let answers = runtime.answers(1).await;
        assert_eq!(answers[0].1["errorType"], "SettingsInvalid", "{handler}");
        let message = answers[0].1["errorMessage"].as_str().unwrap();
        assert!(message.contains("GITHUB_APP_ID"), "{handler}: {message}");
    }
}
