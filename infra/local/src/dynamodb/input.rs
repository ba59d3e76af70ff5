//! Members of a request, with the sentences of AWS's own validation.

use serde_json::Value;

use super::value::wrong_class;
use crate::server::error::AwsError;

/// A text member that may be absent.
pub(crate) fn text<'i>(input: &'i Value, name: &str) -> Result<Option<&'i str>, AwsError> {
    match &input[name] {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(wrong_class(other, "String")),
    }
}

/// A flag that may be absent.
pub(crate) fn flag(input: &Value, name: &str) -> Result<Option<bool>, AwsError> {
    match &input[name] {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        other => Err(wrong_class(other, "Boolean")),
    }
}

/// A positive whole number that may be absent.
pub(crate) fn positive(input: &Value, name: &str) -> Result<Option<usize>, AwsError> {
    match &input[name] {
        Value::Null => Ok(None),
        Value::Number(number) => match number.as_u64().and_then(|n| usize::try_from(n).ok()) {
            Some(number) if number > 0 => Ok(Some(number)),
            _ => Err(constraint(
                name,
                &format!("'{number}'"),
                "Member must have value greater than or equal to 1",
            )),
        },
        other => Err(wrong_class(other, "Integer")),
    }
}

/// A member that must be there.
pub(crate) fn required<'i>(input: &'i Value, name: &str) -> Result<&'i Value, AwsError> {
    match &input[name] {
        Value::Null => Err(constraint(name, "null", "Member must not be null")),
        value => Ok(value),
    }
}

/// A text member out of a closed list; absent is the first of the list.
pub(crate) fn one_of<'i>(
    input: &'i Value,
    name: &str,
    allowed: &[&'i str],
) -> Result<&'i str, AwsError> {
    let Some(chosen) = text(input, name)? else {
        return Ok(allowed.first().copied().unwrap_or_default());
    };
    if allowed.contains(&chosen) {
        return Ok(chosen);
    }
    Err(constraint(
        name,
        &format!("'{chosen}'"),
        &format!(
            "Member must satisfy enum value set: [{}]",
            allowed.join(", ")
        ),
    ))
}

/// The table's name; an ARN is taken as well.
pub(crate) fn table_name(input: &Value) -> Result<&str, AwsError> {
    let Some(name) = text(input, "TableName")? else {
        return Err(constraint("TableName", "null", "Member must not be null"));
    };
    let name = match name.split_once(":table/") {
        Some((arn, name)) if arn.starts_with("arn:") => name,
        _ => name,
    };
    if name.len() < 3 || name.len() > 255 {
        return Err(AwsError::validation(
            "TableName must be at least 3 characters long and at most 255 characters long",
        ));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if !name.bytes().all(allowed) {
        return Err(constraint(
            "TableName",
            &format!("'{name}'"),
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ));
    }
    Ok(name)
}

/// Refuses parameters that would change the answer if they were ignored.
pub(crate) fn refuse(input: &Value, names: &[&str]) -> Result<(), AwsError> {
    match names.iter().find(|name| !input[**name].is_null()) {
        None => Ok(()),
        Some(name) => Err(AwsError::validation(format!(
            "The parameter {name} is not served here; use expressions and primary keys only"
        ))),
    }
}

/// "1 validation error detected: …".
pub(crate) fn constraint(name: &str, shown: &str, rule: &str) -> AwsError {
    let mut member = name.to_owned();
    if let Some(first) = member.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    AwsError::validation(format!(
        "1 validation error detected: Value {shown} at '{member}' failed to satisfy constraint: {rule}"
    ))
}
