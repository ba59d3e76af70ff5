//! Applying an update expression to an item.
//!
//! Every right-hand side sees the item as it was before the update; then SET,
//! ADD and DELETE are written, and REMOVE comes last, from the highest list
//! index down, so that no index shifts under another action.

use super::path::{NoParent, Path};
use crate::dynamodb::number::Number;
use crate::dynamodb::value::{AttributeValue, Attributes};

/// An update with all placeholders replaced.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Update {
    pub(super) actions: Vec<Action>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Set(Path, SetValue),
    Remove(Path),
    Add(Path, AttributeValue),
    Delete(Path, AttributeValue),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum SetValue {
    Path(Path),
    Value(AttributeValue),
    IfNotExists(Path, Box<SetValue>),
    ListAppend(Box<SetValue>, Box<SetValue>),
    Plus(Box<SetValue>, Box<SetValue>),
    Minus(Box<SetValue>, Box<SetValue>),
}

const NO_ATTRIBUTE: &str =
    "The provided expression refers to an attribute that does not exist in the item";
const WRONG_TYPE: &str = "An operand in the update expression has an incorrect data type";
const NO_PARENT: &str = "The document path provided in the update expression is invalid for update";

impl Action {
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Set(path, _)
            | Self::Remove(path)
            | Self::Add(path, _)
            | Self::Delete(path, _) => path,
        }
    }
}

impl Update {
    /// The places that the update writes to, for `UPDATED_OLD` and `UPDATED_NEW`.
    pub(crate) fn paths(&self) -> Vec<Path> {
        self.actions
            .iter()
            .map(|action| action.path().clone())
            .collect()
    }

    /// The item after the update; the error is AWS's sentence.
    pub(crate) fn apply(&self, old: &Attributes) -> Result<Attributes, String> {
        let mut item = old.clone();
        let mut removals = Vec::new();
        // AWS appends elements past a list's end in the order of their indices.
        let mut writes = Vec::new();
        for action in &self.actions {
            match action {
                Action::Set(path, value) => writes.push((path, value.evaluate(old)?)),
                Action::Remove(path) => removals.push(path),
                Action::Add(path, operand) => {
                    writes.push((path, added(path.find(old), operand)?));
                }
                Action::Delete(path, operand) => match path.find(old) {
                    None => {}
                    Some(current) => match deleted(current, operand)? {
                        Some(rest) => writes.push((path, rest)),
                        None => removals.push(path),
                    },
                },
            }
        }
        writes.sort_by_key(|(path, _)| *path);
        for (path, value) in writes {
            path.put(&mut item, value).map_err(no_parent)?;
        }
        removals.sort_by(|left, right| right.cmp(left));
        for path in removals {
            path.remove(&mut item).map_err(no_parent)?;
        }
        Ok(item)
    }
}

fn no_parent(_: NoParent) -> String {
    NO_PARENT.to_owned()
}

impl SetValue {
    fn evaluate(&self, item: &Attributes) -> Result<AttributeValue, String> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Path(path) => path
                .find(item)
                .cloned()
                .ok_or_else(|| NO_ATTRIBUTE.to_owned()),
            Self::IfNotExists(path, other) => match path.find(item) {
                Some(value) => Ok(value.clone()),
                None => other.evaluate(item),
            },
            Self::ListAppend(first, second) => {
                match (first.evaluate(item)?, second.evaluate(item)?) {
                    (AttributeValue::L(mut list), AttributeValue::L(more)) => {
                        list.extend(more);
                        Ok(AttributeValue::L(list))
                    }
                    _ => Err(WRONG_TYPE.to_owned()),
                }
            }
            Self::Plus(left, right) => {
                let sum = left.number(item)?.plus(right.number(item)?);
                sum.map(AttributeValue::N)
                    .map_err(|error| error.to_string())
            }
            Self::Minus(left, right) => {
                let difference = left.number(item)?.minus(right.number(item)?);
                difference
                    .map(AttributeValue::N)
                    .map_err(|error| error.to_string())
            }
        }
    }

    fn number(&self, item: &Attributes) -> Result<Number, String> {
        match self.evaluate(item)? {
            AttributeValue::N(number) => Ok(number),
            _ => Err(WRONG_TYPE.to_owned()),
        }
    }
}

/// What ADD leaves: a sum, or the union of two sets.
fn added(
    current: Option<&AttributeValue>,
    operand: &AttributeValue,
) -> Result<AttributeValue, String> {
    let Some(current) = current else {
        return Ok(operand.clone());
    };
    Ok(match (current.clone(), operand) {
        (AttributeValue::N(current), AttributeValue::N(operand)) => {
            AttributeValue::N(current.plus(*operand).map_err(|error| error.to_string())?)
        }
        (AttributeValue::Ss(mut set), AttributeValue::Ss(more)) => {
            set.extend(more.iter().cloned());
            AttributeValue::Ss(set)
        }
        (AttributeValue::Ns(mut set), AttributeValue::Ns(more)) => {
            set.extend(more);
            AttributeValue::Ns(set)
        }
        (AttributeValue::Bs(mut set), AttributeValue::Bs(more)) => {
            set.extend(more.iter().cloned());
            AttributeValue::Bs(set)
        }
        _ => return Err(WRONG_TYPE.to_owned()),
    })
}

/// What DELETE leaves of a set; nothing is left of an emptied one.
fn deleted(
    current: &AttributeValue,
    operand: &AttributeValue,
) -> Result<Option<AttributeValue>, String> {
    Ok(match (current, operand) {
        (AttributeValue::Ss(set), AttributeValue::Ss(less)) => {
            let rest: std::collections::BTreeSet<_> = set.difference(less).cloned().collect();
            (!rest.is_empty()).then_some(AttributeValue::Ss(rest))
        }
        (AttributeValue::Ns(set), AttributeValue::Ns(less)) => {
            let rest: std::collections::BTreeSet<_> = set.difference(less).copied().collect();
            (!rest.is_empty()).then_some(AttributeValue::Ns(rest))
        }
        (AttributeValue::Bs(set), AttributeValue::Bs(less)) => {
            let rest: std::collections::BTreeSet<_> = set.difference(less).cloned().collect();
            (!rest.is_empty()).then_some(AttributeValue::Bs(rest))
        }
        _ => return Err(WRONG_TYPE.to_owned()),
    })
}
