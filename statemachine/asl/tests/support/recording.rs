//! Comparing with a recording: JSON texts are shown there as what they say, and
//! some times and names are masked.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use serde_json::{Map, Value};

/// Names the first difference.
pub fn same(what: &str, ours: &Value, expected: &Value) -> Result<(), String> {
    if ours == expected {
        return Ok(());
    }
    Err(format!("{what}\n  ours     {ours}\n  expected {expected}"))
}

/// The recorder shows a JSON text as what it says when that is an object.
pub fn as_recorded(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(object @ Value::Object(_)) => object,
        _ => Value::from(text),
    }
}

/// Parses JSON texts at the places where the recorder did: in details.
pub fn parsed(value: &Value, top: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| {
                let value = match value {
                    Value::String(text) if !top => as_recorded(text),
                    other => parsed(other, false),
                };
                (key.clone(), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// Takes over the recorder's masks: some times are shown as words.
pub fn masked(ours: &Value, expected: &Value) -> Value {
    match (ours, expected) {
        (Value::Object(ours), Value::Object(expected)) => {
            let fields = ours.iter().map(|(key, value)| {
                let value = expected
                    .get(key)
                    .map_or(value.clone(), |other| masked(value, other));
                (key.clone(), value)
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        (Value::String(text), Value::String(mask))
            if (mask == "timestamp" || mask == "date") && text.contains("20") =>
        {
            expected.clone()
        }
        _ => ours.clone(),
    }
}
