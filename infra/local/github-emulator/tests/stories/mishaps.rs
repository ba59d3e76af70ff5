//! Faults by name: each, and what a client, a receiver or a runner sees of it.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use faults::Fault;
use github_emulator::{Conclusion, Emulator, GitHubFault, JobStatus};
use reqwest::Method;
use serde_json::Value;

use crate::support::{ORG, REPO, Story, story};
use crate::webhooks::{Receiver, delivered, receiver};

fn workflow(jobs: &[&str]) -> String {
    let job = |name: &&str| {
        format!("{name}: {{runs-on: self-hosted, steps: [{{run: echo hi}}, {{run: sleep 30}}]}}")
    };
    let jobs: Vec<String> = jobs.iter().map(job).collect();
    format!("on: push\njobs: {{{}}}", jobs.join(", "))
}

fn quick(name: &str) -> String {
    format!("on: push\njobs: {{{name}: {{runs-on: self-hosted, steps: [{{run: echo hi}}]}}}}")
}

fn order(story: &Story, fault: Fault<GitHubFault>) {
    story.emulator.faults().add(fault);
}

fn bodies(receiver: &Receiver) -> Vec<Value> {
    let got = receiver.got.lock().unwrap();
    got.iter()
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect()
}

fn actions(receiver: &Receiver) -> Vec<String> {
    let action = |body: Value| body["action"].as_str().unwrap().to_owned();
    bodies(receiver).into_iter().map(action).collect()
}

fn conclusions(github: &Emulator) -> Vec<Option<Conclusion>> {
    github.jobs().iter().map(|job| job.conclusion).collect()
}

#[tokio::test]
async fn each_refusal_has_githubs_status_and_headers_and_no_effect() {
    let story = story().await;
    let seconds = 7;
    let table = [
        (GitHubFault::Unauthorized {}, 401, None),
        (GitHubFault::Forbidden {}, 403, None),
        (
            GitHubFault::RateLimited { seconds },
            403,
            Some("x-ratelimit-reset"),
        ),
        (
            GitHubFault::SecondaryRateLimited { seconds },
            403,
            Some("retry-after"),
        ),
        (GitHubFault::NotFound {}, 404, None),
        (GitHubFault::Conflict {}, 409, None),
        (GitHubFault::Unprocessable {}, 422, None),
        (
            GitHubFault::TooManyRequests { seconds },
            429,
            Some("retry-after"),
        ),
        (GitHubFault::ServerError {}, 500, None),
        (GitHubFault::BadGateway {}, 502, None),
        (GitHubFault::ServiceUnavailable {}, 503, None),
    ];
    let mint = format!("/orgs/{ORG}/actions/runners/generate-jitconfig");
    for (what, status, header) in table {
        order(&story, Fault::once(what.clone()).on("mint-runner"));
        let list = format!("/orgs/{ORG}/actions/runners");
        assert_eq!(story.get(&list).await.0, 200, "only what was ordered");
        let refused = story.send(Method::POST, &mint, &story.token, None).await;
        assert_eq!(refused.status(), status, "{what:?}");
        for name in ["retry-after", "x-ratelimit-reset"] {
            let given = refused.headers().get(name);
            assert_eq!(given.is_some(), header == Some(name), "{what:?}");
        }
        let limit = refused.headers().get("x-ratelimit-reset");
        if let Some(reset) = limit {
            let at = story.clock.now() + TimeDelta::seconds(7);
            assert_eq!(reset.to_str().unwrap(), at.timestamp().to_string());
        }
    }
    assert!(story.emulator.runners().is_empty());
    assert!(story.emulator.faults().pending().is_empty());
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 201);
}

