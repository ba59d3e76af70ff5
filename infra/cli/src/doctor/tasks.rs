//! The cluster and the task definitions of the runners.

use super::Context;
use super::aws::service::ECS;
use super::definition;
use super::finding::Finding;
use futures::future::join_all;
use serde_json::{Value, json};

const CLUSTER: &str = "tasks.cluster";
const SPOT: &str = "tasks.spot";
const DEFINITION: &str = "tasks.definition";
const STOP_TIMEOUT: &str = "tasks.stop-timeout";
const DEPLOY: &str = "deploy the stack again";
/// ECS's stopTimeout where a container sets none, seconds.
const DEFAULT_STOP_TIMEOUT: u64 = 30;
/// The entrypoint's RUNNER_STOP_SECONDS where the container sets none.
const DEFAULT_STOP_SECONDS: u64 = 30;

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let name = context
        .deployment
        .variable("CLUSTER")
        .unwrap_or_else(|| context.deployment.names.fleet().to_owned());
    let mut found = clusters(context, &name).await;
    if context.deployment.definition().is_none() {
        for id in [DEFINITION, STOP_TIMEOUT] {
            found.push(Finding::needs(
                id,
                "the definition",
                "state-machine.deployed",
            ));
        }
        return found;
    }
    // A fleet may be deployed for one architecture alone.
    let some = context
        .task_definitions
        .iter()
        .any(|(_, task)| task.is_ok());
    for (name, task) in &context.task_definitions {
        let name = name.rsplit('/').next().unwrap_or(name);
        let pair = match task {
            Err(fault) if fault.is_missing() && some => [
                Finding::warning(
                    DEFINITION,
                    "there is no such task definition, so jobs that ask for this architecture fail",
                    "add the architecture to `architectures` and deploy, or keep it out of labels",
                ),
                Finding::skipped(STOP_TIMEOUT, "there is no such task definition"),
            ],
            Err(fault) if fault.is_missing() => [
                Finding::wrong(DEFINITION, "there is no such task definition", DEPLOY),
                Finding::needs(STOP_TIMEOUT, "the task definition", DEFINITION),
            ],
            Err(fault) => [
                Finding::fault(DEFINITION, fault),
                Finding::needs(STOP_TIMEOUT, "the task definition", DEFINITION),
            ],
            Ok(task) => [registered(context, task), stop_timeout(task)],
        };
        found.extend(pair.map(|finding| finding.of(name)));
    }
    found
}

async fn clusters(context: &Context, name: &str) -> Vec<Finding> {
    let input = json!({"clusters": [name]});
    let read = context.aws.json(ECS, "DescribeClusters", input).await;
    let cluster = match read {
        Err(fault) => {
            return vec![
                Finding::fault(CLUSTER, &fault).of(name),
                Finding::needs(SPOT, "the cluster", CLUSTER).of(name),
            ];
        }
        Ok(answer) => answer["clusters"][0].clone(),
    };
    if cluster["status"] != "ACTIVE" {
        let observed = match cluster["status"].as_str() {
            Some(status) => format!("its status is {status}"),
            None => "there is no such cluster".to_owned(),
        };
        return vec![
            Finding::wrong(CLUSTER, observed, DEPLOY).of(name),
            Finding::needs(SPOT, "the cluster", CLUSTER).of(name),
        ];
    }
    let running = &cluster["runningTasksCount"];
    vec![
        Finding::ok(CLUSTER, format!("ACTIVE, {running} tasks running")).of(name),
        spot(context, &cluster).of(name),
    ]
}

fn spot(context: &Context, cluster: &Value) -> Finding {
    let Some(policy) = context.deployment.policy() else {
        return Finding::needs(SPOT, "the policy", "functions.policy");
    };
    let has = cluster["capacityProviders"]
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one == "FARGATE_SPOT"));
    match (policy.spot_allowed, has) {
        (false, _) => Finding::ok(SPOT, "the policy allows no Spot"),
        (true, true) => Finding::ok(SPOT, "FARGATE_SPOT"),
        (true, false) => Finding::warning(
            SPOT,
            "the policy allows Spot, but the cluster has no FARGATE_SPOT",
            "associate the capacity provider FARGATE_SPOT with the cluster",
        ),
    }
}

