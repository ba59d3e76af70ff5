//! A fleet in a place that keeps its state: after a restart it is there, with all that
//! its jobs have left, and it can be deployed over itself.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use jit_runners::stage::Settings;
use local::Data;
use support::{World, workflows};

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_is_there_after_a_restart_and_serves_on() {
    let folder = tempfile::tempdir().unwrap();
    let keep = |settings: &mut Settings| {
        settings.place.data = Some(Data {
            folder: folder.path().to_owned(),
            fsync: true,
        });
        settings.app_key_in_kms = true;
        settings.reconcile_schedule = Some("rate(1 hour)".to_owned());
    };
    let served = async |world: &World| {
        world.commit(&workflows::one("true"));
        world.all_jobs_are_over().await;
        for job in world.stage.github.jobs() {
            let conclusion = job.conclusion.map(|conclusion| conclusion.name());
            assert_eq!(conclusion, Some("success"));
        }
    };
    let before = World::with(keep).await;
    served(&before).await;
    let first = before.stage.place.step_functions().executions();
    assert!(!first.is_empty());
    let deliveries = before.stage.place.events().deliveries();
    before.nothing_is_left().await;

    let after = World::with(keep).await;
    let place = &after.stage.place;
    assert_eq!(place.step_functions().executions(), first);
    assert_eq!(place.events().deliveries()[..deliveries.len()], deliveries);
    served(&after).await;
    let all = after.stage.place.step_functions().executions();
    assert!(all.len() > first.len());
    for execution in after.executions().await {
        assert_eq!(execution.status, "SUCCEEDED");
    }
    after.nothing_is_left().await;
}
