//! ECS: refusals as the SDK's error types, and the life of a task.

use crate::world::{World, until};
use aws_sdk_ecs::types::{
    AwsVpcConfiguration, Compatibility, ContainerDefinition, ContainerOverride, DesiredStatus,
    KeyValuePair, LaunchType, NetworkConfiguration, NetworkMode, Task, TaskOverride, TaskStopCode,
};

/// Registers a definition whose one container runs `script` in a shell.
async fn register(world: &World, script: &str) -> String {
    let container = ContainerDefinition::builder()
        .name("runner")
        .image("shell")
        .entry_point("/bin/sh")
        .entry_point("-c")
        .command(script)
        .build();
    let registered = definition(world).container_definitions(container);
    let registered = registered.send().await.unwrap();
    registered
        .task_definition
        .unwrap()
        .task_definition_arn
        .unwrap()
}

fn definition(
    world: &World,
) -> aws_sdk_ecs::operation::register_task_definition::builders::RegisterTaskDefinitionFluentBuilder
{
    world
        .tasks
        .register_task_definition()
        .family("test")
        .requires_compatibilities(Compatibility::Fargate)
        .network_mode(NetworkMode::Awsvpc)
        .cpu("256")
        .memory("512")
}

fn run(
    world: &World,
    definition: &str,
) -> aws_sdk_ecs::operation::run_task::builders::RunTaskFluentBuilder {
    let subnets = AwsVpcConfiguration::builder()
        .subnets("subnet-1")
        .build()
        .unwrap();
    world
        .tasks
        .run_task()
        .cluster("test")
        .task_definition(definition)
        .launch_type(LaunchType::Fargate)
        .network_configuration(
            NetworkConfiguration::builder()
                .awsvpc_configuration(subnets)
                .build(),
        )
}

async fn describe(world: &World, arn: &str) -> Task {
    let described = world.tasks.describe_tasks().cluster("test").tasks(arn);
    described.send().await.unwrap().tasks.unwrap().remove(0)
}

/// The task once it has that status.
async fn reached(world: &World, arn: &str, status: &str) -> Task {
    until(&format!("{arn} is {status}"), || async {
        let task = describe(world, arn).await;
        (task.last_status() == Some(status)).then_some(task)
    })
    .await
}

#[tokio::test]
async fn what_ecs_does_not_know_or_fargate_does_not_have_is_refused() {
    let world = World::start().await;
    let error = run(&world, "test")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_cluster_not_found_exception(), "{error:?}");
    let error = world
        .tasks
        .describe_tasks()
        .cluster("test")
        .tasks("t")
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_cluster_not_found_exception(), "{error:?}");
    let error = world.tasks.list_tasks().cluster("test").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_cluster_not_found_exception(), "{error:?}");
    world
        .tasks
        .create_cluster()
        .cluster_name("test")
        .send()
        .await
        .unwrap();
    let error = run(&world, "test")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_client_exception(), "{error:?}");
    let container = ContainerDefinition::builder()
        .name("runner")
        .image("shell")
        .build();
    let odd = definition(&world)
        .container_definitions(container)
        .memory("513");
    let error = odd.send().await.unwrap_err().into_service_error();
    assert!(error.is_client_exception(), "{error:?}");
    let error = world
        .tasks
        .stop_task()
        .cluster("test")
        .task("t")
        .send()
        .await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_invalid_parameter_exception(), "{error:?}");
    // Describing what is not there is no error, but a failure in the answer.
    let described = world
        .tasks
        .describe_tasks()
        .cluster("test")
        .tasks("t")
        .send()
        .await
        .unwrap();
    assert_eq!(described.failures()[0].reason(), Some("MISSING"));
    world.end().await;
}

#[tokio::test]
async fn a_token_stands_for_one_request() {
    let world = World::start().await;
    world
        .tasks
        .create_cluster()
        .cluster_name("test")
        .send()
        .await
        .unwrap();
    let definition = register(&world, "exit 0").await;
    let first = run(&world, &definition)
        .client_token("once")
        .send()
        .await
        .unwrap();
    let again = run(&world, &definition)
        .client_token("once")
        .send()
        .await
        .unwrap();
    let arn = first.tasks()[0].task_arn().unwrap();
    assert_eq!(again.tasks()[0].task_arn(), Some(arn));
    let other = run(&world, &definition)
        .client_token("once")
        .started_by("another");
    let error = other.send().await.unwrap_err().into_service_error();
    assert!(error.is_conflict_exception(), "{error:?}");
    reached(&world, arn, "STOPPED").await;
    world.end().await;
}

#[tokio::test]
async fn a_task_runs_with_its_overrides_and_leaves_its_exit_code() {
    let world = World::start().await;
    world
        .tasks
        .create_cluster()
        .cluster_name("test")
        .send()
        .await
        .unwrap();
    let definition = register(&world, "echo code $CODE; exit $CODE").await;
    let container = ContainerOverride::builder()
        .name("runner")
        .environment(KeyValuePair::builder().name("CODE").value("7").build())
        .build();
    let overrides = TaskOverride::builder()
        .cpu("1024")
        .memory("2048")
        .container_overrides(container)
        .build();
    let started = run(&world, &definition)
        .overrides(overrides)
        .started_by("story");
    let started = started.send().await.unwrap();
    assert!(started.failures().is_empty());
    let arn = started.tasks()[0].task_arn().unwrap();
    assert_eq!(started.tasks()[0].last_status(), Some("PROVISIONING"));
    let stopped = reached(&world, arn, "STOPPED").await;
    assert_eq!(stopped.cpu(), Some("1024"));
    assert_eq!(stopped.containers()[0].exit_code(), Some(7));
    assert_eq!(
        stopped.stop_code(),
        Some(&TaskStopCode::EssentialContainerExited)
    );
    assert_eq!(stopped.started_by(), Some("story"));
    let (created, started, ended) = (stopped.created_at, stopped.started_at, stopped.stopped_at);
    assert!(
        created <= started && started <= ended,
        "{created:?} {started:?} {ended:?}"
    );
    let list = world.tasks.list_tasks().cluster("test");
    let list = list
        .desired_status(DesiredStatus::Stopped)
        .send()
        .await
        .unwrap();
    assert_eq!(list.task_arns(), [arn]);
    world.end().await;
}

#[tokio::test]
async fn a_task_is_stopped_with_a_reason() {
    let world = World::start().await;
    world
        .tasks
        .create_cluster()
        .cluster_name("test")
        .send()
        .await
        .unwrap();
    let definition = register(&world, "exec sleep 600").await;
    let started = run(&world, &definition).send().await.unwrap();
    let arn = started.tasks()[0].task_arn().unwrap();
    reached(&world, arn, "RUNNING").await;
    let stop = world.tasks.stop_task().cluster("test").task(arn);
    let stopping = stop.reason("the job was cancelled").send().await.unwrap();
    assert_eq!(stopping.task().unwrap().desired_status(), Some("STOPPED"));
    let stopped = reached(&world, arn, "STOPPED").await;
    assert_eq!(stopped.stop_code(), Some(&TaskStopCode::UserInitiated));
    assert_eq!(stopped.stopped_reason(), Some("the job was cancelled"));
    let list = world
        .tasks
        .list_tasks()
        .cluster("test")
        .send()
        .await
        .unwrap();
    assert!(list.task_arns().is_empty());
    world.end().await;
}
