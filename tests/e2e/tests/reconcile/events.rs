//! Jobs whose event never arrived.

use crate::{count, is_idle, repository, world};
use github_emulator::{Fault, FaultKind};
use jit_runners::fleet::{BUS, DEAD_LETTERS, LIVE, RULE};
use support::{World, reconcile, workflows};

/// Nobody listens here.
const NOWHERE: &str = "http://127.0.0.1:9/";

async fn deliveries_have_failed(world: &World, times: usize) {
    world
        .until("deliveries have failed", || async {
            let deliveries = world.stage.github.deliveries();
            deliveries.iter().filter(|one| one.status_code == 0).count() == times
        })
        .await;
}

fn deliver_again(world: &World) {
    let url = world.stage.fleet.webhook_url.clone();
    let secret = world.stage.webhook_secret.clone();
    world.stage.github.set_webhook(url, secret);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_delivery_s_job_gets_its_execution_by_one_period() {
    let world = world().await;
    let secret = world.stage.webhook_secret.clone();
    world.stage.github.set_webhook(NOWHERE, secret);
    world.commit(&workflows::one("echo served"));
    deliveries_have_failed(&world, 1).await;
    deliver_again(&world);
    assert!(world.executions().await.is_empty());

    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redelivered"), 1, "{answer}");
    world.executions_have_ended(1).await;
    world.all_jobs_are_over().await;
    assert_eq!(world.executions().await.len(), 1);
    is_idle(&world).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_fails_again_is_tried_five_times_and_then_left_to_a_person() {
    let world = world().await;
    let secret = world.stage.webhook_secret.clone();
    world.stage.github.set_webhook(NOWHERE, secret);
    world.commit(&workflows::one("echo never"));
    deliveries_have_failed(&world, 1).await;
    for times in 2..=6 {
        let answer = world.reconcile().await;
        assert_eq!(count(&answer, "redelivered"), 1, "{answer}");
        deliveries_have_failed(&world, times).await;
    }
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redelivered"), 0, "{answer}");
    assert_eq!(count(&answer, "left"), 1, "{answer}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_of_the_organisation_s_webhook_is_sent_again_as_well() {
    let world = World::with(|settings| {
        reconcile::at_once(settings);
        let permissions = &mut settings.github.app.permissions;
        permissions.insert(
            "organization_hooks".to_owned(),
            github_emulator::Access::Write,
        );
        // The App itself subscribes to nothing.
        settings.github.app.events.clear();
        let hook = format!("{}/412660930", jit_runners::stage::ORGANIZATION);
        settings
            .reconcile
            .insert("RECONCILE_ORG_HOOK_ID".to_owned(), hook);
    })
    .await;
    let github = &world.stage.github;
    let secret = world.stage.webhook_secret.clone();
    github.set_organization_webhook(NOWHERE, secret.clone());
    world.commit(&workflows::one("echo served"));
    deliveries_have_failed(&world, 1).await;
    github.set_organization_webhook(world.stage.fleet.webhook_url.clone(), secret);

    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redelivered"), 1, "{answer}");
    world.executions_have_ended(1).await;
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_event_was_never_sent_is_found_by_rotation() {
    let world = World::with(|settings| {
        reconcile::at_once(settings);
        settings.github.app.events.clear();
    })
    .await;
    world.has_seen(&repository());
    world.commit(&workflows::jobs(&["1", "1"], "echo served"));
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "jobs_started"), 2, "{answer}");
    world.executions_have_ended(2).await;
    world.all_jobs_are_over().await;
    let machines = world.stage.place.step_functions();
    for execution in world.executions().await {
        let input = serde_json::json!({"executionArn": execution.arn});
        let described = machines.call("DescribeExecution", input);
        let input = described.expect("it is there")["input"].to_string();
        assert!(input.contains("reconcile-"), "{input}");
    }
    assert_eq!(world.executions().await.len(), 2);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_somebody_answers_for_is_not_started_twice() {
    let world = world().await;
    world.has_seen(&repository());
    // The mint hangs, so the job is queued and claimed meanwhile.
    world.stage.github.inject(Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 1,
        kind: FaultKind::Delay(std::time::Duration::from_secs(3)),
    });
    world.commit(&workflows::one("echo served"));
    world
        .until("the job is claimed", || async {
            let job = world.stage.github.jobs().remove(0);
            world.claim(&format!("job#{}#1", job.id)).is_some()
        })
        .await;
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "jobs_started"), 0, "{answer}");
    world.all_jobs_are_over().await;
    assert_eq!(world.executions().await.len(), 1);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_somebody_else_s_runners_is_not_started_again_and_again() {
    let world = World::with(|settings| {
        reconcile::at_once(settings);
        settings.github.app.events.clear();
        settings.policy = settings
            .policy
            .replace("other_labels = \"default-size\"", "");
    })
    .await;
    world.has_seen(&repository());
    world.commit(&workflows::jobs(&["gpu-lab"], "echo never"));
    for _ in 0..2 {
        let answer = world.reconcile().await;
        assert_eq!(count(&answer, "jobs_started"), 0, "{answer}");
    }
    assert!(world.executions().await.is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn github_s_patience_is_obeyed_and_the_rest_is_done_all_the_same() {
    let world = world().await;
    world.has_seen(&repository());
    let past = chrono::Utc::now().timestamp() - 3600;
    world.put_handover(&serde_json::json!({
        "pk": {"S": "0".repeat(64)}, "jit_config": {"S": "x"}, "expires_at": {"N": past.to_string()},
    }));
    world.stage.github.inject(Fault {
        method: "GET".to_owned(),
        path_contains: "/app/hook/deliveries".to_owned(),
        times: 1,
        kind: FaultKind::Status(
            429,
            vec![("retry-after".to_owned(), "30".to_owned())],
            "{}".to_owned(),
        ),
    });
    let before = world.stage.github.api_requests();
    let answer = world.reconcile().await;
    // Deliveries, runners and jobs wait; the tables are looked after.
    assert_eq!(count(&answer, "cut_short"), 3, "{answer}");
    assert_eq!(count(&answer, "errors"), 0, "{answer}");
    assert_eq!(count(&answer, "expired_removed"), 1, "{answer}");
    // The emulator's fault answers before its count.
    assert_eq!(world.stage.github.api_requests() - before, 0);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_no_target_took_is_replayed_from_the_dead_letters() {
    let world = world().await;
    let events = world.stage.place.events();
    let live = format!("{}:{LIVE}", world.stage.fleet.state_machine);
    let aim = |arn: &str| {
        let queue = local::sqs::arn(DEAD_LETTERS);
        let target =
            serde_json::json!({"Id": "target", "Arn": arn, "DeadLetterConfig": {"Arn": queue}});
        let input = serde_json::json!({"Rule": RULE, "EventBusName": BUS, "Targets": [target]});
        events.call("PutTargets", input).expect("the target is set");
    };
    aim("arn:aws:states:us-east-1:123456789012:stateMachine:gone");
    world.commit(&workflows::one("echo served"));
    let letters = || world.stage.place.sqs().messages(DEAD_LETTERS).len();
    world
        .until("the event is a dead letter", || async { letters() == 1 })
        .await;
    aim(&live);
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "replayed"), 1, "{answer}");
    assert_eq!(letters(), 0);
    world.executions_have_ended(1).await;
    world.all_jobs_are_over().await;
    is_idle(&world).await;
    world.nothing_is_left().await;
}
