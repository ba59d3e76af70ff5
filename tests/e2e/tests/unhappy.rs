//! What is not served: each with a clear answer and nothing left.

use serde_json::{Value, json};
use support::{World, workflows};

/// A `queued` event as GitHub sends it, as far as the function looks at it.
fn queued(job: u64, labels: &[&str], repository: &str, private: bool) -> Value {
    let (owner, name) = repository.split_once('/').expect("owner/name");
    json!({
        "action": "queued",
        "workflow_job": {
            "id": job, "run_id": 7, "run_attempt": 1, "name": "build", "workflow_name": "ci",
            "head_branch": "main", "head_sha": "0".repeat(40), "status": "queued",
            "conclusion": null, "created_at": "2026-11-23T12:00:00Z", "labels": labels,
            "runner_id": null, "runner_name": null, "html_url": "https://example.com/job",
        },
        "repository": {
            "id": 1, "name": name, "full_name": repository, "private": private,
            "visibility": if private { "private" } else { "public" }, "owner": {"login": owner},
        },
        "organization": {"login": owner},
        "sender": {"login": "octocat"},
    })
}

async fn the_only_execution_fails(world: &World, with: &str, sentence: &[&str]) {
    world.executions_have_ended(1).await;
    let execution = world.executions().await.remove(0);
    assert_eq!(execution.status, "FAILED");
    assert_eq!(execution.error.as_deref(), Some(with));
    let cause = execution.cause.expect("a failed execution has a cause");
    for part in sentence {
        assert!(cause.contains(part), "{part:?} is not in {cause}");
    }
    assert!(world.tasks().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_that_ask_for_64_vcpu_are_rejected_with_the_rule_and_the_nearest_size() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["vcpu-65536-mem-131072"], "echo never"));
    let words = [
        "vcpu-65536-mem-131072",
        "Fargate offers at most 32 vCPU",
        "cpu=16/mem=120",
    ];
    the_only_execution_fails(&world, "JobRejected", &words).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_profile_is_rejected_with_the_known_ones() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["profile=huge"], "echo never"));
    the_only_execution_fails(&world, "JobRejected", &["huge", "large"]).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_not_allowed_is_rejected() {
    let world = World::start().await;
    let body = queued(1, &["self-hosted", "1"], "other-organisation/secret", true).to_string();
    let answer = world.deliver("workflow_job", body.as_bytes()).await;
    assert_eq!(answer.status, 202);
    the_only_execution_fails(&world, "JobRejected", &["other-organisation/secret"]).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_or_none_is_refused() {
    let world = World::start().await;
    let body = queued(
        1,
        &["self-hosted"],
        "foo-organisation/jit-fargate-test",
        true,
    )
    .to_string();
    let wrong = format!("sha256={}", "0".repeat(64));
    for signature in [Some(wrong.as_str()), Some("sha1=00"), None] {
        let answer = world
            .deliver_signed("workflow_job", body.as_bytes(), signature)
            .await;
        assert!(
            [400, 401].contains(&answer.status),
            "{signature:?}: {}",
            answer.status
        );
        assert!(answer.body["message"].is_string(), "{}", answer.body);
    }
    assert!(world.stage.place.events().puts().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_is_refused() {
    let world = World::start().await;
    let answer = world.deliver("workflow_job", b"{\"action\": ").await;
    assert_eq!(answer.status, 400);
    assert!(answer.body["message"].is_string(), "{}", answer.body);
    assert!(world.stage.place.events().puts().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_body_is_refused() {
    let world = World::start().await;
    // Over the function's own limit of 5 MiB, and over Lambda's of 6 MB.
    for size in [5 * 1024 * 1024 + 1, 7 * 1024 * 1024] {
        let answer = world.deliver("workflow_job", &vec![b' '; size]).await;
        assert_eq!(answer.status, 413, "{size}");
    }
    assert!(world.stage.place.events().puts().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_delivery_starts_no_second_runner() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 1"));
    world
        .until("the first delivery was answered", || async {
            world.stage.github.deliveries().iter().any(|delivery| {
                delivery.action.as_deref() == Some("queued") && delivery.status_code == 202
            })
        })
        .await;
    let first = world
        .stage
        .github
        .deliveries()
        .into_iter()
        .find(|delivery| delivery.action.as_deref() == Some("queued"))
        .unwrap();
    assert!(world.stage.github.redeliver(first.id));
    world.executions_have_ended(2).await;
    world.all_jobs_are_over().await;
    let executions = world.executions().await;
    assert_eq!(executions.len(), 2);
    let minted = executions
        .iter()
        .filter(|execution| !execution.tasks.is_empty());
    assert_eq!(minted.count(), 1, "{executions:#?}");
    for execution in &executions {
        assert_eq!(execution.status, "SUCCEEDED");
    }
    assert_eq!(world.tasks().len(), 1);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_our_labels_is_not_for_us() {
    let world = World::with(|settings| {
        settings.policy = settings
            .policy
            .replace("other_labels = \"default-size\"", "");
    })
    .await;
    world.commit(&workflows::jobs(&["gpu-lab"], "echo never"));
    world.executions_have_ended(1).await;
    let execution = world.executions().await.remove(0);
    assert_eq!(execution.outcome.as_deref(), Some("not_for_us"));
    assert_eq!(
        execution.states.last().map(String::as_str),
        Some("NotForUs")
    );
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_before_its_execution_looks_ends_quietly() {
    let world = World::start().await;
    let github = &world.stage.github;
    // GitHub's answer to the mint's first question comes after the job's end.
    github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/access_tokens".to_owned(),
        times: 1,
        kind: github_emulator::FaultKind::Delay(std::time::Duration::from_millis(800)),
    });
    world.commit(&workflows::one("echo never"));
    let job = github.jobs().remove(0);
    assert!(github.cancel_job(job.id));
    world.executions_have_ended(1).await;
    let execution = world.executions().await.remove(0);
    assert_eq!(execution.status, "SUCCEEDED");
    assert_eq!(execution.outcome.as_deref(), Some("cancelled"));
    assert!(world.tasks().is_empty());
    world.nothing_is_left().await;
}
