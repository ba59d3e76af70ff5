//! `jit-runners reconciled` by the real binary: nothing yet, then what was done.

use crate::fleet::{json, run};
use crate::program::{alone, run as run_alone};
use serde_json::json as value;
use support::{World, reconcile};

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
