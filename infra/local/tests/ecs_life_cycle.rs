//! A task from RunTask to STOPPED: its statuses, times, reasons, and what
//! DescribeTasks and ListTasks show of it.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

mod ecs_support;

use std::time::Duration;

use ecs_support::{Place, quick, run_task};
use local::ecs::EcsSettings;
use serde_json::{Value, json};

const ALL: [&str; 5] = [
    "PROVISIONING",
    "PENDING",
    "RUNNING",
    "DEPROVISIONING",
    "STOPPED",
];

#[tokio::test]
async fn a_container_that_fails_is_reported_with_its_code() {
    let place = Place::new("exit 81");
    let arn = place.run(json!({}));
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(place.statuses(&arn), ALL);
    assert_eq!(task["stopCode"], "EssentialContainerExited");
    assert_eq!(task["stoppedReason"], "Essential container in task exited");
    assert_eq!(task["containers"][0]["exitCode"], 81);
    assert_eq!(task["containers"][0]["lastStatus"], "STOPPED");
    assert_eq!(task["desiredStatus"], "STOPPED");
}

#[tokio::test]
async fn a_program_that_is_not_there_fails_to_start() {
    let place = Place::new("true");
    let mut definition = ecs_support::definition("true");
    definition["containerDefinitions"][0]["entryPoint"] = json!(["/nowhere/entrypoint"]);
    place.call("RegisterTaskDefinition", definition).unwrap();
    let arn = place.run(json!({}));
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(
        place.statuses(&arn),
        ["PROVISIONING", "PENDING", "DEPROVISIONING", "STOPPED"]
    );
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    assert_eq!(task["stoppedReason"], "Task failed to start");
    assert!(
        task["containers"][0]["reason"]
            .as_str()
            .unwrap()
            .starts_with("CannotStartContainerError: exec \"/nowhere/entrypoint\"")
    );
    assert_eq!(task["containers"][0]["exitCode"], Value::Null);
    assert_eq!(task["startedAt"], Value::Null);
}

#[tokio::test]
async fn a_task_stopped_before_it_runs_never_runs() {
    let settings = EcsSettings {
        provisioning: Duration::from_secs(60),
        ..quick()
    };
    let place = Place::with(settings, "echo started");
    let arn = place.run(json!({}));
    let answer = place
        .call(
            "StopTask",
            json!({ "cluster": "runners", "task": arn, "reason": "not needed" }),
        )
        .unwrap();
    assert_eq!(answer["task"]["desiredStatus"], "STOPPED");
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(
        place.statuses(&arn),
        ["PROVISIONING", "DEPROVISIONING", "STOPPED"]
    );
    assert_eq!(
        (task["stopCode"].as_str(), task["stoppedReason"].as_str()),
        (Some("UserInitiated"), Some("not needed"))
    );
    assert!(place.lines(&arn).is_empty());
}

