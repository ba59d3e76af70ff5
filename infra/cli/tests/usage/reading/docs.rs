//! docs/cli.md says what the program takes, and its examples work.

use super::{environment, json, text};
use crate::program::alone;
use clap::{Arg, CommandFactory as _};
use jit_runners::commands::Arguments;
use std::fmt::Write as _;
use std::path::PathBuf;
use support::{World, workflows};

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

/// The lines behind `$ ` in the page's console blocks.
fn examples() -> Vec<String> {
    let text = std::fs::read_to_string(page()).unwrap();
    let blocks = text.split("```console\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
    lines
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_works_as_it_stands() {
    let world = World::start().await;
    world.commit(&workflows::jobs(&["1", "2"], "echo served"));
    world.all_jobs_are_over().await;
    let jobs = json(&world, &["jobs"]).await;
    let row = &jobs["jobs"][0];
    let endpoint = world.stage.place.endpoint();
    let folder = tempfile::tempdir().unwrap();
    let examples = examples();
    assert!(examples.len() >= 12, "{examples:?}");
    let program = alone();
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    for example in examples {
        assert!(example.starts_with("jit-runners "), "{example}");
        let mut shell = tokio::process::Command::new("sh");
        for (name, value) in environment(&endpoint) {
            if value.is_empty() {
                shell.env_remove(name);
            } else {
                shell.env(name, value);
            }
        }
        let output = shell
            .args(["-c", &example])
            .current_dir(folder.path())
            .env("PATH", &path)
            .env("EXECUTION", text(&row["name"]))
            .env("JOB", row["details"]["job"]["id"].to_string())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(std::time::Duration::from_secs(60), output)
            .await
            .unwrap_or_else(|_| panic!("{example} does not end"))
            .unwrap();
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{example}: {complained}");
    }
    world.nothing_is_left().await;
}
