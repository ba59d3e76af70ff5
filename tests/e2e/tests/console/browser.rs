//! The page in a real browser, before a fleet that runs: what people see and do.

use crate::given::{answer_mints, failed, mounted, newest, served, tidy};
use std::path::Path;
use support::browser::{Browser, can_browse, screenshots};
use support::{World, pictures, workflows};

/// A text that would be markup, would turn the direction of writing, and would
/// command a terminal; the script looks for the same.
const HOSTILE: &str = "<img src=x onerror=\"alert(1)\"></script><script>alert(2)</script>\u{202e}gnp.exe \u{1b}[31mred\u{1b}[0m";

fn start(story: &str, url: &str, words: &[&str]) -> Browser {
    let folder = screenshots().join("fleet");
    let mut all = vec![folder.to_str().unwrap(), story, url];
    all.extend(words);
    Browser::start("fleet.mjs", &all)
}

/// The demo's workflow, whose jobs end only when this file is there.
fn until(file: &Path) -> String {
    let article = include_str!("../../../../infra/cli/workflows/run-jit-test.yml");
    format!(
        "{}\n          while [ ! -e {} ]; do sleep 0.02; done\n",
        article.trim_end(),
        file.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_s_two_executions_go_through_their_states_live() {
    if !can_browse() {
        return;
    }
    let world = World::start().await;
    let (console, url) = mounted(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let released = folder.path().join("released");
    let mut browser = start("live", &url, &[]);
    browser.comes_to("an empty list").await;
    world.commit(&until(&released));
    browser.comes_to("both run").await;
    std::fs::write(&released, "").unwrap();
    browser.ends_well().await;
    pictures::keep(&["graph-running"]);
    console.shutdown().await;
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_one_is_redriven_from_the_page_and_succeeds() {
    if !can_browse() {
        return;
    }
    // Slow enough for retries to be told apart on the timeline.
    let world = World::with(|settings| settings.place.timer_speed = 20.0).await;
    answer_mints(&world, &[(503, 3), (403, 1)]);
    world.commit(&workflows::one("echo served"));
    world.executions_have_ended(1).await;
    let (console, url) = mounted(&world).await;
    let mut browser = start("redrive", &url, &[]);
    browser.comes_to("about to redrive").await;
    assert!(world.failed().await.is_some(), "asking changes nothing");
    browser.ends_well().await;
    pictures::keep(&["graph-failed", "timeline"]);
    console.shutdown().await;
    world.all_jobs_are_over().await;
    let executions = world.executions().await;
    assert_eq!(executions.len(), 1);
    assert_eq!(executions[0].status, "SUCCEEDED");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_failed_are_redriven_at_once() {
    if !can_browse() {
        return;
    }
    let world = failed(12).await;
    let (console, url) = mounted(&world).await;
    start("bulk", &url, &["12"]).ends_well().await;
    pictures::keep(&["list-failed", "bulk-redriven"]);
    console.shutdown().await;
    world.all_jobs_are_over().await;
    for job in world.stage.github.jobs() {
        let conclusion = job.conclusion.map(|conclusion| conclusion.name());
        assert_eq!(conclusion, Some("success"), "{}", job.name);
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_labels_and_log_lines_are_text() {
    if !can_browse() {
        return;
    }
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("lines");
    std::fs::write(&lines, format!("{HOSTILE}\n")).unwrap();
    // JSON's texts are YAML's, escapes included.
    let quoted = serde_json::to_string(HOSTILE).unwrap();
    world.commit(&format!(
        "name: {quoted}\non: push\njobs:\n  one:\n    name: {quoted}\n    runs-on: [self-hosted, \"<b>label</b>\"]\n    steps:\n      - run: cat {}\n",
        lines.display()
    ));
    world.all_jobs_are_over().await;
    let (console, url) = mounted(&world).await;
    start("hostile", &url, &[]).ends_well().await;
    console.shutdown().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_only_shows_offers_no_change() {
    if !can_browse() {
        return;
    }
    let world = failed(1).await;
    let (console, url) = served(&world, |settings| settings.read_only = true).await;
    start("readOnly", &url, &[]).ends_well().await;
    console.shutdown().await;
    assert!(world.failed().await.is_some(), "it is as it was");
    tidy(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_its_token_opens_the_console() {
    if !can_browse() {
        return;
    }
    let world = failed(1).await;
    let secret = "a-token-of-this-test";
    let (console, url) = served(&world, |settings| {
        settings.token = Some(secret.to_owned().into());
    })
    .await;
    let with_token = format!("{url}?token={secret}");
    start("token", &with_token, &[secret]).ends_well().await;
    console.shutdown().await;
    world.all_jobs_are_over().await;
    assert!(!newest(&world).await.is_empty());
    world.nothing_is_left().await;
}
