//! Faults of ECS by name: what RunTask answers, and how tasks end.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

mod ecs_support;

use std::sync::Arc;

use ecs_support::{Place, run_task};
use faults::{Fault, Faults};
use local::AwsFault;
use serde_json::{Value, json};

const SLEEPS: &str = "trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done";

fn place() -> (Place, Arc<Faults<AwsFault>>) {
    let place = Place::new(SLEEPS);
    let faults = Arc::default();
    place.ecs.connect_faults(&faults);
    (place, faults)
}

#[tokio::test]
async fn run_task_is_refused_in_awss_words() {
    let (place, faults) = place();
    for (what, code, status, words) in [
        (
            AwsFault::RunTaskAccessDenied {},
            "AccessDeniedException",
            400,
            "ecs:RunTask",
        ),
        (
            AwsFault::RunTaskInvalidParameter {},
            "InvalidParameterException",
            400,
            "subnet",
        ),
        (
            AwsFault::RunTaskThrottled {},
            "ThrottlingException",
            400,
            "Rate exceeded",
        ),
        (
            AwsFault::RunTaskServerError {},
            "ServerException",
            500,
            "Unavailable",
        ),
    ] {
        faults.add(Fault::once(what).on("RunTask runner"));
        let error = place.call("RunTask", run_task(json!({}))).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), (code, status));
        assert!(error.message.contains(words), "{}", error.message);
    }
    faults.add(Fault::once(AwsFault::CapacityUnavailable {}));
    let answer = place.call("RunTask", run_task(json!({}))).unwrap();
    assert_eq!(answer["tasks"], json!([]));
    let reason = answer["failures"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("Capacity is unavailable"));
    faults.add(Fault::once(AwsFault::RunTaskThrottled {}).on("RunTask another"));
    let free = place.run(json!({}));
    place.until_status(&free, "RUNNING").await;
    place.ecs.shutdown().await;
}

#[tokio::test]
async fn tasks_end_as_ordered() {
    let (place, faults) = place();
    let milliseconds = 20;
    for (what, stop_code, exit_code) in [
        (
            AwsFault::ImagePullFailure {},
            "TaskFailedToStart",
            Value::Null,
        ),
        (
            AwsFault::SpotInterruption { milliseconds: 500 },
            "SpotInterruption",
            json!(0),
        ),
        (
            AwsFault::OutOfMemory { milliseconds },
            "EssentialContainerExited",
            json!(137),
        ),
        (
            AwsFault::TaskKilled { milliseconds },
            "EssentialContainerExited",
            json!(137),
        ),
        (
            AwsFault::TaskExits {
                code: 0,
                milliseconds,
            },
            "EssentialContainerExited",
            json!(0),
        ),
        (
            AwsFault::TaskExits {
                code: 7,
                milliseconds,
            },
            "EssentialContainerExited",
            json!(7),
        ),
    ] {
        faults.add(Fault::once(what.clone()));
        let arn = place.run(json!({}));
        let task = place.until_status(&arn, "STOPPED").await;
        assert_eq!(task["stopCode"], stop_code, "{what:?}");
        assert_eq!(task["containers"][0]["exitCode"], exit_code, "{what:?}");
    }
    assert!(faults.pending().is_empty());
    place.ecs.shutdown().await;
}

#[tokio::test]
async fn a_stuck_task_waits_until_somebody_stops_it() {
    let (place, faults) = place();
    faults.add(Fault::once(AwsFault::StuckInProvisioning {}));
    let stuck = place.run(json!({}));
    let free = place.run(json!({}));
    place.until_status(&free, "RUNNING").await;
    assert_eq!(place.task(&stuck)["lastStatus"], "PROVISIONING");
    let stop = json!({"cluster": "runners", "task": stuck});
    place.call("StopTask", stop).unwrap();
    place.until_status(&stuck, "STOPPED").await;
    place.ecs.shutdown().await;
}
