//! The matrix: every state × every fault that can strike it × {left alone,
//! redriven, reconciled}. What passes is printed as `N of N`.

#![allow(clippy::print_stdout, reason = "the figures are for people")]

use chaos::matrix::{Mode, Pain, Row, play, rows};
use std::collections::BTreeMap;

/// Plays every row in one mode, two at a time: a world is one thread.
fn pass(mode: Mode) {
    let mut rows = rows();
    rows.retain(|row| row.modes.contains(&mode));
    let problem = |row: &Row| {
        let played = play(row, mode).expect("the system can be set up");
        let problem = played.err()?;
        let name = row.name();
        Some(format!(
            "{name}, {mode}: {problem}\nAgain: cargo xtask chaos --row \"{name}\""
        ))
    };
    let (one, other) = rows.split_at(rows.len() / 2);
    let half = |rows: &[Row]| rows.iter().filter_map(problem).collect::<Vec<_>>();
    let failed = std::thread::scope(|scope| {
        let one = scope.spawn(|| half(one));
        let mut failed = half(other);
        failed.extend(one.join().expect("no row panics"));
        failed
    });
    let (all, passed) = (rows.len(), rows.len() - failed.len());
    println!("{mode}: {passed} of {all}");
    assert!(
        failed.is_empty(),
        "{passed} of {all}\n{}",
        failed.join("\n")
    );
}

#[test]
fn every_row_left_alone_ends_as_it_must() {
    pass(Mode::LeftAlone);
}

#[test]
fn every_row_redriven_ends_as_it_must() {
    pass(Mode::Redriven);
}

#[test]
fn every_row_reconciled_ends_as_it_must() {
    pass(Mode::Reconciled);
}

#[test]
fn the_document_says_which_pain_each_row_answers() {
    let page = include_str!("../../../docs/reliability.md");
    let (_, section) = page.split_once("\n## The matrix\n").unwrap();
    let page = section.split("\n## ").next().unwrap();
    let mut written = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        if let (Some(pain), Ok(count)) = (cells.get(1), cells[cells.len() - 2].parse::<usize>()) {
            written.insert((*pain).to_owned(), count);
        }
    }
    let rows = rows();
    let counted = Pain::ALL.map(|pain| {
        let count = rows.iter().filter(|row| row.pain == pain).count();
        (pain.name().to_owned(), count)
    });
    assert_eq!(written, BTreeMap::from(counted));
}

#[test]
fn no_two_rows_have_one_name() {
    let mut names: Vec<String> = rows()
        .iter()
        .map(|row| format!("{}, {:?}", row.name(), row.work))
        .collect();
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
