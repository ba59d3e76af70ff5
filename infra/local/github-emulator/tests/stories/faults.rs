//! Tests can order what goes wrong at GitHub.

use std::time::{Duration, Instant};

use github_emulator::{Fault, FaultKind};
use reqwest::Method;

use crate::support::{ORG, story};

fn fault(method: &str, path: &str, times: u32, kind: FaultKind) -> Fault {
    Fault {
        method: method.to_owned(),
        path_contains: path.to_owned(),
        times,
        kind,
    }
}

#[tokio::test]
async fn a_refusal_comes_as_often_as_ordered_with_its_headers_and_no_effect() {
    let story = story().await;
    let headers = vec![("retry-after".to_owned(), "7".to_owned())];
    let kind = FaultKind::Status(429, headers, r#"{"message":"slow down"}"#.to_owned());
    story
        .emulator
        .inject(fault("POST", "generate-jitconfig", 2, kind));
    let path = format!("/orgs/{ORG}/actions/runners");
    assert_eq!(story.get(&path).await.0, 200, "only what was ordered");
    let mint = format!("{path}/generate-jitconfig");
    let response = story.send(Method::POST, &mint, &story.token, None).await;
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(response.status(), 429);
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 429);
    assert!(story.emulator.runners().is_empty());
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 201);
    assert!(story.emulator.pending_faults().is_empty());
}

#[tokio::test]
async fn a_lost_answer_has_had_its_effect() {
    let story = story().await;
    story.emulator.inject(fault(
        "POST",
        "generate-jitconfig",
        1,
        FaultKind::LoseAnswer,
    ));
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 502);
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 409);
}

#[tokio::test]
async fn a_delay_delays() {
    let story = story().await;
    let time = Duration::from_millis(150);
    story
        .emulator
        .inject(fault("", "/actions/runners", 1, FaultKind::Delay(time)));
    let begin = Instant::now();
    assert_eq!(
        story.get(&format!("/orgs/{ORG}/actions/runners")).await.0,
        200
    );
    assert!(begin.elapsed() >= time);
}
