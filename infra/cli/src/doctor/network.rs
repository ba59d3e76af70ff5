//! The tasks' network: whether a runner gets out to GitHub, and nobody in.

use super::Context;
use super::aws::service::EC2;
use super::aws::{Fault, xml};
use super::definition::{self, Network};
use super::finding::Finding;
use serde_json::Value;
use std::collections::BTreeMap;

const SUBNET: &str = "network.subnet";
const WAY_OUT: &str = "network.way-out";
const SECURITY_GROUP: &str = "network.security-group";
const ENDPOINTS: &str = "network.endpoints";
/// Fewer free addresses than this are called few: each task takes one.
const FEW_ADDRESSES: u64 = 16;

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let all = [SUBNET, WAY_OUT, SECURITY_GROUP, ENDPOINTS];
    if context.in_place() {
        return all
            .map(|id| Finding::skipped(id, "the local place has no EC2: tasks run on this machine"))
            .to_vec();
    }
    let definition = context.deployment.definition();
    let Some(network) = definition.as_ref().and_then(definition::network) else {
        return all
            .map(|id| Finding::needs(id, "the tasks' network", "state-machine.deployed"))
            .to_vec();
    };
    let subnets = read(
        context,
        "DescribeSubnets",
        &numbered("SubnetId", &network.subnets),
    )
    .await;
    let vpc = subnets.as_ref().ok().and_then(|answer| {
        let first = xml::list(&answer["subnetSet"]).first()?;
        Some(first["vpcId"].as_str()?.to_owned())
    });
    let in_vpc = filter("vpc-id", vpc.as_deref().unwrap_or_default());
    let groups = numbered("GroupId", &network.security_groups);
    let (routes, groups, endpoints) = futures::join!(
        read(context, "DescribeRouteTables", &in_vpc),
        read(context, "DescribeSecurityGroups", &groups),
        read(context, "DescribeVpcEndpoints", &in_vpc),
    );
    let mut found = Vec::new();
    for id in &network.subnets {
        found.push(subnet(&subnets, id).of(id));
    }
    for id in &network.subnets {
        let finding = match &vpc {
            Some(_) => way_out(&routes, id, &network),
            None => Finding::needs(WAY_OUT, "the subnets", SUBNET),
        };
        found.push(finding.of(id));
    }
    for id in &network.security_groups {
        found.push(security_group(&groups, id).of(id));
    }
    found.push(match vpc {
        Some(vpc) => endpoints_of(&endpoints).of(vpc),
        None => Finding::needs(ENDPOINTS, "the subnets", SUBNET),
    });
    found
}

async fn read(
    context: &Context,
    operation: &str,
    input: &[(String, String)],
) -> Result<Value, Fault> {
    Ok(context.aws.query(EC2, operation, input).await?.body)
}

fn numbered(name: &str, values: &[String]) -> Vec<(String, String)> {
    let number = |(at, value): (usize, &String)| (format!("{name}.{}", at + 1), value.clone());
    values.iter().enumerate().map(number).collect()
}

fn filter(name: &str, value: &str) -> Vec<(String, String)> {
    vec![
        ("Filter.1.Name".to_owned(), name.to_owned()),
        ("Filter.1.Value.1".to_owned(), value.to_owned()),
    ]
}

fn subnet(read: &Result<Value, Fault>, id: &str) -> Finding {
    let deploy = "correct the subnets in the stack's settings and deploy it again";
    let answer = match read {
        Err(fault) if fault.is_missing() => {
            return Finding::wrong(
                SUBNET,
                format!("not all subnets exist: {}", fault.reason()),
                deploy,
            );
        }
        Err(fault) => return Finding::fault(SUBNET, fault),
        Ok(answer) => answer,
    };
    let subnets = xml::list(&answer["subnetSet"]);
    let Some(subnet) = subnets.iter().find(|subnet| subnet["subnetId"] == id) else {
        return Finding::wrong(SUBNET, "there is no such subnet", deploy);
    };
    let zone = subnet["availabilityZone"].as_str().unwrap_or_default();
    let free = subnet["availableIpAddressCount"]
        .as_str()
        .and_then(|count| count.parse::<u64>().ok());
    match free {
        Some(free) if free < FEW_ADDRESSES => Finding::warning(
            SUBNET,
            format!("{zone}, {free} free addresses"),
            "give the stack more or larger subnets: each runner takes one address",
        ),
        Some(free) => Finding::ok(SUBNET, format!("{zone}, {free} free addresses")),
        None => Finding::ok(SUBNET, zone),
    }
}

/// The route table of a subnet: its own, else its VPC's main one.
fn route_table<'a>(answer: &'a Value, subnet: &str) -> Option<&'a Value> {
    let tables = xml::list(&answer["routeTableSet"]);
    let associated = |table: &&Value, field: &str, wanted: &str| {
        xml::list(&table["associationSet"])
            .iter()
            .any(|association| association[field] == wanted)
    };
    let own = tables
        .iter()
        .find(|table| associated(table, "subnetId", subnet));
    own.or_else(|| {
        tables
            .iter()
            .find(|table| associated(table, "main", "true"))
    })
}

