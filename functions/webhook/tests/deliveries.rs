//! Deliveries, good and bad, against a scripted bus and secret store.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../shared/aws/tests/fake/config.rs"]
mod config;
#[path = "../../shared/aws/tests/fake/mod.rs"]
mod fake;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws::config::{Config, Overrides};
use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest as Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use domain::clock::Clock;
use fake::{Answer, Fake};
use github::signature::sign;
use handler::Settings;
use secrecy::SecretString;
use serde_json::{Value, json};
use webhook::{State, handle};

/// A bus, a secret and a clock that stands until it is moved.
struct Place {
    fake: Fake,
    state: State,
    seconds: Arc<AtomicI64>,
}

impl Place {
    async fn new(settings: &[(&str, &str)]) -> Self {
        Self::with(settings, |_| None).await
    }

    /// `script` may answer a call by its name; else all is well.
    async fn with(
        settings: &[(&str, &str)],
        script: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let fake = Fake::start(move |call, _| {
            script(&call.name).unwrap_or_else(|| match call.name.as_str() {
                "GetSecretValue" => Answer::Json(200, json!({"SecretString": "right"})),
                _ => Answer::Json(
                    200,
                    json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}),
                ),
            })
        })
        .await;
        let config = config::at(&fake.url).await;
        let seconds = Arc::new(AtomicI64::new(1_000));
        let hand = seconds.clone();
        let clock =
            Clock::new(move || DateTime::from_timestamp(hand.load(Ordering::SeqCst), 0).unwrap());
        let base = [
            ("EVENT_BUS", "jit-runners"),
            ("GITHUB_WEBHOOK_SECRET", "hook"),
        ];
        let settings = Settings::new(base.iter().chain(settings).copied());
        let state = State::new(settings, &config, clock).unwrap();
        Self {
            fake,
            state,
            seconds,
        }
    }

    async fn deliver(&self, request: Request) -> (i64, Value) {
        let response = handle(request, &self.state).await.unwrap();
        let body = serde_json::from_str(&response.body.unwrap()).unwrap();
        (response.status_code, body)
    }

    fn events(&self) -> usize {
        self.fake.of("PutEvents").len()
    }
}

fn job(action: &str) -> Value {
    json!({
        "action": action,
        "workflow_job": {"id": 11, "run_id": 22, "run_attempt": 1, "name": "build", "status": "queued",
            "html_url": "https://github.com/acme/r/runs/11", "labels": ["self-hosted", "1"], "steps": [{"name": "x"}]},
        "repository": {"id": 33, "name": "r", "full_name": "acme/r", "private": true, "owner": {"login": "acme"}},
        "sender": {"login": "alice"}
    })
}

fn request(event: &str, body: &str, secret: &str) -> Request {
    let mut request = Request::default();
    let signature = sign(&SecretString::from(secret), body.as_bytes());
    for (name, value) in [
        ("x-github-event", event),
        ("x-github-delivery", "d-1"),
        ("x-hub-signature-256", signature.as_str()),
    ] {
        request.headers.insert(name, value.parse().unwrap());
    }
    request.body = Some(body.to_owned());
    request.request_context.http.method = Some("POST".into());
    request
}

#[tokio::test]
async fn a_wrong_signature_is_401_and_nothing_reaches_the_bus() {
    let place = Place::new(&[]).await;
    let (status, body) = place
        .deliver(request("workflow_job", &job("queued").to_string(), "wrong"))
        .await;
    assert_eq!(status, 401);
    assert_eq!(body["accepted"], false);
    assert_eq!(body.get("delivery_id"), None);
    assert_eq!(place.events(), 0);
}