#[tokio::test]
async fn a_stopped_task_is_asked_first_and_its_own_code_is_kept() {
    let place =
        Place::new("trap 'echo told; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
    let arn = place.run(json!({}));
    place.until_line(&arn, "ready").await;
    place
        .call("StopTask", json!({ "cluster": "runners", "task": arn }))
        .unwrap();
    // A second request changes nothing.
    place
        .call(
            "StopTask",
            json!({ "cluster": "runners", "task": arn, "reason": "again" }),
        )
        .unwrap();
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(place.lines(&arn), ["ready", "told"]);
    assert_eq!(task["containers"][0]["exitCode"], 3);
    assert_eq!(
        (task["stopCode"].as_str(), task["stoppedReason"].as_str()),
        (Some("UserInitiated"), Some("Task stopped by user"))
    );
}

#[tokio::test]
async fn a_task_that_does_not_listen_is_killed_after_its_stop_timeout() {
    let settings = EcsSettings {
        stop_timeout: Duration::from_millis(50),
        ..quick()
    };
    let place = Place::with(
        settings,
        "trap '' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let arn = place.run(json!({}));
    place.until_line(&arn, "ready").await;
    place
        .call("StopTask", json!({ "cluster": "runners", "task": arn }))
        .unwrap();
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(task["containers"][0]["exitCode"], 137);
}

#[tokio::test]
async fn a_whole_life_shows_all_times_in_order_and_what_was_asked_for() {
    let place = Place::new("exit 0");
    let mut changes = place.ecs.changes();
    let overrides = json!({ "cpu": "1024", "memory": "4096", "ephemeralStorage": { "sizeInGiB": 50 },
        "containerOverrides": [{ "name": "runner", "environment": [{ "name": "JOB_ID", "value": "1" }] }] });
    let arn = place.run(json!({
        "launchType": null, "capacityProviderStrategy": [{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }],
        "startedBy": "AWS Step Functions", "overrides": overrides, "tags": [{ "key": "job", "value": "1" }],
    }));
    let task = place.until_status(&arn, "STOPPED").await;
    let times = [
        "createdAt",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "stoppingAt",
        "executionStoppedAt",
        "stoppedAt",
    ];
    let times: Vec<f64> = times
        .iter()
        .map(|name| task[*name].as_f64().unwrap_or_else(|| panic!("{name}")))
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    for (name, value) in [
        ("cpu", json!("1024")),
        ("memory", json!("4096")),
        ("ephemeralStorage", json!({ "sizeInGiB": 50 })),
        ("capacityProviderName", json!("FARGATE_SPOT")),
        ("launchType", json!("FARGATE")),
        ("platformVersion", json!("1.4.0")),
        ("group", json!("family:runner")),
        ("startedBy", json!("AWS Step Functions")),
        ("connectivity", json!("CONNECTED")),
        ("tags", json!([])),
        (
            "attributes",
            json!([{ "name": "ecs.cpu-architecture", "value": "x86_64" }]),
        ),
    ] {
        assert_eq!(task[name], value, "{name}");
    }
    assert_eq!(
        task["overrides"]["containerOverrides"],
        overrides["containerOverrides"]
    );
    let described = place
        .call(
            "DescribeTasks",
            json!({ "cluster": "runners", "tasks": [arn], "include": ["TAGS"] }),
        )
        .unwrap();
    assert_eq!(
        described["tasks"][0]["tags"],
        json!([{ "key": "job", "value": "1" }])
    );

    let mut published = Vec::new();
    while let Ok(change) = changes.try_recv() {
        published.push(change["lastStatus"].as_str().unwrap().to_owned());
    }
    assert_eq!(published, ALL);
}

#[tokio::test]
async fn one_client_token_starts_one_task() {
    let place = Place::new("exit 0");
    let first = place.run(json!({ "clientToken": "t" }));
    assert_eq!(place.run(json!({ "clientToken": "t" })), first);
    let conflict = place
        .call(
            "RunTask",
            run_task(json!({ "clientToken": "t", "startedBy": "other" })),
        )
        .unwrap_err();
    assert_eq!(conflict.code, "ConflictException");
    assert_ne!(place.run(json!({ "clientToken": "u" })), first);
}

#[tokio::test]
async fn tasks_are_listed_by_their_filters_and_in_pages() {
    let place = Place::new("sleep 60");
    let arns: Vec<String> = ["a", "a", "b"]
        .iter()
        .map(|by| place.run(json!({ "startedBy": by })))
        .collect();
    let list = |filter: Value| {
        let mut input = json!({ "cluster": "runners" });
        for (name, value) in filter.as_object().unwrap() {
            input[name] = value.clone();
        }
        place.call("ListTasks", input).unwrap()
    };
    assert_eq!(list(json!({}))["taskArns"], json!(arns));
    assert_eq!(
        list(json!({ "startedBy": "a" }))["taskArns"],
        json!(arns[..2])
    );
    assert_eq!(list(json!({ "family": "other" }))["taskArns"], json!([]));
    let page = list(json!({ "maxResults": 2 }));
    assert_eq!(page["taskArns"], json!(arns[..2]));
    assert_eq!(
        list(json!({ "nextToken": page["nextToken"] }))["taskArns"],
        json!(arns[2..])
    );
    place
        .call("StopTask", json!({ "cluster": "runners", "task": arns[0] }))
        .unwrap();
    assert_eq!(
        list(json!({ "desiredStatus": "STOPPED" }))["taskArns"],
        json!(arns[..1])
    );
    place.ecs.shutdown().await;
}

#[tokio::test]
async fn pages_leave_no_task_out_while_others_stop() {
    let settings = EcsSettings {
        provisioning: Duration::from_secs(60),
        ..quick()
    };
    let place = Place::with(settings, "true");
    let arns: Vec<String> = (0..7).map(|_| place.run(json!({}))).collect();
    let list = |token: &Value, desired: &str| {
        let input = json!({ "cluster": "runners", "maxResults": 2, "desiredStatus": desired,
            "nextToken": token, "family": "runner" });
        place.call("ListTasks", input).unwrap()
    };
    let first = list(&Value::Null, "RUNNING");
    assert_eq!(first["taskArns"], json!(arns[..2]));
    // What was listed already stops; the next page begins where the last one ended.
    for arn in &arns[..2] {
        let stop = json!({ "cluster": "runners", "task": arn });
        place.call("StopTask", stop).unwrap();
    }
    let second = list(&first["nextToken"], "RUNNING");
    assert_eq!(second["taskArns"], json!(arns[2..4]));
    let third = list(&second["nextToken"], "RUNNING");
    assert_eq!(third["taskArns"], json!(arns[4..6]));
    assert_eq!(
        list(&third["nextToken"], "RUNNING"),
        json!({ "taskArns": arns[6..] })
    );
    // Stopped ones can still be listed and described, a hundred in one call.
    for arn in &arns[..2] {
        place.until_status(arn, "STOPPED").await;
    }
    assert_eq!(
        list(&Value::Null, "STOPPED"),
        json!({ "taskArns": arns[..2] })
    );
    let mut asked = arns.clone();
    asked.resize(100, "0123456789abcdef0123456789abcdef".to_owned());
    let describe = |tasks: &[String]| {
        let input = json!({ "cluster": "runners", "tasks": tasks });
        place.call("DescribeTasks", input)
    };
    let described = describe(&asked).unwrap();
    assert_eq!(described["tasks"].as_array().unwrap().len(), 7);
    assert_eq!(described["tasks"][0]["lastStatus"], "STOPPED");
    let missing = described["failures"].as_array().unwrap();
    assert_eq!(missing.len(), 93);
    assert_eq!(missing[0]["reason"], "MISSING");
    asked.push(arns[0].clone());
    let refused = describe(&asked).unwrap_err();
    assert_eq!(refused.code, "InvalidParameterException");
    place.ecs.shutdown().await;
}

#[tokio::test]
async fn a_stopped_task_is_forgotten_after_its_time() {
    let place = Place::with(
        EcsSettings {
            retention: Duration::ZERO,
            ..quick()
        },
        "exit 0",
    );
    let arn = place.run(json!({}));
    place
        .until("the task to be forgotten", || {
            let answer = place
                .call(
                    "DescribeTasks",
                    json!({ "cluster": "runners", "tasks": [arn] }),
                )
                .unwrap();
            (answer["failures"][0]["reason"] == "MISSING").then_some(())
        })
        .await;
}
