//! EventBridge's event patterns: what they mean.
//!
//! A pattern names fields; every named field must match (`$or` aside), and a
//! field matches when one of its tests does. An array in the event matches when
//! one of its elements does, in arrays of arrays too, and fields of one pattern must
//! match in the same element. Only leaves exist, and a field is absent where no
//! element has it. Parsing and its errors are in `parse` and `operators`.

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]
mod never_panics;
mod operators;
mod parse;
mod wildcard;

use std::net::IpAddr;

use serde_json::{Map, Value};

pub use parse::InvalidPattern;
use wildcard::Wildcard;

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    fields: Vec<(String, Field)>,
    /// One of each group must match.
    alternatives: Vec<Vec<Pattern>>,
}

#[derive(Debug, Clone, PartialEq)]
enum Field {
    Nested(Pattern),
    AnyOf(Vec<Test>),
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Exactly(Value),
    Text(TextTest),
    AnythingBut(Vec<Value>),
    AnythingButText(Vec<TextTest>),
    Numeric(Vec<(Comparison, f64)>),
    Exists(bool),
    Cidr(IpAddr, u8),
}

#[derive(Debug, Clone, PartialEq)]
enum TextTest {
    Prefix(String),
    PrefixIgnoringCase(String),
    Suffix(String),
    SuffixIgnoringCase(String),
    EqualsIgnoringCase(String),
    Wildcard(Wildcard),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Pattern {
    /// Parses a pattern's JSON text.
    ///
    /// # Errors
    /// With the sentence that EventBridge gives after "Reason: ".
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        parse::pattern(text)
    }

    /// Whether the event (the whole envelope) matches.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        event
            .as_object()
            .is_some_and(|event| self.matches_object(event, &[event]))
    }

    /// `all`: this object and its likes, the elements of the arrays that it stands in.
    fn matches_object(&self, event: &Map<String, Value>, all: &[&Map<String, Value>]) -> bool {
        self.fields
            .iter()
            .all(|(name, field)| field.matches(name, event, all))
            && self.alternatives.iter().all(|group| {
                group
                    .iter()
                    .any(|pattern| pattern.matches_object(event, all))
            })
    }
}

/// Every object in a value: itself, or those in its arrays.
fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Map<String, Value>>) {
    match value {
        Value::Object(object) => found.push(object),
        Value::Array(elements) => elements.iter().for_each(|one| objects(one, found)),
        _ => {}
    }
}

/// Whether there is a leaf: what is neither an object nor an array, or one in an array.
fn has_leaf(value: &Value) -> bool {
    match value {
        Value::Object(_) => false,
        Value::Array(elements) => elements.iter().any(has_leaf),
        _ => true,
    }
}

impl Field {
    fn matches(&self, name: &str, event: &Map<String, Value>, all: &[&Map<String, Value>]) -> bool {
        match self {
            Self::Nested(pattern) => {
                let (mut here, mut likes) = (Vec::new(), Vec::new());
                if let Some(value) = event.get(name) {
                    objects(value, &mut here);
                }
                for one in all.iter().filter_map(|one| one.get(name)) {
                    objects(one, &mut likes);
                }
                if here.is_empty() {
                    // Where the branch is missing, only absence matches.
                    return pattern.matches_object(&Map::new(), &likes);
                }
                here.iter()
                    .any(|object| pattern.matches_object(object, &likes))
            }
            Self::AnyOf(tests) => tests.iter().any(|test| match test {
                Test::Exists(true) => event.get(name).is_some_and(has_leaf),
                Test::Exists(false) => !all.iter().any(|one| one.get(name).is_some_and(has_leaf)),
                test => event.get(name).is_some_and(|value| test.matches(value)),
            }),
        }
    }
}

impl Test {
    fn matches(&self, value: &Value) -> bool {
        match value {
            Value::Object(_) => false,
            Value::Array(elements) => elements.iter().any(|element| self.matches(element)),
            leaf => self.matches_leaf(leaf),
        }
    }

    fn matches_leaf(&self, value: &Value) -> bool {
        match self {
            Self::Exactly(wanted) => same(wanted, value),
            Self::Text(test) => value.as_str().is_some_and(|text| test.matches(text)),
            Self::AnythingBut(unwanted) => !unwanted.iter().any(|one| same(one, value)),
            // What is no text has no such beginning, and so on.
            Self::AnythingButText(tests) => value
                .as_str()
                .is_none_or(|text| !tests.iter().any(|test| test.matches(text))),
            Self::Numeric(bounds) => value.as_f64().is_some_and(|number| {
                bounds
                    .iter()
                    .all(|(comparison, bound)| comparison.holds(number, *bound))
            }),
            Self::Cidr(network, bits) => value
                .as_str()
                .and_then(|text| text.parse().ok())
                .is_some_and(|address| in_network(address, *network, *bits)),
            Self::Exists(wanted) => *wanted,
        }
    }
}

impl TextTest {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Prefix(prefix) => text.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => text.ends_with(suffix.as_str()),
            Self::PrefixIgnoringCase(prefix) => {
                text.to_lowercase().starts_with(&prefix.to_lowercase())
            }
            Self::SuffixIgnoringCase(suffix) => {
                text.to_lowercase().ends_with(&suffix.to_lowercase())
            }
            Self::EqualsIgnoringCase(wanted) => text.to_lowercase() == wanted.to_lowercase(),
            Self::Wildcard(wildcard) => wildcard.matches(text),
        }
    }
}

impl Comparison {
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Equal => number == bound,
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
        }
    }
}

/// Numbers by their value (300 is 300.0), everything else exactly.
fn same(wanted: &Value, value: &Value) -> bool {
    match (wanted.as_f64(), value.as_f64()) {
        (Some(wanted), Some(value)) => wanted == value,
        _ => wanted == value,
    }
}

fn in_network(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => (
            u128::from(address.to_bits()),
            u128::from(network.to_bits()),
            32,
        ),
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits(), 128),
        _ => return false,
    };
    // A network of 0 bits holds every address; shifting by 128 would overflow.
    let shift = width - u32::from(bits);
    address.checked_shr(shift).unwrap_or(0) == network.checked_shr(shift).unwrap_or(0)
}
