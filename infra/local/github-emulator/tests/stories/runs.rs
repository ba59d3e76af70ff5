//! Runs: order, conditions, cancellation, environments, second tries.

use std::collections::BTreeMap;

use github_emulator::{Access, App, Conclusion, Job, JobStatus, Settings};
use serde_json::json;

use crate::support::{ORG, REPO, Story, story, story_with};

/// An installation that may also change runs.
async fn story_with_actions() -> Story {
    let mut app = App::default();
    app.permissions.insert("actions".to_owned(), Access::Write);
    story_with(Settings {
        app,
        ..Settings::default()
    })
    .await
}

fn conclusions(jobs: Vec<Job>) -> BTreeMap<String, Option<Conclusion>> {
    jobs.into_iter()
        .map(|job| (job.name, job.conclusion))
        .collect()
}

async fn serve(story: &Story, name: &str) {
    let (code, said) = story.runner(name, &["self-hosted"]).await.end().await;
    assert_eq!(code, 0, "{said}");
}

const CHAIN: &str = r"
on: push
jobs:
  first: {runs-on: self-hosted, steps: [{run: 'exit 3'}]}
  second: {needs: first, runs-on: self-hosted, steps: [{run: echo never}]}
  report: {needs: [first, second], if: always(), runs-on: self-hosted, steps: [{run: 'echo ${{ needs.first.result }}'}]}
";

#[tokio::test]
async fn what_needs_a_failed_job_is_skipped_unless_it_runs_always() {
    let story = story().await;
    let run = story.commit(CHAIN);
    serve(&story, "jit-1").await;
    serve(&story, "jit-2").await;
    let jobs = story.emulator.jobs_of(run);
    let log = story.emulator.job_log(jobs[2].id).unwrap();
    assert!(log.contains("Z failure"), "{log}");
    assert_eq!(
        conclusions(jobs),
        BTreeMap::from([
            ("first".to_owned(), Some(Conclusion::Failure)),
            ("report".to_owned(), Some(Conclusion::Success)),
            ("second".to_owned(), Some(Conclusion::Skipped)),
        ])
    );
    let (_, shown) = story
        .get(&format!("/repos/{ORG}/{REPO}/actions/runs/{run}"))
        .await;
    assert_eq!(
        (&shown["status"], &shown["conclusion"]),
        (&json!("completed"), &json!("failure"))
    );
}

#[tokio::test]
async fn a_failed_job_of_a_matrix_cancels_the_others() {
    let story = story().await;
    let run = story.commit(
        "on: push\njobs: {t: {strategy: {matrix: {n: [1, 2]}}, runs-on: self-hosted, steps: [{run: 'false'}]}}",
    );
    serve(&story, "jit-1").await;
    let ends: Vec<_> = conclusions(story.emulator.jobs_of(run))
        .into_values()
        .collect();
    assert_eq!(
        ends,
        [Some(Conclusion::Failure), Some(Conclusion::Cancelled)]
    );
}

#[tokio::test]
async fn max_parallel_keeps_jobs_back() {
    let story = story().await;
    let run = story.commit(
        "on: push\njobs: {t: {strategy: {max-parallel: 1, matrix: {n: [1, 2]}}, runs-on: self-hosted, steps: [{run: 'true'}]}}",
    );
    assert_eq!(story.emulator.jobs_of(run).len(), 1);
    serve(&story, "jit-1").await;
    assert_eq!(story.emulator.jobs_of(run).len(), 2);
}

#[tokio::test]
async fn a_job_of_a_protected_environment_is_queued_waiting_and_queued_again() {
    let story = story().await;
    story.emulator.protect_environment(REPO, "production");
    let run = story.commit(
        "on: push\njobs: {t: {environment: production, runs-on: self-hosted, steps: [{run: 'true'}]}}",
    );
    let id = story.emulator.jobs_of(run)[0].id;
    assert_eq!(story.emulator.job(id).unwrap().status, JobStatus::Waiting);
    assert!(story.emulator.approve(id));
    assert!(!story.emulator.approve(id), "once is enough");
    serve(&story, "jit-1").await;
    let seen: Vec<_> = story
        .emulator
        .job(id)
        .unwrap()
        .transitions
        .iter()
        .map(|one| one.status.name())
        .collect();
    assert_eq!(
        seen,
        ["queued", "waiting", "queued", "in_progress", "completed"]
    );
}

