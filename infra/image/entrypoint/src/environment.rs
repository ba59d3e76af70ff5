//! What the runner program may see of our environment: everything but the way
//! to the task role's credentials and to the hand-over table.

use std::ffi::{OsStr, OsString};

/// Variables of AWS's that stay: they say where the job runs, and open nothing.
pub const ALLOWED_AWS: &[&str] = &["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV"];

/// Beginnings of names that are taken out.
const REMOVED: &[&str] = &[
    "ACTIONS_RUNNER_INPUT_",
    "AWS_",
    "ECS_",
    "HANDOVER_",
    "IDLE_LIMIT_SECONDS",
    "RUNNER_PROGRAM",
    "RUNNER_STOP_SECONDS",
    "TOTAL_LIMIT_SECONDS",
];

/// The variables that the runner program gets.
pub fn scrub(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    variables
        .into_iter()
        .filter(|(name, _)| may_pass(name))
        .collect()
}

fn may_pass(name: &OsStr) -> bool {
    // A name that is not Unicode is none of those above.
    let Some(name) = name.to_str() else {
        return true;
    };
    ALLOWED_AWS.contains(&name) || !REMOVED.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_credentials_and_table_is_taken_out() {
        for name in [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "ECS_CONTAINER_METADATA_URI_V4",
            "HANDOVER_KEY",
            "HANDOVER_TABLE",
            "ACTIONS_RUNNER_INPUT_JITCONFIG",
        ] {
            assert!(!may_pass(OsStr::new(name)), "{name}");
        }
        for name in [
            "PATH",
            "HOME",
            "AWS_REGION",
            "RUNNER_NAME",
            "JOB_ID",
            "RUNNER_ALLOW_RUNASROOT",
        ] {
            assert!(may_pass(OsStr::new(name)), "{name}");
        }
    }
}
