//! docs/unverified.md: every row has an id of its own, and names what shows it.
//!
//! A row's last cell is `smoke: ` or `doctor: ` with the ids of checks that the
//! command has, or `by hand: ` with a command.

use contract::repo;
use std::collections::BTreeSet;
use std::path::Path;

/// Where the checks of each command are written, every id as a text of its own.
const SOURCES: [(&str, &[&str]); 2] = [
    ("smoke", &["infra/cli/src/evidence", "infra/cli/src/smoke"]),
    ("doctor", &["infra/cli/src/doctor"]),
];

/// The cells of each row: id, assumption, used by, shown by.
fn rows() -> Vec<[String; 4]> {
    repo::read("docs/unverified.md")
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| id |"))
        .filter(|line| !line.starts_with("| ---"))
        .map(|line| {
            // A pipe inside a cell is written `\|`.
            let line = line.replace("\\|", "\u{1}");
            let cells: Vec<String> = line
                .trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().replace('\u{1}', "|"))
                .collect();
            <[String; 4]>::try_from(cells)
                .unwrap_or_else(|cells| panic!("not four cells: {cells:?}"))
        })
        .collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The text of every Rust file below a folder of the repository.
fn sources(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&std::fs::read_to_string(&path).expect("a source file is text"));
        }
    }
}

#[test]
fn every_id_is_one_of_its_own() {
    let mut seen = BTreeSet::new();
    for [id, ..] in rows() {
        let number = id
            .strip_prefix('U')
            .and_then(|number| number.parse::<u32>().ok());
        assert!(number.is_some(), "{id} is not U and a number");
        assert!(seen.insert(id.clone()), "{id} is there twice");
    }
    assert!(seen.len() >= 30, "only {} rows were read", seen.len());
}

#[test]
fn every_row_names_a_check_that_exists_or_a_command() {
    for [id, assumption, used_by, shown_by] in rows() {
        assert!(
            !assumption.is_empty() && !used_by.is_empty(),
            "{id} is not whole"
        );
        let (kind, how) = shown_by
            .split_once(": ")
            .unwrap_or_else(|| panic!("{id} is shown by nothing: {shown_by:?}"));
        assert!(!quoted(how).is_empty(), "{id}: nothing between backticks");
        if kind == "by hand" {
            continue;
        }
        let Some((_, folders)) = SOURCES.iter().find(|(command, _)| *command == kind) else {
            panic!("{id} is shown by {kind:?}: smoke, doctor or by hand");
        };
        let mut text = String::new();
        for folder in *folders {
            sources(&repo::root().join(folder), &mut text);
        }
        for check in quoted(how) {
            assert!(
                text.contains(&format!("\"{check}\"")),
                "{id}: {kind} has no check {check}"
            );
        }
    }
}

#[test]
fn every_place_that_a_row_names_exists() {
    for [id, _, used_by, _] in rows() {
        let path = used_by.split_whitespace().next().unwrap();
        // The stack comes with its own change.
        if path == "infra/cdk" {
            continue;
        }
        assert!(repo::root().join(path).exists(), "{id}: {path}");
    }
}
