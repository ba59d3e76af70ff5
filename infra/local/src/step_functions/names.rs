//! Names and ARNs of state machines and executions, and AWS's checks on them.

use serde_json::Value;

use crate::server::error::AwsError;
use crate::{ACCOUNT, REGION};

pub(super) fn machine_arn(name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}")
}

pub(super) fn arn_of_execution(machine: &str, name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{name}")
}

pub(super) fn arn_of_activity(name: &str) -> String {
    format!("arn:aws:states:{REGION}:{ACCOUNT}:activity:{name}")
}

/// A name of 1 to 80 characters without blanks, brackets, wildcards and specials.
pub(super) fn check(name: &str) -> Result<(), AwsError> {
    const REFUSED: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";
    let fits = (1..=80).contains(&name.chars().count());
    let clean = name
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && !REFUSED.contains(c));
    if fits && clean {
        Ok(())
    } else {
        Err(AwsError::new(
            "InvalidName",
            format!("Invalid Name: '{name}'"),
        ))
    }
}

pub(super) fn state_machine_arn<'a>(input: &'a Value, field: &str) -> Result<&'a str, AwsError> {
    arn(input, field, ":stateMachine:")
}

pub(super) fn activity_arn<'a>(input: &'a Value, field: &str) -> Result<&'a str, AwsError> {
    arn(input, field, ":activity:")
}

pub(super) fn execution_arn<'a>(input: &'a Value, field: &str) -> Result<&'a str, AwsError> {
    arn(input, field, ":execution:")
}

fn arn<'a>(input: &'a Value, field: &str, kind: &str) -> Result<&'a str, AwsError> {
    let given = required(input, field)?;
    if given.starts_with("arn:aws:states:") && given.contains(kind) {
        return Ok(given);
    }
    let reason = if given.starts_with("arn:") {
        format!("Resource type not valid in this context: {given}")
    } else {
        format!("Invalid ARN prefix: {given}")
    };
    Err(AwsError::new(
        "InvalidArn",
        format!("Invalid Arn: '{reason}'"),
    ))
}

pub(super) fn required<'a>(input: &'a Value, field: &str) -> Result<&'a str, AwsError> {
    input.get(field).and_then(Value::as_str).ok_or_else(|| {
        AwsError::validation(format!(
            "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
        ))
    })
}
