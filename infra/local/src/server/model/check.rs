//! A request's body against its shape: first all types, then all constraints, as AWS's
//! common layer does it. Members that the model does not know are ignored, as on AWS,
//! and `null` is the same as nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::refusal::{Step, path, refused, serialization, violation};
use super::shape::{Kind, Member, Shape};
use super::{Constraints, Service};
use crate::server::error::AwsError;

/// Most violations that one refusal tells.
const TOLD: usize = 10;

pub(super) fn input(service: &Service, shape: usize, input: &Value) -> Result<(), AwsError> {
    let check = Check { service };
    check.types(shape, input)?;
    let Constraints::Common(code) = service.constraints else {
        return Ok(());
    };
    let mut violations = Vec::new();
    check.constraints(shape, input, &mut Vec::new(), &mut violations);
    if violations.is_empty() {
        return Ok(());
    }
    Err(refused(code, &violations))
}

struct Check<'m> {
    service: &'m Service,
}

impl<'m> Check<'m> {
    fn shape(&self, shape: usize) -> Option<&'m Shape> {
        self.service.shapes.get(shape)
    }

    fn types(&self, shape: usize, value: &Value) -> Result<(), AwsError> {
        let Some(Shape { kind, .. }) = self.shape(shape) else {
            return Ok(());
        };
        match (kind, value) {
            (Kind::Any, _) | (_, Value::Null) => Ok(()),
            (Kind::Structure { members, .. }, Value::Object(given)) => members
                .iter()
                .filter_map(|member| Some((member, given.get(&member.name)?)))
                .try_for_each(|(member, value)| self.types(member.shape, value)),
            (Kind::List(member), Value::Array(items)) => {
                items.iter().try_for_each(|item| self.types(*member, item))
            }
            (Kind::Map(_, member), Value::Object(given)) => given
                .values()
                .try_for_each(|item| self.types(*member, item)),
            (Kind::Text, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => Ok(()),
            (Kind::Blob, Value::String(text)) => match STANDARD.decode(text) {
                Ok(_) => Ok(()),
                Err(_) => Err(serialization("Invalid Base64 in a blob")),
            },
            (Kind::Number | Kind::Time, Value::Number(_)) => Ok(()),
            (Kind::Whole(least, most), Value::Number(number)) => match number.as_i64() {
                Some(whole) if (*least..=*most).contains(&whole) => Ok(()),
                _ if number.as_f64().is_some_and(|number| number.fract() != 0.0) => Err(
                    serialization("DECIMAL_VALUE cannot be converted to Integer"),
                ),
                _ => Err(serialization(format!(
                    "Numeric value ({number}) out of range"
                ))),
            },
            (wanted, given) => Err(serialization(mismatch(wanted, given))),
        }
    }

    fn constraints<'a>(
        &self,
        shape: usize,
        value: &'a Value,
        steps: &mut Vec<Step<'a>>,
        violations: &mut Vec<String>,
    ) where
        'm: 'a,
    {
        let Some(shape) = self.shape(shape) else {
            return;
        };
        if violations.len() >= TOLD {
            return;
        }
        if let Some(constraint) = broken(shape, value) {
            let told = (!shape.sensitive).then_some(value);
            violations.push(violation(&path(steps), told, &constraint));
            return;
        }
        match (&shape.kind, value) {
            (Kind::Structure { members, .. }, Value::Object(given)) => {
                self.members(members, given, steps, violations);
            }
            (Kind::List(member), Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    steps.push(Step::Item(number));
                    self.constraints(*member, item, steps, violations);
                    steps.pop();
                }
            }
            (Kind::Map(key, member), Value::Object(given)) => {
                for (name, item) in given {
                    let key = self.shape(*key).and_then(|key| text(key, name));
                    if let Some(constraint) = key {
                        let constraint =
                            format!("Map keys must satisfy constraint: [{constraint}]");
                        violations.push(violation(&path(steps), Some(value), &constraint));
                        return;
                    }
                    steps.push(Step::Key(name));
                    self.constraints(*member, item, steps, violations);
                    steps.pop();
                }
            }
            _ => {}
        }
    }

    fn members<'a>(
        &self,
        members: &'m [Member],
        given: &'a Map<String, Value>,
        steps: &mut Vec<Step<'a>>,
        violations: &mut Vec<String>,
    ) where
        'm: 'a,
    {
        for member in members {
            steps.push(Step::Member(&member.name));
            match given.get(&member.name).filter(|value| !value.is_null()) {
                Some(value) => self.constraints(member.shape, value, steps, violations),
                None if member.required => violations.push(violation(
                    &path(steps),
                    Some(&Value::Null),
                    "Member must not be null",
                )),
                None => {}
            }
            steps.pop();
        }
    }
}

