//! The matrix: every state × every fault that can strike it × {left alone,
//! redriven, reconciled}. What passes is printed as `N of N`.

#![allow(clippy::print_stdout, reason = "the figures are for people")]

use chaos::matrix::{Mode, Pain, play, rows};
use std::collections::BTreeMap;

#[test]
fn every_row_ends_as_it_must() {
    let rows = rows();
    let (mut passed, mut failed) = (0, Vec::new());
    for row in &rows {
        for mode in [Mode::LeftAlone, Mode::Redriven, Mode::Reconciled] {
            let name = row.name();
            match play(row, mode).expect("the system can be set up") {
                Ok(()) => passed += 1,
                Err(problem) => failed.push(format!("{name}, {mode}: {problem}")),
            }
        }
    }
    let all = passed + failed.len();
    println!("{passed} of {all}");
    assert!(
        failed.is_empty(),
        "{passed} of {all}\n{}",
        failed.join("\n")
    );
}

#[test]
fn the_document_says_which_pain_each_row_answers() {
    let page = include_str!("../../../docs/reliability.md");
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
