//! The tests of one field: exact values and the operators of content filtering.
//!
//! Sentences are those of `event-ruler`, where one operator's are also another's.

use std::net::IpAddr;

use serde_json::{Number, Value};

use super::parse::{Parsed, invalid};
use super::{Comparison, Test, TextTest, Wildcard};

const ONE_KEY: &str = "Only one key allowed in match expression";
const TOO_MANY: &str = "Too many elements in numeric expression";

pub(super) fn test(value: &Value) -> Parsed<Test> {
    let Value::Object(test) = value else {
        return match value {
            Value::Array(_) => invalid("Match value must be String, number, true, false, or null"),
            _ => Ok(Test::Exactly(value.clone())),
        };
    };
    let Some((kind, operand)) = test.iter().next() else {
        return invalid("Match expression name not found");
    };
    let parsed = match kind.as_str() {
        "exactly" => match operand {
            Value::String(_) => Test::Exactly(operand.clone()),
            _ => return invalid("exact match pattern must be a string"),
        },
        "prefix" | "suffix" => Test::Text(affix(kind, operand)?),
        "equals-ignore-case" | "wildcard" => Test::Text(whole(kind, operand)?),
        "exists" => match operand {
            Value::Bool(wanted) => Test::Exists(*wanted),
            _ => return invalid("exists match pattern must be either true or false."),
        },
        "anything-but" => anything_but(operand)?,
        "numeric" => numeric(operand)?,
        "cidr" => cidr(operand)?,
        _ => return invalid(format!("Unrecognized match type {kind}")),
    };
    match (test.len(), kind.as_str()) {
        (1, _) => Ok(parsed),
        (_, "numeric" | "anything-but") => invalid(TOO_MANY),
        _ => invalid(ONE_KEY),
    }
}

/// `prefix` or `suffix`: a text, or one whose case does not count.
fn affix(kind: &str, operand: &Value) -> Parsed<TextTest> {
    if let Value::String(text) = operand {
        return Ok(match kind {
            "prefix" => TextTest::Prefix(text.clone()),
            _ => TextTest::Suffix(text.clone()),
        });
    }
    let Value::Object(inner) = operand else {
        return invalid(format!("{kind} match pattern must be a string"));
    };
    let Some((name, text)) = inner.iter().next() else {
        let kind = if kind == "prefix" { "Prefix" } else { "Suffix" };
        return invalid(format!("{kind} expression name not found"));
    };
    if name != "equals-ignore-case" {
        return invalid(format!("Unsupported {kind} pattern: {name}"));
    }
    let Value::String(text) = text else {
        return invalid("equals-ignore-case match pattern must be a string");
    };
    if inner.len() > 1 {
        return invalid(ONE_KEY);
    }
    Ok(match kind {
        "prefix" => TextTest::PrefixIgnoringCase(text.clone()),
        _ => TextTest::SuffixIgnoringCase(text.clone()),
    })
}

/// `equals-ignore-case` or `wildcard`.
fn whole(kind: &str, operand: &Value) -> Parsed<TextTest> {
    match operand {
        Value::String(text) if kind == "wildcard" => Wildcard::parse(text)
            .map(TextTest::Wildcard)
            .or_else(invalid),
        Value::String(text) => Ok(TextTest::EqualsIgnoringCase(text.clone())),
        _ => invalid(format!("{kind} match pattern must be a string")),
    }
}

fn anything_but(operand: &Value) -> Parsed<Test> {
    match operand {
        Value::String(_) => Ok(Test::AnythingBut(vec![operand.clone()])),
        Value::Number(number) => {
            bound(number)?;
            Ok(Test::AnythingBut(vec![operand.clone()]))
        }
        Value::Array(values) => {
            let plain = |value: &Value| value.is_string() || value.is_number();
            if !values.iter().all(plain) {
                return invalid("Inside anything but list, start|null|boolean is not supported.");
            }
            let texts = values.iter().filter(|value| value.is_string()).count();
            if values.is_empty() || (texts != 0 && texts != values.len()) {
                return invalid(
                    "Inside anything but list, either all values are number or string, mixed type is not supported",
                );
            }
            let mut numbers = values.iter().filter_map(Value::as_number);
            numbers.try_for_each(|number| bound(number).map(drop))?;
            Ok(Test::AnythingBut(values.clone()))
        }
        Value::Object(inner) => {
            let Some((kind, operand)) = inner.iter().next() else {
                return invalid("Anything-But expression name not found");
            };
            let tests = anything_but_texts(kind, operand)?;
            if inner.len() > 1 {
                return invalid(TOO_MANY);
            }
            Ok(Test::AnythingButText(tests))
        }
        Value::Null | Value::Bool(_) => invalid(NO_VALUE),
    }
}

const NO_VALUE: &str = "Value of anything-but must be an array or single string/number value.";

