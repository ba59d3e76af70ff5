//! The main job: queued jobs become verified single-use runners.

use jit_runners::evidence::{View, checks};
use serde_json::json;
use std::collections::BTreeSet;
use support::{World, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn two_jobs_are_served_by_a_runner_each() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["1", "2"], "echo hello from a step"));
    world.all_jobs_are_over().await;
    let jobs = world.evidence().await;
    for check in checks(&jobs, View::Everything, &|_| {
        Some("hello from a step".to_owned())
    }) {
        assert!(check.holds, "{}: {}", check.expected, check.observed);
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_its_own_steps_is_a_served_job() {
    let world = World::start().await;
    world.commit(&workflows::one("exit 3"));
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    assert_eq!(job.conclusion.as_deref(), Some("failure"));
    assert_eq!(job.outcome.as_deref(), Some("served"));
    assert_eq!(job.execution_status.as_deref(), Some("SUCCEEDED"));
    world.nothing_is_left().await;
}

/// Every form of size label, each of another size; a job's labels are its
/// runner's, so no job can be given another size's runner.
const SIZES: [&str; 5] = [
    "vcpu-256-mem-512",
    "vcpu-1024-mem-4096",
    "fargate/cpu=2/mem=8/disk=50",
    "large",
    "vcpu-8192-mem-20000",
];

#[tokio::test(flavor = "multi_thread")]
async fn fifty_jobs_of_mixed_sizes_are_served_none_twice() {
    let world = World::start().await;
    let labels: Vec<&str> = SIZES.iter().copied().cycle().take(50).collect();
    world.commit(&workflows::jobs(&labels, "echo done"));
    world.all_jobs_are_over().await;

    let jobs = world.evidence().await;
    assert_eq!(jobs.len(), 50);
    for job in &jobs {
        assert_eq!(job.conclusion.as_deref(), Some("success"), "{}", job.name);
        // GitHub pins no runner to a job: two jobs of one size may swap theirs.
        let outcome = job.outcome.as_deref().unwrap_or_default();
        assert!(
            ["served", "served_elsewhere"].contains(&outcome),
            "{}: {outcome}",
            job.name
        );
    }
    // None twice: each job was run by one runner, and no runner ran two.
    let github = world.stage.github.jobs();
    let runners: BTreeSet<_> = github
        .iter()
        .filter_map(|job| Some(job.runner.as_ref()?.id))
        .collect();
    assert_eq!(runners.len(), 50);
    for task in world.tasks() {
        let log = world.task_log(&task);
        let ran = log.iter().filter(|line| line.contains("Running job: "));
        assert!(ran.count() <= 1, "{log:?}");
    }
    let executions = world.executions().await;
    assert_eq!(executions.len(), 50);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runners_register_at_the_repository_of_an_enterprise_server() {
    let world = World::with(|settings| {
        settings.scope = "repository";
        settings.enterprise_server = true;
    })
    .await;
    world.commit(&workflows::one("echo hello"));
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    assert_eq!(job.outcome.as_deref(), Some("served"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_only_kms_has_serves_a_job() {
    let world = World::with(|settings| settings.app_key_in_kms = true).await;
    // No process could find the PEM anywhere: its secret does not exist.
    let secrets = world.stage.place.secrets();
    let listed = secrets.call("ListSecrets", json!({})).expect("a list");
    let names = listed["SecretList"].as_array().expect("secrets");
    assert_eq!(names.len(), 1);
    assert_eq!(names[0]["Name"], "jit-runners/github-webhook-secret");
    world.commit(&workflows::one("echo hello"));
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    assert_eq!(job.outcome.as_deref(), Some("served"));
    world.nothing_is_left().await;
}
