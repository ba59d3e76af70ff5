//! Executions that ended red: redriven where that may help, and never where a
//! person decided or must mend something.

use crate::{count, is_idle, repository, world};
use local::Fault;
use support::{World, workflows};

/// No Retry of the definition names it.
fn failure() -> Fault {
    Fault::FailBefore {
        error: "Injected.Fault".to_owned(),
        cause: "A test ordered this failure.".to_owned(),
    }
}

async fn one_has_ended_red(world: &World) -> String {
    world
        .until("an execution has ended red", || async {
            world.failed().await.is_some()
        })
        .await;
    world.failed().await.expect("it was there just now")
}

/// The execution that ended red is redriven, and its job is served by it.
async fn is_redriven(world: World) {
    one_has_ended_red(&world).await;
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redriven"), 1, "{answer}");
    world.all_jobs_are_over().await;
    let executions = world.executions().await;
    assert_eq!(executions.len(), 1);
    assert_eq!(executions[0].status, "SUCCEEDED");
    is_idle(&world).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_job_is_over_is_not_redriven_and_gives_its_claim_back() {
    let world = world().await;
    let machines = world.stage.place.step_functions();
    machines.inject("Release", failure(), 1);
    world.commit(&workflows::one("echo served"));
    one_has_ended_red(&world).await;
    world
        .until("the job is over", || async {
            let jobs = world.stage.github.jobs();
            jobs.iter().all(|job| job.conclusion.is_some())
        })
        .await;
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redriven"), 0, "{answer}");
    assert_eq!(count(&answer, "claims_removed"), 1, "{answer}");
    is_idle(&world).await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_failed_to_claim_is_redriven() {
    let world = world().await;
    let machines = world.stage.place.step_functions();
    machines.inject("Claim", failure(), 1);
    world.commit(&workflows::one("echo served"));
    is_redriven(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_failed_before_it_could_claim_is_redriven() {
    let world = world().await;
    let machines = world.stage.place.step_functions();
    machines.inject("Size", failure(), 1);
    world.commit(&workflows::one("echo served"));
    is_redriven(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_stopped_by_something_is_redriven() {
    let world = world().await;
    let machines = world.stage.place.step_functions();
    machines.inject("Mint", Fault::StopExecutionOnEnter, 1);
    world.commit(&workflows::one("echo served"));
    is_redriven(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_a_person_cancelled_stays_cancelled() {
    let world = world().await;
    world.has_seen(&repository());
    // It waits for GitHub long enough to be cancelled there.
    world.stage.github.inject(github_emulator::Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 1,
        kind: github_emulator::FaultKind::Status(
            429,
            vec![("retry-after".to_owned(), "3600".to_owned())],
            "{}".to_owned(),
        ),
    });
    world.commit(&workflows::one("echo never"));
    world
        .until("the execution waits for GitHub", || async {
            let executions = world.executions().await;
            executions.iter().any(|execution| {
                execution.states.last().map(String::as_str) == Some("WaitForGitHub")
            })
        })
        .await;
    let arn = world.executions().await.remove(0).arn;
    let config = observe::clients::local_config(&world.stage.place.endpoint()).await;
    let fleet = observe::fleet::Fleet::new(&config, observe::names::Names::new("jit-runners"));
    let options = observe::cancel::Options {
        even_if_running: false,
        by: "a test".to_owned(),
    };
    observe::cancel::cancel(&fleet, &arn, &options)
        .await
        .expect("it can be cancelled");
    for _ in 0..3 {
        let answer = world.reconcile().await;
        assert_eq!(count(&answer, "redriven"), 0, "{answer}");
        assert_eq!(count(&answer, "jobs_started"), 0, "{answer}");
        assert_eq!(count(&answer, "errors"), 0, "{answer}");
    }
    let executions = world.executions().await;
    assert_eq!(executions.len(), 1);
    assert_eq!(executions[0].status, "ABORTED");
    let job = world.stage.github.jobs().remove(0);
    world.stage.github.cancel_job(job.id);
    world.remove_claim(&format!("job#{}#1", job.id));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_job_waits_for_another_policy() {
    let world = world().await;
    world.has_seen(&repository());
    world.commit(&workflows::jobs(&["profile=huge"], "echo never"));
    let execution = one_has_ended_red(&world).await;
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redriven"), 0, "{answer}");
    assert_eq!(count(&answer, "jobs_started"), 0, "{answer}");
    // As if it had been rejected by a policy before.
    let job = world.stage.github.jobs().remove(0);
    let pk = format!("job#{}#1", job.id);
    let mut claim = world.claim(&pk).expect("the rejection is written down");
    assert_eq!(claim["owner"]["S"], execution);
    claim["policy_hash"]["S"] = "another".into();
    world.put_claim(&claim);
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redriven"), 1, "{answer}");
    world.executions_have_ended(1).await;
    // The policy in force says the same; it is not asked a third time.
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redriven"), 0, "{answer}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_each_time_is_redriven_five_times() {
    let world = world().await;
    let machines = world.stage.place.step_functions();
    machines.inject("Claim", failure(), 100);
    world.commit(&workflows::one("echo never"));
    for _ in 0..5 {
        one_has_ended_red(&world).await;
        let answer = world.reconcile().await;
        assert_eq!(count(&answer, "redriven"), 1, "{answer}");
        world.executions_have_ended(1).await;
    }
    let answer = world.reconcile().await;
    assert_eq!(count(&answer, "redriven"), 0, "{answer}");
    assert_eq!(count(&answer, "left"), 1, "{answer}");
    world.nothing_is_left().await;
}
