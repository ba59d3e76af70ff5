//! `aws ecs`.

use crate::command::{Story, text, until};
use serde_json::json;

const NETWORK: &str = "awsvpcConfiguration={subnets=[subnet-1]}";

#[tokio::test]
async fn a_task_is_run_seen_and_stopped() {
    let Some(story) = Story::start().await else {
        return;
    };
    let run = [
        "ecs",
        "run-task",
        "--cluster",
        "test",
        "--task-definition",
        "shell",
        "--launch-type",
        "FARGATE",
        "--network-configuration",
        NETWORK,
    ];
    let said = story.refused(&run).await;
    assert!(said.contains("(ClusterNotFoundException)"), "{said}");
    let created = story
        .aws(&["ecs", "create-cluster", "--cluster-name", "test"])
        .await;
    assert_eq!(created["cluster"]["status"], "ACTIVE");
    let register = [
        "ecs",
        "register-task-definition",
        "--family",
        "shell",
        "--requires-compatibilities",
        "FARGATE",
        "--network-mode",
        "awsvpc",
        "--cpu",
        "256",
        "--memory",
        "512",
        "--container-definitions",
    ];
    let container = json!([{"name": "runner", "image": "shell", "entryPoint": ["/bin/sh", "-c"], "command": ["echo up; exec sleep 600"]}]);
    let container = container.to_string();
    let registered = story.aws(&[&register[..], &[&container]].concat()).await;
    assert_eq!(
        registered["taskDefinition"]["taskDefinitionArn"],
        "arn:aws:ecs:us-east-1:123456789012:task-definition/shell:1"
    );
    let overrides = r#"{"cpu": "512", "memory": "1024"}"#;
    let started = story
        .aws(&[&run[..], &["--overrides", overrides]].concat())
        .await;
    assert_eq!(started["failures"], json!([]));
    assert_eq!(started["tasks"][0]["lastStatus"], "PROVISIONING");
    assert_eq!(started["tasks"][0]["cpu"], "512");
    let arn = text(&started["tasks"][0]["taskArn"]).to_owned();
    let status = |status: &'static str| {
        let (story, arn) = (&story, &arn);
        async move {
            until(&format!("the task is {status}"), || {
                let task = story.place.ecs().task(arn)?;
                (task["lastStatus"] == status).then_some(())
            })
            .await;
        }
    };
    status("RUNNING").await;
    let listed = story.aws(&["ecs", "list-tasks", "--cluster", "test"]).await;
    assert_eq!(listed["taskArns"], json!([arn]));
    let stopping = story
        .aws(&[
            "ecs",
            "stop-task",
            "--cluster",
            "test",
            "--task",
            &arn,
            "--reason",
            "seen enough",
        ])
        .await;
    assert_eq!(stopping["task"]["desiredStatus"], "STOPPED");
    status("STOPPED").await;
    let described = story
        .aws(&[
            "ecs",
            "describe-tasks",
            "--cluster",
            "test",
            "--tasks",
            &arn,
        ])
        .await;
    let task = &described["tasks"][0];
    assert_eq!(task["stopCode"], "UserInitiated");
    assert_eq!(task["stoppedReason"], "seen enough");
    assert!(!task["stoppedAt"].is_null());
    story.end().await;
}
