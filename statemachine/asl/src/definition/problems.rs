//! What is wrong with a definition.

use std::fmt;

/// One thing that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem AWS calls it, for example `SCHEMA_VALIDATION_FAILED`.
    pub code: &'static str,
    /// The field, for example `/States/Mint/Retry[0]/MaxAttempts`.
    pub path: String,
    /// What is wrong with it and what to do, as a sentence.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl std::error::Error for Problem {}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, path: &str, message: impl Into<String>) {
        self.add_as("SCHEMA_VALIDATION_FAILED", path, message);
    }

    /// Notes a problem that AWS has a code of its own for.
    pub(crate) fn add_as(&mut self, code: &'static str, path: &str, message: impl Into<String>) {
        self.0.push(Problem {
            code,
            path: path.to_owned(),
            message: message.into(),
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}
