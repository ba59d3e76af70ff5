//! AWS's own texts: what each comes to, and what the sentence about it advises.

use super::*;
use Outcome::{Capacity, Configuration, StartFailure, Unexpected};

/// Error, cause, outcome, a part of the advice (empty: none is better than AWS's own).
#[rustfmt::skip]
const ERRORS: &[(&str, &str, Outcome, &str)] = &[
    ("ECS.AmazonECSException", "Capacity is unavailable at this time. Please try again later or in a different availability zone (Service: AmazonECS; Status Code: 400; Error Code: ClientException; Request ID: 0; Proxy: null)", Capacity, ""),
    ("ECS.AmazonECSException", "Rate exceeded (Service: AmazonECS; Status Code: 400; Error Code: ThrottlingException; Request ID: 0; Proxy: null)", Capacity, ""),
    ("ECS.ServerException", "Service Unavailable. Please try again later.", Capacity, ""),
    ("ECS.ThrottlingException", "", Capacity, ""),
    ("ECS.ClientException", "You've reached the limit on the number of vCPUs you can run concurrently", Capacity, ""),
    ("ECS.ClientException", "You've reached the limit on the number of tasks you can run concurrently", Capacity, ""),
    ("ECS.InvalidParameterException", "Error retrieving subnet information for [subnet-0a1]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)", Capacity, ""),
    ("ECS.ClientException", "No Fargate configuration exists for given values: 3072 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.", Configuration, "another size"),
    ("ECS.ClientException", "ECS was unable to assume the role 'arn:aws:iam::111122223333:role/fleet-task' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.", Configuration, "ecs-tasks.amazonaws.com"),
    ("ECS.InvalidParameterException", "Unable to assume the service linked role. Please verify that the ECS service linked role exists.", Configuration, "create-service-linked-role"),
    ("ECS.AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/fleet-machine/x is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:eu-west-1:111122223333:task-definition/fleet-arm64:1 because no identity-based policy allows the ecs:RunTask action", Configuration, "state machine's role"),
    ("ECS.AccessDeniedException", "User: arn:aws:sts::111122223333:assumed-role/fleet-machine/x is not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role/fleet-execution because no identity-based policy allows the iam:PassRole action", Configuration, "iam:PassRole"),
    ("ECS.InvalidParameterException", "Error retrieving subnet information for [subnet-0a1]: The subnet ID 'subnet-0a1' does not exist (ErrorCode: InvalidSubnetID.NotFound)", Configuration, "Name subnets"),
    ("ECS.InvalidParameterException", "Error retrieving security group information for [sg-0a1]: The security group 'sg-0a1' does not exist (ErrorCode: InvalidGroup.NotFound)", Configuration, "Name security groups"),
    ("ECS.InvalidParameterException", "Security Group sg-0a1 does not appear to belong to the same VPC as the input subnets.", Configuration, "one VPC"),
    ("ECS.ClientException", "Unable to describe task definition.", Configuration, "`architectures`"),
    ("ECS.ClientException", "TaskDefinition not found.", Configuration, "`architectures`"),
    ("ECS.InvalidParameterException", "TaskDefinition is inactive", Configuration, "`architectures`"),
    ("ECS.InvalidParameterException", "The specified capacity provider 'FARGATE_SPOT' was not found. Specify a valid name or ARN and try again.", Configuration, "FARGATE_SPOT"),
    ("ECS.ClusterNotFoundException", "Cluster not found.", Configuration, "deploy the stack"),
    ("ECS.BlockedException", "Your account is currently blocked. Contact your account administrator.", Configuration, "AWS Support"),
    ("ECS.PlatformUnknownException", "The specified platform version does not exist.", Configuration, ""),
    ("AmazonECS.Unknown", r#"{"Failures":[{"Arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/fleet","Reason":"MISSING"}]}"#, Configuration, ""),
    ("AmazonECS.Unknown", r#"{"Failures":[{"Reason":"RESOURCE:CPU"}]}"#, Capacity, ""),
    ("AmazonECS.Unknown", r#"{"Failures":[{"Reason":"Capacity is unavailable at this time. Please try again later or in a different availability zone"}]}"#, Capacity, ""),
    ("AmazonECS.Unknown", r#"{"Failures":[{"Reason":"AGENT"}]}"#, StartFailure, ""),
    ("ECS.SomethingNewException", "", StartFailure, ""),
    ("States.Timeout", "", StartFailure, ""),
    ("States.TaskFailed", "text", StartFailure, ""),
    ("GitHubUnavailable", "", StartFailure, ""),
    ("StoreUnavailable", "", StartFailure, ""),
    ("Lambda.TooManyRequestsException", "", StartFailure, ""),
    ("GitHubRefused", "", Configuration, ""),
    ("SettingsInvalid", "", Configuration, ""),
    ("States.QueryEvaluationError", "", Unexpected, ""),
    ("", "text without an error", Unexpected, ""),
];

/// ECS's sentence on a task whose container never ran, outcome, a part of the advice.
#[rustfmt::skip]
const STARTS: &[(&str, Outcome, &str)] = &[
    ("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/fleet-runner:x86_64: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/fleet-runner:x86_64: not found", Configuration, "Push the image"),
    ("CannotPullContainerError: Error response from daemon: manifest unknown: manifest unknown", Configuration, "Push the image"),
    ("CannotPullContainerError: pull access denied for fleet/runner, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", Configuration, "execution role"),
    ("CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/fleet-execution/0 is not authorized to perform: ecr:GetAuthorizationToken on resource: *", Configuration, "execution role"),
    ("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code https://x.example/v2/blobs/sha256:0: 403 Forbidden", Configuration, "execution role"),
    ("CannotPullContainerError: no matching manifest for linux/arm64 in the manifest list entries", Configuration, "task's processor"),
    ("CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'", Configuration, "task's processor"),
    ("CannotPullContainerError: failed to extract layer sha256:0: write /var/lib/x: no space left on device: unknown", Configuration, "disk="),
    ("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to do request: Head https://registry-1.docker.io/v2/x/manifests/y: dial tcp 34.1.1.1:443: i/o timeout", StartFailure, ""),
    ("CannotPullContainerError: inspect image has been retried 1 time(s): httpReaderSeeker: failed open: unexpected status code 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit; not found", Capacity, ""),
    ("CannotPullContainerError: toomanyrequests: You have reached your pull rate limit; not found", StartFailure, ""),
    ("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User is not authorized to perform: ecr:GetAuthorizationToken", Configuration, "execution role"),
    ("ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret.", Configuration, "secret"),
    ("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1", Configuration, "log group"),
    ("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post https://api.ecr.eu-west-1.amazonaws.com/: dial tcp 52.1.1.1:443: i/o timeout", StartFailure, ""),
    ("CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/x\": stat /x: no such file or directory: unknown", Configuration, "infra/image"),
    ("CannotStartContainerError: exec /usr/bin/entrypoint: exec format error", Configuration, "task's processor"),
    ("Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet 'subnet-0a1': InsufficientFreeAddressesInSubnet", Capacity, ""),
    ("Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0a1': UnauthorizedOperation", Configuration, "network interfaces"),
    ("Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet 'subnet-0a1': InvalidSubnetID.NotFound", Configuration, "Name subnets"),
    ("Timeout waiting for network interface provisioning to complete.", StartFailure, ""),
    ("Capacity is unavailable at this time. Please try again later or in a different availability zone", Capacity, ""),
    ("", StartFailure, ""),
];

#[test]
fn errors_without_a_task() {
    for (error, cause, expected, fix) in ERRORS {
        assert_eq!(of_error(error, cause), *expected, "{error}: {cause}");
        advised(*expected, cause, fix);
    }
}

#[test]
fn tasks_that_never_ran() {
    for (reason, expected, fix) in STARTS {
        assert_eq!(of_failed_start(reason), *expected, "{reason}");
        advised(*expected, reason, fix);
    }
}

/// Only what a person must mend comes with advice.
fn advised(outcome: Outcome, reason: &str, fix: &str) {
    if outcome == Configuration {
        let advice = advice(reason);
        assert!(advice.contains(fix), "{reason}: {advice}");
        assert_eq!(advice.is_empty(), fix.is_empty(), "{reason}: {advice}");
    }
}
