//! Tasks without a job: what ECS says of containers that do as they like.

use jit_runners::launcher::DEMO_IMAGE;
use local::ecs::launcher::OUT_OF_MEMORY;
use serde_json::{Value, json};
use support::World;
use support::containers::engine;

/// Runs a container definition on 512 MiB; the task's ARN.
fn run(world: &World, changes: &Value) -> String {
    let mut container = json!({"name": "runner", "image": DEMO_IMAGE, "essential": true});
    for (name, value) in changes.as_object().expect("members") {
        container[name] = value.clone();
    }
    let definition = json!({
        "family": "alone", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": "256", "memory": "512", "volumes": [{"name": "work"}],
        "containerDefinitions": [container],
    });
    let ecs = world.stage.place.ecs();
    ecs.call("RegisterTaskDefinition", definition)
        .expect("it is valid");
    let task = json!({
        "cluster": "jit-runners", "taskDefinition": "alone", "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
    });
    let answer = ecs.call("RunTask", task).expect("it is accepted");
    answer["tasks"][0]["taskArn"]
        .as_str()
        .expect("an ARN")
        .to_owned()
}

fn bash(script: &str) -> Value {
    json!({"entryPoint": ["bash", "-c"], "command": [script]})
}

fn lines(world: &World, arn: &str) -> Vec<String> {
    let id = arn.rsplit('/').next().unwrap_or_default();
    let lines = world
        .stage
        .place
        .logs()
        .lines("/ecs/alone", &format!("runner/runner/{id}"));
    lines.into_iter().map(|(_, line)| line).collect()
}

async fn ended(world: &World, arn: &str) -> Value {
    let task = || world.stage.place.ecs().task(arn).expect("it is known");
    world
        .until("the task has stopped", || async {
            task()["lastStatus"] == "STOPPED"
        })
        .await;
    task()
}

async fn says(world: &World, arn: &str, line: &str) {
    world
        .until(line, || async {
            lines(world, arn).iter().any(|said| said == line)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_is_not_there_is_a_task_that_never_started() {
    let Some(engine) = engine().await else { return };
    let world = World::in_containers(&engine, |_| {}).await;
    let arn = run(&world, &json!({"image": "jit-runners-nobody-made-this"}));
    let task = ended(&world, &arn).await;
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    let reason = task["stoppedReason"].as_str().expect("a reason");
    assert!(
        reason.starts_with("CannotPullContainerError: jit-runners-nobody-made-this: not found"),
        "{reason}"
    );
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_not_in_the_image_is_a_task_that_never_started() {
    let Some(engine) = engine().await else { return };
    let world = World::in_containers(&engine, |_| {}).await;
    let arn = run(&world, &json!({"entryPoint": ["/no/such/program"]}));
    let task = ended(&world, &arn).await;
    assert_eq!(task["stopCode"], "TaskFailedToStart");
    let reason = task["containers"][0]["reason"].as_str().expect("a reason");
    assert!(
        reason.starts_with("CannotStartContainerError: "),
        "{reason}"
    );
    assert!(reason.contains("/no/such/program"), "{reason}");
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_process_out_of_memory_is_killed() {
    let Some(engine) = engine().await else { return };
    let world = World::in_containers(&engine, |_| {}).await;
    // The kernel kills the child, and the parent kills itself once that is seen.
    let script = "tail /dev/zero; sleep 1; kill -9 $$; exit 137";
    let task = ended(&world, &run(&world, &bash(script))).await;
    assert_eq!(task["containers"][0]["exitCode"], 137, "{task}");
    assert_eq!(task["containers"][0]["reason"], OUT_OF_MEMORY, "{task}");
    let exec = "exec tail /dev/zero";
    let task = ended(&world, &run(&world, &bash(exec))).await;
    assert_eq!(task["containers"][0]["exitCode"], 137, "{task}");
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_stopped_is_asked_first_and_killed_in_the_end() {
    let Some(engine) = engine().await else { return };
    let world = World::in_containers(&engine, |_| {}).await;
    let stop = |arn: &str| {
        let call = json!({"cluster": "jit-runners", "task": arn});
        world
            .stage
            .place
            .ecs()
            .call("StopTask", call)
            .expect("it runs");
    };
    let obeys = "trap 'echo asked; exit 7' TERM; echo ready; while :; do sleep 0.05; done";
    let arn = run(&world, &bash(obeys));
    says(&world, &arn, "ready").await;
    stop(&arn);
    let task = ended(&world, &arn).await;
    assert_eq!(task["containers"][0]["exitCode"], 7);
    assert!(lines(&world, &arn).contains(&"asked".to_owned()));

    let mut ignores = bash("trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done");
    ignores["stopTimeout"] = json!(1);
    let arn = run(&world, &ignores);
    says(&world, &arn, "ready").await;
    stop(&arn);
    let task = ended(&world, &arn).await;
    assert_eq!(task["containers"][0]["exitCode"], 137);
    assert!(lines(&world, &arn).contains(&"asked".to_owned()));
    world.no_container_is_left(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_volumes_are_writable_where_the_definition_says_so() {
    let Some(engine) = engine().await else { return };
    let world = World::in_containers(&engine, |_| {}).await;
    let mut container = bash(
        "for to in /home /tmp /work; do touch $to/x 2>/dev/null && echo wrote $to; done; pwd; id -u; echo $GREETING",
    );
    container["readonlyRootFilesystem"] = json!(true);
    container["user"] = json!("0");
    container["workingDirectory"] = json!("/home");
    container["environment"] = json!([{"name": "GREETING", "value": "two\twords \"quoted\""}]);
    container["mountPoints"] = json!([{"sourceVolume": "work", "containerPath": "/work"}]);
    let arn = run(&world, &container);
    ended(&world, &arn).await;
    assert_eq!(
        lines(&world, &arn),
        ["wrote /work", "/home", "0", "two words \"quoted\""]
    );
    world.no_container_is_left(&engine).await;
}
