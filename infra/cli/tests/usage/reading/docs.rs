//! docs/cli.md says what the program takes; examples.rs runs what it shows.

use clap::{Arg, CommandFactory as _};
use jit_runners::commands::Arguments;
use std::fmt::Write as _;
use std::path::PathBuf;

const BEGIN: &str = "<!-- commands -->\n";
const END: &str = "<!-- /commands -->\n";
/// With this variable the test writes what it would compare.
const WRITE: &str = "JIT_RUNNERS_WRITE_DOCS";

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md")
}

/// The commands with their flags, from clap's own tree.
fn reference() -> String {
    let command = Arguments::command();
    let mut page = String::new();
    for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        let about = one.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(page, "\n### {}\n\n{about}.\n", one.get_name());
        page.push_str("| flag | meaning |\n| --- | --- |\n");
        for arg in one.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let _ = writeln!(page, "| {} | {} |", flag(arg), meaning(arg));
        }
    }
    page.push('\n');
    page
}

fn flag(arg: &Arg) -> String {
    let values: Vec<&str> = arg
        .get_value_names()
        .map(|names| names.iter().map(|name| name.as_str()).collect())
        .unwrap_or_default();
    let takes = arg.get_action().takes_values();
    let value = if takes {
        values.join(" ")
    } else {
        String::new()
    };
    let name = match (arg.get_long(), arg.get_short()) {
        (Some(long), Some(short)) => format!("--{long}, -{short} {value}"),
        (Some(long), None) => format!("--{long} {value}"),
        _ => value,
    };
    format!("`{}`", name.trim()).replace('|', "\\|")
}

fn meaning(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if let Some(variable) = arg.get_env() {
        let _ = write!(text, "; or `{}`", variable.to_string_lossy());
    }
    let defaults: Vec<_> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    let value = defaults.join(" ");
    if !value.is_empty() && arg.get_action().takes_values() {
        let _ = write!(text, "; default `{value}`");
    }
    text.replace('|', "\\|")
}

#[test]
fn the_commands_are_those_of_the_program() {
    let text = std::fs::read_to_string(page()).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (there, after) = rest.split_once(END).unwrap();
    let wanted = reference();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(page(), format!("{before}{BEGIN}{wanted}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(there, wanted, "{WRITE}=1 writes it");
}

#[test]
fn variables_that_the_program_reads_are_on_the_page() {
    let text = std::fs::read_to_string(page()).unwrap();
    let command = Arguments::command();
    for one in command.get_subcommands() {
        for variable in one.get_arguments().filter_map(Arg::get_env) {
            assert!(text.contains(&*variable.to_string_lossy()), "{variable:?}");
        }
    }
    for kind in observe::waiting::Kind::ALL {
        assert!(text.contains(&format!("`{}`", kind.word())), "{kind:?}");
    }
}

#[test]
fn every_failure_s_advice_is_in_the_operators_book() {
    let book = page().with_file_name("operations.md");
    let text = std::fs::read_to_string(book).unwrap();
    for (name, advice) in observe::advice::ALL {
        let line = format!("| `{name}` | {advice} |\n");
        assert!(text.contains(&line), "{line}");
    }
}
