//! Event patterns: from JSON text, with EventBridge's complaints.

use serde_json::{Map, Value};

use super::{Comparison, Field, Pattern, Test, TextTest, Wildcard};

/// Why a text is not an event pattern; the sentence after "Reason: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Event pattern is not valid. Reason: {0}")]
pub struct InvalidPattern(pub String);

type Parsed<T> = Result<T, InvalidPattern>;

fn invalid<T>(reason: impl Into<String>) -> Parsed<T> {
    Err(InvalidPattern(reason.into()))
}

pub(super) fn pattern(text: &str) -> Parsed<Pattern> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => object(&fields),
        Ok(_) => invalid("Filter is not an object"),
        Err(error) => invalid(format!("Filter is not valid JSON: {error}")),
    }
}

fn object(fields: &Map<String, Value>) -> Parsed<Pattern> {
    if fields.is_empty() {
        return invalid("Empty objects are not allowed");
    }
    let mut pattern = Pattern {
        fields: Vec::new(),
        alternatives: Vec::new(),
    };
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("$or", Value::Array(choices))
                if choices.len() >= 2 && choices.iter().all(Value::is_object) =>
            {
                let choices: Parsed<Vec<Pattern>> = choices
                    .iter()
                    .filter_map(Value::as_object)
                    .map(object)
                    .collect();
                pattern.alternatives.push(choices?);
            }
            ("$or", _) => return invalid("$or must be an array of at least two objects"),
            (name, Value::Object(nested)) => {
                pattern
                    .fields
                    .push((name.to_owned(), Field::Nested(object(nested)?)));
            }
            (name, Value::Array(tests)) if tests.is_empty() => {
                return invalid(format!("Empty arrays are not allowed (at {name:?})"));
            }
            (name, Value::Array(tests)) => {
                let tests: Parsed<Vec<Test>> = tests.iter().map(test).collect();
                pattern.fields.push((name.to_owned(), Field::AnyOf(tests?)));
            }
            (name, _) => return invalid(format!("{name:?} must be an object or an array")),
        }
    }
    Ok(pattern)
}

fn test(value: &Value) -> Parsed<Test> {
    let Value::Object(test) = value else {
        return match value {
            Value::Array(_) => invalid("Match value must be String, number, true, false, or null"),
            _ => Ok(Test::Exactly(value.clone())),
        };
    };
    let mut entries = test.iter();
    let (Some((kind, operand)), None) = (entries.next(), entries.next()) else {
        return invalid("Only one key allowed in match expression");
    };
    match kind.as_str() {
        "exists" => match operand {
            Value::Bool(wanted) => Ok(Test::Exists(*wanted)),
            _ => invalid("exists match pattern must be either true or false."),
        },
        "anything-but" => anything_but(operand),
        "numeric" => numeric(operand),
        "cidr" => cidr(operand),
        _ => text_test(kind, operand).map(Test::Text),
    }
}

fn text_test(kind: &str, operand: &Value) -> Parsed<TextTest> {
    let ignoring_case =
        operand
            .as_object()
            .and_then(|operand| match operand.get("equals-ignore-case") {
                Some(Value::String(text)) if operand.len() == 1 => Some(text.clone()),
                _ => None,
            });
    match (kind, operand, ignoring_case) {
        ("prefix", Value::String(text), _) => Ok(TextTest::Prefix(text.clone())),
        ("prefix", _, Some(text)) => Ok(TextTest::PrefixIgnoringCase(text)),
        ("suffix", Value::String(text), _) => Ok(TextTest::Suffix(text.clone())),
        ("suffix", _, Some(text)) => Ok(TextTest::SuffixIgnoringCase(text)),
        ("equals-ignore-case", Value::String(text), _) => {
            Ok(TextTest::EqualsIgnoringCase(text.clone()))
        }
        ("wildcard", Value::String(text), _) => Wildcard::parse(text)
            .map(TextTest::Wildcard)
            .map_err(|reason| InvalidPattern(reason.to_owned())),
        ("prefix" | "suffix" | "equals-ignore-case" | "wildcard", ..) => {
            invalid(format!("{kind} match pattern must be a string"))
        }
        _ => invalid(format!("Unrecognized match type {kind}")),
    }
}

fn anything_but(operand: &Value) -> Parsed<Test> {
    match operand {
        Value::String(_) | Value::Number(_) => Ok(Test::AnythingBut(vec![operand.clone()])),
        Value::Array(values)
            if !values.is_empty()
                && (values.iter().all(Value::is_string) || values.iter().all(Value::is_number)) =>
        {
            Ok(Test::AnythingBut(values.clone()))
        }
        Value::Object(test) if test.len() == 1 => {
            let Some((kind, operand)) = test.iter().next() else {
                return invalid("Empty objects are not allowed");
            };
            let operands = match operand {
                Value::Array(operands) if !operands.is_empty() => operands.as_slice(),
                one => std::slice::from_ref(one),
            };
            let tests: Parsed<Vec<TextTest>> = operands
                .iter()
                .map(|operand| text_test(kind, operand))
                .collect();
            tests.map(Test::AnythingButText)
        }
        _ => invalid(
            "Value of anything-but must be an array or single string/number value, \
             or an object with prefix, suffix, equals-ignore-case or wildcard",
        ),
    }
}

fn numeric(operand: &Value) -> Parsed<Test> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let parts: &[Value] = operand.as_array().map_or(&[], Vec::as_slice);
    let mut bounds = Vec::new();
    for pair in parts.chunks(2) {
        let [Value::String(sign), Value::Number(bound)] = pair else {
            return invalid("Value of numeric must be pairs of a comparison and a number");
        };
        let comparison = match sign.as_str() {
            "=" => Equal,
            "<" => Less,
            "<=" => LessOrEqual,
            ">" => Greater,
            ">=" => GreaterOrEqual,
            other => return invalid(format!("Unrecognized numeric range operator: {other}")),
        };
        bounds.push((comparison, bound.as_f64().unwrap_or(f64::NAN)));
    }
    match bounds.as_slice() {
        [_] => Ok(Test::Numeric(bounds)),
        [(Greater | GreaterOrEqual, low), (Less | LessOrEqual, high)] if low < high => {
            Ok(Test::Numeric(bounds))
        }
        [(Greater | GreaterOrEqual, _), (Less | LessOrEqual, _)] => {
            invalid("Bottom must be less than top")
        }
        [] => invalid("Value of numeric must be a non-empty array"),
        _ => invalid("A numeric range goes from > or >= to < or <="),
    }
}

fn cidr(operand: &Value) -> Parsed<Test> {
    let parsed = operand.as_str().and_then(|text| {
        let (address, bits) = text.split_once('/')?;
        let address: std::net::IpAddr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(Test::Cidr(address, bits))
    });
    parsed.map_or_else(|| invalid("Malformed CIDR, one '/' required"), Ok)
}