#[tokio::test]
async fn an_answer_is_lost_late_or_never_comes() {
    let story = story().await;
    order(
        &story,
        Fault::once(GitHubFault::AnswerLost {}).on("mint-runner"),
    );
    assert_eq!(story.mint("jit-1", &["a"]).await.0, 502);
    assert_eq!(
        story.mint("jit-1", &["a"]).await.0,
        409,
        "it has had its effect"
    );
    let list = format!("/orgs/{ORG}/actions/runners");
    order(
        &story,
        Fault::once(GitHubFault::SlowAnswer { seconds: 1 }).on("list-runners"),
    );
    let begun = Instant::now();
    assert_eq!(story.get(&list).await.0, 200);
    assert!(begun.elapsed() >= Duration::from_secs(1));
    order(
        &story,
        Fault::once(GitHubFault::NoAnswer { seconds: 60 }).on("GET"),
    );
    let asked = tokio::time::timeout(Duration::from_millis(200), story.get(&list)).await;
    assert!(asked.is_err(), "the client gives up first");
}

#[tokio::test]
async fn an_event_is_never_sent_and_nobody_knows_of_it() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    order(
        &story,
        Fault::once(GitHubFault::WebhookNeverSent {}).on("queued"),
    );
    story.commit(&quick("lost"));
    story.commit(&quick("heard"));
    delivered(&story, 1).await;
    assert_eq!(bodies(&receiver)[0]["workflow_job"]["name"], "heard");
}

#[tokio::test]
async fn a_failed_delivery_is_listed_and_can_be_sent_again() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    for status in [502, 0] {
        order(&story, Fault::once(GitHubFault::WebhookFailed { status }));
    }
    story.commit(&quick("a"));
    story.commit(&quick("b"));
    delivered(&story, 2).await;
    assert!(actions(&receiver).is_empty());
    let deliveries = story.emulator.deliveries();
    let mut statuses: Vec<u16> = deliveries.iter().map(|one| one.status_code).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [0, 502]);
    assert!(story.emulator.redeliver(deliveries[0].id));
    delivered(&story, 3).await;
    assert_eq!(actions(&receiver), ["queued"]);
    assert_eq!(story.emulator.deliveries()[2].guid, deliveries[0].guid);
}

#[tokio::test]
async fn an_event_comes_late_by_the_clock() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    order(
        &story,
        Fault::once(GitHubFault::WebhookDelayed { seconds: 60 }).on("late"),
    );
    story.commit(&quick("late"));
    story.commit(&quick("soon"));
    delivered(&story, 1).await;
    story.clock.forward(TimeDelta::seconds(60));
    delivered(&story, 2).await;
    let names: Vec<Value> = bodies(&receiver)
        .into_iter()
        .map(|body| body["workflow_job"]["name"].clone())
        .collect();
    assert_eq!(names, ["soon", "late"]);
}

#[tokio::test]
async fn an_event_comes_three_times_under_one_guid() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    order(
        &story,
        Fault::once(GitHubFault::WebhookRepeated { copies: 2 }),
    );
    story.commit(&quick("a"));
    delivered(&story, 3).await;
    assert_eq!(actions(&receiver), ["queued"; 3]);
    let deliveries = story.emulator.deliveries();
    assert!(deliveries.iter().all(|one| one.guid == deliveries[0].guid));
    assert_ne!(deliveries[0].id, deliveries[1].id);
}

#[tokio::test]
async fn a_later_event_passes_an_earlier_one() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    order(
        &story,
        Fault::once(GitHubFault::WebhookReordered { seconds: 60 }).on("queued"),
    );
    story.commit(&quick("a"));
    let job = story.emulator.jobs()[0].id;
    assert!(story.emulator.cancel_job(job));
    delivered(&story, 2).await;
    assert_eq!(actions(&receiver), ["completed", "queued"]);
    // Without a later event it comes when its time is over.
    order(
        &story,
        Fault::once(GitHubFault::WebhookReordered { seconds: 60 }).on("queued"),
    );
    story.commit(&quick("b"));
    story.clock.forward(TimeDelta::seconds(60));
    delivered(&story, 3).await;
}

#[tokio::test]
async fn a_foreign_runner_takes_a_job_and_ends_it() {
    let story = story().await;
    let fault = GitHubFault::JobTakenByForeignRunner {
        seconds: 5,
        runs_for: 20,
    };
    order(&story, Fault::once(fault).on("taken"));
    story.commit(&quick("taken"));
    assert_eq!(story.emulator.jobs()[0].status, JobStatus::Queued);
    story.clock.forward(TimeDelta::seconds(5));
    story
        .until(|github| github.jobs()[0].status == JobStatus::InProgress)
        .await;
    let by = story.emulator.jobs()[0].runner.clone().unwrap();
    assert!(by.name.starts_with("foreign-runner-"));
    assert!(story.emulator.runners().is_empty());
    story.clock.forward(TimeDelta::seconds(20));
    story
        .until(|github| conclusions(github) == [Some(Conclusion::Success)])
        .await;
}

