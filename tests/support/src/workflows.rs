//! Workflow files for tests.

use std::fmt::Write as _;

/// One job per entry of `runs_on`, each with one step that runs `run`.
pub fn jobs(runs_on: &[&str], run: &str) -> String {
    let mut text = String::from("name: test\non:\n  push:\njobs:\n");
    for (index, labels) in runs_on.iter().enumerate() {
        let _ = write!(
            text,
            "  job-{index}:\n    runs-on: [self-hosted, \"{labels}\"]\n    steps:\n      - run: {run}\n"
        );
    }
    text
}

/// One job with the label `1`, which the demo's policy gives the default size.
pub fn one(run: &str) -> String {
    jobs(&["1"], run)
}
