//! What was left behind: tasks that never start, registrations of nobody,
//! expired items. What is at work is left alone.

use crate::{count, is_idle, repository, world};
use domain::clock::Clock;
use github::{App, Client, Http, Installation, NewRunner, Scope, Server, Signer};
use github_emulator::JobStatus;
use jit_runners::stage::ORGANIZATION;
use local::ecs::EcsFault;
use serde_json::json;
use support::{World, reconcile, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_never_starts_is_replaced() {
    let world = world().await;
    world
        .stage
        .place
        .ecs()
        .inject(EcsFault::StuckInProvisioning, 1);
    world.commit(&workflows::one("echo served"));
    world
        .until("the task is being provisioned", || async {
            world
                .tasks()
                .iter()
                .any(|task| task["lastStatus"] == "PROVISIONING")
        })
        .await;
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "tasks_stopped"), 1, "{answer}");
    world.all_jobs_are_over().await;
    let executions = world.executions().await;
    assert_eq!(executions.len(), 1);
    assert_eq!(executions[0].status, "SUCCEEDED");
    assert_eq!(world.tasks().len(), 2, "the stuck one and its successor");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_that_nobody_answers_for_is_deleted_at_the_second_look() {
    let world = world().await;
    world.has_seen(&repository());
    for name in ["jit-999-1-1", "somebody-s-own"] {
        register(&world, name).await;
    }
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "runners_deleted"), 0, "{answer}");
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "runners_deleted"), 1, "{answer}");
    let runners = world.stage.github.runners();
    let names: Vec<_> = runners.iter().map(|runner| runner.name.as_str()).collect();
    assert_eq!(names, ["somebody-s-own"]);
    is_idle(&world).await;
    world.stage.shutdown().await;
}

/// A runner that is registered and never started.
async fn register(world: &World, name: &str) {
    let github = &world.stage.deployed.app;
    let http = Http::new(
        &Server::new(&github.api_url).expect("the emulator has an address"),
        Clock::system(),
    )
    .expect("a client can be built");
    let installation = Installation {
        app_id: github.id.to_string(),
        installation_id: github.installation_id,
    };
    let client = Client::new(
        http,
        App::new(installation, Signer::pem(github.key.clone())),
    );
    let runner = NewRunner {
        name,
        runner_group_id: 1,
        labels: &["nobody".to_owned()],
        work_folder: "_work",
    };
    client
        .generate_jit_config(&Scope::Organization(ORGANIZATION.to_owned()), &runner)
        .await
        .expect("the runner is registered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_is_removed_and_nothing_else() {
    let world = world().await;
    let now = chrono::Utc::now().timestamp();
    let ago = |seconds: i64| json!({"N": (now - seconds).to_string()});
    let claim = |pk: &str, expired: i64| {
        json!({"pk": {"S": pk}, "owner": {"S": "arn:aws:states:us-east-1:000000000000:execution:jit-runners:gone"},
            "state": {"S": "failed"}, "wakes": {"N": "0"}, "seq": {"N": "1"}, "expires_at": ago(expired)})
    };
    world.put_claim(&claim("job#1#1", 26 * 3600));
    world.put_claim(
        &json!({"pk": {"S": "repo#acme/old"}, "seen_at": ago(9_000), "expires_at": ago(3600)}),
    );
    world.put_handover(
        &json!({"pk": {"S": "a".repeat(64)}, "jit_config": {"S": "x"}, "expires_at": ago(3600)}),
    );
    world.put_handover(
        &json!({"pk": {"S": "b".repeat(64)}, "jit_config": {"S": "x"}, "expires_at": ago(-600)}),
    );
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "claims_removed"), 1, "{answer}");
    assert_eq!(count(&answer, "expired_removed"), 2, "{answer}");
    assert_eq!(world.items("jit-runners-handover").len(), 1);
    let log = world.function_log("reconcile");
    let lines = log.iter().map(serde_json::Value::to_string);
    assert!(
        lines
            .into_iter()
            .all(|line| !line.contains(&"a".repeat(64))),
        "a hand-over key is in no log"
    );
    is_idle(&world).await;
    world.stage.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_runner_is_left_alone_even_if_nobody_answers_for_it() {
    let world = world().await;
    world.has_seen(&repository());
    world.commit(&workflows::one("sleep 4"));
    world
        .until("the job runs", || async {
            let jobs = world.stage.github.jobs();
            jobs.iter().any(|job| job.status == JobStatus::InProgress)
        })
        .await;
    let job = world.stage.github.jobs().remove(0);
    world.remove_claim(&format!("job#{}#1", job.id));
    for _ in 0..3 {
        let answer = world.reconcile().await;
        assert_eq!(count(&answer, "tasks_stopped"), 0, "{answer}");
        assert_eq!(count(&answer, "runners_deleted"), 0, "{answer}");
        assert_eq!(count(&answer, "errors"), 0, "{answer}");
    }
    world.all_jobs_are_over().await;
    let job = world.stage.github.jobs().remove(0);
    let conclusion = job.conclusion.map(|conclusion| conclusion.name());
    assert_eq!(conclusion, Some("success"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_without_trouble_costs_github_three_calls_a_period() {
    let world = World::with(|settings| {
        reconcile::at_once(settings);
        let rotation = ("RECONCILE_ROTATION_SECONDS".to_owned(), "600".to_owned());
        settings.reconcile.extend([rotation]);
    })
    .await;
    world.commit(&workflows::jobs(&["1", "1", "1"], "echo served"));
    world.executions_have_ended(3).await;
    world.all_jobs_are_over().await;
    world.has_seen(&repository());
    // The first one makes the turn over the repositories as well.
    is_idle(&world).await;
    for _ in 0..3 {
        let before = world.stage.github.api_requests();
        let answer = world.reconcile().await;
        let asked = world.stage.github.api_requests() - before;
        assert!(asked <= 3, "{asked} requests to GitHub: {answer}");
        assert_eq!(count(&answer, "github_calls"), asked, "{answer}");
    }
    world.nothing_is_left().await;
}
