//! Wrong usage in one sentence, where clap would print a page.

use clap::Error;
use clap::error::ErrorKind;
use std::process::ExitCode;

/// The exit code of wrong usage, as everywhere.
const WRONG_USAGE: u8 = 2;

/// Prints the help that was asked for, or the sentence about what is wrong.
pub(super) fn answer(error: &Error) -> ExitCode {
    let asked = !error.use_stderr();
    if asked || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Nothing can be said where nobody listens any more.
        let _ = error.print();
    } else {
        eprintln!("jit-runners: {}", sentence(error));
    }
    if asked {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG_USAGE)
    }
}

/// clap's first line, and where to read on.
fn sentence(error: &Error) -> String {
    let page = error.to_string();
    let what = page.lines().next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(what);
    // `Usage: jit-runners up [OPTIONS]` names the command that was meant.
    let command: Vec<&str> = page
        .lines()
        .find_map(|line| line.strip_prefix("Usage: "))
        .unwrap_or("jit-runners")
        .split_whitespace()
        .take_while(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    format!("{what}: see {} --help", command.join(" "))
}
