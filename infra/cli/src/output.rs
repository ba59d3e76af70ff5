//! What a command gives out, on standard output.
//!
//! Progress and errors go to standard error, so that a program that reads the
//! result reads nothing else.

use std::io::Write as _;

/// Writes a result. A reader that has gone away is no error of ours.
pub(crate) fn result(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(text.as_bytes());
    let _ = output.flush();
}
