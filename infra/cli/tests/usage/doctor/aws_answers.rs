//! A healthy deployment's answers, as AWS's service models have them.

use super::aws_stub::{Replies, Reply};
use serde_json::{Value, json};

pub(super) fn healthy() -> Replies {
    let now = chrono::Utc::now().timestamp();
    let image = |tag: &str| {
        json!({"imageDetails": [{
            "repositoryName": "jit-runners-runner", "imageTags": [tag, "runner-2.330.0"],
            "imagePushedAt": now - 3 * 24 * 3600,
        }]})
    };
    let machine_version = "arn:aws:states:us-east-1:123456789012:stateMachine:jit-runners:3";
    [
        ("GetAlias", Reply::Json(json!({"Name": "live", "FunctionVersion": "3"}))),
        ("DescribeStateMachine", Reply::Patched(machine)),
        ("DescribeStateMachineAlias", Reply::Json(json!({
            "name": "live",
            "routingConfiguration": [{"stateMachineVersionArn": machine_version, "weight": 100}],
        }))),
        ("ListTargetsByRule", Reply::Patched(with_dead_letters)),
        ("DescribeArchive", Reply::Json(json!({"ArchiveName": "jit-runners", "State": "ENABLED"}))),
        ("GetQueueUrl", Reply::Json(json!({"QueueUrl": "https://sqs/1/jit-runners-dead-letters"}))),
        ("GetQueueAttributes", Reply::Json(json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}))),
        ("DescribeContinuousBackups", Reply::Patched(|_| {})),
        ("DescribeTaskDefinition", Reply::Patched(task)),
        ("DescribeImages", Reply::Json(image("x86_64"))),
        ("ListBuildsForProject", Reply::Json(json!({"ids": ["jit-runners-image-x86-64:1"]}))),
        ("BatchGetBuilds", Reply::Json(json!({"builds": [{"buildStatus": "SUCCEEDED"}]}))),
        ("DescribeSubnets", Reply::Xml(SUBNETS.to_owned())),
        ("DescribeRouteTables", Reply::Xml(ROUTES.to_owned())),
        ("DescribeSecurityGroups", Reply::Xml(GROUPS.to_owned())),
        ("DescribeVpcEndpoints", Reply::Xml(ENDPOINTS.to_owned())),
        ("ListServiceQuotas", Reply::Json(quotas(4000.0))),
        ("DescribeAlarms", Reply::Xml(alarms("OK", true))),
        ("DescribeLogGroups", Reply::Json(log_groups())),
    ]
    .into()
}

/// The place's definition, logged as CDK has it.
fn machine(answer: &mut Value) {
    answer["loggingConfiguration"] = json!({"level": "ERROR", "includeExecutionData": false});
}

fn with_dead_letters(answer: &mut Value) {
    let target = &mut answer["Targets"][0];
    target["DeadLetterConfig"] =
        json!({"Arn": "arn:aws:sqs:us-east-1:123456789012:jit-runners-dead-letters"});
}

fn task(answer: &mut Value) {
    let task = &mut answer["taskDefinition"];
    task["taskRoleArn"] = "arn:aws:iam::123456789012:role/task".into();
    task["executionRoleArn"] = "arn:aws:iam::123456789012:role/execution".into();
    task["containerDefinitions"][0]["image"] =
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/jit-runners-runner:x86_64".into();
}

pub(super) fn quotas(vcpu: f64) -> Value {
    let quota = |code: &str, name: &str, value: f64| json!({"ServiceCode": "fargate", "QuotaCode": code, "QuotaName": name, "Value": value});
    json!({"Quotas": [
        quota("L-3032A538", "Fargate On-Demand vCPU resource count", vcpu),
        quota("L-36FBB829", "Fargate Spot vCPU resource count", 4000.0),
        quota("L-0", "Fargate On-Demand Sustained Launch Rate", 20.0),
    ]})
}

pub(super) fn alarms(state: &str, actions: bool) -> String {
    let action = if actions {
        "<AlarmActions><member>arn:aws:sns:us-east-1:123456789012:jit-runners-alarms</member></AlarmActions>"
    } else {
        "<AlarmActions/>"
    };
    format!(
        r#"<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><DescribeAlarmsResult>
        <MetricAlarms><member><AlarmName>jit-runners-failed</AlarmName><ActionsEnabled>true</ActionsEnabled>
        {action}<StateValue>{state}</StateValue></member></MetricAlarms><CompositeAlarms/></DescribeAlarmsResult>
        </DescribeAlarmsResponse>"#
    )
}

pub(super) fn log_groups() -> Value {
    let names = [
        "/aws/lambda/jit-runners-webhook",
        "/aws/lambda/jit-runners-size",
        "/aws/lambda/jit-runners-mint",
        "/aws/lambda/jit-runners-verify-removal",
        "/aws/lambda/jit-runners-escalate",
        "/aws/lambda/jit-runners-release",
        "/aws/lambda/jit-runners-reconcile",
        "/ecs/jit-runners",
        "/aws/vendedlogs/states/jit-runners",
    ];
    let groups: Vec<Value> = names
        .iter()
        .map(|name| json!({"logGroupName": name, "retentionInDays": 30}))
        .collect();
    json!({"logGroups": groups})
}

pub(super) const SUBNETS: &str = r#"<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<subnetSet><item><subnetId>subnet-local</subnetId><vpcId>vpc-1</vpcId><availabilityZone>us-east-1a</availabilityZone>
<availableIpAddressCount>4091</availableIpAddressCount></item></subnetSet></DescribeSubnetsResponse>"#;

pub(super) const ROUTES: &str = r#"<DescribeRouteTablesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<routeTableSet><item><routeTableId>rtb-1</routeTableId><routeSet>
<item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>
<item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>active</state></item>
</routeSet><associationSet><item><main>false</main><subnetId>subnet-local</subnetId></item></associationSet></item>
<item><routeTableId>rtb-2</routeTableId><routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock>
<gatewayId>local</gatewayId></item></routeSet><associationSet><item><main>true</main></item></associationSet></item>
</routeTableSet></DescribeRouteTablesResponse>"#;

pub(super) const GROUPS: &str = r#"<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<securityGroupInfo><item><groupId>sg-local</groupId><ipPermissions/><ipPermissionsEgress><item><ipProtocol>tcp</ipProtocol>
<fromPort>443</fromPort><toPort>443</toPort><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item>
</ipPermissionsEgress></item></securityGroupInfo></DescribeSecurityGroupsResponse>"#;

pub(super) const ENDPOINTS: &str = r#"<DescribeVpcEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
<vpcEndpointSet><item><serviceName>com.amazonaws.us-east-1.dynamodb</serviceName><state>available</state></item>
<item><serviceName>com.amazonaws.us-east-1.s3</serviceName><state>available</state></item></vpcEndpointSet>
</DescribeVpcEndpointsResponse>"#;
