//! The state machine: active, and made of the parts that the functions name.

use super::Context;
use super::aws::service::{LAMBDA, STATES};
use super::definition;
use super::finding::Finding;
use futures::future::join_all;
use serde_json::{Value, json};

const DEPLOYED: &str = "state-machine.deployed";
const ALIAS: &str = "state-machine.alias";
const FUNCTIONS: &str = "state-machine.functions";
const TABLES: &str = "state-machine.tables";
const LOGGING: &str = "state-machine.logging";
const DEPLOY: &str = "deploy the stack again";

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let (alias, functions) = futures::join!(alias(context), functions(context));
    vec![
        deployed(context),
        alias,
        functions,
        tables(context),
        logging(context),
    ]
}

fn deployed(context: &Context) -> Finding {
    let name = context.deployment.names.fleet();
    let finding = match &context.deployment.machine {
        Err(fault) if fault.is_missing() => {
            Finding::wrong(DEPLOYED, "there is no such state machine", DEPLOY)
        }
        Err(fault) => Finding::fault(DEPLOYED, fault),
        Ok(machine) if machine["status"] == "ACTIVE" => match context.deployment.definition() {
            Some(_) => Finding::ok(DEPLOYED, "ACTIVE"),
            None => Finding::wrong(DEPLOYED, "its definition is not JSON", DEPLOY),
        },
        Ok(machine) => Finding::wrong(
            DEPLOYED,
            format!("its status is {}", machine["status"]),
            DEPLOY,
        ),
    };
    finding.of(name)
}

async fn alias(context: &Context) -> Finding {
    if context.deployment.machine.is_err() {
        return Finding::needs(ALIAS, "the state machine", DEPLOYED);
    }
    let arn = format!("{}:live", context.machine_arn());
    let input = json!({"stateMachineAliasArn": arn});
    let read = context
        .aws
        .json(STATES, "DescribeStateMachineAlias", input)
        .await;
    match read {
        Err(fault) if fault.is_missing() => Finding::wrong(ALIAS, "it has no alias live", DEPLOY),
        Err(fault) => Finding::fault(ALIAS, &fault),
        Ok(alias) => {
            let version = alias
                .pointer("/routingConfiguration/0/stateMachineVersionArn")
                .and_then(Value::as_str)
                .and_then(|arn| arn.rsplit(':').next())
                .unwrap_or("none");
            Finding::ok(ALIAS, format!("live is version {version}"))
        }
    }
}

/// Every function that the definition calls must be this fleet's, and there.
async fn functions(context: &Context) -> Finding {
    let Some(definition) = context.deployment.definition() else {
        return Finding::needs(FUNCTIONS, "the definition", DEPLOYED);
    };
    let called = definition::functions(&definition);
    let reads = join_all(called.iter().map(|called| async move {
        let path = format!("/2015-03-31/functions/{called}/configuration");
        let read = context.aws.get(LAMBDA, "GetFunctionConfiguration", path);
        (called, read.await)
    }));
    let prefix = context.deployment.names.function("");
    let (mut problems, mut loose) = (Vec::new(), Vec::new());
    for (called, read) in reads.await {
        let name = called.rsplit("function:").next().unwrap_or(called);
        match read {
            Err(fault) if fault.is_missing() => problems.push(format!("{name} does not exist")),
            Err(fault) => return Finding::fault(FUNCTIONS, &fault),
            Ok(_) if !name.starts_with(&prefix) => {
                problems.push(format!("{name} is not of this fleet"));
            }
            Ok(_) if !name.contains(':') => loose.push(name.to_owned()),
            Ok(_) => {}
        }
    }
    if called.is_empty() {
        problems.push("it calls no function".to_owned());
    }
    if !problems.is_empty() {
        Finding::wrong(FUNCTIONS, problems.join("; "), DEPLOY)
    } else if !loose.is_empty() && !context.in_place() {
        let observed = format!("{} called without a version", loose.join(", "));
        let fix = "call published versions, so that running executions keep theirs";
        Finding::warning(FUNCTIONS, observed, fix)
    } else {
        Finding::ok(FUNCTIONS, format!("{} functions, all there", called.len()))
    }
}

/// The definition and the functions must mean the same claims and cluster.
fn tables(context: &Context) -> Finding {
    let Some(definition) = context.deployment.definition() else {
        return Finding::needs(TABLES, "the definition", DEPLOYED);
    };
    let mut problems = Vec::new();
    let claims = context.deployment.variable("CLAIMS_TABLE");
    for table in definition::tables(&definition) {
        let name = table.rsplit('/').next().unwrap_or(&table);
        let wanted = claims.as_deref().unwrap_or_default();
        if name != wanted.rsplit('/').next().unwrap_or(wanted) {
            problems.push(format!(
                "it keeps claims in {name}, the functions in {wanted}"
            ));
        }
    }
    if let Some(cluster) = context.deployment.variable("CLUSTER")
        && let Some(used) = definition::cluster(&definition)
    {
        let last = |text: &str| text.rsplit('/').next().unwrap_or(text).to_owned();
        if last(&used) != last(&cluster) {
            problems.push(format!(
                "it runs tasks in the cluster {}, the functions look in {}",
                last(&used),
                last(&cluster)
            ));
        }
    }
    if problems.is_empty() {
        Finding::ok(TABLES, "the same claims and cluster as the functions")
    } else {
        Finding::wrong(TABLES, problems.join("; "), DEPLOY)
    }
}

fn logging(context: &Context) -> Finding {
    let Ok(machine) = &context.deployment.machine else {
        return Finding::needs(LOGGING, "the state machine", DEPLOYED);
    };
    if context.in_place() {
        return Finding::skipped(LOGGING, "the local place has no execution logs");
    }
    let logging = &machine["loggingConfiguration"];
    if logging["includeExecutionData"] == true {
        return Finding::wrong(
            LOGGING,
            "its log includes execution data",
            "set includeExecutionData to false: payloads do not belong into logs",
        );
    }
    match logging["level"].as_str() {
        Some(level @ ("ALL" | "ERROR" | "FATAL")) => {
            Finding::ok(LOGGING, format!("level {level}, without execution data"))
        }
        _ => Finding::warning(LOGGING, "it logs nothing", "log at least level ERROR"),
    }
}