/// The operators that `anything-but` can turn around, with one text or a list of them.
fn anything_but_texts(kind: &str, operand: &Value) -> Parsed<Vec<TextTest>> {
    let complaint = match kind {
        "prefix" | "suffix" => "prefix/suffix match pattern must be a string",
        "wildcard" => "wildcard match pattern must be a string",
        "equals-ignore-case" => {
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."
        }
        _ => return invalid(format!("Unsupported anything-but pattern: {kind}")),
    };
    let operands = match operand {
        Value::Null | Value::Bool(_) | Value::Object(_) => return invalid(NO_VALUE),
        // event-ruler takes no text at all, and then nothing matches.
        Value::Array(operands) if operands.is_empty() => {
            return invalid("Empty arrays are not allowed");
        }
        Value::Array(operands) => operands.as_slice(),
        one => std::slice::from_ref(one),
    };
    let tests = operands.iter().map(|operand| match (kind, operand) {
        ("prefix" | "suffix", Value::String(text)) if text.is_empty() => {
            invalid("Null prefix/suffix not allowed")
        }
        ("prefix" | "suffix", Value::String(_)) => affix(kind, operand),
        (_, Value::String(_)) => whole(kind, operand),
        _ => invalid(complaint),
    });
    tests.collect()
}

fn numeric(operand: &Value) -> Parsed<Test> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let Value::Array(parts) = operand else {
        return invalid("Value of numeric must be an array.");
    };
    let (first, low) = match parts.first() {
        Some(Value::String(sign)) => match sign.as_str() {
            "=" => (Equal, "equals"),
            "<" => (Less, "<"),
            "<=" => (LessOrEqual, "<="),
            ">" => (Greater, ">"),
            ">=" => (GreaterOrEqual, ">="),
            other => return invalid(format!("Unrecognized numeric range operator: {other}")),
        },
        Some(other) => {
            return invalid(format!("Invalid member in numeric match: {}", token(other)));
        }
        None => return invalid("Invalid member in numeric match: ]"),
    };
    let bottom = number(parts.get(1), low)?;
    if parts.len() == 2 {
        return Ok(Test::Numeric(vec![(first, bottom)]));
    }
    if !matches!(first, Greater | GreaterOrEqual) {
        return invalid(TOO_MANY);
    }
    let (second, high) = match parts.get(2) {
        Some(Value::String(sign)) if sign == "<" => (Less, "<"),
        Some(Value::String(sign)) if sign == "<=" => (LessOrEqual, "<="),
        Some(Value::String(other)) => {
            return invalid(format!("Bad numeric range operator: {other}"));
        }
        other => {
            let shown = other.map_or_else(|| "]".to_owned(), token);
            return invalid(format!("Bad value in numeric range: {shown}"));
        }
    };
    let top = number(parts.get(3), high)?;
    if parts.len() > 4 {
        return invalid("Too many terms in numeric range expression");
    }
    if bottom >= top {
        return invalid("Bottom must be less than top");
    }
    Ok(Test::Numeric(vec![(first, bottom), (second, top)]))
}

fn number(value: Option<&Value>, sign: &str) -> Parsed<f64> {
    match value {
        Some(Value::Number(number)) => bound(number),
        _ => invalid(format!("Value of {sign} must be numeric")),
    }
}

/// A number that a double holds exactly.
fn bound(number: &Number) -> Parsed<f64> {
    let double = number.as_f64().unwrap_or(f64::NAN);
    let exact = match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) => double as i128 == i128::from(whole),
        (_, Some(whole)) => double as i128 == i128::from(whole),
        _ => double.is_finite(),
    };
    if exact {
        return Ok(double);
    }
    invalid(format!("Cannot compare number : {number}"))
}

fn token(value: &Value) -> String {
    match value {
        Value::Array(_) => "[".to_owned(),
        Value::Object(_) => "{".to_owned(),
        other => other.to_string(),
    }
}

fn cidr(operand: &Value) -> Parsed<Test> {
    let Value::String(text) = operand else {
        return invalid("prefix match pattern must be a string");
    };
    let Some((address, mask)) = text.split_once('/') else {
        return invalid("Malformed CIDR, one '/' required");
    };
    if mask.is_empty() || mask.contains('/') {
        return invalid("Malformed CIDR, one '/' required");
    }
    let Ok(bits) = mask.parse::<i32>() else {
        return invalid("Malformed CIDR, mask bits must be an integer");
    };
    if bits < 0 {
        return invalid("Malformed CIDR, mask bits must not be negative");
    }
    let digits = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
    if !address.contains(['.', ':']) || !address.chars().all(digits) {
        return invalid(format!("Nonstandard IP address: {address}"));
    }
    let Ok(network) = address.parse::<IpAddr>() else {
        return invalid(format!("Invalid IP address: {address}"));
    };
    // One address alone is written as a text, not as a block.
    match network {
        IpAddr::V4(_) if bits > 31 => invalid("IPv4 mask bits must be < 32"),
        IpAddr::V6(_) if bits > 127 => invalid("IPv6 mask bits must be < 128"),
        _ => Ok(Test::Cidr(network, u8::try_from(bits).unwrap_or_default())),
    }
}
