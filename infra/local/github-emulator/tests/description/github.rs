//! Asks tests/contract/github.mjs, which reads GitHub's description.

use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};

/// What an answer or a delivery was held to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Verdict {
    /// `listed`, or `basic-error` where the description does not list the status.
    pub(crate) how: String,
    /// What does not fit.
    pub(crate) problems: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Verdicts {
    pub(crate) answers: Vec<Verdict>,
    pub(crate) deliveries: Vec<Verdict>,
}

/// The verdicts in the order of what was given; none where the packages are absent.
pub(crate) fn verdicts(answers: &[Value], deliveries: &[Value]) -> Option<Verdicts> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/contract");
    let packages = std::path::Path::new(folder).join("node_modules/@octokit/openapi");
    if !packages.is_dir() {
        assert!(
            std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
            "cargo xtask test installs the npm packages first"
        );
        eprintln!("skipped: run npm ci in tests/contract first");
        return None;
    }
    let given = tempfile::NamedTempFile::new().unwrap();
    let all = json!({"answers": answers, "deliveries": deliveries});
    std::fs::write(given.path(), all.to_string()).unwrap();
    let output = Command::new("node")
        .arg("github.mjs")
        .arg(given.path())
        .current_dir(folder)
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
