//! The commands that read a fleet, by the real binary: `jobs`, `show`,
//! `history`, `logs`, and what the program says of itself.

mod crowd;
mod docs;
mod ended;
mod examples;
mod hostile;
mod itself;
mod redriven;
mod refusals;
mod running;
mod terminal;
mod unreachable;
mod waiting;

use crate::program::{Ended, Program, alone};
use serde_json::Value;
use support::World;

/// What a program needs to take a place for AWS.
pub(crate) fn environment(endpoint: &str) -> Vec<(&str, &str)> {
    vec![
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_PROFILE", ""),
        ("JIT_RUNNERS_FLEET", ""),
        ("JIT_RUNNERS_CONSOLE", ""),
    ]
}

/// Starts the command against the place at `endpoint`.
pub(crate) fn start_at(endpoint: &str, words: &[&str]) -> Program {
    Program::start_in(&alone(), words, &environment(endpoint))
}

/// Runs the command against a world's place.
async fn run(world: &World, words: &[&str]) -> Ended {
    let endpoint = world.stage.place.endpoint();
    start_at(&endpoint, words).ended().await
}

/// What it said; it must have succeeded without a complaint.
async fn said(world: &World, words: &[&str]) -> String {
    let ended = run(world, words).await;
    assert_eq!(ended.complained, "", "{words:?}");
    assert_eq!(ended.status.code(), Some(0), "{words:?}");
    ended.said
}

/// The same as JSON.
async fn json(world: &World, words: &[&str]) -> Value {
    let words = [words, &["--output", "json"]].concat();
    let text = said(world, &words).await;
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The one job's row.
async fn only_row(world: &World) -> Value {
    let jobs = json(world, &["jobs"]).await;
    let rows = jobs["jobs"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{jobs}");
    rows[0].clone()
}

/// Waits until the one job's row is as it should be; that row.
async fn row_when(world: &World, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let began = std::time::Instant::now();
    loop {
        let jobs = json(world, &["jobs"]).await;
        if let Some(row) = jobs["jobs"].get(0).filter(|row| is(row)) {
            return row.clone();
        }
        assert!(began.elapsed().as_secs() < 90, "never {what}: {jobs}");
    }
}

fn text(of: &Value) -> String {
    of.as_str()
        .unwrap_or_else(|| panic!("no text: {of}"))
        .to_owned()
}
