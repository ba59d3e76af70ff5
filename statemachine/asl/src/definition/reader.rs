//! Reads one JSON object of a definition field by field, notes what is wrong,
//! and in the end names the fields that nobody asked for.

use serde_json::{Map, Value};

use super::Problems;
use crate::{
    jsonata::{Available, Template},
    text::Text,
};

/// Fields of the JSONPath query language.
const JSONPATH: &[&str] = &[
    "CausePath",
    "ErrorPath",
    "HeartbeatSecondsPath",
    "InputPath",
    "ItemsPath",
    "MaxConcurrencyPath",
    "OutputPath",
    "Parameters",
    "Result",
    "ResultPath",
    "ResultSelector",
    "SecondsPath",
    "TimeoutSecondsPath",
    "TimestampPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "Variable",
];

/// One object of the definition.
pub(crate) struct Reader<'a> {
    object: &'a Map<String, Value>,
    pub(crate) path: String,
    seen: Vec<&'a str>,
    pub(crate) problems: &'a mut Problems,
}

impl<'a> Reader<'a> {
    /// Opens `value`, which must be an object.
    pub(crate) fn open(
        value: &'a Value,
        path: &str,
        problems: &'a mut Problems,
    ) -> Option<Reader<'a>> {
        let Value::Object(object) = value else {
            problems.add(path, "This must be a JSON object.");
            return None;
        };
        Some(Reader {
            object,
            path: path.to_owned(),
            seen: Vec::new(),
            problems,
        })
    }

    /// The field's path.
    pub(crate) fn at(&self, key: &str) -> String {
        format!("{}/{key}", self.path)
    }

    /// Notes a problem with a field.
    pub(crate) fn problem(&mut self, key: &str, message: impl Into<String>) {
        let path = if key.is_empty() {
            self.path.clone()
        } else {
            self.at(key)
        };
        self.problems.add(&path, message);
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<&'a Value> {
        let (key, value) = self.object.get_key_value(key)?;
        self.seen.push(key);
        Some(value)
    }

    /// Fields that are allowed and say nothing to the interpreter.
    pub(crate) fn skip(&mut self, keys: &[&str]) {
        for key in keys {
            self.take(key);
        }
    }

    pub(crate) fn string(&mut self, key: &str) -> Option<&'a str> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            _ => {
                self.problem(key, "This must be a string.");
                None
            }
        }
    }

    pub(crate) fn required_string(&mut self, key: &str) -> Option<&'a str> {
        if !self.object.contains_key(key) {
            self.problem(key, "This field is required.");
            return None;
        }
        self.string(key)
    }

    pub(crate) fn array(&mut self, key: &str) -> Option<&'a [Value]> {
        match self.take(key)? {
            Value::Array(items) => Some(items),
            _ => {
                self.problem(key, "This must be an array.");
                None
            }
        }
    }

    pub(crate) fn flag(&mut self, key: &str) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Bool(value)) => *value,
            Some(_) => {
                self.problem(key, "This must be true or false.");
                false
            }
        }
    }

    pub(crate) fn whole_number(&mut self, key: &str, least: u64, most: u64) -> Option<u64> {
        match self.take(key)?.as_u64() {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                self.problem(
                    key,
                    format!("This must be a whole number from {least} to {most}."),
                );
                None
            }
        }
    }

    /// A value in which neither a result nor an error is at hand.
    pub(crate) fn template(&mut self, key: &str) -> Option<Template> {
        self.template_with(key, Available::Neither)
    }

    pub(crate) fn template_with(&mut self, key: &str, available: Available) -> Option<Template> {
        let value = self.take(key)?;
        let path = self.at(key);
        Some(self.parse(value, &path, available))
    }

    pub(super) fn parse(&mut self, value: &Value, path: &str, available: Available) -> Template {
        let template = Template::parse(value, path, self.problems);
        if let Some(name) = template.names_unavailable(available) {
            self.problems
                .add(path, format!("{name} has no value in this field."));
        }
        template
    }

    /// The `Assign` field: variable names and their values.
    pub(crate) fn assign(&mut self, available: Available) -> Vec<(Text, Template)> {
        let Some(value) = self.take("Assign") else {
            return Vec::new();
        };
        let Value::Object(fields) = value else {
            self.problem("Assign", "This must be a JSON object.");
            return Vec::new();
        };
        let mut assign = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let path = format!("{}/Assign/{name}", self.path);
            if !is_variable(name) {
                self.problems.add(
                    &path,
                    "A variable's name begins with a letter, has letters, digits and _ only, at most 80, and is not \"states\".",
                );
            }
            let template = self.parse(value, &path, available);
            assign.push((Text::from(name.as_str()), template));
        }
        assign
    }

    /// Notes every field that was not asked for.
    pub(crate) fn finish(self) {
        for key in self.object.keys() {
            if self.seen.contains(&key.as_str()) {
                continue;
            }
            let path = format!("{}/{key}", self.path);
            if JSONPATH.contains(&key.as_str()) || key.ends_with(".$") {
                self.problems.add(
                    &path,
                    "This field belongs to JSONPath, which is not supported; write it in JSONata.",
                );
            } else {
                self.problems
                    .add(&path, "This field is not known here, or not supported.");
            }
        }
    }
}

fn is_variable(name: &str) -> bool {
    name != "states"
        && name.chars().count() <= 80
        && name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
