//! Tasks as processes: what they see, what they leave in the logs, and that
//! nothing of them stays behind.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "helpers take json! values as they are made, and may unwrap like the tests"
)]

mod ecs_support;

use std::time::Duration;

use ecs_support::{Place, alive, quick};
use local::ecs::EcsSettings;
use serde_json::json;

#[tokio::test]
async fn the_environment_is_the_definitions_and_the_places_and_nothing_else() {
    let place = Place::new("env; pwd");
    let arn = place.run(json!({ "overrides": { "containerOverrides": [{ "name": "runner", "environment": [{ "name": "OVERRIDDEN", "value": "yes" }] }] } }));
    place.until_status(&arn, "STOPPED").await;
    let lines = place.lines(&arn);
    let mut names: Vec<&str> = lines
        .iter()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    names.retain(|name| !["_", "SHLVL", "PWD", "OLDPWD"].contains(name));
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_DEFAULT_REGION",
            "AWS_ENDPOINT_URL",
            "AWS_EXECUTION_ENV",
            "AWS_REGION",
            "FROM_DEFINITION",
            "HOME",
            "JIT_RUNNERS_LOCAL_TASK",
            "LANG",
            "OVERRIDDEN",
            "PATH",
        ]
    );
    assert!(lines.contains(&"OVERRIDDEN=yes".to_owned()));
    assert!(lines.contains(&format!("HOME={}", place.work_folder(&arn).display())));
    assert_eq!(
        lines.last().map(String::as_str),
        place.work_folder(&arn).to_str()
    );
}

#[tokio::test]
async fn output_is_kept_whatever_it_is() {
    let place = Place::new(
        "printf 'out\\n\\nbad \\377 byte\\r\\nno end'; printf 'to stderr' >&2; head -c 300000 /dev/zero | tr '\\0' x",
    );
    let arn = place.run(json!({}));
    place.until_status(&arn, "STOPPED").await;
    let lines = place.lines(&arn);
    for line in ["out", "", "bad \u{fffd} byte", "to stderr"] {
        assert!(lines.contains(&line.to_owned()), "{line:?}");
    }
    let longest = lines.iter().map(String::len).max().unwrap();
    assert_eq!(longest, 256 * 1024);
}

#[tokio::test]
async fn the_working_folder_goes_with_the_task() {
    let place = Place::new(
        "echo x > file; mkdir -p a/b; echo ready; while [ -e file ]; do sleep 0.01; done",
    );
    let arn = place.run(json!({}));
    place.until_line(&arn, "ready").await;
    assert!(place.work_folder(&arn).join("file").exists());
    std::fs::remove_file(place.work_folder(&arn).join("file")).unwrap();
    place.until_status(&arn, "STOPPED").await;
    assert!(!place.work_folder(&arn).exists());
}

#[tokio::test]
async fn what_the_first_process_leaves_behind_ends_with_it() {
    let place = Place::new("sleep 60 & echo $!; exit 0");
    let arn = place.run(json!({}));
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(task["containers"][0]["exitCode"], 0);
    let pid = place.lines(&arn).remove(0);
    assert!(!alive(&pid));
}

#[tokio::test]
async fn a_process_that_leaves_its_group_does_not_outlive_the_task() {
    let place = Place::new(
        "setsid sleep 60 & (cd / && setsid env -u HOME sleep 61) & (exec env -i setsid sleep 62) & sleep 0.3; exit 0",
    );
    let arn = place.run(json!({}));
    place.until_status(&arn, "STOPPED").await;
    let folder = place.work_folder(&arn);
    let id = arn.rsplit('/').next().unwrap();
    let left = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(Result::ok)
        .filter(|process| {
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let cwd = std::fs::read_link(process.path().join("cwd"));
            String::from_utf8_lossy(&environment).contains(id)
                || cwd.is_ok_and(|cwd| cwd.starts_with(&folder))
        });
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn only_the_first_process_is_asked_to_stop() {
    let place = Place::new(
        "(trap 'echo child told; exit 0' TERM; while :; do sleep 0.01; done) & trap 'echo parent told; exit 0' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let arn = place.run(json!({}));
    place.until_line(&arn, "ready").await;
    place
        .call("StopTask", json!({ "cluster": "runners", "task": arn }))
        .unwrap();
    place.until_status(&arn, "STOPPED").await;
    assert_eq!(place.lines(&arn), ["ready", "parent told"]);
}

#[tokio::test]
async fn a_helper_container_ends_with_the_essential_one() {
    let place = Place::new("true");
    let mut definition = ecs_support::definition("while ! [ -e up ]; do sleep 0.01; done; exit 5");
    let helper = json!({ "name": "helper", "image": "h", "essential": false, "command": ["/bin/sh", "-c", "trap 'exit 9' TERM; : > up; while :; do sleep 0.01; done"] });
    definition["containerDefinitions"]
        .as_array_mut()
        .unwrap()
        .push(helper);
    place.call("RegisterTaskDefinition", definition).unwrap();
    let arn = place.run(json!({}));
    let task = place.until_status(&arn, "STOPPED").await;
    assert_eq!(
        (
            &task["containers"][0]["exitCode"],
            &task["containers"][1]["exitCode"]
        ),
        (&json!(5), &json!(9))
    );
}

#[tokio::test]
async fn a_shutdown_ends_every_task_and_takes_no_new_ones() {
    let settings = EcsSettings {
        shutdown_grace: Duration::from_millis(100),
        stop_timeout: Duration::from_secs(120),
        ..quick()
    };
    let place = Place::with(
        settings,
        "trap '' TERM; echo $$; sleep 60 & while :; do sleep 0.01; done",
    );
    let arns: Vec<String> = (0..3).map(|_| place.run(json!({}))).collect();
    let mut pids = Vec::new();
    for arn in &arns {
        pids.push(
            place
                .until("a pid", || place.lines(arn).first().cloned())
                .await,
        );
    }
    place
        .call("StopTask", json!({ "cluster": "runners", "task": arns[0] }))
        .unwrap();
    place.ecs.shutdown().await;
    for (arn, pid) in arns.iter().zip(pids) {
        assert_eq!(place.task(arn)["lastStatus"], "STOPPED");
        assert!(!alive(&pid));
    }
    let refused = place
        .call("RunTask", ecs_support::run_task(json!({})))
        .unwrap_err();
    assert_eq!(refused.code, "ServerException");
}

#[tokio::test]
async fn fifty_tasks_at_once_all_end_well() {
    let place = Place::new("echo $$; exit 0");
    let arns: Vec<String> = (0..50).map(|_| place.run(json!({}))).collect();
    for arn in &arns {
        let task = place.until_status(arn, "STOPPED").await;
        assert_eq!(task["containers"][0]["exitCode"], 0);
        assert_eq!(place.lines(arn).len(), 1);
    }
    assert_eq!(
        std::fs::read_dir(place.data.path().join("tasks"))
            .unwrap()
            .count(),
        0
    );
}
