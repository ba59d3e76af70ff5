//! `ExpressionAttributeNames` and `ExpressionAttributeValues` of one request:
//! looked up by the expressions, and checked at the end for members that no
//! expression used, which AWS refuses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::dynamodb::value::{AttributeValue, wrong_class};
use crate::server::error::AwsError;

/// The placeholders of one request.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, AttributeValue>,
    used: BTreeSet<String>,
}

impl Placeholders {
    /// Reads both members of a request. `expressions` are the members that
    /// could use them: without any, placeholders are refused.
    pub(crate) fn read(input: &Value, expressions: &[&str]) -> Result<Self, AwsError> {
        let mut placeholders = Self::default();
        let present = |member: &&&str| !input[**member].is_null();
        let any = expressions.iter().any(|member| present(&member));
        if let Some(names) = member(input, "ExpressionAttributeNames", any, expressions)? {
            for (key, name) in names {
                check_key("ExpressionAttributeNames", '#', key)?;
                let name = name.as_str().ok_or_else(|| wrong_class(name, "String"))?;
                placeholders.names.insert(key.clone(), name.to_owned());
            }
        }
        let users: Vec<&str> = expressions
            .iter()
            .copied()
            .filter(|member| *member != "ProjectionExpression")
            .collect();
        let any = users.iter().any(|member| present(&member));
        if let Some(values) = member(input, "ExpressionAttributeValues", any, &users)? {
            for (key, value) in values {
                check_key("ExpressionAttributeValues", ':', key)?;
                let value = AttributeValue::from_wire(value).map_err(|mut error| {
                    if error.code == "ValidationException" {
                        error.message = format!(
                            "ExpressionAttributeValues contains invalid value: {} for key {key}",
                            error.message
                        );
                    }
                    error
                })?;
                placeholders.values.insert(key.clone(), value);
            }
        }
        Ok(placeholders)
    }

    /// The attribute name behind `#name`.
    pub(super) fn name(&mut self, key: &str) -> Option<String> {
        let name = self.names.get(key)?.clone();
        self.used.insert(key.to_owned());
        Some(name)
    }

    /// The value behind `:name`.
    pub(super) fn value(&mut self, key: &str) -> Option<AttributeValue> {
        let value = self.values.get(key)?.clone();
        self.used.insert(key.to_owned());
        Some(value)
    }

    /// To be called when all expressions have been read.
    pub(crate) fn finish(&self) -> Result<(), AwsError> {
        refuse_unused("ExpressionAttributeNames", self.names.keys(), &self.used)?;
        refuse_unused("ExpressionAttributeValues", self.values.keys(), &self.used)
    }
}

fn member<'v>(
    input: &'v Value,
    name: &str,
    used: bool,
    users: &[&str],
) -> Result<Option<&'v serde_json::Map<String, Value>>, AwsError> {
    let wire = &input[name];
    if wire.is_null() {
        return Ok(None);
    }
    let object = wire.as_object().ok_or_else(|| wrong_class(wire, "Map"))?;
    if !used {
        let verb = if users.len() == 1 { "is" } else { "are" };
        return Err(AwsError::validation(match (name, users) {
            ("ExpressionAttributeNames", _) | (_, []) => {
                format!("{name} can only be specified when using expressions")
            }
            _ => format!(
                "{name} can only be specified when using expressions: {} {verb} null",
                users.join(" and ")
            ),
        }));
    }
    if object.is_empty() {
        return Err(AwsError::validation(format!("{name} must not be empty")));
    }
    Ok(Some(object))
}

fn check_key(parameter: &str, sign: char, key: &str) -> Result<(), AwsError> {
    let rest = key.strip_prefix(sign).unwrap_or_default();
    let valid = !rest.is_empty()
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if valid {
        Ok(())
    } else {
        Err(AwsError::validation(format!(
            "{parameter} contains invalid key: Syntax error; key: \"{key}\""
        )))
    }
}

fn refuse_unused<'k>(
    parameter: &str,
    keys: impl Iterator<Item = &'k String>,
    used: &BTreeSet<String>,
) -> Result<(), AwsError> {
    let unused: Vec<&str> = keys
        .filter(|key| !used.contains(*key))
        .map(String::as_str)
        .collect();
    if unused.is_empty() {
        return Ok(());
    }
    Err(AwsError::validation(format!(
        "Value provided in {parameter} unused in expressions: keys: {{{}}}",
        unused.join(", ")
    )))
}
