//! The log groups: there, and not kept for ever.

use super::Context;
use super::aws::service::LOGS;
use super::finding::Finding;
use domain::names::handler;
use futures::future::join_all;
use serde_json::json;

const GROUP: &str = "logs.group";

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    if context.in_place() {
        let why = "the local place makes log groups as they are written to, and keeps none";
        return vec![Finding::skipped(GROUP, why)];
    }
    let names = &context.deployment.names;
    let mut groups: Vec<String> = handler::ALL
        .iter()
        .map(|handler| names.function_log_group(handler))
        .collect();
    groups.push(names.task_log_group());
    groups.push(format!("/aws/vendedlogs/states/{}", names.fleet()));
    let reads = groups.into_iter().map(|name| group(context, name));
    join_all(reads).await
}

async fn group(context: &Context, name: String) -> Finding {
    let input = json!({"logGroupNamePrefix": name});
    let finding = match context.aws.json(LOGS, "DescribeLogGroups", input).await {
        Err(fault) => Finding::fault(GROUP, &fault),
        Ok(answer) => {
            let groups = answer["logGroups"].as_array();
            let found = groups.and_then(|groups| {
                groups
                    .iter()
                    .find(|group| group["logGroupName"] == name.as_str())
            });
            match found.map(|group| group["retentionInDays"].as_u64()) {
                None => Finding::warning(
                    GROUP,
                    "there is no such log group",
                    "deploy the stack again: a group that AWS makes by itself is kept for ever",
                ),
                Some(None) => Finding::warning(
                    GROUP,
                    "its events are kept for ever",
                    "set a retention: `aws logs put-retention-policy`",
                ),
                Some(Some(days)) => Finding::ok(GROUP, format!("kept for {days} days")),
            }
        }
    };
    finding.of(name)
}
