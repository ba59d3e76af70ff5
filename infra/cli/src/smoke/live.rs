//! One line for each change, on standard error, with the time since the start.

use std::time::Instant;

/// Prints lines.
#[derive(Debug)]
pub(super) struct Live {
    began: Instant,
}

impl Live {
    pub(super) fn new(began: Instant) -> Self {
        Self { began }
    }

    /// One line.
    pub(super) fn say(&self, line: &str) {
        eprintln!("{:>7.1}s  {line}", self.began.elapsed().as_secs_f64());
    }
}
