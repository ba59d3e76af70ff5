//! Conditional requests: what has not changed comes without a body and costs
//! nothing, for as long as the token is the same.

use chrono::TimeDelta;
use github_emulator::Settings;
use reqwest::{Method, Response};
use serde_json::json;

use crate::support::{ORG, REPO, Story, story, story_with};

async fn get(story: &Story, path: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", story.emulator.base_url());
    let mut request = story.http.get(url).bearer_auth(&story.token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_list_is_known_until_it_changes_and_asking_again_is_free() {
    let settings = Settings {
        rate_limit: Some(5000),
        ..Settings::default()
    };
    let story = story_with(settings).await;
    let path = format!("/orgs/{ORG}/actions/runners");
    let first = get(&story, &path, &[]).await;
    let tag = header(&first, "etag");
    assert!(
        tag.starts_with('"'),
        "{tag} is strong: nothing is compressed"
    );
    assert_eq!(header(&first, "x-ratelimit-used"), "1");
    // Time alone changes nothing.
    story.clock.forward(TimeDelta::minutes(3));
    for _ in 0..3 {
        let again = get(&story, &path, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status(), 304);
        assert_eq!(header(&again, "x-ratelimit-used"), "1");
        assert_eq!(header(&again, "etag"), tag);
        assert_eq!(again.text().await.unwrap(), "");
    }
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 201);
    let changed = get(&story, &path, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status(), 200);
    assert_ne!(header(&changed, "etag"), tag);
    assert_eq!(header(&changed, "x-ratelimit-used"), "2");
}

#[tokio::test]
async fn a_run_is_known_until_one_of_its_jobs_changes() {
    let story = story().await;
    let run = story.commit("on: push\njobs: {t: {runs-on: nobody, steps: [{run: 'true'}]}}");
    let path = format!("/repos/{ORG}/{REPO}/actions/runs/{run}");
    let tag = header(&get(&story, &path, &[]).await, "etag");
    story.clock.forward(TimeDelta::minutes(5));
    let again = get(&story, &path, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
    assert!(story.emulator.cancel_run(run));
    let changed = get(&story, &path, &[("if-none-match", &tag)]).await;
    let changed: serde_json::Value = changed.json().await.unwrap();
    assert_eq!(changed["updated_at"], "2026-11-23T17:49:59Z");
    assert_eq!(changed["conclusion"], "cancelled");
}

#[tokio::test]
async fn a_new_token_makes_the_old_tag_useless() {
    let story = story().await;
    let path = format!("/orgs/{ORG}/actions/runners");
    let tag = header(&get(&story, &path, &[]).await, "etag");
    let token = story.new_token(&json!({})).await["token"].clone();
    let url = format!("{}{path}", story.emulator.base_url());
    let request = story.http.get(url).bearer_auth(token.as_str().unwrap());
    let other = request.header("if-none-match", tag).send().await.unwrap();
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn a_tag_is_weak_for_who_takes_compressed_answers_and_means_the_same() {
    let story = story().await;
    let path = format!("/orgs/{ORG}/actions/runners");
    let gzip = ("accept-encoding", "gzip");
    let weak = header(&get(&story, &path, &[gzip]).await, "etag");
    assert!(weak.starts_with("W/\""), "{weak}");
    let again = get(&story, &path, &[("if-none-match", &weak)]).await;
    assert_eq!(again.status(), 304);
}

#[tokio::test]
async fn a_repository_says_when_it_changed_last() {
    let story = story().await;
    let path = format!("/repos/{ORG}/{REPO}");
    let modified = header(&get(&story, &path, &[]).await, "last-modified");
    assert_eq!(modified, "Mon, 23 Nov 2026 17:44:59 GMT");
    let since = [("if-modified-since", modified.as_str())];
    assert_eq!(get(&story, &path, &since).await.status(), 304);
    story.clock.forward(TimeDelta::seconds(1));
    assert_eq!(get(&story, &path, &since).await.status(), 304);
    story.emulator.create_repository(REPO, false);
    let changed = get(&story, &path, &since).await;
    assert_eq!(changed.status(), 200);
    let modified = header(&changed, "last-modified");
    assert_eq!(modified, "Mon, 23 Nov 2026 17:45:00 GMT");
}

#[tokio::test]
async fn only_what_was_read_has_a_tag() {
    let story = story().await;
    let missing = get(&story, "/orgs/nobody/actions/runners", &[]).await;
    assert_eq!(
        (missing.status().as_u16(), header(&missing, "etag")),
        (404, String::new())
    );
    let path = "/app/installations/98765432/access_tokens";
    let made = story.send(Method::POST, path, &story.jwt(), None).await;
    assert_eq!(
        (made.status().as_u16(), header(&made, "etag")),
        (201, String::new())
    );
}

#[tokio::test]
async fn a_tag_can_be_asked_for_without_the_answer() {
    let story = story().await;
    let path = format!("/orgs/{ORG}/actions/runners");
    let read = story.send(Method::GET, &path, &story.token, None).await;
    let asked = story.send(Method::HEAD, &path, &story.token, None).await;
    assert_eq!(asked.status(), 200);
    assert_eq!(header(&asked, "etag"), header(&read, "etag"));
    assert_eq!(asked.text().await.unwrap(), "");
}
