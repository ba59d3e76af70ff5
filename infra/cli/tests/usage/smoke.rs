//! `jit-runners smoke` by the real binary against a whole stage: what holds,
//! what is told where something does not, and what is left.

use crate::program::{Ended, Program, alone};
use github_emulator::Access;
use jit_runners::fleet::{BUS, RULE};
use nix::sys::signal::Signal;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use support::World;

/// What a person gives a fine-grained token for smoke.
const PERMISSIONS: [(&str, Access); 4] = [
    ("contents", Access::Write),
    ("workflows", Access::Write),
    ("actions", Access::Write),
    ("metadata", Access::Read),
];
pub(crate) const REPOSITORY: &str = "foo-organisation/jit-fargate-test";
pub(crate) const TOKEN: &str = "github_pat_11AAAAAAA0smokesmokesmokesmoke";

/// A stage, and the command's words and environment for it.
pub(crate) async fn world() -> World {
    let world = World::start().await;
    let token = SecretString::from(TOKEN);
    world.stage.github.add_user_token(&token, &PERMISSIONS);
    world
}

pub(crate) fn start(world: &World, words: &[&str], more: &[(&str, &str)]) -> Program {
    let endpoint = world.stage.place.endpoint();
    let mut all = vec!["smoke", "--repository", REPOSITORY, "--poll", "0.05"];
    all.extend(["--endpoint-url", &endpoint, "--region", "us-east-1"]);
    all.extend(words);
    let mut environment = vec![
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("GITHUB_TOKEN", TOKEN),
        ("GH_TOKEN", ""),
    ];
    environment.extend(more);
    Program::start_in(&alone(), &all, &environment)
}

async fn run(world: &World, words: &[&str]) -> Ended {
    start(world, words, &[]).ended().await
}

/// Branch and run are gone, the fleet is at rest, and no secret was printed.
async fn tidy(world: World, ended: &Ended) {
    let github = &world.stage.github;
    assert_eq!(github.branches(), Vec::<(String, String)>::new());
    assert!(github.runs().is_empty(), "{:?}", github.runs());
    let mut secrets = vec![
        SecretString::from(TOKEN),
        world.stage.webhook_secret.clone(),
        SecretString::from(github.app_private_key_pem().lines().nth(1).unwrap()),
    ];
    secrets.extend(github.issued_secrets().into_iter().map(|one| one.value));
    for secret in secrets {
        let secret = secret.expose_secret();
        assert!(!ended.said.contains(secret) && !ended.complained.contains(secret));
    }
    world.nothing_is_left().await;
}

/// The row of a check in the JSON.
fn row<'a>(result: &'a Value, id: &str) -> &'a Value {
    let checks = result["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("no check {id} in {result}"))
}

/// The rule as `aws events disable-rule` leaves it.
fn disable_the_rule(world: &World) {
    let input = json!({"Name": RULE, "EventBusName": BUS});
    world
        .stage
        .place
        .events()
        .call("DisableRule", input)
        .unwrap();
}

fn result(ended: &Ended) -> Value {
    serde_json::from_str(&ended.said)
        .unwrap_or_else(|_| panic!("{}{}", ended.said, ended.complained))
}

#[tokio::test]
async fn a_webhook_that_does_not_reach_is_named_with_what_to_run() {
    let world = world().await;
    let secret = world.stage.webhook_secret.clone();
    let nowhere = format!("{}/lambda-url/no-such", world.stage.place.endpoint());
    world.stage.github.set_webhook(nowhere, secret);
    let ended = run(&world, &[]).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    let line = |words: &str| ended.said.lines().find(|line| line.contains(words));
    let delivered = line("each webhook delivery was accepted").unwrap();
    assert!(
        delivered.contains("MISSING") && delivered.contains("404"),
        "{delivered}"
    );
    let advice = line("do not reach the webhook").unwrap();
    assert!(advice.contains("jit-runners doctor"), "{advice}");
    assert!(
        ended.complained.contains("No runner will come"),
        "{}",
        ended.complained
    );
    tidy(world, &ended).await;
}

#[tokio::test]
async fn a_disabled_rule_is_named() {
    let world = world().await;
    disable_the_rule(&world);
    let ended = run(&world, &["--output", "json"]).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    let result = result(&ended);
    assert_eq!(row(&result, "delivered")["holds"], true);
    assert_eq!(row(&result, "rule")["holds"], false);
    assert!(
        row(&result, "rule")["advice"]
            .as_str()
            .unwrap()
            .contains("rule")
    );
    assert!(
        ended.complained.contains("jit-runners-queued is disabled"),
        "{}",
        ended.complained
    );
    tidy(world, &ended).await;
}

