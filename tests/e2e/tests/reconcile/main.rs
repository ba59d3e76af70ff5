//! What was lost is found, and what was left behind is removed, by periods of
//! the function `reconcile`; what is at work, or was given up by a person, is
//! left alone.

mod events;
mod executions;
mod leftovers;

use serde_json::Value;
use support::{World, reconcile};

/// A stage whose `reconcile` acts at once.
async fn world() -> World {
    World::with(reconcile::at_once).await
}

/// A count of a period's answer.
fn count(answer: &Value, kind: &str) -> u64 {
    answer[kind]
        .as_u64()
        .unwrap_or_else(|| panic!("{kind} is no count in {answer}"))
}

/// The one repository, with its owner.
fn repository() -> String {
    use jit_runners::stage::{ORGANIZATION, REPOSITORY};
    format!("{ORGANIZATION}/{REPOSITORY}")
}

/// That a period had nothing to mend.
async fn is_idle(world: &World) {
    let answer = world.reconcile().await;
    for kind in [
        "redelivered",
        "replayed",
        "redriven",
        "tasks_stopped",
        "runners_deleted",
        "claims_removed",
        "expired_removed",
        "jobs_started",
        "left",
        "cut_short",
        "errors",
    ] {
        assert_eq!(count(&answer, kind), 0, "{kind} in {answer}");
    }
}