fn way_out(read: &Result<Value, Fault>, subnet: &str, network: &Network) -> Finding {
    let answer = match read {
        Err(fault) => return Finding::fault(WAY_OUT, fault),
        Ok(answer) => answer,
    };
    let Some(table) = route_table(answer, subnet) else {
        let fix = "look at the subnet's routes by hand";
        return Finding::unknown(WAY_OUT, "its route table is not shown", fix);
    };
    let default = xml::list(&table["routeSet"])
        .iter()
        .find(|route| route["destinationCidrBlock"] == "0.0.0.0/0");
    let Some(route) = default else {
        let fix = "add a route to a NAT gateway, or an internet gateway with AssignPublicIp ENABLED: VPC endpoints alone do not reach GitHub";
        return Finding::wrong(WAY_OUT, "it has no route to the internet", fix);
    };
    let target = |field: &str| route[field].as_str().filter(|id| !id.is_empty());
    if route["state"] == "blackhole" {
        let fix = "point the route to a NAT gateway that exists";
        return Finding::wrong(WAY_OUT, "its default route leads nowhere (blackhole)", fix);
    }
    if let Some(gateway) = target("natGatewayId") {
        return Finding::ok(WAY_OUT, format!("NAT gateway {gateway}"));
    }
    match (target("gatewayId"), network.public_ip) {
        (Some(gateway), true) => Finding::ok(
            WAY_OUT,
            format!("internet gateway {gateway}, public addresses"),
        ),
        (Some(gateway), false) => Finding::wrong(
            WAY_OUT,
            format!("internet gateway {gateway}, but tasks get no public address"),
            "set AssignPublicIp to ENABLED, or take private subnets with a NAT gateway",
        ),
        (None, _) => {
            let others = [
                "transitGatewayId",
                "networkInterfaceId",
                "instanceId",
                "vpcPeeringConnectionId",
            ];
            match others.iter().find_map(|field| target(field)) {
                Some(other) => Finding::ok(WAY_OUT, format!("by {other}")),
                None => Finding::unknown(
                    WAY_OUT,
                    "its default route has a target that doctor does not know",
                    "see by hand that it reaches GitHub",
                ),
            }
        }
    }
}

fn security_group(read: &Result<Value, Fault>, id: &str) -> Finding {
    let answer = match read {
        Err(fault) if fault.is_missing() => {
            let fix = "correct the security groups in the stack's settings and deploy it again";
            return Finding::wrong(SECURITY_GROUP, "there is no such security group", fix);
        }
        Err(fault) => return Finding::fault(SECURITY_GROUP, fault),
        Ok(answer) => answer,
    };
    let groups = xml::list(&answer["securityGroupInfo"]);
    let Some(group) = groups.iter().find(|group| group["groupId"] == id) else {
        let fix = "correct the security groups in the stack's settings and deploy it again";
        return Finding::wrong(SECURITY_GROUP, "there is no such security group", fix);
    };
    if !xml::list(&group["ipPermissionsEgress"]).iter().any(https) {
        let fix = "allow TCP 443 to 0.0.0.0/0: runners must reach GitHub and AWS";
        return Finding::wrong(SECURITY_GROUP, "it lets no HTTPS out", fix);
    }
    if !xml::list(&group["ipPermissions"]).is_empty() {
        let fix = "take its inbound rules away: nobody needs to reach a runner";
        return Finding::warning(SECURITY_GROUP, "HTTPS out, but something may come in", fix);
    }
    Finding::ok(SECURITY_GROUP, "HTTPS out, nothing in")
}

/// Whether a rule lets TCP 443 out to everywhere.
fn https(rule: &Value) -> bool {
    let port = |field: &str| {
        rule[field]
            .as_str()
            .and_then(|port| port.parse::<i64>().ok())
    };
    let protocol = match rule["ipProtocol"].as_str() {
        Some("-1") => true,
        Some("tcp" | "6") => {
            port("fromPort").is_some_and(|from| from <= 443)
                && port("toPort").is_some_and(|to| to >= 443)
        }
        _ => false,
    };
    protocol
        && xml::list(&rule["ipRanges"])
            .iter()
            .any(|range| range["cidrIp"] == "0.0.0.0/0")
}

/// Which AWS services are reached without leaving the VPC. The hand-over table
/// must be among them, since the task role may only be used from our VPC.
fn endpoints_of(read: &Result<Value, Fault>) -> Finding {
    let answer = match read {
        Err(fault) => return Finding::fault(ENDPOINTS, fault),
        Ok(answer) => answer,
    };
    let mut services = BTreeMap::new();
    for endpoint in xml::list(&answer["vpcEndpointSet"]) {
        let state = endpoint["state"].as_str().unwrap_or_default();
        let name = endpoint["serviceName"].as_str().unwrap_or_default();
        // `com.amazonaws.eu-west-1.ecr.dkr`
        let name = name.splitn(4, '.').nth(3).unwrap_or(name);
        services.insert(name.to_owned(), state.eq_ignore_ascii_case("available"));
    }
    let list: Vec<&str> = services.keys().map(String::as_str).collect();
    match services.get("dynamodb") {
        Some(true) => Finding::ok(ENDPOINTS, list.join(", ")),
        Some(false) => Finding::wrong(
            ENDPOINTS,
            "the endpoint of DynamoDB is not available",
            "wait until it is, or deploy the stack again",
        ),
        None => Finding::wrong(
            ENDPOINTS,
            "there is no endpoint of DynamoDB, so the task role may not take a hand-over",
            "add the gateway endpoint of DynamoDB to the VPC and its route tables (it costs nothing)",
        ),
    }
}
