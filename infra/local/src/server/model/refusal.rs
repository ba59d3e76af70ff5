//! The sentences of AWS's common layer.
//!
//! Several violations are told at once: "2 validation errors detected: …; …". A member's
//! path begins each part with a small letter and counts a list's members from 1. The value
//! of a sensitive member is left out.

use std::fmt::Write;

use serde_json::Value;

use crate::server::error::AwsError;

/// Longest value that a sentence repeats, in characters.
const SHOWN: usize = 1024;

/// A step on the way to a value.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Member(&'a str),
    /// Counted from 0.
    Item(usize),
    Key(&'a str),
}

/// `targets.1.member.id`.
pub(super) fn path(steps: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in steps {
        if !path.is_empty() {
            path.push('.');
        }
        match step {
            Step::Member(name) => {
                let mut letters = name.chars();
                path.extend(letters.next().map(|first| first.to_ascii_lowercase()));
                path.push_str(letters.as_str());
            }
            // A String takes everything.
            Step::Item(number) => drop(write!(path, "{}.member", number + 1)),
            Step::Key(key) => drop(write!(path, "{key}.member")),
        }
    }
    path
}

/// One violation; `value` is nothing where it is sensitive.
pub(super) fn violation(path: &str, value: Option<&Value>, constraint: &str) -> String {
    let shown = match value {
        None => String::new(),
        Some(Value::Null) => " null".to_owned(),
        Some(value) => format!(" '{}'", shown(value)),
    };
    format!("Value{shown} at '{path}' failed to satisfy constraint: {constraint}")
}

/// As Java prints it: texts bare, lists in brackets.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members = members.iter();
            let members: Vec<String> = members
                .map(|(name, value)| format!("{name}={}", shown(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

/// All violations of one request.
pub(super) fn refused(code: &str, violations: &[String]) -> AwsError {
    let (count, s) = (
        violations.len(),
        if violations.len() == 1 { "" } else { "s" },
    );
    let message = format!(
        "{count} validation error{s} detected: {}",
        violations.join("; ")
    );
    AwsError::new(code, message)
}

/// A value of the wrong type.
pub(super) fn serialization(message: impl Into<String>) -> AwsError {
    AwsError::new("SerializationException", message)
}
