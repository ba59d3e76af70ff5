//! `jit-runners cost` by the real binary, against figures computed by hand from
//! the table of prices.

use crate::fleet::{json, run};
use crate::program::alone;
use crate::program::run as run_alone;
use local::ecs::EcsFault;
use serde_json::Value;
use std::time::Duration;
use support::{World, workflows};

const REPOSITORY: &str = "foo-organisation/jit-fargate-test";
/// 0.25 vCPU and 0.5 GB, x86_64, on demand, for the shortest time that is billed:
/// (0.25 × 0.04048 + 0.5 × 0.004445) / 60.
const TASK: f64 = 0.012_342_5 / 60.0;
/// 0.005 an hour, for a minute.
const ADDRESS: f64 = 0.005 / 60.0;
const TRANSITION: f64 = 0.000_025;
/// Functions 6 × 0.0000002 + 0.53875 × 0.0000133334, tables, events, logs.
const AROUND: f64 = 0.000_008_383_369 + 0.000_013 + 0.000_003 + 0.000_015;

fn near(found: &Value, wanted: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

async fn cost(world: &World, more: &[&str]) -> Value {
    let mut given = vec!["cost", "--output", "json"];
    given.extend(more);
    let ended = run(world, &given).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    json(&ended)
}

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    for (words, wanted) in [
        (&["cost", "--since", "x"][..], &["no span of time"][..]),
        (&["cost", "--from", "yesterday"], &["is no moment"]),
        (
            &["cost", "--from", "2026-11-01", "--since", "2h"],
            &["cannot be used"],
        ),
        (
            &["cost", "--by", "colour"],
            &["'colour'", "see jit-runners cost --help"],
        ),
    ] {
        run_alone(&alone(), words).await.assert_sentence(2, wanted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_costs_nothing() {
    let world = World::start().await;
    let ended = run(&world, &["cost"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    assert!(
        ended
            .said
            .starts_with("Together: 0.000000 USD for 0 executions"),
        "{}",
        ended.said
    );
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_job_costs_its_transitions() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["profile=huge"], "echo never"));
    world.executions_have_ended(1).await;
    let found = cost(&world, &[]).await;
    // Size, Sized, Claim, Claimed, MarkFailed, Escalate, and the end.
    near(&found["total_usd"], 7.0 * TRANSITION);
    assert_eq!(found["without_task"], 1);
    assert_eq!(found["groups"][0]["tasks"], 0);
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_two_tries_costs_both_tasks() {
    let world = World::start().await;
    let after = Duration::ZERO;
    world.stage.place.ecs().inject(EcsFault::Kill { after }, 1);
    world.commit(&workflows::one("echo served"));
    world.all_jobs_are_over().await;
    let executions = world.executions().await;
    assert_eq!(executions[0].tasks.len(), 2, "{:?}", executions[0].states);
    let transitions = u32::try_from(executions[0].states.len() + 1).unwrap();

    let wanted = 2.0 * (TASK + ADDRESS) + f64::from(transitions) * TRANSITION + AROUND;
    let found = cost(&world, &["--by", "job"]).await;
    near(&found["total_usd"], wanted);
    let group = &found["groups"][0];
    assert_eq!(group["tasks"], 2);
    assert_eq!(group["billed_seconds"], 120);
    near(&group["usd"], wanted);
    near(&group["percent"], 100.0);
    assert!(
        group["name"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{REPOSITORY} job-0 #"))
    );
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_still_runs_is_counted_as_unfinished() {
    let world = World::start().await;
    world.commit(&workflows::one("sleep 600"));
    world
        .until("the task runs", || async {
            world
                .tasks()
                .iter()
                .any(|task| task["lastStatus"] == "RUNNING")
        })
        .await;
    let found = cost(&world, &[]).await;
    assert_eq!(
        (&found["executions"], &found["unfinished"]),
        (&Value::from(1), &Value::from(1))
    );
    assert_eq!(found["unknown_tasks"], 0);
    let ended = run(&world, &["cost"]).await;
    assert!(ended.said.contains("1 still run"), "{}", ended.said);
    let job = world.stage.github.jobs().remove(0);
    assert!(world.stage.github.cancel_job(job.id));
    world.all_jobs_are_over().await;
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_put_together_and_sorted_by_what_was_asked_for() {
    let world = World::start().await;
    world.commit(&workflows::jobs(
        &["1", "2", "fargate/cpu=1/mem=2"],
        "echo served",
    ));
    world.all_jobs_are_over().await;
    let sizes = cost(&world, &["--by", "size"]).await;
    let groups = sizes["groups"].as_array().unwrap();
    let names: Vec<_> = groups
        .iter()
        .map(|group| group["name"].as_str().unwrap())
        .collect();
    // Two small ones cost less than a large one: (1 × 0.04048 + 2 × 0.004445) / 60 beside it.
    let large = (0.04048 + 2.0 * 0.004_445) / 60.0 + ADDRESS + 12.0 * TRANSITION + AROUND;
    let small = TASK + ADDRESS + 12.0 * TRANSITION + AROUND;
    let of = |name: &str| {
        let found = groups.iter().find(|group| group["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {names:?}"))
    };
    near(&of("1 vCPU, 2 GB, X86_64, on_demand")["usd"], large);
    near(
        &of("0.25 vCPU, 0.5 GB, X86_64, on_demand")["usd"],
        2.0 * small,
    );
    near(&sizes["total_usd"], large + 2.0 * small);
    assert!(groups[0]["usd"].as_f64() >= groups[1]["usd"].as_f64());

    let one = cost(&world, &["--by", "job", "--limit", "1"]).await;
    assert_eq!(one["groups"].as_array().unwrap().len(), 1);
    assert_eq!(one["groups_in_all"], 3);
    near(&one["total_usd"], large + 2.0 * small);
    assert_eq!(
        cost(&world, &["--by", "workflow"]).await["groups"][0]["name"],
        format!("{REPOSITORY} test")
    );
    assert_eq!(
        cost(&world, &["--repo", "foo-organisation/other"]).await["executions"],
        0
    );
    assert_eq!(cost(&world, &["--to", "2020-01-01"]).await["executions"], 0);
    assert_eq!(
        cost(&world, &["--from", "2020-01-01"]).await["executions"],
        3
    );

    let ended = run(&world, &["cost", "--region-prices", "mars-1"]).await;
    for words in [
        "does not have mars-1",
        "us-east-1",
        "without tax",
        "REPOSITORY",
    ] {
        assert!(ended.said.contains(words), "{words:?} in {}", ended.said);
    }
    assert!(
        ended.complained.contains("Reading histories: 3 of 3"),
        "{}",
        ended.complained
    );
    let ireland = cost(&world, &["--region-prices", "eu-west-1"]).await;
    assert_eq!(ireland["prices_of"], "eu-west-1");
    assert_eq!(ireland["region_known"], true);
    world.nothing_is_left().await;
}
