//! AWS's words for a task that did not start, sorted by what helps: other
//! capacity, another try, or a person. Words come first and codes second, since
//! one code (`ClientException`) covers a full quota and a wrong field alike.

use domain::names::function_error;
use domain::steps::Outcome;

/// Nothing free at the moment, or too many calls.
const CAPACITY_WORDS: &[&str] = &[
    "capacity is unavailable",
    "capacity unavailable",
    "insufficient capacity",
    "no capacity",
    "limit on the number of",
    "rate exceeded",
    "throttl",
    "too many requests",
    "resource:cpu",
    "resource:memory",
    "resource:eni",
];
const CAPACITY_ERRORS: &[&str] = &[
    "ECS.AmazonECSException",
    "ECS.LimitExceededException",
    "ECS.ServerException",
    "ECS.ThrottlingException",
];

/// Wrong for good: the next try would fail alike.
const CONFIGURATION_ERRORS: &[&str] = &[
    "ECS.AccessDeniedException",
    "ECS.BlockedException",
    "ECS.ClientException",
    "ECS.ClusterNotFoundException",
    "ECS.InvalidParameterException",
    "ECS.PlatformTaskDefinitionIncompatibilityException",
    "ECS.PlatformUnknownException",
    "ECS.UnsupportedFeatureException",
    function_error::GITHUB_REFUSED,
    function_error::INPUT_INVALID,
    function_error::SETTINGS_INVALID,
];

/// A pull that a person must mend; all other pulls are worth another try.
const PULL_REFUSED: &[&str] = &[
    "not found",
    "denied",
    "unauthorized",
    "forbidden",
    "no basic auth",
    "manifest unknown",
    "does not exist",
    "invalid reference",
    "no matching manifest",
    "no space left",
];
/// A pull that failed on the way, whatever else its message says.
const PULL_HICCUP: &[&str] = &[
    "timeout",
    "connection reset",
    "toomanyrequests",
    "429",
    "temporary failure",
    "context canceled",
];
/// Secrets, roles and log groups that are not there.
const RESOURCE_REFUSED: &[&str] = &[
    "accessdenied",
    "access denied",
    "not authorized",
    "resourcenotfound",
    "can't find the specified",
    "does not exist",
    "unable to assume",
];
/// The image's own program cannot be started.
const PROGRAM_WRONG: &[&str] = &[
    "cannotstartcontainererror",
    "cannotcreatecontainererror",
    "exec format error",
    "no such file or directory",
    "permission denied",
];

/// The outcome for an error of the machine without a stopped task.
pub(crate) fn of_error(error: &str, cause: &str) -> Outcome {
    let words = cause.to_lowercase();
    if error.starts_with("ECS.") || error.starts_with("AmazonECS.") {
        if any(&words, CAPACITY_WORDS) {
            return Outcome::Capacity;
        }
        if CONFIGURATION_ERRORS.contains(&error) {
            return Outcome::Configuration;
        }
        if CAPACITY_ERRORS.contains(&error) {
            return Outcome::Capacity;
        }
        // `Failures` of RunTask: `MISSING` is a cluster, subnet or definition.
        if words.contains("missing") {
            return Outcome::Configuration;
        }
        return Outcome::StartFailure;
    }
    if CONFIGURATION_ERRORS.contains(&error) {
        return Outcome::Configuration;
    }
    let known = error == "States.Timeout"
        || error == "States.TaskFailed"
        || error == "States.HeartbeatTimeout"
        || error == function_error::GITHUB_UNAVAILABLE
        || error == function_error::STORE_UNAVAILABLE
        || error.starts_with("Lambda.")
        || error.starts_with("Sandbox.")
        || error.starts_with("Runtime.");
    if known {
        Outcome::StartFailure
    } else {
        Outcome::Unexpected
    }
}

