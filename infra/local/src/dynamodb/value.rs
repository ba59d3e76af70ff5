//! DynamoDB's typed values, read from and written to the wire form
//! `{"S": "text"}`, with AWS's validation sentences.
//!
//! Sets are kept sorted; DynamoDB promises no order for them.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::number::{Number, NumberError};
use crate::server::error::AwsError;

/// Deepest nesting that DynamoDB stores.
const MAX_DEPTH: usize = 32;

/// An item, or the contents of a map.
pub(crate) type Attributes = BTreeMap<String, AttributeValue>;

/// A typed value; the variants are named as on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum AttributeValue {
    S(String),
    N(Number),
    B(Vec<u8>),
    Bool(bool),
    Null,
    M(Attributes),
    L(Vec<AttributeValue>),
    Ss(BTreeSet<String>),
    Ns(BTreeSet<Number>),
    Bs(BTreeSet<Vec<u8>>),
}

/// The names of the types on the wire.
pub(crate) const TYPE_NAMES: [&str; 10] =
    ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"];

impl AttributeValue {
    /// The type's name on the wire.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    /// Reads `{"S": "text"}`.
    pub(crate) fn from_wire(wire: &Value) -> Result<Self, AwsError> {
        read(wire, 0)
    }

    /// Writes `{"S": "text"}`.
    pub(crate) fn to_wire(&self) -> Value {
        match self {
            Self::S(text) => json!({ "S": text }),
            Self::N(number) => json!({ "N": number.to_string() }),
            Self::B(bytes) => json!({ "B": STANDARD.encode(bytes) }),
            Self::Bool(flag) => json!({ "BOOL": flag }),
            Self::Null => json!({ "NULL": true }),
            Self::M(map) => json!({ "M": attributes_to_wire(map) }),
            Self::L(list) => json!({ "L": list.iter().map(Self::to_wire).collect::<Vec<_>>() }),
            Self::Ss(set) => json!({ "SS": set }),
            Self::Ns(set) => json!({ "NS": set.iter().map(Number::to_string).collect::<Vec<_>>() }),
            Self::Bs(set) => {
                json!({ "BS": set.iter().map(|bytes| STANDARD.encode(bytes)).collect::<Vec<_>>() })
            }
        }
    }
}

/// Reads a map of values: an item, a key, or the placeholders of an expression.
pub(crate) fn attributes_from_wire(wire: &Value) -> Result<Attributes, AwsError> {
    read_map(wire, 0)
}

/// Writes a map of values.
pub(crate) fn attributes_to_wire(attributes: &Attributes) -> Value {
    Value::Object(
        attributes
            .iter()
            .map(|(name, value)| (name.clone(), value.to_wire()))
            .collect(),
    )
}