/// The constraint that a value itself breaks, without its parts.
fn broken(shape: &Shape, value: &Value) -> Option<String> {
    match value {
        Value::String(text) if matches!(shape.kind, Kind::Blob) => {
            let bytes = STANDARD.decode(text).map_or(0, |bytes| bytes.len());
            length(shape, bytes)
        }
        Value::String(given) => text(shape, given),
        Value::Array(items) => length(shape, items.len()),
        Value::Object(members) if matches!(shape.kind, Kind::Map(..)) => {
            length(shape, members.len())
        }
        Value::Number(number) => {
            let number = number.as_f64()?;
            let bound =
                |word, bound| format!("Member must have value {word} than or equal to {bound}");
            match (shape.min, shape.max) {
                (Some(min), _) if number < min => Some(bound("greater", min)),
                (_, Some(max)) if number > max => Some(bound("less", max)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn text(shape: &Shape, given: &str) -> Option<String> {
    if !shape.values.is_empty() && !shape.values.iter().any(|value| value == given) {
        let values = shape.values.join(", ");
        return Some(format!("Member must satisfy enum value set: [{values}]"));
    }
    if let Some(max) = shape.max
        && shape.sized
    {
        let constraint =
            format!("Member must have size less than or equal to {max} bytes in UTF-8 encoding");
        return (given.len() as f64 > max).then_some(constraint);
    }
    length(shape, given.chars().count()).or_else(|| {
        let fits = shape.regex().is_none_or(|regex| regex.is_match(given));
        let pattern = shape.pattern.as_deref().unwrap_or_default();
        (!fits).then(|| format!("Member must satisfy regular expression pattern: {pattern}"))
    })
}

fn length(shape: &Shape, length: usize) -> Option<String> {
    let length = length as f64;
    let bound = |word, bound| format!("Member must have length {word} than or equal to {bound}");
    match (shape.min, shape.max) {
        (Some(min), _) if length < min => Some(bound("greater", min)),
        (_, Some(max)) if length > max => Some(bound("less", max)),
        _ => None,
    }
}

/// What AWS's parser says of a value of another type.
fn mismatch(wanted: &Kind, given: &Value) -> String {
    let class = match wanted {
        Kind::Text => "String",
        Kind::Blob => "Blob",
        Kind::Flag => "Boolean",
        Kind::Whole(..) => "Integer",
        Kind::Number => "Double",
        Kind::Time => "Timestamp",
        Kind::Structure { .. } | Kind::List(_) | Kind::Map(..) | Kind::Any => "",
    };
    let token = match given {
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        _ => "STRING_VALUE",
    };
    match (wanted, given) {
        (_, Value::Object(_)) => "Start of structure or map found where not expected.".to_owned(),
        (Kind::Structure { name, .. }, Value::Array(_)) => {
            format!("Unrecognized collection type class {name}")
        }
        (_, Value::Array(_)) => format!("Unrecognized collection type class java.lang.{class}"),
        (Kind::Structure { .. }, _) => "Unexpected value type in payload".to_owned(),
        (Kind::List(_) | Kind::Map(..), _) => "Unexpected field type".to_owned(),
        _ => format!("{token} cannot be converted to {class}"),
    }
}
