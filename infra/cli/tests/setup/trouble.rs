//! What goes wrong, first: each ends with a sentence that says what was stored.

use crate::page::{address, created, get, http};
use crate::program::Ended;
use crate::story::{KEY, ORG, SECRET, Story};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use chrono::TimeDelta;
use nix::sys::signal::Signal;

fn assert_failed(ended: &Ended, wanted: &[&str]) {
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    assert_eq!(ended.said, "");
    let last = ended.complained.lines().last().unwrap();
    for words in wanted {
        assert!(last.contains(words), "{words:?} in {}", ended.complained);
    }
}

#[tokio::test]
async fn another_host_a_wrong_token_or_a_wrong_state_gets_nothing_and_harms_nothing() {
    let story = Story::begin().await;
    let mut setup = story.create(&[]);
    let start = address(&mut setup).await;
    let (base, token) = start.rsplit_once('/').unwrap();
    let host = [("host", "evil.example:80")];
    let other = http(base, "GET", &format!("/{token}"), &host, "").await;
    assert_eq!(other.status, 421);
    assert!(!other.body.contains("manifest"), "{}", other.body);
    assert_eq!(get(&format!("{base}/{}", "0".repeat(64))).await.status, 404);
    for query in [
        "",
        "?code=x",
        "?code=x&state=",
        "?code=x&state=wrong",
        "?state=x",
    ] {
        let answer = get(&format!("{base}/callback{query}")).await;
        assert_eq!(answer.status, 403, "{query}");
        assert!(answer.body.contains("belongs to another setup"));
    }
    assert_eq!(get(&format!("{base}/installed")).await.status, 409);
    let page = get(&start).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(policy.contains("; form-action http://127.0.0.1:"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(!page.body.contains("<script"));
    setup.signal(Signal::SIGINT);
    let ended = setup.ended().await;
    assert_failed(
        &ended,
        &["stopped before GitHub sent a code", "nothing was stored"],
    );
    assert_eq!(story.secret(KEY).await, None);
    assert_eq!(story.written(), None);
    story.end(&[&ended], &page.body).await;
}

#[tokio::test]
async fn a_code_that_is_over_an_hour_old_stores_nothing() {
    let story = Story::begin().await;
    let mut setup = story.create(&[]);
    let start = address(&mut setup).await;
    let back = created(&story, &start).await;
    story.forward(TimeDelta::minutes(61));
    let page = get(&back).await;
    assert_eq!(page.status, 502);
    assert!(page.body.contains("The setup has stopped"));
    let ended = setup.ended().await;
    assert_failed(
        &ended,
        &["good once and for an hour", "nothing was stored", "delete"],
    );
    assert_eq!(story.secret(KEY).await, None);
    story.end(&[&ended], &page.body).await;
}

#[tokio::test]
async fn nobody_at_the_page_is_said_with_what_may_be_the_reason() {
    let story = Story::begin().await;
    let mut setup = story.create(&["--timeout", "1"]);
    address(&mut setup).await;
    let ended = setup.ended().await;
    assert_failed(
        &ended,
        &[
            "within 1 s",
            "nothing was stored",
            "not an owner",
            "run `jit-runners setup",
        ],
    );
    story.end(&[&ended], "").await;
}

#[tokio::test]
async fn secrets_that_exist_are_not_replaced_unasked() {
    let story = Story::begin().await;
    story.place.put_secret(KEY, "the old key");
    let ended = story.create(&[]).ended().await;
    assert_failed(&ended, &[KEY, "exists", "nothing was changed", "--yes"]);
    assert_eq!(story.secret(KEY).await.unwrap(), "the old key");
    story.end(&[&ended], "").await;
}

/// A Secrets Manager that has nothing and does not create what `denied` names.
async fn denies(denied: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = async move |headers: HeaderMap, body: String| {
        let target = headers["x-amz-target"].to_str().unwrap();
        let refuse = |code: &str| {
            let body = serde_json::json!({"__type": code, "message": "the test says no"});
            (StatusCode::BAD_REQUEST, body.to_string()).into_response()
        };
        match target {
            "secretsmanager.DescribeSecret" => refuse("ResourceNotFoundException"),
            "secretsmanager.CreateSecret" if !body.contains(denied) => {
                "{\"ARN\": \"arn\", \"Name\": \"name\"}".into_response()
            }
            _ => refuse("AccessDeniedException"),
        }
    };
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_secret_that_may_not_be_written_is_said_with_what_is_stored_and_how_to_go_on() {
    for (denied, wanted) in [
        (
            KEY,
            &[
                "nothing of it was stored",
                "AccessDeniedException",
                "secretsmanager:CreateSecret",
                "--private-key FILE",
                "settings/apps/my-runners",
            ][..],
        ),
        (
            SECRET,
            &[
                "its key is stored in jit-runners/github-app-key",
                "webhook secret is not",
                "--app-id 123457",
            ],
        ),
    ] {
        let story = Story::begin().await;
        let mut setup = story.create_at(&denies(denied).await, &[]);
        let start = address(&mut setup).await;
        let page = get(&created(&story, &start).await).await;
        assert_eq!(page.status, 502, "{}", page.body);
        let ended = setup.ended().await;
        assert_failed(&ended, wanted);
        assert_eq!(story.written(), None);
        story.end(&[&ended], &page.body).await;
    }
}

#[tokio::test]
async fn wrong_words_and_a_wrong_address_are_said_before_anything_happens() {
    let story = Story::begin().await;
    let aws = story.place.endpoint();
    for (words, code, wanted) in [
        (&[][..], 2, "--organization"),
        (&["--organization", ORG, "--personal"], 2, "cannot be used"),
        (
            &["--organization", ORG, "--github-url", "http://github.com"],
            1,
            "is not GitHub's address",
        ),
        (&["--webhook"], 1, "names no GitHub App"),
        (
            &["--organization", ORG, "--app-id", "1"],
            1,
            "there is no secret",
        ),
    ] {
        let ended = story.start(&aws, words).ended().await;
        assert_eq!(ended.status.code(), Some(code), "{}", ended.complained);
        assert!(ended.complained.contains(wanted), "{}", ended.complained);
        assert_eq!(ended.complained.lines().count(), 1, "{}", ended.complained);
    }
    story.end(&[], "").await;
}
