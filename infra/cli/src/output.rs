//! What a command gives out, on standard output.
//!
//! Progress and errors go to standard error, so that a program that reads the
//! result reads nothing else. What others wrote (names of jobs, lines of logs)
//! goes through [`plain`] before it reaches a terminal.

use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};

/// How a result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: docs/cli.md has its shape
    Json,
}

/// The flag of every command that reads or changes a fleet.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct OutputFlag {
    /// How the result is written on standard output
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    pub(crate) output: Format,
}

impl OutputFlag {
    /// Whether the result is for programs.
    pub(crate) fn json(self) -> bool {
        self.output == Format::Json
    }
}

/// Writes a result. A reader that has gone away is no error of ours.
pub(crate) fn result(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(text.as_bytes());
    let _ = output.flush();
}

/// Writes a result as one JSON document.
///
/// # Errors
/// It cannot be written as JSON.
pub(crate) fn json(of: &impl Serialize) -> anyhow::Result<()> {
    result(&format!("{}\n", serde_json::to_string_pretty(of)?));
    Ok(())
}

/// On a terminal, unless NO_COLOR is set (no-color.org).
pub(crate) fn colours() -> bool {
    std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The width of a terminal that does not tell it.
const USUAL_WIDTH: usize = 80;

/// The terminal's width; nothing where standard output is none.
pub(crate) fn width() -> Option<usize> {
    let stdout = std::io::stdout();
    stdout.is_terminal().then(|| {
        terminal_size::terminal_size_of(stdout)
            .map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0))
    })
}

/// Text as text: what would move a cursor, change a colour, ring or turn the
/// direction of writing is escaped, so that nobody's job name or log line
/// commands a terminal. One line stays one line.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push(' '),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            c if c.is_control() || commands(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// Invisible characters that change how their neighbours are shown: marks of
/// direction, separators of lines, zero widths, tags.
fn commands(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_shown_as_text() {
        for (text, shown) in [
            ("build (x86_64, 1) é 漢", "build (x86_64, 1) é 漢"),
            (
                "\u{1b}[31mred\u{1b}]0;title\u{7}",
                "\\u{1b}[31mred\\u{1b}]0;title\\u{7}",
            ),
            ("a\rb\nc\td", "a\\rb\\nc d"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("\u{202e}gpj.exe\u{2066}", "\\u{202e}gpj.exe\\u{2066}"),
            ("a\u{200b}\u{feff}", "a\\u{200b}\\u{feff}"),
        ] {
            assert_eq!(plain(text), shown);
        }
    }
}