fn read(wire: &Value, depth: usize) -> Result<AttributeValue, AwsError> {
    if depth > MAX_DEPTH {
        return Err(AwsError::validation(
            "Nesting Levels have exceeded supported limits",
        ));
    }
    let Some(object) = wire.as_object() else {
        return Err(wrong_class(wire, "AttributeValue"));
    };
    let mut members = object
        .iter()
        .filter(|(name, value)| TYPE_NAMES.contains(&name.as_str()) && !value.is_null());
    let Some((name, content)) = members.next() else {
        return Err(AwsError::validation(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ));
    };
    if members.next().is_some() {
        return Err(AwsError::validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ));
    }
    Ok(match name.as_str() {
        "S" => AttributeValue::S(text(content)?.to_owned()),
        "N" => AttributeValue::N(number(content)?),
        "B" => AttributeValue::B(bytes(content)?),
        "BOOL" => AttributeValue::Bool(flag(content)?),
        "NULL" => {
            if !flag(content)? {
                return Err(AwsError::validation(
                    "One or more parameter values were invalid: Null attribute value types must have the value of true",
                ));
            }
            AttributeValue::Null
        }
        "M" => AttributeValue::M(read_map(content, depth + 1)?),
        "L" => AttributeValue::L(
            list(content)?
                .iter()
                .map(|element| read(element, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        "SS" => AttributeValue::Ss(set(content, "string", |element| {
            text(element).map(str::to_owned)
        })?),
        "NS" => AttributeValue::Ns(set(content, "number", number)?),
        _ => AttributeValue::Bs(set(content, "binary", bytes)?),
    })
}

fn read_map(wire: &Value, depth: usize) -> Result<Attributes, AwsError> {
    let Some(object) = wire.as_object() else {
        return Err(wrong_class(wire, "Map"));
    };
    object
        .iter()
        .map(|(name, value)| Ok((name.clone(), read(value, depth)?)))
        .collect()
}

fn set<T: Ord>(
    wire: &Value,
    kind: &str,
    read: impl Fn(&Value) -> Result<T, AwsError>,
) -> Result<BTreeSet<T>, AwsError> {
    let elements = list(wire)?;
    if elements.is_empty() {
        return Err(AwsError::validation(format!(
            "One or more parameter values were invalid: An {kind} set  may not be empty"
        )));
    }
    let mut set = BTreeSet::new();
    for element in elements {
        if !set.insert(read(element)?) {
            if kind == "number" {
                return Err(AwsError::validation("Input collection contains duplicates"));
            }
            let shown: Vec<&str> = elements.iter().filter_map(Value::as_str).collect();
            return Err(AwsError::validation(format!(
                "One or more parameter values were invalid: Input collection [{}]{} contains duplicates.",
                shown.join(", "),
                if kind == "binary" { " of type BS" } else { "" },
            )));
        }
    }
    Ok(set)
}

fn number(wire: &Value) -> Result<Number, AwsError> {
    Number::parse(text(wire)?).map_err(|error: NumberError| AwsError::validation(error.to_string()))
}

fn text(wire: &Value) -> Result<&str, AwsError> {
    wire.as_str().ok_or_else(|| wrong_class(wire, "String"))
}

fn flag(wire: &Value) -> Result<bool, AwsError> {
    wire.as_bool().ok_or_else(|| wrong_class(wire, "Boolean"))
}

fn list(wire: &Value) -> Result<&Vec<Value>, AwsError> {
    wire.as_array().ok_or_else(|| wrong_class(wire, "List"))
}

fn bytes(wire: &Value) -> Result<Vec<u8>, AwsError> {
    let encoded = wire.as_str().ok_or_else(|| wrong_class(wire, "Blob"))?;
    STANDARD.decode(encoded).map_err(|_| {
        AwsError::new(
            "SerializationException",
            "Base64 decoding of a binary value failed",
        )
    })
}

/// What AWS's deserializer says of a member of the wrong JSON type.
pub(crate) fn wrong_class(wire: &Value, wanted: &str) -> AwsError {
    let found = match wire {
        Value::Null => "NULL_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    };
    AwsError::new(
        "SerializationException",
        format!("{found} cannot be converted to {wanted}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(wire: &Value) -> String {
        AttributeValue::from_wire(wire).unwrap_err().message
    }

    #[test]
    fn malformed_values_are_refused_in_aws_words() {
        assert!(refusal(&json!({})).starts_with("Supplied AttributeValue is empty"));
        assert!(refusal(&json!({ "X": "1" })).starts_with("Supplied AttributeValue is empty"));
        assert!(refusal(&json!({ "S": "a", "N": "1" })).contains("more than one datatypes"));
        assert_eq!(
            refusal(&json!({ "N": 5 })),
            "NUMBER_VALUE cannot be converted to String"
        );
        assert_eq!(
            refusal(&json!({ "N": "x" })),
            "The parameter cannot be converted to a numeric value: x"
        );
        assert!(refusal(&json!({ "NULL": false })).ends_with("must have the value of true"));
        assert!(refusal(&json!({ "SS": [] })).ends_with("may not be empty"));
        assert!(refusal(&json!({ "SS": ["a", "a"] })).contains("[a, a] contains duplicates"));
        assert_eq!(
            refusal(&json!({ "NS": ["1", "1.0"] })),
            "Input collection contains duplicates"
        );
        assert!(refusal(&json!({ "B": "!" })).contains("Base64"));
        let mut deep = json!({ "S": "a" });
        for _ in 0..33 {
            deep = json!({ "L": [deep] });
        }
        assert!(refusal(&deep).starts_with("Nesting Levels"));
    }

    #[test]
    fn every_type_survives_the_way_in_and_out() {
        for wire in [
            json!({ "S": "" }),
            json!({ "N": "1.5" }),
            json!({ "B": "AAE=" }),
            json!({ "BOOL": false }),
            json!({ "NULL": true }),
            json!({ "M": { "a": { "L": [{ "S": "x" }] } } }),
            json!({ "SS": ["a", "b"] }),
            json!({ "NS": ["-1", "2"] }),
            json!({ "BS": ["AA==", "AQ=="] }),
        ] {
            assert_eq!(AttributeValue::from_wire(&wire).unwrap().to_wire(), wire);
        }
    }
}
