//! Questions at the terminal. Without one, or without an answer, it is no.

use anyhow::Result;
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// Asks; false where nobody can answer.
pub(super) async fn confirm(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    let mut errors = std::io::stderr().lock();
    let _ = write!(errors, "{question} [y/N] ");
    let _ = errors.flush();
    drop(errors);
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = answer.await??;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
