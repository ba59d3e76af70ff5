//! Jobs that end without their runner, at every point of its life: it is gone
//! at once, unless it has another job.
//!
//! Where the test's own limits are minutes (a task that starts late, a runner
//! that listens in vain), an end that comes first was release's.

use github_emulator::{Fault, FaultKind, GitHubFault, Job};
use jit_runners::fleet::{CLAIMS, HANDOVER};
use local::ecs::EcsFault;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::{World, event, workflows};

/// Far more than a task waits for its start in these tests, far less than any
/// limit that would end it by itself.
const SOON: Duration = Duration::from_secs(90);
const LATE: Duration = Duration::from_secs(170);

fn job(world: &World, index: usize) -> Job {
    world.stage.github.jobs().remove(index)
}

/// The lines of release's log with this message.
fn said(world: &World, message: &str) -> Vec<Value> {
    let mut lines = world.function_log("release");
    lines.retain(|line| line["message"] == message);
    lines
}

async fn released(world: &World, outcome: &str) {
    world
        .until(&format!("release answers {outcome}"), || async {
            said(world, "release")
                .iter()
                .any(|line| line["outcome"] == outcome)
        })
        .await;
}

/// The claim of the only job, once it holds this attribute.
async fn claim_holds(world: &World, attribute: &str) {
    world
        .until(&format!("the claim holds {attribute}"), || async {
            world
                .items(CLAIMS)
                .iter()
                .any(|item| item.get(attribute).is_some())
        })
        .await;
}

/// The execution's own last words.
async fn output(world: &World, index: usize) -> Value {
    let arn = world.executions().await.remove(index).arn;
    let input = json!({"executionArn": arn});
    let described = world
        .stage
        .place
        .step_functions()
        .call("DescribeExecution", input)
        .expect("it is there");
    serde_json::from_str(described["output"].as_str().unwrap_or("null")).expect("JSON")
}