#[tokio::test]
async fn a_cancelled_run_has_no_job_left_and_cannot_be_cancelled_again() {
    let story = story_with_actions().await;
    let run = story.commit(CHAIN);
    let path = format!("/repos/{ORG}/{REPO}/actions/runs/{run}/cancel");
    assert_eq!(story.post(&path, &json!({})).await.0, 202);
    // `report` runs always, even now.
    serve(&story, "jit-1").await;
    let (status, body) = story.post(&path, &json!({})).await;
    assert_eq!(status, 409, "{body}");
}

#[tokio::test]
async fn a_rerun_needs_permission_and_an_ended_run() {
    let story = story().await;
    let run = story.commit(CHAIN);
    let job = story.emulator.jobs_of(run)[0].id;
    let path = format!("/repos/{ORG}/{REPO}/actions/jobs/{job}/rerun");
    assert_eq!(story.post(&path, &json!({})).await.0, 403);
    assert!(!story.emulator.rerun_job(job));
}

#[tokio::test]
async fn a_rerun_is_a_new_attempt_with_new_jobs_for_what_depends_on_it() {
    let story = story_with_actions().await;
    let run = story.commit(CHAIN);
    serve(&story, "jit-1").await;
    serve(&story, "jit-2").await;
    let first = story.emulator.jobs_of(run)[0].clone();
    let path = format!("/repos/{ORG}/{REPO}/actions/jobs/{}/rerun", first.id);
    assert_eq!(story.post(&path, &json!({})).await.0, 201);
    let again = story.emulator.jobs_of(run).pop().unwrap();
    assert_eq!((again.name.as_str(), again.run_attempt), ("first", 2));
    assert_ne!(again.id, first.id);
    serve(&story, "jit-3").await;
    serve(&story, "jit-4").await;
    assert_eq!(story.emulator.jobs_of(run).len(), 6);
    let path = format!("/repos/{ORG}/{REPO}/actions/runs/{run}/jobs");
    let (_, latest) = story.get(&path).await;
    assert_eq!(latest["total_count"], 3);
    let (_, all) = story.get(&format!("{path}?filter=all&per_page=4")).await;
    assert_eq!(all["total_count"], 6);
    assert_eq!(all["jobs"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_job_s_log_and_an_unknown_job_are_not_found_before_their_time() {
    let story = story().await;
    let run = story.commit(CHAIN);
    let job = story.emulator.jobs_of(run)[0].id;
    let path = format!("/repos/{ORG}/{REPO}/actions/jobs");
    let (status, shown) = story.get(&format!("{path}/{job}")).await;
    assert_eq!((status, &shown["status"]), (200, &json!("queued")));
    assert_eq!(shown["runner_id"], json!(null));
    assert_eq!(story.get(&format!("{path}/{job}/logs")).await.0, 404);
    assert_eq!(story.get(&format!("{path}/1")).await.0, 404);
}

#[tokio::test]
async fn runs_are_found_by_their_status_or_conclusion() {
    let story = story().await;
    let count = async |status: &str| {
        let path = format!("/repos/{ORG}/{REPO}/actions/runs?status={status}");
        let (_, runs) = story.get(&path).await;
        runs["total_count"].as_u64()
    };
    story.commit("on: push\njobs: {t: {runs-on: self-hosted, steps: [{run: 'true'}]}}");
    assert_eq!(count("queued").await, Some(1));
    assert_eq!(count("in_progress").await, Some(0));
    serve(&story, "jit-1").await;
    assert_eq!(count("queued").await, Some(0));
    assert_eq!(count("completed").await, Some(1));
    assert_eq!(count("success").await, Some(1));
    assert_eq!(count("failure").await, Some(0));
}

#[tokio::test]
async fn a_log_is_kept_elsewhere_for_a_minute_and_for_whoever_has_its_address() {
    let story = story().await;
    let run =
        story.commit("on: push\njobs: {t: {runs-on: self-hosted, steps: [{run: echo said}]}}");
    serve(&story, "jit-1").await;
    let job = story.emulator.jobs_of(run)[0].id;
    let no_redirect = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().no_proxy().redirect(no_redirect);
    let http = http.user_agent("story").build().unwrap();
    let base = story.emulator.base_url();
    let url = format!("{base}/repos/{ORG}/{REPO}/actions/jobs/{job}/logs");
    let answer = http
        .get(url)
        .bearer_auth(&story.token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 302);
    let address = answer.headers()["location"].to_str().unwrap();
    let read = async |address: &str| {
        let answer = http.get(address).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, log) = read(address).await;
    assert_eq!(status, 200);
    assert!(log.contains("Z said"), "{log}");
    let forged = format!("{address}0");
    assert_eq!(read(&forged).await.0, 403);
    story.clock.forward(chrono::TimeDelta::seconds(61));
    assert_eq!(read(address).await.0, 403);
}
