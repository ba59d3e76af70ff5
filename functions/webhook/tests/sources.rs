//! Events of both payload formats, and source addresses.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../shared/aws/tests/fake/config.rs"]
mod config;
#[path = "../../shared/aws/tests/fake/mod.rs"]
mod fake;

use domain::clock::Clock;
use fake::{Answer, Fake};
use github::signature::sign;
use handler::{Settings, SettingsInvalid};
use secrecy::SecretString;
use serde_json::{Value, json};
use webhook::{Request, State, handle_any};

const GITHUB: &str = "192.30.252.0/22, 2a0a:a440::/29";

async fn state(fake: &Fake, cidrs: &str) -> Result<State, SettingsInvalid> {
    let config = config::at(&fake.url).await;
    let settings = Settings::new([
        ("EVENT_BUS", "jit-runners"),
        ("GITHUB_WEBHOOK_SECRET", "hook"),
        ("GITHUB_HOOK_CIDRS", cidrs),
    ]);
    State::new(settings, &config, Clock::system())
}

async fn aws() -> Fake {
    Fake::start(|call, _| match call.name.as_str() {
        "GetSecretValue" => Answer::Json(200, json!({"SecretString": "right"})),
        name => panic!("nobody expects {name}"),
    })
    .await
}

/// A ping in payload format 1.0, headers as a REST API gives them.
fn rest(source: &str) -> Value {
    let body = "{}";
    let signature = sign(&SecretString::from("right"), body.as_bytes());
    json!({
        "resource": "/", "path": "/", "httpMethod": "POST",
        "headers": {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "d-1", "X-Forwarded-For": "192.30.252.1"},
        "multiValueHeaders": {"X-GitHub-Event": ["ping"], "X-Hub-Signature-256": [signature]},
        "queryStringParameters": null,
        "requestContext": {"identity": {"sourceIp": source, "userAgent": "GitHub-Hookshot"}, "stage": "live"},
        "body": body, "isBase64Encoded": false,
    })
}

/// The same in payload format 2.0.
fn url(source: &str) -> Value {
    let mut event = rest(source);
    let signature = event["multiValueHeaders"]["X-Hub-Signature-256"][0].clone();
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
        "headers": {"x-github-event": "ping", "x-github-delivery": "d-1", "x-hub-signature-256": signature,
            "x-forwarded-for": "192.30.252.1"},
        "requestContext": {"timeEpoch": 1, "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": "x"}},
        "body": event["body"].take(), "isBase64Encoded": false,
    })
}

async fn answer(event: Value, state: &State) -> Value {
    let request: Request = serde_json::from_value(event).unwrap();
    let Ok(response) = handle_any(request, state).await;
    serde_json::to_value(response).unwrap()
}

#[tokio::test]
async fn a_bad_cidr_is_named() {
    let fake = aws().await;
    for cidrs in ["192.30.252.0", "10.0.0.0/33", "github", "10.0.0.0/8,::/129"] {
        let error = state(&fake, cidrs).await.unwrap_err().to_string();
        assert!(error.contains("GITHUB_HOOK_CIDRS holds"), "{error}");
    }
    assert!(state(&fake, " , ").await.is_ok());
}

#[tokio::test]
async fn a_source_outside_is_refused_before_anything_is_looked_at() {
    let fake = aws().await;
    let state = state(&fake, GITHUB).await.unwrap();
    for source in ["203.0.113.7", "192.30.251.255", "2a0a:a448::1", "", "x"] {
        for mut event in [rest(source), url(source)] {
            event["body"] = json!("no JSON, and as base64 not even that");
            event["isBase64Encoded"] = json!(true);
            let answer = answer(event, &state).await;
            assert_eq!(answer["statusCode"], 403, "{source}");
        }
    }
    let mut unknown = rest("");
    unknown.as_object_mut().unwrap().remove("requestContext");
    assert_eq!(answer(unknown, &state).await["statusCode"], 403);
    assert!(fake.calls().is_empty(), "no secret was read");
}

#[tokio::test]
async fn a_source_inside_is_heard() {
    let fake = aws().await;
    let state = state(&fake, GITHUB).await.unwrap();
    for source in [
        "192.30.252.0",
        "192.30.255.255",
        "2a0a:a440::9",
        "::ffff:192.30.252.9",
    ] {
        for event in [rest(source), url(source)] {
            assert_eq!(answer(event, &state).await["statusCode"], 200, "{source}");
        }
    }
}

#[tokio::test]
async fn each_format_is_answered_in_its_own_shape() {
    let fake = aws().await;
    let state = state(&fake, "").await.unwrap();
    let answered = answer(rest("203.0.113.7"), &state).await;
    let mut members: Vec<_> = answered.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(
        members,
        ["body", "headers", "isBase64Encoded", "statusCode"]
    );
    assert_eq!(answered["headers"]["content-type"], "application/json");
    let body: Value = serde_json::from_str(answered["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["message"], "pong");
    assert_eq!(answer(url(""), &state).await["statusCode"], 200);

    let mut get = rest("203.0.113.7");
    get["httpMethod"] = json!("GET");
    assert_eq!(answer(get, &state).await["statusCode"], 405);
    // Two signatures are no signature, as in payload format 2.0.
    let mut twice = rest("203.0.113.7");
    let signatures = &mut twice["multiValueHeaders"]["X-Hub-Signature-256"];
    *signatures = json!([signatures[0], signatures[0]]);
    assert_eq!(answer(twice, &state).await["statusCode"], 401);
}
