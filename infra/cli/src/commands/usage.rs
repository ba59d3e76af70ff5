//! Wrong usage in one sentence, where clap would print a page.

use super::Arguments;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Error};
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

/// clap's first line, with the list that it may lead to, and where to read on.
fn sentence(error: &Error) -> String {
    let page = error.to_string();
    let mut lines = page.lines();
    let what = lines.next().unwrap_or_default();
    let mut what = what.strip_prefix("error: ").unwrap_or(what).to_owned();
    if what.ends_with(':') {
        let list: Vec<&str> = lines
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        what = format!("{what} {}", list.join(", "));
    }
    let command = std::env::args().nth(1).filter(|word| {
        Arguments::command()
            .get_subcommands()
            .any(|command| command.get_name() == word)
    });
    let help = match command {
        Some(command) => format!("jit-runners {command} --help"),
        None => "jit-runners --help".to_owned(),
    };
    format!("{what}: see {help}")
}
