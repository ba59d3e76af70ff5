//! Questions at the terminal. Without one, or without an answer, it is no.

use anyhow::{Result, bail};
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// Asks; false where nobody can answer.
pub(crate) async fn confirm(question: &str) -> Result<bool> {
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

/// Whether what has these names may be replaced; an error where the person does
/// not agree.
pub(super) async fn may_replace(names: &[String], yes: bool) -> Result<()> {
    if names.is_empty() || yes {
        return Ok(());
    }
    let are = if names.len() == 1 { "exists" } else { "exist" };
    let names = names.join(" and ");
    let question = format!(
        "{names} {are} already: a fleet that uses what is there stops working when it is replaced. Replace?"
    );
    if confirm(&question).await? {
        return Ok(());
    }
    bail!(
        "{names} {are} already, nothing was changed: give --yes to replace, or --fleet for another fleet"
    )
}
