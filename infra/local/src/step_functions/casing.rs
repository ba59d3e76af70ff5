//! Tasks take and give PascalCase fields, ECS's wire has camelCase.
//!
//! Only names of fields change, at every depth. Timestamps become epoch
//! milliseconds on the way out, as in AWS's recordings of `runTask.sync`.

use serde_json::{Map, Value};

/// `TaskDefinition` → `taskDefinition`.
pub(super) fn to_camel(value: &Value) -> Value {
    rename(value, |name| {
        with_first(name, |first| first.to_ascii_lowercase())
    })
}

/// `taskArn` → `TaskArn`; `createdAt: 1.5` → `CreatedAt: 1500`.
pub(super) fn to_pascal(value: &Value) -> Value {
    let mut renamed = rename(value, |name| {
        with_first(name, |first| first.to_ascii_uppercase())
    });
    milliseconds(&mut renamed);
    renamed
}

fn rename(value: &Value, name: impl Fn(&str) -> String + Copy) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(field, value)| (name(field), rename(value, name)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(elements) => Value::Array(
            elements
                .iter()
                .map(|element| rename(element, name))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn with_first(name: &str, change: impl Fn(char) -> char) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map(change)
        .into_iter()
        .chain(characters)
        .collect()
}

fn milliseconds(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_f64() {
                    Some(seconds) if name.ends_with("At") => {
                        *field = Value::from((seconds * 1000.0).round() as i64);
                    }
                    _ => milliseconds(field),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(milliseconds),
        _ => {}
    }
}
