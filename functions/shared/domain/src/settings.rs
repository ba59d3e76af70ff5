//! Settings read from a map of variables, with every problem reported at once.
//!
//! A reader notes what is missing or unusable and goes on with a stand-in
//! value; [`Settings::finish`] turns the notes into one sentence. Nobody may
//! use the values before `finish` said yes. The map comes from the process's
//! environment at the edge (functions, entrypoint) and from tests.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// The settings are unusable; the text names every variable at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsInvalid(String);

impl SettingsInvalid {
    /// A problem that no single variable is to blame for, as a sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Variables and the problems met so far.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Settings {
    /// Settings from pairs of name and value. Empty values count as missing.
    pub fn new<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let variables = pairs
            .into_iter()
            .map(|(key, value)| (key.into(), value.into()))
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        Self {
            variables,
            problems: Vec::new(),
        }
    }

    /// The value, where it is set and not empty.
    pub fn optional(&self, key: &str) -> Option<String> {
        self.variables.get(key).cloned()
    }

    /// The value, or a default.
    pub fn or(&self, key: &str, default: &str) -> String {
        self.optional(key).unwrap_or_else(|| default.to_owned())
    }

    /// The value; its absence is a problem.
    pub fn required(&mut self, key: &str) -> String {
        self.optional(key).unwrap_or_else(|| {
            self.problem(format!("{key} is not set"));
            String::new()
        })
    }

    /// The value as a `T`; its absence is a problem, so is another form.
    /// `expected` completes the sentence "… must be".
    pub fn parsed<T: FromStr + Default>(&mut self, key: &str, expected: &str) -> T {
        match self.optional(key) {
            Some(_) => self.parsed_or(key, T::default(), expected),
            None => {
                self.problem(format!("{key} is not set (it must be {expected})"));
                T::default()
            }
        }
    }

    /// The value as a `T`, or a default; another form is a problem.
    pub fn parsed_or<T: FromStr>(&mut self, key: &str, default: T, expected: &str) -> T {
        let Some(value) = self.optional(key) else {
            return default;
        };
        value.trim().parse().unwrap_or_else(|_| {
            self.problem(format!("{key} is {value:?} but must be {expected}"));
            default
        })
    }

    /// Notes a problem that the caller found.
    pub fn problem(&mut self, problem: impl Display) {
        self.problems.push(problem.to_string());
    }

    /// Whether all was well, for readers that must not go on otherwise.
    pub fn finish(self) -> Result<(), SettingsInvalid> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(SettingsInvalid(format!(
            "The settings are unusable: {}. Set these environment variables and start again.",
            self.problems.join("; ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_in_one_sentence() {
        let mut settings = Settings::new([("APP", "x"), ("EMPTY", " "), ("LIMIT", "-3")]);
        let app: u64 = settings.parsed("APP", "a number");
        let limit: u64 = settings.parsed_or("LIMIT", 5, "seconds");
        settings.required("EMPTY");
        settings.parsed::<u32>("ABSENT", "a number");
        assert_eq!((app, limit), (0, 5));
        let text = settings.finish().unwrap_err().to_string();
        for part in [
            "APP is \"x\" but must be a number",
            "LIMIT is \"-3\"",
            "EMPTY is not set",
            "ABSENT is not set (it must be a number)",
        ] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }

    #[test]
    fn good_settings_finish() {
        let mut settings = Settings::new([("TABLE", "claims"), ("APP", " 7 ")]);
        assert_eq!(settings.required("TABLE"), "claims");
        assert_eq!(settings.parsed::<u64>("APP", "a number"), 7);
        assert_eq!(settings.or("PREFIX", "jit"), "jit");
        assert_eq!(settings.finish(), Ok(()));
    }
}
