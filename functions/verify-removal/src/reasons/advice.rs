//! What a person should do about AWS's refusals, by AWS's own words. AWS names
//! the thing; the sentence here names the fix.

/// Words of AWS (all of a row must occur, in lower case), and the fix. The first
/// row that fits counts.
const ADVICE: &[(&[&str], &str)] = &[
    (
        &["iam:passrole"],
        "Let the state machine's role pass the task's two roles (iam:PassRole): deploy the stack again, and look for a policy of the organisation that denies it.",
    ),
    (
        &["service linked role"],
        "Make ECS's service-linked role once: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
    ),
    (
        &["unable to assume"],
        "The role is missing or does not trust ecs-tasks.amazonaws.com: deploy the stack again.",
    ),
    (
        &["not authorized to perform: ecs:"],
        "Allow the state machine's role this action: deploy the stack again, and look for a policy of the organisation that denies it.",
    ),
    (
        &["same vpc"],
        "Name subnets and security groups of one VPC in the stack's network settings.",
    ),
    (
        &["subnet", "not exist"],
        "Name subnets of this account and region in the stack's network settings.",
    ),
    (
        &["invalidsubnet"],
        "Name subnets of this account and region in the stack's network settings.",
    ),
    (
        &["security group", "not exist"],
        "Name security groups of this account and region in the stack's network settings.",
    ),
    (
        &["invalidgroup"],
        "Name security groups of this account and region in the stack's network settings.",
    ),
    (
        &["unauthorizedoperation"],
        "Let ECS make network interfaces in this subnet: look for a policy of the organisation that denies it.",
    ),
    (
        &["taskdefinition"],
        "The task definition of this processor is missing or inactive: deploy the stack with the processor in its `architectures`.",
    ),
    (
        &["task definition"],
        "The task definition of this processor is missing or inactive: deploy the stack with the processor in its `architectures`.",
    ),
    (
        &["capacity provider"],
        "Let the cluster have the capacity providers FARGATE and FARGATE_SPOT: deploy the stack again.",
    ),
    (
        &["cluster not found"],
        "The cluster is missing: deploy the stack again.",
    ),
    (
        &["no fargate configuration"],
        "Fargate in this region has no such pair of CPU and memory: ask for another size.",
    ),
    (
        &["account is currently blocked"],
        "AWS has blocked the account: ask AWS Support.",
    ),
    (
        &["no matching manifest"],
        "Build the image for the task's processor as well.",
    ),
    (
        &["matching platform"],
        "Build the image for the task's processor as well.",
    ),
    (
        &["exec format error"],
        "Build the image for the task's processor.",
    ),
    (
        &["no space left"],
        "The image is larger than the task's storage: ask for more with disk=, or make the image smaller.",
    ),
    (
        &["cannotpull", "not found"],
        "Push the image, or correct its name in the stack's image settings.",
    ),
    (
        &["cannotpull", "manifest unknown"],
        "Push the image, or correct its name in the stack's image settings.",
    ),
    (
        &["cannotpull"],
        "Let the execution role read the image's repository, or correct the registry's credentials in the stack's image settings.",
    ),
    (
        &["log group"],
        "The runners' log group is missing: deploy the stack again.",
    ),
    (
        &["secret"],
        "Let the execution role read the secret that the task definition names, or remove it there.",
    ),
    (
        &["cannotstartcontainer"],
        "The image has no such program, or may not run it: build it as infra/image does.",
    ),
];

/// The fix for AWS's sentence; empty where there is no better one than AWS's.
pub(crate) fn advice(reason: &str) -> &'static str {
    let words = reason.to_lowercase();
    let fits = |parts: &[&str]| parts.iter().all(|part| words.contains(part));
    ADVICE
        .iter()
        .find(|(parts, _)| fits(parts))
        .map_or("", |(_, fix)| fix)
}