async fn the_only_execution_says_that_its_runner_was_removed(world: &World) {
    world.executions_have_ended(1).await;
    let output = output(world, 0).await;
    assert_eq!(output["outcome"], "cancelled", "{output}");
    let detail = output["detail"].as_str().unwrap_or_default();
    assert!(
        detail.starts_with("The job was cancelled. GitHub said so at ")
            && detail.ends_with("and its runner was removed."),
        "{detail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_while_its_task_starts_has_its_task_stopped() {
    let world = World::with(|settings| settings.place.ecs.pending = LATE).await;
    world.commit(&workflows::one("echo never"));
    world
        .until("the task was submitted", || async {
            !world.tasks().is_empty()
        })
        .await;
    let began = Instant::now();
    assert!(world.stage.github.cancel_job(job(&world, 0).id));
    the_only_execution_says_that_its_runner_was_removed(&world).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let task = world.tasks().remove(0);
    assert_eq!(task["stopCode"], "UserInitiated");
    assert_eq!(task["stoppedReason"], "Its job ended without it");
    assert!(task["startedAt"].is_null(), "it never ran: {task}");
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_while_its_runner_listens_has_it_removed_first() {
    let world = World::with(|settings| {
        settings.place.ecs.pending = Duration::from_secs(3);
    })
    .await;
    world.mute_webhooks();
    world.commit(&workflows::one("echo never"));
    world.announce("queued", &job(&world, 0)).await;
    claim_holds(&world, "runner_id").await;
    // GitHub knows already, the fleet does not yet.
    assert!(world.stage.github.cancel_job(job(&world, 0).id));
    world
        .until("the runner listens", || async {
            let runners = world.stage.github.runners();
            runners.iter().any(|runner| runner.online)
        })
        .await;
    assert!(world.items(HANDOVER).is_empty(), "the container has it");
    world.announce("completed", &job(&world, 0)).await;
    the_only_execution_says_that_its_runner_was_removed(&world).await;
    // A listener whose registration is gone leaves by itself; it may do so before
    // its task is told to stop.
    let code = world.tasks().remove(0)["stopCode"].clone();
    assert!(
        code == "UserInitiated" || code == "EssentialContainerExited",
        "{code}"
    );
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_between_claim_and_mint_gets_no_runner() {
    let world = World::start().await;
    world.stage.github.inject(Fault {
        method: "GET".to_owned(),
        path_contains: "/actions/jobs/".to_owned(),
        times: 1,
        kind: FaultKind::Delay(Duration::from_secs(4)),
    });
    world.commit(&workflows::one("echo never"));
    claim_holds(&world, "owner").await;
    assert!(world.stage.github.cancel_job(job(&world, 0).id));
    world.executions_have_ended(1).await;
    assert_eq!(output(&world, 0).await["outcome"], "cancelled");
    assert!(world.tasks().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cancelled_while_its_runner_is_registered_has_it_taken_back() {
    let world = World::start().await;
    world.stage.github.inject(Fault {
        method: "POST".to_owned(),
        path_contains: "/generate-jitconfig".to_owned(),
        times: 1,
        kind: FaultKind::Delay(Duration::from_secs(8)),
    });
    world.commit(&workflows::one("echo never"));
    // Name and key are in the claim before GitHub is asked for the runner.
    claim_holds(&world, "handover_key").await;
    assert!(world.stage.github.cancel_job(job(&world, 0).id));
    released(&world, "removed").await;
    the_only_execution_says_that_its_runner_was_removed(&world).await;
    let execution = world.executions().await.remove(0);
    let states = execution.states;
    assert!(!states.contains(&"RunRunner".to_owned()), "{states:?}");
    assert!(world.tasks().is_empty());
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_submitted_after_its_job_s_end_finds_nothing_to_start_with() {
    let world = World::with(|settings| {
        settings.place.timer_speed = 1.0;
        settings.place.ecs.pending = Duration::from_secs(4);
    })
    .await;
    // RunTask is retried after a pause, in which the job ends.
    world.stage.place.ecs().inject(
        EcsFault::RefuseRunTask {
            code: "ThrottlingException".to_owned(),
            message: "Rate exceeded.".to_owned(),
        },
        2,
    );
    world.commit(&workflows::one("echo never"));
    claim_holds(&world, "runner_id").await;
    assert!(world.stage.github.cancel_job(job(&world, 0).id));
    released(&world, "removed").await;
    assert!(world.stage.github.runners().is_empty());
    the_only_execution_says_that_its_runner_was_removed(&world).await;
    for task in world.tasks() {
        // Submitted after the release, or stopped by it before it started.
        let exit_code = &task["containers"][0]["exitCode"];
        assert!(*exit_code == 81 || exit_code.is_null(), "{task}");
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_of_the_end_that_is_wrong_ends_no_job_at_work() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 15"));
    world
        .until("the job runs", || async { job(&world, 0).runner.is_some() })
        .await;
    let mut wrong = event("completed", &job(&world, 0));
    wrong["workflow_job"]["runner_id"] = Value::Null;
    wrong["workflow_job"]["runner_name"] = Value::Null;
    world.deliver_event(&wrong).await;
    released(&world, "busy").await;
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    assert_eq!(job.outcome.as_deref(), Some("served"));
    assert_eq!(job.conclusion.as_deref(), Some("success"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_of_the_end_that_is_wrong_costs_a_waiting_job_one_more_runner() {
    let world = World::with(|settings| {
        settings.place.ecs.pending = Duration::from_secs(3);
    })
    .await;
    world.commit(&workflows::one("echo served"));
    claim_holds(&world, "runner_id").await;
    let wrong = event("completed", &job(&world, 0));
    world.deliver_event(&wrong).await;
    released(&world, "removed").await;
    world.all_jobs_are_over().await;
    let job = world.evidence().await.remove(0);
    assert_eq!(job.conclusion.as_deref(), Some("success"));
    assert!(job.runner_name.expect("a runner").ends_with("-2"));
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_somebody_else_s_runner_had_needs_ours_no_more() {
    let world = World::with(|settings| settings.place.ecs.pending = LATE).await;
    world.mute_webhooks();
    world.commit(&workflows::one("echo never"));
    world.announce("queued", &job(&world, 0)).await;
    claim_holds(&world, "runner_id").await;
    assert!(world.stage.github.cancel_job(job(&world, 0).id));
    let mut ended = event("completed", &job(&world, 0));
    ended["workflow_job"]["runner_id"] = json!(4242);
    ended["workflow_job"]["runner_name"] = json!("gpu-box");
    let began = Instant::now();
    // Twice, as EventBridge may.
    for _ in 0..2 {
        world.deliver_event(&ended).await;
    }
    world.executions_have_ended(1).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    world
        .until("both were answered", || async {
            said(&world, "release").len() == 2
        })
        .await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_runner_leaves_its_job_to_another_and_the_thief_s_own_is_left_alone() {
    let world = World::with(|settings| {
        settings.policy = format!("{}\n[limits]\nidle_seconds = 4\n", settings.policy);
        settings.place.ecs.pending = Duration::from_secs(6);
    })
    .await;
    world.mute_webhooks();
    // The second job's runner has all labels of the first: it may have either.
    world.commit(
        "on: push\njobs:\n  small: {runs-on: [self-hosted], steps: [{run: 'true'}]}\n  large: {runs-on: [self-hosted, large], steps: [{run: 'true'}]}\n",
    );
    let (small, large) = (job(&world, 0), job(&world, 1));
    world.announce("queued", &large).await;
    claim_holds(&world, "runner_id").await;
    // Three of the six seconds that a task takes to start: the large runner is first.
    let github = world.stage.github.faults();
    github.extend([faults::Fault::once(GitHubFault::SlowAnswer { seconds: 3 }).on("mint-runner")]);
    world.announce("queued", &small).await;
    world
        .until("the first job is over", || async {
            job(&world, 0).completed_at.is_some()
        })
        .await;
    // GitHub gave it, the oldest, to the runner that came first: the large one.
    let stolen = job(&world, 0).runner.expect("it ran");
    assert!(
        stolen.name.contains(&format!("-{}-", large.id.0)),
        "{}",
        stolen.name
    );
    world.announce("completed", &job(&world, 0)).await;
    released(&world, "swapped").await;
    let swapped = said(&world, "runner swapped").remove(0);
    assert_eq!(swapped["job_id"], small.id.0);
    assert_eq!(swapped["runner_job_id"], large.id.0);
    assert_eq!(swapped["runner_name"], stolen.name);
    assert_eq!(swapped["sizes"], "differ", "{swapped}");

    world.all_jobs_are_over().await;
    let evidence = world.evidence().await;
    assert_eq!(evidence[0].outcome.as_deref(), Some("served_elsewhere"));
    // Idle to its own limit: nobody took it away.
    assert_eq!(evidence[0].exit_code, Some(82));
    assert_eq!(evidence[1].outcome.as_deref(), Some("served"));
    assert_eq!(evidence[1].conclusion.as_deref(), Some("success"));
    let runner = evidence[1].runner_name.clone().expect("a runner");
    assert!(runner.ends_with("-2"), "a second one: {runner}");
    world.nothing_is_left().await;
}
