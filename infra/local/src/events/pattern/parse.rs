//! Event patterns: from JSON text, with EventBridge's complaints.
//!
//! EventBridge compiles patterns with its open `event-ruler`; the grammar and the
//! sentences are the compiler's (`JsonRuleCompiler`). Tests of one field are read in
//! `operators`.

use serde_json::{Map, Value};

use super::operators::test;
use super::{Field, Pattern, Test};

/// Most combinations that the alternatives of one pattern make.
const COMBINATIONS: usize = 1000;

/// Names that are operators, and no fields inside `$or`.
const RESERVED: [&str; 9] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
];

/// Why a text is not an event pattern; the sentence after "Reason: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Event pattern is not valid. Reason: {0}")]
pub struct InvalidPattern(pub String);

pub(super) type Parsed<T> = Result<T, InvalidPattern>;

pub(super) fn invalid<T>(reason: impl Into<String>) -> Parsed<T> {
    Err(InvalidPattern(reason.into()))
}

pub(super) fn pattern(text: &str) -> Parsed<Pattern> {
    let pattern = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => object(&fields, false)?,
        Ok(_) => return invalid("Filter is not an object"),
        Err(error) => return invalid(format!("Filter is not valid JSON: {error}")),
    };
    if combinations(&pattern) > COMBINATIONS {
        return invalid(format!(
            "Event pattern contains more than {COMBINATIONS} rule combinations"
        ));
    }
    Ok(pattern)
}

fn object(fields: &Map<String, Value>, inside_or: bool) -> Parsed<Pattern> {
    if fields.is_empty() {
        return invalid("Empty objects are not allowed");
    }
    let mut pattern = Pattern {
        fields: Vec::new(),
        alternatives: Vec::new(),
    };
    for (name, value) in fields {
        if name == "$or" {
            pattern.alternatives.push(alternatives(value)?);
            continue;
        }
        if inside_or && RESERVED.contains(&name.as_str()) {
            return invalid(format!(
                "{name} is Ruler reserved fieldName which cannot be used inside $or."
            ));
        }
        let field = match value {
            Value::Object(nested) => Field::Nested(object(nested, inside_or)?),
            Value::Array(tests) if tests.is_empty() => {
                return invalid("Empty arrays are not allowed");
            }
            Value::Array(tests) => {
                let tests: Parsed<Vec<Test>> = tests.iter().map(test).collect();
                Field::AnyOf(tests?)
            }
            _ => return invalid(format!("{name:?} must be an object or an array")),
        };
        pattern.fields.push((name.clone(), field));
    }
    Ok(pattern)
}

fn alternatives(value: &Value) -> Parsed<Vec<Pattern>> {
    let Value::Array(choices) = value else {
        return invalid("It must be an Array followed with $or.");
    };
    let choices: Parsed<Vec<Pattern>> = choices
        .iter()
        .map(|choice| match choice {
            Value::Object(choice) => object(choice, true),
            _ => invalid("Only JSON object is allowed in array of $or relationship."),
        })
        .collect();
    let choices = choices?;
    if choices.len() < 2 {
        return invalid("There must have at least 2 Objects in $or relationship.");
    }
    Ok(choices)
}

/// How many rules without alternatives a pattern stands for.
fn combinations(pattern: &Pattern) -> usize {
    let nested = pattern.fields.iter().map(|(_, field)| match field {
        Field::Nested(pattern) => combinations(pattern),
        Field::AnyOf(_) => 1,
    });
    let groups = pattern.alternatives.iter().map(|group| {
        let sum = |sum: usize, choice| sum.saturating_add(combinations(choice));
        group.iter().fold(0, sum)
    });
    nested.chain(groups).fold(1, usize::saturating_mul)
}
