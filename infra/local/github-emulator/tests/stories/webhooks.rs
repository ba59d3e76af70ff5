//! Webhooks: signed, in time or not at all, logged, sent again on demand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::TimeDelta;
use github_emulator::{Access, App, Settings};
use hmac::{Hmac, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{ARTICLE, ORG, REPO, Story, story, story_with};

const SECRET: &str = "it is not a secret";

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: StatusCode,
    delay: Duration,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    receiver.got.lock().unwrap().push((headers, body));
    tokio::time::sleep(receiver.delay).await;
    receiver.answer
}

/// Receives the story's events from now on.
pub(crate) async fn receiver(story: &Story, answer: u16, delay: Duration) -> Receiver {
    let answer = StatusCode::from_u16(answer).unwrap();
    let receiver = Receiver {
        got: Arc::default(),
        answer,
        delay,
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/hook", post(receive))
        .with_state(receiver.clone());
    tokio::spawn(async { axum::serve(listener, router).await });
    story.emulator.set_webhook(url, SECRET.to_owned());
    receiver
}

pub(crate) async fn delivered(story: &Story, count: usize) {
    story
        .until(|github| github.deliveries().len() == count)
        .await;
}

async fn as_app(story: &Story, method: Method, path: &str) -> (u16, Value) {
    let response = story.send(method, path, &story.jwt(), None).await;
    (
        response.status().as_u16(),
        response.json().await.unwrap_or_default(),
    )
}

#[tokio::test]
async fn a_receiver_that_takes_too_long_gets_one_attempt_and_is_logged() {
    let settings = Settings {
        webhook_timeout: Duration::from_millis(100),
        ..Settings::default()
    };
    let story = story_with(settings).await;
    let receiver = receiver(&story, 202, Duration::from_secs(5)).await;
    story.commit(&ARTICLE.replace("[1, 2]", "[1]"));
    delivered(&story, 1).await;
    let delivery = story.emulator.deliveries().remove(0);
    assert_eq!(
        (delivery.status.as_str(), delivery.status_code),
        ("timed out", 0)
    );
    assert_eq!(receiver.got.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_at_the_address_is_logged() {
    let story = story().await;
    story
        .emulator
        .set_webhook("http://127.0.0.1:9/", SECRET.to_owned());
    story.emulator.ping();
    delivered(&story, 1).await;
    assert_eq!(
        story.emulator.deliveries()[0].status,
        "failed to connect to host"
    );
}

#[tokio::test]
async fn a_failed_delivery_is_found_and_sent_again_under_its_guid() {
    let story = story().await;
    receiver(&story, 503, Duration::ZERO).await;
    story.commit(&ARTICLE.replace("[1, 2]", "[1]"));
    delivered(&story, 1).await;
    let (_, failed) = as_app(&story, Method::GET, "/app/hook/deliveries?status=failure").await;
    assert_eq!(failed[0]["status_code"], 503);
    let (id, guid) = (&failed[0]["id"], &failed[0]["guid"]);

    let receiver = receiver(&story, 202, Duration::ZERO).await;
    let path = format!("/app/hook/deliveries/{id}/attempts");
    assert_eq!(as_app(&story, Method::POST, &path).await.0, 202);
    delivered(&story, 2).await;
    let (headers, _) = receiver.got.lock().unwrap().remove(0);
    assert_eq!(headers["x-github-delivery"], guid.as_str().unwrap());
    let (_, all) = as_app(&story, Method::GET, "/app/hook/deliveries").await;
    assert_eq!(
        (&all[0]["redelivery"], &all[0]["status"]),
        (&json!(true), &json!("OK"))
    );
    assert_eq!(
        as_app(&story, Method::POST, "/app/hook/deliveries/1/attempts")
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn the_log_is_read_in_pages_and_shows_request_and_answer() {
    let story = story().await;
    receiver(&story, 202, Duration::ZERO).await;
    story.commit(ARTICLE);
    delivered(&story, 2).await;
    let (_, first) = as_app(&story, Method::GET, "/app/hook/deliveries?per_page=1").await;
    let id = first[0]["id"].as_u64().unwrap();
    let path = format!("/app/hook/deliveries?per_page=1&cursor=v1_{id}");
    let (_, second) = as_app(&story, Method::GET, &path).await;
    assert_eq!(second.as_array().unwrap().len(), 1);
    assert_ne!(second[0]["id"], id);
    let (_, one) = as_app(&story, Method::GET, &format!("/app/hook/deliveries/{id}")).await;
    assert_eq!(one["request"]["payload"]["action"], "queued");
    assert!(one["request"]["headers"]["X-Hub-Signature-256"].is_string());
    assert_eq!(one["action"], "queued");
    assert_eq!(
        as_app(&story, Method::GET, "/app/hook/deliveries/1")
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn events_are_signed_and_shaped_like_github_s() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    story.commit(&ARTICLE.replace("[1, 2]", "[1]"));
    delivered(&story, 1).await;
    let (headers, body) = receiver.got.lock().unwrap().remove(0);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(headers["x-hub-signature-256"], signature.as_str());
    assert_eq!(headers["x-github-event"], "workflow_job");
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("GitHub-Hookshot/")
    );
    assert!(headers.contains_key("x-github-hook-id"));
    assert!(
        (6_000..13_000).contains(&body.len()),
        "GitHub's have 7–12 kB: {}",
        body.len()
    );
    let event: Value = serde_json::from_str(&body).unwrap();
    let mut keys: Vec<&String> = event.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "action",
            "installation",
            "organization",
            "repository",
            "sender",
            "workflow_job"
        ]
    );
    let job = &event["workflow_job"];
    for key in [
        "id",
        "run_id",
        "run_url",
        "run_attempt",
        "node_id",
        "head_sha",
        "head_branch",
        "url",
        "html_url",
        "status",
        "conclusion",
        "started_at",
        "created_at",
        "completed_at",
        "name",
        "steps",
        "check_run_url",
        "labels",
        "runner_id",
        "runner_name",
        "runner_group_id",
        "runner_group_name",
        "workflow_name",
    ] {
        assert!(job.get(key).is_some(), "{key}");
    }
    assert_eq!(job["status"], "queued");
    assert_eq!(job["workflow_name"], "AWS Fargate JIT test");
    assert_eq!(event["repository"]["visibility"], "private");
}

#[tokio::test]
async fn every_change_of_a_job_is_announced() {
    let story = story().await;
    story.emulator.protect_environment(REPO, "production");
    receiver(&story, 202, Duration::ZERO).await;
    let run = story.commit(
        "on: push\njobs: {t: {environment: production, runs-on: self-hosted, steps: [{run: 'true'}]}}",
    );
    let id = story.emulator.jobs_of(run)[0].id;
    story.emulator.approve(id);
    let (code, _) = story.runner("jit-1", &["self-hosted"]).await.end().await;
    assert_eq!(code, 0);
    delivered(&story, 5).await;
    let mut sent = story.emulator.deliveries();
    sent.sort_by_key(|delivery| delivery.id);
    let actions: Vec<_> = sent
        .iter()
        .filter_map(|delivery| delivery.action.clone())
        .collect();
    assert_eq!(
        actions,
        ["queued", "waiting", "queued", "in_progress", "completed"]
    );
    let last: Value = serde_json::from_str(&sent[4].request_payload).unwrap();
    assert_eq!(last["workflow_job"]["conclusion"], "success");
    assert_eq!(last["workflow_job"]["runner_name"], "jit-1");
    let secrets = story.emulator.issued_secrets();
    assert!(secrets.len() >= 4, "token, configuration, key, session");
    for secret in secrets {
        use secrecy::ExposeSecret;
        assert!(
            sent.iter()
                .all(|one| !one.request_payload.contains(secret.value.expose_secret()))
        );
    }
}

/// An installation that may see to the organisation's webhooks.
async fn story_with_hooks() -> Story {
    let mut app = App::default();
    app.permissions
        .insert("organization_hooks".to_owned(), Access::Write);
    story_with(Settings {
        app,
        ..Settings::default()
    })
    .await
}

async fn as_installation(story: &Story, method: Method, path: &str) -> (u16, Value) {
    let response = story.send(method, path, &story.token, None).await;
    (
        response.status().as_u16(),
        response.json().await.unwrap_or_default(),
    )
}

#[tokio::test]
async fn only_who_may_see_to_hooks_sees_the_organisation_s_deliveries() {
    let story = story().await;
    let hook = story
        .emulator
        .set_organization_webhook("http://127.0.0.1:9/", SECRET.to_owned());
    let path = format!("/orgs/{ORG}/hooks/{hook}/deliveries");
    assert_eq!(as_installation(&story, Method::GET, &path).await.0, 403);
    let story = story_with_hooks().await;
    assert_eq!(as_installation(&story, Method::GET, &path).await.0, 404);
}

#[tokio::test]
async fn the_organisation_s_webhook_has_deliveries_of_its_own() {
    let story = story_with_hooks().await;
    let of_the_app = receiver(&story, 202, Duration::ZERO).await;
    let hook = story
        .emulator
        .set_organization_webhook("http://127.0.0.1:9/", SECRET.to_owned());
    story.commit(&ARTICLE.replace("[1, 2]", "[1]"));
    delivered(&story, 2).await;
    assert_eq!(of_the_app.got.lock().unwrap().len(), 1);

    let list = format!("/orgs/{ORG}/hooks/{hook}/deliveries");
    let failures = format!("{list}?status=failure");
    let (_, failed) = as_installation(&story, Method::GET, &failures).await;
    assert_eq!(failed.as_array().unwrap().len(), 1);
    let (_, of_app) = as_app(&story, Method::GET, "/app/hook/deliveries?status=failure").await;
    assert_eq!(of_app, json!([]));
    let id = failed[0]["id"].as_u64().unwrap();
    let elsewhere = format!("/app/hook/deliveries/{id}/attempts");
    assert_eq!(as_app(&story, Method::POST, &elsewhere).await.0, 404);

    let once_more = format!("{list}/{id}/attempts");
    assert_eq!(
        as_installation(&story, Method::POST, &once_more).await.0,
        202
    );
    delivered(&story, 3).await;
    let (_, failed) = as_installation(&story, Method::GET, &failures).await;
    assert_eq!(failed.as_array().unwrap().len(), 2);
    assert_eq!(failed[0]["guid"], failed[1]["guid"]);
    assert_eq!(failed[0]["redelivery"], true);
    let (_, one) = as_installation(&story, Method::GET, &format!("{list}/{id}")).await;
    let headers = &one["request"]["headers"];
    assert_eq!(
        headers["X-GitHub-Hook-Installation-Target-Type"],
        "organization"
    );
}

#[tokio::test]
async fn failures_are_listed_in_pages_for_three_days() {
    let story = story().await;
    receiver(&story, 503, Duration::ZERO).await;
    story.commit(ARTICLE);
    delivered(&story, 2).await;
    let path = "/app/hook/deliveries?status=failure&per_page=1";
    let first = story.send(Method::GET, path, &story.jwt(), None).await;
    let link = first.headers()["link"].to_str().unwrap().to_owned();
    let next = link.split(['<', '>']).nth(1).unwrap();
    let next = next.strip_prefix(&story.emulator.base_url()).unwrap();
    assert!(next.contains("status=failure"), "{next}");
    let (_, second) = as_app(&story, Method::GET, next).await;
    assert_eq!(second.as_array().unwrap().len(), 1);
    story.clock.forward(TimeDelta::days(3));
    let (_, late) = as_app(&story, Method::GET, path).await;
    assert_eq!(late, json!([]));
}
