//! The webhook answers with statuses, so it has no error of its own.

use std::fmt;

use handler::Named;

/// An error that cannot occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl Named for Never {
    fn name(&self) -> &'static str {
        match *self {}
    }
}