#[tokio::test]
async fn jobs_that_nobody_picks_up_end_with_the_time_out() {
    let world = world().await;
    // The policy's maximum is 16 vCPU: Size rejects the jobs.
    let ended = run(
        &world,
        &["--label", "vcpu-32768-mem-65536", "--timeout", "2"],
    )
    .await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.complained);
    assert!(
        ended.complained.contains("Not over after 2 s"),
        "{}",
        ended.complained
    );
    assert!(ended.said.contains("JobRejected"), "{}", ended.said);
    tidy(world, &ended).await;
}

#[tokio::test]
async fn ctrl_c_removes_everything() {
    let world = world().await;
    disable_the_rule(&world);
    let mut program = start(&world, &[], &[]);
    program.line("queued").await;
    assert_eq!(world.stage.github.branches().len(), 1);
    program.signal(Signal::SIGINT);
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.said, "");
    let last = ended.complained.lines().last().unwrap();
    assert!(
        last.starts_with("jit-runners: stopped before the end"),
        "{last}"
    );
    tidy(world, &ended).await;
}

#[tokio::test]
async fn the_throw_away_workflow_holds_and_leaves_nothing() {
    let world = world().await;
    let ended = run(&world, &["--output", "json"]).await;
    let result = result(&ended);
    for check in result["checks"].as_array().unwrap() {
        assert_eq!(check["holds"], true, "{check}\n{}", ended.complained);
    }
    assert_eq!(result["held"], true);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    for id in [
        "queued",
        "delivered",
        "rule",
        "task-statuses",
        "ran-in-container",
        "output-at-github",
        "runner-removed",
        "container-stopped",
        "served",
        "handed-over",
        "states",
        "task-result",
        "task-size",
        "removed",
    ] {
        row(&result, id);
    }
    let jobs = result["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 2);
    for job in jobs {
        assert_eq!(job["labels"], json!(["self-hosted", "vcpu-256-mem-512"]));
        assert_eq!(job["conclusion"], "success");
    }
    tidy(world, &ended).await;
}

#[tokio::test]
async fn kept_it_leaves_branch_and_run_and_says_so() {
    let world = world().await;
    let ended = run(&world, &["--keep"]).await;
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.said,
        ended.complained
    );
    assert!(ended.said.contains("kept, as asked"), "{}", ended.said);
    assert_eq!(world.stage.github.branches().len(), 1);
    assert_eq!(world.stage.github.runs().len(), 1);
    world.nothing_is_left().await;
}

#[tokio::test]
async fn a_synthetic_event_proves_the_way_to_github_and_starts_no_task() {
    let world = world().await;
    let ended = start(
        &world,
        &["--synthetic", "--output", "json"],
        &[("GITHUB_TOKEN", "")],
    )
    .ended()
    .await;
    let result = result(&ended);
    for id in [
        "forged",
        "signed",
        "synthetic-rule",
        "job-gone",
        "duplicate",
        "no-task",
        "claim-released",
    ] {
        assert_eq!(
            row(&result, id)["holds"],
            true,
            "{result}\n{}",
            ended.complained
        );
    }
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert!(
        ended.complained.contains("less than a cent"),
        "{}",
        ended.complained
    );
    assert!(world.tasks().is_empty());
    tidy(world, &ended).await;
}

#[tokio::test]
async fn a_synthetic_event_on_the_bus_leaves_the_webhook_out() {
    let world = world().await;
    let ended = run(&world, &["--synthetic", "--event-bus"]).await;
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{}{}",
        ended.said,
        ended.complained
    );
    assert!(!ended.said.contains("signature"), "{}", ended.said);
    tidy(world, &ended).await;
}

#[tokio::test]
async fn a_synthetic_event_to_a_wrong_address_says_so() {
    let world = world().await;
    let nowhere = format!("{}/lambda-url/no-such", world.stage.place.endpoint());
    let ended = run(&world, &["--synthetic", "--webhook-url", &nowhere]).await;
    assert_eq!(ended.status.code(), Some(1));
    for words in [
        "404",
        "the webhook did not take a signed delivery",
        "no execution",
    ] {
        assert!(ended.said.contains(words), "{words}: {}", ended.said);
    }
    tidy(world, &ended).await;
}
