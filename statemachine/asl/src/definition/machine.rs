//! A set of states with a first one: the whole definition, a branch of a
//! Parallel state, or a Map state's processor.

use indexmap::IndexMap;
use serde_json::Value;

use super::Reader;
use crate::{states::State, text::Text};

/// States and where to begin.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) path: String,
    pub(crate) start: Text,
    pub(crate) states: IndexMap<Text, State>,
}

/// The query language in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Language {
    JsonPath,
    Jsonata,
}

impl Language {
    /// Reads `QueryLanguage`; `outer` holds where it is not given.
    pub(crate) fn read(reader: &mut Reader<'_>, outer: Language) -> Language {
        match reader.string("QueryLanguage") {
            None => outer,
            Some("JSONata") => Language::Jsonata,
            Some("JSONPath") if outer == Language::Jsonata => {
                reader.problem(
                    "QueryLanguage",
                    "A state cannot use JSONPath in a JSONata definition, and JSONPath is not supported.",
                );
                Language::Jsonata
            }
            Some("JSONPath") => Language::JsonPath,
            Some(_) => {
                reader.problem("QueryLanguage", "This must be \"JSONata\".");
                Language::Jsonata
            }
        }
    }
}

impl Machine {
    pub(crate) fn read(reader: &mut Reader<'_>, language: Language) -> Option<Machine> {
        let path = reader.path.clone();
        let start = Text::from(reader.required_string("StartAt")?);
        let Some(Value::Object(fields)) = reader.take("States") else {
            reader.problem("States", "This must be an object with at least one state.");
            return None;
        };
        let mut states = IndexMap::with_capacity(fields.len());
        for (name, value) in fields {
            let path = format!("{path}/States/{name}");
            if name.is_empty() || name.chars().count() > 80 {
                reader
                    .problems
                    .add(&path, "A state's name has 1 to 80 characters.");
            }
            let name = Text::from(name.as_str());
            let Some(mut fields) = Reader::open(value, &path, reader.problems) else {
                continue;
            };
            if let Some(state) = State::read(&mut fields, name.clone(), language) {
                fields.finish();
                states.insert(name, state);
            }
        }
        Some(Machine {
            path,
            start,
            states,
        })
    }
}