#[tokio::test]
async fn a_runner_gets_the_sibling_of_its_job() {
    let story = story().await;
    order(
        &story,
        Fault::once(GitHubFault::RunnerTakenBySibling {}).on("first"),
    );
    let first = story.commit(&quick("first"));
    story.clock.forward(TimeDelta::seconds(1));
    let second = story.commit(&quick("second"));
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    assert_eq!(runner.end().await.0, 0);
    let served = &story.emulator.jobs_of(second)[0];
    assert_eq!(served.conclusion, Some(Conclusion::Success));
    assert_eq!(story.emulator.jobs_of(first)[0].status, JobStatus::Queued);
}

#[tokio::test]
async fn a_runner_gets_a_job_that_nobody_announced() {
    let story = story().await;
    let receiver = receiver(&story, 202, Duration::ZERO).await;
    order(&story, Fault::once(GitHubFault::RunnerTakenByForeignJob {}));
    let run = story.commit(&quick("ours"));
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    assert_eq!(runner.end().await.0, 0);
    assert_eq!(story.emulator.jobs_of(run)[0].status, JobStatus::Queued);
    let jobs = story.emulator.jobs();
    let foreign = jobs.iter().find(|job| job.name == "foreign").unwrap();
    assert_eq!(foreign.conclusion, Some(Conclusion::Success));
    assert_eq!(foreign.repository, REPO);
    delivered(&story, 3).await;
    let of_foreign: Vec<Value> = bodies(&receiver)
        .into_iter()
        .filter(|body| body["workflow_job"]["name"] == "foreign")
        .map(|body| body["action"].clone())
        .collect();
    assert_eq!(of_foreign.len(), 2, "{of_foreign:?}");
    assert!(!of_foreign.contains(&Value::from("queued")));
}

#[tokio::test]
async fn a_job_is_cancelled_at_each_point_of_its_life() {
    let story = story().await;
    order(
        &story,
        Fault::once(GitHubFault::JobCancelledQueued { seconds: 0 }).on("queued"),
    );
    order(
        &story,
        Fault::once(GitHubFault::JobCancelledOffered {}).on("offered"),
    );
    order(
        &story,
        Fault::once(GitHubFault::JobCancelledAcquired {}).on("acquired"),
    );
    order(
        &story,
        Fault::once(GitHubFault::JobCancelledRunning { seconds: 0 }).on("running"),
    );
    for (name, begins, ran) in [
        ("queued", false, false),
        ("offered", false, false),
        ("acquired", true, false),
        ("running", true, true),
    ] {
        let run = story.commit(&workflow(&[name]));
        let runner = story.runner(&format!("jit-{name}"), &["self-hosted"]).await;
        let cancelled =
            |github: &Emulator| github.jobs_of(run)[0].conclusion == Some(Conclusion::Cancelled);
        story.until(cancelled).await;
        let job = story.emulator.jobs_of(run).remove(0);
        assert_eq!(job.runner.is_some(), begins, "{name}");
        assert!(!ran || !job.steps.is_empty(), "{name}");
        drop(runner);
        for left in story.emulator.runners() {
            let path = format!("/orgs/{ORG}/actions/runners/{}", left.id);
            story.delete(&path).await;
        }
    }
}

#[tokio::test]
async fn a_runner_is_removed_while_it_listens() {
    let story = story().await;
    order(
        &story,
        Fault::once(GitHubFault::RunnerIdleRemoved { seconds: 30 }),
    );
    let runner = story.runner("jit-1", &["self-hosted"]).await;
    story
        .until(|github| github.runners().iter().any(|runner| runner.online))
        .await;
    story.clock.forward(TimeDelta::seconds(30));
    story.until(|github| github.runners().is_empty()).await;
    assert_ne!(runner.end().await.0, 0);
}
