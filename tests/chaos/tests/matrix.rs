//! The matrix: every state × every fault that can strike it × {left alone,
//! redriven}. What passes is printed as `N of N`.

#![allow(clippy::print_stdout, reason = "the figures are for people")]

use chaos::matrix::{Mode, play, rows};

#[test]
fn every_row_ends_as_it_must() {
    let rows = rows();
    let (mut passed, mut failed) = (0, Vec::new());
    for row in &rows {
        for mode in [Mode::LeftAlone, Mode::Redriven] {
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
