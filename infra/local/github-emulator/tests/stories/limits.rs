//! GitHub's demands on every request, and its hourly limit.

use chrono::TimeDelta;
use github_emulator::{Emulator, Settings, StartError};
use reqwest::Method;

use crate::support::{ORG, story, story_with};

#[tokio::test]
async fn a_request_without_a_user_agent_is_refused() {
    let story = story().await;
    let url = format!("{}/app", story.emulator.base_url());
    let response = reqwest::Client::new().get(url).send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert!(response.text().await.unwrap().contains("User-Agent"));
}

#[tokio::test]
async fn a_version_that_does_not_exist_is_refused() {
    let story = story().await;
    for (version, status) in [("1999-01-01", 400), ("2022-11-28", 200)] {
        let url = format!("{}/orgs/{ORG}/actions/runners", story.emulator.base_url());
        let request = story.http.get(url).bearer_auth(&story.token);
        let request = request.header("x-github-api-version", version);
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn the_hourly_limit_refuses_says_until_when_and_ends() {
    let story = story_with(Settings {
        rate_limit: Some(2),
        ..Settings::default()
    })
    .await;
    let path = format!("/orgs/{ORG}/actions/runners");
    for remaining in ["1", "0"] {
        let response = story.send(Method::GET, &path, &story.token, None).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-ratelimit-remaining"], remaining);
    }
    let response = story.send(Method::GET, &path, &story.token, None).await;
    assert_eq!(response.status(), 403);
    let reset: i64 = response.headers()["x-ratelimit-reset"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(reset, (story.clock.now() + TimeDelta::hours(1)).timestamp());
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