#[tokio::test]
async fn a_missing_or_malformed_signature_is_401() {
    let place = Place::new(&[]).await;
    let mut none = request("ping", "{}", "right");
    none.headers.remove("x-hub-signature-256");
    assert_eq!(place.deliver(none).await.0, 401);
    assert!(place.fake.calls().is_empty());
    let mut malformed = request("ping", "{}", "right");
    malformed
        .headers
        .insert("x-hub-signature-256", "sha1=ab".parse().unwrap());
    assert_eq!(place.deliver(malformed).await.0, 401);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_as_text_and_as_base64() {
    let place = Place::new(&[("BODY_LIMIT_BYTES", "100")]).await;
    let long = "x".repeat(101);
    assert_eq!(
        place
            .deliver(request("workflow_job", &long, "right"))
            .await
            .0,
        413
    );
    let mut encoded = request("workflow_job", &long, "right");
    encoded.body = Some(STANDARD.encode(&long));
    encoded.is_base64_encoded = true;
    assert_eq!(place.deliver(encoded.clone()).await.0, 413);
    encoded.body = Some(STANDARD.encode("y".repeat(10_000)));
    assert_eq!(place.deliver(encoded).await.0, 413);
    assert!(place.fake.calls().is_empty());
}

#[tokio::test]
async fn what_is_not_json_or_not_a_job_is_400() {
    let place = Place::new(&[]).await;
    for body in [
        "payload=%7B%7D",
        "",
        "[]",
        "{}",
        r#"{"action":"queued","workflow_job":{}}"#,
    ] {
        let (status, answer) = place.deliver(request("workflow_job", body, "right")).await;
        assert_eq!(status, 400, "{body}: {answer}");
        assert_eq!(answer["delivery_id"], "d-1", "{body}");
    }
    assert_eq!(place.events(), 0);
}

#[tokio::test]
async fn broken_base64_is_400_and_a_get_is_405() {
    let place = Place::new(&[]).await;
    let mut broken = request("workflow_job", "%%%", "right");
    broken.is_base64_encoded = true;
    assert_eq!(place.deliver(broken).await.0, 400);
    let mut get = request("workflow_job", "", "right");
    get.request_context.http.method = Some("GET".into());
    assert_eq!(place.deliver(get).await.0, 405);
}

#[tokio::test]
async fn missing_headers_are_400_after_the_signature() {
    let place = Place::new(&[]).await;
    for header in ["x-github-event", "x-github-delivery"] {
        let mut request = request("workflow_job", "{}", "right");
        request.headers.remove(header);
        let (status, body) = place.deliver(request).await;
        assert_eq!(status, 400);
        assert!(body["message"].as_str().unwrap().contains(header), "{body}");
    }
}

#[tokio::test]
async fn a_bus_that_refuses_is_503() {
    // PutEvents answers 200 even where it took nothing.
    let refused = |code: &str| {
        let entry = json!({"ErrorCode": code, "ErrorMessage": "the fake says no"});
        json!({"FailedEntryCount": 1, "Entries": [entry]})
    };
    for answer in [
        Answer::Json(200, refused("InternalFailure")),
        Answer::Json(200, refused("ThrottlingException")),
        Answer::Json(200, refused("NotAuthorizedForSourceException")),
        Answer::Json(
            200,
            json!({"FailedEntryCount": 1, "Entries": [{"EventId": "e"}]}),
        ),
        Answer::Json(200, json!({"FailedEntryCount": 0, "Entries": [{}]})),
        Answer::Json(200, json!({"FailedEntryCount": 0, "Entries": []})),
        Answer::Json(200, json!({})),
        Answer::aws("AccessDeniedException"),
        Answer::aws("InternalException"),
    ] {
        let place = Place::with(&[], move |name| {
            (name == "PutEvents").then(|| answer.clone())
        })
        .await;
        let delivery = request("workflow_job", &job("queued").to_string(), "right");
        let (status, body) = place.deliver(delivery).await;
        assert_eq!(status, 503, "{body}");
        assert_eq!(body["accepted"], false);
    }
}

#[tokio::test]
async fn a_missing_secret_is_500_and_an_unreachable_one_503() {
    for (code, expected) in [
        ("ResourceNotFoundException", 500),
        ("ThrottlingException", 503),
    ] {
        let place = Place::with(&[], move |_| Some(Answer::aws(code))).await;
        let (status, body) = place.deliver(request("ping", "{}", "right")).await;
        assert_eq!(status, expected, "{code}: {body}");
    }
}

#[tokio::test]
async fn a_foreign_owner_is_403_where_owners_are_set() {
    let place = Place::new(&[("GITHUB_OWNERS", "Other, third")]).await;
    let (status, body) = place
        .deliver(request("workflow_job", &job("queued").to_string(), "right"))
        .await;
    assert_eq!(status, 403, "{body}");
    assert_eq!(place.events(), 0);
    let place = Place::new(&[("GITHUB_OWNERS", "ACME")]).await;
    let accepted = request("workflow_job", &job("queued").to_string(), "right");
    assert_eq!(place.deliver(accepted).await.0, 202);
}

#[tokio::test]
async fn a_changed_secret_is_read_again_but_once_a_minute_at_most() {
    let place = Place::new(&[]).await;
    let delivery = |secret: &str| request("ping", "{}", secret);
    assert_eq!(place.deliver(delivery("right")).await.0, 200);
    for _ in 0..5 {
        assert_eq!(place.deliver(delivery("wrong")).await.0, 401);
    }
    assert_eq!(place.fake.of("GetSecretValue").len(), 1);
    place.seconds.fetch_add(61, Ordering::SeqCst);
    for _ in 0..5 {
        assert_eq!(place.deliver(delivery("wrong")).await.0, 401);
    }
    assert_eq!(place.fake.of("GetSecretValue").len(), 2);
}

#[tokio::test]
async fn other_events_and_actions_are_ignored_with_200() {
    let place = Place::new(&[]).await;
    let (status, body) = place.deliver(request("ping", "{}", "right")).await;
    assert_eq!((status, &body["message"]), (200, &json!("pong")));
    assert_eq!(place.deliver(request("push", "{}", "right")).await.0, 200);
    let odd = request("workflow_job", &job("invented").to_string(), "right");
    assert_eq!(place.deliver(odd).await.0, 200);
    assert_eq!(place.events(), 0);
}

#[tokio::test]
async fn every_action_of_a_job_goes_to_the_bus_trimmed() {
    for action in ["queued", "in_progress", "completed", "waiting"] {
        let place = Place::new(&[]).await;
        let text = job(action).to_string();
        let mut delivery = request("workflow_job", &text, "right");
        if action == "completed" {
            delivery.body = Some(STANDARD.encode(&text));
            delivery.is_base64_encoded = true;
        }
        let (status, body) = place.deliver(delivery).await;
        assert_eq!(status, 202, "{body}");
        assert_eq!(body["delivery_id"], "d-1");
        assert_eq!(body["event"], "workflow_job");
        assert_eq!(body["action"], action);
        assert_eq!(body["accepted"], true);
        let entry = place.fake.of("PutEvents")[0].body["Entries"][0].clone();
        assert_eq!(entry["EventBusName"], "jit-runners");
        assert_eq!(entry["Source"], "github.com");
        assert_eq!(entry["DetailType"], "workflow_job");
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        assert_eq!(detail["delivery_id"], "d-1");
        assert_eq!(detail["workflow_job"]["id"], 11);
        assert_eq!(detail["workflow_job"].get("steps"), None);
    }
}

#[tokio::test]
async fn unusable_settings_are_all_named() {
    let config = Config::load(Overrides {
        region: Some("us-east-1".into()),
        ..Overrides::default()
    })
    .await;
    let settings = Settings::new([("BODY_LIMIT_BYTES", "much")]);
    let error = State::new(settings, &config, Clock::system()).unwrap_err();
    for part in ["EVENT_BUS", "GITHUB_WEBHOOK_SECRET", "BODY_LIMIT_BYTES"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}
