//! AWS's words for a task that did not start, sorted by what helps: other
//! capacity, another try, or a person. Words come first and codes second, since
//! one code (`ClientException`) covers a full quota and a wrong field alike.

mod advice;

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
    "request limit exceeded",
    "requestlimitexceeded",
    // A subnet without free addresses: another one has some.
    "insufficientfreeaddresses",
    "insufficient free addresses",
    "resource:fargate",
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
    "matching platform",
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
/// The container cannot be made: its image or its settings are wrong, whatever
/// else the message says.
const CONTAINER_WRONG: &[&str] = &["cannotstartcontainererror", "cannotcreatecontainererror"];
/// The network that was named is not there, or may not be used.
const NETWORK_REFUSED: &[&str] = &[
    "unauthorizedoperation",
    "invalidsubnet",
    "invalidgroup",
    "invalidsecuritygroup",
];
/// The image's own program cannot be started.
const PROGRAM_WRONG: &[&str] = &[
    "exec format error",
    "no such file or directory",
    "permission denied",
];

pub(crate) use advice::advice;

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
    let configuration = if any(&words, CONTAINER_WRONG) || any(&words, NETWORK_REFUSED) {
        true
    } else if words.contains("cannotpull") {
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
mod tests;
