//! The deployed stack as CloudFormation lists it.

use crate::account::Account;
use anyhow::Result;
use serde_json::Value;

/// One resource of the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the template.
    pub logical_id: String,
    /// The CloudFormation type.
    pub r#type: String,
    /// Its name or ARN in the account.
    pub physical_id: String,
}

/// All resources of a stack.
pub(crate) async fn resources(account: &Account, stack: &str) -> Result<Vec<Resource>> {
    let listed = account
        .aws(&[
            "cloudformation",
            "list-stack-resources",
            "--stack-name",
            stack,
        ])
        .await?;
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let summaries = listed["StackResourceSummaries"].as_array();
    Ok(summaries
        .into_iter()
        .flatten()
        .map(|summary| Resource {
            logical_id: text(summary, "LogicalResourceId"),
            r#type: text(summary, "ResourceType"),
            physical_id: text(summary, "PhysicalResourceId"),
        })
        .collect())
}

/// Everything in the account that a fleet is made of, in words: what is listed
/// after `cdk destroy` was left behind. The names of secrets, roles and log
/// groups tell the fleet's from the CDK's own.
pub(crate) async fn left(account: &Account, fleet: &str) -> Result<Vec<String>> {
    let lists: &[(&[&str], &str)] = &[
        (&["dynamodb", "list-tables"], "TableNames[]"),
        (&["lambda", "list-functions"], "Functions[].FunctionName"),
        (
            &["stepfunctions", "list-state-machines"],
            "stateMachines[].name",
        ),
        (&["ecs", "list-clusters"], "clusterArns[]"),
        (&["ecs", "list-task-definitions"], "taskDefinitionArns[]"),
        (&["events", "list-event-buses"], "EventBuses[].Name"),
        (&["secretsmanager", "list-secrets"], "SecretList[].Name"),
        (&["logs", "describe-log-groups"], "logGroups[].logGroupName"),
        (&["iam", "list-roles"], "Roles[].RoleName"),
        (
            &["cloudwatch", "describe-alarms"],
            "MetricAlarms[].AlarmName",
        ),
        (
            &["cloudwatch", "list-dashboards"],
            "DashboardEntries[].DashboardName",
        ),
        (&["ec2", "describe-vpcs"], "Vpcs[].Tags[].Value"),
        (&["sns", "list-topics"], "Topics[].TopicArn"),
        (&["codebuild", "list-projects"], "projects[]"),
    ];
    let asked = lists.iter().map(|(call, names)| async move {
        let mut arguments = call.to_vec();
        arguments.extend(["--query", names]);
        let answer = account.aws(&arguments).await?;
        let names = answer.as_array().into_iter().flatten();
        let ours = names
            .filter_map(Value::as_str)
            .filter(|it| it.contains(fleet));
        let ours = ours.map(|name| format!("{} {name}", call.join(" ")));
        anyhow::Ok(ours.collect::<Vec<_>>())
    });
    Ok(futures::future::try_join_all(asked).await?.concat())
}
