//! Whether a condition holds for an item.
//!
//! DynamoDB knows no "undefined": a comparison with something absent is false
//! (`<>` is true), and so is one between different types.

use std::cmp::Ordering;

use super::syntax::Comparator;
use super::{Condition, Operand};
use crate::dynamodb::number::Number;
use crate::dynamodb::value::{AttributeValue, Attributes};

/// Whether the condition holds; an item that does not exist is an empty one.
pub(crate) fn holds(condition: &Condition, item: &Attributes) -> bool {
    match condition {
        Condition::Compare(comparator, left, right) => {
            compare(*comparator, value(left, item), value(right, item))
        }
        Condition::Between(operand, low, high) => {
            let (operand, low, high) = (value(operand, item), value(low, item), value(high, item));
            compare(Comparator::GreaterOrEqual, operand.clone(), low)
                && compare(Comparator::LessOrEqual, operand, high)
        }
        Condition::In(operand, list) => value(operand, item).is_some_and(|operand| {
            list.iter()
                .any(|element| value(element, item).is_some_and(|element| element == operand))
        }),
        Condition::Exists(path) => path.find(item).is_some(),
        Condition::NotExists(path) => path.find(item).is_none(),
        Condition::HasType(operand, wanted) => {
            value(operand, item).is_some_and(|value| value.type_name() == wanted)
        }
        Condition::BeginsWith(operand, prefix) => {
            match (value(operand, item), value(prefix, item)) {
                (Some(AttributeValue::S(text)), Some(AttributeValue::S(prefix))) => {
                    text.starts_with(&prefix)
                }
                (Some(AttributeValue::B(bytes)), Some(AttributeValue::B(prefix))) => {
                    bytes.starts_with(&prefix)
                }
                _ => false,
            }
        }
        Condition::Contains(operand, part) => match (value(operand, item), value(part, item)) {
            (Some(whole), Some(part)) => contains(&whole, &part),
            _ => false,
        },
        Condition::And(parts) => parts.iter().all(|part| holds(part, item)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, item)),
        Condition::Not(inner) => !holds(inner, item),
    }
}

/// Order of two values of one orderable type (S, N, B); none otherwise.
pub(crate) fn order(left: &AttributeValue, right: &AttributeValue) -> Option<Ordering> {
    match (left, right) {
        (AttributeValue::S(left), AttributeValue::S(right)) => Some(left.cmp(right)),
        (AttributeValue::N(left), AttributeValue::N(right)) => Some(left.cmp(right)),
        (AttributeValue::B(left), AttributeValue::B(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn compare(
    comparator: Comparator,
    left: Option<AttributeValue>,
    right: Option<AttributeValue>,
) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return comparator == Comparator::NotEqual;
    };
    match comparator {
        Comparator::Equal => left == right,
        Comparator::NotEqual => left != right,
        Comparator::Less => order(&left, &right).is_some_and(Ordering::is_lt),
        Comparator::LessOrEqual => order(&left, &right).is_some_and(Ordering::is_le),
        Comparator::Greater => order(&left, &right).is_some_and(Ordering::is_gt),
        Comparator::GreaterOrEqual => order(&left, &right).is_some_and(Ordering::is_ge),
    }
}

fn contains(whole: &AttributeValue, part: &AttributeValue) -> bool {
    match (whole, part) {
        (AttributeValue::S(whole), AttributeValue::S(part)) => whole.contains(part),
        (AttributeValue::B(whole), AttributeValue::B(part)) => {
            part.is_empty() || whole.windows(part.len()).any(|window| window == part)
        }
        (AttributeValue::L(list), part) => list.contains(part),
        (AttributeValue::Ss(set), AttributeValue::S(part)) => set.contains(part),
        (AttributeValue::Ns(set), AttributeValue::N(part)) => set.contains(part),
        (AttributeValue::Bs(set), AttributeValue::B(part)) => set.contains(part),
        _ => false,
    }
}

fn value(operand: &Operand, item: &Attributes) -> Option<AttributeValue> {
    match operand {
        Operand::Path(path) => path.find(item).cloned(),
        Operand::Value(value) => Some(value.clone()),
        Operand::Size(inner) => size(&value(inner, item)?).map(AttributeValue::N),
    }
}

/// What `size()` says; numbers, flags and NULL have none.
fn size(value: &AttributeValue) -> Option<Number> {
    let size = match value {
        AttributeValue::S(text) => text.encode_utf16().count(),
        AttributeValue::B(bytes) => bytes.len(),
        AttributeValue::M(map) => map.len(),
        AttributeValue::L(list) => list.len(),
        AttributeValue::Ss(set) => set.len(),
        AttributeValue::Ns(set) => set.len(),
        AttributeValue::Bs(set) => set.len(),
        AttributeValue::N(_) | AttributeValue::Bool(_) | AttributeValue::Null => return None,
    };
    Number::parse(&size.to_string()).ok()
}
