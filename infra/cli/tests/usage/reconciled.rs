//! `jit-runners reconciled` by the real binary: nothing yet, then what was done.

use crate::fleet::{json, run};
use crate::program::{alone, run as run_alone};
use serde_json::json as value;
use support::{World, reconcile, workflows};

#[tokio::test]
async fn wrong_words_are_answered_with_where_to_read_on() {
    let words = ["reconciled", "--since", "x"];
    let ended = run_alone(&alone(), &words).await;
    ended.assert_sentence(2, &["no span of time"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_periods_did_is_told_in_words_and_as_json() {
    let world = World::with(reconcile::at_once).await;
    world.reconcile().await;
    let expired = chrono::Utc::now().timestamp() - 3600;
    world.put_claim(&value!({
        "pk": {"S": "repo#acme/old"}, "seen_at": {"N": "1"}, "expires_at": {"N": expired.to_string()},
    }));
    world.reconcile().await;

    let ended = run(&world, &["reconciled", "--output", "json"]).await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.complained);
    let told = json(&ended);
    assert_eq!(told["periods"], 2);
    assert_eq!(told["sum"]["expired_removed"], 1);
    assert_eq!(told["sum"]["errors"], 0);
    assert_eq!(told["repairs"][0]["kind"], "expired_removed");
    assert_eq!(told["repairs"][0]["subject"], "repo#acme/old");

    let ended = run(&world, &["reconciled", "--since", "1h"]).await;
    for part in [
        "2 periods in the last 1 h",
        "1 expired items removed",
        "0 left to a person",
    ] {
        assert!(ended.said.contains(part), "{part} in {}", ended.said);
    }
    world.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_that_was_let_go_is_told_with_its_reason() {
    let late = std::time::Duration::from_secs(170);
    let world = World::with(|settings| settings.place.ecs.pending = late).await;
    world.commit(&workflows::one("echo never"));
    world
        .until("the task was submitted", || async {
            !world.tasks().is_empty()
        })
        .await;
    let job = world.stage.github.jobs()[0].id;
    assert!(world.stage.github.cancel_job(job));
    world.executions_have_ended(1).await;

    let ended = run(&world, &["reconciled", "--output", "json"]).await;
    let release = json(&ended)["releases"][0].clone();
    assert_eq!(release["outcome"], "removed", "{release}");
    assert_eq!(release["job_id"], job.0);
    let ended = run(&world, &["reconciled"]).await;
    for part in ["released", &job.0.to_string(), "ended without its runner"] {
        assert!(ended.said.contains(part), "{part} in {}", ended.said);
    }
    world.nothing_is_left().await;
}