fn registered(context: &Context, task: &Value) -> Finding {
    let mut problems = Vec::new();
    let has = |list: &str, wanted: &str| {
        task[list]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == wanted))
    };
    if task["status"] != "ACTIVE" {
        problems.push(format!("its status is {}", task["status"]));
    }
    if !has("requiresCompatibilities", "FARGATE") && !has("compatibilities", "FARGATE") {
        problems.push("it is not for FARGATE".to_owned());
    }
    let runner = runner(task);
    match runner {
        None => problems.push("it has no container runner".to_owned()),
        Some(runner) => {
            let wanted = context.deployment.variable("HANDOVER_TABLE");
            if variable(runner, "HANDOVER_TABLE") != wanted.as_deref() {
                problems.push("its HANDOVER_TABLE differs from the functions'".to_owned());
            }
            // A size of its own would defeat the job's size.
            for own in ["cpu", "memory"] {
                if runner[own].as_u64().unwrap_or(0) > 0 {
                    problems.push(format!("its container sets {own}, so jobs cannot be sized"));
                }
            }
        }
    }
    // Processes of the local place need no roles.
    for role in ["taskRoleArn", "executionRoleArn"] {
        if task[role].as_str().is_none() && !context.in_place() {
            problems.push(format!("it has no {role}"));
        }
    }
    if !problems.is_empty() {
        return Finding::wrong(DEFINITION, problems.join("; "), DEPLOY);
    }
    let architecture = task["runtimePlatform"]["cpuArchitecture"]
        .as_str()
        .unwrap_or("X86_64");
    let image = runner.and_then(|runner| runner["image"].as_str());
    Finding::ok(
        DEFINITION,
        format!("{architecture}, image {}", image.unwrap_or_default()),
    )
}

/// ECS must wait longer than the entrypoint does, or jobs are killed while they end.
fn stop_timeout(task: &Value) -> Finding {
    let Some(runner) = runner(task) else {
        return Finding::needs(STOP_TIMEOUT, "the container runner", DEFINITION);
    };
    let given = runner["stopTimeout"].as_u64();
    let timeout = given.unwrap_or(DEFAULT_STOP_TIMEOUT);
    let seconds = match variable(runner, "RUNNER_STOP_SECONDS") {
        None => DEFAULT_STOP_SECONDS,
        Some(text) => match text.parse() {
            Ok(seconds) => seconds,
            Err(_) => {
                let observed = format!("RUNNER_STOP_SECONDS is {text:?}, which is no number");
                return Finding::wrong(STOP_TIMEOUT, observed, DEPLOY);
            }
        },
    };
    let observed = format!("stopTimeout {timeout} s, the runner's own {seconds} s");
    if timeout > seconds {
        Finding::ok(STOP_TIMEOUT, observed)
    } else {
        let fix = format!("set stopTimeout above {seconds} s (at most 120), so that a job can end");
        Finding::wrong(STOP_TIMEOUT, observed, fix)
    }
}

/// The container `runner`.
pub(super) fn runner(task: &Value) -> Option<&Value> {
    task["containerDefinitions"]
        .as_array()?
        .iter()
        .find(|container| container["name"] == "runner")
}

fn variable<'a>(container: &'a Value, name: &str) -> Option<&'a str> {
    container["environment"]
        .as_array()?
        .iter()
        .find(|variable| variable["name"] == name)?["value"]
        .as_str()
}

/// Every task definition that the state machine may run.
pub(super) async fn read(
    aws: &super::aws::Aws,
    definition: Option<&Value>,
) -> Vec<(String, Result<Value, super::aws::Fault>)> {
    let names = definition
        .map(definition::task_definitions)
        .unwrap_or_default();
    join_all(names.into_iter().map(|name| async move {
        let input = json!({"taskDefinition": name});
        let read = aws.json(ECS, "DescribeTaskDefinition", input).await;
        (name, read.map(|answer| answer["taskDefinition"].clone()))
    }))
    .await
}
