//! The App's own calls and the manifest's exchange against a scripted GitHub:
//! what is sent, what is read, and that no secret gets into an error.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../aws/tests/fake/mod.rs"]
mod fake;

use std::sync::Arc;

use chrono::DateTime;
use domain::clock::Clock;
use fake::{Answer, Call, Fake};
use github::{AppClient, GitHubError, Http, Server, Signer};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

const CODE: &str = "a180b1a3d263c81bc6441d7b990bae27d4c10679";

fn http(url: &str) -> Http {
    let clock = Clock::fixed(DateTime::from_timestamp(1_767_225_600, 0).unwrap());
    Http::new(&Server::new(url).unwrap(), clock).unwrap()
}

async fn app(answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> (AppClient, Fake) {
    let fake = Fake::start(move |call, _| answer(call)).await;
    let signer = Signer::Remote(Arc::new(|_| Box::pin(async { Ok(b"signed".to_vec()) })));
    (AppClient::new(http(&fake.url), "77", signer), fake)
}

fn converted() -> Value {
    json!({
        "id": 77, "slug": "jit", "name": "jit", "owner": {"login": "acme"},
        "html_url": "https://github.com/apps/jit", "client_id": "Iv1", "client_secret": "drop-me",
        "pem": "the-pem", "webhook_secret": "the-webhook-secret",
    })
}

#[tokio::test]
async fn a_code_that_is_not_taken_is_refused_without_being_shown() {
    for answer in [
        Answer::Json(404, json!({"message": "Not Found"})),
        Answer::Json(502, Value::Null),
        Answer::Json(201, json!({"id": "not a number", "pem": "the-pem"})),
        Answer::Lost,
    ] {
        let script = answer.clone();
        let fake = Fake::start(move |_, _| script.clone()).await;
        let error = http(&fake.url).convert_manifest(&CODE.into()).await;
        let text = format!("{:?}", error.as_ref().unwrap_err());
        assert!(!text.contains(CODE) && !text.contains("the-pem"), "{text}");
        let refused = error.unwrap_err().is_not_found();
        assert_eq!(refused, matches!(answer, Answer::Json(404, _)), "{text}");
    }
    let odd = SecretString::from("../app");
    let fake = Fake::start(|_, _| Answer::Json(201, converted())).await;
    let error = http(&fake.url).convert_manifest(&odd).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn a_code_becomes_an_app_without_anybody_signing_in() {
    let fake = Fake::start(|_, _| Answer::Json(201, converted())).await;
    let app = http(&fake.url)
        .convert_manifest(&CODE.into())
        .await
        .unwrap();
    assert_eq!(app.id, 77);
    assert_eq!(app.pem.expose_secret(), "the-pem");
    let secret = app.webhook_secret.as_ref().unwrap();
    assert_eq!(secret.expose_secret(), "the-webhook-secret");
    let shown = format!("{app:?}");
    for secret in ["the-pem", "the-webhook-secret", "drop-me"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let calls = fake.calls();
    assert_eq!(
        calls[0].name,
        format!("POST /app-manifests/{CODE}/conversions")
    );
    assert!(!calls[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_webhook_is_set_with_tls_and_as_json() {
    let (app, fake) = app(|_| {
        Answer::Json(
            200,
            json!({"url": "https://x.on.aws/", "content_type": "json", "insecure_ssl": "0", "secret": "********"}),
        )
    })
    .await;
    let secret = SecretString::from("s3");
    let hook = app.set_hook("https://x.on.aws/", Some(&secret)).await;
    assert!(hook.unwrap().has_secret);
    app.set_hook("https://x.on.aws/", None).await.unwrap();
    let calls = fake.calls();
    assert_eq!(calls[0].name, "PATCH /app/hook/config");
    let sent = json!({"url": "https://x.on.aws/", "content_type": "json", "insecure_ssl": "0", "secret": "s3"});
    assert_eq!(calls[0].body, sent);
    assert!(calls[1].body.get("secret").is_none());
}

#[tokio::test]
async fn a_key_that_github_does_not_take_is_said_with_its_words() {
    let (app, _fake) = app(|_| {
        Answer::Json(
            401,
            json!({"message": "A JSON web token could not be decoded"}),
        )
    })
    .await;
    let error = app.app().await.unwrap_err();
    assert!(matches!(&error, GitHubError::Refused { status: 401, .. }));
    assert!(error.to_string().contains("could not be decoded"));
}