/// The outcome for a task whose container never ran, by ECS's sentences.
pub(crate) fn of_failed_start(reason: &str) -> Outcome {
    let words = reason.to_lowercase();
    if any(&words, CAPACITY_WORDS) {
        return Outcome::Capacity;
    }
    let configuration = if words.contains("cannotpull") {
        any(&words, PULL_REFUSED) && !any(&words, PULL_HICCUP)
    } else if words.contains("resourceinitializationerror") {
        any(&words, RESOURCE_REFUSED)
    } else {
        any(&words, PROGRAM_WRONG)
    };
    if configuration {
        Outcome::Configuration
    } else {
        Outcome::StartFailure
    }
}

fn any(words: &str, list: &[&str]) -> bool {
    list.iter().any(|part| words.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Capacity, Configuration, StartFailure, Unexpected};

    #[test]
    fn errors_without_a_task() {
        for (error, cause, expected) in [
            (
                "ECS.AmazonECSException",
                "Capacity is unavailable at this time. (Service: AmazonECS; Status Code: 400)",
                Capacity,
            ),
            ("ECS.AmazonECSException", "Rate exceeded", Capacity),
            ("ECS.ServerException", "Service Unavailable", Capacity),
            ("ECS.ThrottlingException", "", Capacity),
            (
                "ECS.ClientException",
                "You've reached the limit on the number of vCPUs you can run concurrently",
                Capacity,
            ),
            (
                "ECS.ClientException",
                "No Fargate configuration exists for given values",
                Configuration,
            ),
            (
                "ECS.AccessDeniedException",
                "not authorized to perform: ecs:RunTask on resource: arn:x",
                Configuration,
            ),
            (
                "ECS.InvalidParameterException",
                "TaskDefinition is inactive",
                Configuration,
            ),
            (
                "ECS.ClusterNotFoundException",
                "Cluster not found.",
                Configuration,
            ),
            (
                "AmazonECS.Unknown",
                r#"{"Failures":[{"Reason":"MISSING"}]}"#,
                Configuration,
            ),
            (
                "AmazonECS.Unknown",
                r#"{"Failures":[{"Reason":"RESOURCE:CPU"}]}"#,
                Capacity,
            ),
            (
                "AmazonECS.Unknown",
                r#"{"Failures":[{"Reason":"AGENT"}]}"#,
                StartFailure,
            ),
            ("ECS.SomethingNewException", "", StartFailure),
            ("States.Timeout", "", StartFailure),
            ("States.TaskFailed", "text", StartFailure),
            ("GitHubUnavailable", "", StartFailure),
            ("StoreUnavailable", "", StartFailure),
            ("Lambda.TooManyRequestsException", "", StartFailure),
            ("GitHubRefused", "", Configuration),
            ("SettingsInvalid", "", Configuration),
            ("States.QueryEvaluationError", "", Unexpected),
            ("", "text without an error", Unexpected),
        ] {
            assert_eq!(of_error(error, cause), expected, "{error}: {cause}");
        }
    }

    #[test]
    fn tasks_that_never_ran() {
        for (reason, expected) in [
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x/y:latest: x/y:latest: not found",
                Configuration,
            ),
            (
                "CannotPullContainerError: pull access denied for x",
                Configuration,
            ),
            (
                "CannotPullContainerError: no matching manifest for linux/arm64",
                Configuration,
            ),
            (
                "CannotPullContainerError: dial tcp: lookup registry: i/o timeout",
                StartFailure,
            ),
            (
                "CannotPullContainerError: toomanyrequests: Rate limit; not found",
                StartFailure,
            ),
            (
                "ResourceInitializationError: unable to pull secrets: AccessDeniedException: not authorized",
                Configuration,
            ),
            (
                "ResourceInitializationError: ResourceNotFoundException: Secrets Manager can't find the specified secret",
                Configuration,
            ),
            (
                "ResourceInitializationError: unable to pull registry auth: connection issue between the task and ECR",
                StartFailure,
            ),
            (
                "CannotStartContainerError: exec: \"/x\": no such file or directory",
                Configuration,
            ),
            (
                "Timeout waiting for network interface provisioning to complete.",
                StartFailure,
            ),
            (
                "Capacity is unavailable at this time. Please try again later",
                Capacity,
            ),
            ("", StartFailure),
        ] {
            assert_eq!(of_failed_start(reason), expected, "{reason}");
        }
    }
}
