//! `filterPattern`: what FilterLogEvents searches for.
//!
//! Known here: unstructured patterns (`terms`) and JSON patterns (`json`). Not
//! known, and refused by name: regular expressions, space-delimited patterns,
//! `IS`, `NOT EXISTS` and wildcards in selectors.
//!
//! Source: CloudWatch Logs user guide, "Filter pattern syntax".

mod json;
mod terms;

use json::Condition;
use terms::Terms;

/// The longest pattern, in characters.
const LONGEST: usize = 1024;

/// A checked pattern.
#[derive(Debug, PartialEq)]
pub(super) enum Pattern {
    Everything,
    Terms(Terms),
    Json(Condition),
}

impl Pattern {
    /// Reads a pattern; otherwise the sentence that says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters."));
        }
        let trimmed = text.trim();
        match trimmed.chars().next() {
            None => Ok(Self::Everything),
            Some('{') => json::parse(trimmed).map(Self::Json),
            Some('[') => {
                Err("space-delimited patterns ([w1, w2, …]) are not supported here.".to_owned())
            }
            Some('%') => Err("regular expressions (%…%) are not supported here.".to_owned()),
            Some(_) => terms::parse(trimmed).map(Self::Terms),
        }
    }

    /// Whether a message is searched for.
    pub(super) fn matches(&self, message: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Terms(terms) => terms.matches(message),
            Self::Json(condition) => {
                serde_json::from_str(message).is_ok_and(|message: serde_json::Value| {
                    message.is_object() && condition.holds(&message)
                })
            }
        }
    }
}
