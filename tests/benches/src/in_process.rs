//! The functions' handles in this process, with everything but sockets: the
//! AWS SDK builds, signs and parses, GitHub's client builds and parses, and the
//! answers are at hand.

use aws::Config;
use aws::config::Overrides;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use bytes::Bytes;
use domain::clock::Clock;
use github::{Http, Server};
use handler::{Settings, SettingsInvalid};
use http::{Request, Response};
use http_body_util::Full;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};
use tower::Service;

/// A real JIT config has about this length.
const JIT_CONFIG_BYTES: usize = 4000;

/// The webhook's state; deliveries are signed with `secret`.
///
/// # Errors
/// Its settings are unusable.
pub async fn webhook(secret: &str) -> Result<webhook::State, SettingsInvalid> {
    let settings = Settings::new([("EVENT_BUS", "bus"), ("GITHUB_WEBHOOK_SECRET", "secret")]);
    webhook::State::new(settings, &config(secret).await, Clock::system())
}

/// Mint's state. Every claim is active, ours, and without a runner.
///
/// # Errors
/// Its settings are unusable.
pub async fn mint() -> Result<mint::State, SettingsInvalid> {
    let settings = Settings::new([
        ("CLAIMS_TABLE", "claims"),
        ("HANDOVER_TABLE", "handover"),
        ("GITHUB_APP_ID", "1"),
        ("GITHUB_INSTALLATION_ID", "2"),
        ("GITHUB_APP_KEY_SECRET", "key"),
    ]);
    let config = config(github_emulator::app_private_key_pem()).await;
    let http = Http::with_service(&Server::default(), Clock::system(), GitHub);
    mint::State::new(settings, &config, Clock::system(), Some(http))
}

/// What Mint is given for job 1.
pub fn mint_input() -> Value {
    json!({
        "version": 1,
        "job": {"id": 1, "run_id": 2, "run_attempt": 1, "repository": "o/r", "owner": "o",
                "labels": ["self-hosted", "1"], "name": "build", "workflow_name": "ci"},
        "claim": {"pk": "job#1#1", "owner": OWNER},
        "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23400},
    })
}

const OWNER: &str = "arn:aws:states:us-east-1:123456789012:execution:jit-runners:1";

/// AWS, answered at once; every secret is `secret`.
async fn config(secret: &str) -> Config {
    let connector = SharedHttpConnector::new(Aws {
        secret: secret.to_owned(),
    });
    Config::load(Overrides {
        region: Some("us-east-1".to_owned()),
        credentials: Some(("id".to_owned(), "key".to_owned())),
        http_client: Some(http_client_fn(move |_, _| connector.clone())),
        ..Overrides::default()
    })
    .await
}

#[derive(Debug)]
struct Aws {
    secret: String,
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let answer = match operation {
            "GetSecretValue" => {
                json!({"ARN": "arn", "Name": "secret", "SecretString": self.secret})
            }
            "PutEvents" => json!({"FailedEntryCount": 0, "Entries": [{"EventId": "event"}]}),
            "UpdateItem" => json!({"Attributes": {
                "pk": {"S": "job#1#1"}, "owner": {"S": OWNER}, "state": {"S": "active"},
                "seq": {"N": "1"}, "wakes": {"N": "0"}, "expires_at": {"N": "4000000000"},
            }}),
            _ => json!({}),
        };
        let answer = HttpResponse::new(
            StatusCode::from(http::StatusCode::OK),
            answer.to_string().into(),
        );
        HttpConnectorFuture::ready(Ok(answer))
    }
}

/// GitHub, answered at once.
struct GitHub;

impl<B> Service<Request<B>> for GitHub {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let path = request.uri().path();
        let answer = if path.ends_with("/access_tokens") {
            json!({"token": "ghs_token", "expires_at": "2999-01-01T00:00:00Z"})
        } else if path.ends_with("/generate-jitconfig") {
            json!({"runner": {"id": 7, "name": "jit-1-1-2", "os": "unknown", "status": "offline"},
                   "encoded_jit_config": "a".repeat(JIT_CONFIG_BYTES)})
        } else {
            json!({"id": 1, "status": "queued", "conclusion": null, "created_at": "2026-11-23T18:00:00Z"})
        };
        ready(Ok(Response::new(Full::from(answer.to_string()))))
    }
}
