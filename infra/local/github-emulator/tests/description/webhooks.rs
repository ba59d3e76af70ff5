//! Every webhook that is sent, as it arrives, held to GitHub's schemas.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use github_emulator::{Emulator, JobStatus};
use hmac::{Hmac, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::github::verdicts;
use crate::support::{REPO, Story, story};

const SECRET: &str = "it is not a secret";

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

async fn receive(State(got): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
    got.lock().unwrap().push((headers, body));
    StatusCode::ACCEPTED
}

/// Somebody who receives, and where.
async fn receiver() -> (Received, String) {
    let got = Received::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/hook", post(receive))
        .with_state(Arc::clone(&got));
    tokio::spawn(async { axum::serve(listener, router).await });
    (got, url)
}

/// A success, a failure, a cancelled one, a skipped one, and one that waits first.
const EVERY_END: &str = r"
on: push
jobs:
  well: {runs-on: well, environment: production, steps: [{name: one, run: 'true'}, {run: 'true'}]}
  badly: {runs-on: badly, steps: [{run: 'exit 3'}, {run: 'true'}]}
  never: {needs: badly, runs-on: nobody, steps: [{run: 'true'}]}
  stopped: {runs-on: nobody, steps: [{run: 'true'}]}
";

async fn every_event(story: &Story) {
    let github = &story.emulator;
    github.ping();
    github.protect_environment(REPO, "production");
    let run = story.commit(EVERY_END);
    let job = |name: &str| {
        let jobs = github.jobs_of(run);
        jobs.into_iter().find(|job| job.name == name).unwrap().id
    };
    github.approve(job("well"));
    github.cancel_job(job("stopped"));
    for name in ["well", "badly"] {
        let (code, said) = story.runner(name, &[name]).await.end().await;
        assert_eq!(code, 0, "{said}");
    }
    let over = |github: &Emulator| {
        let jobs = github.jobs_of(run);
        jobs.len() == 4 && jobs.iter().all(|job| job.status == JobStatus::Completed)
    };
    story.until(over).await;
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn is_signed(headers: &HeaderMap, body: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let wanted = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let key = aws_lc_rs::hmac::Key::new(
        aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        SECRET.as_bytes(),
    );
    let legacy = format!("sha1={}", hex::encode(aws_lc_rs::hmac::sign(&key, body)));
    text(headers, "x-hub-signature-256") == wanted && text(headers, "x-hub-signature") == legacy
}

/// What the schemas say and GitHub does not do, each with the reason.
const EXCUSED: [(&str, &str); 3] = [
    (
        "/hook must have required property 'url'",
        "made from pings of repositories and organisations; the description does not ask for it",
    ),
    (
        "/hook must have required property 'ping_url'",
        "the same: an App's hook cannot be pinged by the API",
    ),
    (
        "must NOT have additional properties user_view_type",
        "the schemas are older than the field, which the description knows",
    ),
];

#[tokio::test]
async fn every_webhook_is_one_of_github_s() {
    let story = story().await;
    let (of_the_app, url) = receiver().await;
    story.emulator.set_webhook(url, SECRET.to_owned());
    let (of_the_organization, url) = receiver().await;
    story
        .emulator
        .set_organization_webhook(url, SECRET.to_owned());
    every_event(&story).await;
    let sent = 1 + 2 * 11;
    story
        .until(|github| github.deliveries().len() == sent)
        .await;

    let mut asked = Vec::new();
    let mut kinds = BTreeSet::new();
    for (got, target) in [
        (of_the_app, "integration"),
        (of_the_organization, "organization"),
    ] {
        for (headers, body) in got.lock().unwrap().iter() {
            assert!(is_signed(headers, body));
            assert_eq!(text(headers, "content-type"), "application/json");
            assert!(text(headers, "user-agent").starts_with("GitHub-Hookshot/"));
            assert_eq!(
                text(headers, "x-github-hook-installation-target-type"),
                target
            );
            assert!(text(headers, "x-github-hook-id").parse::<u64>().is_ok());
            assert!(
                text(headers, "x-github-hook-installation-target-id")
                    .parse::<u64>()
                    .is_ok()
            );
            assert_eq!(text(headers, "x-github-delivery").len(), 36);
            let event = text(headers, "x-github-event");
            let body: Value = serde_json::from_slice(body).unwrap();
            let of_an_installation = body["installation"]["id"].is_u64();
            assert_eq!(
                of_an_installation,
                target == "integration" && event != "ping"
            );
            let end = body["workflow_job"]["conclusion"].as_str().unwrap_or("-");
            let action = body["action"].as_str().unwrap_or("-");
            kinds.insert(format!("{target} {event} {action} {end}"));
            let names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
            asked.push(json!({
                "event": event, "action": body["action"], "body": body, "headers": names,
            }));
        }
    }
    let mut wanted = vec!["integration ping - -".to_owned()];
    for target in ["integration", "organization"] {
        for kind in [
            "queued -",
            "waiting -",
            "in_progress -",
            "completed success",
            "completed failure",
            "completed cancelled",
            "completed skipped",
        ] {
            wanted.push(format!("{target} workflow_job {kind}"));
        }
    }
    wanted.sort();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), wanted);

    let Some(verdicts) = verdicts(&[], &asked) else {
        return;
    };
    let (mut problems, mut excused) = (BTreeSet::new(), BTreeSet::new());
    for (asked, verdict) in asked.iter().zip(verdicts.deliveries) {
        assert_eq!(verdict.how, "listed", "{verdict:?}");
        for problem in verdict.problems {
            let excuse = EXCUSED.iter().find(|(end, _)| problem.ends_with(end));
            match excuse {
                Some((end, _)) => excused.insert(*end),
                None => {
                    problems.insert(format!("{} {}: {problem}", asked["event"], asked["action"]))
                }
            };
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
    for (end, reason) in EXCUSED {
        assert!(excused.contains(end), "nothing needs {end}: {reason}");
    }
}

#[tokio::test]
async fn a_form_is_signed_over_the_form() {
    let story = story().await;
    let (got, url) = receiver().await;
    story.emulator.set_webhook(url, SECRET.to_owned());
    let body = json!({"content_type": "form"});
    let changed = story
        .send(Method::PATCH, "/app/hook/config", &story.jwt(), Some(&body))
        .await;
    assert_eq!(changed.status(), 200);
    story.emulator.ping();
    story.until(|github| github.deliveries().len() == 1).await;
    let (headers, body) = got.lock().unwrap().remove(0);
    assert_eq!(
        text(&headers, "content-type"),
        "application/x-www-form-urlencoded"
    );
    assert!(is_signed(&headers, &body));
    assert!(body.starts_with(b"payload=%7B%22"));
}

#[tokio::test]
async fn without_a_secret_nothing_is_signed() {
    let story = story().await;
    let (got, url) = receiver().await;
    story.emulator.set_webhook(url, String::new());
    story.emulator.ping();
    story.until(|github| github.deliveries().len() == 1).await;
    let (headers, _) = got.lock().unwrap().remove(0);
    assert!(
        !headers
            .keys()
            .any(|name| name.as_str().starts_with("x-hub-signature"))
    );
}
