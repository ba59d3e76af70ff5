//! What a target gets instead of the whole event: `Input`, `InputPath` or `InputTransformer`.
//!
//! A template's placeholders stand between `<` and `>`: names of `InputPathsMap`, or one of
//! EventBridge's own (`aws.events.…`). Outside of quotes a value stands as JSON, inside as
//! text: a text without its quotes, anything else as JSON whose quotes are gone. A path that
//! the event does not have is an empty text.
//!
//! Source: EventBridge's user guide, "Amazon EventBridge input transformation".

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::path::Path;
use super::{optional, required};
use crate::server::error::AwsError;

/// Names that begin so are EventBridge's own.
const RESERVED: &str = "aws.";

/// What a target asked for.
#[derive(Debug, Clone, Default)]
pub(super) enum Transform {
    /// The event as it is.
    #[default]
    Whole,
    Constant(Value),
    Part(Path),
    Template(Vec<Piece>),
}

/// A part of a template.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text(String),
    Placeholder { filler: Filler, quoted: bool },
}

/// What a placeholder stands for.
#[derive(Debug, Clone)]
pub(super) enum Filler {
    Path(Path),
    RuleArn,
    RuleName,
    IngestionTime,
    /// The event without its detail.
    Event,
    /// All of the event.
    EventJson,
}

/// The rule and the moment of a match.
pub(super) struct Matched<'a> {
    pub(super) rule: &'a str,
    pub(super) rule_arn: &'a str,
    pub(super) taken: DateTime<Utc>,
}

impl Transform {
    /// Reads a target of PutTargets.
    ///
    /// # Errors
    /// `ValidationException`, in EventBridge's words as far as they are known.
    pub(super) fn read(target: &Value) -> Result<Self, AwsError> {
        let id = required(target, "Id")?;
        let given = |name: &str| target.get(name).is_some_and(|value| !value.is_null());
        let ways = ["Input", "InputPath", "InputTransformer"];
        if ways.into_iter().filter(|name| given(name)).count() > 1 {
            return Err(AwsError::validation(format!(
                "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
            )));
        }
        if let Some(input) = optional(target, "Input") {
            let constant = serde_json::from_str(input).map_err(|error| {
                AwsError::validation(format!(
                    "JSON syntax error in input for target {id} : {error}"
                ))
            })?;
            return Ok(Self::Constant(constant));
        }
        if let Some(path) = optional(target, "InputPath") {
            return path_of(path, "InputPath", id).map(Self::Part);
        }
        match target.get("InputTransformer") {
            None | Some(Value::Null) => Ok(Self::Whole),
            Some(transformer) => template(transformer, id).map(Self::Template),
        }
    }

    /// What the target gets of an event.
    pub(super) fn apply(&self, event: &Value, matched: &Matched<'_>) -> String {
        match self {
            Self::Whole => event.to_string(),
            Self::Constant(constant) => constant.to_string(),
            Self::Part(path) => path.find(event).unwrap_or(&Value::Null).to_string(),
            Self::Template(pieces) => {
                let mut made = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => made.push_str(text),
                        Piece::Placeholder { filler, quoted } => {
                            made.push_str(&filled(&filler.value(event, matched), *quoted));
                        }
                    }
                }
                // What is JSON goes on without the template's blanks.
                match serde_json::from_str::<Value>(&made) {
                    Ok(json) => json.to_string(),
                    Err(_) => made,
                }
            }
        }
    }
}

impl Filler {
    fn value(&self, event: &Value, matched: &Matched<'_>) -> Value {
        match self {
            Self::Path(path) => path.find(event).cloned().unwrap_or_else(|| "".into()),
            Self::RuleArn => matched.rule_arn.into(),
            Self::RuleName => matched.rule.into(),
            Self::IngestionTime => matched
                .taken
                .format("%Y-%m-%dT%H:%M:%SZ")
                .to_string()
                .into(),
            Self::EventJson => event.clone(),
            Self::Event => {
                let mut event = event.clone();
                if let Some(members) = event.as_object_mut() {
                    members.remove("detail");
                }
                event
            }
        }
    }
}

fn filled(value: &Value, quoted: bool) -> String {
    match (value, quoted) {
        (value, false) => value.to_string(),
        (text @ Value::String(_), true) => {
            let json = text.to_string();
            json[1..json.len() - 1].to_owned()
        }
        (value, true) => value.to_string().replace(['"', '\\'], ""),
    }
}

fn path_of(text: &str, member: &str, id: &str) -> Result<Path, AwsError> {
    Path::parse(text).ok_or_else(|| {
        AwsError::validation(format!(
            "Invalid {member} for target {id} : {text} is no JSON path."
        ))
    })
}

fn template(transformer: &Value, id: &str) -> Result<Vec<Piece>, AwsError> {
    let paths = transformer.get("InputPathsMap").and_then(Value::as_object);
    let paths: Result<Vec<(&str, Path)>, AwsError> = paths
        .into_iter()
        .flatten()
        .map(|(name, path)| {
            if name.to_ascii_lowercase().starts_with("aws") {
                return Err(AwsError::validation(format!(
                    "Invalid InputPathsMap for target {id} : the key {name} starts with AWS, which is reserved."
                )));
            }
            let path = path_of(path.as_str().unwrap_or_default(), "InputPathsMap", id)?;
            Ok((name.as_str(), path))
        })
        .collect();
    let paths = paths?;
    let text = required(transformer, "InputTemplate")?;
    let pieces = pieces(text, |name| {
        let path = paths.iter().find(|(key, _)| *key == name);
        path.map(|(_, path)| Filler::Path(path.clone()))
    });
    let pieces = pieces.map_err(|reason| {
        AwsError::validation(format!("Invalid InputTemplate for target {id} : {reason}"))
    })?;
    // With something in each place, a template that is neither JSON nor lines of texts is none.
    let tried: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Placeholder { quoted: true, .. } => "x",
            Piece::Placeholder { quoted: false, .. } => "0",
        })
        .collect();
    let mut lines = tried.lines().filter(|line| !line.trim().is_empty());
    let json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    let texts = lines.all(|line| serde_json::from_str::<String>(line.trim()).is_ok());
    if json(&tried) || texts {
        return Ok(pieces);
    }
    Err(AwsError::validation(format!(
        "Invalid InputTemplate for target {id} : [Source: (String){text:?}] is no valid JSON."
    )))
}

/// Cuts a template at its placeholders.
fn pieces(text: &str, path: impl Fn(&str) -> Option<Filler>) -> Result<Vec<Piece>, String> {
    let (mut pieces, mut plain) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if next == '<'
            && !escaped
            && let Some((name, after)) = rest[1..].split_once('>')
            && !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        {
            let filler = match name {
                "aws.events.rule-arn" => Some(Filler::RuleArn),
                "aws.events.rule-name" => Some(Filler::RuleName),
                "aws.events.event.ingestion-time" => Some(Filler::IngestionTime),
                "aws.events.event" => Some(Filler::Event),
                "aws.events.event.json" => Some(Filler::EventJson),
                name if name.starts_with(RESERVED) => None,
                name => path(name),
            };
            let filler = filler.ok_or_else(|| format!("<{name}> is not in InputPathsMap."))?;
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(Piece::Placeholder { filler, quoted });
            rest = after;
            continue;
        }
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
        plain.push(next);
        rest = &rest[next.len_utf8()..];
    }
    pieces.push(Piece::Text(plain));
    Ok(pieces)
}
