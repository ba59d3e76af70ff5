//! Members of a request, and the exceptions of this service.

use serde_json::Value;

use crate::server::error::AwsError;

/// `ClientException`.
pub(super) fn client(message: impl Into<String>) -> AwsError {
    AwsError::new("ClientException", message)
}

/// `InvalidParameterException`.
pub(super) fn invalid(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterException", message)
}

/// A text member; absent and empty are alike, as they are to ECS.
pub(super) fn text<'i>(input: &'i Value, name: &str) -> Result<Option<&'i str>, AwsError> {
    match &input[name] {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(wrong_type(name, "a string")),
    }
}

/// A list member; absent is empty.
pub(super) fn list<'i>(input: &'i Value, name: &str) -> Result<&'i [Value], AwsError> {
    match &input[name] {
        Value::Null => Ok(&[]),
        Value::Array(list) => Ok(list),
        _ => Err(wrong_type(name, "a list")),
    }
}

/// A list of texts; absent is empty.
pub(super) fn texts<'i>(input: &'i Value, name: &str) -> Result<Vec<&'i str>, AwsError> {
    list(input, name)?
        .iter()
        .map(|element| {
            element
                .as_str()
                .ok_or_else(|| wrong_type(name, "a list of strings"))
        })
        .collect()
}

/// `maxResults` and `nextToken` of a list operation: (limit, start).
pub(super) fn paging(input: &Value) -> Result<(usize, usize), AwsError> {
    let limit = match &input["maxResults"] {
        Value::Null => 100,
        limit => match limit.as_u64().and_then(|limit| usize::try_from(limit).ok()) {
            Some(limit @ 1..=100) => limit,
            _ => return Err(invalid("maxResults must be between 1 and 100.")),
        },
    };
    let start = match text(input, "nextToken")? {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| invalid("Invalid token in request."))?,
    };
    Ok((limit, start))
}

/// A list's answer, with the token of its next page where there is one.
pub(super) fn with_next(mut answer: Value, next: Option<impl Into<Value>>) -> Value {
    if let Some(next) = next {
        answer["nextToken"] = next.into();
    }
    answer
}

fn wrong_type(name: &str, wanted: &str) -> AwsError {
    AwsError::new(
        "SerializationException",
        format!("The member {name} must be {wanted}"),
    )
}
