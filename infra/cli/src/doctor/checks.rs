//! Every check by its stable id, as docs/doctor.md lists them; a test compares.

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// `subject.what`; programs may rely on it.
    pub id: &'static str,
    /// What is looked at.
    pub reads: &'static str,
    /// When it is not right.
    pub wrong_when: &'static str,
    /// What mends it.
    pub fix: &'static str,
}

const fn check(
    id: &'static str,
    reads: &'static str,
    wrong_when: &'static str,
    fix: &'static str,
) -> Check {
    Check {
        id,
        reads,
        wrong_when,
        fix,
    }
}

/// Every check, in the report's order.
#[rustfmt::skip]
pub const CHECKS: &[Check] = &[
    check("account.identity", "sts:GetCallerIdentity", "nothing answers, or the credentials are refused; nothing else is looked at then", "credentials, `--profile`, `--region`, `--endpoint-url`"),
    check("functions.deployed", "lambda:GetFunctionConfiguration of every function", "one is missing, failed, or has another handler setting", "deploy the stack; or name the right fleet and region"),
    check("functions.settings", "their environments", "a variable is missing or unusable, or two functions disagree", "the stack's settings file, then deploy"),
    check("functions.policy", "POLICY of the function size, read as size reads it", "it cannot be used", "the policy file, then deploy"),
    check("functions.alias", "lambda:GetAlias `live` of every function", "one has none; warning where it is $LATEST", "deploy the stack"),
    check("functions.url", "lambda:GetFunctionUrlConfig of webhook", "it demands authorization; warning where there is none", "authorization type NONE"),
    check("secrets.app-key", "secretsmanager:GetSecretValue, or kms:DescribeKey where the key is in KMS", "it is missing, or no private RSA key in PEM; the KMS key is not an enabled RSA key for signing", "`jit-runners setup`, or put the PEM there"),
    check("secrets.webhook", "secretsmanager:GetSecretValue", "it is missing or empty; warning below 16 characters", "the App's webhook secret"),
    check("tables.claims", "dynamodb:DescribeTable", "it is missing, not ACTIVE, or has another key than pk", "deploy the stack"),
    check("tables.handover", "dynamodb:DescribeTable", "as claims; or it has a stream", "deploy the stack; switch the stream off"),
    check("tables.claims-backup", "dynamodb:DescribeContinuousBackups", "warning where point-in-time recovery is off", "switch it on"),
    check("tables.handover-backup", "dynamodb:DescribeContinuousBackups", "point-in-time recovery is on", "switch it off"),
    check("state-machine.deployed", "states:DescribeStateMachine", "it is missing, not ACTIVE, or its definition is not JSON", "deploy the stack"),
    check("state-machine.alias", "states:DescribeStateMachineAlias `live`", "there is none", "deploy the stack"),
    check("state-machine.functions", "the functions in the definition, and lambda:GetFunctionConfiguration of each", "one does not exist or is not of this fleet; warning where no version is named", "deploy the stack"),
    check("state-machine.tables", "table and cluster in the definition and in the functions' environments", "they differ", "deploy the stack"),
    check("state-machine.logging", "the logging configuration", "it includes execution data; warning where it is off", "includeExecutionData false, level ERROR or ALL"),
    check("events.bus", "events:DescribeEventBus", "there is none", "deploy the stack"),
    check("events.rule", "events:DescribeRule of both rules", "there is none, or it is disabled", "`aws events enable-rule`"),
    check("events.pattern", "events:TestEventPattern with a queued and a completed self-hosted job", "it does not match", "deploy the stack"),
    check("events.target", "events:ListTargetsByRule of both", "the state machine, or the function release, is not among them; warning without alias or dead-letter queue", "deploy the stack"),
    check("events.archive", "events:DescribeArchive", "warning where there is none, or it is disabled", "deploy the stack"),
    check("events.dead-letters", "sqs:GetQueueUrl, sqs:GetQueueAttributes", "it holds events; warning where there is none", "mend what the messages' attributes say, replay from the archive"),
    check("tasks.cluster", "ecs:DescribeClusters", "it is missing or not ACTIVE", "deploy the stack"),
    check("tasks.spot", "the cluster's capacity providers", "warning where the policy allows Spot and FARGATE_SPOT is not among them", "associate FARGATE_SPOT"),
    check("tasks.definition", "ecs:DescribeTaskDefinition for each architecture", "it is missing (a warning where another architecture's is there) or not ACTIVE, not for Fargate, without container `runner`, roles or the right hand-over table, or its container has a size of its own", "deploy the stack"),
    check("tasks.stop-timeout", "stopTimeout and RUNNER_STOP_SECONDS of the container", "ECS waits no longer than the runner does", "raise stopTimeout"),
    check("image.pushed", "ecr:DescribeImages", "there is no such image; warning where it is older than 30 days", "build the image again"),
    check("image.runner-version", "the image's tags", "unknown where no tag holds a version", "tag it, for example runner-2.330.0"),
    check("image.build", "codebuild:ListBuildsForProject, codebuild:BatchGetBuilds", "the last build failed, or there was none", "read the build's log"),
    check("network.subnet", "ec2:DescribeSubnets", "it does not exist; warning below 16 free addresses", "the stack's settings file, then deploy"),
    check("network.way-out", "ec2:DescribeRouteTables", "no default route, a blackhole, or an internet gateway without public addresses", "NAT gateway, or AssignPublicIp ENABLED"),
    check("network.security-group", "ec2:DescribeSecurityGroups", "it does not exist, or lets no HTTPS out; warning where something may come in", "its rules"),
    check("network.endpoints", "ec2:DescribeVpcEndpoints", "DynamoDB's is missing or not available: the task role is bound to the VPC by it", "add the gateway endpoint of DynamoDB"),
    check("quotas.vcpu", "servicequotas:ListServiceQuotas, Fargate on-demand vCPU (L-3032A538)", "less than the policy's largest runner; warning below 10 runners of the default size", "ask for more in Service Quotas"),
    check("quotas.spot-vcpu", "the same, Fargate Spot vCPU (L-36FBB829)", "as above; skipped where the policy allows no Spot", "ask for more in Service Quotas"),
    check("quotas.launch-rate", "the same, sustained launch rate", "warning below 5 tasks a second", "ask for more in Service Quotas"),
    check("alarms.deployed", "cloudwatch:DescribeAlarms", "there is none of this fleet", "deploy the stack"),
    check("alarms.actions", "the same", "one has no action, or its actions are disabled", "an SNS topic as action"),
    check("alarms.state", "the same", "one is in ALARM", "the alarm's section in docs/operations.md"),
    check("logs.group", "logs:DescribeLogGroups of functions, runners and state machine", "warning where it is missing or kept for ever", "deploy the stack; set a retention"),
    check("github.app", "GET /app by the App's key", "GitHub does not take the signature", "App id and private key"),
    check("github.clock", "the Date of GitHub's answer", "warning where this machine is more than 30 s off", "NTP"),
    check("github.permissions", "GET /app and its installation", "organization_self_hosted_runners: write (or administration: write, for repositories) or actions: read is lacking", "the App's settings; an owner accepts them"),
    check("github.events", "GET /app and its installation", "workflow_job is not subscribed to", "the App's settings"),
    check("github.installation", "GET /app/installations/{id}", "there is none, or it is suspended", "install or unsuspend the App"),
    check("github.webhook", "GET /app/hook/config", "off, another address than functions.url, not JSON, or without certificate check", "the App's settings"),
    check("github.deliveries", "GET /app/hook/deliveries, the last 20", "the last one failed; warning where an earlier one did, or there is none", "by its status: address, secret, or the function's log"),
    check("github.runner-group", "GET /orgs/{org}/actions/runner-groups/{id}", "there is none, or it shuts out what the policy serves; warning where it is restricted", "the group's settings, or the policy"),
    check("github.rate-limit", "GET /rate_limit", "nothing is left; warning below a tenth", "what else uses this App"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_id_is_there_once() {
        let ids: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
        assert_eq!(ids.len(), CHECKS.len());
    }
}
