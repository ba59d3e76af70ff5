//! Bad days to order: each fault, and what a caller sees of it.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

mod ecs_support;

use std::time::Duration;

use ecs_support::{Place, run_task};
use local::ecs::EcsFault;
use serde_json::{Value, json};

const SLEEPS: &str = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done";

#[tokio::test]
async fn run_task_is_refused_as_often_as_ordered() {
    let place = Place::new("exit 0");
    let fault = EcsFault::RefuseRunTask {
        code: "ThrottlingException".into(),
        message: "Rate exceeded".into(),
    };
    place.ecs.inject(fault, 2);
    for _ in 0..2 {
        let error = place.call("RunTask", run_task(json!({}))).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.message.as_str()),
            ("ThrottlingException", "Rate exceeded")
        );
    }
    let arn = place.run(json!({}));
    place.until_status(&arn, "STOPPED").await;
}

#[tokio::test]
async fn a_failure_is_an_answer_without_a_task() {
    let place = Place::new("exit 0");
    place.ecs.inject(
        EcsFault::Failure {
            reason: "Capacity is unavailable at this time".into(),
        },
        1,
    );
    let answer = place.call("RunTask", run_task(json!({}))).unwrap();
    assert_eq!(
        answer,
        json!({ "tasks": [], "failures": [{ "reason": "Capacity is unavailable at this time" }] })
    );
}

#[tokio::test]
async fn a_task_stuck_in_provisioning_waits_for_somebody_to_stop_it() {
    let place = Place::new("exit 0");
    place.ecs.inject(EcsFault::StuckInProvisioning, 1);
    let stuck = place.run(json!({}));
    let free = place.run(json!({}));
    place.until_status(&free, "STOPPED").await;
    assert_eq!(place.task(&stuck)["lastStatus"], "PROVISIONING");
    place
        .call(
            "StopTask",
            json!({ "cluster": "runners", "task": stuck, "reason": "stuck" }),
        )
        .unwrap();
    let task = place.until_status(&stuck, "STOPPED").await;
    assert_eq!(task["stoppedReason"], "stuck");
}

#[tokio::test]
async fn a_pull_that_fails_is_a_task_that_failed_to_start() {
    let place = Place::new("exit 0");
    let reason = "CannotPullContainerError: pull image manifest has been retried 1 time(s)";
    place.ecs.inject(
        EcsFault::FailToStart {
            reason: reason.into(),
        },
        1,
    );
    let arn = place.run(json!({}));
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    assert_eq!(task["stoppedReason"], reason);
    assert_eq!(task["containers"][0]["reason"], reason);
    assert_eq!(task["containers"][0]["exitCode"], Value::Null);
}

#[tokio::test]
async fn spot_capacity_is_taken_back_with_a_warning() {
    let place = Place::new(SLEEPS);
    let fault = EcsFault::SpotInterruption {
        after: Duration::ZERO,
    };
    let warned = place.run(json!({}));
    place.until_line(&warned, "ready").await;
    assert!(place.ecs.strike(&warned, &fault));
    let task = place.until_status(&warned, "STOPPED").await;
    assert_eq!(task["stopCode"], "SpotInterruption");
    assert_eq!(task["stoppedReason"], "Your Spot Task was interrupted.");
    assert_eq!(task["containers"][0]["exitCode"], 0);

    place.ecs.inject(fault, 1);
    let ordered = place.run(json!({}));
    let task = place.until_status(&ordered, "STOPPED").await;
    assert_eq!(task["stopCode"], "SpotInterruption");
}

#[tokio::test]
async fn too_much_memory_and_a_plain_kill_leave_137() {
    let place = Place::new(SLEEPS);
    for (fault, reason) in [
        (
            EcsFault::OutOfMemory {
                after: Duration::ZERO,
            },
            json!("OutOfMemoryError: Container killed due to memory usage"),
        ),
        (
            EcsFault::Kill {
                after: Duration::ZERO,
            },
            Value::Null,
        ),
    ] {
        let arn = place.run(json!({}));
        place.until_line(&arn, "ready").await;
        assert!(place.ecs.strike(&arn, &fault));
        let task = place.until_status(&arn, "STOPPED").await;
        assert_eq!(task["stopCode"], "EssentialContainerExited");
        assert_eq!(task["containers"][0]["exitCode"], 137);
        assert_eq!(task["containers"][0]["reason"], reason);
        assert!(
            !place.ecs.strike(&arn, &fault),
            "a stopped task cannot be struck"
        );
    }
}
