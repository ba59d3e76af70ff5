//! EventBridge's event patterns: what they mean.
//!
//! A pattern names fields; every named field must match (`$or` aside), and a
//! field matches when one of its tests does. An array in the event matches when
//! one of its elements does. Parsing and its errors are in `parse`.

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]
mod never_panics;
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
            .is_some_and(|event| self.matches_object(event))
    }

    fn matches_object(&self, event: &Map<String, Value>) -> bool {
        self.fields
            .iter()
            .all(|(name, field)| field.matches(event.get(name)))
            && self
                .alternatives
                .iter()
                .all(|group| group.iter().any(|pattern| pattern.matches_object(event)))
    }

    /// A pattern that no field of the event contradicts when the whole branch is missing.
    fn matches_absence(&self) -> bool {
        self.matches_object(&Map::new())
    }
}

impl Field {
    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Nested(pattern), Some(Value::Object(object))) => pattern.matches_object(object),
            (Self::Nested(pattern), Some(Value::Array(elements))) => {
                elements.iter().any(|element| pattern.matches(element))
            }
            (Self::Nested(pattern), _) => pattern.matches_absence(),
            (Self::AnyOf(tests), value) => tests.iter().any(|test| test.matches(value)),
        }
    }
}

impl Test {
    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            // Only leaves exist: an object is not one.
            (Self::Exists(wanted), value) => {
                *wanted == value.is_some_and(|value| !value.is_object())
            }
            (_, None | Some(Value::Object(_))) => false,
            (_, Some(Value::Array(elements))) => {
                elements.iter().any(|element| self.matches(Some(element)))
            }
            (_, Some(value)) => self.matches_leaf(value),
        }
    }

    fn matches_leaf(&self, value: &Value) -> bool {
        match self {
            Self::Exactly(wanted) => same(wanted, value),
            Self::Text(test) => value.as_str().is_some_and(|text| test.matches(text)),
            Self::AnythingBut(unwanted) => !unwanted.iter().any(|one| same(one, value)),
            Self::AnythingButText(tests) => value
                .as_str()
                .is_some_and(|text| !tests.iter().any(|test| test.matches(text))),
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
