//! Members of a request, and the exceptions of this service.

use serde_json::Value;

use super::{Group, State};
use crate::server::error::AwsError;

/// `InvalidParameterException`.
pub(super) fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterException", message)
}

/// A text member.
pub(super) fn text<'i>(input: &'i Value, name: &str) -> Result<Option<&'i str>, AwsError> {
    match input.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type(name, "a string")),
    }
}

/// A member that is true or false.
pub(super) fn flag(input: &Value, name: &str) -> Result<Option<bool>, AwsError> {
    match input.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(wrong_type(name, "a boolean")),
    }
}

/// A whole number within limits.
pub(super) fn integer(
    input: &Value,
    name: &str,
    least: i64,
    most: i64,
) -> Result<Option<i64>, AwsError> {
    let given = match input.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(given) => given
            .as_i64()
            .ok_or_else(|| wrong_type(name, "an integer"))?,
    };
    let broken = |constraint: String| {
        invalid(format!(
            "1 validation error detected: Value '{given}' at '{name}' failed to satisfy constraint: Member must have value {constraint}"
        ))
    };
    match given {
        given if given < least => Err(broken(format!("greater than or equal to {least}"))),
        given if given > most => Err(broken(format!("less than or equal to {most}"))),
        given => Ok(Some(given)),
    }
}

/// A list of 1 to `most` texts.
pub(super) fn texts<'i>(
    input: &'i Value,
    name: &str,
    most: usize,
) -> Result<Option<Vec<&'i str>>, AwsError> {
    let given = match input.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(given)) => given,
        Some(_) => return Err(wrong_type(name, "a list")),
    };
    if given.is_empty() || given.len() > most {
        return Err(invalid(format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must have length between 1 and {most}"
        )));
    }
    let texts: Option<Vec<&str>> = given.iter().map(Value::as_str).collect();
    texts
        .map(Some)
        .ok_or_else(|| wrong_type(name, "a list of strings"))
}

pub(super) fn not_found(what: &str) -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        format!("The specified log {what} does not exist."),
    )
}

impl State {
    /// The group that the input names, by its name or its ARN.
    pub(super) fn group(&self, input: &Value) -> Result<(&str, &Group), AwsError> {
        let named = match (
            text(input, "logGroupName")?,
            text(input, "logGroupIdentifier")?,
        ) {
            (Some(_), Some(_)) => {
                return Err(invalid(
                    "LogGroupName and LogGroupIdentifier cannot both be given: name the log group once.",
                ));
            }
            (Some(name), None) => name,
            // arn:aws:logs:REGION:ACCOUNT:log-group:NAME[:*]
            (None, Some(identifier)) => identifier
                .rsplit_once(":log-group:")
                .map_or(identifier, |(_, name)| name.trim_end_matches(":*")),
            (None, None) => return Err(invalid("logGroupName is missing.")),
        };
        let found = self.groups.get_key_value(named);
        found
            .map(|(name, group)| (name.as_str(), group))
            .ok_or_else(|| not_found("group"))
    }
}

fn wrong_type(name: &str, wanted: &str) -> AwsError {
    AwsError::new(
        "SerializationException",
        format!("The member {name} must be {wanted}."),
    )
}
