//! GitHub's limits: the hour of an installation, of the App, of a person; points,
//! content and requests at once; and what costs nothing.

use chrono::TimeDelta;
use github_emulator::{Access, Emulator, LimitStatus, SecondaryLimits, Settings, StartError};
use reqwest::{Method, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::support::{LIMIT, ORG, REPO, Story, story, story_with};

fn runners() -> String {
    format!("/orgs/{ORG}/actions/runners")
}

async fn limited(rate_limit: u32) -> Story {
    story_with(Settings {
        rate_limit: Some(rate_limit),
        ..Settings::default()
    })
    .await
}

async fn get(story: &Story, path: &str) -> Response {
    story.send(Method::GET, path, &story.token, None).await
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_hourly_limit_refuses_says_until_when_and_ends() {
    let story = limited(2).await;
    for remaining in ["1", "0"] {
        let response = get(&story, &runners()).await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "x-ratelimit-remaining"), remaining);
    }
    let refused = get(&story, &runners()).await;
    assert_eq!(refused.status(), 403);
    for (name, value) in [
        ("limit", "2"),
        ("used", "2"),
        ("remaining", "0"),
        ("resource", "core"),
    ] {
        assert_eq!(header(&refused, &format!("x-ratelimit-{name}")), value);
    }
    let reset: i64 = header(&refused, "x-ratelimit-reset").parse().unwrap();
    assert_eq!(reset, (story.clock.now() + TimeDelta::hours(1)).timestamp());
    let body: Value = refused.json().await.unwrap();
    let message = body["message"].as_str().unwrap();
    assert!(
        message.starts_with("API rate limit exceeded for installation ID 98765432. "),
        "{message}"
    );
    // The token ends with its hour, too.
    story.clock.forward(TimeDelta::minutes(61));
    let token = story.new_token(&json!({})).await["token"].clone();
    let token = token.as_str().unwrap();
    let again = story.send(Method::GET, &runners(), token, None).await;
    assert_eq!(again.status(), 200);
}

#[tokio::test]
async fn the_limit_is_the_installation_s_and_not_a_token_s() {
    let story = limited(10).await;
    let second = story.new_token(&json!({})).await["token"].clone();
    let second = second.as_str().unwrap();
    for (token, remaining) in [(story.token.as_str(), "9"), (second, "8")] {
        let response = story.send(Method::GET, &runners(), token, None).await;
        assert_eq!(header(&response, "x-ratelimit-remaining"), remaining);
    }
    // The App has asked for two tokens, and is counted apart.
    let app = story.send(Method::GET, "/app", &story.jwt(), None).await;
    assert_eq!(header(&app, "x-ratelimit-remaining"), "7");
    let person = SecretString::from("github_pat_1".to_owned());
    let may = [("metadata", Access::Read)];
    story.emulator.add_user_token(&person, &may);
    let path = format!("/repos/{ORG}/{REPO}");
    let seen = story.send(Method::GET, &path, "github_pat_1", None).await;
    assert_eq!(seen.status(), 200);
    assert_eq!(header(&seen, "x-ratelimit-remaining"), "9");
}

#[tokio::test]
async fn what_goes_wrong_counts_and_says_what_is_left() {
    let story = limited(10).await;
    for (path, remaining) in [("/orgs/nobody/actions/runners", "9"), ("/app", "8")] {
        let response = get(&story, path).await;
        assert!(response.status().is_client_error());
        assert_eq!(header(&response, "x-ratelimit-remaining"), remaining);
    }
    let nowhere = get(&story, "/orgs/nobody/nothing").await;
    assert_eq!(nowhere.status(), 404);
    assert_eq!(header(&nowhere, "x-ratelimit-remaining"), "8");
}

#[tokio::test]
async fn who_is_not_signed_in_has_sixty() {
    let story = limited(5000).await;
    let url = format!("{}/rate_limit", story.emulator.base_url());
    let left: Value = story
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(left["rate"]["limit"], 60);
    let url = format!("{}{}", story.emulator.base_url(), runners());
    let refused = story.http.get(url).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(header(&refused, "x-ratelimit-remaining"), "59");
}

#[tokio::test]
async fn registrations_of_runners_have_a_limit_of_their_own() {
    let story = limited(5000).await;
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 201);
    let (_, left) = story.get("/rate_limit").await;
    let registrations = &left["resources"]["actions_runner_registration"];
    assert_eq!(registrations["limit"], 10_000);
    assert_eq!(registrations["used"], 1);
    assert_eq!(left["resources"]["core"]["used"], 0);
    story.emulator.use_up_limits();
    assert_eq!(story.mint("jit-2", &["a"]).await.0, 403);
}

