//! Errors with the one name that the state machine sees.

use std::convert::Infallible;
use std::fmt;

use domain::names::function_error;
use domain::settings::SettingsInvalid;
use lambda_runtime::Diagnostic;

/// An error with a fixed, documented name ([`domain::names::function_error`] or
/// [`domain::names::failure`]). Its `Display` is the message for people.
pub trait Named: fmt::Display {
    /// The `errorType` of the function's error document.
    fn name(&self) -> &'static str;
}

impl Named for SettingsInvalid {
    fn name(&self) -> &'static str {
        function_error::SETTINGS_INVALID
    }
}

/// For functions that cannot fail.
impl Named for Infallible {
    fn name(&self) -> &'static str {
        match *self {}
    }
}

/// The payload does not parse, or its version is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputInvalid(pub String);

impl fmt::Display for InputInvalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The payload is not what this function takes: {}. Deploy the definition and the functions of one release.",
            self.0
        )
    }
}

impl std::error::Error for InputInvalid {}

impl Named for InputInvalid {
    fn name(&self) -> &'static str {
        function_error::INPUT_INVALID
    }
}

/// A failed call: what Lambda answers as the error document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// `errorType`.
    pub name: &'static str,
    /// `errorMessage`.
    pub message: String,
}

impl<E: Named> From<&E> for Failed {
    fn from(error: &E) -> Self {
        Self {
            name: error.name(),
            message: error.to_string(),
        }
    }
}

impl From<Failed> for Diagnostic {
    fn from(failed: Failed) -> Self {
        Self {
            error_type: failed.name.to_owned(),
            error_message: failed.message,
        }
    }
}
