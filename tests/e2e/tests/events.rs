//! Events that come twice, late, out of order or between two others: each job
//! has the runner that it needs, and no second one.

use github_emulator::{DeliveryId, JobStatus};
use jit_runners::stage::REPOSITORY;
use support::{World, workflows};

/// GitHub's own delivery of the event `queued`, once it was answered.
async fn queued_delivery(world: &World) -> DeliveryId {
    let find = || {
        let deliveries = world.stage.github.deliveries().into_iter();
        let mut queued = deliveries.filter(|delivery| {
            delivery.action.as_deref() == Some("queued") && delivery.status_code == 202
        });
        queued.next().map(|delivery| delivery.id)
    };
    world
        .until("the delivery was answered", || async { find().is_some() })
        .await;
    find().expect("there is one")
}

/// The outcomes of all executions, sorted.
async fn outcomes(world: &World) -> Vec<String> {
    let executions = world.executions().await;
    for execution in &executions {
        assert_eq!(execution.status, "SUCCEEDED", "{execution:#?}");
    }
    let mut outcomes: Vec<String> = executions
        .into_iter()
        .map(|execution| {
            let state = execution.states.last().cloned().unwrap_or_default();
            execution.outcome.unwrap_or(state)
        })
        .collect();
    outcomes.sort();
    outcomes
}

/// Of so many executions one has served the job (nudged, it looks once more and
/// finds it served), by the one task that there is; the others are duplicates.
async fn one_runner_served(world: &World, executions: usize) {
    let outcomes = outcomes(world).await;
    assert_eq!(outcomes.len(), executions, "{outcomes:?}");
    let (last, others) = outcomes.split_last().expect("there is one");
    assert!(last.starts_with("served"), "{outcomes:?}");
    assert!(
        others.iter().all(|outcome| outcome == "duplicate"),
        "{outcomes:?}"
    );
    assert_eq!(world.tasks().len(), 1);
    let job = world.evidence().await.remove(0);
    assert_eq!(job.conclusion.as_deref(), Some("success"));
}

/// Whether the function release has ended with this word.
fn has_released(world: &World, outcome: &str) -> bool {
    let log = world.function_log("release");
    log.iter()
        .any(|line| line["message"] == "release" && line["outcome"] == outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waited_for_an_approval_is_served_by_its_second_queued_event() {
    let world = World::start().await;
    let github = &world.stage.github;
    github.protect_environment(REPOSITORY, "production");
    world.commit(
        "on: push\njobs: {t: {environment: production, runs-on: [self-hosted, '1'], steps: [{run: 'true'}]}}",
    );
    let job = github.jobs().remove(0);
    assert_eq!(job.status, JobStatus::Waiting);
    world.executions_have_ended(1).await;
    assert_eq!(outcomes(&world).await, ["waiting"]);
    assert!(world.tasks().is_empty());

    assert!(github.approve(job.id));
    world.executions_have_ended(2).await;
    world.all_jobs_are_over().await;
    assert_eq!(outcomes(&world).await, ["served", "waiting"]);
    assert_eq!(world.tasks().len(), 1);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_approved_while_its_first_event_is_still_looked_at_has_one_runner() {
    let world = World::start().await;
    let github = &world.stage.github;
    github.protect_environment(REPOSITORY, "production");
    // The first execution holds the claim while the second event comes.
    github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/access_tokens".to_owned(),
        times: 1,
        kind: github_emulator::FaultKind::Delay(std::time::Duration::from_millis(1500)),
    });
    world.commit(
        "on: push\njobs: {t: {environment: production, runs-on: [self-hosted, '1'], steps: [{run: 'true'}]}}",
    );
    let job = github.jobs().remove(0);
    assert!(github.approve(job.id));
    world.executions_have_ended(2).await;
    world.all_jobs_are_over().await;
    one_runner_served(&world, 2).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queued_events_that_come_again_and_again_start_no_second_runner() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 1"));
    let first = queued_delivery(&world).await;
    for _ in 0..5 {
        assert!(world.stage.github.redeliver(first));
    }
    world.executions_have_ended(6).await;
    world.all_jobs_are_over().await;
    one_runner_served(&world, 6).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_event_after_the_job_s_end_ends_quietly() {
    let world = World::start().await;
    world.commit(&workflows::one("echo served"));
    let first = queued_delivery(&world).await;
    world.executions_have_ended(1).await;
    world.all_jobs_are_over().await;
    assert!(world.stage.github.redeliver(first));
    world.executions_have_ended(2).await;
    assert_eq!(outcomes(&world).await, ["served", "served_elsewhere"]);
    let late = world.executions().await.remove(1);
    assert!(!late.states.contains(&"RunRunner".to_owned()), "{late:#?}");
    assert_eq!(world.tasks().len(), 1);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completed_that_comes_before_queued_starts_no_runner() {
    let world = World::start().await;
    world.mute_webhooks();
    world.commit(&workflows::one("echo never"));
    let job = world.stage.github.jobs().remove(0);
    assert!(world.stage.github.cancel_job(job.id));
    let job = world.stage.github.jobs().remove(0);
    world.announce("completed", &job).await;
    world
        .until("release has looked", || async {
            has_released(&world, "no_claim")
        })
        .await;
    world.announce("queued", &job).await;
    world.executions_have_ended(1).await;
    assert_eq!(outcomes(&world).await, ["cancelled"]);
    assert!(world.tasks().is_empty());
    // The repository was noted, for whoever looks for forgotten jobs.
    let noted: Vec<_> = world
        .items(jit_runners::fleet::CLAIMS)
        .into_iter()
        .map(|item| item["pk"]["S"].clone())
        .collect();
    assert_eq!(noted, ["repo#foo-organisation/jit-fargate-test"]);
    world.nothing_is_left().await;
}