#[tokio::test]
async fn a_reached_limit_can_be_a_429() {
    let story = limited(5000).await;
    story
        .emulator
        .set_limits(Some(0), None, LimitStatus::TooManyRequests);
    assert_eq!(get(&story, &runners()).await.status(), 429);
}

async fn secondary(limits: SecondaryLimits) -> Story {
    let story = story().await;
    let status = LimitStatus::Forbidden;
    story.emulator.set_limits(None, Some(limits), status);
    story
}

#[tokio::test]
async fn too_many_points_at_one_endpoint_are_refused_for_a_minute() {
    let story = secondary(SecondaryLimits {
        points_per_minute: 6,
        ..SecondaryLimits::default()
    })
    .await;
    for _ in 0..6 {
        assert_eq!(get(&story, &runners()).await.status(), 200);
    }
    let refused = get(&story, &runners()).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(header(&refused, "retry-after"), "60");
    // Another endpoint is counted apart: one change costs five points.
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 201);
    let (status, body) = story.mint("jit-2", &["a"]).await;
    assert_eq!(status, 403);
    let message = body["message"].as_str().unwrap();
    assert!(message.starts_with("You have exceeded a secondary rate limit. Please wait"));
    assert_eq!(story.emulator.runners().len(), 1, "a refusal has no effect");
    story.clock.forward(TimeDelta::minutes(1));
    assert_eq!(get(&story, &runners()).await.status(), 200);
    assert_eq!(story.mint("jit-2", &["a"]).await.0, 201);
}

#[tokio::test]
async fn too_much_content_is_blocked_by_the_minute_and_by_the_hour() {
    let story = secondary(SecondaryLimits {
        content_per_minute: 1,
        content_per_hour: 2,
        ..SecondaryLimits::default()
    })
    .await;
    let person = SecretString::from("github_pat_1".to_owned());
    let may = [("contents", Access::Write)];
    story.emulator.add_user_token(&person, &may);
    let path = format!("/repos/{ORG}/{REPO}/git/trees");
    let make = async || {
        let body = json!({"tree": []});
        let made = story.send(Method::POST, &path, "github_pat_1", Some(&body));
        made.await.status().as_u16()
    };
    assert_eq!(make().await, 201);
    let body = json!({"tree": []});
    let refused = story
        .send(Method::POST, &path, "github_pat_1", Some(&body))
        .await;
    assert_eq!(refused.status(), 403);
    let body: Value = refused.json().await.unwrap();
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("temporarily blocked from content creation"));
    story.clock.forward(TimeDelta::minutes(1));
    assert_eq!(make().await, 201);
    story.clock.forward(TimeDelta::minutes(1));
    assert_eq!(make().await, 403, "two were made within the hour");
    story.clock.forward(TimeDelta::minutes(58));
    assert_eq!(make().await, 201);
}

#[tokio::test]
async fn no_more_requests_are_open_at_once_than_may_be() {
    let story = secondary(SecondaryLimits {
        concurrent: 1,
        ..SecondaryLimits::default()
    })
    .await;
    // A body that never comes keeps a request open.
    let address = story.emulator.address().unwrap();
    let mut open = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {}/generate-jitconfig HTTP/1.1\r\nhost: {address}\r\nuser-agent: story\r\n\
         authorization: Bearer {}\r\ncontent-length: 9\r\n\r\n",
        runners(),
        story.token
    );
    open.write_all(head.as_bytes()).await.unwrap();
    let until = async |status: u16| {
        while get(&story, &runners()).await.status() != status {
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::time::timeout(LIMIT, until(403)).await;
    refused.expect("one request is open, so that another is too many");
    // The App is counted apart.
    let app = story.send(Method::GET, "/app", &story.jwt(), None).await;
    assert_eq!(app.status(), 200);
    drop(open);
    let allowed = tokio::time::timeout(LIMIT, until(200)).await;
    allowed.expect("a request that nobody waits for is open no more");
}

#[tokio::test]
async fn a_port_in_use_is_said_with_what_to_do() {
    let story = story().await;
    let port = story.emulator.address().expect("it has a port").port();
    let error = Emulator::start(Settings {
        port,
        ..Settings::default()
    })
    .await
    .unwrap_err();
    assert!(matches!(error, StartError::Port { .. }));
    assert!(error.to_string().contains("choose another one"), "{error}");
}
