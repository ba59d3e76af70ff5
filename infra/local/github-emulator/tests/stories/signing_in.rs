//! The App signs in: what GitHub refuses, and what a token may do.

use aws_lc_rs::rsa::{KeyPair, KeySize};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ORG, REPO, Story, jwt, sign, story};

/// Asks for a token with these claims; the refusal's status and message.
async fn refusal(story: &Story, token: &str) -> (u16, String) {
    let response = story.ask_token(token, &json!({})).await;
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status.to_string());
    assert!(body["documentation_url"].is_string());
    (status, body["message"].as_str().unwrap().to_owned())
}

fn claims(story: &Story, issued: i64, expires: i64) -> Value {
    let now = story.clock.now().timestamp();
    json!({"iss": "123456", "iat": now + issued, "exp": now + expires})
}

#[tokio::test]
async fn a_jwt_that_is_none_is_refused() {
    let story = story().await;
    for token in ["nonsense", "a.b.c", "", "a.b"] {
        let (status, message) = refusal(&story, token).await;
        assert_eq!(status, 401);
        assert!(
            message.contains("could not be decoded") || message == "Bad credentials",
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_jwt_of_another_key_is_refused() {
    let story = story().await;
    let stranger = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let token = sign(&claims(&story, -60, 540), &stranger);
    assert_eq!(
        refusal(&story, &token).await,
        (401, "A JSON web token could not be decoded".to_owned())
    );
}

#[tokio::test]
async fn a_jwt_that_was_changed_after_signing_is_refused() {
    let story = story().await;
    let good = jwt(&claims(&story, -60, 540));
    let other = jwt(&claims(&story, -61, 541));
    let parts: Vec<&str> = good.split('.').collect();
    let payload = other.split('.').nth(1).unwrap();
    let forged = format!("{}.{payload}.{}", parts[0], parts[2]);
    assert_eq!(refusal(&story, &forged).await.0, 401);
}

#[tokio::test]
async fn an_expired_jwt_is_refused() {
    let story = story().await;
    let (status, message) = refusal(&story, &jwt(&claims(&story, -600, -1))).await;
    assert_eq!(status, 401);
    assert!(
        message.starts_with("'Expiration time' claim ('exp') must be"),
        "{message}"
    );
}

#[tokio::test]
async fn a_jwt_that_lives_too_long_is_refused() {
    let story = story().await;
    let (status, message) = refusal(&story, &jwt(&claims(&story, 0, 601))).await;
    assert_eq!(
        (status, message.as_str()),
        (
            401,
            "'Expiration time' claim ('exp') is too far in the future"
        )
    );
}

#[tokio::test]
async fn a_jwt_from_the_future_is_refused() {
    let story = story().await;
    let (status, message) = refusal(&story, &jwt(&claims(&story, 120, 540))).await;
    assert_eq!(status, 401);
    assert!(message.starts_with("'Issued at' claim"), "{message}");
}

#[tokio::test]
async fn another_app_and_another_installation_are_not_found() {
    let story = story().await;
    let now = story.clock.now().timestamp();
    let other = jwt(&json!({"iss": 1, "iat": now, "exp": now + 60}));
    assert_eq!(
        refusal(&story, &other).await,
        (404, "Integration not found".to_owned())
    );
    let response = story
        .send(
            Method::POST,
            "/app/installations/1/access_tokens",
            &story.jwt(),
            None,
        )
        .await;
    assert_eq!(response.status(), 404);
}

#[tokio::test]
async fn no_token_a_wrong_one_and_an_expired_one_are_refused() {
    let story = story().await;
    let path = format!("/orgs/{ORG}/actions/runners");
    let url = format!("{}{path}", story.emulator.base_url());
    assert_eq!(story.http.get(url).send().await.unwrap().status(), 401);
    let wrong = story.send(Method::GET, &path, "ghs_wrong", None).await;
    assert_eq!(wrong.status(), 401);
    assert_eq!(
        wrong.json::<Value>().await.unwrap()["message"],
        "Bad credentials"
    );
    assert_eq!(story.get(&path).await.0, 200);
    story.clock.forward(TimeDelta::hours(1));
    let (status, body) = story.get(&path).await;
    assert_eq!((status, &body["message"]), (401, &json!("Bad credentials")));
}

#[tokio::test]
async fn an_installation_token_is_not_the_app() {
    let story = story().await;
    assert_eq!(story.get("/app").await.0, 401);
    let response = story.send(Method::GET, "/app", &story.jwt(), None).await;
    let app: Value = response.json().await.unwrap();
    assert_eq!(app["id"], 123_456);
    let path = "/app/installations/98765432";
    let response = story.send(Method::GET, path, &story.jwt(), None).await;
    let installation: Value = response.json().await.unwrap();
    assert_eq!(installation["permissions"]["actions"], "read");
}

#[tokio::test]
async fn a_token_cannot_be_given_more_than_the_installation_has() {
    let story = story().await;
    for wanted in [
        json!({"permissions": {"actions": "write"}}),
        json!({"permissions": {"contents": "read"}}),
        json!({"repositories": ["another"]}),
        json!({"repository_ids": [1]}),
        json!({"permissions": {"actions": "admin"}}),
    ] {
        assert_eq!(
            story.ask_token(&story.jwt(), &wanted).await.status(),
            422,
            "{wanted}"
        );
    }
}

#[tokio::test]
async fn a_narrowed_token_may_do_no_more_than_it_says() {
    let mut story = story().await;
    story.emulator.create_repository("other", true);
    let wanted = json!({
        "repositories": [REPO],
        "permissions": {"organization_self_hosted_runners": "read", "administration": "read"},
    });
    let token = story.new_token(&wanted).await;
    assert_eq!(token["repository_selection"], "selected");
    token["token"]
        .as_str()
        .unwrap()
        .clone_into(&mut story.token);
    assert_eq!(
        story.get(&format!("/orgs/{ORG}/actions/runners")).await.0,
        200
    );
    assert_eq!(
        story
            .get(&format!("/repos/{ORG}/{REPO}/actions/runners"))
            .await
            .0,
        200
    );
    assert_eq!(
        story
            .get(&format!("/repos/{ORG}/other/actions/runners"))
            .await
            .0,
        404
    );
    let (status, body) = story.mint("jit-1", &["self-hosted"]).await;
    assert_eq!(
        (status, &body["message"]),
        (403, &json!("Resource not accessible by integration"))
    );
}

#[tokio::test]
async fn tokens_differ_in_length_and_last_an_hour() {
    let story = story().await;
    let mut lengths = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let token = story.new_token(&json!({})).await;
        let text = token["token"].as_str().unwrap();
        assert!(text.starts_with("ghs_"));
        lengths.insert(text.len());
        assert_eq!(token["expires_at"], "2026-11-23T18:44:59Z");
    }
    assert!(lengths.len() > 1, "{lengths:?}");
}

#[tokio::test]
async fn an_app_may_name_itself_by_its_client_id() {
    let story = story().await;
    let response = story.send(Method::GET, "/app", &story.jwt(), None).await;
    let app: Value = response.json().await.unwrap();
    let mut claims = claims(&story, -60, 540);
    claims["iss"] = app["client_id"].clone();
    let response = story.send(Method::GET, "/app", &jwt(&claims), None).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn the_tokens_of_a_suspended_installation_are_refused() {
    let story = story().await;
    let path = format!("/orgs/{ORG}/actions/runners");
    story.emulator.suspend_installation(true);
    let (status, body) = story.get(&path).await;
    assert_eq!(
        (status, &body["message"]),
        (403, &json!("This installation has been suspended"))
    );
    story.emulator.suspend_installation(false);
    assert_eq!(story.get(&path).await.0, 200);
}

#[tokio::test]
async fn a_person_is_told_that_it_is_their_token() {
    let story = story().await;
    let token = secrecy::SecretString::from("github_pat_1".to_owned());
    story.emulator.add_user_token(&token, &[]);
    let path = format!("/repos/{ORG}/{REPO}");
    let refused = story.send(Method::GET, &path, "github_pat_1", None).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(
        refused.headers()["x-accepted-github-permissions"],
        "metadata=read"
    );
    let body: Value = refused.json().await.unwrap();
    assert_eq!(
        body["message"],
        "Resource not accessible by personal access token"
    );
}

#[tokio::test]
async fn an_id_that_is_none_and_a_method_that_is_not_served_are_not_found() {
    let story = story().await;
    let runners = format!("/orgs/{ORG}/actions/runners");
    for (method, path) in [
        (Method::GET, format!("{runners}/first")),
        (Method::PUT, runners.clone()),
        (Method::GET, format!("{runners}/")),
    ] {
        let response = story.send(method.clone(), &path, &story.token, None).await;
        assert_eq!(response.status(), 404, "{method} {path}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["message"], "Not Found");
    }
}

#[tokio::test]
async fn the_newest_version_has_no_fields_that_were_deprecated_for_years() {
    let story = story().await;
    let limits = github_emulator::LimitStatus::default();
    story.emulator.set_limits(Some(5000), None, limits);
    for (path, field) in [
        ("/rate_limit".to_owned(), "rate"),
        (format!("/repos/{ORG}/{REPO}"), "has_downloads"),
    ] {
        for (version, kept) in [("2022-11-28", true), ("2026-03-10", false)] {
            let url = format!("{}{path}", story.emulator.base_url());
            let request = story.http.get(url).bearer_auth(&story.token);
            let request = request.header("x-github-api-version", version);
            let response = request.send().await.unwrap();
            let selected = &response.headers()["x-github-api-version-selected"];
            assert_eq!(selected, version);
            let body: Value = response.json().await.unwrap();
            assert_eq!(body.get(field).is_some(), kept, "{path} {version}");
        }
    }
}
