//! The services that only AWS has, in the shape of their service models: whole,
//! and broken one thing at a time.

use super::aws_answers::{self, alarms, healthy, quotas};
use super::aws_stub::{Replies, Reply, Stub};
use super::{Told, end, settings, stage_with, told_at};
use jit_runners::stage::Stage;
use serde_json::{Value, json};

/// A fleet, told by doctor through AWS with these answers.
async fn asked(stage: &Stage, replies: Replies) -> Told {
    let stub = Stub::start(stage.place.endpoint(), replies).await;
    told_at(&stub.endpoint).await
}

async fn start() -> Stage {
    stage_with(settings()).await
}

/// The healthy answers with another one.
fn but(operation: &'static str, reply: Reply) -> Replies {
    let mut replies = healthy();
    replies.insert(operation, reply);
    replies
}

fn xml(text: &str, from: &str, to: &str) -> Reply {
    assert!(text.contains(from), "{from}");
    Reply::Xml(text.replace(from, to))
}

fn deny(code: &'static str) -> Reply {
    Reply::Refused(400, code, "User: arn:aws:iam::1:user/x is not authorized")
}

#[tokio::test]
async fn a_healthy_deployment_is_all_right() {
    let stage = start().await;
    let told = asked(&stage, healthy()).await;
    assert_eq!(told.ids("wrong"), Vec::<&str>::new(), "{}", told.text);
    assert_eq!(told.ids("unknown"), Vec::<&str>::new(), "{}", told.text);
    // The place's tables are not backed up, and the stub changes no table's answer.
    assert_eq!(
        told.ids("warning"),
        ["tables.claims-backup"],
        "{}",
        told.text
    );
    assert_eq!(told.ids("skipped"), Vec::<&str>::new(), "{}", told.text);
    assert_eq!(told.code, 0);
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn each_single_thing_broken_is_its_own_wrong_line() {
    let stage = start().await;
    let missing = |code| Reply::Refused(400, code, "it is not there");
    let broken: Vec<(&'static str, Reply, &str, &str)> = vec![
        (
            "GetAlias",
            Reply::Refused(404, "ResourceNotFoundException", "Cannot find alias"),
            "functions.alias",
            "without the alias live",
        ),
        (
            "DescribeStateMachineAlias",
            missing("ResourceNotFound"),
            "state-machine.alias",
            "no alias live",
        ),
        (
            "DescribeStateMachine",
            Reply::Patched(|answer| {
                answer["loggingConfiguration"] =
                    json!({"level": "ALL", "includeExecutionData": true});
            }),
            "state-machine.logging",
            "execution data",
        ),
        (
            "GetQueueAttributes",
            Reply::Json(json!({"Attributes": {"ApproximateNumberOfMessages": "7"}})),
            "events.dead-letters",
            "7 events",
        ),
        (
            "DescribeTaskDefinition",
            Reply::Patched(|answer| {
                let task = &mut answer["taskDefinition"];
                task["taskRoleArn"] = "arn:aws:iam::1:role/task".into();
                task["containerDefinitions"][0]["image"] =
                    "123456789012.dkr.ecr.us-east-1.amazonaws.com/r:x86_64".into();
            }),
            "tasks.definition",
            "no executionRoleArn",
        ),
        (
            "DescribeImages",
            missing("ImageNotFoundException"),
            "image.pushed",
            "no such image",
        ),
        (
            "BatchGetBuilds",
            Reply::Json(json!({"builds": [{"buildStatus": "FAILED"}]})),
            "image.build",
            "FAILED",
        ),
        (
            "ListBuildsForProject",
            Reply::Json(json!({"ids": []})),
            "image.build",
            "never built",
        ),
        (
            "DescribeSubnets",
            Reply::RefusedXml(
                400,
                "InvalidSubnetID.NotFound",
                "The subnet ID does not exist",
            ),
            "network.subnet",
            "not all subnets exist",
        ),
        (
            "DescribeRouteTables",
            xml(aws_answers::ROUTES, "0.0.0.0/0", "192.168.0.0/16"),
            "network.way-out",
            "no route to the internet",
        ),
        (
            "DescribeRouteTables",
            xml(
                aws_answers::ROUTES,
                "nat-1</natGatewayId><state>active",
                "nat-1</natGatewayId><state>blackhole",
            ),
            "network.way-out",
            "blackhole",
        ),
        (
            "DescribeRouteTables",
            xml(
                aws_answers::ROUTES,
                "<natGatewayId>nat-1</natGatewayId>",
                "<gatewayId>igw-1</gatewayId>",
            ),
            "network.way-out",
            "no public address",
        ),
        (
            "DescribeSecurityGroups",
            xml(
                aws_answers::GROUPS,
                "<toPort>443</toPort>",
                "<toPort>442</toPort>",
            ),
            "network.security-group",
            "no HTTPS out",
        ),
        (
            "DescribeVpcEndpoints",
            xml(
                aws_answers::ENDPOINTS,
                "us-east-1.dynamodb",
                "us-east-1.logs",
            ),
            "network.endpoints",
            "no endpoint of DynamoDB",
        ),
        (
            "ListServiceQuotas",
            Reply::Json(quotas(6.0)),
            "quotas.vcpu",
            "6 vCPU",
        ),
        (
            "DescribeAlarms",
            Reply::Xml(alarms("ALARM", true)),
            "alarms.state",
            "jit-runners-failed",
        ),
        (
            "DescribeAlarms",
            Reply::Xml(alarms("OK", false)),
            "alarms.actions",
            "tell nobody",
        ),
        (
            "DescribeAlarms",
            xml(&alarms("OK", true), "MetricAlarms>", "OtherAlarms>"),
            "alarms.deployed",
            "no alarm",
        ),
    ];
    for (operation, reply, id, observed) in broken {
        let told = asked(&stage, but(operation, reply)).await;
        told.assert_wrong(id, observed);
    }
    end(stage, &[]).await;
}

#[tokio::test]
async fn what_deserves_a_look_is_a_warning() {
    let stage = start().await;
    let old = json!({"imageDetails": [{"imageTags": ["runner-2.300.0"], "imagePushedAt": 1_700_000_000}]});
    let forever: Value = serde_json::from_str(
        &aws_answers::log_groups()
            .to_string()
            .replace("retentionInDays", "storedBytes"),
    )
    .unwrap();
    let mut slow = quotas(4000.0);
    slow["Quotas"][2]["Value"] = 2.0.into();
    for (operation, reply, id) in [
        ("DescribeImages", Reply::Json(old), "image.pushed"),
        ("DescribeLogGroups", Reply::Json(forever), "logs.group"),
        (
            "DescribeArchive",
            Reply::Refused(400, "ResourceNotFoundException", "none"),
            "events.archive",
        ),
        (
            "GetAlias",
            Reply::Json(json!({"FunctionVersion": "$LATEST"})),
            "functions.alias",
        ),
        ("ListServiceQuotas", Reply::Json(slow), "quotas.launch-rate"),
        (
            "DescribeSubnets",
            xml(aws_answers::SUBNETS, "4091", "3"),
            "network.subnet",
        ),
        (
            "DescribeSecurityGroups",
            xml(
                aws_answers::GROUPS,
                "<ipPermissions/>",
                "<ipPermissions><item><ipProtocol>-1</ipProtocol></item></ipPermissions>",
            ),
            "network.security-group",
        ),
    ] {
        let told = asked(&stage, but(operation, reply)).await;
        assert!(told.ids("warning").contains(&id), "{id}: {}", told.text);
        assert_eq!(told.code, if told.ids("wrong").is_empty() { 0 } else { 1 });
    }
    end(stage, &[]).await;
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown_and_hides_nothing_else() {
    let stage = start().await;
    let mut replies = healthy();
    for (operation, code) in [
        ("ListServiceQuotas", "AccessDeniedException"),
        ("DescribeImages", "AccessDeniedException"),
        ("GetSecretValue", "AccessDeniedException"),
    ] {
        replies.insert(operation, deny(code));
    }
    let denied = Reply::RefusedXml(403, "UnauthorizedOperation", "You are not authorized");
    replies.insert("DescribeRouteTables", denied);
    replies.insert("DescribeAlarms", Reply::Xml(alarms("ALARM", true)));
    let told = asked(&stage, replies).await;
    // One thing is wrong all the same.
    told.assert_wrong("alarms.state", "jit-runners-failed");
    let unknown = told.ids("unknown");
    for id in [
        "quotas.vcpu",
        "image.pushed",
        "network.way-out",
        "secrets.app-key",
        "github.app",
    ] {
        assert!(unknown.contains(&id), "{id}: {}", told.text);
    }
    let quota = told
        .with("unknown")
        .into_iter()
        .find(|one| one["id"] == "quotas.vcpu");
    let seen = quota.unwrap()["observed"].as_str().unwrap();
    assert_eq!(
        seen,
        "these credentials may not call servicequotas:ListServiceQuotas"
    );
    end(stage, &[&told.text]).await;
}

#[tokio::test]
async fn a_service_that_another_endpoint_lacks_is_unknown_not_skipped() {
    let stage = start().await;
    let reply = Reply::Refused(400, "UnknownOperationException", "");
    let told = asked(&stage, but("ListServiceQuotas", reply)).await;
    assert!(
        told.ids("unknown").contains(&"quotas.vcpu"),
        "{}",
        told.text
    );
    end(stage, &[]).await;
}
