//! DynamoDB's expression language: conditions, updates, projections.
//!
//! An expression is read in two passes, as AWS does: [`parser`] knows the
//! grammar only, so that a syntax error comes before anything else;
//! [`resolve`] then replaces placeholders and refuses what is well-formed but
//! wrong. [`evaluate`] and [`mod@update`] apply the result to an item.

mod checks;
mod evaluate;
mod lexer;
mod parser;
mod path;
mod placeholders;
mod reserved;
mod resolve;
mod resolve_update;
mod syntax;
mod update;
mod update_parser;

pub(crate) use evaluate::holds;
pub(crate) use path::{Path, project};
pub(crate) use placeholders::Placeholders;
pub(crate) use syntax::Comparator;
pub(crate) use update::Update;

use crate::server::error::AwsError;

/// A condition with all placeholders replaced.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare(Comparator, Operand, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    HasType(Operand, String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
}

/// Something that has a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Path(Path),
    Value(super::value::AttributeValue),
    Size(Box<Operand>),
}

/// Reads a condition; `parameter` names the request's member in messages.
pub(crate) fn condition(
    parameter: &str,
    text: &str,
    placeholders: &mut Placeholders,
) -> Result<Condition, AwsError> {
    let invalid = |message: String| invalid(parameter, &message);
    let raw = parser::condition(text).map_err(invalid)?;
    resolve::condition(&raw, placeholders).map_err(invalid)
}

/// Reads an `UpdateExpression`.
pub(crate) fn update(text: &str, placeholders: &mut Placeholders) -> Result<Update, AwsError> {
    let invalid = |message: String| invalid("UpdateExpression", &message);
    let raw = update_parser::update(text).map_err(invalid)?;
    resolve_update::update(&raw, placeholders).map_err(invalid)
}

/// Reads a `ProjectionExpression`.
pub(crate) fn projection(
    text: &str,
    placeholders: &mut Placeholders,
) -> Result<Vec<Path>, AwsError> {
    let invalid = |message: String| invalid("ProjectionExpression", &message);
    let raw = update_parser::projection(text).map_err(invalid)?;
    resolve_update::projection(&raw, placeholders).map_err(invalid)
}

fn invalid(parameter: &str, message: &str) -> AwsError {
    AwsError::validation(format!("Invalid {parameter}: {message}"))
}

#[cfg(test)]
mod tests;
